"""The arithmetic of sampling: functions over tensors, no pipeline objects."""
