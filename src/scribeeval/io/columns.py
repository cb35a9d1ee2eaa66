"""A table of millions of rows as columns: text as codes of few distinct words, numbers as floats.

Arrow reads what is well formed; whatever it stumbles over goes to `read_table`, which names the row.
"""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scribeeval.io.tables import Table, read_table, require_columns

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class TextColumn:
    """A cell is words[code]; code -1 = empty."""

    codes: NDArray[np.int64]
    words: NDArray[np.object_]

    @cached_property
    def empty(self) -> NDArray[np.bool_]:
        """Tell which cells are empty."""
        return self.codes < 0

    def where(self, words: "pd.Series[bool] | NDArray[np.bool_]") -> NDArray[np.bool_]:
        """Spread what holds of each word over the cells; empty cells are False."""
        return np.append(np.asarray(words, dtype=bool), False)[self.codes]

    def cells(self) -> NDArray[np.object_]:
        """Give every cell as text or None; equal cells are one object."""
        words: NDArray[np.object_] = np.array([*self.words, None], dtype=object)
        return words[self.codes]


@dataclass(frozen=True)
class NumberColumn:
    """values: NaN where a cell is empty or no number; given: it is not empty."""

    values: NDArray[np.float64]
    given: NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """The columns of a table that were asked for.  Row i stands at row i + first_row of the file."""

    text: dict[str, TextColumn]
    numbers: dict[str, NumberColumn]
    n_rows: int
    first_row: int


def read_columns(path: Path, text: Collection[str], numbers: Collection[str]) -> Columns:
    """Read some columns of a table of any known format.

    Raises:
        InputError: as read_table, and one line for each column that is missing.

    """
    table = _by_arrow(path, [*text, *numbers])
    if table is None:
        return _from_rows(read_table(path), text, numbers)
    columns = Columns(
        {name: _text(table.column(name)) for name in text},
        {name: _numbers(table.column(name)) for name in numbers},
        table.num_rows,
        2 if path.suffix.lower() == ".csv" else 1,
    )
    if any("\0" in word for column in columns.text.values() for word in column.words):
        return _from_rows(read_table(path), text, numbers)
    return columns


def _by_arrow(path: Path, names: list[str]) -> "pa.Table | None":
    """Read with Arrow; None where the file wants a closer look."""
    import pyarrow as pa

    try:
        table = _csv(path) if path.suffix.lower() == ".csv" else _parquet(path, names)
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        return None
    if table is None:
        return None
    columns = [unicodedata.normalize("NFC", name.strip()) for name in table.column_names]
    if len(set(columns)) < len(columns) or not set(names) <= set(columns):
        return None
    return table.rename_columns(columns).select(names)


def _csv(path: Path) -> "pa.Table":
    import pyarrow as pa
    from pyarrow import csv

    with path.open("rb") as file:
        header = file.readline().decode("utf-8-sig")
    names = [name.strip().strip('"') for name in header.rstrip("\r\n").split(",")]
    options = csv.ConvertOptions(
        column_types=dict.fromkeys([*names, *(header.rstrip("\r\n").split(","))], pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    return csv.read_csv(
        path, parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=options
    )


def _parquet(path: Path, names: list[str]) -> "pa.Table | None":
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.suffix.lower() != ".parquet":
        return None
    table = pq.read_table(path, columns=[name for name in pq.read_schema(path).names if name in names])
    plain = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_floating)
    return table if all(any(is_plain(t) for is_plain in plain) for t in table.schema.types) else None


def _text(column: "pa.ChunkedArray") -> TextColumn:
    import pyarrow as pa

    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return _text_of([None if value is None else str(value) for value in column.to_pylist()])
    encoded = column.dictionary_encode().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    words = [unicodedata.normalize("NFC", word) for word in encoded.dictionary.to_pylist()]
    # Two spellings of one word (NFC, NFD) become one.
    again, unique = pd.factorize(np.array(words, dtype=object))
    return TextColumn(np.append(again, -1)[codes], np.asarray(unique, dtype=object))


def _text_of(cells: list[str | None]) -> TextColumn:
    codes, words = pd.factorize(np.array(cells, dtype=object))
    return TextColumn(codes.astype(np.int64), np.asarray(words, dtype=object))


def _numbers(column: "pa.ChunkedArray") -> NumberColumn:
    import pyarrow as pa
    import pyarrow.compute as pc

    given = pc.is_valid(column).to_numpy()
    try:
        values: Any = pc.cast(column, pa.float64()).to_numpy()
    except pa.ArrowInvalid:
        values = pd.to_numeric(pd.Series(column.to_pylist(), dtype=object), errors="coerce").to_numpy()
    return NumberColumn(np.asarray(values, dtype=np.float64), np.asarray(given, dtype=bool))


def _from_rows(table: Table, text: Collection[str], numbers: Collection[str]) -> Columns:
    require_columns(table, [*text, *numbers])
    cells = {name: [row[name] for row in table.rows] for name in (*text, *numbers)}
    as_numbers = {
        name: NumberColumn(
            pd.to_numeric(pd.Series(cells[name], dtype=object), errors="coerce").to_numpy(np.float64),
            np.array([cell is not None for cell in cells[name]], dtype=bool),
        )
        for name in numbers
    }
    return Columns(
        {name: _text_of(cells[name]) for name in text}, as_numbers, len(table.rows), table.first_row
    )
