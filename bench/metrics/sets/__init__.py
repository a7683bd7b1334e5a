"""What is measured of whole sets of samples after a run: one file a metric."""
