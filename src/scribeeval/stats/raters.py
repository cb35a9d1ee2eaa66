"""How far raters agree who judged the same things: weighted kappa and Krippendorff's alpha.

    kappa   1 - observed disagreement / that of two raters who keep their marginals but ignore the thing;
            disagreement |a - b| (linear) or (a - b)^2 (quadratic), of the values, not of their ranks
    alpha   1 - Do / De: any number of raters, values may be missing; the difference of two values is
            nominal, ordinal (by the marks given between them), interval or ratio

Both are 1 for perfect agreement, about 0 for none beyond chance, and below 0 for less than that.
Intervals are percentile bootstraps over units (visits): the things of one visit are alike, so that they
are drawn together.  stats/icc.py has the intraclass correlations.

Sources: Cohen (1968), weighted kappa; Krippendorff (2011), "Computing Krippendorff's alpha-reliability",
and (2018), Content Analysis, chapter 12.  Equal to scikit-learn's cohen_kappa_score and to the packages
`krippendorff` and `psych`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import (
    MAX_UNDEFINED_RESAMPLES,
    ROUNDING,
    FloatArray,
    percentile_interval,
    resample,
    times_drawn,
)

IntArray = NDArray[np.int64]
Weights = Literal["linear", "quadratic"]
Level = Literal["nominal", "ordinal", "interval", "ratio"]

AT_ONCE = 2_000_000  # numbers held at a time: bounds the memory, never changes the draw

WHY: Mapping[str, str] = {
    "nothing_in_common": "nothing was judged by two raters",
    "one_value": "all judged alike: chance agreement is perfect too",
    "one_unit": "one visit cannot be resampled",
    "equal_resamples": "all resamples agree",
    "undefined_resamples": "more than 5 % of the resamples have no value",
    "fewer_than_2_things": "fewer than 2 things were judged by all raters",
    "no_variance": "the ratings do not vary",
    "negative_variance": "the ratings vary less than chance would have it: an estimated variance is negative",
    "perfect": "agreement is perfect, which leaves nothing to make an interval from",
}


@dataclass(frozen=True, slots=True)
class Reliability:
    """One coefficient with its interval.  n: things it rests on.

    why: a key of WHY, where the value or the interval is None.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """How the intervals are made."""

    level: float = 0.95
    resamples: int = 2000
    seed: int = 0


def weighted_kappa(
    x: FloatArray, y: FloatArray, units: IntArray, weights: Weights, how: Bootstrap
) -> Reliability:
    """Give Cohen's weighted kappa of two raters, -1 to 1, with its interval.

    x, y: shape (n,), NaN = not judged; things that one of them did not judge are left out.  units: the
    unit of each thing, any whole numbers.  Undefined where nothing is judged by both, or where both gave
    one and the same value throughout.

    Raises:
        InputError: shapes differ, or a value is infinite.
    """
    _check(x.reshape(-1, 1), units)
    _check(y.reshape(-1, 1), units)
    both = np.isfinite(x) & np.isfinite(y)
    if not both.any():
        return Reliability(why="nothing_in_common")
    x, y, units = x[both], y[both], units[both]
    values, places = np.unique(np.stack([x, y]), return_inverse=True)
    one_hot = np.eye(len(values))
    marks_x, marks_y = one_hot[places[0]], one_hot[places[1]]
    power = {"linear": 1, "quadratic": 2}[weights]
    difference = np.abs(values[:, None] - values) ** power
    observed = np.abs(x - y) ** power

    def kappas(drawn: FloatArray) -> FloatArray:
        chance = np.einsum("ij,ij->i", (drawn @ marks_x) @ difference, drawn @ marks_y)
        return _one_less(drawn @ observed * drawn.sum(axis=1), chance)

    return _reliability(kappas, units, how)


def krippendorff_alpha(ratings: FloatArray, units: IntArray, level: Level, how: Bootstrap) -> Reliability:
    """Give Krippendorff's alpha, at most 1, with its interval.

    ratings: shape (things, raters), NaN = not judged; things with fewer than two ratings are left out.
    units: the unit of each thing.  level "ratio" takes values of 0 and more.  Undefined where nothing is
    judged twice, or where all ratings are one value.

    Raises:
        InputError: shapes differ, a value is infinite or, for a ratio, negative.
    """
    _check(ratings, units)
    pairable = np.isfinite(ratings).sum(axis=1) >= 2
    if not pairable.any():
        return Reliability(why="nothing_in_common")
    ratings, units = ratings[pairable], units[pairable]
    values = np.unique(ratings[np.isfinite(ratings)])
    if level == "ratio" and values[0] < 0:
        raise InputError("a rating is negative; a ratio scale starts at 0, take the interval level")
    marks = np.stack([(ratings == value).sum(axis=1) for value in values], axis=1).astype(np.float64)
    alphas = _ordinal(marks) if level == "ordinal" else _fixed(marks, _difference(values, level))
    return _reliability(alphas, units, how)


def _fixed(marks: FloatArray, difference: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Alpha where the difference of two values is the same whatever was drawn.  marks: (things, values)."""
    observed = _disagreement(marks, difference)

    def alphas(drawn: FloatArray) -> FloatArray:
        totals = drawn @ marks
        expected = np.einsum("ij,ij->i", totals @ difference, totals)
        return _one_less(drawn @ observed * (totals.sum(axis=1) - 1), expected)

    return alphas


def _ordinal(marks: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Alpha where the difference depends on how often the values between were given.

    The square of the marks from a to b, the ends counted half, is that of a difference of mid-ranks; so
    each resample has values of its own, and is then an interval alpha of them.
    """
    size = marks.sum(axis=1)
    pairs = size - 1

    def alphas(drawn: FloatArray) -> FloatArray:
        totals = drawn @ marks
        n = totals.sum(axis=1)
        ranks = totals.cumsum(axis=1) - totals / 2
        ranks -= ((ranks * totals).sum(axis=1) / n)[:, None]
        # The sum of (a - b)^2 over ordered pairs is 2 (n sum(a^2) - sum(a)^2): within each thing, and in all.
        sums, squares = ranks @ marks.T, (ranks * ranks) @ marks.T
        observed = (drawn * (size * squares - sums * sums) / pairs).sum(axis=1)
        expected = n * (ranks * ranks * totals).sum(axis=1)
        return _one_less(observed * (n - 1), expected)

    return alphas


def _disagreement(marks: FloatArray, difference: FloatArray) -> FloatArray:
    """Sum the differences of all pairs of ratings of each thing, over its ratings less one."""
    pairs: FloatArray = np.einsum("ij,ij->i", marks @ difference, marks)
    pairs /= marks.sum(axis=1) - 1
    return pairs


def _difference(values: FloatArray, level: Level) -> FloatArray:
    """The squared difference of two values: (values, values)."""
    apart: FloatArray = values[:, None] - values
    if level == "nominal":
        unequal: FloatArray = (apart != 0).astype(np.float64)
        return unequal
    if level == "ratio":
        sums = values[:, None] + values
        apart = np.divide(apart, sums, out=np.zeros_like(apart), where=sums != 0)
    squares: FloatArray = apart * apart
    return squares


def _reliability(
    statistic: Callable[[FloatArray], FloatArray], units: IntArray, how: Bootstrap
) -> Reliability:
    """Take a statistic of weights per thing, (block, n) -> (block,), and its interval over units."""
    n = len(units)
    value = float(statistic(np.ones((1, n)))[0])
    if not np.isfinite(value):
        return Reliability(n=n, why="one_value")
    _, units = np.unique(units, return_inverse=True)
    if units.max() < 1:
        return Reliability(value, n=n, why="one_unit")
    drawn = np.concatenate([statistic(weights) for weights in _draws(units, how)])
    undefined = ~np.isfinite(drawn)
    if undefined.mean() > MAX_UNDEFINED_RESAMPLES:
        return Reliability(value, n=n, why="undefined_resamples")
    interval = percentile_interval(drawn[~undefined], how.level)
    if interval is None:
        return Reliability(value, n=n, why="equal_resamples")
    return Reliability(value, interval.low, interval.high, n)


def _draws(units: IntArray, how: Bootstrap) -> Iterator[FloatArray]:
    """Draw units: so the weight of each thing, (block, n)."""
    n_units = int(units.max()) + 1
    step = max(1, AT_ONCE // len(units))
    for block in resample(n_units, how.resamples, how.seed):
        for start in range(0, len(block), step):
            yield times_drawn(block[start : start + step], n_units).astype(np.float64)[:, units]


def _one_less(observed: FloatArray, expected: FloatArray) -> FloatArray:
    """1 - observed / expected; NaN where chance alone would agree always."""
    ratio = np.full(observed.shape, np.nan)
    np.divide(observed, expected, out=ratio, where=expected > ROUNDING)
    return 1 - ratio


def _check(ratings: FloatArray, units: IntArray) -> None:
    if ratings.ndim != 2 or units.shape != ratings.shape[:1]:
        raise InputError(f"ratings have shape {ratings.shape}, units {units.shape}; give a unit per thing")
    if np.isinf(ratings).any():
        raise InputError(f"{int(np.isinf(ratings).sum())} ratings are infinite; leave them empty")
