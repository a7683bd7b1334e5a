"""When a difference may be called one: the rule behind every "beats" in words."""

import numpy as np
import pandas as pd

ALPHA = 0.05


def verdicts(found: pd.DataFrame) -> pd.Series:
    """Judge the rows of `bench.analysis.paired.comparisons`.

    Returns:
        "better" or "worse" where the interval excludes 0 and Holm's p is at most 5 %: both, since with few prompts
        either alone is too sure; "unknown" where a cell has no value; else "open".
    """
    significant = found["p_holm"] <= ALPHA
    conditions = [found["difference"].isna(), significant & (found["low"] > 0), significant & (found["high"] < 0)]
    return pd.Series(np.select(conditions, ["unknown", "better", "worse"], "open"), index=found.index)
