"""What a published before/after table allows to be recomputed: its means, rounded, and nothing else.

A figure is compared with what each estimator makes of the two means.  The means are rounded, so every
estimate has an envelope: its range over all unrounded means that print as the published ones.  All
estimators here rise with the mean after and fall with the mean before, so that the envelope's ends are
at opposite corners.  b, a = mean before, mean after:

    ratio_of_means                a / b - 1
    log_ratio_of_means            log(a / b)
    change_relative_to_midpoint   2 (a - b) / (a + b)
    change_relative_to_after      1 - b / a

The first is an estimator of ours (stats/paired.py).  The others are other arithmetic on two means, held
against a column of figures to see whether it was made so.  Every other estimator of ours needs the
clinicians' own values, which no table of means holds.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from scribeeval.errors import InputError
from scribeeval.records import Estimate

OURS = "ratio_of_means"
FROM_MEANS: Mapping[str, Callable[[float, float], float]] = {
    OURS: lambda b, a: a / b - 1,
    "log_ratio_of_means": lambda b, a: math.log(a / b),
    "change_relative_to_midpoint": lambda b, a: 2 * (a - b) / (a + b),
    "change_relative_to_after": lambda b, a: 1 - b / a,
}
# What no table of means can give or rule out.
NEEDS_CLINICIANS = (
    "geometric_mean_ratio",
    "mean_of_clinician_changes",
    "median_of_clinician_changes",
    "adjusted",
)
TIE = 1e-9  # 0.15 and 0.1 + 0.05 are one rounding limit

Verdict = Literal["reproduced_exactly", "within_rounding", "not_reproduced"]


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One measure as printed.  before, after: shares as fractions, else in unit; figures: name -> fraction.

    The decimals of each number say how it was rounded: Decimal("10.3") stands for 10.25 to 10.35.
    """

    measure: str
    unit: str
    before: Decimal
    after: Decimal
    figures: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class FigureCheck:
    """A published percent change, and what gives it.

    verdict: of ratio_of_means.  reproduced_exactly: from the means as printed; within_rounding: only
    from other means that print the same.  compatible: every arithmetic of FROM_MEANS that gives the
    figure from some such means.
    """

    value: float
    verdict: Verdict
    compatible: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """One row recomputed.  In an Estimate here, low and high are the ends of the envelope, no interval."""

    row: PublishedRow
    difference: Estimate
    percent_change: Mapping[str, Estimate]
    figures: Mapping[str, FigureCheck]


def half_unit(printed: Decimal) -> Decimal:
    """Give half a unit of the last printed place: 0.05 for Decimal("10.3")."""
    exponent = printed.as_tuple().exponent
    return Decimal(5).scaleb(int(exponent) - 1)


def printed_digits(printed: Decimal) -> int:
    """Count the printed decimals: 1 for Decimal("10.3"), and none for Decimal("2E+3")."""
    return max(0, -int(printed.as_tuple().exponent))


def recompute(row: PublishedRow) -> Recomputed:
    """Compute every estimator that two means allow, and compare each published figure with it.

    Raises:
        InputError: a mean is not above 0 in all of its rounding range; no relative change is defined.
    """
    before, after = _range(row.before), _range(row.after)
    if min(before[0], after[0]) <= 0:
        raise InputError(
            f"measure {row.measure!r}: means of {row.before} and {row.after} may be 0 before rounding; "
            "a relative change needs means above 0, so leave the row out"
        )
    changes = {name: _envelope(statistic, row, before, after) for name, statistic in FROM_MEANS.items()}
    return Recomputed(
        row=row,
        difference=_envelope(lambda b, a: a - b, row, before, after),
        percent_change=changes,
        figures={name: _check(value, changes) for name, value in row.figures.items()},
    )


def columns_given(rows: Sequence[Recomputed]) -> dict[str, dict[str, int]]:
    """Count, for every column of figures, how many each arithmetic gives within rounding.

    An estimator made a column only if it gives all of it: one figure alone is met by chance.
    """
    names = dict.fromkeys(name for row in rows for name in row.figures)
    return {
        name: {
            estimator: sum(estimator in row.figures[name].compatible for row in rows if name in row.figures)
            for estimator in FROM_MEANS
        }
        for name in names
    }


def _range(printed: Decimal) -> tuple[float, float]:
    half = half_unit(printed)
    return float(printed - half), float(printed + half)


def _envelope(
    statistic: Callable[[float, float], float],
    row: PublishedRow,
    before: tuple[float, float],
    after: tuple[float, float],
) -> Estimate:
    return Estimate(
        statistic(float(row.before), float(row.after)),
        statistic(before[1], after[0]),
        statistic(before[0], after[1]),
    )


def _check(printed: Decimal, changes: Mapping[str, Estimate]) -> FigureCheck:
    value, half = float(printed), float(half_unit(printed)) + TIE
    compatible = tuple(
        name
        for name, change in changes.items()
        if change.low is not None
        and change.high is not None
        and value + half >= change.low
        and value - half <= change.high
    )
    estimate = changes[OURS].estimate
    exact = estimate is not None and abs(estimate - value) <= half
    verdict: Verdict = (
        "reproduced_exactly" if exact else "within_rounding" if OURS in compatible else "not_reproduced"
    )
    return FigureCheck(value, verdict, compatible)
