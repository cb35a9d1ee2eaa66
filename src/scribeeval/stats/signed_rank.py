"""Signed ranks: Wilcoxon's test, the Hodges-Lehmann estimate with its interval, and rank-biserial.

Differences that differ by rounding alone are tied, and a difference of rounding alone is 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from scribeeval.records import Estimate, TestResult
from scribeeval.stats.bootstrap import ROUNDING, FloatArray, varies
from scribeeval.stats.walsh import median_walsh_average, walsh_averages

EXACT_WILCOXON = 50  # up to so many differences, the exact distribution, as in scipy (R: below 50)


@dataclass(frozen=True, slots=True, eq=False)
class SignedRanks:
    """Ranks of the differences that are not 0, by size; tied ones share their mean rank.

    order: where they stand among all differences, smallest size first; ranks and positive follow it.
    ties: how many share each distinct size.
    """

    n_zero: int
    order: NDArray[np.int64]
    ranks: FloatArray
    positive: NDArray[np.bool_]
    ties: NDArray[np.int64]

    @property
    def exact(self) -> bool:
        """Whether the exact distribution holds: few differences, no zero, no tie."""
        return self.n_zero == 0 and len(self.ranks) <= EXACT_WILCOXON and bool((self.ties == 1).all())

    @property
    def positive_sum(self) -> float:
        """The sum of the ranks of the positive differences."""
        return float(self.ranks[self.positive].sum())


def signed_ranks(differences: FloatArray) -> SignedRanks:
    """Rank finite differences, shape (n,), by their size."""
    sizes = np.abs(differences)
    tolerance = ROUNDING * sizes.max(initial=0.0)
    order = np.argsort(sizes, kind="stable")
    order = order[sizes[order] > tolerance]
    # A gap starts a new rank, so that no grid can part two values that are equal on paper.
    groups = np.cumsum(np.diff(sizes[order], prepend=0.0) > tolerance) - 1
    ties = np.bincount(groups) if len(order) else np.zeros(0, dtype=np.int64)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[groups]
    return SignedRanks(len(sizes) - len(order), order, ranks, differences[order] > 0, ties)


def wilcoxon_signed_rank(differences: FloatArray) -> TestResult:
    """Test whether the differences are symmetric about 0, by their signed ranks, two-sided.

    Zeros are left out (Wilcoxon, 1945).  The p-value is exact up to EXACT_WILCOXON differences
    without zeros and ties; otherwise it is the normal approximation with the correction for ties and
    without one for continuity: what scipy.stats.wilcoxon gives with method "exact" or "approx".
    statistic: the smaller of the rank sums.  effect_size: rank-biserial.  method says which of the two
    was used.  Undefined where all differences are 0.
    """
    signed = signed_ranks(differences)
    n = len(signed.ranks)
    if n == 0:
        why = "no_change" if len(differences) else "no_clinicians"
        return TestResult(None, None, None, None, "rank_biserial", why=why)
    total = n * (n + 1) / 2
    smaller = min(signed.positive_sum, total - signed.positive_sum)
    if signed.exact:
        method, p_value = "exact", min(1.0, 2 * float(_null_cdf(n)[int(smaller)]))
    else:
        method = "normal_approximation"
        p_value = float(2 * ndtr((smaller - total / 2) / _null_variance(n, signed.ties) ** 0.5))
    effect = (2 * signed.positive_sum - total) / total
    return TestResult(smaller, p_value, None, effect, "rank_biserial", method=method)


def rank_biserial(differences: FloatArray) -> float | None:
    """(positive - negative) rank sum / all ranks, in [-1, 1]; negative = less.  None if all are 0.

    Source: Kerby (2014), "The simple difference formula".
    """
    return wilcoxon_signed_rank(differences).effect_size


def resampled_rank_biserial(signed: SignedRanks, counts: NDArray[np.int32]) -> FloatArray:
    """Give the rank-biserial of resamples; counts: how often each clinician was drawn, shape (resamples, n).

    A resample is ranked anew: a clinician drawn twice is a tie.  NaN for one that drew only zeros.
    """
    if len(signed.order) == 0:
        return np.full(len(counts), np.nan)
    drawn = counts[:, signed.order]
    ends = np.cumsum(drawn, axis=1, dtype=np.int32)
    positive = drawn * signed.positive
    if (signed.ties > 1).any():
        last = np.cumsum(signed.ties) - 1  # where each group of tied sizes ends
        ends = ends[:, last]
        positive = np.add.reduceat(positive, last - signed.ties + 1, axis=1)
    starts = np.concatenate([np.zeros((len(counts), 1), dtype=np.int32), ends[:, :-1]], axis=1)
    # The mean rank of a group is (start + end + 1) / 2.  As floats: all tied, 2 n^2 passes an int32.
    twice = np.multiply(positive, starts + ends + 1, dtype=np.float64).sum(axis=1)
    n = ends[:, -1].astype(np.float64)
    total = n * (n + 1) / 2
    with np.errstate(invalid="ignore"):
        values: FloatArray = (twice - total) / total
    return values


def hodges_lehmann(differences: FloatArray, level: float) -> Estimate:
    """Estimate the centre of symmetric differences: the median of their Walsh averages.

    The interval holds every shift that the signed-rank test does not reject: Walsh averages C and
    n (n + 1) / 2 + 1 - C.  Exact (as R's wilcox.test, conf.int = TRUE) where the test is exact; `level`
    is then the level reached, at least the one asked for.  Otherwise by the normal approximation with
    the correction for tied differences, without one for continuity: C = ceil(N / 2 - z sd), N the number
    of Walsh averages.  Zeros stay in: a difference of 0 is data here (R leaves them out).

    differences: shape (n,), finite.  Undefined without differences; no interval for one, without
    spread, and for fewer than the level needs (6 at 95 %).
    Sources: Hodges & Lehmann (1963); Hollander & Wolfe (1999), section 3.3.
    """
    n = len(differences)
    exact = signed_ranks(differences).exact
    method = "signed_rank_exact" if exact else "signed_rank_normal"
    if n == 0:
        return Estimate(None, None, None, method, why="no_clinicians")
    estimate = median_walsh_average(differences)
    if n == 1 or not varies(differences):
        return Estimate(estimate, None, None, method, why="one_clinician" if n == 1 else "no_spread")
    all_pairs = n * (n + 1) // 2
    if exact:
        cdf = _null_cdf(n)
        rank = int(np.searchsorted(cdf, (1 - level) / 2 - 1e-15))
        reached = 1 - 2 * float(cdf[rank - 1])
    else:
        _, repeated = np.unique(differences, return_counts=True)
        half_width = -float(ndtri((1 - level) / 2)) * _null_variance(n, repeated) ** 0.5
        rank, reached = int(np.ceil(all_pairs / 2 - half_width)), level
    if rank < 1:
        return Estimate(estimate, None, None, method, why="too_few")
    low, high = walsh_averages(differences, [rank, all_pairs + 1 - rank])
    return Estimate(estimate, low, high, method, reached)


def _null_cdf(n: int) -> FloatArray:
    """P(rank sum <= w) for w = 0, 1, ..., n (n + 1) / 2, without zeros and ties."""
    ways = np.ones(1)  # ways[w] = sign patterns of the ranks so far with positive rank sum w
    for rank in range(1, n + 1):
        ways = np.pad(ways, (0, rank)) + np.pad(ways, (rank, 0))
    return np.cumsum(ways) / 2.0**n


def _null_variance(n: int, ties: NDArray[np.int64]) -> float:
    """Variance of the positive rank sum of n differences of which `ties` share a rank."""
    t = ties.astype(np.float64)
    return n * (n + 1) * (2 * n + 1) / 24 - float((t**3 - t).sum()) / 48
