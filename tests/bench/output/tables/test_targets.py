from math import inf

import pytest

from bench.analysis.targets import declared_ladder
from bench.errors import InputError
from bench.output.tables.targets import target_tables
from tests.bench.output.tables.evidence import curve_rows


def tables_of(scores, targets):
    return target_tables(curve_rows(scores), scores, declared_ladder(scores, {"darkness": targets}))


def values(table):
    return {row.keys[0]: [cell.value for cell in row.cells] for row in table.rows}


def test_shares_and_times_by_target(make_scores):
    # Events at 4 s and 14 s; the failed cell misses all and has spent its 15 s.
    gap = float("nan")
    values_ = {"a": [[[0.1, 0.6]], [[gap, gap]]], "b": [[[0.2, 0.3]], [[0.0, 0.4]]]}
    reached, times = tables_of(make_scores(values_), [0.1, 0.5])
    assert reached.title == "darkness on emoji: targets, share reached"
    assert [(c.name, c.direction) for c in reached.columns] == [("0.1", 1), ("0.5", 1)]
    assert values(reached) == {"a": [0.5, 0.5], "b": [1.0, 0.0]}
    assert times.title == "darkness on emoji: targets, expected running time (s)"
    assert [column.name for column in times.columns] == ["0.1", "0.5", "profile"]
    # Four problems: 0.1 on prompt 0 for both at 4 s, on prompt 1 for b at 14 s; 0.5 on prompt 0 for a; on 1 for none.
    assert values(times) == {"a": [4 + 15, 14 + 15, 0.5], "b": [(4 + 14) / 2, inf, 0.5]}
    cell = reached.rows[0].cells[0]
    assert (cell.n, cell.failed, cell.cells) == (2, 1, ("r/a-0-0", "r/a-1-0"))


def test_five_of_many_targets_are_shown_the_ends_among_them(scores):
    reached, _ = tables_of(scores, [i / 20 for i in range(21)])
    assert [column.name for column in reached.columns] == ["0", "0.25", "0.5", "0.75", "1"]


def test_without_targets_one_is_told_where_to_declare_them(scores):
    with pytest.raises(InputError, match="no targets are declared for this run; list them in the suite"):
        target_tables(curve_rows(scores), scores, declared_ladder(scores, {"brightness": [0.1]}))
