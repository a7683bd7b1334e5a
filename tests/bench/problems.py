"""Problems on the shipped models."""

from bench.budget import Budget, Meter
from bench.problem import Problem
from bench.registry import REWARDS
from bench.seeding import draw_noise, stream


def make_problem(model, reward, prompt):
    return Problem(
        model=model,
        reward=REWARDS.get(reward).create({}),
        prompt=prompt,
        budget=Budget(1.0),
        meter=Meter(),
        generator=stream("tests"),
        noise_at=lambda index, shape: draw_noise(0, "tests", prompt, index, shape),
    )
