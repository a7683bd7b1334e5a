"""Sets of samples after a run: which samples form one, what is written, what is missing."""

import io
import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from rich.console import Console
from scipy.spatial.distance import cdist, pdist

from bench.errors import InputError
from bench.models.mixture.presets import das_gmm_1
from bench.registry import REWARDS, SET_METRICS
from bench.run.campaign import run_suite
from bench.scoring.quadratic import QuadraticForm
from bench.store.folder import RunStore
from bench.store.sets import COLUMNS, measure_sets, read_sets
from bench.store.tables import read_scores
from bench.suite.suite import load_suite
from tests.support.cli import dno_bench
from tests.support.plugins import HERE
from tests.support.runs import RAN, sealed_anew

SUITE = f"""
name: sets
models: [{HERE}@gaussian]
prompts: [cat, "None"]
rewards: [{HERE}@mean]
methods: {{base: , best-of-n: , raises: {{use: "{HERE}@raises"}}}}
seeds: [0, 1, 2]
budget: 40nfe
checkpoints: [0.5, 1]
set_metrics:
  spread: {{use: "{HERE}@spread-of-means"}}
  gap: {{use: "{HERE}@gap-of-means"}}
  endless: {{use: "{HERE}@no-number"}}
  lpips-diversity: {{backbone: nowhere.pth}}
"""
CPU = torch.device("cpu")


def start(folder, text=SUITE):
    path = folder / "sets.yaml"
    path.write_text(text)
    run = folder / "run"
    run_suite(load_suite(str(path)), run, [CPU], "off", Console(quiet=True))
    return run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return start(tmp_path_factory.mktemp("sets"))


def means(run, method, budget, prompts):
    """The mean byte of each stored image, in the order of the table, read without the harness."""
    scores = pd.read_csv(run / "scores.csv", keep_default_na=False)
    rows = scores[(scores.method == method) & (scores.budget == budget) & scores.prompt.isin(prompts)]
    return [np.asarray(Image.open(run / image), dtype=float).mean() for image in rows.image]


def value(sets, metric, method, budget, prompt):
    row = sets[(sets.metric == metric) & (sets.method == method) & (sets.budget == budget) & (sets.prompt == prompt)]
    assert len(row) == 1
    return row.iloc[0]


def test_one_set_a_prompt_across_seeds_at_each_budget(run):
    sets = read_sets(run)
    assert list(sets.columns) == COLUMNS
    for method in ("base", "best-of-n"):
        for budget in (20.0, 40.0):
            for prompt in ("cat", "None"):
                row = value(sets, "spread", method, budget, prompt)
                assert row["value"] == pytest.approx(np.std(means(run, method, budget, [prompt])))
                assert (row["n"], row["reward"], row["model"]) == (3, "mean", "gaussian")


def test_one_set_over_all_prompts_against_base_at_the_same_budget(run):
    sets = read_sets(run)
    for budget in (20.0, 40.0):
        ours, base = (means(run, method, budget, ["cat", "None"]) for method in ("best-of-n", "base"))
        row = value(sets, "gap", "best-of-n", budget, "")
        assert row["value"] == pytest.approx(np.mean(ours) - np.mean(base))
        assert row["n"] == 6
    assert "base" not in set(sets[sets.metric == "gap"].method)


def test_what_is_missing_has_a_row_without_a_value(run):
    sets = read_sets(run)
    for metric in ("spread", "gap"):
        failed = sets[(sets.method == "raises") & (sets.metric == metric)]
        assert failed["value"].isna().all()
        assert (failed["n"] == 0).all()
    for metric in ("endless", "lpips-diversity"):
        assert len(sets[sets.metric == metric]) == 3 * 2 * 2
        assert sets.loc[sets.metric == metric, "value"].isna().all()


def test_measured_again_it_is_the_same_file_and_each_metric_is_noted_once(run, capsys):
    before = (run / "sets.csv").read_bytes()
    (run / "sets.csv").unlink()
    measure_sets(RunStore.open(run), CPU)
    assert (run / "sets.csv").read_bytes() == before
    notes = capsys.readouterr().err.splitlines()
    assert notes == [
        "note: set metric 'spread' is missing for some sets: there are no images",
        "note: set metric 'gap' is missing for some sets: there are no images",
        "note: set metric 'endless' is missing for some sets: its value is -inf; there are no images",
        "note: set metric 'lpips-diversity' is missing for some sets: there are no images",
    ]


def test_without_base_there_is_nothing_to_compare_with(tmp_path, capsys):
    sets = read_sets(start(tmp_path, SUITE.replace("base: , ", "")))
    assert sets.loc[sets.metric == "gap", "value"].isna().all()
    assert "there are no images of `base`" in capsys.readouterr().err


def test_points_are_no_images_and_images_no_points(tmp_path):
    text = f"""
name: media
prompts: [ring]
methods: [base]
seeds: [0, 1, 2]
budget: 2rewards
checkpoints: [1]
set_metrics: {{energy-distance: , spread: {{use: "{HERE}@spread-of-means"}}}}
experiments:
  - {{models: {{mixture: {{steps: 5}}}}, rewards: [quadratic]}}
  - {{models: ["{HERE}@gaussian"], rewards: ["{HERE}@mean"]}}
"""
    sets = read_sets(start(tmp_path, text)).set_index(["metric", "model"])
    known = {("energy-distance", "mixture"), ("spread", "gaussian")}
    assert set(sets.index[sets["value"].notna()]) == known == set(sets.index[sets["n"] == 3])
    assert set(sets.index[sets["n"] == 0]) == {("energy-distance", "gaussian"), ("spread", "mixture")}
    assert list(sets.index[sets["se"].notna()]) == [("energy-distance", "mixture")]


def test_a_run_that_asked_for_none_has_none(tmp_path):
    text = SUITE.partition("set_metrics:")[0]
    run = start(tmp_path, text)
    assert not (run / "sets.csv").exists()
    assert read_sets(run).empty


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("[fidd]", "unknown set_metric 'fidd'; did you mean 'fid'?"),
        ("{kid: {subset: 3}}", "unknown option of set_metric 'kid': 'subset'"),
    ],
)
def test_a_wrong_name_or_option_is_refused_before_anything_runs(tmp_path, asked, message):
    with pytest.raises(InputError) as refused:
        start(tmp_path, f"{SUITE.partition('set_metrics:')[0]}set_metrics: {asked}")
    assert message in str(refused.value)
    assert not (tmp_path / "run").exists()


def test_sets_are_read_only_beside_the_scores_that_they_were_measured_on(tmp_path, run):
    """An interrupt may come before they are measured again. A copy, of other times and another name, keeps them."""
    copy = tmp_path / "copy"
    shutil.copytree(run, copy, copy_function=shutil.copyfile)
    assert len(read_sets(copy)) == len(read_sets(run)) > 0
    store = RunStore.open(copy)
    store.grow(store.growth(store.suite().narrowed({"seeds": [0, 1, 2, 3]})), {})
    for cell in store.suite().planned():
        if cell.seed == 3:
            store.cell(cell.id).begin(cell)
            store.cell(cell.id).fail("x", "y", RAN)
    assert read_sets(copy).empty
    measure_sets(store, CPU)
    assert len(read_sets(copy)) == len(read_sets(run))


def test_an_edited_set_metric_is_measured_again(tmp_path, monkeypatch):
    text = SUITE.split("  gap")[0].replace(f', raises: {{use: "{HERE}@raises"}}', "")  # no cell is left to run
    run = start(tmp_path, text)
    before = read_sets(run)
    (run / "sets.csv").write_text("not measured again")
    edited = replace(SET_METRICS.get("spread-of-means"), sha256="edited")
    monkeypatch.setitem(SET_METRICS._entries, "spread-of-means", edited)
    start(tmp_path, text)
    pd.testing.assert_frame_equal(read_sets(run), before)
    assert "edited" in (run / "plugins.jsonl").read_text()


def test_a_label_of_a_set_metric_means_one_thing_in_a_run(tmp_path):
    start(tmp_path, SUITE.split("  gap")[0])
    with pytest.raises(InputError, match="'spread' of set_metrics has options"):
        start(tmp_path, SUITE.split("  gap")[0].replace("spread-of-means", "no-number"))


def test_prompts_that_look_like_numbers_stay_texts(tmp_path):
    text = SUITE.replace('[cat, "None"]', '["7", "007"]').replace(
        "{base: , best-of-n:", '{"1": {use: base}, "01": {use: base}'
    )
    sets = read_sets(start(tmp_path, text.split("  gap")[0].replace(f', raises: {{use: "{HERE}@raises"}}', "")))
    assert set(sets["prompt"]) == {"7", "007"}
    assert set(sets["method"]) == {"1", "01"}
    assert sets["value"].dtype == float


POINTS = f"""
name: points
models: {{gmm: {{use: mixture, steps: 10}}}}
prompts: [any]
rewards: [quadratic]
methods: {{base: , best-of-n: {{batch_size: 10}}}}
seeds: {list(range(12))}
budget: 20rewards
checkpoints: [0.5, 1]
set_metrics: {{energy-distance: , energy-distance-target: }}
"""


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    """A folder with the run of `POINTS`, by the command line."""
    folder = tmp_path_factory.mktemp("points")
    (folder / "points.yaml").write_text(POINTS)
    assert dno_bench("run", "points.yaml", "--out", "run", cwd=folder).returncode == 0
    return folder


def stored_points(folder, method):
    """The last points of a method, read without the harness."""
    cells = [
        path
        for path in (folder / "run" / "cells").iterdir()
        if json.loads((path / "cell.json").read_text())["method"] == method
    ]
    return np.array([json.loads((cell / "checkpoints.jsonl").read_text().splitlines()[-1])["point"] for cell in cells])


def energy_distance(one, other):
    """Its definition, with scipy's distances."""
    inside = [pdist(these).mean() for these in (one, other)]
    return 2 * cdist(one, other).mean() - sum(inside)


def test_from_the_command_to_a_table_of_distances_with_their_errors(points):
    head = "| method | energy-distance ↓ | energy-distance s.e. | energy-distance-target ↓ |"
    assert head in dno_bench("table", "run", "--format", "md", cwd=points).stdout
    table = pd.read_csv(io.StringIO(dno_bench("table", "run", "--format", "csv", cwd=points).stdout))
    shown = table.set_index(["quantity", "key"])["value"]
    exact = das_gmm_1()
    reward = QuadraticForm(*torch.tensor([[0.0, 0.0], [0.01, 1.0], [0.0, 0.0]]).double())
    draws = {
        "energy-distance": exact.draw(3000, torch.Generator().manual_seed(7)).numpy(),
        "energy-distance-target": exact.tilted(reward, 1.0).draw(3000, torch.Generator().manual_seed(7)).numpy(),
    }
    for metric, known in draws.items():
        for method in ("base", "best-of-n"):
            expected = energy_distance(stored_points(points, method), known)
            error = shown[f"{metric} s.e.", method]
            assert shown[metric, method] == pytest.approx(expected, abs=error / 2)
    # Plain samples are of p; the best of twenty are seen to be picked.
    assert abs(shown["energy-distance", "base"]) < 3 * shown["energy-distance s.e.", "base"]
    assert shown["energy-distance", "best-of-n"] > 3 * shown["energy-distance s.e.", "best-of-n"]


def test_points_are_kept_to_the_bit_and_are_no_column_of_the_scores(points):
    scores = read_scores(points / "run")
    assert "point" not in scores
    exact = torch.tensor(stored_points(points, "base"))
    assert torch.equal(exact.float().double(), exact)
    rewards = REWARDS.get("quadratic").create({})(exact.float(), [])
    last = scores[(scores["method"] == "base") & (scores["budget"] == 20)]
    assert sorted(rewards.tolist()) == sorted(last["best_reward"])


def test_points_that_were_not_kept_are_said(points, tmp_path, capsys):
    copy = tmp_path / "run"
    shutil.copytree(points / "run", copy, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns("wandb"))
    for path in copy.glob("cells/*/checkpoints.jsonl"):
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        path.write_text("".join(json.dumps({k: v for k, v in row.items() if k != "point"}) + "\n" for row in rows))
        sealed_anew(path.parent)
    measure_sets(RunStore.open(copy), CPU)
    sets = read_sets(copy)
    assert sets["value"].isna().all()
    assert (sets["n"] == 0).all()
    assert capsys.readouterr().err.count("there are no points") == 2
