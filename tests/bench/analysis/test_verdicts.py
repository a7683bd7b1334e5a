import numpy as np
import pandas as pd

from bench.analysis.verdicts import verdicts

NAN = np.nan


def test_both_the_interval_and_the_test_must_say_so():
    rows = [
        (0.2, 0.1, 0.3, 0.05, "better"),
        (-0.2, -0.3, -0.1, 0.01, "worse"),
        (0.2, 0.1, 0.3, 0.051, "open"),
        (0.2, -0.1, 0.3, 0.01, "open"),
        (0.2, NAN, NAN, 0.01, "open"),
        (NAN, NAN, NAN, NAN, "unknown"),
    ]
    found = pd.DataFrame(rows, columns=["difference", "low", "high", "p_holm", "expected"])
    assert verdicts(found).tolist() == found["expected"].tolist()
