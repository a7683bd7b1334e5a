"""One reward under two budgets of other units, as in the README's suite: from a run to its tables and curves."""

import pytest
import torch
from rich.console import Console

from bench.analysis.curves import mean_curves
from bench.output.evidence import Evidence
from bench.output.tables import FORMATS, LAYOUTS
from bench.run.campaign import run_suite
from bench.suite.suite import load_suite
from tests.support.plugins import HERE

SUITE = f"""
name: two-budgets
models: [{HERE}@gaussian]
rewards: {{mean: {{use: "{HERE}@mean"}}}}
anchors: {{mean: [0, 1]}}
targets: {{mean: [0.1]}}
checkpoints: [0.5, 1]
experiments:
  - prompts: [cat, dog]
    methods: {{best-of-n: , other: {{use: best-of-n, batch_size: 2}}}}
    seeds: [0, 1, 2]
    budget: 40nfe
  - prompts: [cat]
    methods: [best-of-n]
    seeds: [0]
    budget: 12rewards
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    (folder / "suite.yaml").write_text(SUITE)
    run_suite(load_suite(str(folder / "suite.yaml")), folder / "run", [torch.device("cpu")], "off", Console(quiet=True))
    return folder / "run"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_has_a_table_a_budget_and_nothing_is_missing(run, layout):
    text = FORMATS["md"](LAYOUTS[layout](Evidence([run])))
    for budget in ("40nfe", "12rewards") if layout != "pairwise" else ("40nfe",):
        assert f"mean on gaussian within {budget}" in text
    for word in ("unscored)", "not ranked", "not run"):
        assert word not in text


def test_no_row_is_missing_and_no_curve_is_merged(run):
    found = Evidence([run])
    assert found.scores["status"].eq("ok").all()
    curves = mean_curves(found.curves, found.scores, "reward_calls")
    cells = curves.groupby(["task_budget", "method"])["n"].unique().map(list).to_dict()
    assert cells == {("12rewards", "best-of-n"): [1], ("40nfe", "best-of-n"): [6], ("40nfe", "other"): [6]}
