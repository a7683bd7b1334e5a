"""When a difference may be called one: the only rule, behind bold, "leads", "resolved" and every "beats" in words."""

import numpy as np
import pandas as pd

from bench.analysis.needed import prompts_needed
from bench.analysis.significance import holm

ALPHA = 0.05
OPPOSITE = {"better": "worse", "worse": "better"}
RULE = (
    f"p ≤ {ALPHA:g} after Holm's correction for all pairs of methods at that budget, and the 95 % interval of the "
    "paired difference excludes 0"
)


def judge(pairs: pd.DataFrame, family: list[str], direction: int = 1) -> pd.DataFrame:
    """Add `p_holm`, `verdict` and `needed` to compared pairs, each of which stands once.

    Args:
        pairs: with `difference`, `low`, `high`, `p`, `spread` and `n_prompts`, as of `bench.analysis.paired`.
        family: the columns whose values tell one family of tests from another; empty for one family.
        direction: 1 if more is better, -1 if less is.

    Returns:
        `verdict`: "better" or "worse" where p after Holm is at most 5 % and the interval excludes 0; "unknown" where a
        cell has no value; else "open". `needed`: how many prompts would tell what is open (`prompts_needed`, at 5 %
        over the number of tests of the family, with which Holm's correction begins); NaN for what is not.
    """
    families = pairs.groupby(family, sort=False)["p"] if family else [(None, pairs["p"])]
    parts = [_adjusted(p) for _, p in families]
    tests = pd.concat(parts).reindex(pairs.index) if parts else _adjusted(pairs["p"])
    significant = tests["p_holm"] <= ALPHA
    more, less = significant & (pairs["low"] > 0), significant & (pairs["high"] < 0)
    conditions = [pairs["difference"].isna(), *((more, less) if direction > 0 else (less, more))]
    verdict = np.select(conditions, ["unknown", "better", "worse"], "open")
    difference, spread, seen = (pairs[name].to_numpy(float) for name in ("difference", "spread", "n_prompts"))
    enough = prompts_needed(difference, spread, seen, tests["level"].to_numpy(float))
    needed = np.where(verdict == "open", enough, np.nan)
    return pairs.assign(p_holm=tests["p_holm"], verdict=verdict, needed=needed)


def _adjusted(p: "pd.Series[float]") -> pd.DataFrame:
    """The tests of one family: `p_holm`, and the `level` at which any of them is resolved, whatever the others."""
    adjusted = holm(np.asarray(p, dtype=np.float64))
    return pd.DataFrame({"p_holm": adjusted, "level": ALPHA / max(p.count(), 1)}, index=p.index)
