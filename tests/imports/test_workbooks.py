"""Workbooks: percentages, formulas without values, several sheets, months that became days."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook

from imports.conftest import COUNT, EXPORTS, LONG, RATE, ROWS, WIDE, closure, imported, problems


def workbook(path: Path, cells: list[list[Any]], formats: dict[str, str] | None = None) -> None:
    book = Workbook()
    for row in cells:
        book.active.append(row)
    for place, style in (formats or {}).items():
        book.active[place].number_format = style
    book.save(path)


XLSX = LONG.replace("long.csv", "long.xlsx")
TABLE: list[list[Any]] = [
    ["clinician_id", "date", "min", "n"],
    *[line.split(",") for line in ROWS.splitlines()[1:]],
]


def test_a_percentage_of_a_workbook_is_what_it_shows(tmp_path: Path) -> None:
    """Stored 0.665, shown 66.5 %: read as a percentage, and refused where a fraction is declared."""
    cells = [TABLE[0], [1001, "2024-12-01", 0.665, 20], [1001.0, "2025-02-01", 0.7, 20]]
    workbook(tmp_path / "long.xlsx", cells, {"C2": "0.0%", "C3": "0.0%"})
    config = closure("percent").replace("long.csv", "long.xlsx")
    found = imported(tmp_path, config)
    assert found.frame["numerator"].tolist() == pytest.approx([13.3, 14])
    assert set(found.frame["clinician_id"]) == {"1001"}
    first, *_ = problems(tmp_path, config.replace('"percent"', '"fraction"'))
    assert "carries a percent sign" in first or "above 1" in first


def test_formulas_without_values_broken_and_many_sheets(tmp_path: Path) -> None:
    workbook(tmp_path / "long.xlsx", [*TABLE[:2], ["A", "2025-02-01", "=1+1", 10]])
    (problem,) = problems(tmp_path, XLSX)
    assert "row 3, cell 3: holds a formula whose value was never saved" in problem
    book = Workbook()
    book.create_sheet("Data")
    book.save(tmp_path / "long.xlsx")
    (problem,) = problems(tmp_path, XLSX)
    assert "has 2 sheets (Sheet, Data); name one with `sheet`" in problem
    (problem,) = problems(tmp_path, XLSX.replace("[import.m", 'sheet = "Dat"\n[import.m', 1))
    assert "did you mean 'Data'" in problem
    whole = (EXPORTS / "workbook.xlsx").read_bytes()
    for n in (0, 100, len(whole) // 2, len(whole) - 30):
        (problem,) = problems(tmp_path, XLSX, long_xlsx=whole[:n])
        assert "XLSX" in problem or "breaks off" in problem


def test_a_month_that_excel_took_for_a_day_is_named(tmp_path: Path) -> None:
    """24-Jul, typed into Excel, is the 24th of July of the running year."""
    header = [
        "DE_ID",
        "Metric",
        pd.Timestamp("2025-12-24").to_pydatetime(),
        pd.Timestamp("2025-02-01").to_pydatetime(),
    ]
    workbook(tmp_path / "wide.xlsx", [header, ["A", RATE, 1, 1], ["A", COUNT, 1, 1]])
    (problem,) = problems(tmp_path, WIDE.replace("wide.csv", "wide.xlsx"))
    assert "2025-12-24 is not the start of a month" in problem
    assert "24-Jul" in problem
