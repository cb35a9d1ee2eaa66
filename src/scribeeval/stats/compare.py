"""Compare two systems on the same visits: difference with interval, and a permutation test.

Both work on counts, so that a corpus value (a ratio of sums) is compared as such and not as a mean
of visits.  Clusters (clinicians) are resampled and swapped whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scribeeval.errors import InputError
from scribeeval.records import Interval
from scribeeval.stats.bootstrap import (
    MAX_UNDEFINED_RESAMPLES,
    FloatArray,
    cluster_sums,
    percentile_interval,
    resample,
)

EXACT_SWAPS = 12  # up to so many clusters every swap is counted; above, random ones
SWAPS = 9_999
CHUNK_ROWS = 1_000

Statistic = Callable[[FloatArray], float | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """Value of B minus value of A.  p_value: two-sided permutation test; None = undefined."""

    value_a: float | None
    value_b: float | None
    difference: float | None
    interval: Interval | None
    p_value: float | None
    n_clusters: int


def compare_counts(
    a: FloatArray,
    b: FloatArray,
    clusters: Sequence[str],
    statistic: Statistic,
    *,
    level: float,
    resamples: int,
    seed: int,
) -> Difference:
    """Compare the statistic of two sets of counts of the same visits.

    a, b: shape (n visits, k), the same visit at the same place.  statistic: value of summed counts,
    None where undefined.  The interval is the percentile bootstrap over clusters, paired (a cluster's
    counts of A and B are drawn together); None with one cluster, without spread, or where more than
    5 % of the resamples are undefined.  The test swaps A and B of random clusters (paired permutation,
    Noreen 1989), p = (hits + 1) / (swaps + 1) (Phipson & Smyth 2010); with few clusters all swaps.

    Raises:
        InputError: shapes or the number of cluster ids differ.

    """
    if a.shape != b.shape or len(a) != len(clusters):
        raise InputError(
            f"{a.shape} and {b.shape} counts with {len(clusters)} cluster ids; give one row each"
        )
    sums_a, sums_b = cluster_sums(a, clusters), cluster_sums(b, clusters)
    n = len(sums_a)
    value_a, value_b = statistic(sums_a.sum(axis=0)), statistic(sums_b.sum(axis=0))
    if value_a is None or value_b is None:
        return Difference(value_a, value_b, None, None, None, n)
    observed = value_b - value_a
    drawn = [
        _difference(statistic, sums_a[rows].sum(axis=0), sums_b[rows].sum(axis=0))
        for units in (resample(n, resamples, seed) if n > 1 else ())
        for rows in units
    ]
    defined = [value for value in drawn if value is not None]
    enough = len(defined) >= (1 - MAX_UNDEFINED_RESAMPLES) * resamples
    return Difference(
        value_a,
        value_b,
        observed,
        percentile_interval(defined, level) if enough and len(defined) > 1 else None,
        _permutation(sums_a, sums_b, statistic, observed, seed),
        n,
    )


def _difference(statistic: Statistic, a: FloatArray, b: FloatArray) -> float | None:
    value_a, value_b = statistic(a), statistic(b)
    return None if value_a is None or value_b is None else value_b - value_a


def _permutation(
    a: FloatArray, b: FloatArray, statistic: Statistic, observed: float, seed: int
) -> float | None:
    """Share of swaps whose difference is at least as far from 0; None where a swap is undefined."""
    n = len(a)
    exact = n <= EXACT_SWAPS
    if exact:
        swaps = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    else:
        swaps = np.random.Generator(np.random.PCG64(seed)).integers(0, 2, size=(SWAPS, n))
    total_a, total_b, gap = a.sum(axis=0), b.sum(axis=0), b - a
    hits = 0
    for start in range(0, len(swaps), CHUNK_ROWS):
        moved = swaps[start : start + CHUNK_ROWS] @ gap
        for row in moved:
            difference = _difference(statistic, total_a + row, total_b - row)
            if difference is None:
                return None
            hits += abs(difference) >= abs(observed) - 1e-12
    return hits / len(swaps) if exact else (hits + 1) / (SWAPS + 1)
