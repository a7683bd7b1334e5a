"""Who may plan and tabulate in a run folder."""

import os
import signal
import socket
import time

import pytest

from bench.errors import InputError
from bench.store.lock import OWNER, owned
from tests.support.process import Child


def hold(path, ready, seconds=60):
    with owned(path):
        ready.touch()
        time.sleep(seconds)


def held(path):
    return list((path / OWNER).glob("[!.]*/*"))


@pytest.fixture
def holder(tmp_path):
    """Another process that owns `tmp_path / "run"`."""
    child = Child(tmp_path / "out.txt", hold, tmp_path / "run", tmp_path / "ready")
    while not (tmp_path / "ready").exists():
        time.sleep(0.01)
        assert child.running
    yield child
    child.kill()


def test_a_second_owner_is_told_who_the_first_is(holder, tmp_path):
    who = f"is being run by process {holder.process.pid} on {socket.gethostname()}"
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match=f"{who}.*; .*--out"), owned(tmp_path / "run"):
        pass
    assert sorted(tmp_path.rglob("*")) == before


def test_the_folder_of_an_owner_that_died_is_taken_over(holder, tmp_path):
    os.kill(holder.process.pid, signal.SIGKILL)
    holder.process.join()
    assert held(tmp_path / "run")
    with owned(tmp_path / "run"):
        assert str(os.getpid()) in max(held(tmp_path / "run")).read_text()
    assert not held(tmp_path / "run")


def test_a_patient_command_waits_for_the_folder(tmp_path, capsys):
    child = Child(tmp_path / "out.txt", hold, tmp_path / "run", tmp_path / "ready", 0.5)
    while not (tmp_path / "ready").exists():
        time.sleep(0.01)
    with owned(tmp_path / "run", patience=30):
        child.end(timeout=10)
        assert f"note: waiting for process {child.process.pid}" in capsys.readouterr().err


def test_a_folder_that_is_lent_is_anybodys_until_it_is_asked_back(tmp_path):
    with owned(tmp_path) as ownership:
        with ownership.lent():
            with owned(tmp_path):
                assert len(held(tmp_path)) == 1
            assert not held(tmp_path)
        assert len(held(tmp_path)) == 1
    assert not held(tmp_path)


def test_it_can_be_owned_again_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), owned(tmp_path / "run"):
        raise ZeroDivisionError
    with owned(tmp_path / "run"):
        pass


def test_a_folder_that_is_no_run_is_left_alone(tmp_path):
    other = tmp_path / "photos"
    other.mkdir()
    (other / "holiday.txt").write_text("sun")
    with pytest.raises(InputError, match="not a run"), owned(other):
        pass
    assert [path.name for path in other.iterdir()] == ["holiday.txt"]


def test_an_empty_folder_becomes_a_run(tmp_path):
    with owned(tmp_path):
        assert held(tmp_path)
