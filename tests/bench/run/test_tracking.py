"""wandb mirrors the store offline, and cannot stop a run."""

import json

import pytest
import torch
from rich.console import Console

from bench.errors import InputError
from bench.run.campaign import run_suite
from bench.run.tracking import choose_mode
from bench.suite.suite import load_suite
from tests.support.plugins import HERE

SUITE = f"""
name: small
models: [{HERE}@gaussian]
prompts: [cat]
rewards: [{HERE}@mean]
methods: [base]
seeds: [0]
budget: 20nfe
"""


@pytest.fixture
def suite(tmp_path):
    (tmp_path / "small.yaml").write_text(SUITE)
    return load_suite(str(tmp_path / "small.yaml"))


def test_an_offline_mirror_has_a_run_a_cell(suite, tmp_path):
    assert run_suite(suite, tmp_path / "run", [torch.device("cpu")], "offline", Console()) == 0
    files = list((tmp_path / "run" / "wandb").glob("offline-run-*/*.wandb"))
    assert len(files) == 1
    content = files[0].read_bytes()
    for expected in (
        b"current_reward",
        suite.cells()[0].id.encode(),
        b"first-pixel" if suite.cells()[0].metrics else b"seconds",
    ):
        assert expected in content


def test_a_broken_wandb_is_said_once_and_the_run_goes_on(suite, tmp_path, monkeypatch, capsys):
    def refuse(**settings):
        raise ConnectionError("no network")

    monkeypatch.setattr("wandb.init", refuse)
    two = suite.narrowed({"seeds": [0, 1]})
    assert run_suite(two, tmp_path / "run", [torch.device("cpu")], "online", Console()) == 0
    assert capsys.readouterr().err.count("wandb is off from here on, the run goes on: no network") == 1
    assert len(list((tmp_path / "run" / "cells").glob("*/done.json"))) == 2


def test_the_mode_follows_the_key(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    assert choose_mode(None) == "offline"
    monkeypatch.setenv("WANDB_API_KEY", "k" * 40)
    assert choose_mode(None) == "online"
    assert choose_mode("off") == "off"
    with pytest.raises(InputError, match="allowed: off, offline, online"):
        choose_mode("sometimes")


def test_provenance_names_code_versions_device_and_weights(suite, tmp_path):
    run_suite(suite, tmp_path / "run", [torch.device("cpu")], "off", Console())
    found = json.loads((tmp_path / "run" / "provenance.json").read_text())
    assert found["versions"]["torch"] == torch.__version__
    assert found["devices"][0]["device"] == "cpu"
    assert found["devices"][0]["name"]
    assert "ring/model.safetensors" in found["weights"]
    assert all(len(digest) == 64 for digest in found["weights"].values())
    assert "emoji/weights/unet/diffusion_pytorch_model.safetensors" in found["weights"]
