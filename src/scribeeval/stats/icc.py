"""Intraclass correlations: how much of the variance of ratings is that of the things rated.

n things, each rated by the same k raters; mean squares of rows (things) R, within things W, of columns
(raters) C, and the residual E of a two-way analysis of variance:

    ICC(1)     (R - W) / (R + (k-1) W)                  raters differ from thing to thing
    ICC(A,1)   (R - E) / (R + (k-1) E + k/n (C - E))    the same raters, absolute agreement; "ICC(2,1)"
    ICC(C,1)   (R - E) / (R + (k-1) E)                  the same raters, consistency; "ICC(3,1)"
    ICC(k), ICC(A,k), ICC(C,k)                          of the mean of the k ratings

At most 1; below 0 where the things differ less than chance would have it.  Intervals rest on the F
distribution: exact for normal ratings, for ICC(A,.) with Satterthwaite's degrees of freedom.  They take
the things as independent.

Sources: Shrout & Fleiss (1979); McGraw & Wong (1996), tables 4 and 7.  Equal to R's psych::ICC and to
pingouin.intraclass_corr.
"""

import numpy as np
from scipy.stats import f as f_distribution

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import ROUNDING, FloatArray
from scribeeval.stats.raters import Reliability

FORMS = ("icc_1", "icc_a1", "icc_c1", "icc_k", "icc_ak", "icc_ck")
ONE_WAY = ("icc_1", "icc_k")


def intraclass(ratings: FloatArray, level: float = 0.95) -> dict[str, Reliability]:
    """Give the six intraclass correlations of FORMS, each with its interval.

    ratings: shape (things, raters), NaN = not judged; a thing that a rater did not judge is left out.
    Undefined for fewer than 2 such things or 2 raters, and where the ratings do not vary, or so little
    between things that an estimated variance is negative.  Without an interval where agreement is perfect.

    Raises:
        InputError: not two dimensions, an infinite value, or a level outside 0 to 1.
    """
    if ratings.ndim != 2 or np.isinf(ratings).any():
        raise InputError(f"ratings have shape {ratings.shape}; give finite numbers, a row a thing")
    if not 0 < level < 1:
        raise InputError(f"level {level}: give one between 0 and 1 (0.95 is usual)")
    table = ratings[np.isfinite(ratings).all(axis=1)]
    n, k = table.shape
    if n < 2 or k < 2:
        return dict.fromkeys(FORMS, Reliability(n=n, why="fewer_than_2_things"))
    apart = table - table.mean()
    total = float((apart * apart).sum())
    if total <= ROUNDING * max(1.0, float((table * table).sum())):
        return dict.fromkeys(FORMS, Reliability(n=n, why="no_variance"))
    rows = k * float((apart.mean(axis=1) ** 2).sum())
    columns = n * float((apart.mean(axis=0) ** 2).sum())
    sums = np.array([rows, total - rows, columns, total - rows - columns])
    sums[sums < ROUNDING * total] = 0.0
    r, w, c, e = (float(x) for x in sums / (n - 1, n * (k - 1), k - 1, (n - 1) * (k - 1)))
    return {name: _form(name, r, c, w if name in ONE_WAY else e, (n, k), level) for name in FORMS}


def _form(name: str, r: float, c: float, error: float, shape: tuple[int, int], level: float) -> Reliability:
    n, k = shape
    agreement = name in ("icc_a1", "icc_ak")
    raters = (c - error) / n if agreement else 0.0
    mean_of_k = name.endswith("k")
    below = r + raters if mean_of_k else r + (k - 1) * error + k * raters
    if below <= 0:
        return Reliability(n=n, why="negative_variance")
    value = (r - error) / below
    if error == raters == 0:
        return Reliability(value, n=n, why="perfect")
    if agreement:
        single = _agreement_limits(r, c, error, n, k, level)
    else:
        single = _ratio_limits(r / error, n, n * (k - 1) if name in ONE_WAY else (n - 1) * (k - 1), k, level)
    if not np.isfinite(single).all() or (mean_of_k and min(single) * (k - 1) <= -1):
        return Reliability(value, n=n, why="negative_variance")
    low, high = (_stepped_up(limit, k) for limit in single) if mean_of_k else single
    return Reliability(value, low, high, n)


def _stepped_up(single: float, k: int) -> float:
    """Spearman and Brown: of the mean of k ratings; it rises with the single one, so limits stay limits."""
    return k * single / (1 + (k - 1) * single)


def _ratio_limits(ratio: float, n: int, df: int, k: int, level: float) -> tuple[float, float]:
    """ICC(1) and ICC(C,1): functions of R / error, which is F up to a factor."""
    tail = (1 + level) / 2
    lower = ratio / float(f_distribution.ppf(tail, n - 1, df))
    upper = ratio * float(f_distribution.ppf(tail, df, n - 1))
    return (lower - 1) / (lower + k - 1), (upper - 1) / (upper + k - 1)


def _agreement_limits(r: float, c: float, error: float, n: int, k: int, level: float) -> tuple[float, float]:
    """ICC(A,1): Satterthwaite's degrees of freedom of C and E weighted as at the estimate."""
    tail = (1 + level) / 2
    # McGraw & Wong's a and b, both times n (1 - rho) (R + (k-1) E + k/n (C - E)), which cancels.
    rho = r - error
    rest = k * (error + (c - error) / n)
    a, b = k * rho, n * rest + k * rho * (n - 1)
    split = (a * c) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    if split <= 0:
        return np.nan, np.nan
    df = (a * c + b * error) ** 2 / split
    spread = k * c + (k * n - k - n) * error
    f_low = float(f_distribution.ppf(tail, n - 1, df))
    f_high = float(f_distribution.ppf(tail, df, n - 1))
    low = n * (r - f_low * error) / (f_low * spread + n * r)
    high = n * (f_high * r - error) / (spread + n * f_high * r)
    return low, high
