"""The sentences that `dno-bench compare` begins with."""

import numpy as np
import pandas as pd
import pytest

from bench.output.apart import apart_sentences

RUNS = ("a", "b")


def found(*rows, **changes):
    """Rows of `between_runs`: (method, difference, low, high, p, verdict), the whole budget 9 s, half of it before."""
    frame = pd.DataFrame(rows, columns=["method", "difference", "low", "high", "p", "verdict"])
    keys = {"model": "emoji", "reward": "darkness", "task_budget": "9s", "budget_unit": "seconds", "budget": 9.0}
    frame = frame.assign(**keys, p_holm=frame["p"], n_prompts=4, n_seeds=2)
    early = frame.assign(budget=4.5, difference=-1.0, low=-2.0, high=-0.5, verdict="worse")
    return pd.concat([early, frame]).assign(**changes)


def test_ahead_behind_and_how_many_are_not_resolved():
    rows = found(
        ("base", 0.0, -0.1, 0.1, 0.9, "open"),
        ("dno", 0.12, 0.03, 0.21, 0.01, "better"),
        ("svdd", -0.5, -0.65, -0.35, 0.02, "worse"),
    )
    assert apart_sentences(rows, RUNS) == [
        "b is ahead of a with dno by 0.120 [0.030, 0.210] (darkness on emoji, 9 s).",
        "b is behind a with svdd by 0.50 [0.35, 0.65] (darkness on emoji, 9 s).",
        "Not resolved at the largest budgets: 1 of 3 differences.",
    ]


def test_the_surest_are_named_and_the_others_counted():
    rows = found(*((name, 1.0, 0.5, 1.5, p, "better") for name, p in zip("vwxyz", (5, 1, 2, 3, 4), strict=True)))
    (said,) = apart_sentences(rows, RUNS)
    assert [name for name in "vwxyz" if f"{name} by " in said] == ["w", "x", "y"]
    assert said.endswith("(darkness on emoji, 9 s), 2 more.")


@pytest.mark.parametrize(
    ("n_prompts", "ends", "said"),
    [
        (4, (-0.1, 0.5), "the surest: dno, b minus a, +0.20 [-0.10, 0.50]"),
        (1, (np.nan, np.nan), "one prompt is no test: dno, b minus a, +0.200"),
    ],
)
def test_where_nothing_is_resolved_the_surest_difference_is_said(n_prompts, ends, said):
    rows = found(("base", -0.1, *ends, 0.8, "open"), ("dno", 0.2, *ends, 0.2, "open"), n_prompts=n_prompts)
    expected = f"No difference at the largest budgets is resolved; {said} (darkness on emoji, 9 s)."
    assert apart_sentences(rows, RUNS) == [expected]


def test_equal_runs_and_runs_without_scores():
    equal = found(("dno", 0.0, 0.0, 0.0, 1.0, "open"))
    assert apart_sentences(equal, RUNS) == ["b came out as a did: all differences at the largest budgets are 0."]
    unknown = found(("dno", np.nan, np.nan, np.nan, np.nan, "unknown"))
    assert apart_sentences(unknown, RUNS) == ["No method has a score in every cell that a and b share."]
