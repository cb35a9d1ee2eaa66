"""Working correlations of a GEE: how the rows of a clinician are thought to resemble each other.

Each is two functions: estimate its one parameter from standardised residuals, and multiply rows by a
square root of its inverse, so that weighted least squares is all that is left to do.  A wrong one costs
precision, not validity: standard errors come from the clusters.

    independence   0
    exchangeable   rho between any two rows of a cluster
    ar1            rho^d between rows d weeks apart

Parameters as in R's geepack: r standardised to mean square 1, exchangeable the mean of r_j r_k over all
pairs of rows of a cluster, ar1 the least-squares fit of rho^d to r_j r_k over all pairs.
Source: Liang & Zeger (1986); Yan & Fine (2004).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.clusters import IntArray, Rows

AR1_STEPS = 100


@dataclass(frozen=True, slots=True)
class WorkingCorrelation:
    """estimate: rows and residuals (n,) -> parameter, None without pairs; whiten: rows, parameter and
    values (n, ...) -> values of the same shape; None where no correlation matrix has the parameter.
    """

    estimate: Callable[[Rows, FloatArray], float | None]
    whiten: Callable[[Rows, float, FloatArray], FloatArray | None]


def _exchangeable(rows: Rows, r: FloatArray) -> float | None:
    pairs = float((rows.sizes * (rows.sizes - 1.0)).sum())
    if pairs == 0:
        return None
    return float((rows.sums(r) ** 2 - rows.sums(r**2)).sum()) / pairs


def _whiten_exchangeable(rows: Rows, rho: float, values: FloatArray) -> FloatArray | None:
    """Take a share of the cluster's mean off each row (partial demeaning)."""
    total = 1 + (rows.sizes - 1) * rho
    if rho >= 1 or total.min() <= 0:
        return None
    share = (1 - np.sqrt((1 - rho) / total)) / rows.sizes
    shape = (-1,) + (1,) * (values.ndim - 1)
    taken = np.repeat(rows.sums(values) * share.reshape(shape), rows.sizes, axis=0)
    whitened: FloatArray = (values - taken) / (1 - rho) ** 0.5
    return whitened


def _ar1(rows: Rows, r: FloatArray) -> float | None:
    """Fit rho^d to the products of pairs d apart, by Gauss-Newton from 0."""
    times = _times(rows)
    position = _positions(rows)
    products, counts = np.zeros(1), np.zeros(1)
    for offset in range(1, int(rows.sizes.max())):
        first = np.flatnonzero(position < np.repeat(rows.sizes, rows.sizes) - offset)
        lag = times[first + offset] - times[first]
        longest = max(len(products), int(lag.max()) + 1)
        products = np.pad(products, (0, longest - len(products)))
        counts = np.pad(counts, (0, longest - len(counts)))
        products += np.bincount(lag, r[first] * r[first + offset], longest)
        counts += np.bincount(lag, minlength=longest)
    lags = np.flatnonzero(counts)
    if len(lags) == 0:
        return None
    # In units of the shortest distance first, where rho^d is rho itself; then in weeks.
    rho = _first_guess(lags, products[lags] / counts[lags])
    for _ in range(AR1_STEPS):
        slope = lags * rho ** (lags - 1.0)
        step = float((slope * (products[lags] - counts[lags] * rho**lags)).sum())
        size = float((counts[lags] * slope**2).sum())
        if size == 0 or not -1 < rho < 1:
            break
        rho += step / size
        if abs(step / size) < 1e-13:
            break
    return rho


def _first_guess(lags: IntArray, means: FloatArray) -> float:
    """Take rho from the shortest distance d: the d-th root of its mean product, 0 where that is negative."""
    d, mean = int(lags[0]), float(means[0])
    return mean if d == 1 else max(mean, 0.0) ** (1 / d)


def _whiten_ar1(rows: Rows, rho: float, values: FloatArray) -> FloatArray | None:
    """Take off what the row before explains: AR(1) with gaps is a Markov chain."""
    if not -1 < rho < 1:
        return None
    times = _times(rows)
    inner = np.flatnonzero(_positions(rows) > 0)
    carried = rho ** (times[inner] - times[inner - 1])
    shape = (-1,) + (1,) * (values.ndim - 1)
    whitened = values.astype(np.float64, copy=True)
    whitened[inner] -= carried.reshape(shape) * values[inner - 1]
    whitened[inner] /= np.sqrt(1 - carried**2).reshape(shape)
    return whitened


def _positions(rows: Rows) -> IntArray:
    """Number the rows of each cluster from 0."""
    positions: IntArray = np.arange(len(rows.y)) - np.repeat(rows.starts, rows.sizes)
    return positions


def _times(rows: Rows) -> IntArray:
    return _positions(rows) if rows.times is None else rows.times


CORRELATIONS: Mapping[str, WorkingCorrelation] = {
    "independence": WorkingCorrelation(lambda rows, r: 0.0, lambda rows, rho, values: values),
    "exchangeable": WorkingCorrelation(_exchangeable, _whiten_exchangeable),
    "ar1": WorkingCorrelation(_ar1, _whiten_ar1),
}
