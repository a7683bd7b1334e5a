import numpy as np
import pandas as pd

from bench.analysis.verdicts import judge


def pairs(*rows):
    return pd.DataFrame(rows, columns=["difference", "low", "high", "p"], dtype=float)


def test_better_and_worse_need_interval_and_p_value():
    found = judge(
        pairs(
            (1.0, 0.5, 1.5, 0.001),
            (-1.0, -1.5, -0.5, 0.001),
            (1.0, 0.5, 1.5, 0.06),
            (1.0, -0.1, 2.1, 0.001),
            (np.nan, np.nan, np.nan, np.nan),
            (1.0, np.nan, np.nan, np.nan),
        ),
        family=[],
    )
    assert found["verdict"].tolist() == ["better", "worse", "open", "open", "unknown", "open"]


def test_less_may_be_better():
    assert judge(pairs((1.0, 0.5, 1.5, 0.001)), [], direction=-1)["verdict"].tolist() == ["worse"]


def test_holm_is_within_a_family():
    rows = pd.concat([pairs(*[(1.0, 0.5, 1.5, 0.03)] * 2)] * 2, ignore_index=True).assign(budget=[1, 2, 2, 2])
    found = judge(rows, ["budget"])
    assert found["p_holm"].tolist() == [0.03, 0.09, 0.09, 0.09]
    assert found["verdict"].tolist() == ["better", "open", "open", "open"]


def test_nothing_is_judged_where_there_is_nothing():
    assert judge(pairs(), ["difference"]).empty
    assert judge(pairs(), []).empty
