"""Whether the owner of a claim lives: a process of this machine, a job of Slurm, or somebody whom nobody can ask."""

import os
from dataclasses import replace

import psutil
import pytest

from bench.store.owner import LEASE, Owner
from bench.store.slurm import this_job
from tests.support.process import Child
from tests.support.slurm import say

SILENT = LEASE + 1


@pytest.fixture
def elsewhere():
    return replace(Owner.here(), host="elsewhere")


def test_a_process_of_this_machine_is_known_to_live_or_not(tmp_path):
    child = Child(tmp_path / "out.txt", int)
    other = replace(Owner.here(), pid=child.process.pid)
    child.end()
    assert Owner.here().lives(SILENT)  # stopped by Ctrl-Z it is silent, and lives
    assert not other.lives(0)


def test_a_process_that_died_and_was_not_fetched_is_dead(tmp_path):
    child = Child(tmp_path / "out.txt", int)
    other = replace(Owner.here(), pid=child.process.pid, born=psutil.Process(child.process.pid).create_time())
    os.waitid(os.P_PID, child.process.pid, os.WEXITED | os.WNOWAIT)
    assert not other.lives(0)
    child.end()


def test_a_process_id_that_was_given_again_is_not_the_owner():
    assert not replace(Owner.here(), born=Owner.here().born - 100).lives(SILENT)


def test_a_clock_that_was_set_kills_nobody():
    assert replace(Owner.here(), born=Owner.here().born - 100).lives(1)


def test_whom_nobody_can_ask_lives_as_long_as_it_gives_signs(elsewhere):
    assert elsewhere.lives(LEASE - 1)
    assert not elsewhere.lives(SILENT)


def test_a_container_of_this_host_counts_its_own_processes():
    other = replace(Owner.here(), numbers="pid:[1]", pid=os.getpid() + 10**6)
    assert other.lives(1)
    assert not other.lives(SILENT)


@pytest.mark.parametrize(
    ("state", "silence", "lives"),
    [
        ("RUNNING", 1, True),
        ("RUNNING", SILENT, False),  # the job was put back into the queue and runs again, perhaps elsewhere
        ("SUSPENDED", SILENT, True),
        ("PENDING", 1, False),
        ("TIMEOUT", 1, False),
        ("", 1, False),
    ],
)
def test_a_job_of_slurm_is_asked_for(elsewhere, tmp_path, monkeypatch, state, silence, lives):
    say(tmp_path, monkeypatch, {"7_1": "RUNNING", **({"7_2": state} if state else {})})
    assert replace(elsewhere, job="7_2").lives(silence) == lives


def test_where_slurm_does_not_answer_signs_count(elsewhere, tmp_path, monkeypatch):
    say(tmp_path, monkeypatch, {}, status=1, complaint="Unable to contact slurm controller")
    assert replace(elsewhere, job="7").lives(1)
    say(tmp_path, monkeypatch, {}, status=1, complaint="Invalid job id specified")
    assert not replace(elsewhere, job="7").lives(1)


def test_what_is_written_is_read():
    assert Owner.read(Owner.here().text()) == Owner.here()
    assert Owner.read("") is None
    assert Owner.read("[]") is None


def test_a_job_is_named_as_slurm_names_it(monkeypatch):
    for name in ("SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID"):
        monkeypatch.delenv(name, raising=False)
    assert this_job() == ""
    monkeypatch.setenv("SLURM_JOB_ID", "13")
    assert this_job() == "13"
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "12")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "0")
    assert this_job() == "12_0"
