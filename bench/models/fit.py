"""What fits into memory: how much of a trajectory may be kept for the backward pass, how many samples go at once."""

from collections.abc import Callable
from typing import NamedTuple

import psutil
import torch
from torch import Tensor, UntypedStorage
from torch.autograd.graph import saved_tensors_hooks

from bench.problem import Recompute

SHARE = 0.5  # of what the weights leave; the rest is for rewards, the method's tensors and what fragmentation wastes


class Fit(NamedTuple):
    """Attributes: what is recomputed, and how many samples the networks take at once."""

    recompute: Recompute
    chunk: int


def fit(step: int, decode: int, steps: int, memory: int) -> Fit:
    """Choose what is fastest and fits.

    Args:
        step: bytes that one differentiated prediction of one sample keeps.
        decode: bytes that one differentiated decode keeps.
        steps: predictions in a trajectory.
        memory: bytes that the device has beside the model's weights.
    """
    room = int(SHARE * memory)
    largest = max(step, decode, 1)
    if step * steps + decode <= room:
        return Fit("none", room // largest)
    return Fit("steps" if largest <= room else "blocks", max(1, room // largest))


def kept_bytes(function: Callable[[], object], constants: set[int]) -> int:
    """Bytes that autograd keeps for the backward pass of `function`.

    Args:
        function: what is run, with gradients enabled.
        constants: addresses of what is there anyway, such as the parameters.
    """
    kept: dict[int, UntypedStorage] = {}  # held, so that no address is used twice

    def note(tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in constants:
            kept[storage.data_ptr()] = storage

    with torch.enable_grad(), saved_tensors_hooks(note, lambda nothing: nothing):
        function()
    return sum(storage.nbytes() for storage in kept.values())


def memory_bytes(device: torch.device) -> int:
    """All memory of the device, or of this machine for a CPU; what is free of it depends on what else runs just now."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[1])
    return int(psutil.virtual_memory().total)
