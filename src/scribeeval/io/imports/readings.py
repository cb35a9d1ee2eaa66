"""Readings: one number per clinician, day, metric and part, with its place in the export.

Every format comes down to this, so that units, sides, phases and problems are treated once.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import pandas as pd

from scribeeval.errors import InputError, not_known
from scribeeval.import_settings import WEEKDAYS, ImportTable, Part
from scribeeval.io.imports.cells import CellError, NumberStyle, parse_day, parse_number
from scribeeval.io.imports.grid import Grid
from scribeeval.io.xlsx import Cell, cell_text

# A row of totals under an export looks like one more clinician.
TOTALS = {
    *("total", "totals", "grand total", "subtotal", "all", "average", "mean", "median", "sum"),
    *("합계", "총계", "전체", "평균", "소계", "계"),
}
COLUMNS = (
    "clinician_id",
    "day",
    "period_start",
    "phase",
    "metric",
    "part",
    "value",
    "percent",
    "row",
    "column",
)
# Shapes of numbers whose marks were not declared: 1.234 may be 1234, 987 has no need of a mark.
_GROUPED, _SMALL, _OTHER = "grouped", "small", "other"
_SHAPES = ((re.compile(r"-?[1-9][0-9]{0,2}(?:\.[0-9]{3})+"), _GROUPED), (re.compile(r"-?[0-9]{1,3}"), _SMALL))


@dataclass(frozen=True, slots=True)
class Readings:
    """values: a frame of COLUMNS; value NaN where the export has none.  day, period_start: ISO dates.

    clinicians: everyone in the export, with values or without.
    metrics: every metric string of the export with its number of cells; unmapped: those that nothing
    uses (of an audit log: the activities that are no note activities).  excluded: reason -> number
    of rows or cells left out by settings.  ignored: columns that were passed over.  notes: facts about
    the source for the sidecar.
    """

    path: Path
    values: pd.DataFrame
    clinicians: frozenset[str]
    metrics: Mapping[str, int]
    n_rows: int
    excluded: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    unmapped: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, object] = field(default_factory=dict)


def period_start(day: date, period: str, week_starts: str) -> date:
    """First day of the week or month that a day is in.

    >>> period_start(date(2025, 3, 5), "week", "monday")
    datetime.date(2025, 3, 3)
    """
    if period == "month":
        return day.replace(day=1)
    return day - timedelta(days=(day.weekday() - WEEKDAYS.index(week_starts)) % 7)


def period_end(start: date, period: str) -> date:
    """First day after the period that starts on a day.

    >>> period_end(date(2024, 2, 1), "month")
    datetime.date(2024, 3, 1)
    """
    if period == "week":
        return start + timedelta(days=7)
    return (start.replace(day=28) + timedelta(days=4)).replace(day=1)


@dataclass
class Collector:
    """Takes cells in, keeps readings and problems; each problem names file, row and column."""

    grid: Grid
    table: ImportTable
    problems: list[str] = field(default_factory=list)
    excluded: Counter[str] = field(default_factory=Counter)
    metrics: Counter[str] = field(default_factory=Counter)
    clinicians: set[str] = field(default_factory=set)
    _rows: list[tuple[object, ...]] = field(default_factory=list)
    _days: dict[object, tuple[str, str] | str] = field(default_factory=dict)
    _shapes: dict[tuple[str, Part], set[str]] = field(default_factory=dict)

    @cached_property
    def style(self) -> NumberStyle:
        """How the export writes numbers."""
        missing = frozenset(text.lower() for text in self.table.missing)
        return NumberStyle(self.table.decimal or ".", self.table.thousands or "", missing)

    @cached_property
    def used(self) -> frozenset[tuple[str, Part]]:
        """The metrics, with their parts, that the measures are made of."""
        return frozenset(uses(self.table))

    def where(self, number: int, column: str) -> str:
        """Name a cell."""
        return f"{self.grid.path}: row {number}, column {column!r}"

    def text(self, number: int, column: str, cell: Cell) -> str | None:
        """A cell that must hold a name; None, and a problem, where it is empty."""
        text = (cell_text(cell) or "").strip()
        if not text:
            self.problems.append(f"{self.where(number, column)}: is empty; fill it or leave the row out")
        return text or None

    def clinician(self, number: int, column: str, cell: Cell) -> str | None:
        """A clinician's id; None where the row is not to be used."""
        text = self.text(number, column, cell)
        if text is None:
            return None
        if self.table.exclude_clinicians is not None and text in self.table.exclude_clinicians:
            self.excluded["clinician excluded by settings"] += 1
            return None
        if text.lower() in TOTALS:
            self.problems.append(
                f"{self.where(number, column)}: {text!r} looks like a row of totals, not a clinician; "
                "remove the row, or name it in exclude_clinicians"
            )
            return None
        self.clinicians.add(text)
        return text

    def period(self, number: int, column: str, cell: Cell) -> tuple[str, str] | None:
        """The day of a row and the first day of its period, as ISO dates; None, and a problem, if wrong."""
        key = (type(cell), cell)
        if key not in self._days:
            self._days[key] = self._period(cell)
        found = self._days[key]
        if isinstance(found, str):
            self.problems.append(f"{self.where(number, column)}: {found}")
            return None
        return found

    def _period(self, cell: Cell) -> tuple[str, str] | str:
        table = self.table
        try:
            day = parse_day(cell, table.formats)
        except CellError as error:
            return str(error)
        start = period_start(day, table.period, table.week_starts)
        last = period_end(start, table.period) - timedelta(days=1)
        expected = {"start": start, "end": last}.get(table.date, day)
        if day != expected:
            named = f"the {table.date} of a {table.period}"
            weekday = f", a {WEEKDAYS[day.weekday()].capitalize()}," if table.period == "week" else ""
            return (
                f"{day.isoformat()}{weekday} is not {named}; set `date` or `week_starts`, or correct it "
                "(a spreadsheet reads 24-Jul as the 24th of July)"
            )
        return day.isoformat() if table.date == "day" else start.isoformat(), start.isoformat()

    def add(
        self,
        place: tuple[str, tuple[str, str], str],
        metric: tuple[str, Part],
        cell: Cell,
        number: int,
        column: str,
    ) -> None:
        """Take a cell; place: clinician, (day, period's first day), phase or ""."""
        self.metrics[metric[0]] += 1
        if metric not in self.used:
            return
        try:
            value, percent = parse_number(cell, self.style)
        except CellError as error:
            self.problems.append(f"{self.where(number, column)}: {error}")
            return
        if isinstance(cell, str) and value is not None:
            shape = next((name for pattern, name in _SHAPES if pattern.fullmatch(cell.strip())), _OTHER)
            self._shapes.setdefault(metric, set()).add(shape)
        clinician_id, (day, start), phase = place
        self._rows.append((clinician_id, day, start, phase, *metric, value, percent, number, column))

    def done(self, n_rows: int, ignored: tuple[str, ...]) -> Readings:
        """The readings; problems are left to the caller."""
        values = pd.DataFrame(self._rows, columns=list(COLUMNS))
        values["value"] = values["value"].astype("float64")
        declared = self.table.decimal is not None or self.table.thousands is not None
        for (metric, _), shapes in self._shapes.items():
            if shapes == {_GROUPED, _SMALL} and not declared:
                self.problems.append(
                    f"{self.grid.path}: metric {metric!r}: every point stands before three digits, as a mark "
                    "of thousands does (1.234); declare decimal = '.', or decimal = ',' and thousands = '.'"
                )
        return Readings(
            self.grid.path,
            values,
            frozenset(self.clinicians),
            dict(sorted(self.metrics.items())),
            n_rows,
            dict(self.excluded),
            self.grid.warnings,
            ignored,
            {name: n for name, n in sorted(self.metrics.items()) if name not in {m for m, _ in self.used}},
        )


def uses(table: ImportTable) -> dict[tuple[str, Part], tuple[str, ...]]:
    """The metrics, with their parts, that the measures are made of, and the units that they are given in."""
    found: dict[tuple[str, Part], list[str]] = {}
    for measure in table.measures.values():
        for side in (measure.numerator, measure.denominator):
            for metric in side.metric:
                found.setdefault((metric, side.part), []).append(side.unit)
            if side.times is not None:
                found.setdefault((side.times, side.part), []).append(side.times_unit)
    return {key: tuple(dict.fromkeys(units)) for key, units in found.items()}


def count(excluded: Counter[str], reason: str, n: int) -> None:
    """Add to a reason; one that left nothing out is not listed."""
    if n:
        excluded[reason] += n


def raise_missing(readings: Readings, table: ImportTable) -> None:
    """Check that the export holds the metrics that the measures are made of.

    Raises:
        InputError: one line for each metric that is not there, with the nearest that is.

    """
    missing = {metric for metric, _ in uses(table)} - readings.metrics.keys()
    if missing:
        raise InputError(
            f"{readings.path}: {not_known('metric', metric, readings.metrics)}" for metric in sorted(missing)
        )
