"""When a difference may be called one: the only rule, behind bold, "leads", "resolved" and every "beats" in words."""

import numpy as np
import pandas as pd

from bench.analysis.significance import holm

ALPHA = 0.05
OPPOSITE = {"better": "worse", "worse": "better"}
RULE = (
    f"p ≤ {ALPHA:g} after Holm's correction for all pairs of methods at that budget, and the 95 % interval of the "
    "paired difference excludes 0"
)


def judge(pairs: pd.DataFrame, family: list[str], direction: int = 1) -> pd.DataFrame:
    """Add `p_holm` and `verdict` to compared pairs, each of which stands once.

    Args:
        pairs: with `difference`, `low`, `high` and `p`.
        family: the columns whose values tell one family of tests from another; empty for one family.
        direction: 1 if more is better, -1 if less is.

    Returns:
        `verdict`: "better" or "worse" where p after Holm is at most 5 % and the interval excludes 0; "unknown" where a
        cell has no value; else "open".
    """
    families = pairs.groupby(family, sort=False)["p"] if family else [(None, pairs["p"])]
    parts = [pd.Series(holm(p.to_numpy()), index=p.index) for _, p in families]
    p_holm = pd.concat(parts) if parts else pairs["p"]
    significant = p_holm <= ALPHA
    more, less = significant & (pairs["low"] > 0), significant & (pairs["high"] < 0)
    conditions = [pairs["difference"].isna(), *((more, less) if direction > 0 else (less, more))]
    verdict = np.select(conditions, ["unknown", "better", "worse"], "open")
    return pairs.assign(p_holm=p_holm, verdict=verdict)
