"""The doctor's report: what is here, what is not, and the command that gets it."""

from dataclasses import dataclass

import pytest

from bench.errors import InputError
from bench.output.doctor import report
from bench.registry import MODELS
from bench.suite.prompts import prompt_set

(SD15,) = MODELS.get("sd15").create({}).sources()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Without the imports that `packages` tries; those are tested with `bench.output.machine`."""
    monkeypatch.setattr("bench.output.doctor.packages", lambda: [("torch", "2.6", "")])


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """The rows of each table by its title, with nothing fetched but a file of DrawBench's size."""
    monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    (drawbench,) = prompt_set("drawbench").sources()
    (tmp_path / drawbench.name).write_bytes(bytes(drawbench.size))
    monkeypatch.setattr("bench.weights.web.sha256_of", lambda path: drawbench.sha256)
    return {table.title: list(zip(*(column.cells for column in table.columns), strict=True)) for table in report()}


def test_every_question_has_a_table(tables):
    assert list(tables) == ["Installed", "Devices", "Folders", "Weights and data", "Suites"]
    assert all(tables.values())


def test_what_has_been_fetched(tables):
    rows = tables["Weights and data"]
    assert (
        "model",
        "sd15",
        "stable-diffusion-v1-5/stable-diffusion-v1-5 (revision 451f4fe16113)",
        "4.3 GB",
        "no",
    ) in rows
    assert ("prompts", "geneval", "evaluation_metadata.jsonl (sha256 5c48e0813e81)", "85 kB", "no") in rows
    assert ("prompts", "drawbench", "drawbench.csv (sha256 e120fd4d8aa8)", "16 kB", "yes") in rows
    assert not {"emoji", "simple-animals"} & {row[1] for row in rows}


def test_what_suites_still_need(tables):
    rows = {row[0]: row[1:] for row in tables["Suites"]}
    assert rows["demo"] == ("yes", "", "")
    missing = "stable-diffusion-v1-5/stable-diffusion-v1-5 (revision 451f4fe16113)"
    assert rows["dno-official-black"] == ("no", missing, "dno-bench fetch dno-official-black")


def test_something_else_in_the_place_of_weights_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    snapshot = tmp_path / "models--stable-diffusion-v1-5--stable-diffusion-v1-5" / "snapshots" / SD15.revision
    snapshot.mkdir(parents=True)
    (snapshot / "model_index.json").write_text('{"_class_name": "FluxPipeline"}')
    tables = {table.title: table for table in report()}
    (state,) = [cell for cell in tables["Weights and data"].columns[4].cells if "holds a FluxPipeline" in cell]
    assert state in "".join(tables["Suites"].columns[2].cells)


@dataclass(frozen=True)
class Unreadable:
    """A source of a cache that belongs to somebody else."""

    name, pin = "weights", ""

    def find(self):
        raise PermissionError(13, "Permission denied", "/cache/refs")


def test_whatever_is_broken_is_a_row_and_the_report_goes_on(monkeypatch):
    def sources(entry):
        if entry.name == "sd15":
            raise ZeroDivisionError("in a plug-in")
        return [Unreadable()] if entry.name == "emoji" else []

    def suite(name):
        raise InputError(f"{name}.yaml: no such reward")

    monkeypatch.setattr("bench.output.doctor.default_sources", sources)
    monkeypatch.setattr("bench.output.doctor.load_suite", suite)
    tables = {table.title: list(zip(*(column.cells for column in table.columns), strict=True)) for table in report()}
    rows = tables["Weights and data"]
    assert ("model", "sd15", "", "", "broken: ZeroDivisionError: in a plug-in") in rows
    why = "cannot be read: PermissionError: [Errno 13] Permission denied: '/cache/refs'"
    assert ("model", "emoji", "weights", "", why) in rows
    assert ("demo", "no", "broken: demo.yaml: no such reward", "") in tables["Suites"]


def test_a_hub_cache_that_is_a_file_is_survived(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "file"))
    monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path / "file"))
    assert len(list(report())) == 5
