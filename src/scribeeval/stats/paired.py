"""One measure before and after, in the same clinicians.

Every clinician counts once.  Signs: after minus before, so negative = less.  A percent change is a
fraction and carries its estimator's name: where heavy documenters change more than others, the
estimators differ.  b, a = the clinicians' values before and after:

    difference                    mean(a) - mean(b)
    ratio_of_means                mean(a) / mean(b) - 1
    geometric_mean_ratio          exp(mean(log(a / b))) - 1
    mean_of_clinician_changes     mean(a / b) - 1
    median_of_clinician_changes   median(a / b) - 1
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, stdtr

from scribeeval.errors import InputError
from scribeeval.records import Change, Estimate, Interval, TestResult
from scribeeval.stats.bootstrap import (
    CHUNK,
    ROUNDING,
    FloatArray,
    bca_interval,
    leave_one_out_sums,
    percentile_interval,
    resample,
    resampled_sums,
    varies,
)
from scribeeval.stats.measures import Measure

EXACT_SIGN_FLIP = 14  # up to so many clinicians, all 2^n flips; above, SIGN_FLIPS random ones
SIGN_FLIPS = 9_999  # with the observed signs 10,000, so that the smallest p is 0.0001
EXACT_WILCOXON = 50  # up to so many differences, the exact distribution, as in scipy

# The columns that are resampled, and the smooth estimators as functions of their means (..., 4).
BEFORE, AFTER, RATIO, LOG_RATIO = range(4)
SMOOTH: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "difference": lambda means: means[..., AFTER] - means[..., BEFORE],
    "ratio_of_means": lambda means: means[..., AFTER] / means[..., BEFORE] - 1,
    "geometric_mean_ratio": lambda means: np.expm1(means[..., LOG_RATIO]),
    "mean_of_clinician_changes": lambda means: means[..., RATIO] - 1,
}


def paired_t(differences: FloatArray) -> TestResult:
    """Test whether the mean difference is 0, by Student's t with n - 1 degrees of freedom.

    effect_size: d_z = mean / standard deviation of the differences.  Undefined without spread
    (one clinician, all equal) and where a difference is undefined.  Source: Student (1908).
    """
    effect = _d_z(differences)
    if effect is None:
        return TestResult(None, None, None, None, "d_z")
    n = len(differences)
    t = effect * n**0.5
    return TestResult(t, float(2 * stdtr(n - 1, -abs(t))), None, effect, "d_z")


def sign_flip(differences: FloatArray, seed: int) -> TestResult:
    """Test the mean difference against those that flipped signs would have given, two-sided.

    Assumes only that, without an effect, before and after of a clinician could be swapped.  Up to
    EXACT_SIGN_FLIP clinicians every flip is counted; above, SIGN_FLIPS random ones and the observed
    one, p = (hits + 1) / (flips + 1), which is never 0 (Phipson & Smyth, 2010).
    statistic: the mean difference.  effect_size: d_z, None without spread.  Undefined without
    clinicians and where a difference is undefined.
    """
    n = len(differences)
    if n == 0 or not np.isfinite(differences).all():
        return TestResult(None, None, None, None, "d_z")
    observed = float(differences.mean())
    # Flips that give the same mean on paper must not be lost to rounding.
    threshold = abs(observed) - ROUNDING * np.abs(differences).max()

    def hits(flipped: NDArray[np.integer]) -> int:
        """Count the patterns, one a row (1 = sign flipped), that reach the threshold."""
        means = np.where(flipped == 1, -differences, differences).mean(axis=1)
        return int((np.abs(means) >= threshold).sum())

    if n <= EXACT_SIGN_FLIP:
        p_value = hits((np.arange(2**n)[:, None] >> np.arange(n)) & 1) / 2**n
    else:
        rng = np.random.Generator(np.random.PCG64(seed))
        block = max(1, CHUNK // n)
        sizes = [min(block, SIGN_FLIPS - start) for start in range(0, SIGN_FLIPS, block)]
        reached = [hits(rng.integers(0, 2, size=(size, n))) for size in sizes]
        p_value = (sum(reached) + 1) / (SIGN_FLIPS + 1)
    return TestResult(observed, p_value, None, _d_z(differences), "d_z")


def wilcoxon_signed_rank(differences: FloatArray) -> TestResult:
    """Test whether the differences are symmetric about 0, by their signed ranks, two-sided.

    Zeros are left out (Wilcoxon, 1945).  The p-value is exact up to EXACT_WILCOXON differences
    without zeros and ties; otherwise it is the normal approximation with the correction for ties and
    without one for continuity: what scipy.stats.wilcoxon gives with method "exact" or "approx".
    statistic: the smaller of the rank sums.  effect_size: rank-biserial = (positive - negative) / all
    ranks, in [-1, 1] (Kerby, 2014).  Undefined where all differences are 0.
    """
    nonzero = differences[differences != 0]
    n = len(nonzero)
    if n == 0:
        return TestResult(None, None, None, None, "rank_biserial")
    _, at, ties = np.unique(np.abs(nonzero), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[at]  # tied differences share their mean rank
    positive = float(ranks[nonzero > 0].sum())
    total = n * (n + 1) / 2
    smaller = min(positive, total - positive)
    if n == len(differences) <= EXACT_WILCOXON and ties.max() == 1:
        ways = np.ones(1)  # ways[w] = sign patterns of the ranks so far with positive rank sum w
        for rank in range(1, n + 1):
            ways = np.pad(ways, (0, rank)) + np.pad(ways, (rank, 0))
        p_value = min(1.0, float(2 * ways[: int(smaller) + 1].sum() / 2**n))
    else:
        variance = n * (n + 1) * (2 * n + 1) / 24 - float((ties**3 - ties).sum()) / 48
        p_value = float(2 * ndtr((smaller - total / 2) / variance**0.5))
    return TestResult(smaller, p_value, None, (2 * positive - total) / total, "rank_biserial")


# name -> test of the raw differences, those on the measure's declared scale, and the seed.
TESTS: Mapping[str, Callable[[FloatArray, FloatArray, int], TestResult]] = {
    "paired_t": lambda raw, scaled, seed: paired_t(scaled),
    "wilcoxon_signed_rank": lambda raw, scaled, seed: wilcoxon_signed_rank(raw),
    "sign_flip": lambda raw, scaled, seed: sign_flip(scaled, seed),
}
DEFAULT_TESTS = ("paired_t", "sign_flip")


def compare(
    measure: Measure,
    before: ArrayLike,
    after: ArrayLike,
    *,
    n_dropped: int = 0,
    alpha: float = 0.05,
    resamples: int = 2000,
    seed: int,
    tests: Sequence[str] = DEFAULT_TESTS,
) -> Change:
    """Compare clinicians' values before and after: estimates with intervals, and tests.

    before, after: shape (n,), not negative, in the measure's unit; the same clinician at the same
    place.  Resampling goes by place: keep the clinicians in the order of their ids, as
    clinician_values does, and intervals repeat exactly.  tests: names of TESTS; their p_adjusted is
    left None for `holm` over all measures.

    Intervals: bootstrap by clinician at level 1 - alpha, BCa, for the median percentile; None for
    one clinician and where no clinician differs from another.  A clinician with 0 before leaves the
    three per-clinician changes undefined, one with 0 after the geometric mean ratio and, on the log
    scale, its tests: nobody is dropped and no test is exchanged.  share_of_clinicians_worse: strictly
    worse; None where neither direction of the measure is good by itself.

    Raises:
        InputError: lengths differ, a value is negative or not finite, alpha is not between 0 and 1, a
            test is unknown, or fewer than 1 resample.
    """
    b, a = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    _check(measure, b, a, alpha, tests)
    n = len(b)
    # NaN = undefined, inside this module only.
    relative = n > 0 and b.min() > 0
    ratio = a / b if relative else np.full(n, np.nan)
    log_ratio = np.log(ratio) if relative and a.min() > 0 else np.full(n, np.nan)
    scaled = log_ratio if measure.scale == "log" else a - b
    changes = _estimates(np.stack([b, a, ratio, log_ratio], axis=1), 1 - alpha, resamples, seed)
    worse = {None: None, True: a > b, False: a < b}[measure.lower_is_better]
    return Change(
        measure=measure.name,
        unit=measure.unit,
        n_clinicians=n,
        n_dropped=n_dropped,
        before=float(b.mean()) if n else None,
        after=float(a.mean()) if n else None,
        difference=changes.pop("difference"),
        percent_change=changes,
        tests={name: TESTS[name](a - b, scaled, seed) for name in tests},
        share_of_clinicians_worse=float(worse.mean()) if n and worse is not None else None,
    )


def _estimates(rows: FloatArray, level: float, resamples: int, seed: int) -> dict[str, Estimate]:
    """Estimate every change, the difference first.  rows: (n, 4), the columns named above."""
    n = len(rows)
    if n == 0:
        return dict.fromkeys([*SMOOTH, "median_of_clinician_changes"], Estimate(None, None, None))
    estimates = {}
    # 0 / 0 (nobody had any before, or nobody is left) is NaN, which comes out as None.
    with np.errstate(divide="ignore", invalid="ignore"):
        means = rows.mean(axis=0)
        resampled = resampled_sums(rows, resamples, seed) / n
        left_out = leave_one_out_sums(rows) / (n - 1)
        for name, statistic in SMOOTH.items():
            value = float(statistic(means))
            interval = bca_interval(value, statistic(resampled), statistic(left_out), level)
            estimates[name] = _estimate(value, interval)
        ratio = rows[:, RATIO]
        medians = [np.median(ratio[units], axis=1) for units in resample(n, resamples, seed)]
        interval = percentile_interval(np.concatenate(medians) - 1, level)
    estimates["median_of_clinician_changes"] = _estimate(float(np.median(ratio)) - 1, interval)
    return estimates


def _estimate(value: float, interval: Interval | None) -> Estimate:
    if not np.isfinite(value):
        return Estimate(None, None, None)
    return Estimate(value, interval.low, interval.high) if interval else Estimate(value, None, None)


def _d_z(differences: FloatArray) -> float | None:
    if not varies(differences):
        return None
    return float(differences.mean() / differences.std(ddof=1))


def _check(measure: Measure, b: FloatArray, a: FloatArray, alpha: float, tests: Sequence[str]) -> None:
    problems = []
    if b.ndim != 1 or b.shape != a.shape:
        problems.append(f"before has shape {b.shape}, after {a.shape}; give one value per clinician in both")
    unusable = sum(int((~np.isfinite(values) | (values < 0)).sum()) for values in (b, a))
    if unusable:
        problems.append(f"{unusable} values are negative or not finite; leave those clinicians out by name")
    if not 0 < alpha < 1:
        problems.append(f"alpha is {alpha}; give a number between 0 and 1, such as 0.05")
    unknown = ", ".join(sorted(set(tests) - TESTS.keys()))
    if unknown:
        problems.append(f"unknown test {unknown}; the tests are {', '.join(TESTS)}")
    if problems:
        raise InputError(f"{measure.name}: {problem}" for problem in problems)
