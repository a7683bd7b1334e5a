"""Cells on the small plug-ins of tests/support/plugins.py."""

from bench.suite.budget import Budget
from bench.suite.cell import Cell
from tests.support.plugins import HERE


def make_cell(method="base", budget="60nfe", reward="mean", **changes):
    path = {"use": f"{HERE}@{method}"} if method not in {"base", "best-of-n", "dno", "dno-regularized"} else {}
    fields = {
        "model": "gaussian",
        "model_options": {"use": f"{HERE}@gaussian"},
        "prompt": "cat",
        "reward": reward,
        "reward_options": {"use": f"{HERE}@{reward}"},
        "method": method,
        "method_options": path,
        "seed": 0,
        "budget": Budget.parse(budget),
        "checkpoints": (0.5, 1.0),
        "metrics": {"first-pixel": {"use": f"{HERE}@first-pixel"}},
        "held_out": {"spread": {"use": f"{HERE}@spread"}},
    }
    return Cell(**{**fields, **changes})


def make_emoji_cell(method, options, reward="darkness", model="emoji"):
    """A cell of shipped plug-ins; nothing is loaded before it runs."""
    shipped = {"model_options": {}, "reward_options": {}, "metrics": {}, "held_out": {}}
    return make_cell(method, reward=reward, model=model, method_options=options, **shipped)
