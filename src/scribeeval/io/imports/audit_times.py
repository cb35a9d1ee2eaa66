"""Times of an audit log -> instants and local clock times, with every doubt about the clock named."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scribeeval.import_settings import AuditTable
from scribeeval.io.imports.readings import Collector, count
from scribeeval.io.xlsx import Cell

EPOCH = pd.Timestamp("1970-01-01")
OFFSET = r".*[0-9](?:Z|[+-][0-9]{2}:?[0-9]{2})$"
SHOWN = 20
TWICE = "event in the hour that the clocks repeat"
OUTSIDE = "event outside first_day to last_day"


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """instant, local: microseconds since 1970 (absolute, and on the local clock); usable: which events count.

    note: how the clock was read, for the sidecar.
    """

    instant: NDArray[np.int64]
    local: NDArray[np.int64]
    usable: NDArray[np.bool_]
    note: str


def read_times(
    collector: Collector, column: str, cells: list[Cell], audit: AuditTable, kept: "pd.Series[bool]"
) -> Times:
    """Read the column of times.

    Times without an offset are on the clock of audit.time_zone; times with one are converted to it.
    Events of the hour that the clocks repeat are left out and counted where no offset tells the two
    apart.  Problems go to the collector: unreadable times, offsets on some rows only, a time that the
    clocks skip, days without a clock time, whole minutes under a cut-off below one.
    """
    texts = pd.Series([c.isoformat() if isinstance(c, datetime) else c for c in cells], dtype=object)
    strings = pd.Series([t.strip() if isinstance(t, str) else "" for t in texts], dtype=object)
    offset = strings.str.fullmatch(OFFSET).to_numpy(bool)
    if offset.any() and not offset.all():
        collector.problems.append(
            f"{collector.grid.path}: column {column!r}: {int(offset.sum())} times have an offset from UTC "
            f"and {int((~offset).sum())} have none (first row without: {_row(collector, ~offset)}); "
            "export all with it, or all without"
        )
        return _none(len(cells))
    aware = bool(offset.all()) and len(offset) > 0
    parsed = pd.to_datetime(strings, format=audit.time_format, errors="coerce", utc=aware)
    wrong = parsed.isna().to_numpy()
    _name_rows(collector, column, wrong, f"is no time as {audit.time_format}; set time_format")
    if aware:
        absolute, repeated = parsed, np.zeros(len(cells), bool)
    else:
        absolute, repeated = _localised(collector, column, parsed, wrong, audit)
    usable = absolute.notna().to_numpy() & kept.to_numpy()
    wall = absolute.dt.tz_convert(audit.time_zone).dt.tz_localize(None)
    days = wall.dt.normalize()
    inside = ((days >= pd.Timestamp(audit.first_day)) & (days <= pd.Timestamp(audit.last_day))).to_numpy()
    count(collector.excluded, TWICE, int((repeated & kept.to_numpy()).sum()))
    count(collector.excluded, OUTSIDE, int((usable & ~inside).sum()))
    usable &= inside
    local = _micros(wall)
    if not usable.any() and not collector.problems:
        collector.problems.append(
            f"{collector.grid.path}: no event lies between first_day and last_day; check them and time_zone"
        )
    _resolution(collector, column, local[usable], audit)
    note = f"offsets converted to {audit.time_zone}" if aware else f"no offsets: clock of {audit.time_zone}"
    return Times(_micros(absolute.dt.tz_convert("UTC").dt.tz_localize(None)), local, usable, note)


def _localised(
    collector: Collector,
    column: str,
    parsed: "pd.Series[pd.Timestamp]",
    wrong: NDArray[np.bool_],
    audit: AuditTable,
) -> tuple["pd.Series[pd.Timestamp]", NDArray[np.bool_]]:
    """Put times on the zone's clock; which are in an hour that is there twice."""
    sure = parsed.dt.tz_localize(audit.time_zone, ambiguous="NaT", nonexistent="NaT")
    first = parsed.dt.tz_localize(audit.time_zone, ambiguous=np.ones(len(parsed), bool), nonexistent="NaT")
    skipped = (first.isna() & ~wrong).to_numpy()
    _name_rows(
        collector,
        column,
        skipped,
        f"is a time that the clocks of {audit.time_zone} skip; the log is on another clock: set time_zone",
    )
    repeated = (sure.isna() & first.notna()).to_numpy()
    return sure, repeated


def _resolution(collector: Collector, column: str, local: NDArray[np.int64], audit: AuditTable) -> None:
    """Times that were rounded hide the gaps."""
    if local.size == 0:
        return
    where = f"{collector.grid.path}: column {column!r}"
    if (local % 86_400_000_000 == 0).all():
        collector.problems.append(f"{where}: holds days without a clock time; export the full time")
    elif (local % 60_000_000 == 0).all() and audit.inactivity_cutoff_s < 60:
        collector.problems.append(
            f"{where}: holds whole minutes, too coarse for a cut-off of {audit.inactivity_cutoff_s:g} s; "
            "export seconds, or state a longer cut-off"
        )


def _name_rows(collector: Collector, column: str, at: NDArray[np.bool_], what: str) -> None:
    rows = np.flatnonzero(at)
    collector.problems += [
        f"{collector.where(collector.grid.numbers[int(i)], column)}: {what}" for i in rows[:SHOWN]
    ]
    if rows.size > SHOWN:
        collector.problems.append(
            f"{collector.grid.path}: column {column!r}: {rows.size - SHOWN} more rows: {what}"
        )


def _row(collector: Collector, at: NDArray[np.bool_]) -> int:
    return collector.grid.numbers[int(np.argmax(at))]


def _micros(times: "pd.Series[pd.Timestamp]") -> NDArray[np.int64]:
    """Microseconds since 1970; rows without a time give a number that is never used."""
    micros: NDArray[np.int64] = times.to_numpy("datetime64[us]").astype(np.int64)
    return micros


def _none(n: int) -> Times:
    return Times(np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, bool), "")
