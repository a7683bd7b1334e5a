"""How readings of a GPU become figures of a method: each counts as much as there was method time before it."""

import math
import time
from types import SimpleNamespace

import pytest

from bench.run import busy
from bench.run.busy import Busy
from bench.run.gpu import Reading
from tests.support.gpu import ScriptedGpu

NAN = math.nan


def figures(monkeypatch, readings, method):
    """What is made of a reading a second; `method`: method time at each."""
    moments, now = iter(range(len(readings))), {"now": 0}

    def tick():
        now["now"] = next(moments, now["now"])

    monkeypatch.setattr(busy, "time", SimpleNamespace(perf_counter=lambda: now["now"]))
    monkeypatch.setattr(busy, "PERIOD", 0)
    gpu = ScriptedGpu(*readings, tick=tick)
    watch = Busy(gpu, lambda now: method[now])
    monkeypatch.setattr(watch, "_ended", SimpleNamespace(wait=lambda period: gpu.reads == len(readings) - 1, set=int))
    with watch:
        pass
    return watch.figures()


def test_a_reading_counts_by_the_method_time_since_the_one_before(monkeypatch):
    # Half a second of method, none, a whole one; what was before the first reading is nobody's.
    readings = [Reading(0.9, 0.9, 100.0), Reading(0.4, 0.2, 200.0), Reading(1.0, 1.0, 500.0), Reading(0.7, 0.5, 700.0)]
    found = figures(monkeypatch, readings, method=[0, 0.5, 0.5, 1.5])
    assert found == pytest.approx({"device_busy": 0.6, "sm_busy": 0.4, "energy_joules": 50.0 + 200.0})


def test_what_a_device_does_not_say_is_not_known(monkeypatch):
    readings = [Reading(NAN, NAN, NAN), Reading(NAN, NAN, NAN), Reading(0.5, NAN, NAN)]
    found = figures(monkeypatch, readings, method=[0, 1, 2])
    assert found["device_busy"] == 0.5
    assert math.isnan(found["sm_busy"])
    assert math.isnan(found["energy_joules"])


def test_it_reads_while_others_work_and_once_more_at_the_end(monkeypatch):
    monkeypatch.setattr(busy, "PERIOD", 0.001)
    gpu = ScriptedGpu(Reading(0.5, NAN, 0.0))
    with Busy(gpu, lambda now: now) as watch:
        while gpu.reads < 3:
            time.sleep(0.001)
        seen = gpu.reads
    assert gpu.reads > seen
    assert watch.figures()["device_busy"] == pytest.approx(0.5)
