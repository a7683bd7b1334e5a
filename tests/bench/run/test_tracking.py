"""wandb mirrors the store offline, and cannot stop a run."""

import json
import os
import sys
from pathlib import Path

import pytest
import torch
import wandb
from rich.console import Console

from bench.errors import InputError
from bench.run import tracking
from bench.run.campaign import run_suite
from bench.run.tracking import choose_mode
from bench.store.folder import RunStore
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
    assert run(suite, tmp_path / "run", "offline") == 0
    files = list((tmp_path / "run" / "wandb").glob("offline-run-*/*.wandb"))
    assert len(files) == 1
    content = files[0].read_bytes()
    for expected in (
        b"current_reward",
        suite.cells()[0].id.encode(),
        b"first-pixel" if suite.cells()[0].metrics else b"seconds",
    ):
        assert expected in content


def offline_runs(path):
    """The ids of the runs that wait to be synced."""
    return [Path(one).name.split("-")[3] for one in sorted(path.glob("wandb/offline-run-*"))]


class Recorded:
    """Stands in place of wandb's run where there is no server."""

    def __init__(self, settings):
        self.settings, self.summary, self.logged = settings, {}, []

    def define_metric(self, name, step_metric):
        pass

    def log(self, row):
        self.logged.append(row)

    def finish(self, exit_code):
        self.summary["exit_code"] = exit_code


@pytest.fixture
def recorded(monkeypatch):
    """What would be sent to a server."""
    runs = []
    monkeypatch.setattr("wandb.init", lambda **settings: runs.append(Recorded(settings)) or runs[-1])
    return runs


def run(suite, path, mode):
    return run_suite(suite, path, [torch.device("cpu")], mode, Console(quiet=True))


def test_a_server_that_is_not_there_leaves_offline_runs(suite, tmp_path, monkeypatch, capsys):
    begin = wandb.init

    def refuse(**settings):
        if settings["mode"] == "online":
            raise ConnectionError("no network")
        return begin(**settings)

    monkeypatch.setattr("wandb.init", refuse)
    assert run(suite.narrowed({"seeds": [0, 1]}), tmp_path / "run", "online") == 0
    said = capsys.readouterr().err
    assert said.count(f"`wandb sync {tmp_path}/run/wandb/offline-run-*` uploads later: no network") == 1
    assert len(set(offline_runs(tmp_path / "run"))) == 2


def test_a_broken_wandb_is_said_once_and_the_run_goes_on(suite, tmp_path, monkeypatch, capsys):
    def refuse(**settings):
        raise ConnectionError("no disk")

    monkeypatch.setattr("wandb.init", refuse)
    assert run(suite.narrowed({"seeds": [0, 1]}), tmp_path / "run", "offline") == 0
    assert capsys.readouterr().err.count("wandb is off from here on, the run goes on: no disk") == 1
    assert len(list((tmp_path / "run" / "cells").glob("*/done.json"))) == 2


@pytest.mark.parametrize("mode", ["offline", "online"])
def test_a_wandb_that_cannot_be_imported_is_said_once_and_the_run_goes_on(suite, tmp_path, monkeypatch, capsys, mode):
    monkeypatch.setitem(sys.modules, "wandb", None)
    assert run(suite.narrowed({"seeds": [0, 1]}), tmp_path / "run", mode) == 0
    said = capsys.readouterr().err
    assert said.count("wandb") == said.count("wandb is off from here on, the run goes on: import of wandb") + 1 == 2
    assert len(list((tmp_path / "run" / "cells").glob("*/done.json"))) == 2


def test_a_wandb_that_cannot_let_go_is_left_offline(suite, tmp_path, monkeypatch, capsys):
    def refuse(**settings):
        raise ConnectionError("no network")

    monkeypatch.setattr("wandb.init", refuse)
    monkeypatch.setattr("wandb.teardown", refuse)
    assert run(suite, tmp_path / "run", "online") == 0
    assert "wandb is offline from here on" in capsys.readouterr().err


def test_a_cell_is_copied_once_and_a_later_attempt_at_it_is_the_same_run(suite, tmp_path, recorded):
    failing = suite.narrowed({"methods": ["base", f"{HERE}@raises"]})
    assert run(failing, tmp_path / "run", "online") == 1
    assert run(failing, tmp_path / "run", "online") == 1
    assert [one.settings["name"].split("_")[3] for one in recorded] == ["base", "raises", "raises"]
    assert [one.summary["exit_code"] for one in recorded] == [0, 1, 1]
    base, first, again = (one.settings["id"] for one in recorded)
    assert first == again != base
    assert all(one.settings["resume"] == "allow" for one in recorded)
    assert run(failing, tmp_path / "other", "online") == 1
    assert recorded[-1].settings["id"] != again


def test_what_is_sent_is_flat_under_keys_that_all_cells_share(suite, tmp_path, recorded):
    metrics = {"first-pixel": {"use": f"{HERE}@first-pixel"}}
    run(suite.narrowed({"metrics": metrics, "seeds": [0, 1]}), tmp_path / "run", "online")
    configs = [one.settings["config"] for one in recorded]
    assert configs[0].keys() == configs[1].keys()
    assert [config["seed"] for config in configs] == [0, 1]
    assert all(config["method"] == "base" and config["model/steps"] == 5 for config in configs)
    for one in recorded:
        rows = [row for row in one.logged if "checkpoint/reward" in row]
        assert [set(row) for row in rows] == 3 * [{"seconds", "checkpoint/reward", "checkpoint/first-pixel", "image"}]
        last = RunStore(tmp_path / "run").cell(one.settings["name"]).checkpoints()[-1]
        values = {"final/reward": last["best_reward"], "final/first-pixel": last["metrics"]["first-pixel"]}
        assert one.summary == {**values, "error": "", "exit_code": 0}


def test_project_and_entity_are_the_users(suite, tmp_path, recorded, monkeypatch):
    run(suite, tmp_path / "one", "online")
    monkeypatch.setenv("WANDB_PROJECT", "mine")
    run(suite, tmp_path / "two", "online")
    assert [one.settings["project"] for one in recorded] == ["dno-bench", "mine"]
    assert all("entity" not in one.settings for one in recorded)  # wandb reads WANDB_ENTITY where nothing is given


def test_names_fit(suite, tmp_path, recorded):
    long = tmp_path / ("long" * 50)
    run(suite, long, "online")
    assert recorded[0].settings["name"] == suite.cells()[0].id
    assert len(recorded[0].settings["group"]) == 128


def test_nothing_is_copied_while_another_device_runs(suite, tmp_path, monkeypatch, recorded):
    """With several devices the first copy comes after the last cell."""
    two, order = suite.narrowed({"seeds": [0, 1]}), []

    def executed(path, cells, *_):
        for cell in cells:
            store = RunStore(path).cell(cell.id)
            store.begin(cell)
            store.append("checkpoints", {"budget": 1, "best_reward": None, "image": "", "metrics": {}})
            store.fail("for the test", "", {})
            order.append(len(recorded))
            yield cell, "for the test"

    monkeypatch.setattr("bench.run.executors.local.run_in_processes", executed)
    run_suite(two, tmp_path / "run", [torch.device("cpu")] * 2, "online", Console(quiet=True))
    assert order == [0, 0]
    assert len(recorded) == 2


def test_the_mode_follows_what_was_asked_then_wandbs_variable(monkeypatch):
    monkeypatch.delenv("WANDB_MODE", raising=False)
    assert choose_mode(None) is None
    monkeypatch.setenv("WANDB_MODE", "disabled")
    assert choose_mode(None) == "off"
    assert choose_mode("offline") == "offline"
    with pytest.raises(InputError, match=r"--wandb 'sometimes' is not known \(allowed: off, offline, online\)"):
        choose_mode("sometimes")
    monkeypatch.setenv("WANDB_MODE", "on")
    with pytest.raises(InputError, match="WANDB_MODE 'on' is not known"):
        choose_mode(None)


KEY = "k" * 40
NETRC = "machine {} login user password " + KEY + "\n"
SETTINGS = "[default]\n{} = {}\n"
OWN = SETTINGS.format("base_url", "https://own.org")


@pytest.fixture
def user(tmp_path, monkeypatch):
    """The home and working folder of somebody who has not set up wandb."""
    for name in [one for one in os.environ if one.startswith("WANDB_") or one == "NETRC"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    wandb.teardown()  # it keeps what it has read
    yield tmp_path
    wandb.teardown()


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)


@pytest.mark.parametrize(
    ("files", "variables", "mode"),
    [
        ({}, {}, "offline"),
        ({}, {"WANDB_API_KEY": KEY}, "online"),
        ({}, {"WANDB_API_KEY": "too short"}, "online"),  # so that wandb says what is wrong with it
        ({}, {"WANDB_IDENTITY_TOKEN_FILE": "token"}, "online"),
        ({".netrc": NETRC.format("api.wandb.ai")}, {}, "online"),
        ({".netrc": NETRC.format("other.org")}, {}, "offline"),
        ({"keys": NETRC.format("api.wandb.ai")}, {"NETRC": "~/keys"}, "online"),
        ({".netrc": NETRC.format("api.wandb.ai")}, {"WANDB_BASE_URL": "https://own.org"}, "offline"),
        ({".netrc": NETRC.format("own.org:8080")}, {"WANDB_BASE_URL": "http://own.org:8080"}, "online"),
        ({".config/wandb/settings": OWN, ".netrc": NETRC.format("own.org")}, {}, "online"),
        ({"wandb/settings": OWN, ".netrc": NETRC.format("api.wandb.ai")}, {}, "offline"),
        ({"own/settings": SETTINGS.format("api_key", KEY)}, {"WANDB_CONFIG_DIR": "~/own"}, "online"),
        ({"wandb/settings": SETTINGS.format("mode", "offline")}, {"WANDB_API_KEY": KEY}, "offline"),
        ({"wandb/settings": SETTINGS.format("mode", "disabled")}, {"WANDB_API_KEY": KEY}, "off"),
    ],
)
def test_without_a_word_a_key_is_found_where_wandb_finds_it(user, monkeypatch, files, variables, mode):
    for name, text in files.items():
        write(user / name, text)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert tracking._mode_of_wandb() == mode


def test_a_run_is_mirrored_as_wandb_is_set_up(suite, user, recorded):
    assert run(suite, user / "without", None) == 0
    write(user / ".netrc", NETRC.format("api.wandb.ai"))
    wandb.teardown()
    assert run(suite, user / "with", None) == 0
    assert [one.settings["mode"] for one in recorded] == ["offline", "online"]


def test_wandb_that_is_switched_off_gets_nothing(suite, user, recorded):
    write(user / "wandb" / "settings", SETTINGS.format("mode", "disabled"))
    assert run(suite, user / "run", None) == 0
    assert recorded == []
    assert not list(user.glob("run/cells/*/mirrored.json"))


def test_what_a_server_costs_that_does_not_answer_is_said_once_before(suite, user, monkeypatch, capsys):
    said = []

    def refuse(**settings):
        said.append(capsys.readouterr().err)
        raise ConnectionError("no network")

    monkeypatch.setattr("wandb.init", refuse)
    monkeypatch.setenv("WANDB_BASE_URL", "https://own.org")
    assert run(suite.narrowed({"seeds": [0, 1]}), user / "run", "online") == 0
    cost = "note: wandb gets the cells at https://own.org; if nobody answers there, that takes 20 s, once\n"
    assert said[0].endswith(cost)
    assert cost not in "".join([*said[1:], capsys.readouterr().err])


def test_provenance_names_code_versions_device_and_weights(suite, tmp_path):
    run_suite(suite, tmp_path / "run", [torch.device("cpu")], "off", Console())
    found = json.loads((tmp_path / "run" / "provenance.json").read_text())[0]
    assert found["versions"]["torch"] == torch.__version__
    assert found["devices"][0]["device"] == "cpu"
    assert found["devices"][0]["name"]
    assert "ring/model.safetensors" in found["weights"]
    assert all(len(digest) == 64 for digest in found["weights"].values())
    assert "emoji/weights/unet/diffusion_pytorch_model.safetensors" in found["weights"]
