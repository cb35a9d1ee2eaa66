"""Intervals by formula, beside the bootstrap: they assume more and need no resampling.

Each takes a clinician's values, shape (n,), and gives an AnalyticInterval with its method.
"""

import numpy as np
from scipy.special import bdtr, stdtrit

from scribeeval.records import AnalyticInterval
from scribeeval.stats.bootstrap import ROUNDING, FloatArray, varies


def t_interval(values: FloatArray, level: float, method: str = "t") -> AnalyticInterval:
    """Mean -+ t s / sqrt(n), n - 1 degrees of freedom; none without spread.  Source: Student (1908)."""
    n = len(values)
    if not varies(values):
        return AnalyticInterval(method, why=_why(values))
    half_width = float(stdtrit(n - 1, (1 + level) / 2) * values.std(ddof=1) / n**0.5)
    mean = float(values.mean())
    return AnalyticInterval(method, mean - half_width, mean + half_width, level)


def t_interval_of_logarithms(log_ratio: FloatArray, level: float) -> AnalyticInterval:
    """Put the t interval of mean(log(after / before)) on the percent scale: exp(end) - 1."""
    found = t_interval(log_ratio, level, "t_of_logarithms")
    if found.low is None or found.high is None:
        return found
    return AnalyticInterval(found.method, float(np.expm1(found.low)), float(np.expm1(found.high)), level)


def fieller_interval(before: FloatArray, after: FloatArray, level: float) -> AnalyticInterval:
    """Every x for which a paired t-test does not reject mean(after) = (1 + x) mean(before).

    None where the set has no ends, that is where mean(before) itself is not clear of 0 at this level.
    Exact for normal values.  Source: Fieller (1954).
    """
    n = len(before)
    b, a = (float(values.mean()) if n else 0.0 for values in (before, after))
    if n < 2 or b == 0:
        return AnalyticInterval("fieller", why=_why(before) if n < 2 else "zero_mean")
    if np.abs(after - a / b * before).max() <= ROUNDING * after.max():
        return AnalyticInterval("fieller", why="no_spread")
    quantile = float(stdtrit(n - 1, (1 + level) / 2))
    (s_bb, s_ab), (_, s_aa) = np.cov(before, after) * quantile**2 / n
    # (a - x b)^2 = s_aa - 2 x s_ab + x^2 s_bb, a quadratic in the ratio x
    square, linear, constant = b * b - s_bb, a * b - s_ab, a * a - s_aa
    if square <= ROUNDING * b * b:
        return AnalyticInterval("fieller", why="unbounded")
    root = max(0.0, float(linear * linear - square * constant)) ** 0.5
    low, high = float((linear - root) / square), float((linear + root) / square)
    return AnalyticInterval("fieller", low - 1, high - 1, level)


def median_interval(values: FloatArray, level: float) -> AnalyticInterval:
    """The narrowest pair of order statistics, as many in from either end, that reaches the level.

    Number of values below the median ~ binomial(n, 1/2), whatever the distribution; ends x(k) and
    x(n + 1 - k), k the largest with P(fewer than k) <= (1 - level) / 2.  level: the one reached, at
    least the one asked for.  None for fewer than the level needs (6 at 95 %).
    Source: Thompson (1936); as R's qbinom gives it.
    """
    n = len(values)
    if not varies(values):
        return AnalyticInterval("order_statistics", why=_why(values))
    tails = bdtr(np.arange(n // 2 + 1), n, 0.5)  # P(fewer than k), k = 1, 2, ...
    k = int(np.searchsorted(tails, (1 - level) / 2, side="right"))
    if k == 0:
        return AnalyticInterval("order_statistics", why="too_few")
    ordered = np.sort(values)
    reached = 1 - 2 * float(tails[k - 1])
    return AnalyticInterval("order_statistics", float(ordered[k - 1]), float(ordered[n - k]), reached)


def _why(values: FloatArray) -> str:
    return {0: "no_clinicians", 1: "one_clinician"}.get(len(values), "no_spread")
