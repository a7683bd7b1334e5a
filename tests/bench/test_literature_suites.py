"""The literature's suites as shipped, every model and reward replaced by small random weights in the hub's layout.

Only options change, those that say where weights lie and how large the images are: what is run is the code that the
hub's weights take.
"""

import re
from io import StringIO

import pytest
import torch
from rich.console import Console

from bench.output.evidence import Evidence
from bench.output.tables import FORMATS, LAYOUTS
from bench.run.campaign import run_suite
from bench.store.tables import read_tables
from bench.suite.plan import plan_lines
from bench.suite.suite import load_suite
from tests.support.standins.pipelines import write_pipeline
from tests.support.standins.rewards import reward_options

SUITES = ["dno-sd15", "dno-black-box", "dno-hacking", "dno-sdxl"]
SMALL = {"doodl": {"steps": 2}, "dno-regularized": {"permutations": 2}}


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Options of models and rewards that name the stand-ins' folders."""
    root = tmp_path_factory.mktemp("weights")
    models = {name: {"weights": str(write_pipeline(name, root / name)), "size": 32} for name in ("sd15", "sdxl")}
    models["sdxl"]["vae"] = None
    return models, reward_options(root)


def replaced(suite, weights):
    """The suite on the stand-ins, cut to one prompt, two steps and a few evaluations."""
    models, rewards = weights
    experiments = []
    for one in load_suite(suite).experiments:
        scorers = {name: {**options, **rewards.get(name, {})} for name, options in one.rewards.items()}
        methods = {name: {**options, **SMALL.get(name, {})} for name, options in one.methods.items()}
        metrics = {**one.metrics, "torchmetrics-clip-score": {"clip": rewards["clipscore"]["clip"]}}
        small = {name: {**one.models[name], **models[name], "steps": 2} for name in one.models}
        prompts = ["simple-animals"] if one.prompts == ["simple-animals"] else one.prompts[:1]
        changes = {"models": small, "rewards": scorers, "methods": methods, "metrics": metrics, "prompts": prompts}
        experiments.append(one.model_copy(update={**changes, "seeds": [0], "budget": "24nfe"}))
    return load_suite(suite).model_copy(update={"experiments": experiments})


@pytest.mark.parametrize("suite", SUITES)
def test_the_suite_runs_to_a_table(suite, weights, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "bench.suite.experiment.resolve", lambda words: ["cat"] if words == ["simple-animals"] else words
    )
    small = replaced(suite, weights)
    failed = run_suite(small, tmp_path / "run", [torch.device("cpu")], "off", Console(file=StringIO()))
    scores, curves = read_tables(tmp_path / "run")
    assert failed == 0
    assert set(scores["status"]) <= {"ok", "none"}
    assert len(scores["cell"].unique()) == len(small.cells())
    last = scores[scores["budget"] == 24]
    assert last["best_reward"].notna().all()
    assert last["torchmetrics-clip-score"].notna().all()
    assert (tmp_path / "run" / last["image"].iloc[0]).is_file()
    table = FORMATS["md"](LAYOUTS["main"](Evidence([tmp_path / "run"])))
    for one in small.experiments:
        for reward in one.rewards:
            assert f"{reward} on " in table
    assert curves["reward"].nunique() == last["reward"].nunique()


@pytest.mark.parametrize("suite", SUITES)
def test_its_plan_needs_no_weights(suite, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path))
    lines = plan_lines(load_suite(suite))
    (planned,) = (float(line.split()[1]) for line in lines if line.startswith("time "))
    said = float(re.search(r"([\d.]+) GPU hours", lines[0])[1])
    assert planned == pytest.approx(said, rel=0.05)
    assert lines[-1].strip().startswith("`dno-bench fetch ")
