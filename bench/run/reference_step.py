"""The same small piece of work before and after every cell: how fast the machine was, whatever the cell did."""

import time
from collections.abc import Callable

import torch

from bench.run.clock import device_clock
from bench.run.loaded import Loaded

_KEY = "reference step"
_LEAST, _MOST = 2, 20
_PATIENCE = 0.025  # seconds


def step_seconds(loaded: Loaded, prompt: str) -> float:
    """The fastest of a few predictions of the model: one sample, no gradient, at step 0 from a latent of zeros.

    A few, because the first finds caches cold, and the device perhaps at a low clock; the fastest, because whatever
    comes between only lengthens one. Once the first few are done, it takes no longer than 25 ms.

    Args:
        loaded: holds the model.
        prompt: what the model is conditioned on when it is first asked; all take the same time.
    """
    if _KEY not in loaded.warm:
        loaded.warm[_KEY] = _step(loaded, prompt)
    step = loaded.warm[_KEY]
    clock, found = device_clock(loaded.device), list[float]()
    until = time.perf_counter() + _PATIENCE
    while len(found) < _LEAST or (len(found) < _MOST and time.perf_counter() < until):
        start = clock()
        step()
        found.append(clock() - start)
    return min(found)


def _step(loaded: Loaded, prompt: str) -> Callable[[], object]:
    model = loaded.model
    condition = model.encode(prompt)
    latent = model.start(torch.zeros(1, *model.latent_shape, device=model.device))

    @torch.no_grad()
    def step() -> object:
        return model.predict(latent, 0, condition)

    return step
