"""Readings -> a measure's numerators and denominators in the tidy table's units.

A rate times its denominator is the total again, for each row before rows are added up, so that no mean
of rates is ever taken.
"""

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from scribeeval.errors import InputError
from scribeeval.import_settings import ImportTable, MeasureMap, Quantity
from scribeeval.io.imports.consistency import targets
from scribeeval.io.imports.readings import Readings, count, period_end, uses
from scribeeval.io.imports.units import PER_DAY, Target, converted, target_dimension
from scribeeval.stats.measures import MEASURES

KEY = ["clinician_id", "period_start", "phase"]
SIDES = ("numerator", "denominator")
NO_VALUES = "no value in the export"
NO_NUMERATOR = "numerator missing"
NO_DENOMINATOR = "denominator missing"
ZERO = "denominator 0 (no appointment, day or note)"
PER_PERIOD_DAY = {"min": 1440.0, "h": 24.0, "8h": 3.0}  # the most that a day can hold


def check_readings(readings: Readings, table: ImportTable) -> None:
    """Check values against the units that they are declared in, and that none is there twice.

    Raises:
        InputError: one line for each problem, with row and column.

    """
    frame, path = readings.values, readings.path
    sides = [
        (m.units_checked, side) for m in table.measures.values() for side in (m.numerator, m.denominator)
    ]
    checked = {(metric, side.part) for sure, side in sides if sure for metric in side.metric}
    problems: list[tuple[int, str]] = []
    for (metric, part), units in uses(table).items():
        rows = frame[(frame["metric"] == metric) & (frame["part"] == part)]
        value, unit = rows["value"], units[0]
        share_limit = {"percent": 100.0, "fraction": 1.0}.get(unit, np.inf)
        faults = {
            "is negative; correct it": value < 0,
            f"is above {share_limit:g}; no {unit} is: correct it, or `unit`": value > share_limit,
            "carries a percent sign; set unit = 'percent'": rows["percent"] & (unit != "percent"),
            "is no whole number, and a count is: check `decimal` and `thousands`; for a mean set its "
            "unit to 'number'": (unit == "count") & (value % 1 != 0) & value.notna(),
        }
        for fault, at in faults.items():
            if not at.any():
                continue
            problems += [
                (int(row), f"{path}: row {row}, column {column!r}: {metric!r} {fault}")
                for row, column in rows.loc[at, ["row", "column"]].itertuples(index=False)
            ]
        largest = value.max()
        if unit == "percent" and 0 < largest <= 1 and (metric, part) not in checked:
            problems.append(
                (0, f"{path}: metric {metric!r}: is declared in percent and no value is above 1; "
                 "set unit = 'fraction', or units_checked = true if all are below 1 %")
            )  # fmt: skip
    problems += _twice(readings, table)
    if problems:
        raise InputError(message for _, message in sorted(problems))


def _twice(readings: Readings, table: ImportTable) -> list[tuple[int, str]]:
    frame = readings.values
    key = ["clinician_id", "day", "metric", "part"]
    again = frame[frame.duplicated(key, keep="first")]
    first = frame.drop_duplicates(key).set_index(key)["row"]
    what = "day" if table.date == "day" else table.period
    rows: list[Any] = list(again.itertuples(index=False))
    return [
        (
            int(row.row),
            f"{readings.path}: row {row.row}: repeats clinician {row.clinician_id!r}, {what} {row.day}, "
            f"metric {row.metric!r} of row {first[(row.clinician_id, row.day, row.metric, row.part)]}; "
            "keep one, or tell the rows apart with `where`",
        )
        for row in rows
    ]


def measure_rows(
    readings: Readings, name: str, measure: MeasureMap, table: ImportTable, excluded: Counter[str]
) -> pd.DataFrame:
    """A measure's rows: clinician_id, period_start, phase, measure, numerator, denominator.

    Rows that cannot be used are counted by reason in excluded.

    Raises:
        InputError: a share above 1, more time than the period has, or a period in two phases.

    """
    wide = readings.values.pivot(index=[*KEY, "day"], columns=["metric", "part"], values="value")
    both = targets(name, measure)
    sides = {
        side: _side(wide, quantity, target, empty=np.nan if side == "numerator" else 0.0)
        for side, quantity, target in zip(SIDES, (measure.numerator, measure.denominator), both, strict=True)
    }
    frame = pd.DataFrame(sides)
    numerator, denominator = frame["numerator"], frame["denominator"]
    # A rate has no value where there is nothing to divide by, and its export may say 0 or nothing.
    empty = (denominator == 0) & (
        numerator.isna() | (numerator == 0) | (measure.zero_denominator == "exclude")
    )
    reasons = np.select(
        [numerator.isna() & denominator.isna(), empty, numerator.isna(), denominator.isna()],
        [NO_VALUES, ZERO, NO_NUMERATOR, NO_DENOMINATOR],
        default="",
    )
    for reason, n in Counter(reasons.tolist()).items():
        count(excluded, reason, n if reason else 0)
    rows: pd.DataFrame = frame[reasons == ""].groupby(KEY, sort=True)[list(SIDES)].sum().reset_index()
    rows.insert(3, "measure", name)
    _check_rows(readings, rows, name, table, both)
    return rows


def _side(wide: pd.DataFrame, quantity: Quantity, target: Target, empty: float) -> "pd.Series[float]":
    """Add a side's metrics up in the target's unit; NaN where one of them has no value.

    empty: what a rate times 0 is.  Hours per day on no day are no hours; minutes per appointment without
    an appointment say nothing about minutes, whatever the export writes there.
    """
    total = pd.Series(0.0, index=wide.index)
    for metric in quantity.metric:
        total = total + wide[metric, quantity.part]
    share = {"percent": 100.0}.get(quantity.unit, 1.0)
    if quantity.times is None:
        return converted(total, quantity.unit, target)
    times = wide[quantity.times, quantity.part]
    if target_dimension(target) == "time" and quantity.unit in ("percent", "fraction"):
        product = total / share * converted(times, quantity.times_unit, target)
    else:
        product = converted(total, quantity.unit, target) / share * times
    return product.mask(times == 0, empty)


def _check_rows(
    readings: Readings, rows: pd.DataFrame, name: str, table: ImportTable, both: tuple[Target, Target]
) -> None:
    """What no pair of numbers of one period can be: then a unit or a column is another than declared."""
    lengths = {text: _days_of(text, table.period) for text in rows["period_start"].unique()}
    days = rows["period_start"].map(lengths).astype(float)
    limits = {
        "has more time than the period; check `unit`": _limit(rows["numerator"], both[0], days),
        "has more scheduled hours than the period; check the denominator's `unit`": _limit(
            rows["denominator"], both[1], days
        ),
        "has a denominator of more days than the period; check the denominator": (name in PER_DAY)
        & (rows["denominator"] > days),
        "has a numerator above the denominator of a share; check the map": (
            name in MEASURES and MEASURES[name].kind == "share"
        )
        & (rows["numerator"] > rows["denominator"]),
        "is in two phases; give one phase a period": rows.duplicated(["clinician_id", "period_start"]),
    }
    problems = [
        f"{readings.path}: measure {name!r}: clinician {clinician_id!r}, {table.period} {start}: {what}"
        for what, at in limits.items()
        if at.any()
        for clinician_id, start in rows.loc[at, ["clinician_id", "period_start"]].itertuples(index=False)
    ]
    if problems:
        raise InputError(problems)


def _limit(values: "pd.Series[float]", target: Target, days: "pd.Series[float]") -> "pd.Series[bool]":
    """Above the length of the period (an hour more, for the day on which clocks are set back)."""
    if target not in PER_PERIOD_DAY:
        return values != values  # all False
    per_day = PER_PERIOD_DAY[target]
    return values > days * per_day + per_day / 24


def _days_of(start: str, period: str) -> int:
    first = date.fromisoformat(start)
    return (period_end(first, period) - first).days
