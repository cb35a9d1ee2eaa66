"""Cells of exports: numbers in every style, days, and words for what is neither."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.io.imports.cells import CellError, NumberStyle, describe, parse_day, parse_number
from scribeeval.io.xlsx import Cell

PLAIN = NumberStyle()
US = NumberStyle(".", ",")
GERMAN = NumberStyle(",", ".")
FRENCH = NumberStyle(",", " ")
PRIVATE = "Kim, chest pain"
SOME_DAY = datetime.fromisoformat("2024-07-01")


@pytest.mark.parametrize(
    ("cell", "style", "value"),
    [
        ("10.3", PLAIN, 10.3),
        (" 7 ", PLAIN, 7.0),
        (".5", PLAIN, 0.5),
        ("−4", PLAIN, -4.0),
        (10.25, GERMAN, 10.25),
        ("1,234.5", US, 1234.5),
        ("1.234,5", GERMAN, 1234.5),
        ("12\u202f345,5", FRENCH, 12345.5),
        ("10,3", GERMAN, 10.3),
        ("66.2%", PLAIN, 66.2),
        ("", PLAIN, None),
        ("  ", PLAIN, None),
        (None, PLAIN, None),
        ("n/a", NumberStyle(missing=frozenset({"n/a"})), None),
    ],
)
def test_numbers(cell: Cell, style: NumberStyle, value: float | None) -> None:
    assert parse_number(cell, style)[0] == value
    assert parse_number(cell, style)[1] == (isinstance(cell, str) and cell.endswith("%"))


@pytest.mark.parametrize(
    ("cell", "style", "words"),
    [
        ("1,234", PLAIN, "separator that is not declared"),
        ("10,3", US, "separator"),
        ("1234,567", US, "separator"),
        ("1,23,456", US, "separator"),
        ("10.3", GERMAN, "separator"),
        ("<5", PLAIN, "'<5' where a number is expected; if it stands for no value add it to `missing`"),
        ("N/A", PLAIN, "'N/A'"),
        ("-", PLAIN, "'-'"),
        ("#DIV/0!", PLAIN, "'#DIV/0!'"),
        ("NaN", PLAIN, "'NaN'"),
        ("1.2E+05", PLAIN, "shortened"),
        ("12 min", PLAIN, "a number with a unit"),
        ("1:30", PLAIN, "a duration"),
        ("2024-01-01", PLAIN, "a date"),
        (SOME_DAY, PLAIN, "a date"),
        (True, PLAIN, "true or false"),
        ("１２", PLAIN, "text of 2 characters"),
        (PRIVATE, PLAIN, "text of 15 characters"),
    ],
)
def test_what_is_no_number_is_named_without_its_text(cell: Cell, style: NumberStyle, words: str) -> None:
    with pytest.raises(CellError) as error:
        parse_number(cell, style)
    assert words in str(error.value)
    assert PRIVATE not in str(error.value)


@given(st.decimals(0, 10**9, places=3, allow_nan=False), st.sampled_from([US, GERMAN, FRENCH, PLAIN]))
def test_a_number_reads_back_from_its_style_and_from_no_other(value: object, style: NumberStyle) -> None:
    number = float(str(value))
    text = "".join({",": style.thousands, ".": style.decimal}.get(c, c) for c in f"{number:,.3f}")
    assert parse_number(text, style)[0] == number
    if style is US and "," in text:
        with pytest.raises(CellError):
            parse_number(text, GERMAN)


@pytest.mark.parametrize(
    ("cell", "formats", "day"),
    [
        ("2024-07-01", ("iso",), date(2024, 7, 1)),
        ("2024-07-01 00:00:00", ("iso",), date(2024, 7, 1)),
        (SOME_DAY, ("iso",), date(2024, 7, 1)),
        ("24-Jul", ("%y-%b",), date(2024, 7, 1)),
        ("45474", ("excel",), date(2024, 7, 1)),
        (45474, ("excel",), date(2024, 7, 1)),
        ("44012", ("excel1904",), date(2024, 7, 1)),
        ("07/01/2024", ("iso", "%m/%d/%Y"), date(2024, 7, 1)),
        ("07/07/2024", ("%d/%m/%Y", "%m/%d/%Y"), date(2024, 7, 7)),
    ],
)
def test_days(cell: Cell, formats: tuple[str, ...], day: date) -> None:
    """45474 is 1 July 2024 in Excel, and 44012 in a workbook of the 1904 system (1462 days less)."""
    assert parse_day(cell, formats) == day


@pytest.mark.parametrize(
    ("cell", "formats", "words"),
    [
        ("45474", ("iso",), 'set date_format = "excel"'),
        (45474, ("%y-%b",), 'set date_format = "excel"'),
        ("07/01/2024", ("%d/%m/%Y", "%m/%d/%Y"), "a different day in two of the formats"),
        ("2024-02-30", ("iso",), "a date, not a date as iso"),
        ("2024-07-01 08:00", ("iso",), "not a date as iso"),
        ("1924-07-01", ("iso",), "year 1924"),
        ("99999", ("excel",), "year 2173"),
        (SOME_DAY.replace(hour=8), ("iso",), "not a date"),
        (PRIVATE, ("iso",), "text of 15 characters"),
    ],
)
def test_what_is_no_day_is_named(cell: Cell, formats: tuple[str, ...], words: str) -> None:
    with pytest.raises(CellError) as error:
        parse_day(cell, formats)
    assert words in str(error.value)
    assert PRIVATE not in str(error.value)


def test_describe_never_quotes_what_it_does_not_know() -> None:
    assert [describe(c) for c in (None, 5, PRIVATE)] == ["nothing", "a number", "text of 15 characters"]
