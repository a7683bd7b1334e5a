"""How cells are packed into jobs."""

import pytest

from bench.errors import InputError
from bench.run.executors.packing import job_lines, pack
from bench.run.executors.where import SlurmJobs
from tests.support.cells import make_cell


def cells(number, budget, model="a"):
    return [make_cell(model=model, seed=seed, budget=budget) for seed in range(number)]


def test_a_job_loads_one_model_and_fills_its_time():
    """Of 1000 s 800 are used, and 100 s of budget count as 125: six cells a job."""
    asked = [cell for pair in zip(cells(14, "100s", "a"), cells(14, "100s", "b"), strict=True) for cell in pair]
    packed = pack(asked, SlurmJobs(seconds=1000))
    assert [(own[0].model, len(own)) for own in packed] == [("a", 6), ("a", 6), ("a", 2), ("b", 6), ("b", 6), ("b", 2)]
    assert all(len({cell.model for cell in own}) == 1 for own in packed)
    assert {cell.id for own in packed for cell in own} == {cell.id for cell in asked}


def test_counted_budgets_are_shared_by_the_jobs_that_may_run_at_once():
    assert [len(own) for own in pack(cells(10, "50nfe"), SlurmJobs(seconds=600, at_once=4))] == [3, 3, 3, 1]
    assert [len(own) for own in pack(cells(2, "50nfe"), SlurmJobs(seconds=600, at_once=4))] == [1, 1]
    assert pack([], SlurmJobs(seconds=600)) == []


def test_a_cell_that_fits_into_no_job_is_refused_with_the_time_that_it_takes():
    with pytest.raises(InputError, match=r"a cell of 300s takes 375 s .*, and of --job-time 554s 374 s are for cells"):
        pack(cells(2, "300s"), SlurmJobs(seconds=554))
    assert len(pack(cells(2, "300s"), SlurmJobs(seconds=556))) == 2


def test_a_plan_says_how_many_jobs_of_which_model_and_how_long():
    lines = job_lines([*cells(14, "100s", "a"), *cells(3, "50nfe", "b")], SlurmJobs(seconds=1000, at_once=2))
    assert lines == [
        "jobs     5 of at most 0.28 h, at most 2 at once",
        "         a: 3 jobs, 14 cells, 0.49 h of them with what comes on top",
        "         b: 2 jobs, 3 cells",
    ]


def test_a_model_of_two_units_has_jobs_of_either():
    both = [*cells(3, "100s"), make_cell(model="a", budget="50nfe")]
    packed = pack(both, SlurmJobs(seconds=1000))
    assert [[str(cell.budget) for cell in own] for own in packed] == [["100s"] * 3, ["50nfe"]]
