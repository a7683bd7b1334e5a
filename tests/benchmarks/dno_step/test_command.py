"""The command, from its options to its tables, also where a process of it ends badly."""

from dataclasses import asdict

import pytest
import torch

from benchmarks.dno_step import __main__ as command
from benchmarks.dno_step.rows import Rows


@pytest.fixture
def options(tmp_path):
    return command.parse(["--families", "sd15", "--out", str(tmp_path)], None)


@pytest.fixture
def setting(options):
    return command.asked("sd15", options)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (["--repeats", "0"], "--repeats: must be a whole number of at least 1, got '0'"),
        (["--steps", "0"], "--steps: must be a whole number of at least 1, got '0'"),
        (["--steps", "501"], "steps must be in 1..500, got 501"),
        (["--device", "cuda"], "--device: unknown device 'cuda'"),
        (["--device", "gpu"], "--device: unknown device 'gpu'"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_measured(asked, why, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit) as end:
        command.main([*asked, "--out", str(tmp_path / "out")])
    assert end.value.code == 2
    assert why in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_an_unknown_family_is_refused_with_those_there_are(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        command.parse(["--families", "sd15,sd16", "--out", str(tmp_path)], None)
    assert end.value.code == 2
    assert "unknown sd16; there are emoji, sd15" in capsys.readouterr().err


def test_two_steps_of_emoji_from_command_to_table(tmp_path, capsys):
    small = ["--only", "--steps", "2", "--repeats", "1", "--out", str(tmp_path)]
    command.main(small)
    found = Rows(tmp_path).read()
    assert found["seconds"].gt(0).all()
    assert found.groupby("method").size().to_dict() == {"best-of-n": 5, "dno": 3, "dno-regularized": 3}
    assert set(found.loc[found["way"] == "official", "times_official"]) == {1.0}
    assert "emoji, dno, official, batch 1" in capsys.readouterr().out
    table = (tmp_path / "dno_step.md").read_text()
    command.main(small)
    assert (tmp_path / "dno_step.md").read_text() == table  # what is there is not measured again


def test_what_the_time_was_too_short_for_is_said_of_each_row(options, monkeypatch):
    monkeypatch.setattr(command, "run", lambda *_: None)
    command.supervise("sd15", options, 0)
    notes = Rows(options.out).read()["note"]
    assert set(notes) == {"not measured: the time was up"}
    assert len(notes) == len(command.all_tasks(options.device))


def test_a_process_without_time_is_not_begun(options):
    assert command.run("sd15", options, True, -1.0) is None


def test_a_process_that_dies_costs_the_row_it_was_at_only(options, setting, monkeypatch):
    tasks = command.all_tasks(options.device)

    def run(family, *_):
        """Measures two tasks and dies; the last one always kills it."""
        rows = Rows(options.out)
        for task in rows.missing(setting, tasks[:-1])[:2]:
            rows.add({**setting._asdict(), **asdict(task), "seconds": 1.0})
        return -11

    monkeypatch.setattr(command, "run", run)
    command.supervise("sd15", options, 0)
    found = Rows(options.out).read()
    assert found["seconds"].tolist()[:-1] == [1.0] * (len(tasks) - 1)
    assert found["note"].iloc[-1] == "the process ended with status -11"


def test_a_family_that_float32_does_not_fit_is_measured_without_it(options, monkeypatch):
    asked = []

    def run(family, options, reference, seconds):
        asked.append(reference)
        return command.NO_REFERENCE if reference else None

    monkeypatch.setattr(command, "run", run)
    command.supervise("sd15", options, 0)
    assert asked == [True, False]


def test_a_family_that_cannot_be_built_is_a_reason_in_each_row(options, monkeypatch, capsys):
    def broken(*_):
        raise MemoryError("too large")

    monkeypatch.setattr(command, "open_family", broken)
    with pytest.raises(SystemExit) as end:
        command.measure(options)
    assert end.value.code == command.NO_REFERENCE
    assert "MemoryError: too large" in capsys.readouterr().err
    options.reference = False
    command.measure(options)
    assert set(Rows(options.out).read()["note"]) == {"MemoryError: too large"}


def test_rows_of_other_steps_stand_beside_and_are_not_taken_for_these(options, monkeypatch):
    rows, other = Rows(options.out), command.asked("sd15", options)._replace(steps=3)
    command.fail(rows, other, command.all_tasks(options.device), "of three steps")
    monkeypatch.setattr(command, "run", lambda *_: None)
    command.main(["--families", "sd15", "--out", str(options.out)])
    assert set(rows.read()["note"]) == {"of three steps", "not measured: the time was up"}


def test_the_time_a_process_has_includes_its_imports(options, monkeypatch):
    left = []
    monkeypatch.setattr(command, "run", lambda family, options, reference, seconds: left.append(seconds))
    command.main(["--families", "sd15", "--minutes", "0.001", "--out", str(options.out)])
    assert left[0] < 0
