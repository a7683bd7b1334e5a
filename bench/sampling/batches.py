"""How many samples at once: a number that a method is told, or what the device makes fastest."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from bench.problem import Problem


def _checked(value: Any) -> Any:  # noqa: ANN401
    if value != "auto" and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise ValueError("must be a whole number of at least 1, or auto")
    return value


BatchSize = Annotated[int | Literal["auto"], BeforeValidator(_checked)]
"""The type of an option: at least 1, or "auto", the problem's `best_batch`."""


def resolved(asked: BatchSize, problem: Problem, n: int = 1) -> int:
    """The number that an option of this type stands for.

    Args:
        asked: the option.
        problem: knows the best batch.
        n: samples that the number is asked for each of; the batch is all of them together.
    """
    return max(1, problem.best_batch // n) if asked == "auto" else asked
