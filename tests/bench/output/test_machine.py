"""What is said of this machine: true where it can be checked, and never an exception."""

import shutil
from importlib.metadata import version
from pathlib import Path

import pytest
import torch

from bench.output import machine
from bench.run.provenance import device_name


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Names of devices are asked for once a process."""
    device_name.cache_clear()
    yield
    device_name.cache_clear()


def test_versions_are_those_installed():
    found = {name: (number, note) for name, number, note in machine.packages()}
    for name in ("torch", "diffusers", "transformers"):
        assert found[name] == (version(name), "")


def test_imports_that_fail_are_said_and_hurt_nobody(tmp_path, monkeypatch):
    modules = {
        "fine": "",
        "raises": "raise RuntimeError('operator torchvision::nms does not exist')",
        "dies": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "hangs": "import time; time.sleep(60)",
    }
    for name, text in modules.items():
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(machine, "_PATIENCE", 2)
    monkeypatch.setattr(machine, "_OPTIONAL", {name: name for name in (*modules, "absent")})
    notes = {name: note for name, _, note in machine.packages() if note}
    assert notes == {
        "fine": "optional; can be imported",
        "raises": "optional; its import fails: RuntimeError: operator torchvision::nms does not exist",
        "dies": "optional; its import fails: exit status -11",
        "hangs": "optional; its import takes more than 2 s",
        "absent": "optional",
    }


def test_the_devices_are_those_that_torch_sees():
    found = machine.devices()
    assert found[-1][0] == "cpu"
    assert found[-1][1].endswith("cores")
    assert len(found) == 1 + torch.cuda.device_count()


def test_a_gpu_is_listed_with_its_memory(monkeypatch):
    """torch's answers replaced: this is about the line, a GPU is not at hand in tests."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "NVIDIA H100")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (70_100_000_000, 85_000_000_000))
    assert machine.devices()[0] == ("cuda:0", "NVIDIA H100", "70.1 GB free of 85.0 GB")


def test_folders_that_need_not_exist(tmp_path, monkeypatch):
    monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path / "not" / "yet"))
    found = {what: (path, space) for what, path, space in machine.folders()}
    assert found["other files"] == (
        str(tmp_path / "not" / "yet"), f"{shutil.disk_usage(tmp_path).free / 1e9:.1f} GB free",
    )  # fmt: skip
    assert found["runs"][0] == str(Path("results/runs"))


def test_a_driver_that_fails_and_a_folder_that_cannot_be_read_are_said(monkeypatch):
    def broken(*_):
        raise RuntimeError("CUDA error: unknown error\nCompile with TORCH_USE_CUDA_DSA")

    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_name", broken)
    monkeypatch.setattr(torch.cuda, "mem_get_info", broken)
    why = "CUDA error: unknown error"
    assert machine.devices()[0] == ("cuda:0", f"name unknown: {why}", f"memory unknown: {why}")

    def forbidden(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", forbidden)
    assert {space for _, _, space in machine.folders()} == {"cannot be read: Permission denied"}


def test_a_cache_that_is_a_file_is_no_reason_to_fail(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path / "file" / "cache"))
    assert {what: space for what, _, space in machine.folders()}["other files"].endswith("GB free")
