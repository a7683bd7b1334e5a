"""What is installed, where it can run and where it keeps files; nothing here fails because something is broken."""

import os
import shutil
import subprocess
import sys
from importlib.machinery import PathFinder
from importlib.metadata import distributions
from pathlib import Path

import torch
from huggingface_hub import constants

from bench.run.provenance import device_name, version_of
from bench.scoring.hpsv2_package import FOLDER as HPSV2
from bench.weights.web import cache_folder

_PACKAGES = (
    "dno-bench", "torch", "diffusers", "transformers", "accelerate", "huggingface-hub", "safetensors", "numpy", "scipy",
    "pandas", "torchmetrics", "wandb",
)  # fmt: skip
# Modules to distributions. Some install and cannot be imported, such as torchvision beside a CPU build of torch.
_OPTIONAL = {
    "torchvision": "torchvision",
    "hpsv2": "hpsv2",
    "torch_fidelity": "torch-fidelity",
    "pynvml": "nvidia-ml-py",
    "submitit": "submitit",
}
_PATIENCE = 120


def packages() -> list[tuple[str, str, str]]:
    """Distribution, version, and for the optional ones whether they can be imported."""
    needed = [(name, version_of(name), "") for name in _PACKAGES]
    optional = [(name, _version(name), _import(module)) for module, name in _OPTIONAL.items()]
    return [("python", sys.version.split()[0], ""), *needed, *optional]


def _version(name: str) -> str:
    """As `version_of`; hpsv2 and its torchvision lie apart, because a broken torchvision breaks what finds it."""
    apart = next(iter(distributions(name=name, path=[str(HPSV2)])), None)
    return apart.version if apart else version_of(name)


def _import(module: str) -> str:
    """What comes of an import: in a process of its own, which it may take down."""
    if PathFinder.find_spec(module, [*sys.path, str(HPSV2)]) is None:
        return "optional"
    command = [sys.executable, "-c", f"import sys; sys.path.append({str(HPSV2)!r}); import {module}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        return f"optional; its import takes more than {_PATIENCE} s"
    last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
    return f"optional; its import fails: {last}" if done.returncode else "optional; can be imported"


def devices() -> list[tuple[str, str, str]]:
    """Device as `--device` takes it, its name, and its memory: free and in all on a GPU, in all on the CPU."""
    gpus = [torch.device("cuda", index) for index in range(torch.cuda.device_count())]
    cpu = ("cpu", f"{_name(torch.device('cpu'))}, {os.cpu_count()} cores", _cpu_memory())
    return [*((str(gpu), _name(gpu), _gpu_memory(gpu)) for gpu in gpus), cpu]


def _name(device: torch.device) -> str:
    try:
        return device_name(device)
    except (OSError, RuntimeError) as error:
        return f"name unknown: {_first_line(error)}"


def _gpu_memory(gpu: torch.device) -> str:
    try:
        free, total = torch.cuda.mem_get_info(gpu)
    except RuntimeError as error:  # a driver that lists a GPU need not be able to talk to it
        return f"memory unknown: {_first_line(error)}"
    return f"{gigabytes(free)} free of {gigabytes(total)}"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _cpu_memory() -> str:
    if not {"SC_PHYS_PAGES", "SC_PAGE_SIZE"} <= os.sysconf_names.keys():
        return "memory unknown"
    return gigabytes(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))


def folders() -> list[tuple[str, str, str]]:
    """What is kept where, and the free space there."""
    kept = {"hub cache": Path(constants.HF_HUB_CACHE), "other files": cache_folder(), "runs": Path("results", "runs")}
    return [(what, str(path), _free(path)) for what, path in kept.items()]


def _free(path: Path) -> str:
    """Of the disk that `path` lies on, or would lie on."""
    path = path.absolute()
    try:
        there = next(folder for folder in (path, *path.parents) if folder.exists())
        return f"{gigabytes(shutil.disk_usage(there).free)} free"
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def gigabytes(size: float) -> str:
    """A number of bytes in GB (10^9 bytes)."""
    return f"{size / 1e9:.1f} GB"
