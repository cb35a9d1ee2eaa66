"""Rows of clinicians, ready for a regression with standard errors by cluster; and its result.

The rows of a clinician are not independent: weeks resemble each other, and neighbours most.  Every
model here therefore takes `clusters`, one whole number per row, and asks nothing of rows of one
cluster but that they are independent of other clusters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from scribeeval.errors import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# A column whose part outside the span of the others is smaller than this share of it is collinear;
# the tolerance of R's lm.
COLLINEAR = 1e-7

# Below, a t distribution with Satterthwaite's df describes the statistic badly (Tipton, 2015).
FEW_DF = 4.0

Why = Literal[
    "one_cluster",  # nothing to compare clusters with
    "too_few_rows",  # not more rows than columns
    "phase_collinear",  # the phase column is constant or a mixture of the others
    "no_residual_variation",  # the model fits every row: no error to estimate from
    "one_cluster_alone",  # the effect is known from one cluster only
    "few_degrees_of_freedom",  # given, but not to be leaned on
    "phase_all_0_or_1",  # a share without a finite logit in a phase
    "separation",  # as above, for a mixture of columns
    "not_converged",
    "no_pairs",  # every cluster has one row: no correlation within clusters to estimate
    "correlation_out_of_range",  # no correlation matrix has the estimated working correlation
    "log_of_zero",  # a value of 0 has no logarithm
    "interval_unbounded",  # too few clusters for an interval of this level
    "undefined_resamples",
]


@dataclass(frozen=True, slots=True)
class Effect:
    """One coefficient or contrast with its t test and interval; None = undefined, why says so."""

    estimate: float | None
    standard_error: float | None
    df: float | None
    statistic: float | None
    p_value: float | None
    low: float | None
    high: float | None
    why: Why | None


NO_EFFECT = Effect(None, None, None, None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class RobustFit:
    """A regression with standard errors by cluster.

    names: the columns kept, in the order given; coefficients and standard_errors follow them (None =
    undefined).  effect: the phase column, on the model's scale.  marginal_effect: logit models only,
    the same in percentage points as a fraction.  dropped_columns: mixtures of earlier columns.
    correlation: the working correlation of a GEE.  fallback: what was done in place of `method`, None
    where nothing was; why: the reason for it, or for what is undefined.
    """

    names: tuple[str, ...]
    coefficients: tuple[float | None, ...]
    standard_errors: tuple[float | None, ...]
    effect: Effect
    marginal_effect: Effect | None
    method: str
    n_clusters: int
    n_rows: int
    dropped_columns: tuple[str, ...]
    converged: bool
    correlation: float | None
    fallback: str | None
    why: Why | None


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Checked rows, those of a cluster together, the order inside a cluster kept.

    y, weights, times: shape (n,); x: (n, p), only columns that are no mixture of others; starts: the
    first row of each cluster; sizes: its rows.  at: the phase column among them, None where the rows
    cannot tell the phase from the other columns.
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
        return "too_few_rows" if len(self.y) <= self.x.shape[1] else None

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
) -> Rows:
    """Check the rows, bring clusters together and leave out collinear columns.

    y: shape (n,); x: (n, p), with a column of ones where an intercept is wanted; names: its p columns;
    clusters: whole numbers, in any order; at: the index of the phase column; weights: above 0; times:
    whole numbers (weeks), each once in a cluster; rows of a cluster are then put in their order.

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
    kept = independent_columns(table, at)
    return Rows(
        y=values[order],
        x=table[np.ix_(order, kept)] if len(kept) < table.shape[1] else table[order],
        names=tuple(names[j] for j in kept),
        at=kept.index(at) if at in kept else None,
        starts=starts,
        sizes=np.diff(np.append(starts, len(codes))),
        weights=None if extra["weights"] is None else extra["weights"][order].astype(np.float64),
        times=None if when is None else when[order].astype(np.int64),
        dropped_columns=tuple(name for j, name in enumerate(names) if j not in kept),
    )


def independent_columns(x: FloatArray, at: int) -> list[int]:
    """List the columns that are no mixture of earlier ones; the phase column `at` is judged last.

    Last, because a column that equals a mixture with the phase must take the phase with it: to keep
    the phase and drop a trend would credit the scribe with what nobody can tell apart.
    """
    basis = np.empty((len(x), 0))
    kept = []
    for j in [*(j for j in range(x.shape[1]) if j != at), at]:
        size = np.abs(x[:, j]).max(initial=0.0)
        if size == 0:
            continue
        column = x[:, j] / size  # so that squares neither overflow nor vanish
        length = np.linalg.norm(column)
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)  # twice, against rounding
        left = np.linalg.norm(rest)
        if left > COLLINEAR * length:
            kept.append(j)
            basis = np.column_stack([basis, rest / left])
    return sorted(kept)


def t_test(estimate: float, standard_error: float, df: float, alpha: float) -> Effect:
    """Test an estimate against 0 by t, two-sided, with the interval at level 1 - alpha."""
    statistic = estimate / standard_error
    reach = float(stdtrit(df, 1 - alpha / 2)) * standard_error
    return Effect(
        estimate=estimate,
        standard_error=standard_error,
        df=df,
        statistic=statistic,
        p_value=float(2 * stdtr(df, -abs(statistic))),
        low=estimate - reach,
        high=estimate + reach,
        why="few_degrees_of_freedom" if df < FEW_DF else None,
    )


def check_alpha(alpha: float) -> None:
    """Raise InputError where alpha is no level of a test."""
    if not 0 < alpha < 1:
        raise InputError(f"alpha is {alpha}; give a number between 0 and 1, such as 0.05")


def undefined_fit(rows: Rows, method: str, why: Why | None) -> RobustFit:
    """Make the result of a model that could not be fitted."""
    none = (None,) * len(rows.names)
    return RobustFit(
        names=rows.names,
        coefficients=none,
        standard_errors=none,
        effect=Effect(None, None, None, None, None, None, None, why),
        marginal_effect=None,
        method=method,
        n_clusters=rows.n_clusters,
        n_rows=len(rows.y),
        dropped_columns=rows.dropped_columns,
        converged=False,
        correlation=None,
        fallback=None,
        why=why,
    )


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
