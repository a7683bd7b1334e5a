"""What the harness costs a yield: both figures come from the events of real cells."""

import pytest

from benchmarks.overhead import of_cell, overhead


def test_both_parts_are_measured_and_the_method_gets_its_seconds(tmp_path):
    found = overhead(tmp_path, seconds=0.002, budget=1.0, cells=1)
    assert found.on_clock > 0
    assert found.off_clock > 0


def test_seconds_on_and_off_the_clock_are_told_apart():
    events = [
        {"seconds": 1.0, "info/own": 1.0, "info/gap": 0.0},
        {"seconds": 2.001, "info/own": 1.0, "info/gap": 0.005},
        {"seconds": 3.002, "info/own": 1.0, "info/gap": 0.005},
    ]
    assert of_cell(events) == pytest.approx((0.001, 0.004))
