import re

import pytest
from bench.analysis.published.published_tables import source_text, table_rows

from bench.analysis.published.entries import all_published, find_published, load_published
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
        model: sd15
        columns: {PickScore: {reward: pickscore, factor: 0.01}}
        rows: {SD: {method: base}, DNO (1 min): {method: dno, budget: 1m}, DNO (3 min): {method: dno, budget: 3m}}
    tolerance_why: rounding
    missing: the model
"""


def load(tmp_path, text=TABLE):
    path = tmp_path / "numbers.yaml"
    path.write_text(text)
    return load_published(path)["some-table"]


def test_values_come_in_our_unit_with_what_they_stand_beside(tmp_path):
    rows = table_rows([load(tmp_path)])
    columns = ["row", "model", "reward", "method", "budget_unit", "budget", "published", "tolerance"]
    assert rows[columns].fillna(-1).values.tolist() == [
        ["SD", "sd15", "pickscore", "base", "", -1, 20.0, pytest.approx(0.1)],
        ["DNO (1 min)", "sd15", "pickscore", "dno", "seconds", 60, 25.0, pytest.approx(0.1)],
        ["other", "sd15", "pickscore", "", "", -1, 30.0, pytest.approx(0.1)],
    ]
    assert rows["published_se"].isna().all()


def test_the_source_is_said_with_how_it_was_read(tmp_path):
    assert source_text(load(tmp_path)) == "A paper, Table 1; read in a review; of 40 prompts (some-table)"


def test_a_table_without_a_place_in_ours_gives_no_rows(tmp_path):
    text = TABLE[: TABLE.index("      ours:")] + TABLE[TABLE.index("    tolerance_why") :]
    assert table_rows([load(tmp_path, text)]).empty


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "{PickScore: {reward",
            "{Pickscore: {reward",
            "ours.columns must be among the table's columns: PickScore, mem",
        ),
        ("rows: {SD:", "rows: {SDXL:", "ours.rows must be among the table's rows: SD, DNO"),
        ("factor: 0.01", "factor: 0", "factor must not be 0"),
        ("budget: 1m", "budget: 1 min", "budget '1 min' is not understood; write 10s, 5m"),
        ("{reward: pickscore", "{rewards: pickscore", "Extra inputs are not permitted|Field required"),
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
        rows = table_rows(find_published(name) for name in suite.published)
        for experiment in suite.experiments:
            rows = rows[~(rows["model"].isin(experiment.models) & rows["reward"].isin(experiment.rewards))]
        assert rows.empty, suite.name


def test_null_tta_is_on_our_scale_of_pickscore():
    rows = table_rows([all_published()["null-tta-pickscore"]])
    assert rows.set_index("row").loc["DNO", "published"] == pytest.approx(28.9)
    assert set(rows["reward"]) == {"pickscore"}
