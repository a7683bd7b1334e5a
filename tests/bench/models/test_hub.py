"""Weights from the user's disk or the hub's cache: found, or one line on how to get them."""

import pytest
import torch

from bench.campaign import require_weights
from bench.errors import InputError
from bench.models.emoji import Emoji
from bench.models.emoji.paths import WEIGHTS
from bench.models.hub import weights_folder
from bench.models.sd15 import StableDiffusion15
from bench.suite import load_suite
from tests.bench.problems import make_problem


def test_a_folder_is_taken_as_it_is():
    assert weights_folder(str(WEIGHTS)) == WEIGHTS


def test_the_cache_of_the_hub_is_searched(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    repository = tmp_path / "models--some--model"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("a" * 40)
    snapshot = repository / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "model_index.json").write_text("{}")
    assert weights_folder("some/model") == snapshot


@pytest.mark.parametrize("weights", ["stable-diffusion-v1-5/stable-diffusion-v1-5", "no such/folder/at all"])
def test_what_is_not_there_says_how_to_get_it(weights, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(InputError, match=rf"weights '{weights}' are not on this machine: `hf download"):
        weights_folder(weights)


def test_a_folder_without_a_pipeline_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"has no model_index\.json"):
        weights_folder(str(tmp_path))


@pytest.mark.parametrize("suite", ["dno-official-black", "dno-official-jpeg"])
def test_the_official_runs_are_valid_up_to_their_weights(suite, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    cells = load_suite(suite).cells()
    assert [(cell.model, cell.prompt) for cell in cells] == [("sd15", "white duck")]
    with pytest.raises(InputError, match="not on this machine"):
        require_weights(cells)


def test_recomputed_activations_give_the_same_gradient():
    """`sd15` on the small weights recomputes in the backward pass; `emoji`, the same weights, does not."""
    options = {"steps": 3, "guidance": 4.0}
    gradients = []
    for model in (Emoji(**options), StableDiffusion15(**options, weights=str(WEIGHTS))):
        task = make_problem(model.load(torch.device("cpu")), "darkness", "cat")
        noise = task.draw_noise(1).requires_grad_()
        task.reward(task.generate(noise)).sum().backward()
        gradients.append(noise.grad)
    torch.testing.assert_close(*gradients)
