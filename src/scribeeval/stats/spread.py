"""How clinicians differ in their change, without naming one."""

from collections.abc import Mapping

import numpy as np
from scipy.special import ndtri

from scribeeval.records import Distribution, Estimate, Spread
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.paired_estimates import PairedValues

SPREAD_MINIMUM = 5  # clinicians; fewer could be told apart by their own numbers
QUANTILES = tuple(i / 20 for i in range(21))  # 0, 5, ..., 100 %


def spread(values: PairedValues, lower_is_better: bool | None, level: float) -> Spread:
    """Describe the distribution of values and changes over clinicians, and the shares that moved.

    Below SPREAD_MINIMUM clinicians the distributions are None (why: suppressed, or no_clinicians); the
    shares, which are counts of all, stay.
    """
    n = len(values.before)
    percent = values.ratio - 1 if values.undefined_ratio is None else None
    shares = _shares(values.difference, lower_is_better, level)
    if n < SPREAD_MINIMUM:
        why = "suppressed" if n else "no_clinicians"
        return Spread(None, None, None, None, None, None, shares, why)
    return Spread(
        before=distribution(values.before),
        after=distribution(values.after),
        changes=distribution(values.difference),
        percent_changes=None if percent is None else distribution(percent),
        changes_quantiles=_quantiles(values.difference),
        percent_changes_quantiles=None if percent is None else _quantiles(percent),
        shares=shares,
    )


def distribution(values: FloatArray) -> Distribution:
    """Summarise values, shape (n,), n at least 1; sd None for one."""
    low, q1, median, q3, high = (float(q) for q in np.quantile(values, (0, 0.25, 0.5, 0.75, 1)))
    sd = float(values.std(ddof=1)) if len(values) > 1 else None
    return Distribution(float(values.mean()), sd, low, q1, median, q3, high)


def wilson_interval(hits: int, n: int, level: float) -> tuple[float, float]:
    """Interval of a share by inverting the score test; n at least 1.  Source: Wilson (1927)."""
    z = -float(ndtri((1 - level) / 2))
    share, weight = hits / n, z * z / n
    middle = (share + weight / 2) / (1 + weight)
    half = (weight * (share * (1 - share) + weight / 4)) ** 0.5 / (1 + weight)
    # None and all reach 0 and 1 on paper.
    return (middle - half if hits else 0.0), (middle + half if hits < n else 1.0)


def _shares(difference: FloatArray, lower_is_better: bool | None, level: float) -> Mapping[str, Estimate]:
    moves = {"fell": difference < 0, "unchanged": difference == 0, "rose": difference > 0}
    shares = {name: _share(int(moved.sum()), len(difference), level) for name, moved in moves.items()}
    if lower_is_better is None:
        none = Estimate(None, None, None, "wilson", why="no_direction")
        return shares | {"worse": none, "better": none}
    better, worse = ("fell", "rose") if lower_is_better else ("rose", "fell")
    return shares | {"worse": shares[worse], "better": shares[better]}


def _share(hits: int, n: int, level: float) -> Estimate:
    if n == 0:
        return Estimate(None, None, None, "wilson", why="no_clinicians")
    return Estimate(hits / n, *wilson_interval(hits, n, level), "wilson", level)


def _quantiles(values: FloatArray) -> tuple[float, ...]:
    return tuple(float(q) for q in np.quantile(values, QUANTILES))
