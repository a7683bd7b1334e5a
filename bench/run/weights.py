"""Are the networks of models, rewards and metrics what they were when they were loaded? A method may write there.

The bits of every frozen parameter are added up as integers: exact, in any order, on any device, and read once.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from weakref import WeakSet, ref

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_parameter_registration_hook

_MODULES: "WeakSet[nn.Module]" = WeakSet()
"""All that were built since this was imported: rewards keep theirs in caches that nobody can look into."""
_INTEGERS = {1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


class Known(NamedTuple):
    """A frozen parameter: itself, the name of its network's class, and the sum of its bits."""

    parameter: "ref[Tensor]"
    network: str
    checksum: int


class Weights:
    """The frozen parameters of a process; networks that a method trains are its own business."""

    def __init__(self) -> None:
        self._known: list[Known] = []

    def take_in(self) -> None:
        """Learn those that are not known yet, as they are now; to be called before anybody else may write there."""
        self._known = [one for one in self._known if one.parameter() is not None]
        known = {id(one.parameter()) for one in self._known}
        new = {id(one): (one, name) for one, name in _frozen() if id(one) not in known}
        sums = checksums(one for one, _ in new.values())
        self._known += [Known(ref(one), name, total) for (one, name), total in zip(new.values(), sums, strict=True)]

    def changed(self) -> list[str]:
        """The classes of the networks that have changed since; they are forgotten, to be loaded again."""
        alive = [(one, parameter) for one in self._known if (parameter := one.parameter()) is not None]
        sums = checksums(parameter for _, parameter in alive)
        found = {one.network for (one, _), total in zip(alive, sums, strict=True) if total != one.checksum}
        if found:
            self._known.clear()
        return sorted(found)


def checksums(tensors: Iterable[Tensor]) -> list[int]:
    """The sums of the bits of tensors; the host waits for a device once."""
    by_device: dict[torch.device, list[Tensor]] = {}
    order = []
    for tensor in tensors:
        own = by_device.setdefault(tensor.device, [])
        order.append((tensor.device, len(own)))
        plain = torch.view_as_real(tensor.detach()) if tensor.is_complex() else tensor.detach()
        own.append(plain.view(_INTEGERS[plain.element_size()]).sum(dtype=torch.int64))
    sums = {device: torch.stack(own).tolist() for device, own in by_device.items()}
    return [sums[device][place] for device, place in order]


def _remember(module: nn.Module, name: str, parameter: Tensor | None) -> None:
    _MODULES.add(module)


register_module_parameter_registration_hook(_remember)


def _frozen() -> Iterator[tuple[Tensor, str]]:
    """All frozen parameters that are alive."""
    for module in list(_MODULES):
        for parameter in module._parameters.values():
            if parameter is not None and not parameter.requires_grad and not parameter.is_meta:
                yield parameter, type(module).__name__
