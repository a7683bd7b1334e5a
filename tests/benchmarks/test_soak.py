"""Thousands of short cells: what grows is seen, and a few leave figures."""

import pytest

from bench.store.folder import RunStore
from bench.testing.gaussian import toy_problem
from benchmarks import soak as module
from benchmarks.cheap import Steady
from benchmarks.soak import Look, ended, figures, soak

FLAT = [Look(cells, 300.0, 12, 4) for cells in range(0, 200, 5)]
SECONDS = [0.06] * 200


def broken(looks, seconds):
    return [one.name.partition(",")[0] for one in figures(looks, seconds) if one.broken]


def test_a_few_cells_leave_figures(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PERIOD", 0.1)
    found = soak(tmp_path / "run", 30)
    assert len(found) == 6
    assert found[-1].value == 0
    assert ended(tmp_path / "run") == len(RunStore(tmp_path / "run").planned()) == 30


def test_what_stays_the_same_breaks_no_limit():
    assert broken(FLAT, SECONDS) == []
    started = [look._replace(mb=look.mb / 2, handles=90, threads=90) if look.cells < 20 else look for look in FLAT]
    assert broken(started, [0.5] * 20 + SECONDS[20:]) == []


@pytest.mark.parametrize(
    ("name", "looks"),
    [
        ("memory", [look._replace(mb=300 + look.cells / 100) for look in FLAT]),
        ("handles", [look._replace(handles=12 + look.cells // 10) for look in FLAT]),
        ("threads", [look._replace(threads=4 + look.cells // 20) for look in FLAT]),
    ],
)
def test_what_grows_breaks_its_limit(name, looks):
    assert broken(looks, SECONDS) == [name]


def test_cells_that_take_longer_and_longer_break_a_limit():
    assert broken(FLAT, [0.06 + cell / 2000 for cell in range(200)]) == ["time a cell"]


def test_a_folder_that_cannot_be_read_is_noticed(tmp_path):
    assert ended(tmp_path) is None


def test_a_method_that_fails_does_so_after_its_first_offer():
    whole, failing = (Steady(seconds=0, failing=share).run(toy_problem()) for share in (0.0, 1.0))
    next(whole), next(whole), next(failing)
    with pytest.raises(RuntimeError, match="on purpose"):
        next(failing)
