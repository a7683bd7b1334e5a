"""Where a run came from: code, versions, device, weights."""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from bench import models

_PACKAGES = ("dno-bench", "torch", "diffusers", "transformers", "numpy", "pillow", "pandas")
_MODELS = Path(models.__file__).parent


def provenance(devices: list[torch.device]) -> dict[str, Any]:
    """Everything needed to tell whether two runs may be compared."""
    return {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "git": _git(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": {name: version_of(name) for name in _PACKAGES},
        "devices": [{"device": str(device), "name": device_name(device)} for device in devices],
        "threads": torch.get_num_threads(),
        "cpus": os.cpu_count(),
        "weights": {path.relative_to(_MODELS).as_posix(): _sha256(path) for path in _files(_MODELS)},
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }


def _git() -> dict[str, Any]:
    """Commit and whether tracked files differ from it; empty outside a checkout."""
    folder = Path(__file__).resolve().parent
    try:
        sha = _run(["git", "rev-parse", "HEAD"], folder)
        return {"sha": sha, "dirty": bool(_run(["git", "status", "--porcelain"], folder))}
    except (OSError, subprocess.CalledProcessError):
        return {}


def _run(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def version_of(package: str) -> str:
    """The installed version of a distribution, or that it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def device_name(device: torch.device) -> str:
    """The maker's name of a GPU or of the processor."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.safetensors"))


def _sha256(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
