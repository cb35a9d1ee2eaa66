"""Audit-log rows -> active minutes per clinician and period (stats/active_time.py defines them).

The quantities that a measure can be made of:

    active_min                      all active minutes
    active_min_in_notes             those begun by an event of note_activities
    active_min_after_hours          those in the stated window, and on weekends where it says so
    active_min_outside_schedule     on scheduled days, those more than the buffer before start or after end
    active_min_on_unscheduled_days  those on days without a row in the schedule
    active_days                     days with at least one event
    appointments, workdays, scheduled_h   from the schedule: sums, and days with any of them

A week or month that the log covers only in part is left out: its denominators would be whole and its
minutes not.  So is a scheduled period without any event: a log that lacks a clinician is no zero.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from scribeeval.config import relative
from scribeeval.errors import InputError, not_known
from scribeeval.import_settings import AuditTable, ImportTable
from scribeeval.io.imports.audit_schedule import Schedule, read_schedule
from scribeeval.io.imports.audit_times import EPOCH, Times, read_times
from scribeeval.io.imports.grid import Grid, column_of
from scribeeval.io.imports.readings import COLUMNS, Collector, Readings, count, period_end, period_start, uses
from scribeeval.io.xlsx import cell_text
from scribeeval.stats.active_time import MINUTE, SECOND, Pieces, active_pieces, in_window, outside

PARTIAL = "the log covers only a part of the period"
SILENT = "scheduled period without an event in the log"


def read_epic_audit(grid: Grid, table: ImportTable, config: Path) -> Readings:
    """Read an audit log, and the schedule beside it.

    Raises:
        InputError: one line for each problem: unreadable, mixed or impossible times, unknown
            activities, a measure that needs what the settings do not give.

    """
    audit = table.audit
    if audit is None:
        raise InputError(f"{grid.path}: format epic_audit needs an [import.audit] table")
    names = [table.column(name) or "" for name in ("clinician_id", "time", "metric")]
    places = grid.places([*names, *(table.ignore or ())])
    collector = Collector(grid, table)
    _settings_fit(table, audit, collector)
    ids, kept = _clinicians(collector, grid, names[0], places[names[0]])
    activities = pd.Series(
        [(cell_text(c) or "").strip() for c in column_of(grid, places[names[2]])], dtype=object
    )
    times = read_times(collector, names[1], column_of(grid, places[names[1]]), audit, kept)
    schedule = None
    if audit.schedule is not None:
        schedule = read_schedule(relative(config, audit.schedule.file), table, audit.schedule)
    counts = {str(name): int(n) for name, n in activities.value_counts().sort_index().items()}
    notes = audit.note_activities or ()
    collector.problems += [
        f"{grid.path}: note_activities: {not_known('activity', name, counts)}"
        for name in notes
        if name not in counts
    ]
    if collector.problems:
        raise InputError(collector.problems)
    days = _days(ids, activities, times, audit, schedule)
    values = _periods(days, schedule, table, audit, collector.excluded)
    return Readings(
        grid.path,
        values,
        frozenset(collector.clinicians | (set() if schedule is None else schedule.clinicians)),
        {str(metric): len(rows) for metric, rows in values.groupby("metric")},
        len(grid.rows),
        dict(collector.excluded),
        grid.warnings,
        ignored=tuple(table.ignore or ()),
        unmapped={name: n for name, n in counts.items() if name not in notes},
        notes={"activities": counts, "note_activities": list(notes), "clock": times.note},
    )


def _settings_fit(table: ImportTable, audit: AuditTable, collector: Collector) -> None:
    """Name a measure whose quantity the settings do not give."""
    schedule = audit.schedule
    shift = schedule is not None and schedule.start is not None and schedule.end is not None
    given: Mapping[str, tuple[bool, str]] = {
        "active_min_in_notes": (audit.note_activities is not None, "audit.note_activities"),
        "active_min_after_hours": (audit.after_hours is not None, "audit.after_hours"),
        "active_min_outside_schedule": (shift, "audit.schedule with start and end"),
        "active_min_on_unscheduled_days": (schedule is not None, "audit.schedule"),
        "workdays": (schedule is not None, "audit.schedule"),
        "appointments": (
            schedule is not None and schedule.appointments is not None,
            "audit.schedule.appointments",
        ),
        "scheduled_h": (
            schedule is not None and schedule.scheduled_h is not None,
            "audit.schedule.scheduled_h",
        ),
    }
    collector.problems += [
        f"{collector.grid.path}: a measure uses {metric}, which needs {given[metric][1]}; add it"
        for metric, _ in uses(table)
        if metric in given and not given[metric][0]
    ]


def _clinicians(
    collector: Collector, grid: Grid, column: str, place: int
) -> tuple["pd.Series[str]", "pd.Series[bool]"]:
    """Ids of the rows, and which rows are used; each distinct id is checked once."""
    cells = column_of(grid, place)
    texts = pd.Series([(cell_text(cell) or "").strip() for cell in cells], dtype=object)
    first = texts.drop_duplicates()
    before = collector.excluded.total()
    good = {text for i, text in first.items() if collector.clinician(grid.numbers[int(str(i))], column, text)}
    kept = texts.isin(good)
    if collector.excluded.total() > before:
        collector.excluded["clinician excluded by settings"] = int((~kept).sum())
    return texts, kept


def _days(
    ids: "pd.Series[str]",
    activities: "pd.Series[str]",
    times: Times,
    audit: AuditTable,
    schedule: Schedule | None,
) -> pd.DataFrame:
    """Minutes per clinician and local day, indexed by (clinician_id, day); a day with events has a row."""
    at = np.flatnonzero(times.usable)
    codes, names = pd.factorize(ids.to_numpy()[at])
    codes = codes.astype(np.int64)
    instant, local = times.instant[at], times.local[at]
    pieces = active_pieces(codes, instant, local, round(audit.inactivity_cutoff_s * SECOND))
    minutes: dict[str, np.ndarray] = {"active_min": pieces.length}
    if audit.note_activities is not None:
        in_notes = activities.isin(audit.note_activities).to_numpy()[at]
        minutes["active_min_in_notes"] = np.where(in_notes[pieces.event], pieces.length, 0)
    if audit.after_hours is not None:
        start, end = (
            (t.hour * 60 + t.minute) * MINUTE + t.second * SECOND
            for t in (audit.after_hours.start, audit.after_hours.end)
        )
        minutes["active_min_after_hours"] = in_window(pieces, start, end, weekends=audit.after_hours.weekends)
    if schedule is not None:
        minutes |= _against_schedule(pieces, np.asarray(names), schedule, audit)
    frame = pd.DataFrame({"clinician_id": pieces.clinician, "day": pieces.day, **minutes})
    sums = frame.groupby(["clinician_id", "day"]).sum() / MINUTE
    events = pd.MultiIndex.from_arrays([codes, local // (86_400 * SECOND)], names=["clinician_id", "day"])
    result = sums.reindex(sums.index.union(events.unique()), fill_value=0.0)
    result["active_days"] = result.index.isin(events.unique()).astype(float)
    result.index = pd.MultiIndex.from_arrays(
        [
            np.asarray(names)[result.index.get_level_values(0)],
            EPOCH + pd.to_timedelta(result.index.get_level_values(1), unit="D"),
        ],
        names=["clinician_id", "day"],
    )
    return result


def _against_schedule(
    pieces: Pieces, names: np.ndarray, schedule: Schedule, audit: AuditTable
) -> dict[str, np.ndarray]:
    """Split the pieces by the clinician's own day: outside its hours, or on a day without a row."""
    days = EPOCH + pd.to_timedelta(pieces.day, unit="D")
    where = schedule.days.index.get_indexer(pd.MultiIndex.from_arrays([names[pieces.clinician], days]))
    found = where >= 0
    result = {"active_min_on_unscheduled_days": np.where(found, 0, pieces.length)}
    if schedule.has_hours:
        buffer = round(audit.schedule_buffer_min * MINUTE)
        start, end = (schedule.days[name].to_numpy(np.int64)[where] for name in ("start", "end"))
        result["active_min_outside_schedule"] = np.where(
            found, outside(pieces, start - buffer, end + buffer), 0
        )
    return result


def _periods(
    days: pd.DataFrame,
    schedule: Schedule | None,
    table: ImportTable,
    audit: AuditTable,
    excluded: "Counter[str]",
) -> pd.DataFrame:
    """Sum days to periods that the log covers whole, with the schedule's own sums beside them."""
    whole: dict[pd.Timestamp, str] = {}
    every = days.index.get_level_values("day")
    if schedule is not None:
        every = every.union(schedule.days.index.get_level_values("day"))
    for day in every.unique():
        start = period_start(day.date(), table.period, table.week_starts)
        covered = audit.first_day <= start and (period_end(start, table.period) - audit.last_day).days <= 1
        whole[day] = start.isoformat() if covered else ""

    def sums(frame: pd.DataFrame) -> pd.DataFrame:
        starts = frame.index.get_level_values("day").map(whole)
        return frame.groupby([frame.index.get_level_values("clinician_id"), starts]).sum()

    result = sums(days)
    result.index.names = ["clinician_id", "period_start"]
    if schedule is not None:
        beside = sums(schedule.sums)
        beside.index.names = ["clinician_id", "period_start"]
        silent = beside.index.difference(result.index)
        count(excluded, SILENT, int((silent.get_level_values(1) != "").sum()))
        result = result.join(beside, how="left")
    partial = result.index.get_level_values("period_start") == ""
    count(excluded, PARTIAL, int(partial.sum()))
    long = result[~partial].reset_index().melt(["clinician_id", "period_start"], var_name="metric")
    long = long.sort_values(["clinician_id", "period_start", "metric"], ignore_index=True)
    return long.assign(
        day=long["period_start"], phase="", part="value", percent=False, row=0, column=long["metric"]
    )[list(COLUMNS)]
