"""A double of CUDA graphs for machines without CUDA: what ran is run again, where it ran, without Python."""

from weakref import WeakSet

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

WAITS = {"aten::_local_scalar_dense", "aten::nonzero", "aten::item", "aten::is_nonzero"}
"""What makes the host wait for a device; a capture refuses it."""


class Tapes:
    """Records as `CudaGraphs` does, with the same traps.

    Each operator leaves its result where it left it when it was recorded. A replay spoils the results of all other
    recordings, as graphs in one pool of memory may. What waits for the device cannot be recorded.

    Attributes:
        made: recordings so far.
        played: replays so far.
        peak_bytes: as of any recorder; nothing here has a counter that a recording resets.
    """

    def __init__(self):
        self.made = self.played = self.peak_bytes = 0
        self._recordings = WeakSet()

    def record(self, function, inputs):
        with torch.no_grad(), _Tape() as tape:
            result = function(*inputs)
        recording = _Recording(self, tape.calls, result)
        self._recordings.add(recording)
        self.made += 1
        return recording

    def spoil_all_but(self, one):
        for recording in self._recordings - {one}:
            recording.result.fill_(float("nan"))


class _Recording:
    def __init__(self, tapes, calls, result):
        self._tapes, self._calls, self.result = tapes, calls, result
        made = [one for *_, results in calls for one in tree_leaves(results) if isinstance(one, torch.Tensor)]
        self.working_bytes = sum({one.untyped_storage().data_ptr(): one.nbytes for one in made}.values())

    @torch.no_grad()
    def replay(self):
        self._tapes.spoil_all_but(self)
        self._tapes.played += 1
        for function, args, kwargs, result in self._calls:
            for place, value in zip(tree_leaves(result), tree_leaves(function(*args, **kwargs)), strict=True):
                if isinstance(place, torch.Tensor) and place.data_ptr() != value.data_ptr():
                    place.detach().copy_(value)
        return self.result


class _Tape(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if function.name().partition(".")[0] in WAITS:
            raise RuntimeError(f"operation not permitted when stream is capturing: {function}")
        result = function(*args, **(kwargs or {}))
        self.calls.append((function, args, kwargs or {}, result))
        return result
