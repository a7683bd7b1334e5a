"""Rows are kept as they come, and compared within their setting."""

import pandas as pd
import pytest

from benchmarks.dno_step.rows import Rows, Setting
from benchmarks.dno_step.ways import Task

SETTING = Setting("sd15", "H100", threads=16, steps=50)


def _row(way="eager", method="dno", batch=1, setting=SETTING, **figures):
    return {**setting._asdict(), "method": method, "way": way, "batch": batch, **figures}


def test_each_row_is_compared_with_the_official_one_of_its_method(tmp_path):
    rows = Rows(tmp_path)
    rows.add(_row("official", seconds=10.0, gradient_error=0.2))
    rows.add(_row("official", method="dno-regularized", seconds=12.0))
    rows.add(_row("eager", seconds=8.0, gradient_error=0.05))
    rows.add(_row("graphs", seconds=2.0, gradient_error=0.051))
    rows.add(_row("graphs", method="dno-regularized", seconds=2.0))
    rows.add(_row("compiled", seconds=1.0, gradient_error=0.11))
    found = rows.read().set_index(["method", "way"])
    assert found["times_official"].to_dict() == {
        ("dno", "official"): 1, ("dno-regularized", "official"): 1, ("dno", "eager"): 1.25, ("dno", "graphs"): 5,
        ("dno-regularized", "graphs"): 6, ("dno", "compiled"): 10,
    }  # fmt: skip
    verdicts = found["verdict"].dropna().to_dict()
    assert verdicts == {
        ("dno", "official"): "farther from fp32 than eager",
        ("dno", "graphs"): "no farther from fp32 than eager",
        ("dno", "compiled"): "farther from fp32 than eager",
    }
    assert "| sd15 | dno | graphs | 1 | 2 | 5 |" in (tmp_path / "dno_step.md").read_text()


def test_a_failure_is_a_row_until_it_is_measured(tmp_path):
    rows, tasks = Rows(tmp_path), [Task("dno", "official"), Task("dno", "graphs")]
    rows.add(_row("official", seconds=1.0))
    rows.add(_row("graphs", note="AcceleratorError: an illegal memory access"))
    assert rows.missing(SETTING, tasks) == []
    assert "illegal memory access" in (tmp_path / "dno_step.md").read_text()
    rows.forget_failures(SETTING)
    assert rows.missing(SETTING, tasks) == [Task("dno", "graphs")]
    assert rows.missing(SETTING._replace(family="sdxl"), tasks) == tasks
    rows.add(_row("graphs", seconds=0.5))
    rows.add(_row("graphs", seconds=0.25))
    assert rows.read()["seconds"].tolist() == [1.0, 0.25]


def test_the_batch_that_auto_takes(tmp_path):
    rows = Rows(tmp_path)
    for batch, rate in {1: 1.0, 2: 1.9, 4: 3.0, 8: 3.2, 16: 3.3}.items():
        rows.add(_row("graphs", "best-of-n", batch, seconds=batch / rate, images_per_second=rate))
    rows.add(_row("graphs", "dno", seconds=1.0))
    found = rows.read()
    assert found.loc[found["auto"] == True, "batch"].tolist() == [4]  # noqa: E712 - text and blanks beside
    assert found["share_of_best"].max() == 1
    assert pd.isna(found["share_of_best"].iloc[-1])


@pytest.mark.parametrize("other", [{"device": "H200"}, {"threads": 8}, {"steps": 10}, {"family": "sdxl"}])
def test_rows_of_another_setting_are_neither_compared_nor_replaced(tmp_path, other):
    rows, there = Rows(tmp_path), SETTING._replace(**other)
    rows.add(_row("official", seconds=10.0, gradient_error=0.1))
    rows.add(_row("eager", seconds=5.0, gradient_error=0.01))
    rows.add(_row("graphs", "best-of-n", seconds=1.0, images_per_second=8.0))
    rows.add(_row("eager", setting=there, seconds=1.0, gradient_error=0.2))
    rows.add(_row("graphs", setting=there, note="of the other"))
    rows.add(_row("graphs", "best-of-n", setting=there, seconds=1.0, images_per_second=1.0))
    found = rows.read()
    assert found["seconds"].tolist()[:4] == [10.0, 5.0, 1.0, 1.0]
    assert found["times_official"].fillna(0).tolist() == [1, 2, 0, 0, 0, 0]
    assert found["share_of_best"].fillna(0).tolist() == [0, 0, 1, 0, 0, 1]
    assert rows.missing(there, [Task("dno", "official"), Task("dno", "eager")]) == [Task("dno", "official")]
    rows.forget_failures(SETTING)
    assert "of the other" in rows.read()["note"].tolist()
