"""Which method is better on the same cells: paired differences with the cluster bootstrap over prompts.

Methods share prompts, seeds and the first noise, so their scores rise and fall together: the difference
within a pair is known far better than either mean.
"""

import pandas as pd

from bench.analysis.intervals import cluster_interval, strict_mean
from bench.analysis.scores import DIRECTIONS, POINT, fill_cells


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


def _behind_best(merit: pd.DataFrame) -> pd.DataFrame:
    """Compare the columns of `merit` (prompts x methods, higher is better) with the best of them."""
    if merit.empty:
        return pd.DataFrame(columns=["best", "lead", "low", "high", "tied"], index=merit.columns)
    best = str(merit.mean().idxmax())
    ahead = compare(merit, best)
    # 0.0 - x and not -x: the best is ahead of itself by 0, not by -0.
    lead = pd.DataFrame({"lead": 0.0 - ahead["difference"], "low": 0.0 - ahead["high"], "high": 0.0 - ahead["low"]})
    return lead.assign(best=best, tied=~(lead["low"] > 0))
