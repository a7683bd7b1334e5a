"""What cells share: put back after each, so that no method decides another's numbers."""

import os
from io import StringIO

import pytest
import torch
from rich.console import Console

from bench.run.campaign import run_suite
from bench.run.surroundings import EVERYTHING, put_back
from bench.run.weights import Weights, checksums
from bench.store.tables import read_scores
from bench.suite.suite import Suite
from tests.support.plugins import HERE


def suite(*methods, **changes):
    fields = {"models": [f"{HERE}@gaussian"], "prompts": ["cat"], "rewards": [f"{HERE}@mean"], "seeds": [0]}
    own = [name if name == "base" else f"{HERE}@{name}" for name in methods]
    return Suite.model_validate({"name": "small", **fields, "methods": own, "budget": "20nfe", **changes})


def run(one, path):
    return run_suite(one, path, [torch.device("cpu")], "off", Console(file=StringIO()))


def test_a_method_that_changes_all_that_cells_share_changes_nothing_for_others(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    before = {name: state.read() for name, state in EVERYTHING.items()}
    assert run(suite("meddles", "base"), tmp_path.relative_to(tmp_path) / "both") == 0
    assert {name: state.read() for name, state in EVERYTHING.items()} == before
    said = capsys.readouterr().err
    for name in EVERYTHING:
        assert said.count(f"note: method 'meddles' on reward 'mean' changed the {name}, which was put back\n") == 1
    assert run(suite("base"), tmp_path / "alone") == 0
    both, alone = (read_scores(tmp_path / name).query("method == 'base'") for name in ("both", "alone"))
    assert both["best_reward"].tolist() == alone["best_reward"].tolist()
    assert set(read_scores(tmp_path / "both")["status"]) == {"ok"}


def test_nothing_is_said_where_nothing_changed(tmp_path, capsys):
    assert run(suite("base", "three", "slow"), tmp_path) == 0
    assert capsys.readouterr().err == ""


def test_a_folder_that_is_gone_is_left(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with put_back(EVERYTHING):
        (tmp_path / "deep").mkdir()
        os.chdir("deep")
        (tmp_path / "deep").rmdir()
    assert os.getcwd() == str(tmp_path)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.int8, torch.complex64])
def test_a_checksum_is_of_the_bits(dtype):
    one = torch.arange(24).reshape(2, 3, 4).to(dtype)
    other = one.clone()
    other[1, 2, 3] = 0
    assert checksums([one, one.movedim(0, 2), one.clone()]) == [checksums([one])[0]] * 3
    assert checksums([other]) != checksums([one])


def test_networks_that_are_trained_are_their_owners_business():
    frozen, trained, weights = torch.nn.Linear(2, 2).requires_grad_(False), torch.nn.Linear(2, 2), Weights()
    weights.take_in()
    with torch.no_grad():
        trained.weight.zero_()
        assert weights.changed() == []
        frozen.weight.data[0, 0] += 1e-6
    assert weights.changed() == ["Linear"]


def test_a_method_that_blanks_the_model_fails_and_others_score_as_ever(tmp_path):
    changes = {"models": ["emoji"], "prompts": ["cat"], "rewards": ["darkness"], "budget": "30nfe"}
    assert run(suite("blanks", "base", **changes), tmp_path / "both") == 1
    assert run(suite("base", **changes), tmp_path / "alone") == 0
    both = read_scores(tmp_path / "both").set_index("method")
    assert set(both.loc["blanks", "status"]) == {"failed"}
    alone = read_scores(tmp_path / "alone")["best_reward"].dropna().tolist()
    assert both.loc["base", "best_reward"].dropna().tolist() == alone != []
    why = next((tmp_path / "both").glob("cells/*blanks*/failed.json")).read_text()
    assert "MethodError: method 'blanks' changed the weights of " in why
