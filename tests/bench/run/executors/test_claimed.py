"""Which cells a process begins, beside others in the same folder."""

import pytest

from bench.run.executors.claimed import Mine, Outcomes
from bench.store.claims import CLAIMS, Claims
from bench.store.folder import RunStore
from tests.support.cells import make_cell
from tests.support.runs import ENDED


@pytest.fixture
def cells():
    return [make_cell(seed=seed) for seed in range(3)]


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path)


def finish(attempt, cell):
    attempt.begin(cell)
    attempt.finish(ENDED)


def fail(attempt, cell):
    attempt.begin(cell)
    attempt.fail("on purpose", "", {})


@pytest.mark.parametrize(("end", "error"), [(finish, ""), (fail, "on purpose")])
def test_an_outcome_is_what_came_after_the_plan(store, cells, end, error):
    first, second, _ = cells
    end(store.attempt(first.id), first)
    outcomes = Outcomes(store.path, cells)
    assert not any(map(outcomes.ended, cells))
    end(store.attempt(second.id), second)
    assert outcomes.ended(second)
    assert outcomes.error(second) == error
    assert not outcomes.ended(first)


def test_a_complete_cell_that_runs_once_more_ends_where_its_result_stands_or_beside_it(store, cells):
    for cell in cells:
        finish(store.cell(cell.id), cell)
    fail(store.attempt(cells[0].id), cells[0])
    outcomes = Outcomes(store.path, cells)
    for cell in cells:
        store.attempt(cell.id).begin(cell)  # what failed before is gone: that is no end
    assert not any(map(outcomes.ended, cells))
    fail(store.attempt(cells[0].id), cells[0])
    store.attempt(cells[1].id).finish(ENDED)
    assert [outcomes.ended(cell) for cell in cells] == [True, True, False]
    assert [outcomes.error(cell) for cell in cells[:2]] == ["on purpose", ""]


def test_what_others_hold_or_have_ended_is_passed_over(store, cells):
    outcomes, claims = Outcomes(store.path, cells), Claims(store.path / CLAIMS)
    claims.take(cells[0].id)
    finish(store.cell(cells[1].id), cells[1])
    assert list(Mine(store.path, outcomes).each(cells)) == [cells[2]]


def test_a_cell_is_held_until_the_next_is_asked_for(store, cells):
    claims, own = Claims(store.path / CLAIMS), Mine(store.path, Outcomes(store.path, cells)).each(cells)
    finish(store.cell(cells[0].id), next(own))
    assert [claims.is_busy(cell.id) for cell in cells] == [True, False, False]
    next(own)
    assert claims.holder(cells[0].id).ended
    own.close()  # the second has not ended, and is anybody's
    assert claims.holder(cells[1].id) is None
