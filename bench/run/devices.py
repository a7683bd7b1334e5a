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

    Raises:
        InputError: one is not there, or is named twice.
    """
    import torch

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
    if len(set(devices)) < len(devices):
        raise InputError(f"--device {text!r} names a device twice; cells that share a device cannot be compared")
    return devices
