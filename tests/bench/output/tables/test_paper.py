from math import nan

import pandas as pd
import pytest

from bench.analysis.published.compare import compare_tables
from bench.output.tables.paper import paper_tables
from tests.bench.output.tables.evidence import HOSTILE, PUBLISHED, VALUES, golden_scores, score_rows

NO_CURVES = pd.DataFrame(columns=["id"])


def tables_of(scores, published=PUBLISHED):
    return paper_tables(scores, compare_tables(published, scores, {}), NO_CURVES, {})


def row_of(table, *keys):
    (row,) = [row for row in table.rows if row.keys == keys]
    return row


def test_rows_are_methods_and_budgets_and_columns_are_rewards():
    (table,) = tables_of(golden_scores())
    assert table.keys == ("method", "budget")
    assert [(c.name, c.direction) for c in table.columns] == [("brightness", 1), ("darkness", 1)]
    assert [row.keys for row in table.rows if not row.published] == [
        (name, when) for name in (HOSTILE, "base", "dno") for when in ("5 s", "15 s")
    ]
    brightness, darkness = row_of(table, "dno", "15 s").cells
    assert pd.isna(brightness.value)
    assert brightness.cells == ()
    assert (darkness.value, darkness.n, darkness.failed) == (pytest.approx(0.5), 4, 1)
    assert darkness.cells == tuple(f"r/dno-{prompt}-0" for prompt in range(4))


def test_rewards_of_other_budgets_and_models_stand_apart():
    values = {name: VALUES[name] for name in ("base", "dno")}
    other = score_rows(values, budgets=(2.0, 8.0), reward="jpeg")
    again = score_rows(values, model="ring")
    tables = tables_of(pd.concat([score_rows(values), other, again]))
    assert [table.title.partition(" (")[0] for table in tables] == [
        "darkness on emoji within 15s", "jpeg on emoji within 8s", "darkness on ring within 15s",
    ]  # fmt: skip
    assert [row.keys[1] for row in tables[1].rows[:2]] == ["2 s", "8 s"]
    assert [any(row.published for row in table.rows) for table in tables] == [True, False, False]


def test_bold_is_the_best_at_its_budget():
    (table,) = tables_of(score_rows({"a": [[[0.0, 0.9]], [[0.1, 1.0]]], "b": [[[0.3, 0.5]], [[0.4, 0.6]]]}))
    assert [row.cells[0].best for row in table.rows if not row.published] == [False, True, True, False]


def test_published_rows_are_last_with_their_source_below():
    (table,) = tables_of(golden_scores())
    theirs = [row for row in table.rows if row.published]
    assert table.rows[-len(theirs) :] == theirs
    assert [row.keys for row in theirs] == [("SD & co", "published (1)"), ("DNO", "published (1)")]
    assert [cell.value for cell in theirs[1].cells] == [0.5, 1.9]
    assert "(1) A paper (2026), Table 1; of 40 prompts (some-table)." in table.notes


def test_the_verdict_marks_our_cell_and_is_said():
    (table,) = tables_of(golden_scores())
    assert row_of(table, HOSTILE, "15 s").cells[1].differs
    assert sum(cell.differs for row in table.rows for cell in row.cells) == 1
    assert any(
        "darkness: † differs (ours at 15 s minus published -1.525, allowed 0.2718)" in note for note in table.notes
    )
    assert any("brightness: ours is missing" in note for note in table.notes)
    near = PUBLISHED.assign(published=0.45)
    (table,) = tables_of(golden_scores(), near)
    assert not any(cell.differs for row in table.rows for cell in row.cells)
    assert any("darkness: match" in note for note in table.notes)


def test_published_numbers_change_none_of_ours():
    with_, without = (tables_of(golden_scores(), rows)[0] for rows in (PUBLISHED, PUBLISHED.iloc[:0]))
    ours = [row for row in with_.rows if not row.published]
    # repr, because nan is not nan; and without the daggers, which are the verdict's.
    assert repr(ours).replace("differs=True", "differs=False") == repr(without.rows)
    assert any(note.startswith("No published rows") for note in without.notes)


def test_published_curves_stand_in_a_table_of_their_own():
    comparison = pd.DataFrame(
        {
            "id": "some-curve",
            "method": "dno",
            "quantity": "loss",
            "step": [0, 20],
            "since": [nan, 0],
            "published": [0.3, -1.0],
            "ours": [0.31, -0.5],
            "cells": 3,
            "difference": [0.01, 0.5],
            "allowed": 0.15,
            "truth": nan,
            "verdict": ["match", "differs"],
            "differences": "another noise",
        }
    )
    scores = golden_scores()
    *_, table = paper_tables(scores, compare_tables(PUBLISHED, scores, {}), comparison, {})
    assert table.title == "Published beside ours: some-curve"
    assert [row.keys for row in table.rows] == [("dno", "loss", "0"), ("dno", "loss, since step 0", "20")]
    assert [[cell.value for cell in row.cells] for row in table.rows] == [
        [0.3, 0.31, 0.01, 0.15],
        [-1, -0.5, 0.5, 0.15],
    ]
    assert [row.cells[1].differs for row in table.rows] == [False, True]
    assert table.notes[-1] == "Different setting: another noise."
