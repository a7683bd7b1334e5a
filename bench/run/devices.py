"""The devices that a user names."""

from typing import TYPE_CHECKING

from bench.errors import InputError, unknown_name

if TYPE_CHECKING:
    import torch


def default_device() -> "torch.device":
    """The first GPU, where there is one."""
    import torch

    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


def parse_devices(text: str) -> "list[torch.device]":
    """Devices written as `cpu`, `cuda` or `cuda:0,cuda:1`; the default one for an empty text.

    `cpu,cpu` is two processors, with a process and a thread for each.

    Raises:
        InputError: one is not there, or is named more often than it is there.
    """
    import torch

    from bench.run.processor import processors

    if not text:
        return [default_device()]
    there = ["cpu"]
    if torch.cuda.is_available():
        there += ["cuda", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
    words = [word.strip() for word in text.split(",")]
    for word in words:
        if word not in there:
            raise unknown_name("device", word, there)
    devices = [torch.device("cuda:0" if word == "cuda" else word) for word in words]
    gpus = [device for device in devices if device.type != "cpu"]
    if len(set(gpus)) < len(gpus):
        raise InputError(f"--device {text!r} names a GPU twice; cells that share one cannot be compared")
    if (cores := len(devices) - len(gpus)) > 1 and cores > processors():
        raise InputError(f"--device {text!r} asks for {cores} processors; this process may use {processors():g}")
    return devices
