"""Does P(z), the probability of the noise, say anything about the image? Against measured truth, where there is one."""

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

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


def prediction(points: pd.DataFrame) -> pd.DataFrame:
    """How well P(z) predicts the truths, for each `judged` over all methods and within each method.

    Args:
        points: of `probability_points`.

    Returns:
        A row a (judged, method), "all methods" first: `n`; Spearman's rank correlation of log P with each truth, as
        `rho support-distance` and so on, NaN where one of them does not vary; and where adherence is known `broken`,
        the number of broken images, `missed`, the share of them whose noise is probable all the same, and
        `false alarms`, the share of the other images whose noise is improbable (NaN where there are no such images).
    """
    rows = []
    for judged, mine in points.groupby("judged", sort=False):
        groups = [("all methods", mine), *mine.groupby("method")]
        rows += [{"judged": judged, "method": method, **_prediction(one)} for method, one in groups]
    return pd.DataFrame(rows)


def _prediction(points: pd.DataFrame) -> dict[str, float]:
    row: dict[str, float] = {"n": len(points)}
    for truth in TRUTHS:
        if truth in points:
            varies = points["log_p"].nunique() > 1 and points[truth].nunique() > 1
            row[f"rho {truth}"] = float(spearmanr(points["log_p"], points[truth]).statistic) if varies else np.nan
    if "adherence" in points:
        broken, improbable = points["adherence"] < BROKEN, points["log_p"] < np.log(IMPROBABLE)
        row |= {
            "broken": int(broken.sum()),
            "missed": float((~improbable[broken]).mean()),
            "false alarms": float(improbable[~broken].mean()),
        }
    return row
