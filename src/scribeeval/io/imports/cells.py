"""One cell of an export -> a number or a day, or words for what is wrong with it.

Nothing is guessed: a comma, a point, a placeholder or a date has the one meaning that the settings give
it, or it is named.  A cell's text is quoted only where it is a known placeholder.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from scribeeval.io.xlsx import Cell

YEARS = range(2000, 2100)  # a two-digit year, a serial or a typing error gives others
SERIALS = {"excel": date(1899, 12, 30), "excel1904": date(1904, 1, 1)}  # day 0, as Excel counts since 1900-03
_PLACEHOLDER = re.compile(
    r"[-–—.*?]+|n/?a|nan|null|none|nil|missing|unknown|inf(?:inity)?|[<>≤≥]\s?[0-9]+|없음|해당\s?없음"
    r"|#(?:N/A|DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!)",
    re.IGNORECASE,
)
_KINDS = (
    (re.compile(r"[-−+]?[0-9]+(?:[.,' ][0-9]+)+"), "a number with a separator that is not declared"),
    (re.compile(r"[-−+]?[0-9.,]+[eE][-+]?[0-9]+"), "a number that a spreadsheet has shortened (1.2E+05)"),
    (re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}.*"), "a date"),
    (re.compile(r"[0-9]+:[0-9]{2}(?::[0-9]{2})?"), "a clock time or a duration"),
    (re.compile(r"[-−+]?[0-9]+(?:[.,][0-9]+)?\s*[A-Za-z가-힣]{1,8}"), "a number with a unit"),
)


class CellError(Exception):
    """What a cell holds, in words that can be shown, and what to do."""


def describe(cell: Cell) -> str:
    """Say what kind of thing a cell holds, without its text."""
    if cell is None:
        return "nothing"
    if isinstance(cell, bool):
        return "true or false"
    if isinstance(cell, datetime):
        return "a date"
    if not isinstance(cell, str):
        return "a number"
    text = cell.strip()
    if _PLACEHOLDER.fullmatch(text):
        return repr(text)
    for pattern, kind in _KINDS:
        if pattern.fullmatch(text):
            return kind
    return f"text of {len(text)} characters"


@dataclass(frozen=True)
class NumberStyle:
    """How an export writes numbers.

    decimal, thousands: the marks; thousands "" = none.  missing: cells that stand for no value, as
    declared, in lower case.
    """

    decimal: str = "."
    thousands: str = ""
    missing: frozenset[str] = frozenset()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The whole of a number: a thousands mark stands before three digits, or nowhere."""
        grouped = rf"[0-9]{{1,3}}(?:{re.escape(self.thousands)}[0-9]{{3}})+|" if self.thousands else ""
        point = re.escape(self.decimal)
        return re.compile(rf"-?(?:(?:{grouped}[0-9]+)(?:{point}[0-9]+)?|{point}[0-9]+)")


def parse_number(cell: Cell, style: NumberStyle) -> tuple[float | None, bool]:
    """Read a number, and whether it carries a percent sign; None for an empty or a declared missing cell.

    Raises:
        CellError: anything else than a number in the declared style.

    """
    if cell is None:
        return None, False
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell), False
    if not isinstance(cell, str):
        raise CellError(f"holds {describe(cell)} where a number is expected; correct the cell or the map")
    text = cell.strip().replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-")
    if text == "" or text.lower() in style.missing:
        return None, False
    percent = text.endswith("%")
    body = text[:-1].rstrip() if percent else text
    if not style.pattern.fullmatch(body):
        raise CellError(_wrong_number(text, body))
    plain = body.replace(style.thousands, "") if style.thousands else body
    return float(plain.replace(style.decimal, ".")), percent


def _wrong_number(text: str, body: str) -> str:
    kind = describe(body)
    if "separator" in kind:
        return (
            f"holds {kind}; declare `decimal` and `thousands` as the export writes them "
            "(1.234,5: decimal = ',' and thousands = '.')"
        )
    if _PLACEHOLDER.fullmatch(text):
        return f"holds {kind} where a number is expected; if it stands for no value add it to `missing`"
    return f"holds {kind} where a number is expected; correct the cell or the map"


def parse_day(cell: Cell, formats: tuple[str, ...]) -> date:
    """Read a day in one of the declared formats: "iso", "excel", "excel1904", or strptime's letters.

    Raises:
        CellError: no declared format fits, two of them read different days, or the year is not of
            this century.

    """
    days = {day for name in formats if (day := _day(cell, name)) is not None}
    if len(days) > 1:
        raise CellError("is a different day in two of the formats of `date_format`; keep the right one")
    if not days:
        raise CellError(_wrong_day(cell, formats))
    (day,) = days
    if day.year not in YEARS:
        raise CellError(f"is a day of the year {day.year}; check the cell and `date_format`")
    return day


def _day(cell: Cell, name: str) -> date | None:
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else None
    if name in SERIALS:
        return _serial_day(cell, SERIALS[name])
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    if name == "iso":
        found = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?", text)
        text, name = (found.group(1), "%Y-%m-%d") if found else ("", "%Y-%m-%d")
    try:
        return datetime.strptime(text, name).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def _serial_day(cell: Cell, origin: date) -> date | None:
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return None
    # Five digits: 10000 is a day of 1927, 99999 one of 2173, so that other numbers are not taken for days.
    found = re.fullmatch(r"([0-9]{5})(?:\.0)?", str(cell).strip())
    return origin + timedelta(days=int(found.group(1))) if found else None


def _wrong_day(cell: Cell, formats: tuple[str, ...]) -> str:
    declared = ", ".join(formats)
    if re.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?", str(cell).strip()):
        return (
            f"holds a number like an Excel date, where a date as {declared} is expected; "
            'if it is one, set date_format = "excel"'
        )
    return f"holds {describe(cell)}, not a date as {declared}; set `date_format` as the export writes dates"
