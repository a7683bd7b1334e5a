import re

import pytest

from bench.analysis.published.entries import all_published, find_published, load_published
from bench.analysis.published.values import curve_values, source_text, table_values
from bench.errors import InputError
from bench.suite.suite import load_suite, shipped_suites

TABLE = """\
source:
  title: A paper
  paper: https://arxiv.org/abs/0000.00000
entries:
  - id: some-table
    title: what it is
    where: Table 1
    checked: secondary
    read_in: a review
    setting: {model: toy}
    n: 40 prompts
    table:
      columns:
        PickScore: {unit: /100, tolerance: 0.001}
        memory: {unit: GB, tolerance: 0}
      rows:
        SD: [0.2, 4]
        DNO (1 min): [0.25, 5]
        DNO (3 min): [null, 5]
        other: [0.3, null]
      ours:
        - {column: PickScore, model: sd15, reward: pickscore, factor: 0.01}
        - {column: PickScore, row: SD, model: sd15, steps: 50, reward: pickscore, factor: 0.01, method: base}
        - {column: PickScore, row: DNO (1 min), model: sd15, reward: pickscore, factor: 0.01, method: dno, budget: 1m}
        - {column: PickScore, row: DNO (3 min), model: sd15, reward: pickscore, factor: 0.01, method: dno, budget: 3m}
    tolerance_why: rounding
    missing: the model
"""


def load(tmp_path, text=TABLE):
    path = tmp_path / "numbers.yaml"
    path.write_text(text)
    return load_published(path)["some-table"]


def test_values_come_in_our_unit_with_what_they_stand_beside(tmp_path):
    rows = table_values([load(tmp_path)])
    columns = ["row", "model", "steps", "reward", "method", "budget_unit", "budget", "published", "tolerance"]
    assert rows[columns].fillna(-1).values.tolist() == [
        ["SD", "sd15", 50, "pickscore", "base", "", -1, 20.0, pytest.approx(0.1)],
        ["DNO (1 min)", "sd15", -1, "pickscore", "dno", "seconds", 60, 25.0, pytest.approx(0.1)],
        ["other", "sd15", -1, "pickscore", "", "", -1, 30.0, pytest.approx(0.1)],
    ]
    assert rows["published_se"].isna().all()


def test_the_source_is_said_with_how_it_was_read(tmp_path):
    assert source_text(load(tmp_path)) == "A paper, Table 1; read in a review; of 40 prompts (some-table)"


def test_a_table_without_a_place_in_ours_gives_no_rows(tmp_path):
    text = TABLE[: TABLE.index("      ours:")] + TABLE[TABLE.index("    tolerance_why") :]
    assert table_values([load(tmp_path, text)]).empty


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "{column: PickScore, model",
            "{column: Pickscore, model",
            "ours.column must be among the table's columns: PickS",
        ),
        ("row: SD,", "row: SDXL,", "ours needs both row and method, or neither; rows are SD, DNO"),
        (", method: base", "", "ours needs both row and method, or neither"),
        (
            "steps: 50, reward: pickscore, factor: 0.01",
            "steps: 50, reward: pickscore, factor: 0",
            "factor must not be 0",
        ),
        ("budget: 1m", "budget: 1 min", "budget '1 min' is not understood; write 10s, 5m"),
        ("steps: 50, reward", "steps: 50, rewards", "Extra inputs are not permitted|Field required"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, old, new, message):
    assert TABLE.count(old) == 1
    with pytest.raises(InputError, match=message) as caught:
        load(tmp_path, TABLE.replace(old, new))
    assert re.search(r"numbers\.yaml:\d+: ", str(caught.value))


def test_shipped_suites_name_tables_that_stand_beside_their_rewards():
    named = {name: load_suite(name) for name in shipped_suites()}
    assert any(suite.published for suite in named.values())
    for suite in named.values():
        rows = table_values(find_published(name) for name in suite.published)
        for experiment in suite.experiments:
            rows = rows[~(rows["model"].isin(experiment.models) & rows["reward"].isin(experiment.rewards))]
        assert rows.empty, suite.name


def test_curves_come_with_their_setting():
    rows = curve_values(all_published()["dno-official-jpeg"])
    assert rows[["model", "steps", "reward", "method", "task_budget"]].drop_duplicates().values.tolist() == [
        ["sd15", 50, "jpeg-compressibility", "dno-hybrid-2", "131rewards"]
    ]
    assert rows["step"].tolist() == [0, 26]
    assert rows["since"].fillna(-1).tolist() == [-1, 0]


def test_null_tta_is_on_our_scale_of_pickscore():
    rows = table_values([all_published()["null-tta-pickscore"]])
    assert rows.set_index("row").loc["DNO", "published"] == pytest.approx(28.9)
    assert set(rows["reward"]) == {"pickscore"}
