"""Rows of clinicians, checked and brought together for a regression with standard errors by cluster.

The rows of a clinician are not independent: weeks resemble each other, and neighbours most.  Every
model here therefore takes `clusters`, one whole number per row, and asks nothing of rows of one
cluster but that they are independent of other clusters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import ROUNDING, FloatArray
from scribeeval.stats.effects import Why

IntArray = NDArray[np.int64]

# A column whose part outside the span of the others is smaller than this share of it is collinear;
# the tolerance of R's lm.
COLLINEAR = 1e-7
NEAR_COLLINEAR = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Checked rows, those of a cluster together, the order inside a cluster kept.

    y, weights, times: shape (n,); x: (n, p), only columns that are no mixture of others; starts: the
    first row of each cluster; sizes: its rows.  at: the phase column among them, None where the rows
    cannot tell the phase from the other columns.  absorbed: cluster means taken off beforehand.
    """

    y: FloatArray
    x: FloatArray
    names: tuple[str, ...]
    at: int | None
    starts: IntArray
    sizes: IntArray
    weights: FloatArray | None
    times: IntArray | None
    dropped_columns: tuple[str, ...]
    absorbed: int

    @property
    def n_clusters(self) -> int:
        """Count the clusters."""
        return len(self.starts)

    @property
    def why(self) -> Why | None:
        """Say why no model can be fitted; None where one can."""
        if self.at is None:
            return "phase_collinear"
        if self.n_clusters < 2:
            return "one_cluster"
        return "too_few_rows" if len(self.y) <= self.x.shape[1] + self.absorbed else None

    def sums(self, values: FloatArray) -> FloatArray:
        """Add up the rows of each cluster: (n, ...) -> (n_clusters, ...)."""
        total: FloatArray = np.add.reduceat(values, self.starts, axis=0)
        return total


def prepare(
    y: ArrayLike,
    x: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike,
    at: int,
    *,
    weights: ArrayLike | None = None,
    times: ArrayLike | None = None,
    within: bool = False,
) -> Rows:
    """Check the rows, bring clusters together and leave out collinear columns.

    y: shape (n,); x: (n, p), with a column of ones where an intercept is wanted; names: its p columns;
    clusters: whole numbers, in any order; at: the index of the phase column; weights: above 0; times:
    whole numbers (weeks), each once in a cluster; rows of a cluster are then put in their order.
    within: take each cluster's (weighted) mean off y and x, which is what a column per cluster would do;
    columns that do not vary within clusters then drop out.

    Raises:
        InputError: shapes differ, a number is missing or infinite, a weight is not above 0, a time
            comes twice in a cluster, or `at` is no column.
    """
    values, table = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)
    codes = np.asarray(clusters)
    extra = {
        name: None if given is None else np.asarray(given)
        for name, given in (("weights", weights), ("times", times))
    }
    _check_shapes(values, table, names, codes, at, extra)
    when = extra["times"]
    order = np.argsort(codes, kind="stable") if when is None else np.lexsort((when, codes))
    sorted_codes = codes[order]
    new = np.append(True, sorted_codes[1:] != sorted_codes[:-1])
    starts = np.flatnonzero(new)
    if when is not None and (~new[1:] & (when[order][1:] == when[order][:-1])).any():
        raise InputError("times: a cluster has two rows of one time; add its rows up first")
    known = None if extra["weights"] is None else extra["weights"][order].astype(np.float64)
    values, table = values[order], table[order]
    if within:
        values, table = (without_means(part, starts, known) for part in (values, table))
    kept = independent_columns(table, at)
    return Rows(
        y=values,
        x=table if len(kept) == table.shape[1] else table[:, kept],
        names=tuple(names[j] for j in kept),
        at=kept.index(at) if at in kept else None,
        starts=starts,
        sizes=np.diff(np.append(starts, len(codes))),
        weights=known,
        times=None if when is None else when[order].astype(np.int64),
        dropped_columns=tuple(name for j, name in enumerate(names) if j not in kept),
        absorbed=len(starts) if within else 0,
    )


def without_means(values: FloatArray, starts: IntArray, weights: FloatArray | None) -> FloatArray:
    """Take each cluster's (weighted) mean off its rows, (n, ...) -> (n, ...); rounding becomes 0."""
    w = np.ones(len(values)) if weights is None else weights
    column = (-1,) + (1,) * (values.ndim - 1)
    totals = np.add.reduceat(values * w.reshape(column), starts, axis=0)
    means = totals / np.add.reduceat(w, starts).reshape(column)
    rest: FloatArray = values - np.repeat(means, np.diff(np.append(starts, len(values))), axis=0)
    rest[np.abs(rest) <= ROUNDING * np.abs(values).max(axis=0)] = 0.0
    return rest


def independent_columns(x: FloatArray, at: int) -> list[int]:
    """List the columns that are no mixture of earlier ones; the phase column `at` is judged last.

    Last, because a column that equals a mixture with the phase must take the phase with it: to keep
    the phase and drop a trend would credit the scribe with what nobody can tell apart.
    """
    size = np.abs(x).max(axis=0)
    order = [*(j for j in range(x.shape[1]) if j != at and size[j] > 0), *([at] if size[at] > 0 else [])]
    if len(order) == x.shape[1] and gram_root((x / size)[:, order]) is not None:
        return sorted(order)
    basis = np.empty((len(x), 0))
    kept = []
    for j in order:
        column = x[:, j] / size[j]  # so that squares neither overflow nor vanish
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)  # twice, against rounding
        left = np.linalg.norm(rest)
        if left > COLLINEAR * np.linalg.norm(column):
            kept.append(j)
            basis = np.column_stack([basis, rest / left])
    return sorted(kept)


def gram_root(x: FloatArray) -> FloatArray | None:
    """Factor x'x = R'R, R upper triangular; None where a column is near a mixture of earlier ones.

    r_jj^2 is what earlier columns leave of column j.  Squares halve the digits: what is left must be
    far above rounding to be trusted, or the columns themselves have to be looked at.
    """
    products = x.T @ x
    try:
        root = np.asarray(np.linalg.cholesky(products).T, dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    return root if (np.diag(root) > NEAR_COLLINEAR * np.sqrt(np.diag(products))).all() else None


def _check_shapes(
    y: FloatArray,
    x: FloatArray,
    names: Sequence[str],
    codes: NDArray[Any],
    at: int,
    extra: dict[str, NDArray[Any] | None],
) -> None:
    n = len(y) if y.ndim == 1 else -1
    if n < 1 or x.ndim != 2 or len(x) != n or codes.shape != (n,):
        raise InputError(
            f"y has shape {y.shape}, x {x.shape}, clusters {codes.shape}; give at least one row in each, "
            "the same row at the same place"
        )
    problems = []
    if x.shape[1] != len(names) or len(set(names)) != len(names):
        problems.append(f"x has {x.shape[1]} columns but {len(set(names))} different names; name each once")
    if not 0 <= at < x.shape[1]:
        problems.append(f"at is {at}; give the index of the phase column, 0 to {x.shape[1] - 1}")
    if not np.issubdtype(codes.dtype, np.integer):
        problems.append(f"clusters are of type {codes.dtype}; give one whole number per row")
    for name, given in {"y": y, "x": x, **extra}.items():
        if given is None:
            continue
        if len(given) != n:
            problems.append(f"{name} has {len(given)} rows, y {n}; give one per row")
            continue
        if name == "times" and not np.issubdtype(given.dtype, np.integer):
            problems.append(f"times are of type {given.dtype}; give whole numbers, such as weeks")
            continue
        fine = np.isfinite(given) & ((given > 0) if name == "weights" else True)
        bad = np.flatnonzero(~fine.reshape(n, -1).all(axis=1))
        if len(bad):
            fault = "missing, infinite or not above 0" if name == "weights" else "missing or infinite"
            first = ", ".join(map(str, bad[:5]))
            problems.append(f"{name}: {len(bad)} rows are {fault} (first 5, from 0: {first}); leave them out")
    if problems:
        raise InputError(problems)
