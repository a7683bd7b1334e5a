"""Weights from the user's disk or the hub's cache: found, or one line on what is missing."""

import pytest

from bench.errors import InputError
from bench.models.emoji.paths import WEIGHTS
from bench.weights.hub import HubFile, HubFolder
from bench.weights.source import Missing


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of the hub."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def snapshot(cache, **files):
    """A cached repository some/model, in the hub's layout."""
    repository = cache / "models--some--model"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("a" * 40)
    folder = repository / "snapshots" / ("a" * 40)
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_a_folder_is_taken_as_it_is():
    assert HubFolder(str(WEIGHTS), marker="model_index.json").find() == WEIGHTS


def test_a_file_is_taken_as_it_is(tmp_path):
    (tmp_path / "head.pth").write_text("x")
    source = HubFile(str(tmp_path / "head.pth"), "head.pth")
    assert source.find() == tmp_path / "head.pth"
    assert source.name == str(tmp_path / "head.pth")


def test_the_cache_of_the_hub_is_searched(cache):
    folder = snapshot(cache, **{"model_index.json": "{}"})
    assert HubFolder("some/model", marker="model_index.json").find() == folder
    assert HubFile("some/model", "model_index.json").find().samefile(folder / "model_index.json")


@pytest.mark.parametrize("repo", ["stable-diffusion-v1-5/stable-diffusion-v1-5", "no such/folder/at all"])
def test_what_is_not_there_is_missing(repo, cache):
    for source in (HubFolder(repo, marker="model_index.json"), HubFile(repo, "some.pt")):
        with pytest.raises(Missing, match=f"'{source.name}' is not on this machine"):
            source.find()


def test_a_folder_that_is_something_else_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"has no model_index\.json"):
        HubFolder(str(tmp_path), marker="model_index.json").find()
