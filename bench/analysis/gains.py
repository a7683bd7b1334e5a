"""Rewards as gains over the model's own sample: the first that `base` drew for the same prompt and seed.

Prompts differ far more in what they reach than methods do; a difference within a prompt does not carry that spread.
"""

import pandas as pd

from bench.store.columns import BASELINE, PAIR, TASK

_CELL = [*TASK, *PAIR]


def own_rewards(curves: pd.DataFrame) -> "pd.Series[float]":
    """The reward of the model's own sample on each prompt and seed of a task, by `TASK` and `PAIR`.

    Args:
        curves: events of the store.
    """
    base = curves[curves["method"] == BASELINE].sort_values("step", kind="stable")
    return base.drop_duplicates(_CELL).set_index(_CELL)["current_reward"]


def covers(own: "pd.Series[float]", scores: pd.DataFrame) -> bool:
    """Whether `own`, of `own_rewards`, has a number for every planned cell."""
    return bool(own.reindex(pd.MultiIndex.from_frame(scores[_CELL].drop_duplicates())).notna().all())


def gained(rows: pd.DataFrame, own: "pd.Series[float]") -> pd.DataFrame:
    """The same rows with `best_reward` above that of the model's own sample.

    Args:
        rows: scores or events of the store.
        own: of `own_rewards`.
    """
    theirs = own.reindex(pd.MultiIndex.from_frame(rows[_CELL])).to_numpy()
    return rows.assign(best_reward=rows["best_reward"] - theirs)
