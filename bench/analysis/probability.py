"""Does P(z), the probability of the noise, say anything about the image? Against measured truth, where there is one."""

import pandas as pd

from bench.store.columns import GROUP, PAIR

LOG_P = "/log-p"
TRUTHS = ("support-distance", "adherence")
IMPROBABLE = 0.05
"""P(z) below it calls an image out of distribution."""
BROKEN = 0.5
"""Adherence below it: more likely than not the image does not show what the prompt names."""


def probability_points(scores: pd.DataFrame) -> pd.DataFrame:
    """List `judged` (the label of the noise-probability metric), `log_p` and the truths of each cell and budget."""
    labels = [column for column in map(str, scores) if column.endswith(LOG_P)]
    truths = [name for name in TRUTHS if name in scores]
    keys = [*GROUP, *PAIR]
    points = [
        scores[[*keys, *truths]].assign(judged=label.removesuffix(LOG_P), log_p=scores[label]).dropna()
        for label in labels
        if truths
    ]
    return pd.concat(points, ignore_index=True) if points else pd.DataFrame(columns=[*keys, "judged", "log_p"])
