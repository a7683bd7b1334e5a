from io import StringIO

import pandas as pd
import pytest

from bench.output.tables.csv import render
from bench.output.tables.paper import paper_tables
from tests.bench.output.tables.evidence import VALUES, evidence_of, main_of, score_rows


def lines_of(tables):
    return pd.read_csv(StringIO(render(tables)), keep_default_na=False, na_values={"value": [""], "low": [""]})


def test_every_cell_is_a_line_in_full_precision(scores):
    tables = main_of(scores)
    lines = lines_of(tables)
    cells = [cell for table in tables for row in table.rows for cell in row.cells]
    assert lines["value"].tolist() == [cell.value for cell in cells]
    assert lines["best"].tolist() == [cell.best for cell in cells]
    dno = lines[(lines["key"] == "dno") & (lines["quantity"] == "5 s")].iloc[0]
    assert (dno["value"], dno["n"], dno["unscored"], dno["failed"], dno["direction"]) == (
        pytest.approx(0.1), 2, 1, 0, 1,
    )  # fmt: skip
    assert dno["cells"] == "r/dno-0-0 r/dno-1-0"


def test_what_others_published_is_marked():
    found = evidence_of(score_rows(VALUES))
    lines = lines_of(paper_tables(found.scores, found.published, found.comparison, {}))
    theirs = lines[lines["published"]]
    assert theirs[["key", "subkey", "value", "cells"]].values.tolist() == [
        ["SD & co", "published (1)", 0.05, ""], ["DNO", "published (1)", 1.9, ""],
    ]  # fmt: skip


def test_names_with_commas_and_quotes_come_back(make_scores):
    name = 'a, "b" | <c>'
    assert set(lines_of(main_of(make_scores({name: [[[1.0]]]})))["key"]) == {name}
