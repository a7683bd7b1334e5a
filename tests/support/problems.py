"""Problems on the shipped models."""

from bench.problem import seeded_problem
from bench.registry import REWARDS


def make_problem(model, reward, prompt):
    return seeded_problem(model, REWARDS.get(reward).create({}), prompt, seed=0, model_name="tests")
