"""Files that hold something else than they should: one line that names them."""

import pickle

import pytest
import torch

from bench.errors import InputError
from bench.weights.checkpoint import read_json, read_tensors, tokenizer_files


class Harmful:
    """What a pickle can do when it is read."""

    def __reduce__(self):
        return (pytest.fail, ("it ran",))


def refused(read, path):
    with pytest.raises(InputError, match=str(path)) as error:
        read(path)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_tensors_are_read(tmp_path):
    torch.save({"weight": torch.ones(2), "epoch": 3}, tmp_path / "head.pth")
    found = read_tensors(tmp_path / "head.pth")
    assert found["epoch"] == 3
    assert torch.equal(found["weight"], torch.ones(2))


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK", pickle.dumps(Harmful()), pickle.dumps({"a": 1})[:-2]], ids=repr
)
def test_what_is_no_checkpoint_is_refused_and_nothing_in_it_runs(tmp_path, content):
    path = tmp_path / "head.pth"
    path.write_bytes(content)
    assert "is no whole checkpoint of tensors alone" in refused(read_tensors, path)


def test_tensors_without_names_are_refused(tmp_path):
    torch.save(torch.ones(2), tmp_path / "head.pth")
    assert "holds a Tensor, not tensors by name" in refused(read_tensors, tmp_path / "head.pth")


@pytest.mark.parametrize("content", [b"", b"hello", b"[1]", b"\xff\xfe"])
def test_what_is_no_mapping_is_refused(tmp_path, content):
    (tmp_path / "config.json").write_bytes(content)
    assert "holds no JSON mapping" in refused(read_json, tmp_path / "config.json")


def test_a_tokenizer_is_one_file_or_two(tmp_path):
    assert tokenizer_files(tmp_path) == ("vocab.json", "merges.txt")
    (tmp_path / "spiece.model").write_bytes(b"x")
    assert tokenizer_files(tmp_path) == ("spiece.model",)
    (tmp_path / "tokenizer.json").write_text("{}")
    assert tokenizer_files(tmp_path) == ("tokenizer.json",)
