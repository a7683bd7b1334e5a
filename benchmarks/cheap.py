"""Plug-ins that cost next to nothing, for benchmarks of the harness itself; a suite names them as `path.py@name`."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.problem import Candidates, Problem
from bench.registry import option, register_method, register_model, register_reward
from bench.testing.gaussian import GaussianModel, mean_reward

HERE = __file__


@register_model("closed-form", licence="Apache-2.0", weights="none", paper="closed form")
@dataclass(frozen=True)
class ClosedForm:
    """Images of independent Gaussian pixels, whose denoiser is known; any prompt will do."""

    steps: int = option(5, source="ours: few, since the harness is measured and not the model")

    def check_prompt(self, prompt: str) -> None:
        """Any prompt will do."""

    def load(self, device: torch.device) -> GaussianModel:
        """The model, on the processor."""
        return GaussianModel(steps=self.steps)


@register_reward("mean-pixel", differentiable=True, range=(0, 1), paper="mean pixel")
@dataclass(frozen=True)
class MeanPixel:
    """The mean pixel."""

    def __call__(self, samples: Tensor, prompts: Sequence[str]) -> Tensor:
        """The mean of each image, `(n,)`."""
        return mean_reward(samples, prompts)


@register_method("steady", family="benchmark", paper="none")
@dataclass(frozen=True)
class Steady:
    """Plain samples, one at a time, at a steady pace; a share of its cells fails after the first offer."""

    seconds: float = option(0.001, source="ours: a thousand yields a second at most")
    failing: float = option(0.0, source="ours: none fails")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Whether it fails is drawn from its own random numbers, so that the same cell always does or never."""
        fails = torch.rand((), generator=problem.generator).item() < self.failing
        while True:
            time.sleep(self.seconds)
            noise = problem.draw_noise(1)
            samples = problem.generate(noise)
            yield Candidates(samples, problem.reward(samples), noise)
            if fails:
                raise RuntimeError("on purpose")
