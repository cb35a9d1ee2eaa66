"""Bootstrap intervals by unit: visits, or clinicians where visits belong to them.

Rows are what adds up over units (counts of a visit, values of a clinician); a statistic is a
function of their sum.  One set of resampled sums then serves every statistic of the same rows, and
the jackknife needs no second pass.  A statistic that is no function of sums (a median) takes the
indices of `resample` itself.

Sources: Efron (1979); Efron (1987), "Better bootstrap confidence intervals", for BCa.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from scribeeval.errors import InputError
from scribeeval.records import Interval

FloatArray = NDArray[np.float64]

# Indices drawn at a time (8 bytes each): bounds the memory, never changes the draw.
CHUNK = 2_000_000

# An interval over resamples of which more have no value would describe the lucky ones.
MAX_UNDEFINED_RESAMPLES = 0.05

# Values that differ by less, relative to their size, differ by rounding alone.
ROUNDING = 1e-12


def resample(n_units: int, resamples: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Draw units with replacement, in blocks of resamples.

    Yields arrays of shape (block, n_units) of indices into the units; the blocks add up to
    `resamples`.  Equal arguments give equal draws, so statistics of the same units stay comparable.

    Raises:
        InputError: no unit, or fewer than 1 resample.
    """
    if n_units < 1 or resamples < 1:
        raise InputError(f"{n_units} units, {resamples} resamples; give at least 1 of each (2000 is usual)")
    rng = np.random.Generator(np.random.PCG64(seed))
    block = max(1, CHUNK // n_units)
    for start in range(0, resamples, block):
        yield rng.integers(0, n_units, size=(min(block, resamples - start), n_units))


def times_drawn(units: NDArray[np.int64], n_units: int) -> NDArray[np.int32]:
    """Count how often each resample drew each unit: (block, drawn) indices -> (block, n_units).

    What orders units once (a median, a rank) then serves every resample by cumulative counts.
    """
    counts = np.empty((len(units), n_units), dtype=np.int32)
    for row, drawn in zip(counts, units, strict=True):
        row[:] = np.bincount(drawn, minlength=n_units)
    return counts


def resampled_sums(rows: FloatArray, resamples: int, seed: int) -> FloatArray:
    """Sum the rows of each resample: (n_units, k) -> (resamples, k)."""
    blocks = [
        np.stack([column[units].sum(axis=1) for column in rows.T], axis=1)
        for units in resample(len(rows), resamples, seed)
    ]
    return np.concatenate(blocks)


def leave_one_out_sums(rows: FloatArray) -> FloatArray:
    """Sum all rows but one, for each one: (n_units, k) -> (n_units, k)."""
    total: FloatArray = rows.sum(axis=0)
    return total - rows


def cluster_sums(rows: FloatArray, cluster_ids: Sequence[str]) -> FloatArray:
    """Add up the rows of each cluster: (n_rows, k) -> (n_clusters, k), in the order of the ids.

    Visits of one clinician are not independent: resample clinicians, each with all their visits.

    Raises:
        InputError: not one id per row.
    """
    if len(rows) != len(cluster_ids):
        raise InputError(f"{len(rows)} rows but {len(cluster_ids)} cluster ids; give one id per row")
    clusters, at = np.unique(np.asarray(cluster_ids, dtype=np.str_), return_inverse=True)
    sums = np.zeros((len(clusters), rows.shape[1]))
    np.add.at(sums, at, rows)
    return sums


def random_groups(n_units: int, n_groups: int, seed: int) -> NDArray[np.int64]:
    """Put units at random into groups whose sizes differ by at most 1: the group of each, shape (n_units,).

    Where units are many, resampling the groups' sums gives the interval at a fixed cost: the sums of
    equal random groups vary as the units do ("random groups", Wolter 2007, Introduction to Variance
    Estimation, chapter 2).  The standard error is itself uncertain by about 1 / sqrt(2 n_groups).
    At random, because rows that follow each other are often alike.

    Raises:
        InputError: fewer than 1 group.
    """
    if n_groups < 1:
        raise InputError(f"{n_groups} groups; give at least 1 (5000 is plenty)")
    # Another stream than that of resample(), which takes the seed alone.
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    return rng.permutation(n_units) % n_groups


def random_sample(n_units: int, size: int, seed: int) -> NDArray[np.int64]:
    """Draw `size` different units at random, or all where there are no more: places in rising order.

    Raises:
        InputError: fewer than 1 unit asked for.
    """
    if size < 1:
        raise InputError(f"a sample of {size} units; give at least 1")
    # Another stream than those of resample() and random_groups().
    rng = np.random.Generator(np.random.PCG64([seed, 2]))
    return np.sort(rng.choice(n_units, size=min(size, n_units), replace=False))


def percentile_interval(replicates: ArrayLike, level: float) -> Interval | None:
    """Take the middle `level` of the replicates.

    None when a replicate is undefined (NaN, infinite) or all are equal: with one unit or with equal
    units there is nothing to resample, and an interval of no width would claim certainty.
    """
    values = np.asarray(replicates, dtype=np.float64)
    if not varies(values):
        return None
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), level)


def bca_interval(
    estimate: float, replicates: ArrayLike, leave_one_out: ArrayLike, level: float
) -> Interval | None:
    """Correct the percentile interval for bias and for a spread that changes with the value (BCa).

    For smooth statistics (means, ratios of means); a median's jackknife is useless: take the
    percentile interval.  leave_one_out: the statistic without each unit in turn, shape (n_units,).
    Replicates that tie with the estimate count half.

    None where percentile_interval is None, where the jackknife values are equal or undefined, and
    where the estimate lies so far out among the replicates that the correction breaks down.
    Equal to scipy.stats.bootstrap(method="BCa") on the same replicates.
    """
    values = np.asarray(replicates, dtype=np.float64)
    jackknife = np.asarray(leave_one_out, dtype=np.float64)
    if not (varies(values) and varies(jackknife)):
        return None
    below = ((values < estimate).mean() + (values <= estimate).mean()) / 2
    if not 0 < below < 1:
        return None
    influence = jackknife.mean() - jackknife
    acceleration = (influence**3).sum() / (6 * (influence**2).sum() ** 1.5)
    bias = ndtri(below)
    tails = bias + ndtri([(1 - level) / 2, (1 + level) / 2])
    stretch = 1 - acceleration * tails
    if (stretch <= 0).any():
        return None
    low, high = np.quantile(values, ndtr(bias + tails / stretch))
    return Interval(float(low), float(high), level)


def varies(values: FloatArray) -> bool:
    """Tell whether the values are defined and differ by more than rounding."""
    if values.size < 2 or not np.isfinite(values).all():
        return False
    return bool(np.ptp(values) > ROUNDING * np.abs(values).max())
