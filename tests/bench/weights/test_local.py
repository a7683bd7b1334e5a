"""Paths of the user's where nothing lies, and files of tensors."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from bench.errors import InputError
from bench.weights.local import TensorFile, not_found
from bench.weights.source import Missing


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "models" / "sd15").mkdir(parents=True)
    (tmp_path / "models" / "sdxl").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("models/sd-15", "; did you mean 'models/sd15'?"),
        ("models/sd-15/", "; did you mean 'models/sd15'?"),
        ("./models/sdlx", "; did you mean './models/sdxl'?"),
        ("model", "; did you mean 'models'?"),
        ("models/flux", ""),
        ("nowhere/sd15", ""),
        ("", ""),
        ("/", ""),
        ("\0", ""),
        ("a" * 5000, ""),
    ],
)
def test_the_nearest_name_in_its_folder_is_suggested(path, hint, folder):
    assert str(not_found("folder", path)) == f"folder {path!r} not found{hint}"


def test_a_folder_that_may_not_be_looked_into_suggests_nothing(folder, monkeypatch):
    def forbidden(path):
        raise PermissionError(path)

    monkeypatch.setattr("os.listdir", forbidden)
    assert str(not_found("file", "models/sd-15")) == "file 'models/sd-15' not found"


def test_a_file_of_tensors_is_found_whole_or_refused(folder):
    source = TensorFile("own.safetensors")
    with pytest.raises(InputError, match=r"^file 'own\.safetensors' not found$") as refused:
        source.find()
    assert not isinstance(refused.value, Missing)
    save_file({"weight": torch.zeros(8)}, "own.safetensors")
    assert source.find() == source.fetch() == Path("own.safetensors")
    Path("own.safetensors").write_bytes(Path("own.safetensors").read_bytes()[:-1])
    with pytest.raises(InputError, match="is no whole file of safetensors"):
        source.find()
