"""Who may write in a run folder."""

import os
import signal
import socket
import time

import pytest

from bench.errors import InputError
from bench.store.lock import OWNER, owned
from tests.support.process import Child


def hold(path, ready):
    with owned(path):
        ready.touch()
        time.sleep(60)


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
    with pytest.raises(InputError, match=f"{who}; .*--out"), owned(tmp_path / "run"):
        pass


def test_the_folder_of_an_owner_that_died_is_taken_over(holder, tmp_path):
    os.kill(holder.process.pid, signal.SIGKILL)
    holder.process.join()
    assert (tmp_path / "run" / OWNER).exists()
    with owned(tmp_path / "run"):
        assert str(os.getpid()) in (tmp_path / "run" / OWNER).read_text()
    assert not (tmp_path / "run" / OWNER).exists()


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
        assert (tmp_path / OWNER).exists()
