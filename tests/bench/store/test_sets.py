"""Sets of images after a run: which images form one, what is written, what is missing."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from rich.console import Console

from bench.errors import InputError
from bench.registry import SET_METRICS
from bench.run.campaign import run_suite
from bench.store.folder import RunStore
from bench.store.sets import COLUMNS, measure_sets, read_sets
from bench.suite.suite import load_suite
from tests.support.plugins import HERE
from tests.support.runs import RAN

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


def test_points_are_no_images(tmp_path, capsys):
    text = f"""
name: points
prompts: [ring]
methods: [base]
seeds: [0, 1]
budget: 2rewards
checkpoints: [1]
set_metrics: ["{HERE}@spread-of-means"]
experiments:
  - {{models: [ring], rewards: [ring-waves]}}
  - {{models: ["{HERE}@gaussian"], rewards: ["{HERE}@mean"]}}
"""
    sets = read_sets(start(tmp_path, text))
    points = sets["model"] == "ring"
    assert (sets.loc[points, "n"] == 0).all()
    assert list(sets["value"].isna()) == list(points)
    assert set(points) == {True, False}


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
