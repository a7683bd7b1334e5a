from math import nan

import pytest

from bench.tables.table import Cell, Column, Table
from bench.tables.text import Text, cell_text, decimals_for, table_texts


@pytest.mark.parametrize(
    ("cells", "decimals"),
    [
        ([Cell(0.2134, 0.17, 0.25)], 3),
        ([Cell(21.34, 20.1, 22.5)], 1),
        ([Cell(1234.5, 1100, 1400)], 0),
        ([Cell(0.2134), Cell(12.3)], 1),
        ([Cell(1e-9)], 4),
        ([Cell(6.0), Cell(120.0)], 0),
        ([Cell(0.5, 0.5, 0.5)], 3),
        ([Cell(nan)], 0),
    ],
)
def test_decimals_follow_the_uncertainty(cells, decimals):
    assert decimals_for(cells) == decimals


def test_a_cell_says_what_it_knows():
    assert cell_text(Cell(0.2134, 0.17, 0.251), 2) == Text("0.21", "[0.17, 0.25]", "")
    assert cell_text(Cell(nan, n=6, unscored=2), 2) == Text("—", "", "(2 unscored)")


def test_nothing_is_minus_zero():
    assert cell_text(Cell(-0.001, -0.004, 0.004), 2) == Text("0.00", "[0.00, 0.00]", "")


def test_each_column_has_its_own_decimals():
    table = Table("t", [Column("a"), Column("b")], {"x": [Cell(1.0), Cell(0.123)], "y": [Cell(2), Cell(0.1)]}, [])
    values = {name: [text.value for text in texts] for name, texts in table_texts(table).items()}
    assert values == {"x": ["1", "0.123"], "y": ["2", "0.100"]}
