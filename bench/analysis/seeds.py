"""Every single cell: how far seeds and prompts scatter, before anything is averaged."""

import pandas as pd

from bench.analysis.scores import fill_cells, largest_budget
from bench.store.columns import GROUP, PAIR


def seed_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """List the reward of each planned cell at the largest budget of its task.

    Returns:
        One row a cell: the keys, `score` (that of `base` for a cell that failed or had nothing scored, NaN where it is
        not known) and `status`.
    """
    cells = largest_budget(fill_cells(scores)).rename(columns={"best_reward": "score"})
    return cells[[*GROUP, *PAIR, "score", "status"]].reset_index(drop=True)
