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


def trade_off(scores: pd.DataFrame) -> pd.DataFrame:
    """Set what was gained in reward against what became of every other quantity, at each checkpoint.

    Both are compared with `base` on the same prompt, seed and budget: `base` is what the model makes by itself.

    Returns:
        One row a (model, reward, budget, method) and `judge` (support-distance, adherence, alignment, P(z) as
        noise-probability, each held-out reward: whatever the run measured): `gained`, `gained_low`, `gained_high`, the
        mean rise of the target reward; `change`, `change_low`, `change_high`, that of the judge, in its own unit; and
        `value`, the judge's mean. NaN where a cell has no value; no rows without `base`.
    """
    raise NotImplementedError


def trade_off_area(trade_off: pd.DataFrame) -> pd.DataFrame:
    """Average the judge's change over the reward gained, along the path from `base` to the largest budget.

    Returns:
        One row a (model, reward, method, judge): `area`, the integral of `change` over `gained` by trapezoids from
        (0, 0), divided by the final gain, in the judge's unit; NaN where nothing was gained.
    """
    raise NotImplementedError


def hacked_share(scores: pd.DataFrame) -> pd.DataFrame:
    """Count the runs that earned their reward at the expense of all other rewards, at the largest budget.

    Returns:
        One row a (model, reward, method): `share` of cells whose target reward rose against `base` on the same prompt
        and seed while every held-out reward fell (mean over prompts of the means over seeds), with its 95 % interval
        `low`, `high`, and `n` cells; NaN where a cell has no value, or nothing was held out.
    """
    raise NotImplementedError
