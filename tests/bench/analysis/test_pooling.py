import shutil

import pandas as pd
import pytest

from bench.analysis.curves import mean_curves
from bench.analysis.pooling import RunTables, pool, rebudget, recount
from bench.analysis.scores import summarise
from bench.errors import InputError
from bench.store.folder import RunStore
from bench.store.pace import paces
from bench.store.runs import run_names
from bench.store.tables import read_scores, read_tables
from tests.support.runs import edit_plugin, make_run


def pooled(runs, axis=None):
    named = run_names(runs)
    tables = {name: RunTables(*read_tables(run), RunStore.open(run).plugins()) for name, run in named.items()}
    return pool(tables, axis)


def test_shards_of_a_suite_are_read_as_one(tmp_path):
    whole = make_run(tmp_path / "whole", seeds=(0, 1))
    shards = [make_run(tmp_path / f"s{seed}", seeds=(seed,)) for seed in (0, 1)]
    scores, curves = pooled(shards)
    assert set(scores["run"]) == set(curves["run"]) == {"s0", "s1"}
    expected, _ = pooled([whole])
    pd.testing.assert_frame_equal(summarise(scores), summarise(expected))


def test_two_devices_do_not_share_an_axis_of_seconds(tmp_path):
    runs = [make_run(tmp_path / "a", seeds=(0,)), make_run(tmp_path / "b", seeds=(1,), device="A100")]
    with pytest.raises(InputError, match=r"seconds of different devices .*a: H100, .*; b: A100, .*--axis evaluations"):
        pooled(runs)


def test_runs_on_a_budget_of_evaluations_may_come_from_any_device(tmp_path):
    runs = [
        make_run(tmp_path / "a", seeds=(0,), budget="50nfe"),
        make_run(tmp_path / "b", seeds=(1,), budget="50nfe", device="A100"),
    ]
    assert len(pooled(runs)[0]) == 2 * 4 * 2


def test_the_threads_of_a_processor_are_part_of_the_device(tmp_path):
    run = make_run(tmp_path / "a")
    for done in run.glob("cells/*/done.json"):
        done.write_text(done.read_text().replace("cuda:0", "cpu"))
    assert paces(read_scores(run)) == {"H100, 2 threads, torch 2.13.0"}


def test_the_device_is_that_of_each_cell(tmp_path):
    """A run that went on elsewhere is two devices, wherever its last command ran."""
    run = make_run(tmp_path / "a")
    done = next(run.glob("cells/*/done.json"))
    done.write_text(done.read_text().replace("H100", "A100"))
    assert paces(read_scores(run)) == {"H100, torch 2.13.0", "A100, torch 2.13.0"}
    with pytest.raises(InputError, match="seconds of different devices"):
        pooled([run])


def test_a_failed_cell_ran_somewhere_too(tmp_path):
    """What it measured before it failed is in the tables."""
    run = make_run(tmp_path / "a", failed=[("best-of-n", "cat")])
    failed = next(run.glob("cells/*/failed.json"))
    failed.write_text(failed.read_text().replace("H100", "A100"))
    assert paces(read_scores(run)) == {"H100, torch 2.13.0", "A100, torch 2.13.0"}


def test_a_cell_is_never_counted_twice(tmp_path):
    runs = [make_run(tmp_path / name) for name in "ab"]
    with pytest.raises(InputError, match="8 cells stand in more than one run"):
        pooled(runs)


def test_one_label_means_one_thing(tmp_path):
    runs = [
        make_run(tmp_path / "a", seeds=(0,), methods={"base": {}, "best-of-n": {"batch_size": 2}}),
        make_run(tmp_path / "b", seeds=(1,), methods={"base": {}, "best-of-n": {"batch_size": 4}}),
    ]
    with pytest.raises(InputError, match="'best-of-n' of methods has other options in b"):
        pooled(runs)


@pytest.mark.parametrize(
    ("label", "said"),
    [("best-of-n", "'best-of-n' of methods .* best_of_n.py"), ("mean", "'mean' of rewards .*plugins.py")],
)
def test_two_versions_of_a_plug_in_are_not_pooled(tmp_path, label, said):
    runs = [make_run(tmp_path / "a", seeds=(0,)), make_run(tmp_path / "b", seeds=(1,))]
    edit_plugin(runs[1], label)
    with pytest.raises(InputError, match=f"{said} than in a run before it"):
        pooled(runs)


def test_runs_of_one_name_go_by_their_paths(tmp_path):
    paths = [tmp_path / "x" / "demo", tmp_path / "y" / "demo", tmp_path / "other"]
    assert list(run_names(paths)) == [str(paths[0]), str(paths[1]), "other"]


@pytest.fixture
def events(make_scores, make_curves):
    """`slow` stops at 20 evaluations, `base` goes on to 30; `broken` failed."""
    scores = make_scores({"base": [[3.0]], "slow": [[8.0]], "broken": [[float("nan")]]})
    curves = make_curves({("base", 0, 0): [(1, 1.0), (2, 2.0), (3, 3.0)], ("slow", 0, 0): [(4, 7.0), (8, 8.0)]})
    return scores, curves


def test_rebudget_ends_where_the_first_cell_ended(events):
    rows = rebudget(*events, "denoiser_evals").set_index("method")
    assert rows["budget"].tolist() == [20, 20, 20]
    assert rows.loc[["base", "slow"], "best_reward"].tolist() == [2.0, 8.0]
    assert rows.loc[["base", "slow"], "seconds"].tolist() == [2, 8]
    assert rows["status"].to_dict() == {"base": "ok", "slow": "ok", "broken": "failed"}


def test_rebudget_counts_a_failed_cell_as_base(make_scores, make_curves):
    scores = make_scores({"base": [[3.0], [3.0]], "broken": [[float("nan")], [5.0]]})
    steps = {("base", p, 0): [(1, 1.0), (2, 2.0)] for p in range(2)} | {("broken", 1, 0): [(1, 4.0), (2, 6.0)]}
    steps |= {("broken", 0, 0): [(1, 99.0)]}
    summary = summarise(rebudget(scores, make_curves(steps), "denoiser_evals")).set_index("method")
    assert summary.loc["broken", "mean"] == 4.0
    assert summary.loc["broken", "n_failed"] == 1


def test_rebudget_keeps_what_has_not_run_open(events):
    scores, curves = events
    scores.loc[scores["method"] == "broken", "status"] = "missing"
    rows = rebudget(scores, curves, "denoiser_evals").set_index("method")
    assert rows["status"].to_dict() == {"base": "ok", "slow": "ok", "broken": "missing"}


def test_rebudget_makes_one_task_of_budgets_that_differ_and_keeps_those_of_one_run_apart(make_scores, make_curves):
    runs = {"a": ("10s", 10.0, 3), "b": ("30s", 30.0, 5)}
    scores = pd.concat(
        make_scores({"dno": [[1.0]]}, budgets=(budget,), task_budget=task, run=run)
        for run, (task, budget, _) in runs.items()
    )
    curves = pd.concat(
        make_curves({("dno", 0, 0): [(1, 1.0)] * steps}, task_budget=task, run=run)
        for run, (task, _, steps) in runs.items()
    )
    assert set(rebudget(scores, curves, "denoiser_evals")["task_budget"]) == {"30nfe"}
    one = rebudget(scores.assign(run="one"), curves.assign(run="one"), "denoiser_evals")
    assert one.set_index("task_budget")["budget"].to_dict() == {"10s": 30, "30s": 50}


def test_what_one_run_has_planned_and_another_ran_is_there_once(tmp_path):
    runs = [make_run(tmp_path / name) for name in "ab"]
    stores = [RunStore.open(run) for run in runs]
    for store, seed in zip(stores, (0, 1), strict=True):
        for one in store.planned():
            if one.seed == seed:
                shutil.rmtree(store.cell(one.cell).path)
    scores, _ = pooled(runs)
    assert scores["status"].eq("ok").all()
    assert len(scores) == 2 * 2 * 2 * 2


def test_events_follow_their_cells_into_the_task_that_rebudget_makes(events):
    rows, curves = recount(*events, "denoiser_evals")
    assert set(rows["task_budget"]) == set(curves["task_budget"]) == {"20nfe"}
    means = mean_curves(curves, rows, "denoiser_evals", points=2)
    assert means[means["method"] == "slow"]["mean"].tolist() == [7.0, 8.0]


def test_what_is_known_of_whole_cells_stays_known(events):
    scores, curves = events
    rows = rebudget(scores.assign(contended=1.0), curves, "denoiser_evals")
    assert rows["contended"].eq(1).all()
    assert set(rows["pace"]) == {"H100, torch 2.13.0"}


def test_seconds_of_two_devices_are_read_on_another_axis_where_that_is_asked_for(tmp_path):
    runs = [make_run(tmp_path / "a", seeds=(0,)), make_run(tmp_path / "b", seeds=(1,), device="A100", pace=2)]
    scores, curves = pooled(runs, "denoiser_evals")
    assert set(scores["budget_unit"]) == {"denoiser_evals"}
    assert set(scores["task_budget"]) == set(curves["task_budget"]) == {"50nfe"}
    with pytest.raises(InputError, match="seconds of different devices"):
        pooled(runs, "seconds")
    alike, _ = pooled(runs[:1], "denoiser_evals")
    assert set(alike["budget_unit"]) == {"seconds"}
