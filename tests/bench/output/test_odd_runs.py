"""Runs as they come: with two budgets on one reward, or not over yet. Plots, report and tables take them all."""

import json
import re
import shutil

import pandas as pd
import pytest

from bench.output.evidence import Evidence
from bench.output.plots import draw_all
from bench.output.plots.panels import panels_of
from bench.output.report import write_report
from bench.output.tables import FORMATS, LAYOUTS
from tests.support.runs import make_run


def page_data_of(run, out):
    text = write_report(Evidence([run]), out).path.read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.S)[1])


def test_two_budgets_on_one_reward_are_two_tasks_everywhere(tmp_path):
    run = make_run(tmp_path / "run", seeds=(0,), experiments=[{"budget": "10s"}, {"budget": "50nfe"}])
    found = Evidence([run])
    assert [title for title, _ in panels_of(found.summary)] == ["mean, 10s", "mean, 50nfe"]
    drawn = draw_all(found, tmp_path / "plots")
    names = {path.stem for path in drawn.files}
    assert names >= {
        "curves-seconds",
        "intervals",
        "trade-off-mean-10s",
        "trade-off-mean-50nfe",
        "contact-004-mean-dog",
    }
    assert pd.read_csv(tmp_path / "plots" / "curves-seconds.csv")["task_budget"].nunique() == 2
    data = page_data_of(run, tmp_path / "page.html")
    assert data["tasks"] == ["mean on gaussian within 10s", "mean on gaussian within 50nfe"]
    assert [set(curves) for curves in data["curves"]["gain"]["seconds"]] == [{"base", "best-of-n"}] * 2
    # A cell is in the task of its own budget only.
    assert set(zip(data["cells"]["task"], data["cells"]["when"], strict=True)) == {
        (0, "5 s"), (0, "10 s"), (1, "25 evaluations"), (1, "50 evaluations"),
    }  # fmt: skip


@pytest.fixture
def unfinished(tmp_path):
    """A run of two methods of which one has not begun."""
    run = make_run(tmp_path / "run", seeds=(0,))
    for cell in run.glob("cells/*best-of-n*"):
        shutil.rmtree(cell)
    return run


def test_cells_that_have_not_run_are_said_and_break_nothing(unfinished, tmp_path):
    found = Evidence([unfinished])
    assert found.scores["status"].value_counts().to_dict() == {"ok": 4, "missing": 4}
    drawn = draw_all(found, tmp_path / "plots")
    assert {path.stem for path in drawn.files} >= {"curves-seconds", "intervals", "contact-001-mean-cat"}
    assert drawn.left_out["wins"] == "no two methods have scores on the same cells"
    cells = page_data_of(unfinished, tmp_path / "page.html")["cells"]
    lost = [i for i, status in enumerate(cells["status"]) if status == "missing"]
    assert {cells["reward"][i] for i in lost} == {cells["image"][i] for i in lost} == {None}
    assert "best-of-n: 2 of 2 cells have not run yet." in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"targets", "summary", "tuning"}))
def test_tables_of_an_unfinished_run(unfinished, layout):
    for write in FORMATS.values():
        assert "best-of-n" in write(LAYOUTS[layout](Evidence([unfinished])))
