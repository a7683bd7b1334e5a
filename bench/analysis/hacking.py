"""Reward gained against distance from the training distribution: does a method earn its reward honestly?"""

import pandas as pd

from bench.analysis.intervals import strict_mean
from bench.analysis.scores import fill_cells, largest_budget, metric_names, share_intervals, summarise, task_intervals
from bench.store.columns import BASELINE, GROUP, PAIR, POINT, TASK

DISTANCE = "support-distance"
TRADE_OFF = [*GROUP, "judge", "gained", "gained_low", "gained_high", "change", "change_low", "change_high", "value"]


def hacking_points(scores: pd.DataFrame) -> pd.DataFrame:
    """List `score` (the reward) and `distance` of each cell and budget, unscored cells as `base`."""
    cells = fill_cells(scores).rename(columns={"best_reward": "score", DISTANCE: "distance"})
    return cells[[*GROUP, *PAIR, "score", "distance"]].dropna().reset_index(drop=True)


def hacking_path(scores: pd.DataFrame) -> pd.DataFrame:
    """Average both over prompts and seeds, in ascending order of budget: the path that a method takes."""
    means = summarise(scores).rename(columns={"mean": "score", DISTANCE: "distance"})
    return means[[*GROUP, "score", "distance"]].dropna().reset_index(drop=True)


def judges(scores: pd.DataFrame) -> list[str]:
    """List what judges an image beside the target reward: metrics and held-out rewards, not the parts of a metric."""
    names = metric_names(scores)
    return [name for name in names if name.rpartition("/")[0] not in names]


def trade_off(scores: pd.DataFrame) -> pd.DataFrame:
    """Set what was gained in reward against what became of every other quantity, at each checkpoint.

    Both are compared with `base` on the same prompt, seed and budget: what the model makes by itself.

    Returns:
        One row a method at a budget of a task and `judge` (of `judges`: support-distance, adherence, P(z) as
        noise-probability, held-out rewards): `gained`, the mean rise of the target reward; `change`, that of the
        judge, in its own unit; both with `_low` and `_high`, the 95 % interval over prompts; and `value`, the judge's
        mean. NaN where a cell has no value; no rows without `base`.
    """
    names = judges(scores)
    if not names or BASELINE not in set(scores["method"]):
        return pd.DataFrame(columns=TRADE_OFF)
    cells = fill_cells(scores)
    rises = strict_mean(_rises(cells, ["best_reward", *names]), [*GROUP, "prompt"], ["best_reward", *names])
    means = strict_mean(strict_mean(cells, [*GROUP, "prompt"], names), GROUP, names)
    gained = _named(task_intervals(rises["best_reward"]), "gained")
    parts = {
        name: gained.join(_named(task_intervals(rises[name]), "change")).assign(value=means[name]) for name in names
    }
    long = pd.concat(parts, names=["judge"]).reset_index()
    others = long[long["judge"] != "held-out/" + long["reward"]]
    return others.sort_values([*GROUP, "judge"], ignore_index=True)[TRADE_OFF]


def hacked_share(scores: pd.DataFrame) -> pd.DataFrame:
    """Count the runs that earned their reward at the expense of all other rewards, at the largest budget.

    A reward rose or fell against the mean of `base` on the same prompt over its seeds. Chance alone makes some: of
    fresh samples, which rise and fall as they like, half rise, and fewer the more rewards are held out have all fall.
    Read the share beside that of `best-of-n`, which only picks among what the model makes by itself.

    Returns:
        One row a method of a task: `share` of cells whose target reward rose while every held-out reward fell
        (mean over prompts of the means over seeds), with its 95 % interval `low`, `high`, and `n` cells; NaN where a
        cell has no value, or nothing was held out; no interval where all prompts have the same share.
    """
    tasks = fill_cells(largest_budget(scores)).groupby(TASK)
    hacked = pd.concat([_hacked(cells) for _, cells in tasks])
    prompts = strict_mean(hacked, [*TASK, "method", "prompt"], ["hacked"])["hacked"]
    shares = share_intervals(task_intervals(prompts))
    return shares.assign(n=hacked.groupby([*TASK, "method"]).size()).reset_index()


def _hacked(cells: pd.DataFrame) -> pd.DataFrame:
    """Say of each cell of a task whether the reward rose and all others fell: `hacked` is 1, 0 or NaN."""
    own = f"held-out/{cells['reward'].iloc[0]}"
    held_out = [name for name in judges(cells) if name.startswith("held-out/") and name != own]
    values = ["best_reward", *held_out]
    typical = strict_mean(cells[cells["method"] == BASELINE], ["prompt"], values)
    rises = cells[values] - typical.reindex(cells["prompt"]).to_numpy()
    hacked = (rises["best_reward"] > 0) & (rises[held_out] < 0).all(axis=1)
    known = rises.notna().all(axis=1) & bool(held_out)
    return cells[[*TASK, "method", *PAIR]].assign(hacked=hacked.astype(float).where(known))


def _rises(cells: pd.DataFrame, values: list[str]) -> pd.DataFrame:
    """Subtract the values of `base` on the same prompt, seed and budget; no rows where it was not planned."""
    baseline = cells.loc[cells["method"] == BASELINE, [*POINT, *PAIR, *values]]
    both = cells.merge(baseline, on=[*POINT, *PAIR], suffixes=("", " of base"))
    theirs = both[[f"{name} of base" for name in values]].to_numpy()
    return both[[*GROUP, *PAIR]].join(both[values] - theirs)


def _named(estimate: pd.DataFrame, name: str) -> pd.DataFrame:
    return estimate.set_axis([name, f"{name}_low", f"{name}_high"], axis=1)
