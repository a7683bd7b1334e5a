"""Seconds of steps that take turns."""

from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def in_turns(
    steps: Mapping[Key, Callable[[], object]], warm_up: int, repeats: int, clock: Callable[[], float]
) -> dict[Key, list[float] | str]:
    """Seconds of `repeats` calls of each step after `warm_up` others; the error, in one line, of a step that fails."""
    seconds: dict[Key, list[float]] = {key: [] for key in steps}
    errors: dict[Key, str] = {}
    for _ in range(warm_up + repeats):
        for key in [key for key in steps if key not in errors]:
            try:
                start = clock()
                steps[key]()
                seconds[key].append(clock() - start)
            except Exception as error:  # one way that fails must not end the others
                errors[key] = one_line(error)
    return {key: errors[key] if key in errors else taken[warm_up:] for key, taken in seconds.items()}


def one_line(error: BaseException) -> str:
    """What went wrong, on one line of moderate length."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
