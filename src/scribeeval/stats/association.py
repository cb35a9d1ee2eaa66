"""How two quantities of the same clinicians go together: a slope, and Spearman's rank correlation.

Both are associations.  Nobody was dealt a dose at random, so neither is an effect of it.

Sources: MacKinnon & White (1985) for HC3; Efron (1987) for BCa; Spearman (1904); DiCiccio & Romano
(2017) for permutation tests with a studentised statistic.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from scribeeval.errors import InputError
from scribeeval.records import Interval
from scribeeval.stats.bootstrap import (
    MAX_UNDEFINED_RESAMPLES,
    ROUNDING,
    FloatArray,
    bca_interval,
    leave_one_out_sums,
    percentile_interval,
    resample,
    resampled_sums,
    varies,
)
from scribeeval.stats.permutation import permutation_p_value

IntArray = NDArray[np.int64]

RANK_CHUNK = 200_000  # counts ranked at a time


@dataclass(frozen=True, slots=True)
class Line:
    """A least-squares line y = intercept + slope * x.  None = undefined, `why` says why.

    low, high: t interval with the HC3 standard error; bootstrap_low, bootstrap_high: BCa by clinician.
    p_value: t test of slope 0, HC3, n - 2 degrees of freedom.  p_permutation: studentised slope.
    """

    slope: float | None = None
    intercept: float | None = None
    low: float | None = None
    high: float | None = None
    standard_error: float | None = None
    df: int | None = None
    p_value: float | None = None
    bootstrap_low: float | None = None
    bootstrap_high: float | None = None
    p_permutation: float | None = None
    n_permutations: int | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Rank:
    """Spearman's rho in [-1, 1] with a percentile bootstrap interval and a permutation p-value."""

    rho: float | None = None
    low: float | None = None
    high: float | None = None
    p_permutation: float | None = None
    n_permutations: int | None = None
    why: str | None = None


def fit_line(x: FloatArray, y: FloatArray, *, alpha: float, resamples: int, seed: int) -> Line:
    """Fit a least-squares line with an interval that allows for unequal spread (HC3).

        var(slope) = sum of (x_i - mean)^2 * e_i^2 / (1 - h_i)^2 / Sxx^2

    x, y: shape (n,), finite, the same clinician at the same place.  Undefined for fewer than 3 clinicians
    and without spread of x; the interval also where one clinician alone fixes the slope (leverage 1) and
    where every point lies on the line.

    Raises:
        InputError: shapes differ, a value is not finite, or fewer than 1 resample.
    """
    _check(x, y)
    n = len(x)
    if n < 3 or not varies(x):
        return Line(why="fewer_than_3" if n < 3 else "no_spread")
    xc, yc = x - x.mean(), y - y.mean()
    sxx = float(xc @ xc)
    slope = float(xc @ yc) / sxx
    intercept = float(y.mean() - slope * x.mean())
    residual, free = yc - slope * xc, 1 - (1 / n + xc**2 / sxx)
    if free.min() < 1e-9:
        return Line(slope, intercept, why="one_clinician_decides")
    if not np.abs(residual).max() > 1e3 * ROUNDING * np.abs(y).max():
        return Line(slope, intercept, why="no_scatter")
    error = float(((xc * residual / free) ** 2).sum() ** 0.5) / sxx
    half = float(stdtrit(n - 2, 1 - alpha / 2)) * error
    bootstrap = _slope_bootstrap(xc, yc, slope, 1 - alpha, resamples, seed)
    p_permutation, orders = _association_test(xc, yc, seed, studentise=True)
    return Line(
        slope=slope,
        intercept=intercept,
        low=slope - half,
        high=slope + half,
        standard_error=error,
        df=n - 2,
        p_value=float(2 * stdtr(n - 2, -abs(slope / error))),
        bootstrap_low=None if bootstrap is None else bootstrap.low,
        bootstrap_high=None if bootstrap is None else bootstrap.high,
        p_permutation=p_permutation,
        n_permutations=orders,
    )


def rank_correlation(x: FloatArray, y: FloatArray, *, alpha: float, resamples: int, seed: int) -> Rank:
    """Correlate the ranks (Spearman's rho; ties share their mean rank).

    The p-value asks whether x and y are independent: it permutes y, all orders up to 7 clinicians.
    The interval resamples clinicians and ranks every resample anew.  Undefined for fewer than 3
    clinicians and where x or y has no spread.

    Raises:
        InputError: shapes differ, a value is not finite, or fewer than 1 resample.
    """
    _check(x, y)
    if len(x) < 3 or not (varies(x) and varies(y)):
        return Rank(why="fewer_than_3" if len(x) < 3 else "no_spread")
    rx, ry = _centred_ranks(x), _centred_ranks(y)
    rho = float(rx @ ry / ((rx @ rx) * (ry @ ry)) ** 0.5)
    interval = percentile_interval(_defined(_rank_bootstrap(x, y, resamples, seed)), 1 - alpha)
    p_permutation, orders = _association_test(rx, ry, seed, studentise=False)
    low, high = (None, None) if interval is None else (interval.low, interval.high)
    return Rank(float(np.clip(rho, -1, 1)), low, high, p_permutation, orders)


def _slope_bootstrap(
    xc: FloatArray, yc: FloatArray, slope: float, level: float, resamples: int, seed: int
) -> Interval | None:
    n = len(xc)
    rows = np.stack([xc, yc, xc * xc, xc * yc], axis=1)
    smallest = 1e3 * ROUNDING * float(xc @ xc)

    def of(sums: FloatArray, size: int) -> FloatArray:
        sx, sy, sxx, sxy = sums.T
        spread = sxx - sx * sx / size
        # A resample of equal x has no slope.
        slopes = np.full(len(sx), np.nan)
        np.divide(sxy - sx * sy / size, spread, out=slopes, where=spread > smallest)
        return slopes

    replicates = _defined(of(resampled_sums(rows, resamples, seed), n))
    return bca_interval(slope, replicates, of(leave_one_out_sums(rows), n - 1), level)


def _rank_bootstrap(x: FloatArray, y: FloatArray, resamples: int, seed: int) -> FloatArray:
    """Spearman's rho of each resample: (resamples,), NaN where a resample has no spread.

    Ranks come from how often each clinician was drawn, so that nothing is sorted twice.
    """
    n = len(x)
    ties = [_ties(values) for values in (x, y)]
    rho = []
    for block in resample(n, resamples, seed):
        for start in range(0, len(block), max(1, RANK_CHUNK // n)):  # small enough for a processor's cache
            units = block[start : start + max(1, RANK_CHUNK // n)]
            flat = units + n * np.arange(len(units))[:, None]
            counts = np.bincount(flat.ravel(), minlength=flat.size).reshape(len(units), n).astype(np.float64)
            rx, ry = (_resampled_ranks(counts, *tie) for tie in ties)
            weighted = counts * rx
            xx, xy = np.einsum("ij,ij->i", weighted, rx), np.einsum("ij,ij->i", weighted, ry)
            yy = np.einsum("ij,ij,ij->i", counts, ry, ry)
            found = np.full(len(units), np.nan)
            np.divide(xy, np.sqrt(xx * yy), out=found, where=np.minimum(xx, yy) > 0)
            rho.append(found)
    return np.concatenate(rho)


def _ties(values: FloatArray) -> tuple[IntArray, IntArray, IntArray]:
    """The order of the values, where each run of equal values starts in it, and each value's run."""
    _, run = np.unique(values, return_inverse=True)
    order = np.argsort(run, kind="stable")
    return order, np.flatnonzero(np.diff(run[order], prepend=-1)), run


def _resampled_ranks(counts: FloatArray, order: IntArray, starts: IntArray, run: IntArray) -> FloatArray:
    """Centred midranks within each resample: counts (block, n) -> (block, n)."""
    totals = counts[:, order]
    if len(starts) < len(order):
        totals = np.add.reduceat(totals, starts, axis=1)
    midranks = totals.cumsum(axis=1) - totals / 2 - len(order) / 2  # (n + 1) / 2 is the mean rank
    ranks: FloatArray = midranks[:, run]
    return ranks


def _centred_ranks(values: FloatArray) -> FloatArray:
    """Rank, ties by their mean, and take the mean rank away."""
    ranks: FloatArray = np.asarray(pd.Series(values).rank(), dtype=np.float64)
    return ranks - (len(values) + 1) / 2


def _association_test(
    xc: FloatArray, yc: FloatArray, seed: int, *, studentise: bool
) -> tuple[float | None, int]:
    """Permute y, two-sided.  xc, yc: centred.

    studentise: the slope over its own robust standard error (HC0), so that the test also holds where the
    spread of y depends on x; else the correlation.
    """
    xc, yc = xc / (xc @ xc) ** 0.5, yc / (yc @ yc) ** 0.5
    powers = np.stack([xc, xc**3], axis=1)
    fourth = float((xc**4).sum())

    def statistic(orders: FloatArray) -> FloatArray:
        slope, cubic = (orders @ powers).T
        if not studentise:
            correlation: FloatArray = np.abs(slope)
            return correlation
        # The sum of x^2 (y - slope x)^2, written out so that no residuals are stored.
        variance = (orders * orders) @ (xc * xc) - 2 * slope * cubic + slope * slope * fourth
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio: FloatArray = np.abs(slope) / np.sqrt(np.maximum(variance, 0))
        return ratio

    return permutation_p_value(yc, statistic, seed)


def _defined(replicates: FloatArray) -> FloatArray:
    """Leave out undefined resamples while they are few; else keep them, and no interval comes out."""
    undefined = ~np.isfinite(replicates)
    return replicates[~undefined] if undefined.mean() <= MAX_UNDEFINED_RESAMPLES else replicates


def _check(x: FloatArray, y: FloatArray) -> None:
    if x.ndim != 1 or x.shape != y.shape:
        raise InputError(f"x has shape {x.shape}, y {y.shape}; give one value per clinician in both")
    unusable = int((~np.isfinite(x) | ~np.isfinite(y)).sum())
    if unusable:
        raise InputError(f"{unusable} clinicians have a value that is not finite; leave them out by name")
