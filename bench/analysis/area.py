"""One number for a whole curve: how much of the possible reward a method has on average, early and late."""

import numpy as np
import pandas as pd

from bench.analysis.aggregate import Anchors
from bench.analysis.intervals import Floats, cluster_interval, strict_mean
from bench.analysis.scores import TASK

DECADES = 2


def anytime_scores(curves: pd.DataFrame, scores: pd.DataFrame, anchors: Anchors, axis: str = "seconds") -> pd.DataFrame:
    """Average the best reward so far over logarithmic and over linear time.

    `A = 1 / ln(T / t0)` times the integral of clip(z, 0, 1) over ln t from t0 = T / 100 to the budget T (COCO's and
    IOH's area, AOCC), exact on steps. z is on the scale of the anchors, and 0 before the first image. The window
    does not depend on the methods. On another axis than the budget's, T is where the first cell of the task ended.

    Returns:
        One row a (model, reward, method): `anytime` and `linear` (over t from 0 to T), each with `_low` and `_high`, its
        95 % cluster bootstrap interval over prompts; `n` cells; NaN where a planned cell has no events.

    Raises:
        InputError: a reward has no anchors.
    """
    raise NotImplementedError
