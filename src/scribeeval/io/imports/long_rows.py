"""Exports with a row per period: long ones (a metric a row) and plain ones (a metric a column).

signal_long: clinician, date, metric, and its value, or its numerator and denominator; optionally a
column with the unit, which then has to be the declared one on every row.
columns: clinician, date, and a column for each metric, as Oracle/Cerner reports and home-made tables have.
"""

from collections import Counter
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.import_settings import ImportTable, Part
from scribeeval.io.imports.grid import Grid
from scribeeval.io.imports.readings import Collector, Readings, uses
from scribeeval.io.imports.units import SPELLINGS
from scribeeval.io.xlsx import Cell, cell_text
from scribeeval.records import PHASES

PARTS: tuple[Part, ...] = ("value", "numerator", "denominator")


def read_signal_long(grid: Grid, table: ImportTable, config: Path) -> Readings:
    """Read a long export.

    Raises:
        InputError: one line for each problem of header and cells.

    """
    metric_column = table.column("metric") or ""
    columns: dict[Part, str] = {part: name for part in PARTS if (name := table.column(part)) is not None}
    rows = _Rows(grid, table, [metric_column, *columns.values()])
    units: dict[str, Counter[str]] = {}
    for number, cells, place in rows:
        metric = rows.collector.text(number, metric_column, cells[rows.places[metric_column]])
        if metric is None:
            continue
        for part, column in columns.items():
            rows.collector.add(place, (metric, part), cells[rows.places[column]], number, column)
        if rows.unit is not None:
            spelled = (cell_text(cells[rows.places[rows.unit]]) or "").strip()
            units.setdefault(metric, Counter())[spelled] += 1
    return rows.readings(_unit_problems(grid, table, units))


def _unit_problems(grid: Grid, table: ImportTable, units: dict[str, Counter[str]]) -> list[str]:
    """The column of units against the declared ones; a metric in two units is named with both."""
    problems = []
    for (metric, part), declared in uses(table).items():
        found = units.get(metric, Counter())
        known = {spelled: SPELLINGS.get(spelled.lower()) for spelled in found}
        said = ", ".join(f"{spelled or 'nothing'} ({n} rows)" for spelled, n in sorted(found.items()))
        if len(set(known.values())) > 1:
            problems.append(
                f"{grid.path}: metric {metric!r} is in more than one unit: {said}; convert it in "
                "the export, or import the rows of each unit by a table of its own with `where`"
            )
        elif part != "denominator" and found and not set(known.values()) & _same(declared):
            problems.append(
                f"{grid.path}: metric {metric!r} is declared in {' and '.join(declared)}, its column "
                f"of units says {said}; correct `unit`, or leave columns.unit out if it holds something else"
            )
    return problems


def _same(declared: tuple[str, ...]) -> set[str]:
    return {*declared, *(["count"] if "number" in declared else [])}


def read_columns(grid: Grid, table: ImportTable, config: Path) -> Readings:
    """Read a table with a column for each metric.

    Raises:
        InputError: one line for each problem of header and cells.

    """
    metrics = list(dict.fromkeys(metric for metric, _ in uses(table)))
    rows = _Rows(grid, table, metrics)
    others = [
        name
        for name in grid.columns
        if name and name not in rows.mapped and name not in (*(table.ignore or ()), *table.where)
    ]
    for number, cells, place in rows:
        for metric in metrics:
            rows.collector.add(place, (metric, "value"), cells[rows.places[metric]], number, metric)
        for name in others:
            rows.collector.metrics[name] += 1
    return rows.readings([])


class _Rows:
    """Walk the rows of an export with one clinician and one period each."""

    def __init__(self, grid: Grid, table: ImportTable, columns: list[str]) -> None:
        self.id_column, self.date_column = table.column("clinician_id") or "", table.column("date") or ""
        self.phase, self.unit = table.column("phase"), table.column("unit")
        optional = [name for name in (self.phase, self.unit) if name is not None]
        self.mapped = [self.id_column, self.date_column, *optional, *columns]
        self.places = grid.places([*self.mapped, *(table.ignore or ())])
        self.grid, self.table, self.collector = grid, table, Collector(grid, table)

    def __iter__(self):  # type: ignore[no-untyped-def]
        for number, cells in zip(self.grid.numbers, self.grid.rows, strict=True):
            clinician_id = self.collector.clinician(
                number, self.id_column, cells[self.places[self.id_column]]
            )
            period = self.collector.period(number, self.date_column, cells[self.places[self.date_column]])
            phase = self._phase(number, cells)
            if clinician_id is not None and period is not None and phase is not None:
                yield number, cells, (clinician_id, period, phase)

    def _phase(self, number: int, cells: tuple[Cell, ...]) -> str | None:
        if self.phase is None:
            return ""
        text = (cell_text(cells[self.places[self.phase]]) or "").strip()
        phase = self.table.phase_names.get(text, text)
        if phase in PHASES:
            return phase
        self.collector.problems.append(
            f"{self.collector.where(number, self.phase)}: is none of {', '.join(PHASES)}; "
            "translate the export's words in phase_names, or give [phases] by dates"
        )
        return None

    def readings(self, problems: list[str]) -> Readings:
        """The readings of all rows.

        Raises:
            InputError: what was found wrong on the way, and the problems given.

        """
        ignored = tuple(
            sorted((set(self.table.ignore or ()) | set(self.table.where)) & set(self.grid.columns))
        )
        readings = self.collector.done(len(self.grid.rows), ignored=ignored)
        if self.collector.problems or problems:
            raise InputError([*problems, *self.collector.problems])
        return readings
