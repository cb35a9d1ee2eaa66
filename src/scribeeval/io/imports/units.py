"""Units of exports, and the units in which the tidy table keeps each measure's two sides.

Sources of the Time8 denominators: Sinsky et al. (2020), 8 scheduled patient hours.
"""

from collections.abc import Mapping
from math import gcd
from typing import Literal, TypeAlias

import pandas as pd

Unit: TypeAlias = Literal["min", "h", "s", "count", "number", "percent", "fraction"]
Target: TypeAlias = Literal["min", "h", "8h", "count"]
Dimension: TypeAlias = Literal["time", "count", "share"]

# count: a whole number of things; number: one that need not be whole (a mean, full-time equivalents).
DIMENSIONS: Mapping[Unit, Dimension] = {
    "min": "time",
    "h": "time",
    "s": "time",
    "count": "count",
    "number": "count",
    "percent": "share",
    "fraction": "share",
}
_SECONDS: Mapping[str, int] = {"s": 1, "min": 60, "h": 3600, "8h": 8 * 3600}

# measure -> units of numerator and denominator in the tidy table
MEASURE_UNITS: Mapping[str, tuple[Target, Target]] = {
    "time_in_notes_min_per_appointment": ("min", "count"),
    "same_day_closure_rate": ("count", "count"),
    "after_hours_min_per_workday": ("min", "count"),
    "manual_characters_share": ("count", "count"),
    "note_length_chars_per_note": ("count", "count"),
    "time_in_ehr_min_per_appointment": ("min", "count"),
    "time_outside_scheduled_hours_min_per_day": ("min", "count"),
    "ehr_time8_h": ("h", "8h"),
    "note_time8_h": ("h", "8h"),
    "order_time8_h": ("h", "8h"),
    "inbox_time8_h": ("h", "8h"),
    "work_outside_work8_h": ("h", "8h"),
}
# Measures whose denominator counts days: no period has more of them than it is long.
PER_DAY = frozenset({"after_hours_min_per_workday", "time_outside_scheduled_hours_min_per_day"})

# Quantities that an audit log gives, with their units.
AUDIT_METRICS: Mapping[str, Unit] = {
    "active_min": "min",
    "active_min_in_notes": "min",
    "active_min_after_hours": "min",
    "active_min_outside_schedule": "min",
    "active_min_on_unscheduled_days": "min",
    "active_days": "count",
    "appointments": "number",
    "workdays": "count",
    "scheduled_h": "h",
}

# How exports spell units, in lower case.
SPELLINGS: Mapping[str, Unit] = {
    **dict.fromkeys(("min", "mins", "minute", "minutes", "분"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "시간"), "h"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "초"), "s"),
    **dict.fromkeys(("", "count", "counts", "number", "n", "#", "건", "개", "자"), "count"),
    **dict.fromkeys(("percent", "%", "pct", "percentage"), "percent"),
    **dict.fromkeys(("fraction", "ratio", "proportion"), "fraction"),
}


def dimension(unit: Unit, times_unit: Unit | None) -> Dimension | None:
    """Tell what a quantity is: a time, a count or a share; None where a product makes no sense."""
    own = DIMENSIONS[unit]
    if times_unit is None:
        return own
    other = DIMENSIONS[times_unit]
    if own == "share":  # a share of a total is a part of that total
        return other if other != "share" else None
    return own if other == "count" else None


def target_dimension(target: Target) -> Dimension:
    """Tell what a side of a measure must be."""
    return "count" if target == "count" else "time"


def converted(values: "pd.Series[float]", unit: Unit, target: Target) -> "pd.Series[float]":
    """Convert times from their unit to the target's; counts stay as they are.

    Equal units change nothing, and 90 s are 1.5 min exactly: whole numbers, the common factor taken out.
    """
    if DIMENSIONS[unit] != "time":
        return values
    common = gcd(_SECONDS[unit], _SECONDS[target])
    return values * (_SECONDS[unit] // common) / (_SECONDS[target] // common)
