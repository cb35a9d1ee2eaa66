"""Ids and texts of a big table (CSV, JSONL, Parquet, XLSX), row after row in bounded memory.

A row whose text cannot be scored says so and stops nobody.  Only what leaves rows unmatched stops
everything: a file that is no table, a missing column, a row without an id.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from scribeeval.errors import InputError
from scribeeval.io.tables import FORMATS, Table, require_columns, text_cell, xlsx_table

MAX_CELL = 100_000_000  # characters; a longer cell is a quote that was never closed
PARQUET_ROWS = 256  # decoded at a time
PARQUET_BUFFER = 1 << 20  # bytes; without it a whole row group is held


class TextRow(NamedTuple):
    """One row: its number in the file, its id, and the texts of the columns asked for, in that order.

    An empty cell is None.  problems: why the row cannot be scored; its texts are then not to be used.
    """

    number: int
    visit_id: str
    texts: tuple[str | None, ...]
    problems: tuple[str, ...]


def stream_table(path: Path, visit_id: str, columns: Sequence[str]) -> Iterator[TextRow]:
    """Yield the rows of a table.

    Raises:
        InputError: unknown format, unreadable or broken file, missing column, row without an id.

    """
    readers = {".csv": _csv_rows, ".jsonl": _jsonl_rows, ".parquet": _parquet_rows, ".xlsx": _xlsx_rows}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path}: not a table that is read here; give one of {', '.join(FORMATS)}")
    for number, (id_cell, *cells) in reader(path, (visit_id, *columns)):
        where = f"{path}: row {number}"
        row_id = _id(id_cell, f"{where}: {visit_id}")
        faults = [(column, _fault(cell)) for column, cell in zip(columns, cells, strict=True)]
        problems = tuple(
            f"{where}, visit {row_id!r}: {column} {fault}; export the text again"
            for column, fault in faults
            if fault is not None
        )
        texts = tuple(None if problems else text_cell(cell) for cell in cells)
        yield TextRow(number, row_id, texts, problems)


def _id(cell: object, where: str) -> str:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    if cell is None or cell == "":
        raise InputError(f"{where} is empty; give the row an id")
    fault = _fault(cell)
    if fault is not None:
        raise InputError(f"{where} {fault}; give the row an id of text or a whole number")
    return str(text_cell(cell))


def _fault(cell: object) -> str | None:
    """Say what keeps a cell from being a text; None where nothing does."""
    if cell is None:
        return None
    if not isinstance(cell, str):
        return "is not text"
    if "\0" in cell:
        return "holds a NUL byte"
    if not cell.isascii():
        try:
            cell.encode()
        except UnicodeEncodeError:
            return "is not valid Unicode (a byte that is not UTF-8, or half of a surrogate pair)"
    return None


def _check_columns(path: Path, columns: Sequence[str], wanted: Sequence[str]) -> None:
    require_columns(Table(path, tuple(columns), (), 1), wanted)
    for name in wanted:
        if columns.count(name) > 1:
            raise InputError(f"{path}: the column {name!r} is there twice; rename one")


def _csv_rows(path: Path, wanted: Sequence[str]) -> Iterator[tuple[int, list[Any]]]:
    # Bytes that are not UTF-8 become lone surrogates, which fail their row and not the file.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        csv.field_size_limit(MAX_CELL)
        reader = csv.reader(file, strict=True)
        try:
            columns = [name.strip() for name in next(reader, [])]
            if not columns:
                raise InputError(f"{path}: the file is empty; the first line must name the columns")
            if any(_fault(name) for name in columns):
                raise InputError(f"{path}: row 1 is not UTF-8 text; save the file as UTF-8")
            _check_columns(path, columns, wanted)
            places = [columns.index(name) for name in wanted]
            for number, cells in enumerate(reader, start=2):
                if not cells:
                    continue
                if len(cells) != len(columns):
                    raise InputError(
                        f"{path}: row {number} has {len(cells)} cells, the header has {len(columns)}; "
                        "quote cells that hold commas or line breaks"
                    )
                yield number, [cells[place] or None for place in places]
        except csv.Error as error:
            raise InputError(
                f"{path}: line {reader.line_num} is not CSV ({error}); export the table again"
            ) from None


def _jsonl_rows(path: Path, wanted: Sequence[str]) -> Iterator[tuple[int, list[Any]]]:
    seen: dict[str, None] = {}
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            text = line.decode("utf-8-sig" if number == 1 else "utf-8", errors="surrogateescape")
            if not text.strip():
                continue
            try:
                row = json.loads(text)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                raise InputError(f"{path}: line {number} is not a JSON object; write one object a line")
            seen |= dict.fromkeys(row)
            yield number, [row.get(name) for name in wanted]
    if seen:  # a row may leave a column out, but not all of them
        _check_columns(path, list(seen), wanted)


def _parquet_rows(path: Path, wanted: Sequence[str]) -> Iterator[tuple[int, list[Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path, buffer_size=PARQUET_BUFFER) as file:
            _check_columns(path, file.schema_arrow.names, wanted)
            for batch in file.iter_batches(
                PARQUET_ROWS, columns=list(dict.fromkeys(wanted)), use_threads=False
            ):
                for cells in zip(*(_cells(batch.column(name)) for name in wanted), strict=True):
                    number += 1
                    yield number, list(cells)
    except (pa.ArrowException, OSError):
        raise InputError(f"{path}: cannot be read as Parquet; export the table again") from None


def _xlsx_rows(path: Path, wanted: Sequence[str]) -> Iterator[tuple[int, list[Any]]]:
    rows = xlsx_table(path)
    _, columns = next(rows)
    _check_columns(path, columns, wanted)
    places = [columns.index(name) for name in wanted]
    for number, cells in rows:
        yield number, [cells[place] or None for place in places]


def _cells(array: Any) -> list[object]:
    """Python values of a Parquet column; text is decoded here, because Arrow raises at the first bad byte."""
    import pyarrow as pa

    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        values = array.cast(pa.large_binary()).to_pylist()
        return [None if v is None else v.decode("utf-8", errors="surrogateescape") for v in values]
    if pa.types.is_integer(array.type):
        return list(array.to_pylist())
    # Neither a text nor an id: True stands for a value.  pandas writes an empty column as NaN.
    return [None if empty else True for empty in array.is_null(nan_is_null=True).to_pylist()]
