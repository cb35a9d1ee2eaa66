"""Does the mean change differ between subgroups?  One test for each variable, not one for each level."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc

from scribeeval.stats.bootstrap import ROUNDING, FloatArray, varies
from scribeeval.stats.permutation import permutation_p_value


@dataclass(frozen=True, slots=True)
class Interaction:
    """Welch's F over the levels that are shown.  None = undefined, `why` says why.

    p_value: F test; p_permutation: the same F under random labels.  Both are adjusted (Holm) over the
    variables of one measure.
    """

    n_levels: int
    n_clinicians: int
    statistic: float | None = None
    df_between: float | None = None
    df_within: float | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    p_permutation: float | None = None
    p_permutation_adjusted: float | None = None
    n_permutations: int | None = None
    why: str | None = None


def welch_interaction(groups: Sequence[FloatArray], seed: int) -> Interaction:
    """Test whether the groups' means are equal where their spreads may differ.

    groups: the changes of each shown level.  Undefined for fewer than 2 levels, for a level of one
    clinician and for a level without spread, whose weight n / variance has no bound.

    Source: Welch (1951); the permutation of a studentised statistic: Janssen (1997).  F, both degrees of
    freedom and p equal R's oneway.test.
    """
    n = sum(map(len, groups))
    why = _undefined(groups)
    if why is not None:
        return Interaction(n_levels=len(groups), n_clinicians=n, why=why)
    sizes = np.array([len(group) for group in groups])
    # Tiny numbers lose digits beside a large mean, so that the whole is centred first.
    values = np.concatenate(groups)
    values = values - values.mean()
    f, between, within = (float(part[0]) for part in _welch(values[None, :], sizes))
    if not np.isfinite(f):  # a level whose spread is nothing beside the others'
        return Interaction(n_levels=len(groups), n_clinicians=n, why="level_without_spread")
    p_permutation, orders = permutation_p_value(values, lambda rows: _welch(rows, sizes)[0], seed)
    return Interaction(
        statistic=f,
        df_between=between,
        df_within=within,
        p_value=float(fdtrc(between, within, f)),
        p_permutation=p_permutation,
        n_permutations=orders,
        n_levels=len(groups),
        n_clinicians=n,
    )


def _undefined(groups: Sequence[FloatArray]) -> str | None:
    if len(groups) < 2:
        return "fewer_than_2_levels"
    if min(map(len, groups)) < 2:
        return "level_of_one_clinician"
    return None if all(varies(group) for group in groups) else "level_without_spread"


def _welch(rows: FloatArray, sizes: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """F and its degrees of freedom of each row: rows (orders, n), one group after the other."""
    starts = np.concatenate([[0], sizes.cumsum()[:-1]])
    means = np.add.reduceat(rows, starts, axis=1) / sizes
    squares = np.add.reduceat(rows * rows, starts, axis=1)
    variances = (squares - sizes * means**2) / (sizes - 1)
    # A random order may give a level equal values, on paper or but for rounding: F is then undefined.
    equal = variances <= 1e3 * ROUNDING * squares.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = sizes / np.where(equal, 0.0, variances)
        total = weights.sum(axis=1, keepdims=True)
        mean = (weights * means).sum(axis=1, keepdims=True) / total
        k = len(sizes)
        lost = ((1 - weights / total) ** 2 / (sizes - 1)).sum(axis=1) / (k * k - 1)
        f = (weights * (means - mean) ** 2).sum(axis=1) / (k - 1) / (1 + 2 * (k - 2) * lost)
        return f, np.full(len(rows), float(k - 1)), 1 / (3 * lost)
