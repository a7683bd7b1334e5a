import pandas as pd
import pytest

from bench.errors import InputError
from bench.output.evidence import Evidence
from bench.output.tables import LAYOUTS
from bench.store.folder import RunStore
from tests.bench.analysis.published.test_published_tables import TABLE
from tests.support.runs import make_run


def test_one_run(tmp_path):
    found = Evidence([make_run(tmp_path / "one")])
    assert set(found.scores["run"]) == {"one"}
    assert len(found.curves) == 5 * len(found.scores) / 2
    assert found.sets.empty
    assert found.published.empty
    assert found.comparison.empty
    assert found.ladder.empty


def test_two_runs_are_read_as_one(tmp_path):
    runs = [make_run(tmp_path / name, seeds=[seed]) for seed, name in enumerate(("one", "two"))]
    found = Evidence(runs)
    assert set(found.scores["run"]) == {"one", "two"}
    assert set(found.curves["run"]) == {"one", "two"}
    (table, *_) = LAYOUTS["main"](found)
    assert {cell.n for row in table.rows for cell in row.cells} == {4}
    assert {name.partition("/")[0] for name in table.rows[0].cells[0].cells} == {"one", "two"}


def test_two_devices_are_refused_on_seconds_and_not_on_evaluations(tmp_path):
    runs = [make_run(tmp_path / name, device=name, seeds=[seed]) for seed, name in enumerate(("H100", "A100"))]
    with pytest.raises(InputError, match="seconds of different devices are not compared"):
        _ = Evidence(runs).scores
    counted = [
        make_run(tmp_path / f"{name}-nfe", device=name, seeds=[seed], budget="50nfe")
        for seed, name in enumerate(("H100", "A100"))
    ]
    assert len(Evidence(counted).scores) == 16


def test_a_run_named_twice_is_one_run(tmp_path):
    run = make_run(tmp_path / "one")
    assert len(Evidence([run, run]).scores) == len(Evidence([run]).scores)


def test_no_run_folder(tmp_path):
    with pytest.raises(InputError, match="is not a run folder"):
        Evidence([tmp_path])


def test_what_the_suite_names_is_there(tmp_path):
    mapped = TABLE.replace("model: sd15", "model: gaussian").replace("reward: pickscore", "reward: mean")
    (tmp_path / "numbers.yaml").write_text(mapped)
    name = f"{tmp_path / 'numbers.yaml'}@some-table"
    found = Evidence([make_run(tmp_path / "one", published=[name], targets={"mean": [1.0, 2.0]})])
    assert found.published["row"].tolist() == ["SD", "DNO (1 min)", "other"]
    assert found.published["verdict"].tolist() == ["differs", "missing", ""]
    assert found.ladder["target"].tolist() == [1.0, 2.0]
    assert {table.title for table in LAYOUTS["targets"](found)} >= {"mean on gaussian: targets, share reached"}


def test_events_are_left_alone_unless_a_layout_asks(tmp_path, monkeypatch):
    run = make_run(tmp_path / "one")

    def no_curves(path):
        raise AssertionError("read")

    monkeypatch.setattr("bench.output.evidence.read_tables", no_curves)
    for layout in ("main", "paper", "pairwise", "cost"):
        assert LAYOUTS[layout](Evidence([run]))


def test_published_curves_are_compared_where_the_suite_runs_their_setting(tmp_path):
    """The tutorial's suite by name, with a run of a toy in its place: nothing of it is there, and that is said."""
    run = make_run(tmp_path / "one", name="dno-tutorial")
    comparison = Evidence([run]).comparison
    assert RunStore.open(run).suite().name == "dno-tutorial"
    assert isinstance(comparison, pd.DataFrame)
    assert set(comparison["verdict"]) == {"missing"}
    assert set(comparison["id"]) == {"dno-tutorial"}
