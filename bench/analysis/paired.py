"""Which method is better on the same cells: paired differences, their intervals, tests and verdicts.

Methods share prompts, seeds and the first noise, so their scores rise and fall together: the difference
within a pair is known far better than either mean.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.analysis.intervals import Floats, interval, strict_mean
from bench.analysis.scores import fill_cells
from bench.analysis.significance import p_values
from bench.analysis.verdicts import OPPOSITE, judge
from bench.store.columns import GROUP, PAIR, POINT

TESTED = ["difference", "low", "high", "spread", "p", "superiority", "n_prompts", "n_seeds"]
COMPARED = [*TESTED, "p_holm", "verdict", "needed"]


def pairwise(scores: pd.DataFrame, quantity: str = "best_reward", direction: int = 1) -> pd.DataFrame:
    """Compare all methods with one another at each budget of each task, on the cells that both were planned for.

    Args:
        scores: of the store.
        quantity: a column of it.
        direction: 1 if more of it is better, -1 if less is.

    Returns:
        One row an ordered pair `method`, `reference` that shares a cell, with the keys of `POINT`:

        - `difference`: method minus reference, mean over prompts of the means over seeds, with its 95 % interval
          `low`, `high`, and its `spread` over prompts, a standard deviation;
        - `p`: of `p_values`; `p_holm`: adjusted by Holm for all pairs of methods at that budget, of which the two
          orders are one test; `verdict`, on the method, and `needed`: of `bench.analysis.verdicts.judge`;
        - `superiority`: the chance that the method is better on the same prompt and seed, ties half, each prompt with
          the same weight;
        - `n_prompts`, and `n_seeds`, different seeds.

        All but the counts are NaN, and the verdict "unknown", where a cell of either has no value.
    """
    points = fill_cells(scores).groupby(POINT)
    parts = {point: _tested(cells, quantity, direction) for point, cells in points}
    pairs = pd.concat(parts, names=POINT).reset_index()
    return _both_orders(judge(pairs, POINT, direction))[[*POINT, "method", "reference", *COMPARED]]


def versus_reference(
    scores: pd.DataFrame, reference: str, quantity: str = "best_reward", direction: int = 1
) -> pd.DataFrame:
    """Compare every method with one that was named before looking: fewer questions are asked than of all pairs.

    Returns:
        The rows of `pairwise` with this `reference`; `p_holm`, `verdict` and `needed` by Holm for these alone.
    """
    pairs = pairwise(scores, quantity, direction)
    return judge(pairs[pairs["reference"] == reference], POINT, direction)


def versus_best(scores: pd.DataFrame, quantity: str = "best_reward", direction: int = 1) -> pd.DataFrame:
    """Compare every ranked method with the best one at its budget.

    A method is ranked where it was planned for every cell that any method was, and all of them have a value.

    Returns:
        One row a ranked method with the keys of `GROUP`: `best` (that method's name), `lead` (by how much the best
        is better than this method, >= 0), its 95 % interval `low` and `high`, and `resolved`: the best one is better
        by the rule of `verdicts`; `beaten`: some ranked one is; `needed` and `n_prompts` as in `pairwise`, NaN for
        the best.
    """
    merit = _merit(fill_cells(scores), quantity, direction)
    best = merit.groupby(POINT).idxmax().str[-1].rename("best")
    ranked = merit.index.to_frame(index=False).merge(best.reset_index(), on=POINT)
    pairs = pairwise(scores, quantity, direction).rename(columns={"method": "best", "reference": "method"})
    behind = ranked.merge(pairs, how="left", on=[*POINT, "best", "method"])
    ends = ["low", "high"] if direction > 0 else ["high", "low"]
    lead = (direction * behind[["difference", *ends]]).set_axis(["lead", "low", "high"], axis=1)
    # The best is ahead of itself by nothing.
    lead = lead.mask(behind["best"] == behind["method"], 0.0).assign(resolved=behind["verdict"] == "better")
    return behind[[*GROUP, "best", "needed", "n_prompts"]].join(lead).assign(beaten=_beaten(ranked, pairs))


def _beaten(ranked: pd.DataFrame, pairs: pd.DataFrame) -> NDArray[np.bool_]:
    """Of each row of `ranked` whether another is resolved to be better, as `best` of `pairs` is than `method`."""
    found = pairs.loc[pairs["verdict"] == "better", [*GROUP, "best"]]
    rivals = ranked[GROUP].rename(columns={"method": "best"})
    beaten = pd.MultiIndex.from_frame(found.merge(rivals, on=[*POINT, "best"])[GROUP])
    return pd.MultiIndex.from_frame(ranked[GROUP]).isin(beaten)


def _merit(cells: pd.DataFrame, quantity: str, direction: int) -> "pd.Series[float]":
    """The mean of each ranked method, more is better, by the keys of `GROUP`."""
    prompts = strict_mean(cells, [*GROUP, "prompt"], [quantity])
    means = direction * strict_mean(prompts, GROUP, [quantity])[quantity]
    planned = cells.drop_duplicates([*POINT, *PAIR]).groupby(POINT).size().rename("planned")
    sizes = cells.groupby(GROUP).size().rename("own").reset_index().merge(planned.reset_index(), on=POINT)
    whole = (sizes["own"] == sizes["planned"]).to_numpy()  # in the order of the keys, as `means`
    return means[whole].dropna()


def _tested(cells: pd.DataFrame, quantity: str, direction: int) -> pd.DataFrame:
    """Compare the methods of one point; a row a pair that shares a cell, each pair once."""
    by_cell = cells.set_index([*PAIR, "method"])[quantity]
    planned = pd.Series(True, index=by_cell.index).unstack("method", fill_value=False)
    values = by_cell.unstack("method")
    index = pd.MultiIndex.from_tuples(list(combinations(values.columns, 2)), names=["method", "reference"])
    first, second = (index.get_level_values(side) for side in ("method", "reference"))
    differences = values[first].to_numpy() - values[second].to_numpy()
    shared = planned[first].to_numpy(bool) & planned[second].to_numpy(bool)
    parts = [
        _estimates(differences[rows][:, pairs], values.index[rows], direction).set_axis(index[pairs])
        for rows, pairs in _alike(shared)
    ]
    return pd.concat(parts) if parts else pd.DataFrame(columns=TESTED, index=index[:0], dtype=float)


def _alike(shared: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.bool_], list[int]]]:
    """Group the columns of `(n_cells, n_pairs)` that have the same rows; none for columns without one."""
    groups: dict[bytes, list[int]] = {}
    for number, rows in enumerate(shared.T):
        groups.setdefault(rows.tobytes(), []).append(number)
    return ((shared[:, pairs[0]], pairs) for pairs in groups.values() if shared[:, pairs[0]].any())


def _estimates(differences: Floats, cells: pd.Index, direction: int) -> pd.DataFrame:
    """Estimate the series of `(n_cells, n_series)` differences."""
    better = direction * np.sign(differences)
    of_prompts, wins = (_prompt_means(values, cells) for values in (differences, (better + 1) / 2))
    columns = {
        **interval(of_prompts)._asdict(),
        "spread": pd.DataFrame(of_prompts).std().to_numpy(),  # NaN of one prompt, without a warning
        "p": p_values(of_prompts),
        "superiority": wins.mean(axis=0),
        "n_prompts": len(of_prompts),
        "n_seeds": cells.get_level_values("seed").nunique(),
    }
    return pd.DataFrame(columns).rename(columns={"mean": "difference"})


def _prompt_means(values: Floats, cells: pd.Index) -> Floats:
    """Average over the seeds of each prompt: `(n_cells, n_series)` to `(n_prompts, n_series)`."""
    frame = pd.DataFrame(values, index=cells)
    return strict_mean(frame, ["prompt"], list(frame.columns)).to_numpy()


def _both_orders(pairs: pd.DataFrame) -> pd.DataFrame:
    swapped = {"method": "reference", "reference": "method", "low": "high", "high": "low"}
    back = pairs.rename(columns=swapped)
    # 0.0 - x and not -x: equals differ by 0, not by -0.
    back = back.assign(**{name: 0.0 - back[name] for name in ("difference", "low", "high")})
    back = back.assign(superiority=1 - back["superiority"], verdict=back["verdict"].replace(OPPOSITE))
    return pd.concat([pairs, back]).sort_values([*POINT, "method", "reference"], ignore_index=True)
