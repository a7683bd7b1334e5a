"""Plug-ins that break their contract: each is named, and not another in its place."""

from collections.abc import Generator

import torch
from torch import Tensor

from bench.problem.candidates import Candidates

Run = Generator[Candidates | None, float | None, None]
"""What a method's `run` returns, for those who pull it; it is sent None at the first pull."""


class MethodError(Exception):
    """A method broke its contract."""


class RewardError(Exception):
    """A reward broke its contract."""


def checked_run(run: object, name: str) -> Run:
    """What a method's `run` returned.

    Raises:
        MethodError: it is no generator.
    """
    if not isinstance(run, Generator):
        raise MethodError(f"method {name!r}: `run` must be a generator, not return {type(run).__name__}")
    return run


def check_scores(scores: Tensor, samples: Tensor, name: str) -> None:
    """Hold a reward's scores of `samples` `(n, ...)` to `(n,)` finite float32 (float64 where the samples are).

    Raises:
        RewardError: they are something else.
        MethodError: the samples themselves are not finite.
    """
    n = len(samples)
    if not isinstance(scores, Tensor) or scores.shape != (n,) or scores.dtype not in {torch.float32, samples.dtype}:
        raise RewardError(f"reward {name!r} gave {described(scores)} for {n} samples; expected ({n},) float32")
    if bool(torch.isfinite(scores).all()):
        return
    if not bool(torch.isfinite(samples).all()):
        raise MethodError(
            f"reward {name!r} was asked to score samples that are not finite; networks in fp16 overflow: try precision "
            "bf16 or fp32"
        )
    raise RewardError(f"reward {name!r} gave scores that are not finite: {scores.tolist()}")


def described(value: object) -> str:
    """The shape and type of a tensor, the type of anything else."""
    if isinstance(value, Tensor):
        return f"{tuple(value.shape)} {str(value.dtype).removeprefix('torch.')}"
    return type(value).__name__
