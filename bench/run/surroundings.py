"""What all cells of a process share: put back after each, and said where a method has changed it."""

import os
import random
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import numpy as np
import torch


class State(NamedTuple):
    """One thing that a process has once: how it is read, as something that can be compared, and how it is put back."""

    read: Callable[[], Any]
    write: Callable[[Any], object]


def _numpy() -> tuple[object, ...]:
    kind, keys, *rest = np.random.get_state()
    return kind, tuple(keys), *rest


def _folder() -> str | None:
    with suppress(OSError):  # somebody removed it
        return os.getcwd()
    return None


def _set_folder(path: str | None) -> None:
    with suppress(OSError):
        os.chdir(path or "/")


def _set_device(device: torch.device) -> None:
    # None is the processor too, without a look at every call.
    torch.set_default_device(None if device.type == "cpu" else device)


def _set_filters(filters: list[Any]) -> None:
    warnings.resetwarnings()  # says to the caches of warnings that they are out of date
    warnings.filters[:] = filters  # type: ignore[index]


def _set_environment(variables: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)


NUMBERS = {
    "gradient mode": State(torch.is_grad_enabled, torch.set_grad_enabled),
    "default dtype": State(torch.get_default_dtype, torch.set_default_dtype),
    "default device": State(torch.get_default_device, _set_device),
    "number of threads": State(torch.get_num_threads, torch.set_num_threads),
    "random state of torch": State(
        lambda: torch.get_rng_state().numpy().tobytes(),
        lambda state: torch.set_rng_state(torch.frombuffer(bytearray(state), dtype=torch.uint8)),
    ),
    "random state of numpy": State(_numpy, np.random.set_state),
    "random state of Python": State(random.getstate, random.setstate),
    "working directory": State(_folder, _set_folder),
}
"""What decides numbers and paths."""
EVERYTHING = NUMBERS | {
    "warning filters": State(lambda: list(warnings.filters), _set_filters),
    "environment": State(lambda: dict(os.environ), _set_environment),
}
"""And what libraries set up for good when they are imported."""


def read_all() -> dict[str, Any]:
    """Everything as it is now."""
    return {name: state.read() for name, state in EVERYTHING.items()}


@contextmanager
def as_they_were(before: Mapping[str, Any]) -> Iterator[None]:
    """Within, everything is as `read_all` had it; what a method has set since holds again afterwards."""
    with put_back(EVERYTHING):
        for name, value in before.items():
            if EVERYTHING[name].read() != value:
                EVERYTHING[name].write(value)
        yield


@contextmanager
def put_back(states: dict[str, State], changed: Callable[[str], None] = lambda name: None) -> Iterator[None]:
    """Put `states` back as they were before the context, however it ends; `changed` is told the name of each."""
    before = {name: state.read() for name, state in states.items()}
    try:
        yield
    finally:
        for name, state in states.items():
            if state.read() != before[name]:
                state.write(before[name])
                changed(name)
