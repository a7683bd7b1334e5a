"""On which prompts one sees most: where the methods come furthest apart."""

import pandas as pd

from bench.analysis.scores import largest_budget
from bench.store.columns import TASK

_PROMPT = [*TASK, "prompt"]


def telling_prompts(scores: pd.DataFrame) -> pd.DataFrame:
    """Order the prompts of each task by how far apart the methods' rewards are at its largest budget.

    Args:
        scores: of the store.

    Returns:
        One row a prompt of a task, the most telling first: the keys of `TASK`, `prompt`, and `spread`, the most that a
        method has there, mean over its seeds, minus the least; NaN, and last, without a score.
    """
    final = largest_budget(scores).astype({"best_reward": float})
    prompts = final.groupby([*_PROMPT, "method"])["best_reward"].mean().groupby(_PROMPT)
    spread = (prompts.max() - prompts.min()).rename("spread").reset_index()
    return spread.sort_values([*TASK, "spread"], ascending=[True] * len(TASK) + [False], kind="stable")
