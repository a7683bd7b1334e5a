"""What is missing is said in one line, with the command that gets it, before anything runs."""

import pytest

from bench.errors import InputError
from bench.models.emoji.paths import WEIGHTS
from bench.suite.needs import note_missing_metrics, require_weights
from bench.suite.suite import load_suite
from tests.support.cells import make_cell


@pytest.fixture(autouse=True)
def no_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))


@pytest.mark.parametrize("suite", ["dno-official-black", "dno-official-jpeg"])
def test_the_official_runs_are_valid_up_to_their_weights(suite):
    cells = load_suite(suite).cells()
    assert [(cell.model, cell.prompt) for cell in cells] == [("sd15", "white duck")]
    with pytest.raises(InputError, match=r"'stable-diffusion-v1-5/[^']+'; `dno-bench fetch sd15` gets it"):
        require_weights(cells)


def test_the_command_is_the_one_that_gets_it():
    own = make_cell(model="mine", model_options={"use": "sd15", "weights": "some/other"})
    with pytest.raises(InputError, match=r"'some/other'; `dno-bench fetch SUITE` gets it"):
        require_weights([own])
    with pytest.raises(InputError, match=r"`dno-bench fetch sd15` gets it"):
        require_weights([make_cell(model="mine", model_options={"use": "sd15", "steps": 3})])


def test_nothing_is_missing_where_the_users_folder_has_it():
    options = {"weights": str(WEIGHTS)}
    require_weights([make_cell(model="sd15", model_options=options), make_cell(model="sd15", model_options=options)])


def test_of_a_sum_the_part_that_lacks_weights_is_named():
    cell = make_cell(reward="mix", reward_options={"use": "sum", "of": {"brightness": 1, "imagereward": 1}})
    with pytest.raises(InputError, match=r"'THUDM/ImageReward', .*; `dno-bench fetch imagereward` gets it"):
        require_weights([cell])


def test_missing_metrics_are_noted_once_each_and_nothing_else_is(capsys, tmp_path, monkeypatch, clip_folder):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    metrics = {
        "clip": {"use": "torchmetrics-clip-score"},
        "torchmetrics-clip-score": {"clip": clip_folder},
        "sharpness": {},
    }
    cells = [make_cell(seed=seed, metrics=metrics) for seed in range(3)]
    note_missing_metrics(cells, {"lpips-diversity": {}, "clip-diversity": {"clip": clip_folder}})
    assert capsys.readouterr().err.splitlines() == [
        "note: 'clip' will be missing from the tables; not on this machine: 'openai/clip-vit-large-patch14'; "
        "`dno-bench fetch torchmetrics-clip-score` gets it",
        "note: 'lpips-diversity' will be missing from the tables; not on this machine: 'alexnet-owt-7be5be79.pth'; "
        "`dno-bench fetch lpips-diversity` gets it",
    ]
