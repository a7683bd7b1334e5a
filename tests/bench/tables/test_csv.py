from io import StringIO

import pandas as pd
import pytest

from bench.tables import render
from bench.tables.main import main_tables


def test_every_cell_is_a_line_in_full_precision(scores):
    lines = pd.read_csv(StringIO(render(scores, "csv")))
    cells = [cell for table in main_tables(scores) for row in table.rows.values() for cell in row]
    assert len(lines) == len(cells)
    assert lines["value"].tolist() == [cell.value for cell in cells]
    assert lines["best"].tolist() == [cell.best for cell in cells]
    dno = lines[(lines["method"] == "dno") & (lines["quantity"] == "5 s")].iloc[0]
    assert (dno["value"], dno["n"], dno["unscored"], dno["direction"]) == (pytest.approx(0.1), 2, 1, 1)


def test_names_with_commas_and_quotes_come_back(make_scores):
    name = 'a, "b" | <c>'
    lines = pd.read_csv(StringIO(render(make_scores({name: [[[1.0]]]}), "csv")))
    assert set(lines["method"]) == {name}
