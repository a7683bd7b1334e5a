import numpy as np
import pandas as pd

from bench.analysis.needed import prompts_needed
from bench.analysis.verdicts import judge


def pairs(*rows):
    found = pd.DataFrame(rows, columns=["difference", "low", "high", "p"], dtype=float)
    return found.assign(spread=1.0, n_prompts=3)


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


def test_families_may_lie_apart():
    rows = pairs((1.0, 0.5, 1.5, 0.03), (1.0, 0.5, 1.5, 0.04), (1.0, -0.5, 2.5, 0.01)).assign(budget=[1, 2, 1])
    found = judge(rows, ["budget"])
    assert found["p_holm"].tolist() == [0.03, 0.04, 0.02]
    assert found["verdict"].tolist() == ["better", "better", "open"]


def test_what_is_open_needs_more_prompts_the_more_was_tested():
    """Of the pairs of its family that could be tested, as many as Holm's correction begins with."""
    rows = pairs((1.0, 0.5, 1.5, 0.001), (0.5, -0.5, 1.5, 0.3), (0.5, -0.5, 1.5, 0.3), (np.nan, np.nan, np.nan, np.nan))
    together, alone = (judge(some, family=[])["needed"] for some in (rows, rows.iloc[1:2]))
    expected = prompts_needed(*np.array([[0.5, 0.5], [1.0, 1.0], [3.0, 3.0], [0.05 / 3, 0.05]]))
    assert together[1:2].tolist() + alone.tolist() == expected.tolist()
    assert together[[0, 3]].isna().all(), "what is settled needs none, nor does what is unknown"


def test_nothing_is_judged_where_there_is_nothing():
    assert judge(pairs(), ["difference"]).empty
    assert judge(pairs(), []).empty
