"""The rows of `curves`: one a yield of a method, millions of them."""

from itertools import islice

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from bench.store.columns import CURVES, KEYS
from bench.store.files import Record, parsed_rows, whole_lines
from bench.store.scores import Cells, numbers_or_text

CHUNK = 2000  # cells whose events are parsed at once


def curves_table(cells: Cells) -> pa.Table:
    """The events of all cells that have ended, also of those that failed later."""
    ended = iter([one for one in cells if one[2].ended_at])
    empty = pa.table({name: pa.nulls(0) for name in CURVES})
    parts = iter(lambda: list(islice(ended, CHUNK)), [])
    tables = [empty, *(_events(part) for part in parts)]
    return pa.concat_tables(_of_one_kind(tables), promote_options="permissive")


def _events(cells: Cells) -> pa.Table:
    """The events of some cells in one table, with the keys of each cell on its rows."""
    files = [store.path / "events.jsonl" for _, _, store in cells]
    texts = [whole_lines(path) for path in files]
    table = _parsed(b"".join(texts))
    if table is None:
        table = _row_by_row([row for path, text in zip(files, texts, strict=True) for row in parsed_rows(path, text)])
    of_row = pa.array(np.repeat(np.arange(len(cells)), [text.count(b"\n") for text in texts]))
    keys = pa.Table.from_pylist([keys for keys, _, _ in cells])
    table = table.select([name for name in table.column_names if name not in KEYS])
    for name in reversed(KEYS):
        # One entry a different word, and a number a row: a cell's name in full on every row would take gigabytes.
        column = keys[name].combine_chunks()
        column = column.dictionary_encode() if pa.types.is_string(column.type) else column
        table = table.add_column(0, name, column.take(of_row))
    return table


def _parsed(text: bytes) -> pa.Table | None:
    """Lines of JSON as a table, all at once; None where a column changes its kind or holds lists, or a line is none."""
    try:
        table = pa.json.read_json(pa.BufferReader(text)) if text else pa.table({})
    except pa.ArrowInvalid:
        return None
    if len(table) != text.count(b"\n") or any(pa.types.is_nested(field.type) for field in table.schema):
        return None
    return _without_nan(table)


def _row_by_row(rows: list[Record]) -> pa.Table:
    frame = pd.DataFrame(rows)
    return _without_nan(pa.Table.from_pandas(frame.apply(numbers_or_text), preserve_index=False))


def _without_nan(table: pa.Table) -> pa.Table:
    return pa.table({name: _null_for_nan(table[name]) for name in table.column_names})


def _null_for_nan(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.is_nan(column), None, column) if pa.types.is_floating(column.type) else column


def _of_one_kind(tables: list[pa.Table]) -> list[pa.Table]:
    """Make text of the columns that are numbers in one table and something else in another."""
    kinds: dict[str, set[pa.DataType]] = {}
    for field in (field for table in tables for field in table.schema):
        kinds.setdefault(field.name, set()).add(field.type)
    mixed = {name for name, types in kinds.items() if not _one_kind(types)}
    return [_as_text(table, mixed) for table in tables]


def _one_kind(types: set[pa.DataType]) -> bool:
    known = {one for one in types if not pa.types.is_null(one)}
    return len(known) <= 1 or all(pa.types.is_integer(one) or pa.types.is_floating(one) for one in known)


def _as_text(table: pa.Table, names: set[str]) -> pa.Table:
    return table.cast(pa.schema([f.with_type(pa.string()) if f.name in names else f for f in table.schema]))
