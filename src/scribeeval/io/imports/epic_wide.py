"""Wide exports as Epic's provider efficiency has them: a row per clinician and metric, a column per period.

Known headers: DE_ID, Grouper, Metric, then months such as 24-Jul.  A column that is neither mapped, nor
ignored, nor headed by a period is named: it may be a month that would otherwise be lost.
"""

from collections.abc import Sequence
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.import_settings import ImportTable
from scribeeval.io.imports.grid import Grid
from scribeeval.io.imports.readings import Collector, Readings

KNOWN_LABELS = ("Grouper",)  # told apart from months without being declared


def read_epic_wide(grid: Grid, table: ImportTable, config: Path) -> Readings:
    """Read a wide export.

    Raises:
        InputError: one line for each problem of header and cells.

    """
    id_column, metric_column = table.column("clinician_id") or "", table.column("metric") or ""
    places = grid.places([id_column, metric_column, *(table.ignore or ())])
    labels = {*places, *table.where, *KNOWN_LABELS}
    collector = Collector(grid, table)
    periods = _periods(grid, labels, collector)
    for number, cells in zip(grid.numbers, grid.rows, strict=True):
        clinician_id = collector.clinician(number, id_column, cells[places[id_column]])
        metric = collector.text(number, metric_column, cells[places[metric_column]])
        if clinician_id is None or metric is None:
            continue
        for place, column, period in periods:
            collector.add((clinician_id, period, ""), (metric, "value"), cells[place], number, column)
    readings = collector.done(
        len(grid.rows), ignored=tuple(sorted(labels & set(grid.columns) - {id_column, metric_column}))
    )
    if collector.problems:
        raise InputError(collector.problems)
    return readings


def _periods(
    grid: Grid, labels: set[str], collector: Collector
) -> Sequence[tuple[int, str, tuple[str, str]]]:
    """The columns that hold values: place, name, period.  A period that is there twice is a problem."""
    found: list[tuple[int, str, tuple[str, str]]] = []
    seen: dict[str, str] = {}
    for place, column in enumerate(grid.columns):
        if column in labels or not column:
            continue
        period = collector.period(collector.table.header_row, column, grid.headings[place])
        if period is None:
            collector.problems[-1] += "; a column that is no period goes to `ignore`"
            continue
        if period[0] in seen:
            collector.problems.append(
                f"{grid.path}: columns {seen[period[0]]!r} and {column!r} are the same "
                f"{collector.table.period}; keep one"
            )
        seen.setdefault(period[0], column)
        found.append((place, column, period))
    if not found and not collector.problems:
        collector.problems.append(f"{grid.path}: no column is headed by a period; set `date_format`")
    return found
