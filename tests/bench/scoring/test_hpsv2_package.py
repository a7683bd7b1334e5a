"""The package hpsv2 can be imported as its wheel comes, and leaves the process as it was."""

import subprocess
import sys

import pytest
import torch

from bench.errors import InputError
from bench.scoring.clip import tokenizer_folder
from bench.scoring.hpsv2_package import load_hpsv2
from bench.testing.tokenizers import make_tokenizer

# A process of its own: without Tk, and with nothing of the package imported yet.
IMPORT = """
import gzip, sys, warnings
sys.modules["_tkinter"] = None
from bench.scoring.clip import tokenizer_folder
from bench.scoring.hpsv2_package import load_hpsv2
opened = gzip.open
print(load_hpsv2(tokenizer_folder(sys.argv[1])).__name__)
assert gzip.open is opened and "turtle" not in sys.modules
warnings.warn("still heard")
"""


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokenizer")
    make_tokenizer().save_pretrained(folder)
    return tokenizer_folder(str(folder))


def test_nothing_of_the_import_is_left_behind(tokenizer):
    done = subprocess.run([sys.executable, "-c", IMPORT, tokenizer.repo], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "hpsv2.img_score\n"
    assert "UserWarning: still heard" in done.stderr


def test_its_tokenizer_has_the_vocabulary_of_ours(tokenizer):
    tokens = load_hpsv2(tokenizer).get_tokenizer("ViT-H-14")(["a red crab, 42!"])[0]
    expected = make_tokenizer()("a red crab, 42!").input_ids
    assert tokens[: len(expected)].tolist() == expected
    assert torch.count_nonzero(tokens) == len(expected)


def test_a_package_that_cannot_be_imported_is_one_line(tokenizer, monkeypatch):
    load_hpsv2.cache_clear()
    monkeypatch.setitem(sys.modules, "hpsv2.img_score", None)
    with pytest.raises(InputError, match=r"the package hpsv2 cannot be imported: import of hpsv2\.img_score halted"):
        load_hpsv2(tokenizer)
