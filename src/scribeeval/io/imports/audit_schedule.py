"""The schedule beside an audit log: who worked on which day, with how many appointments and hours."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from scribeeval.errors import InputError
from scribeeval.import_settings import ImportTable, ScheduleTable
from scribeeval.io.imports.cells import CellError, describe, parse_day, parse_number
from scribeeval.io.imports.grid import Source, read_grid
from scribeeval.io.imports.readings import Collector
from scribeeval.io.xlsx import Cell
from scribeeval.stats.active_time import MINUTE

_CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])(?::00)?")


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """days: indexed by (clinician_id, day), unique; start, end in microseconds of the day where given.

    sums: the same index; appointments, scheduled_h (where given) and workdays, to be added up.
    """

    days: pd.DataFrame
    sums: pd.DataFrame
    has_hours: bool

    @property
    def clinicians(self) -> set[str]:
        """Everyone in the schedule."""
        return set(self.days.index.get_level_values("clinician_id"))


def read_schedule(path: Path, table: ImportTable, settings: ScheduleTable) -> Schedule:
    """Read the schedule; it is written like the export itself (encoding, delimiter, numbers).

    Raises:
        InputError: one line for each problem, with row and column; a clinician's day given twice.

    """
    grid = read_grid(Source(path, settings.sheet, table.encoding, table.delimiter))
    clocks = [name for name in (settings.start, settings.end) if name is not None]
    amounts = {
        key: name
        for key, name in (("appointments", settings.appointments), ("scheduled_h", settings.scheduled_h))
        if name is not None
    }
    places = grid.places([settings.clinician_id, settings.date, *amounts.values(), *clocks])
    collector = Collector(grid, table)
    rows: list[dict[str, object]] = []
    for number, cells in zip(grid.numbers, grid.rows, strict=True):
        clinician_id = collector.clinician(
            number, settings.clinician_id, cells[places[settings.clinician_id]]
        )
        row: dict[str, object] = {"clinician_id": clinician_id}
        row["day"] = _day(collector, number, settings, cells[places[settings.date]])
        for key, name in amounts.items():
            row[key] = _amount(
                collector, number, name, cells[places[name]], most=24 if key == "scheduled_h" else None
            )
        if len(clocks) == 2:
            row["start"], row["end"] = _shift(
                collector, number, clocks, [cells[places[name]] for name in clocks]
            )
        if clinician_id is not None:
            rows.append(row)
    frame = pd.DataFrame(
        rows, columns=["clinician_id", "day", *amounts, *(["start", "end"] if len(clocks) == 2 else [])]
    )
    for at in frame.index[frame.duplicated(["clinician_id", "day"]) & frame["day"].notna()]:
        collector.problems.append(
            f"{path}: clinician {frame['clinician_id'][at]!r} has the day {frame['day'][at]:%Y-%m-%d} twice; "
            "add its sessions up to one row"
        )
    if collector.problems:
        raise InputError(collector.problems)
    indexed = frame.set_index(["clinician_id", "day"]).sort_index()
    sums = indexed[list(amounts)].astype(float)
    sums["workdays"] = (sums > 0).any(axis=1).astype(float) if amounts else 1.0
    return Schedule(indexed, sums, len(clocks) == 2)


def _day(collector: Collector, number: int, settings: ScheduleTable, cell: Cell) -> pd.Timestamp | None:
    try:
        return pd.Timestamp(parse_day(cell, settings.date_format))
    except CellError as error:
        collector.problems.append(f"{collector.where(number, settings.date)}: {error}")
        return None


def _amount(
    collector: Collector, number: int, column: str, cell: Cell, *, most: float | None
) -> float | None:
    try:
        value, percent = parse_number(cell, collector.style)
    except CellError as error:
        collector.problems.append(f"{collector.where(number, column)}: {error}")
        return None
    fault = None
    if value is None:
        fault = "is empty; write 0 for a day without any"
    elif percent or value < 0:
        fault = "is negative or a percentage; a schedule holds amounts"
    elif most is not None and value > most:
        fault = f"is more than {most:g} hours on one day; give hours"
    if fault is not None:
        collector.problems.append(f"{collector.where(number, column)}: {fault}")
    return value


def _shift(collector: Collector, number: int, columns: list[str], cells: list[Cell]) -> tuple[int, int]:
    """Start and end of a working day in microseconds; problems where they are no clock times in order."""
    found = []
    for column, cell in zip(columns, cells, strict=True):
        text = f"{cell:%H:%M}" if isinstance(cell, datetime) else str(cell or "").strip()
        match = _CLOCK.fullmatch(text)
        if match is None:
            collector.problems.append(
                f"{collector.where(number, column)}: holds {describe(cell)}, not a clock time like 08:30"
            )
            return 0, 0
        found.append(int(timedelta(hours=int(match[1]), minutes=int(match[2])).total_seconds() / 60) * MINUTE)
    if found[0] >= found[1]:
        collector.problems.append(
            f"{collector.where(number, columns[1])}: is not after {columns[0]!r}; "
            "a shift past midnight is two days"
        )
    return found[0], found[1]
