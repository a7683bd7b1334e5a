"""Tables as CSV: one line a cell, in full precision."""

import pandas as pd

from bench.tables.table import Table


def render(tables: list[Table]) -> str:
    """Write the keys, the direction and the fields of each `Cell`; the notes are left out."""
    lines = [
        {"table": table.title, "method": method, "quantity": column.name, "direction": column.direction} | vars(cell)
        for table in tables
        for method, cells in table.rows.items()
        for column, cell in zip(table.columns, cells, strict=True)
    ]
    return pd.DataFrame(lines).to_csv(index=False, lineterminator="\n")
