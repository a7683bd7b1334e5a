"""The plan of a suite against arithmetic; it runs and writes nothing."""

import pytest

from bench.errors import InputError
from bench.suite.plan import plan_lines
from bench.suite.suite import Suite, load_suite

SD15 = {
    "name": "two-parts",
    "description": "A test.",
    "models": ["sd15"],
    "prompts": ["simple-animals"],
    "experiments": [
        {"rewards": ["darkness"], "methods": ["base", "dno"], "seeds": [0, 1], "budget": "2m", "checkpoints": [0.5]},
        {"rewards": ["brightness"], "methods": ["base"], "seeds": [0], "budget": "500nfe"},
    ],
}


@pytest.fixture(autouse=True)
def no_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))


def test_cells_time_and_disk_are_counted():
    lines = [" ".join(line.split()) for line in plan_lines(Suite.model_validate(SD15))]
    assert "sd15 darkness 120 s 2 45 2 180 6.00" in lines
    assert "sd15 brightness 500 evaluations 1 45 1 45 -" in lines
    assert "methods base, dno" in lines
    assert "cells 225" in lines
    assert any(line.startswith("time 6 device hours of budgets and 500 evaluations a cell") for line in lines)
    images = (180 * 2 + 45 * 3) * 3 * 512**2 / 1e6
    assert f"disk at most {images:,.1f} MB of images in the run folder" in lines


def test_devices_side_by_side_share_the_hours():
    said = "time     6 device hours of budgets, 1.5 hours on 4 devices side by side and 500 evaluations a cell"
    assert any(line.startswith(said) for line in plan_lines(Suite.model_validate(SD15), devices=4))


def test_disk_of_images_that_are_not_square():
    lines = plan_lines(Suite.model_validate({**SD15, "models": {"sd15": {"size": [512, 768]}}}))
    images = (180 * 2 + 45 * 3) * 3 * 512 * 768 / 1e6
    assert any(line.endswith(f"at most {images:,.1f} MB of images in the run folder") for line in lines)


def test_what_is_missing_is_named_with_the_command_that_gets_it():
    lines = plan_lines(Suite.model_validate(SD15))
    assert lines[-2].endswith("not on this machine: stable-diffusion-v1-5/stable-diffusion-v1-5 (4.3 GB)")
    assert lines[-1].split("`")[1] == "dno-bench fetch sd15"
    assert plan_lines(load_suite("demo"))[-1] == "weights  all on this machine"


def test_what_a_run_folder_could_not_keep_is_an_error():
    with pytest.raises(InputError, match="would not read back from YAML"):
        plan_lines(Suite.model_validate({**SD15, "description": "half a \ud83d"}))


def test_a_plan_of_a_suite_that_cannot_run_is_an_error():
    wrong = {
        **SD15,
        "rewards": ["jpeg-compressibility"],
        "experiments": [{"methods": ["dno"], "seeds": [0], "budget": "1s"}],
    }
    with pytest.raises(InputError, match="needs the gradient of reward 'jpeg-compressibility'"):
        plan_lines(Suite.model_validate(wrong))
