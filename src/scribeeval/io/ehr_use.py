"""The tidy EHR-use table and the clinicians table -> typed frames, with every problem named."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from scribeeval.errors import InputError
from scribeeval.io.tables import read_table, require_columns, to_csv
from scribeeval.records import PHASES
from scribeeval.stats.measures import COLUMNS, MEASURES

OUTSIDE = "outside"  # a row that starts before or after the phases that the config gives
GROUPS = ("scribe", "control")
COUNTS = ("scribe_visits", "eligible_visits")
DATE = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"


# A column, what is wrong with it, and in which rows.
Fault: TypeAlias = "tuple[str, str, pd.Series[bool]]"


def _read_frame(path: Path, needed: Iterable[str]) -> tuple[pd.DataFrame, int]:
    """A table as a frame of text cells, and the number that the first row has in the file."""
    table = read_table(path)
    require_columns(table, needed)
    return pd.DataFrame(list(table.rows), columns=list(table.columns), dtype=object), table.first_row


def _raise_faults(path: Path, first_row: int, faults: Iterable[Fault]) -> None:
    problems = sorted(
        (int(row), f"{path}: row {row + first_row}, column {column!r}: {what}")
        for column, what, at in faults
        for row in np.flatnonzero(at.to_numpy())
    )
    if problems:
        raise InputError(problem for _, problem in problems)


@dataclass(frozen=True, slots=True)
class PhaseDates:
    """First days of the phases, as ISO dates; a period belongs to the phase in which it starts."""

    before: str | None
    training: str | None
    after: str
    end: str | None


def read_ehr_use(path: Path, phases: PhaseDates | None = None) -> pd.DataFrame:
    """Read the tidy EHR-use table: one row per clinician, period and measure.

    phases: dates that give each row its phase, in place of the table's own phase column; rows that
    start before the first or from `end` on are left out.

    Returns the columns of COLUMNS; numerator and denominator as float64, the rest as text.

    Raises:
        InputError: one line for each problem: a missing column, an empty or unreadable cell, an
            unknown phase, a negative number, a period given twice.

    """
    needed = [name for name in COLUMNS if phases is None or name != "phase"]
    frame, first_row = _read_frame(path, needed)
    if phases is not None:
        frame["phase"] = phase_of(frame["period_start"].fillna("").astype(str), phases)
    faults: list[Fault] = [(c, "is empty; fill it or leave the row out", frame[c].isna()) for c in COLUMNS]
    dates = frame["period_start"].fillna("").astype(str)
    bad_date = ~dates.str.fullmatch(DATE) | pd.to_datetime(dates, format="%Y-%m-%d", errors="coerce").isna()
    faults.append(("period_start", "is not a date like 2024-01-31", bad_date & (dates != "")))
    allowed = PHASES if phases is None else (*PHASES, OUTSIDE)
    unknown = ~frame["phase"].isin(allowed) & frame["phase"].notna()
    faults.append(("phase", f"is none of {', '.join(PHASES)}", unknown))
    for name in ("numerator", "denominator"):
        numbers = pd.to_numeric(frame[name], errors="coerce").astype(np.float64)
        given = frame[name].notna()
        faults.append(
            (name, "is not a number (use a point for decimals, no units)", given & ~np.isfinite(numbers))
        )
        faults.append((name, "is negative", numbers < 0))
        frame[name] = numbers
    twice = frame.duplicated(["clinician_id", "period_start", "measure"], keep="first")
    faults.append(("measure", "repeats a clinician's period; keep one row each", twice))
    shares = frame["measure"].isin([name for name, measure in MEASURES.items() if measure.kind == "share"])
    faults.append(
        (
            "numerator",
            "is above the denominator of a share",
            shares & (frame["numerator"] > frame["denominator"]),
        )
    )
    _raise_faults(path, first_row, faults)
    if frame.empty:
        raise InputError(f"{path}: has no rows; export at least one period before and one after")
    return frame.loc[frame["phase"] != OUTSIDE, list(COLUMNS)].reset_index(drop=True)


def phase_of(starts: "pd.Series[str]", phases: PhaseDates) -> "pd.Series[str]":
    """Phase of each ISO date, or OUTSIDE; ISO dates sort as text, so that comparing text compares days."""
    phase = pd.Series("before", index=starts.index, dtype=object)
    if phases.training is not None:
        phase[starts >= phases.training] = "training"
    phase[starts >= phases.after] = "after"
    if phases.before is not None:
        phase[starts < phases.before] = OUTSIDE
    if phases.end is not None:
        phase[starts >= phases.end] = OUTSIDE
    return phase


def read_clinicians(path: Path) -> pd.DataFrame:
    """Read the clinicians table, indexed by clinician_id; group and covariates as they are.

    Columns that hold nothing but numbers become float64.

    Raises:
        InputError: one line for each problem: no clinician_id, an id given twice, an unknown group,
            more scribe visits than eligible ones.

    """
    frame, first_row = _read_frame(path, ["clinician_id"])
    faults: list[Fault] = [
        ("clinician_id", "is empty", frame["clinician_id"].isna()),
        ("clinician_id", "is there before; keep one row each", frame.duplicated("clinician_id")),
    ]
    if "group" in frame.columns:
        faults.append(("group", f"is none of {', '.join(GROUPS)}", ~frame["group"].isin(GROUPS)))
    for name in frame.columns.difference(["clinician_id", "group"]):
        numbers = pd.to_numeric(frame[name], errors="coerce").astype(np.float64)
        given = frame[name].notna()
        if name in COUNTS:
            faults.append((name, "is not a count", given & ~(numbers >= 0)))
        if numbers[given].notna().all():
            frame[name] = numbers
    if set(COUNTS) <= set(frame.columns) and not any(frame[name].dtype == object for name in COUNTS):
        more = frame["scribe_visits"] > frame["eligible_visits"]
        faults.append(("scribe_visits", "is more than eligible_visits", more))
    _raise_faults(path, first_row, faults)
    return frame.set_index("clinician_id")


def frame_to_csv(frame: pd.DataFrame) -> str:
    """Write a frame as CSV: whole numbers without a point, other numbers as short as they read back."""
    return to_csv(
        list(frame.columns), ([_plain(cell) for cell in row] for row in frame.itertuples(index=False))
    )


def _plain(cell: object) -> object:
    if isinstance(cell, float | np.floating):
        value = float(cell)
        if np.isnan(value):
            return None
        return int(value) if value.is_integer() else value
    return cell
