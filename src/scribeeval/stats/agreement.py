"""How a measure of notes agrees with a human judgement: four statistics, by item and by system.

    pearson     the linear correlation of the values
    spearman    Pearson's of the ranks; ties share their mean rank
    kendall     tau-b: (concordant - discordant) / sqrt(pairs untied in x * pairs untied in y)
    auc         P(x of a positive item > x of a negative one) + P(equal) / 2

Intervals are percentile bootstraps over units: items, or clusters where items share something (several
systems summarised one dialogue), because such items are not independent.  A resample is a weight per
item, so that nothing is sorted twice.  Nothing is turned round: a measure of errors correlates
negatively with a judgement of quality, and its AUC lies below .5.

Sources: Pearson (1896); Spearman (1904); Kendall (1945) for tau-b; Hanley & McNeil (1982) for the AUC
as Mann & Whitney's statistic; Efron & Tibshirani (1993), chapters 8 and 13.  Equal to scipy.stats.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import (
    MAX_UNDEFINED_RESAMPLES,
    ROUNDING,
    FloatArray,
    percentile_interval,
    random_groups,
    resample,
    times_drawn,
    varies,
)

IntArray = NDArray[np.int64]

CORRELATIONS = ("pearson", "spearman", "kendall")
MIN_ITEMS = 3
MIN_SYSTEMS = 3
MAX_UNITS = 2000  # pairs of units are held in a table; more units are put into so many random groups
WEIGHTS_AT_ONCE = 500_000  # small enough for a processor's cache

WHY: Mapping[str, str] = {
    "fewer_than_3_items": "fewer than 3 items have both values",
    "measure_constant": "the measure is the same for all",
    "judgement_constant": "the judgement is the same for all",
    "not_binary": "the judgement is not 0 or 1; a threshold (--above) makes it so",
    "one_class": "all items are on one side of the threshold",
    "no_systems": "no column names the systems",
    "fewer_than_3_systems": "fewer than 3 systems",
    "one_unit": "one unit cannot be resampled",
    "equal_resamples": "all resamples agree",
    "undefined_resamples": "more than 5 % of the resamples have no value",
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """One statistic with its interval.  why: a key of WHY, where the value or the interval is None."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    why: str | None = None


def pearson(x: FloatArray, y: FloatArray) -> float | None:
    """Correlate values linearly, -1 to 1; None for fewer than 3 items and where x or y is constant."""
    return _once(x, y, "pearson")


def spearman(x: FloatArray, y: FloatArray) -> float | None:
    """Correlate ranks, -1 to 1; None as for pearson."""
    return _once(x, y, "spearman")


def kendall(x: FloatArray, y: FloatArray) -> float | None:
    """Give Kendall's tau-b, -1 to 1; None as for pearson."""
    return _once(x, y, "kendall")


def auc(x: FloatArray, positive: NDArray[np.bool_]) -> float | None:
    """Tell how well x ranks the positive items above the others, 0 to 1; .5 = as chance does.

    None for fewer than 3 items and where all are positive or none is; .5 where x is constant.
    """
    return _once(x, np.asarray(positive, dtype=np.float64), "auc")


def _once(x: FloatArray, y: FloatArray, name: str) -> float | None:
    _check(x, y, np.arange(len(x)))
    if _why_not(x, y, name) is not None:
        return None
    return float(_Pairs(x, y, np.arange(len(x)), name).values(np.ones((1, len(x))), np.ones((1, len(x))))[0])


def by_item(
    x: FloatArray,
    y: FloatArray,
    units: IntArray,
    *,
    above: float | None = None,
    level: float,
    resamples: int,
    seed: int,
) -> dict[str, Agreement]:
    """Correlate a measure x with a judgement y over items: pearson, spearman, kendall and auc.

    x, y: shape (n,), finite.  units: the unit of each item, 0 and up; units are resampled.  above: an
    item is positive where y > above; None takes a judgement of 0 and 1 as it is, and gives no auc for
    any other.

    Raises:
        InputError: shapes differ, or a value is not finite.
    """
    _check(x, y, units)
    _, units = np.unique(units, return_inverse=True)
    found = {name: _of_items(x, y, units, name, level, resamples, seed) for name in CORRELATIONS}
    if above is None and not np.isin(y, (0, 1)).all():
        return found | {"auc": Agreement(why="not_binary")}
    positive = (y > (0.5 if above is None else above)).astype(np.float64)
    return found | {"auc": _of_items(x, positive, units, "auc", level, resamples, seed)}


def by_system(
    x: FloatArray,
    y: FloatArray,
    systems: IntArray,
    units: IntArray,
    *,
    level: float,
    resamples: int,
    seed: int,
) -> dict[str, Agreement]:
    """Correlate the systems' mean measure with their mean judgement: pearson, spearman and kendall.

    systems: the system of each item, 0 and up.  The interval resamples the units that the systems worked
    on, not the systems: it is about these systems.  Undefined for fewer than 3 of them.

    Raises:
        InputError: shapes differ, or a value is not finite.
    """
    _check(x, y, units)
    _, units = np.unique(units, return_inverse=True)
    names, systems = np.unique(systems, return_inverse=True)
    if len(names) < MIN_SYSTEMS:
        return {name: Agreement(why="fewer_than_3_systems") for name in CORRELATIONS}
    member = np.zeros((len(x), len(names)))
    member[np.arange(len(x)), systems] = 1
    mean_x, mean_y = (_means(np.ones((1, len(x))), values, member) for values in (x, y))
    for means, why in ((mean_x, "measure_constant"), (mean_y, "judgement_constant")):
        if not varies(means[0]):
            return {name: Agreement(why=why) for name in CORRELATIONS}
    drawn: dict[str, list[FloatArray]] = {name: [] for name in CORRELATIONS}
    for _, weights in _draws(units, resamples, seed):
        means_x, means_y = (_means(weights, values, member) for values in (x, y))
        for name in CORRELATIONS:
            drawn[name].append(_of_means(means_x, means_y, name))
    return {
        name: _agreement(float(_of_means(mean_x, mean_y, name)[0]), np.concatenate(drawn[name]), units, level)
        for name in CORRELATIONS
    }


def _of_items(
    x: FloatArray, y: FloatArray, units: IntArray, name: str, level: float, resamples: int, seed: int
) -> Agreement:
    why = _why_not(x, y, name)
    if why is not None:
        return Agreement(why=why)
    grouped = units
    if units.max() >= MAX_UNITS:
        grouped = random_groups(int(units.max()) + 1, MAX_UNITS, seed)[units]
    pairs = _Pairs(x, y, grouped, name)
    value = pairs.values(np.ones((1, int(grouped.max()) + 1)), np.ones((1, len(x))))[0]
    drawn = [pairs.values(counts, weights) for counts, weights in _draws(grouped, resamples, seed)]
    return _agreement(float(value), np.concatenate(drawn), units, level)


def _agreement(value: float, drawn: FloatArray, units: IntArray, level: float) -> Agreement:
    if units.max() < 1:
        return Agreement(value, why="one_unit")
    undefined = ~np.isfinite(drawn)
    if undefined.mean() > MAX_UNDEFINED_RESAMPLES:
        return Agreement(value, why="undefined_resamples")
    interval = percentile_interval(drawn[~undefined], level)
    if interval is None:
        return Agreement(value, why="equal_resamples")
    return Agreement(value, interval.low, interval.high)


def _why_not(x: FloatArray, y: FloatArray, name: str) -> str | None:
    if len(x) < MIN_ITEMS:
        return "fewer_than_3_items"
    if name == "auc":
        return None if varies(y) else "one_class"
    if not varies(x):
        return "measure_constant"
    return None if varies(y) else "judgement_constant"


def _draws(units: IntArray, resamples: int, seed: int) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Draw units: how often each was drawn (block, n_units), and so the weight of each item (block, n)."""
    n_units = int(units.max()) + 1
    step = max(1, WEIGHTS_AT_ONCE // len(units))
    for block in resample(n_units, resamples, seed):
        for start in range(0, len(block), step):
            counts = times_drawn(block[start : start + step], n_units).astype(np.float64)
            yield counts, counts[:, units]


class _Pairs:
    """One statistic of two columns, ready to be taken under any weights of the items."""

    def __init__(self, x: FloatArray, y: FloatArray, units: IntArray, name: str) -> None:
        self._name = name
        self._x, self._y = _Ties(x), _Ties(y)
        if name == "pearson":
            xc, yc = x - x.mean(), y - y.mean()
            self._products = np.stack([xc, yc, xc * xc, yc * yc, xc * yc], axis=1)
        elif name != "spearman":
            self._concordance = _concordance(self._x.level, self._y.level, units)

    def values(self, counts: FloatArray, weights: FloatArray) -> FloatArray:
        """Take the statistic of each row of weights: (block, n) -> (block,), NaN = undefined."""
        if self._name == "pearson":
            size = weights.sum(axis=1)
            sx, sy, sxx, syy, sxy = (weights @ self._products).T
            smallest = 1e3 * ROUNDING * self._products.sum(axis=0)
            vx, vy = sxx - sx * sx / size, syy - sy * sy / size
            return _divided(sxy - sx * sy / size, vx, vy, smallest[2], smallest[3])
        if self._name == "spearman":
            rx, ry = self._x.ranks(weights), self._y.ranks(weights)
            products = [np.einsum("ij,ij,ij->i", weights, a, b) for a, b in ((rx, ry), (rx, rx), (ry, ry))]
            return _divided(*products)
        difference = np.einsum("ij,ij->i", counts @ self._concordance, counts) / 2
        if self._name == "kendall":
            return _divided(difference, self._x.untied(weights), self._y.untied(weights))
        # Concordant less discordant pairs of a positive and a negative item, of all such pairs.
        return 0.5 + _divided(difference, self._y.untied(weights), self._y.untied(weights)) / 2


class _Ties:
    """The order of a column, and where its runs of equal values start."""

    def __init__(self, values: FloatArray) -> None:
        _, self.level = np.unique(values, return_inverse=True)
        self._order = np.argsort(self.level, kind="stable")
        self._starts = np.flatnonzero(np.diff(self.level[self._order], prepend=-1))

    def _totals(self, weights: FloatArray) -> FloatArray:
        totals: FloatArray = np.add.reduceat(weights[:, self._order], self._starts, axis=1)
        return totals

    def ranks(self, weights: FloatArray) -> FloatArray:
        """Give each item its mean rank among the weighted items, less the mean of all ranks."""
        totals = self._totals(weights)
        middles = totals.cumsum(axis=1) - totals / 2 - weights.sum(axis=1, keepdims=True) / 2
        ranks: FloatArray = middles[:, self.level]
        return ranks

    def untied(self, weights: FloatArray) -> FloatArray:
        """Count the pairs of items whose values differ."""
        pairs: FloatArray = (weights.sum(axis=1) ** 2 - (self._totals(weights) ** 2).sum(axis=1)) / 2
        return pairs


def _concordance(x: IntArray, y: IntArray, units: IntArray) -> FloatArray:
    """Sum sign(x_i - x_j) * sign(y_i - y_j) over the items of each two units: (n_units, n_units)."""
    n_units = int(units.max()) + 1
    order = np.argsort(units, kind="stable")
    x, y = x[order], y[order]
    starts = np.searchsorted(units[order], np.arange(n_units))
    rows = np.empty((n_units, n_units))
    for unit, (start, stop) in enumerate(zip(starts, [*starts[1:], len(x)], strict=True)):
        signs = np.sign(x[start:stop, None] - x) * np.sign(y[start:stop, None] - y)
        rows[unit] = np.add.reduceat(signs.sum(axis=0, dtype=np.float64), starts)
    return rows


def _divided(
    product: FloatArray, square_x: FloatArray, square_y: FloatArray, low_x: float = 0, low_y: float = 0
) -> FloatArray:
    """Divide by the root of both squares; NaN where one is not above what rounding leaves."""
    found = np.full(len(product), np.nan)
    np.divide(product, np.sqrt(square_x * square_y), out=found, where=(square_x > low_x) & (square_y > low_y))
    clipped: FloatArray = np.clip(found, -1, 1)
    return clipped


def _means(weights: FloatArray, values: FloatArray, member: FloatArray) -> FloatArray:
    """Mean of each system under each row of weights: (block, systems); NaN where none was drawn.

    Rounded at the twelfth digit: sums in another order must not part equal means.
    """
    sizes = weights @ member
    means = np.full(sizes.shape, np.nan)
    np.divide((weights * values) @ member, sizes, out=means, where=sizes > 0)
    scale = float(np.abs(values).max()) or 1.0
    rounded: FloatArray = np.round(means / scale, 12)
    return rounded


def _of_means(x: FloatArray, y: FloatArray, name: str) -> FloatArray:
    """Correlate each row of x with the row of y: (block, systems) -> (block,), NaN = undefined."""
    if name == "kendall":
        sx, sy = (np.sign(values[:, :, None] - values[:, None, :]) for values in (x, y))
        return _divided(*((a * b).sum(axis=(1, 2)) for a, b in ((sx, sy), (sx, sx), (sy, sy))))
    if name == "spearman":
        x, y = rankdata(x, axis=1), rankdata(y, axis=1)
    xc, yc = (values - values.mean(axis=1, keepdims=True) for values in (x, y))
    product, square_x, square_y = ((a * b).sum(axis=1) for a, b in ((xc, yc), (xc, xc), (yc, yc)))
    return _divided(product, square_x, square_y, ROUNDING, ROUNDING)


def _check(x: FloatArray, y: FloatArray, units: IntArray) -> None:
    if x.ndim != 1 or not x.shape == y.shape == units.shape:
        raise InputError(
            f"x has shape {x.shape}, y {y.shape}, units {units.shape}; give one of each per item"
        )
    unusable = int((~np.isfinite(x) | ~np.isfinite(y)).sum())
    if unusable:
        raise InputError(f"{unusable} items have a value that is not finite; leave them out")
