"""Which method is better on the same cells: paired differences with the cluster bootstrap over prompts.

Methods share prompts, seeds and the first noise, so their scores rise and fall together: the difference
within a pair is known far better than either mean.
"""

from itertools import permutations

import numpy as np
import pandas as pd

from bench.analysis.intervals import Floats, cluster_interval, strict_mean
from bench.analysis.scores import DIRECTIONS, fill_cells, largest_budget
from bench.analysis.significance import holm, sign_flip
from bench.store.columns import PAIR, POINT

COMPARED = ["difference", "low", "high", "p", "p_holm", "superiority", "n_prompts", "n_seeds"]


def paired_difference(scores: pd.DataFrame, method: str, reference: str, quantity: str = "best_reward") -> pd.DataFrame:
    """Compare `method` with `reference` on the same (model, reward, prompt, seed) cells.

    Returns:
        One row a (model, reward, budget) that both were planned for: `difference` (method minus reference,
        mean over prompts of the means over seeds) and its 95 % interval `low`, `high`; NaN where a cell of
        either has no value.
    """
    points = seed_means_by_point(fill_cells(scores), quantity)
    shared = {point: means for point, means in points.items() if {method, reference} <= set(means.columns)}
    if not shared:
        return pd.DataFrame(columns=[*POINT, "difference", "low", "high"])
    compared = {point: compare(means, reference).loc[[method]] for point, means in shared.items()}
    return pd.concat(compared, names=POINT).reset_index().drop(columns="method")


def comparisons(scores: pd.DataFrame, reference: str, quantity: str = "best_reward") -> pd.DataFrame:
    """Compare every method with `reference` on the same (model, reward, prompt, seed) cells, and test the difference.

    Returns:
        One row a (model, reward, budget) that `reference` was planned for, and other method there:

        - `difference`: method minus reference, mean over prompts of the means over seeds; its 95 % interval `low`,
          `high` from the cluster bootstrap over prompts;
        - `p`: of the sign-flip test over prompts; `p_holm`: the same, adjusted by Holm for all rows of this frame. So
          pass only the budgets that are looked at;
        - `superiority`: the chance that the method is better on the same prompt and seed, ties half, each prompt with
          the same weight;
        - `n_prompts`, and `n_seeds`, different seeds.

        All NaN but the counts where a cell of either has no value.
    """
    parts = {
        point: _tested(pairs, [(method, reference) for method in pairs.columns.drop(reference)], quantity)
        for point, pairs in _pairs_by_point(fill_cells(scores), quantity).items()
        if reference in pairs and len(pairs.columns) > 1
    }
    found = _stack(parts)
    return found.assign(p_holm=holm(found["p"].to_numpy()))[[*POINT, "method", *COMPARED]]


def pairwise(scores: pd.DataFrame, quantity: str = "best_reward") -> pd.DataFrame:
    """Compare all methods with one another at the largest budget of each (model, reward).

    Returns:
        One row an ordered pair `method`, `reference`, with the columns of `comparisons`. Holm adjusts for all unordered
        pairs of the frame: the two orders are one test.
    """
    parts = {
        point: _tested(pairs, list(permutations(pairs.columns, 2)), quantity)
        for point, pairs in _pairs_by_point(fill_cells(largest_budget(scores)), quantity).items()
        if len(pairs.columns) > 1
    }
    found = _stack(parts)
    once = found["method"] < found["reference"]
    adjusted = found[once].assign(p_holm=holm(found.loc[once, "p"].to_numpy()))
    mirrored = adjusted.rename(columns={"method": "reference", "reference": "method"})
    keys = [*POINT, "method", "reference"]
    both = pd.concat([adjusted, mirrored])[[*keys, "p_holm"]]
    return found.merge(both, on=keys)[[*keys, *COMPARED]]


def versus_best(cells: pd.DataFrame, quantity: str = "best_reward") -> pd.DataFrame:
    """Compare every method with the best one at its budget.

    Args:
        cells: from `fill_cells`.
        quantity: a column with a direction in `DIRECTIONS`.

    Returns:
        One row a (model, reward, budget, method): `best` (that method's name), `lead` (by how much the best
        is better than this method, >= 0), `low` and `high` of the lead, and `tied`: the interval includes 0
        or is not known, so that the two are not distinguished. A method whose mean is NaN has no row.
    """
    points = seed_means_by_point(cells, quantity)
    behind = {
        point: _behind_best(DIRECTIONS[quantity] * means.dropna(axis="columns")) for point, means in points.items()
    }
    # An empty part (nobody has a mean) has columns of objects, which would spread.
    types = {"lead": float, "low": float, "high": float, "tied": bool}
    return pd.concat(behind, names=POINT).reset_index().astype(types)


def compare(means: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Estimate the differences of all methods to one.

    Args:
        means: `(n_prompts, n_methods)`, the means over seeds; the columns are methods.
        reference: the column that is subtracted.

    Returns:
        Index: methods; columns: `difference`, `low`, `high`.
    """
    differences = means.sub(means[reference], axis="index")
    estimate = cluster_interval(differences.to_numpy())
    columns = {"difference": estimate.mean, "low": estimate.low, "high": estimate.high}
    return pd.DataFrame(columns, index=means.columns)


def seed_means_by_point(cells: pd.DataFrame, quantity: str) -> dict[tuple[object, ...], pd.DataFrame]:
    """Average over seeds, as one prompts x methods frame for each (model, reward, budget)."""
    means = strict_mean(cells, [*POINT, "prompt", "method"], [quantity])[quantity]
    return {point: rows.unstack("method").reset_index(level=POINT, drop=True) for point, rows in means.groupby(POINT)}


def _pairs_by_point(cells: pd.DataFrame, quantity: str) -> dict[tuple[object, ...], pd.DataFrame]:
    """Lay out the values as one (prompt, seed) x methods frame for each (model, reward, budget)."""
    values = cells.set_index([*POINT, *PAIR, "method"])[quantity]
    return {point: rows.unstack("method").reset_index(level=POINT, drop=True) for point, rows in values.groupby(POINT)}


def _tested(pairs: pd.DataFrame, versus: list[tuple[str, str]], quantity: str) -> pd.DataFrame:
    """Compare columns of `pairs`; a row a (method, reference) of `versus`."""
    index = pd.MultiIndex.from_tuples(versus, names=["method", "reference"])
    ours, theirs = (pairs[index.get_level_values(side)].to_numpy() for side in ("method", "reference"))
    better = DIRECTIONS.get(quantity, 1) * np.sign(ours - theirs)
    differences, wins = (_prompt_means(values, pairs.index) for values in (ours - theirs, (better + 1) / 2))
    estimate = cluster_interval(differences)
    columns = {
        "difference": estimate.mean,
        "low": estimate.low,
        "high": estimate.high,
        "p": sign_flip(differences),
        "superiority": wins.mean(axis=0),
        "n_prompts": len(differences),
        "n_seeds": pairs.index.get_level_values("seed").nunique(),
    }
    return pd.DataFrame(columns, index=index)


def _prompt_means(values: Floats, pairs: pd.Index) -> Floats:
    """Average over the seeds of each prompt: `(n_pairs, n_series)` to `(n_prompts, n_series)`."""
    frame = pd.DataFrame(values, index=pairs)
    return strict_mean(frame, ["prompt"], list(frame.columns)).to_numpy()


def _stack(parts: dict[tuple[object, ...], pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        tested = [column for column in COMPARED if column != "p_holm"]
        return pd.DataFrame(columns=[*POINT, "method", "reference", *tested], dtype=float)
    return pd.concat(parts, names=POINT).reset_index()


def _behind_best(merit: pd.DataFrame) -> pd.DataFrame:
    """Compare the columns of `merit` (prompts x methods, higher is better) with the best of them."""
    if merit.empty:
        return pd.DataFrame(columns=["best", "lead", "low", "high", "tied"], index=merit.columns)
    best = str(merit.mean().idxmax())
    ahead = compare(merit, best)
    # 0.0 - x and not -x: the best is ahead of itself by 0, not by -0.
    lead = pd.DataFrame({"lead": 0.0 - ahead["difference"], "low": 0.0 - ahead["high"], "high": 0.0 - ahead["low"]})
    return lead.assign(best=best, tied=~(lead["low"] > 0))
