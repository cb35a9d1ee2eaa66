"""Order statistics of the Walsh averages, without holding them all.

n values have n (n + 1) / 2 Walsh averages (x_i + x_j) / 2, i <= j: 50 million for 10,000 clinicians.
Over sorted values, the pairs at or below a bound fill a staircase, so that one searchsorted counts
them; bisection of the bound leaves a band of pairs that is small enough to sort.  Time O(n log n) a
step, memory O(n) beside the band.  Idea: Johnson & Mizoguchi (1978), selecting in X + Y.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import FloatArray

IntArray = NDArray[np.int64]

# Pairs that are sorted at a time; bounds the memory, never changes a value.
BAND = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class _Sorted:
    """Distinct values in order, how often each comes, and how many come before each (one longer)."""

    values: FloatArray
    counts: IntArray
    before: IntArray

    def pairs_below(self, stairs: IntArray) -> int:
        """Count the pairs (i, j), i <= j < stairs[i], each as often as its values come."""
        own = np.arange(len(self.values))
        reached = stairs > own  # a value with itself: c (c + 1) / 2 pairs
        others = self.counts * (self.before[np.maximum(stairs, own + 1)] - self.before[own + 1])
        return int((reached * (others + self.counts * (self.counts + 1) // 2)).sum())

    def select(self, rank: int) -> float:
        """Find the Walsh average of that rank, 1 = the smallest."""
        n = len(self.values)
        below, above = np.arange(n), np.full(n, n)  # the band: below[i] <= j < above[i]
        low, high = float(self.values[0]), float(self.values[-1])
        while (above - below).sum() > max(BAND, 4 * n):
            middle = low + (high - low) / 2
            if not low < middle < high:  # distinct values share a sum with one partner at most
                break
            at = np.searchsorted(self.values, 2 * middle - self.values, side="right")
            at = np.clip(at, below, above)
            if self.pairs_below(at) >= rank:
                above, high = at, middle
            else:
                below, low = at, middle
        return self._select_in_band(rank - self.pairs_below(below), below, above)

    def _select_in_band(self, rank: int, below: IntArray, above: IntArray) -> float:
        sizes = above - below
        i = np.repeat(np.arange(len(sizes)), sizes)
        j = np.arange(len(i)) + np.repeat(below - np.cumsum(sizes) + sizes, sizes)
        averages = (self.values[i] + self.values[j]) / 2
        times = np.where(i == j, self.counts[i] * (self.counts[i] + 1) // 2, self.counts[i] * self.counts[j])
        order = np.argsort(averages, kind="stable")
        return float(averages[order[np.searchsorted(np.cumsum(times[order]), rank)]])


def walsh_averages(values: FloatArray, ranks: Sequence[int]) -> tuple[float, ...]:
    """Give the Walsh averages of the ranks, 1 = the smallest, n (n + 1) / 2 = the largest.

    values: shape (n,), finite.  Sums that differ by rounding alone may change places.

    Raises:
        InputError: a rank is out of range.
    """
    n = len(values)
    last = n * (n + 1) // 2
    out = [rank for rank in ranks if not 1 <= rank <= last]
    if out:
        raise InputError(f"Walsh average of rank {out[0]}: {n} values have ranks 1 to {last}")
    distinct, counts = np.unique(values, return_counts=True)
    counts = counts.astype(np.int64)
    rows = _Sorted(distinct, counts, np.concatenate([[0], np.cumsum(counts)]))
    return tuple(rows.select(rank) for rank in ranks)


def median_walsh_average(values: FloatArray) -> float:
    """Give the median of the Walsh averages: the Hodges-Lehmann estimate.  Shape (n,), n at least 1."""
    last = len(values) * (len(values) + 1) // 2
    low, high = walsh_averages(values, [(last + 1) // 2, last // 2 + 1])
    return (low + high) / 2
