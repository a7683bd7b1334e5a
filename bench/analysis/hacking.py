"""Reward gained against distance from the training distribution: does a method earn its reward honestly?"""

import pandas as pd

from bench.analysis.scores import GROUP, PAIR, fill_cells, summarise

DISTANCE = "support-distance"


def hacking_points(scores: pd.DataFrame) -> pd.DataFrame:
    """List `score` (the reward) and `distance` of each cell and budget, unscored cells as `base`."""
    cells = fill_cells(scores).rename(columns={"best_reward": "score", DISTANCE: "distance"})
    return cells[[*GROUP, *PAIR, "score", "distance"]].dropna().reset_index(drop=True)


def hacking_path(scores: pd.DataFrame) -> pd.DataFrame:
    """Average both over prompts and seeds, in ascending order of budget: the path that a method takes."""
    means = summarise(scores).rename(columns={"mean": "score", DISTANCE: "distance"})
    return means[[*GROUP, "score", "distance"]].dropna().reset_index(drop=True)
