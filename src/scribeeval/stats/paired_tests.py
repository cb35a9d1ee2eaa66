"""Tests of the mean difference: Student's paired t and the sign-flip permutation."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from scribeeval.records import TestResult
from scribeeval.stats.bootstrap import CHUNK, ROUNDING, FloatArray
from scribeeval.stats.effect_sizes import d_z, why_no_spread

EXACT_SIGN_FLIP = 14  # up to so many clinicians, all 2^n flips; above, SIGN_FLIPS random ones
SIGN_FLIPS = 9_999  # with the observed signs 10,000, so that the smallest p is 0.0001


def paired_t(differences: FloatArray) -> TestResult:
    """Test whether the mean difference is 0, by Student's t with n - 1 degrees of freedom.

    effect_size: d_z = mean / standard deviation of the differences.  Undefined without spread
    (one clinician, all equal) and where a difference is undefined.  Source: Student (1908).
    """
    effect = d_z(differences)
    if effect is None:
        return TestResult(None, None, None, None, "d_z", why=why_no_spread(differences))
    n = len(differences)
    t = effect * n**0.5
    p_value = float(2 * stdtr(n - 1, -abs(t)))
    return TestResult(t, p_value, None, effect, "d_z", df=n - 1, method="t")


def sign_flip(differences: FloatArray, seed: int) -> TestResult:
    """Test the mean difference against those that flipped signs would have given, two-sided.

    Assumes only that, without an effect, before and after of a clinician could be swapped.  Up to
    EXACT_SIGN_FLIP clinicians every flip is counted (method "exact"); above, SIGN_FLIPS random ones and
    the observed one ("sampled"), p = (hits + 1) / (flips + 1), which is never 0 (Phipson & Smyth, 2010).
    statistic: the mean difference.  effect_size: d_z, None without spread.  Undefined without
    clinicians and where a difference is undefined.
    """
    n = len(differences)
    if n == 0 or not np.isfinite(differences).all():
        return TestResult(None, None, None, None, "d_z", why=why_no_spread(differences))
    total = float(differences.sum())
    # Flips that give the same sum on paper must not be lost to rounding.
    threshold = abs(total) - n * ROUNDING * np.abs(differences).max()
    hits = 0
    for flipped in _flips(n, seed):
        # Flipping a sign takes the difference from the sum twice: one product, no table of signs.
        sums = total - 2 * (flipped.astype(np.float64) @ differences)
        hits += int((np.abs(sums) >= threshold).sum())
    exact = n <= EXACT_SIGN_FLIP
    p_value = hits / 2**n if exact else (hits + 1) / (SIGN_FLIPS + 1)
    method = "exact" if exact else "sampled"
    return TestResult(total / n, p_value, None, d_z(differences), "d_z", method=method)


def _flips(n: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Yield patterns, one a row, 1 = sign flipped, in blocks: all of them, or SIGN_FLIPS random ones."""
    if n <= EXACT_SIGN_FLIP:
        yield (np.arange(2**n)[:, None] >> np.arange(n)) & 1
        return
    rng = np.random.Generator(np.random.PCG64(seed))
    block = max(1, CHUNK // n)
    for start in range(0, SIGN_FLIPS, block):
        yield rng.integers(0, 2, size=(min(block, SIGN_FLIPS - start), n))
