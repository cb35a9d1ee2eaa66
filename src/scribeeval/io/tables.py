"""Tables of text cells from CSV, JSONL, Parquet and XLSX, and CSV that a spreadsheet opens safely."""

import csv
import io
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, BinaryIO

from scribeeval.errors import InputError
from scribeeval.io.files import read_jsonl, read_text
from scribeeval.io.xlsx import cell_text, xlsx_rows

FORMATS = (".csv", ".jsonl", ".parquet", ".xlsx")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; an empty cell is None.  Row i of rows stands at row i + first_row of the file."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str | None], ...]
    first_row: int

    def where(self, index: int) -> str:
        """Name a row as its reader finds it: in a spreadsheet, the header is row 1.

        Without the folder: the words go into the run's files too, which are the same wherever it ran.
        """
        return f"{self.path.name}: row {index + self.first_row}"


def read_table(path: Path) -> Table:
    """Read a table of any known format; every cell becomes text.

    Raises:
        InputError: unknown format, missing file, other encoding, ragged row, doubled column, NUL byte.

    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _read_csv(path)
    if suffix == ".jsonl":
        return _table(path, read_jsonl(path))
    if suffix == ".parquet":
        return _read_parquet(path)
    if suffix == ".xlsx":
        return _read_xlsx(path)
    raise InputError(f"{path}: not a table that is read here; give one of {', '.join(FORMATS)}")


def _read_csv(path: Path) -> Table:
    text = read_text(path)
    if "\0" in text:
        raise InputError(f"{path}: holds a NUL byte; export the table again as UTF-8 text")
    csv.field_size_limit(sys.maxsize)  # a note is longer than the 128 KiB that csv allows a cell
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    problems: list[str] = []
    rows: list[Mapping[str, str | None]] = []
    try:
        columns = tuple(name.strip() for name in next(reader, []))
        for number, cells in enumerate(reader, start=2):
            if not cells:
                continue
            if len(cells) != len(columns):
                problems.append(
                    f"{path}: row {number} has {len(cells)} cells, the header has {len(columns)}; "
                    "quote cells that hold commas or line breaks"
                )
                continue
            rows.append({c: v if v != "" else None for c, v in zip(columns, cells, strict=True)})
    except csv.Error as error:
        problems.append(f"{path}: line {reader.line_num} is not CSV ({error}); export the table again")
        columns = ()
    if columns == () and not problems:
        problems.append(f"{path}: the file is empty; the first line must name the columns")
    doubled = sorted({name for name in columns if columns.count(name) > 1})
    if doubled:
        problems.append(f"{path}: the column {doubled[0]!r} is there twice; rename one")
    if problems:
        raise InputError(problems)
    return Table(path, columns, tuple(rows), 2)


def _read_parquet(path: Path) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        data = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        what = "is missing" if isinstance(error, FileNotFoundError) else "cannot be read as Parquet"
        raise InputError(f"{path}: {what}; check the path, or export the table again") from None
    return _table(path, data.to_pylist(), data.column_names)


def _read_xlsx(path: Path) -> Table:
    """The only sheet, header in the first row; days as 2024-01-31, empty rows are skipped."""
    numbered = list(xlsx_table(path))
    columns = numbered[0][1]
    rows = tuple(dict(zip(columns, map(text_cell, cells), strict=True)) for _, cells in numbered[1:])
    return Table(path, columns, rows, 2)


def xlsx_table(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield row numbers and text cells of a workbook's only sheet, the header first; an empty cell is "".

    Raises:
        InputError: as xlsx_rows; an empty or doubled header, a cell beyond the header.

    """
    columns: tuple[str, ...] = ()
    for number, row in enumerate(xlsx_rows(path), start=1):
        cells = [cell_text(cell) or "" for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if number == 1:
            columns = tuple(cell.strip() for cell in cells)
            if not all(columns) or not columns:
                raise InputError(f"{path}: the first row must name every column; name them")
            doubled = sorted({name for name in columns if columns.count(name) > 1})
            if doubled:
                raise InputError(f"{path}: the column {doubled[0]!r} is there twice; rename one")
            yield number, columns
        elif len(cells) > len(columns):
            raise InputError(
                f"{path}: row {number} has {len(cells)} cells, the header has {len(columns)}; "
                "name every column"
            )
        elif cells:
            yield number, (*cells, *[""] * (len(columns) - len(cells)))
    if not columns:
        raise InputError(f"{path}: the file is empty; the first line must name the columns")


def _table(path: Path, rows: Sequence[Mapping[str, Any]], columns: Iterable[str] = ()) -> Table:
    """Make a table of rows of values; numbers and dates become text, a list or an object is no cell."""
    problems = [
        f"{path}: row {number}, column {name!r}: holds a list or an object; give one text or number"
        for number, row in enumerate(rows, start=1)
        for name, value in row.items()
        if isinstance(value, list | dict)
    ]
    if problems:
        raise InputError(problems)
    names = dict.fromkeys((*columns, *(name for row in rows for name in row)))
    cells = tuple({name: text_cell(value) for name, value in row.items()} for row in rows)
    return Table(path, tuple(names), cells, 1)


def text_cell(value: object) -> str | None:
    """Make any value text: NFC, line ends as newlines; an empty cell is None."""
    if value is None:
        return None
    text = unicodedata.normalize("NFC", value if isinstance(value, str) else str(value))
    return text.replace("\r\n", "\n").replace("\r", "\n") or None


def require_columns(table: Table, needed: Iterable[str]) -> None:
    """Check that columns are there.

    Raises:
        InputError: one line for each column that is missing, with the nearest name found.

    """
    problems = []
    for name in needed:
        if name not in table.columns:
            near = get_close_matches(name, table.columns, n=1)
            hint = f"rename {near[0]!r}?" if near else f"the columns are: {', '.join(table.columns)}"
            problems.append(f"{table.path}: the column {name!r} is missing; {hint}")
    if problems:
        raise InputError(problems)


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Write CSV; a text cell that a spreadsheet would run as a formula gets a leading apostrophe.

    Numbers are written as they are, None as an empty cell.
    """
    out = io.BytesIO()
    write_csv(out, columns, rows)
    return out.getvalue().decode()


def write_csv(file: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write CSV as to_csv does, row by row into a file."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_neutral(cell) for cell in row])
    text.detach()  # flushed, and the file stays open for its owner


def _neutral(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return cell
