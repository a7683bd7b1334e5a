"""What threads got of the processor, and what they waited for."""

import json
import math
import os
import subprocess
import sys
import time

import pandas as pd
import pytest

from bench.run import processor
from bench.run.processor import ProcessorTime, processors
from bench.store.contention import machine_columns, with_contention
from tests.support.runs import RAN

SHARED = """
import json, os, subprocess, sys, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from bench.run.processor import ProcessorTime
def spin(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
loop = "print(flush=True)\\nwhile True: pass"
other = subprocess.Popen([sys.executable, "-c", loop], stdout=subprocess.PIPE)
other.stdout.readline()
taken = ProcessorTime()
with taken.watch():
    spin(0.3)
other.kill()
print(json.dumps([taken.ran, taken.waited]))
"""

linux = pytest.mark.skipif(not processor._TASKS.exists(), reason="Linux counts who waits for a processor")


@linux
def test_a_process_that_shares_its_processor_with_another_waits_as_long_as_it_runs():
    done = subprocess.run([sys.executable, "-c", SHARED], capture_output=True, text=True, check=True)
    ran, waited = json.loads(done.stdout)
    assert ran >= 0.3
    assert waited > 0.2 * ran


def test_who_sleeps_asks_for_nothing():
    taken = ProcessorTime()
    with taken.watch():
        time.sleep(0.2)
    assert taken.ran < 0.1


class Tasks:
    """Threads as /proc shows them, in files."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        monkeypatch.setattr(processor, "_TASKS", folder)

    def waited(self, task, seconds):
        (self.folder / task).mkdir(exist_ok=True)
        (self.folder / task / "schedstat").write_text(f"123 {round(seconds * 1e9)} 7\n")


@pytest.fixture
def tasks(tmp_path, monkeypatch):
    return Tasks(tmp_path, monkeypatch)


def test_threads_count_one_by_one_and_what_is_left_out_does_not(tasks):
    tasks.waited("1", 10.0)
    tasks.waited("2", 20.0)
    taken = ProcessorTime()
    with taken.watch():
        tasks.waited("1", 11.0)
        tasks.waited("3", 0.5)  # a thread that began within the stretch
        with taken.leave_out():
            tasks.waited("2", 24.0)
    assert taken.waited == pytest.approx(1.5)


def test_a_thread_that_has_ended_takes_nothing_away(tasks):
    tasks.waited("1", 10.0)
    taken = ProcessorTime()
    with taken.watch():
        (tasks.folder / "1" / "schedstat").unlink()
        (tasks.folder / "1").rmdir()
    assert taken.waited == 0


def test_where_nobody_counts_it_is_not_known(tmp_path, monkeypatch):
    monkeypatch.setattr(processor, "_TASKS", tmp_path / "none")
    taken = ProcessorTime()
    with taken.watch():
        pass
    assert math.isnan(taken.waited)


@pytest.mark.parametrize("text", [None, "0 0 0\n"])  # the kernel was built without SCHED_INFO, or it is off
def test_where_the_kernel_does_not_count_it_is_not_known_down_to_the_table(tasks, text):
    (tasks.folder / "1").mkdir()
    if text:
        (tasks.folder / "1" / "schedstat").write_text(text)
    taken = ProcessorTime()
    with taken.watch():
        pass
    assert math.isnan(taken.waited)
    own = {"cpu_seconds": taken.ran, "waited_seconds": taken.waited, "step_seconds": [0.001, 0.001]}
    columns = machine_columns(json.loads(json.dumps({**RAN, "machine": own})))
    assert math.isnan(columns["cpu_share"])
    row = pd.DataFrame([{"cell": "a", "model": "m", **columns, "step_seconds": math.nan}])
    assert math.isnan(with_contention(row)["contended"].item())


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"cpu.max": "150000 100000\n"}, 1.5),
        ({"cpu.max": "max 100000\n"}, 4),
        ({"cpu.max": "800000 100000\n"}, 4),
        ({"cpu/cpu.cfs_quota_us": "50000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 0.5),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 4),
        ({}, 4),
    ],
)
def test_a_container_may_have_less_than_the_machine(tmp_path, monkeypatch, files, expected):
    monkeypatch.setattr(processor, "_QUOTAS", (tmp_path / "cpu.max", tmp_path / "cpu"))
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2, 5})
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert processors() == expected
