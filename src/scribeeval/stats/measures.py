"""EHR-use measures, and one value per clinician before and after.

    value of a clinician in a phase = sum of numerators / sum of denominators over its periods

so that a busy week weighs more than a week with one appointment (a ratio of totals, not a mean of
weekly ratios).  Training rows are left out: the ramp-up belongs to neither side.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scribeeval.errors import InputError
from scribeeval.records import PHASES

COLUMNS = ("clinician_id", "period_start", "phase", "measure", "numerator", "denominator")

DropReason = Literal["no_before_periods", "no_after_periods", "zero_denominator", "no_ehr_use"]
NO_EHR_USE: DropReason = "no_ehr_use"  # known otherwise, but without a row of the measure


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured, in which unit, and how it is compared.

    lower_is_better: None = neither direction is good by itself.  scale: where differences are
    tested; "log" for quantities that are skewed between clinicians, "raw" for shares.
    """

    name: str
    unit: str
    title: str
    lower_is_better: bool | None
    kind: Literal["time", "share", "length", "other"]
    scale: Literal["raw", "log"]


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(
            "time_in_notes_min_per_appointment", "min per appointment", "Time in notes", True, "time", "log"
        ),
        Measure(
            "same_day_closure_rate", "share of appointments", "Closed on the same day", False, "share", "raw"
        ),
        Measure("after_hours_min_per_workday", "min per workday", "Work after hours", True, "time", "log"),
        Measure(
            "manual_characters_share", "share of characters", "Characters typed by hand", True, "share", "raw"
        ),
        Measure("note_length_chars_per_note", "characters per note", "Note length", None, "length", "log"),
        Measure(
            "time_in_ehr_min_per_appointment", "min per appointment", "Time in the EHR", True, "time", "log"
        ),
        Measure(
            "time_outside_scheduled_hours_min_per_day",
            "min per day",
            "Time outside scheduled hours",
            True,
            "time",
            "log",
        ),
        # Sinsky et al. (2020): numerator in hours, denominator = scheduled patient hours / 8.
        Measure("ehr_time8_h", "h per 8 scheduled h", "EHR time per 8 scheduled hours", True, "time", "log"),
        Measure(
            "note_time8_h", "h per 8 scheduled h", "Note time per 8 scheduled hours", True, "time", "log"
        ),
        Measure(
            "order_time8_h", "h per 8 scheduled h", "Order time per 8 scheduled hours", True, "time", "log"
        ),
        Measure(
            "inbox_time8_h", "h per 8 scheduled h", "Inbox time per 8 scheduled hours", True, "time", "log"
        ),
        Measure(
            "work_outside_work8_h",
            "h per 8 scheduled h",
            "Work outside of work per 8 scheduled hours",
            True,
            "time",
            "log",
        ),
    )
}


@dataclass(frozen=True, slots=True, eq=False)
class ClinicianValues:
    """One measure's values of the clinicians who have both phases, in the order of their ids.

    before, after: shape (n clinicians,), in the measure's unit.  dropped: id -> why, in the same order.
    """

    clinician_ids: tuple[str, ...]
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    dropped: Mapping[str, DropReason]


def clinician_values(frame: pd.DataFrame, measure: Measure) -> ClinicianValues:
    """Sum each clinician's periods to one value before and one after.

    frame: the tidy EHR-use table, one row per clinician, period and measure; rows of other measures
    are passed over.  A clinician without a value on both sides is dropped with the first reason that
    holds: no_before_periods, no_after_periods, zero_denominator (a phase whose denominators sum to 0).

    Raises:
        InputError: a column or the measure is missing, or a row cannot be used (unknown phase, period
            given twice, number missing or negative, share above 1).
    """
    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        raise InputError(f"EHR use: column {', '.join(missing)} is missing; needed are {', '.join(COLUMNS)}")
    rows = frame[frame["measure"] == measure.name]
    if rows.empty:
        known = ", ".join(sorted({str(name) for name in frame["measure"]})) or "none"
        raise InputError(f"EHR use: no row has measure {measure.name}; the table's measures: {known}")
    _check_rows(rows, measure)

    sums = rows.groupby(["clinician_id", "phase"], observed=True)[["numerator", "denominator"]].sum()
    ids = sums.index.unique("clinician_id")
    before, after = (
        sums[sums.index.isin([phase], "phase")].droplevel("phase").reindex(ids)
        for phase in ("before", "after")
    )
    reason = np.select(
        [
            before["denominator"].isna(),
            after["denominator"].isna(),
            (before["denominator"] == 0) | (after["denominator"] == 0),
        ],
        ["no_before_periods", "no_after_periods", "zero_denominator"],
        default="",
    )
    kept = reason == ""
    return ClinicianValues(
        clinician_ids=tuple(str(i) for i in ids[kept]),
        before=_ratio(before[kept]),
        after=_ratio(after[kept]),
        dropped={str(i): why for i, why in zip(ids[~kept], reason[~kept].tolist(), strict=True)},
    )


def _ratio(sums: pd.DataFrame) -> NDArray[np.float64]:
    ratio: NDArray[np.float64] = (sums["numerator"] / sums["denominator"]).to_numpy(np.float64)
    return ratio


def _check_rows(rows: pd.DataFrame, measure: Measure) -> None:
    """Raise where a row cannot be summed: a guess here would be a wrong number in the report."""
    numerator, denominator = rows["numerator"], rows["denominator"]
    usable = np.isfinite(numerator) & np.isfinite(denominator) & (numerator >= 0) & (denominator >= 0)
    faults = {
        "have no clinician_id": rows["clinician_id"].isna(),
        "have a phase other than " + ", ".join(PHASES): ~rows["phase"].isin(PHASES),
        "repeat a clinician's period (keep one row each)": rows.duplicated(["clinician_id", "period_start"]),
        "have a numerator or denominator that is missing, infinite or negative": ~usable,
    }
    if measure.kind == "share":
        faults["have a numerator above the denominator of a share"] = numerator > denominator
    problems = []
    for fault, at in faults.items():
        if at.any():
            ids = ", ".join(sorted({str(i) for i in rows.loc[at, "clinician_id"]})[:5])
            problems.append(f"EHR use, {measure.name}: {at.sum()} rows {fault}; clinicians (first 5): {ids}")
    if problems:
        raise InputError(problems)
