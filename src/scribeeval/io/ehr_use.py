"""The tidy EHR-use table and the clinicians table -> typed frames, with every problem named."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scribeeval.errors import InputError
from scribeeval.io.columns import Columns, TextColumn, read_columns
from scribeeval.io.tables import read_table, require_columns, to_csv
from scribeeval.records import PHASES
from scribeeval.stats.measures import COLUMNS, MEASURES, Measure
from scribeeval.stats.utilisation import COUNTS

OUTSIDE = "outside"  # a row that starts before or after the phases that the config gives
GROUPS = ("scribe", "control")
TEXTS = COLUMNS[:4]
NUMBERS = COLUMNS[4:]
SHOWN = 100  # problems named one by one; a whole column of a million rows can be wrong in the same way
LARGEST, SMALLEST = 1e12, 1e-9  # beyond them no minutes, counts or characters, and sums would overflow
DATE = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"


SEPARATED = r"[+-]?\d+(?:[.,' ]\d+)+"  # a number with decimal commas or thousands marks
NO_NUMBER = "is not a number, as most of the column are (use a point for decimals; empty = unknown)"

# A column, what is wrong with it, and in which rows.
Fault: TypeAlias = "tuple[str, str, NDArray[np.bool_] | pd.Series[bool] | pd.Series[Any]]"


def _read_frame(path: Path, needed: Iterable[str]) -> tuple[pd.DataFrame, int]:
    """A table as a frame of text cells, and the number that the first row has in the file."""
    table = read_table(path)
    require_columns(table, needed)
    return pd.DataFrame(list(table.rows), columns=list(table.columns), dtype=object), table.first_row


def _raise_faults(path: Path, first_row: int, faults: Iterable[Fault]) -> None:
    problems = sorted(
        (int(row), f"{path}: row {row + first_row}, column {column!r}: {what}")
        for column, what, at in faults
        for row in np.flatnonzero(np.asarray(at, dtype=bool))
    )
    if len(problems) > SHOWN:
        raise InputError([*(text for _, text in problems[:SHOWN]), _rest(path, len(problems) - SHOWN)])
    if problems:
        raise InputError(text for _, text in problems)


def _rest(path: Path, n: int) -> str:
    return f"{path}: and {n} more problems; put the first {SHOWN} right and check again"


@dataclass(frozen=True, slots=True)
class PhaseDates:
    """First days of the phases, as ISO dates; a period belongs to the phase in which it starts."""

    before: str | None
    training: str | None
    after: str
    end: str | None


def shares_of(measures: Iterable[Measure]) -> frozenset[str]:
    """Name the measures whose numerator is a part of the denominator."""
    return frozenset(measure.name for measure in measures if measure.kind == "share")


def read_ehr_use(
    path: Path, phases: PhaseDates | None = None, shares: Collection[str] = shares_of(MEASURES.values())
) -> pd.DataFrame:
    """Read the tidy EHR-use table: one row per clinician, period and measure.

    phases: dates that give each row its phase, in place of the table's own phase column; rows that
    start before the first or from `end` on are left out.  shares: the measures that cannot pass 1.

    Returns the columns of COLUMNS; numerator and denominator as float64, the rest as text.

    Raises:
        InputError: one line for each problem: a missing column, an empty or unreadable cell, an
            unknown phase, a negative number, a period given twice.

    """
    needed = [name for name in TEXTS if phases is None or name != "phase"]
    table = read_columns(path, needed, NUMBERS)
    text = dict(table.text)
    dates = text["period_start"]
    if phases is not None:
        names, of_dates = pd.factorize(phase_of(pd.Series(dates.words), phases))
        text["phase"] = TextColumn(np.append(names, -1)[dates.codes], np.asarray(of_dates, dtype=object))
    _raise_faults(path, table.first_row, [*_text_faults(text, phases), *_number_faults(text, table, shares)])
    if not table.n_rows:
        raise InputError(f"{path}: has no rows; export at least one period before and one after")
    columns = {name: pd.Series(text[name].cells(), dtype=object) for name in TEXTS}
    columns |= {name: pd.Series(table.numbers[name].values) for name in NUMBERS}
    frame = pd.DataFrame({name: columns[name] for name in COLUMNS})
    outside = text["phase"].where(text["phase"].words == OUTSIDE)
    if outside.all():
        raise InputError(f"{path}: every period lies outside the phases; check the dates in [study.phases]")
    return frame[~outside].reset_index(drop=True) if outside.any() else frame


def _text_faults(text: Mapping[str, TextColumn], phases: PhaseDates | None) -> Iterator[Fault]:
    for name in TEXTS:
        if phases is None or name != "phase":  # made of the dates, it lacks what they lack
            yield name, "is empty; fill it or leave the row out", text[name].empty
    days = pd.Series(text["period_start"].words, dtype=object)
    is_day = days.str.fullmatch(DATE) & pd.to_datetime(days, format="%Y-%m-%d", errors="coerce").notna()
    yield "period_start", "is not a date like 2024-01-31", text["period_start"].where(~is_day.astype(bool))
    allowed = PHASES if phases is None else (*PHASES, OUTSIDE)
    unknown = ~pd.Series(text["phase"].words, dtype=object).isin(allowed)
    yield "phase", f"is none of {', '.join(PHASES)}", text["phase"].where(unknown)
    # One number a row and period, in which no two combinations fall together.
    key = np.zeros(len(text["measure"].codes), dtype=np.int64)
    for name in ("clinician_id", "period_start", "measure"):
        key = key * (len(text[name].words) + 1) + text[name].codes + 1
    yield "measure", "repeats a clinician's period; keep one row each", pd.Series(key).duplicated().to_numpy()


def _number_faults(
    text: Mapping[str, TextColumn], table: Columns, shares: Collection[str]
) -> Iterator[Fault]:
    for name in NUMBERS:
        column = table.numbers[name]
        wrong = column.given & ~np.isfinite(column.values)
        yield name, "is empty; fill it or leave the row out", ~column.given
        yield name, "is not a number (use a point for decimals, no units)", wrong
        yield name, "is negative", column.values < 0
        size = np.abs(column.values)
        far = (size > LARGEST) | ((size > 0) & (size < SMALLEST))
        yield name, "is no plausible amount; check the export", far & np.isfinite(column.values)
    measure = text["measure"]
    is_share = measure.where(pd.Series(measure.words, dtype=object).isin(list(shares)))
    above = table.numbers["numerator"].values > table.numbers["denominator"].values
    yield "numerator", "is above the denominator of a share", is_share & above


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


def read_clinicians(path: Path, compared: Collection[str] = ()) -> pd.DataFrame:
    """Read the clinicians table, indexed by clinician_id; group and covariates as they are.

    Columns that hold nothing but numbers become float64.  compared: covariates and subgroups, in which
    one `N/A` must not turn years into a category of every year: where most cells are numbers, written
    with any separator, all must be.

    Raises:
        InputError: one line for each problem: no clinician_id, an id given twice, an unknown group,
            more scribe visits than eligible ones, text among the numbers of a column that is compared.

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
        elif name in compared:
            alike = numbers.notna() | frame[name].astype(str).str.fullmatch(SEPARATED)
            if 2 * (given & alike).sum() > given.sum():
                faults.append((name, NO_NUMBER, given & numbers.isna()))
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
