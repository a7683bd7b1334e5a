"""Where a run came from: code, versions, device, weights; and what each cell ran with."""

import os
import platform
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

import bench
from bench import models
from bench.run.processor import processors
from bench.suite.cell import Cell

_PACKAGES = ("dno-bench", "torch", "diffusers", "transformers", "numpy", "pillow", "pandas")
_NAME = "dno-bench"
_MODELS = Path(models.__file__).parent


def provenance(devices: list[torch.device]) -> dict[str, Any]:
    """Everything needed to tell whether two runs may be compared: an entry of `provenance.json`."""
    return {
        "started": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "git": _git(Path(bench.__file__).parent),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": versions(),
        "devices": [{"device": str(device), "name": device_name(device)} for device in devices],
        "threads": torch.get_num_threads(),
        "processors": processors(),
        "weights": {path.relative_to(_MODELS).as_posix(): _sha256(path) for path in _files(_MODELS)},
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }


def ran_with(cell: Cell, device: torch.device, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What a cell ran with: kept in each, because a run may go on elsewhere and with other files.

    Args:
        cell: for the digests of its plug-ins' files.
        device: where it ran.
        chosen: what the model chose to fit into memory.
    """
    return {
        "device": str(device),
        "device_name": device_name(device),
        "threads": torch.get_num_threads(),
        "processors": processors(),
        "versions": versions(),
        "chosen": dict(chosen),
        "sources": cell.sources | cell.judges,
    }


@cache
def versions() -> dict[str, str]:
    """What is installed of what decides numbers and pace."""
    return {name: version_of(name) for name in _PACKAGES}


def _git(package: Path) -> dict[str, Any]:
    """Commit and whether tracked files differ from it; empty where `package` lies in no checkout of this project.

    An installed package may lie within somebody else's checkout, whose commit says nothing about it.
    """
    root = package.resolve().parent
    try:
        top = Path(_run(["git", "rev-parse", "--show-toplevel"], root))
        if top.resolve() != root or tomllib.loads((root / "pyproject.toml").read_text())["project"]["name"] != _NAME:
            return {}
        sha = _run(["git", "rev-parse", "HEAD"], root)
        return {"sha": sha, "dirty": bool(_run(["git", "status", "--porcelain"], root))}
    except (OSError, subprocess.CalledProcessError, KeyError, ValueError):
        return {}


def _run(command: list[str], folder: Path) -> str:
    # A hook or an alias may point git elsewhere by its own variables.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(command, cwd=folder, env=plain, check=True, capture_output=True, text=True).stdout.strip()


def version_of(package: str) -> str:
    """The installed version of a distribution, or that it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


@cache
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
