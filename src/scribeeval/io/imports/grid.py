"""A file of an export -> a grid: one header, rows of equal length, and where each row stands."""

import csv
import io
import sys
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.files import read_bytes
from scribeeval.io.tables import Table, read_table, require_columns
from scribeeval.io.xlsx import Cell, cell_text, xlsx_rows

_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8"))


@dataclass(frozen=True, slots=True)
class Source:
    """Which file to read, and how it was written."""

    path: Path
    sheet: str | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    header_row: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells; numbers: the row number of each in the file, as a spreadsheet counts.

    warnings: what is readable but may be wrong.
    """

    path: Path
    columns: tuple[str, ...]
    headings: tuple[Cell, ...]
    rows: Sequence[tuple[Cell, ...]]
    numbers: Sequence[int]
    warnings: tuple[str, ...] = ()

    def places(self, names: Collection[str]) -> dict[str, int]:
        """Where columns stand.

        Raises:
            InputError: one line for each that is missing, with the nearest name found.

        """
        require_columns(Table(self.path, self.columns, (), 1), names)
        return {name: self.columns.index(name) for name in names}


def read_grid(source: Source) -> Grid:
    """Read delimited text (.csv, .tsv, .txt), .xlsx, .parquet or .jsonl.

    Raises:
        InputError: missing, cut-off or otherwise encoded file, wrong delimiter, a header that is
            doubled or empty, a row of another length.

    """
    suffix = source.path.suffix.lower()
    if suffix == ".xlsx":
        numbered = list(enumerate(xlsx_rows(source.path, source.sheet), start=1))
        return _grid(source, numbered, ())
    if suffix in (".parquet", ".jsonl"):
        table = read_table(source.path)
        rows = [tuple(row.get(name) for name in table.columns) for row in table.rows]
        numbers = range(table.first_row, table.first_row + len(rows))
        return Grid(source.path, table.columns, table.columns, rows, numbers)
    if suffix in (".csv", ".tsv", ".txt"):
        text = _decoded(source)
        return _grid(source, _text_rows(source, text), _cut_off(source.path, text))
    raise InputError(
        f"{source.path}: not an export that is read here; give .csv, .tsv, .txt, .xlsx, .parquet or .jsonl"
    )


def _decoded(source: Source) -> str:
    data = read_bytes(source.path)
    for mark, encoding in _MARKS:
        if data.startswith(mark) and not source.encoding.startswith(encoding):
            raise InputError(
                f"{source.path}: begins with the mark of {encoding}, declared is {source.encoding}; "
                f'set encoding = "{encoding}"'
            )
    encoding = "utf-8-sig" if source.encoding == "utf-8" else source.encoding
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        hint = "cp949 for an export of Korean Windows, cp1252 for a western one"
        raise InputError(
            f"{source.path}: line {line} is not {source.encoding} text (byte {error.start}); "
            f"set `encoding` to the export's own ({hint})"
        ) from None
    if "\0" in text:
        raise InputError(f"{source.path}: holds a NUL byte; set `encoding`, or export the table again")
    return unicodedata.normalize("NFC", text)


def _cut_off(path: Path, text: str) -> tuple[str, ...]:
    """A last line without its end reads well and may be half of itself."""
    if text and not text.endswith(("\n", "\r")):
        return (f"{path}: the last line has no line end; check that the export is complete",)
    return ()


def _text_rows(source: Source, text: str) -> list[tuple[int, tuple[Cell, ...]]]:
    csv.field_size_limit(sys.maxsize)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=source.delimiter)
    try:
        return [(number, tuple(cells)) for number, cells in enumerate(reader, start=1)]
    except csv.Error as error:
        raise InputError(
            f"{source.path}: line {reader.line_num} is not CSV ({error}); "
            "the file may be cut off: export the table again"
        ) from None


def _grid(
    source: Source, numbered: Sequence[tuple[int, tuple[Cell, ...]]], warnings: tuple[str, ...]
) -> Grid:
    path, first = source.path, source.header_row
    if len(numbered) < first or not any(_given(cell) for cell in numbered[first - 1][1]):
        raise InputError(f"{path}: row {first} is empty or not there; it must name the columns (header_row)")
    headings = list(numbered[first - 1][1])
    rows = [(number, cells) for number, cells in numbered[first:] if any(_given(cell) for cell in cells)]
    if path.suffix.lower() == ".xlsx":  # rows of a workbook end with their last cell
        width = max(len(headings), *(_last_given(cells) for _, cells in rows), 0)
        headings += [None] * (width - len(headings))
        rows = [(number, (*cells, *[None] * (width - len(cells)))[:width]) for number, cells in rows]
    columns = tuple((cell_text(cell) or "").strip() for cell in headings)
    problems = [*_header_problems(source, columns, rows), *_ragged(path, len(columns), rows)]
    if problems:
        raise InputError(problems)
    if not rows:
        raise InputError(f"{path}: has a header and no rows; export the table again")
    return Grid(
        path,
        columns,
        tuple(headings),
        [cells for _, cells in rows],
        [number for number, _ in rows],
        warnings,
    )


def _given(cell: Cell) -> bool:
    return cell is not None and not (isinstance(cell, str) and cell.strip() == "")


def _last_given(cells: Sequence[Cell]) -> int:
    return max((place for place, cell in enumerate(cells, start=1) if _given(cell)), default=0)


def _header_problems(
    source: Source, columns: Sequence[str], rows: Sequence[tuple[int, tuple[Cell, ...]]]
) -> list[str]:
    path = source.path
    problems = [
        f"{path}: the column {name!r} is there {columns.count(name)} times; rename or remove one"
        for name in dict.fromkeys(columns)
        if name and columns.count(name) > 1
    ]
    for place, name in enumerate(columns):
        if not name and any(place < len(cells) and _given(cells[place]) for _, cells in rows):
            problems.append(f"{path}: column {place + 1} holds cells and has no name; name it in row "
                            f"{source.header_row}, or set header_row to the row with the names")  # fmt: skip
    if len(columns) == 1:
        other = next((mark for mark in (";", "\t", ",", "|") if mark in columns[0]), None)
        if other is not None:
            problems.append(f"{path}: row {source.header_row} is one cell with {other!r} in it; "
                            f"set delimiter = {other!r}")  # fmt: skip
    return problems


def _ragged(path: Path, width: int, rows: Sequence[tuple[int, tuple[Cell, ...]]]) -> list[str]:
    problems = []
    for place, (number, cells) in enumerate(rows, start=1):
        if len(cells) != width:
            last = place == len(rows) and len(cells) < width
            problems.append(
                f"{path}: row {number} has {len(cells)} cells, the header has {width}; "
                + (
                    "it is the last: the file may be cut off, export it again"
                    if last
                    else "quote cells that hold the delimiter, or check `delimiter` and `decimal`"
                )
            )
    return problems


def column_of(grid: Grid, place: int) -> list[Cell]:
    """The cells of one column."""
    return [cells[place] for cells in grid.rows]


def kept_rows(grid: Grid, where: Mapping[str, Sequence[str]]) -> tuple[Grid, int]:
    """Keep the rows whose cells are among the declared ones; returns the number left out too.

    Raises:
        InputError: a column is missing, or no row is left.

    """
    if not where:
        return grid, 0
    places = grid.places(where)
    kept = [
        i
        for i, cells in enumerate(grid.rows)
        if all((cell_text(cells[places[name]]) or "").strip() in wanted for name, wanted in where.items())
    ]
    if not kept:
        raise InputError(f"{grid.path}: no row is left by `where`; check its columns and cells")
    rows, numbers = [grid.rows[i] for i in kept], [grid.numbers[i] for i in kept]
    left = Grid(grid.path, grid.columns, grid.headings, rows, numbers, grid.warnings)
    return left, len(grid.rows) - len(kept)
