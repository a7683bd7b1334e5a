"""CSV that people open in a spreadsheet, which would compute a text that begins like a formula.

See https://owasp.org/www-community/attacks/CSV_Injection. An apostrophe in front makes it a text; numbers stay.
"""

import re
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:  # a value alone needs neither
    import pandas as pd
    import pyarrow as pa

T = TypeVar("T")

_FORMULA = r"^([=+@\t\r-])"


def inert(value: T) -> T | str:
    """A value as a spreadsheet may have it."""
    return f"'{value}" if isinstance(value, str) and re.match(_FORMULA, value) else value


def csv_text(frame: "pd.DataFrame") -> str:
    """A frame as CSV, with its texts inert."""
    from pandas.api.types import is_numeric_dtype

    plain = frame.apply(lambda values: values if is_numeric_dtype(values) else values.map(inert))
    text: str = plain.rename(columns=inert).to_csv(index=False, lineterminator="\n")
    return text


def inert_table(table: "pa.Table") -> "pa.Table":
    """A table with its texts inert."""
    import pyarrow as pa

    return pa.table([_inert(column) for column in table.columns], names=[inert(name) for name in table.column_names])


def _inert(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):  # each word once
        words = [pa.DictionaryArray.from_arrays(one.indices, _words(one.dictionary)) for one in column.chunks]
        return pa.chunked_array(words, column.type)
    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    return _words(column) if is_text else column


def _words(texts: "pa.Array") -> "pa.Array":
    import pyarrow.compute as pc

    return pc.replace_substring_regex(texts, pattern=_FORMULA, replacement=r"'\1")
