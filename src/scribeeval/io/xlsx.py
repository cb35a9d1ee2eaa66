"""Rows of an Excel workbook: the saved values, never the display, and never a formula's text.

A cell shown as a percentage holds the fraction; it is read as what is shown ("66.2%"), so that it says
so itself.  Wrong size notes in a workbook, which many export tools write, are not believed.
"""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile
from zlib import error as ZlibError  # noqa: N812 - an exception is named like one

from scribeeval.errors import InputError, not_known

Cell: TypeAlias = str | int | float | bool | datetime | None

_QUOTED = re.compile(r'"[^"]*"|\\.')  # of a number format: shown as it is, no percentage
_BROKEN = (BadZipFile, ParseError, ZlibError, EOFError, KeyError, ValueError, TypeError, AttributeError)


@contextmanager
def _opened(path: Path, *, values: bool) -> Iterator[Any]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if not path.is_file():
        raise InputError(f"{path}: cannot be read (no such file or directory); check the path")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and features that hold no cell's value
            book = load_workbook(path, read_only=True, data_only=values)
    except (*_BROKEN, OSError, InvalidFileException):
        raise InputError(
            f"{path}: cannot be read as XLSX (cut off, protected by a password, or of another kind); "
            "save it again as .xlsx without a password, or as .csv"
        ) from None
    try:
        yield book
    finally:
        book.close()


def xlsx_rows(path: Path, sheet: str | None = None) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of a sheet, from the first; rows may differ in length.

    sheet: its name; a workbook with one sheet needs none.

    Raises:
        InputError: missing, damaged or protected file, unknown sheet, more than one sheet and none
            named, or a formula whose value was never saved.

    """
    with _opened(path, values=True) as book, _opened(path, values=False) as formulas:
        name = _sheet(path, book.sheetnames, sheet)
        saved, written = book[name], formulas[name]
        if not hasattr(saved, "reset_dimensions"):
            raise InputError(f"{path}: sheet {name!r} is a chart, not a table; name another sheet")
        saved.reset_dimensions()
        written.reset_dimensions()
        pairs = zip(_rows(path, saved), _rows(path, written), strict=True)
        for number, (cells, sources) in enumerate(pairs, start=1):
            yield tuple(
                _value(f"{path}: row {number}, cell {place + 1}", cell, source)
                for place, (cell, source) in enumerate(zip(cells, sources, strict=True))
            )


def _rows(path: Path, sheet: Any) -> Iterator[tuple[Any, ...]]:
    try:
        yield from sheet.iter_rows()
    except _BROKEN:
        raise InputError(f"{path}: breaks off inside the sheet; save or copy it again") from None


def _sheet(path: Path, names: list[str], wanted: str | None) -> str:
    if wanted is None:
        if len(names) > 1:
            raise InputError(f"{path}: has {len(names)} sheets ({', '.join(names)}); name one with `sheet`")
        return names[0]
    if wanted not in names:
        raise InputError(f"{path}: {not_known('sheet', wanted, names)}")
    return wanted


def _value(where: str, cell: Any, source: Any) -> Cell:
    value = cell.value
    if value is None:
        if isinstance(source.value, str) and source.value.startswith("="):
            raise InputError(
                f"{where}: holds a formula whose value was never saved; "
                "open the workbook in Excel and save it"
            )
        return None
    if isinstance(value, bool | str | datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day on no clock
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, int | float):
        if "%" in _QUOTED.sub("", cell.number_format or ""):
            return f"{Decimal(repr(value)) * 100:f}%"
        return int(value) if isinstance(value, float) and value.is_integer() else value
    return str(value)


def cell_text(cell: Cell) -> str | None:
    """Write a cell as text: a day as 2024-01-31, a whole number without a point; None for an empty cell."""
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return str(cell)
