"""Problems on the shipped models."""

from bench.problem import Meter, Problem
from bench.problem.seeding import draw_noise, stream
from bench.registry import REWARDS


def make_problem(model, reward, prompt):
    return Problem(
        model=model,
        reward=REWARDS.get(reward).create({}),
        prompt=prompt,
        meter=Meter(),
        generator=stream("tests"),
        noise_at=lambda index, shape: draw_noise(0, "tests", prompt, index, shape),
    )
