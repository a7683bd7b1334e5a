"""Peak memory of a stretch of work."""

import math
from pathlib import Path

import torch

_MB = 1_000_000


def reset_peak(device: torch.device) -> None:
    """Begin to watch for a new peak."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    elif Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5")  # resets VmHWM, see proc_pid_clear_refs(5)


def peak_mb(device: torch.device) -> float:
    """MB since the last reset: of tensors on a GPU, of the whole process on a CPU; NaN where nobody knows."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / _MB
    status = Path("/proc/self/status")
    if not status.exists():
        return math.nan
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024 / _MB
