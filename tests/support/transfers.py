"""Nothing may pass between host and device: a check that needs no device, for torch's `meta` stands in for one."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

CONSTANTS = {torch.tensor, torch.as_tensor, torch.scalar_tensor, torch.Tensor.new_tensor}
"""What makes a tensor of Python's numbers; on the meta device no operator is seen of it."""


READS = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape}
INDEXING = {torch.Tensor.__getitem__, torch.Tensor.__setitem__}


class HostTransferError(AssertionError):
    """Something was copied to the device, or read from it."""


class _NoConstants(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func in INDEXING and args[0].is_meta and _has_list(args[1]):
            raise HostTransferError(f"a list as an index is copied to the device: {args[1]}")
        found = func(*args, **(kwargs or {}))
        if func in CONSTANTS and found.is_meta:
            raise HostTransferError(f"a constant is copied to the device: {func.__name__}{args}")
        return found


class _NoMixing(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        taken = [one for one in tree_leaves((args, kwargs)) if isinstance(one, torch.Tensor)]
        picks = func is torch.ops.aten.index.Tensor and not any(one.dtype is torch.bool for one in taken[1:])
        if READS & set(func.tags) and taken[0].is_meta and not picks:
            raise HostTransferError(f"{func} reads values from the device")
        try:
            found = func(*args, **(kwargs or {}))
        except NotImplementedError as error:
            raise HostTransferError(f"{func}: {error}") from error
        made = [one for one in tree_leaves(found) if isinstance(one, torch.Tensor)]
        # A number of the host's goes along with a kernel's arguments: not copied, not waited for.
        devices = {one.device.type for one in [*taken, *made] if one.dim() or one.is_meta}
        if len(devices) > 1:
            raise HostTransferError(f"{func} takes or makes tensors on {' and '.join(sorted(devices))}")
        return found


def _has_list(index: object) -> bool:
    return isinstance(index, list) or (isinstance(index, tuple) and any(map(_has_list, index)))


@contextmanager
def no_transfers() -> Iterator[None]:
    """Raise where a tensor is copied to the meta device, or a value is read from it.

    Raises:
        HostTransferError: names the operator.
    """
    with _NoMixing(), _NoConstants():
        yield
