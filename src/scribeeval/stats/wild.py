"""Wild cluster bootstrap-t of the phase coefficient: for few clusters, where t with any df is a guess.

The null hypothesis is imposed (restricted): y is fitted without the phase, the residuals of each
cluster are multiplied by one random weight of mean 0 and variance 1, and the phase is estimated anew.
Everything happens in p-vectors per cluster, never on rows again: a bootstrap estimate and its variance
by cluster are a linear and a quadratic form of the clusters' scores, and both are polynomials in the
value of the null hypothesis, so that the interval costs no second bootstrap.

Sources: Cameron, Gelbach & Miller (2008); Webb (2023) for six-point weights; Roodman, Nielsen,
MacKinnon & Webb (2019), "Fast and wild", for the algebra.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scribeeval.errors import InputError, not_known
from scribeeval.stats.bootstrap import CHUNK, MAX_UNDEFINED_RESAMPLES, FloatArray
from scribeeval.stats.clusters import Rows, prepare
from scribeeval.stats.effects import Effect, RobustFit, Why, check_alpha, undefined
from scribeeval.stats.sandwich import NO_SPREAD, WHOLE, cluster_products, orthonormal, undefined_fit

WEIGHTS = {
    "rademacher": np.array([-1.0, 1.0]),
    "webb": np.array([-1, 1, -1, 1, -1, 1]) * np.sqrt(np.array([1.5, 1.5, 1.0, 1.0, 0.5, 0.5])),
}
EXACT_WILD = 13  # up to so many clusters every Rademacher draw is counted
FEW_CLUSTERS = 10  # with fewer, Rademacher has too few different draws, and Webb's weights are taken

# Values of t equal on paper must not be lost to rounding; a variance of 0 must not pass for one.
TIE = 1e-9
NO_VARIANCE = 1e-13

# Doublings and halvings of the step in the search for an end of the interval.  An end a million standard
# errors away is none: p then stays at its limit, and falls below alpha by rounding alone.
DOUBLINGS, HALVINGS = 20, 60


@dataclass(frozen=True, slots=True, eq=False)
class _Draws:
    """Bootstrap estimates and variances as polynomials of the null value b: one row per draw.

    estimate = ny - b nx, variance = q0 - 2 b q1 + b^2 q2, both up to one common factor.
    exact: every possible draw is there, the observed signs among them.
    """

    ny: FloatArray
    nx: FloatArray
    q0: FloatArray
    q1: FloatArray
    q2: FloatArray
    exact: bool


def wild_cluster_bootstrap(
    y: ArrayLike,
    x: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike,
    at: int,
    *,
    weights: ArrayLike | None = None,
    auxiliary: str | None = None,
    resamples: int = 9_999,
    alpha: float = 0.05,
    seed: int,
) -> RobustFit:
    """Test the phase coefficient of a least-squares fit by the restricted wild cluster bootstrap-t.

    y, x, names, clusters, at, weights: as in `cluster_robust_ols`.  auxiliary: the random weights,
    "rademacher" or "webb"; None = webb below FEW_CLUSTERS clusters, else rademacher.  Up to EXACT_WILD
    clusters every Rademacher draw is counted and nothing is random.

    p_value: share of draws with |t*| >= |t|, symmetric, t with CR1 standard errors; with random draws
    (hits + 1) / (draws + 1).  low, high: the null values whose p-value is at least alpha (the test
    inverted).  df is None: the reference distribution is the bootstrap's.  standard_error: CR1.

    Undefined as in `cluster_robust_ols`, and where more than 5 % of the draws have no spread.  The
    interval is None (interval_unbounded) where no value can be rejected: too few draws.

    Raises:
        InputError: as in `prepare`; auxiliary unknown; fewer than 1 resample; alpha not in (0, 1).
    """
    check_alpha(alpha)
    rows = prepare(y, x, names, clusters, at, weights=weights)
    k = rows.n_clusters
    if auxiliary is None:
        auxiliary = "webb" if k < FEW_CLUSTERS else "rademacher"
    if auxiliary not in WEIGHTS:
        raise InputError(not_known("auxiliary", auxiliary, WEIGHTS))
    if resamples < 1:
        raise InputError(f"{resamples} resamples; give at least 1 (9999 is usual)")
    exact = auxiliary == "rademacher" and k <= EXACT_WILD
    how_many = f"all {2**k} draws" if exact else f"{resamples} draws, seed {seed}"
    method = f"ols, restricted wild cluster bootstrap-t, {auxiliary} weights, {how_many}"
    if rows.why is not None or rows.at is None:
        return undefined_fit(rows, method, rows.why)
    effect = _effect(rows, rows.at, WEIGHTS[auxiliary], exact, resamples, alpha, seed)
    only = [name == rows.names[rows.at] for name in rows.names]
    return RobustFit(
        names=rows.names,
        coefficients=tuple(effect.estimate if phase else None for phase in only),
        standard_errors=tuple(effect.standard_error if phase else None for phase in only),
        effect=effect,
        marginal_effect=None,
        method=method,
        n_clusters=k,
        n_rows=len(rows.y),
        dropped_columns=rows.dropped_columns,
        converged=True,
        correlation=None,
        fallback=None,
        why=effect.why,
    )


def _effect(
    rows: Rows, at: int, points: FloatArray, exact: bool, resamples: int, alpha: float, seed: int
) -> Effect:
    half = np.ones(len(rows.y)) if rows.weights is None else np.sqrt(rows.weights)
    # With the phase last, the last column of Q is what the others leave of it (Frisch, Waugh & Lovell).
    last = [*(j for j in range(len(rows.names)) if j != at), at]
    q, root = orthonormal(rows.x[:, last] * half[:, None])
    response = rows.y * half
    fitted = q.T @ response
    length, k = float(root[-1, -1]), rows.n_clusters
    estimate = float(fitted[-1]) / length
    scores = rows.sums(q[:, -1] * (response - q @ fitted))
    spread = float((scores**2).sum()) ** 0.5
    leverage = cluster_products(rows, q, q)
    if leverage[:, -1, -1].max() > 1 - WHOLE:
        return undefined(estimate, "one_cluster_alone")
    if spread <= NO_SPREAD * float(np.abs(response).max(initial=0.0)):
        return undefined(estimate, "no_residual_variation")
    restricted = response - q[:, :-1] @ fitted[:-1]
    null = cluster_products(rows, q, restricted[:, None])[..., 0]
    draws = _draw(null, leverage[:, -1] * length, leverage[:, -1], points, exact, resamples, seed)

    def p_value(value: float) -> float | None:
        return _p_value(draws, value, abs(length * (estimate - value)) / spread)

    p = p_value(0.0)
    standard_error = (k / (k - 1)) ** 0.5 * spread / abs(length)
    if p is None:
        return undefined(estimate, "undefined_resamples")
    low, high = (_end(p_value, estimate, sign * standard_error, alpha) for sign in (-1, 1))
    if low is None or high is None:
        low = high = None
    why: Why | None = "interval_unbounded" if low is None else None
    return Effect(estimate, standard_error, None, estimate / standard_error, p, low, high, why)


def _draw(
    null_y: FloatArray,
    null_x: FloatArray,
    share: FloatArray,
    points: FloatArray,
    exact: bool,
    resamples: int,
    seed: int,
) -> _Draws:
    """Draw the weights and keep the polynomials.

    null_y, null_x: (k, p), scores Q_i' of the restricted residuals of y and of the phase; share: (k, p),
    the row of S_i that belongs to the phase.  A draw v gives D = sum v_i null_i and the clusters' scores
    v_i null_i[phase] - share_i' D.
    """
    k = len(null_y)
    rng = np.random.Generator(np.random.PCG64(seed))
    n = 2**k if exact else resamples
    block = max(1, CHUNK // k)
    parts = []
    for start in range(0, n, block):
        size = min(block, n - start)
        if exact:
            bits = (np.arange(start, start + size)[:, None] >> np.arange(k)) & 1
            v = points[bits]
        else:
            v = points[rng.integers(0, len(points), size=(size, k))]
        moved_y, moved_x = v @ null_y, v @ null_x
        spread_y = v * null_y[:, -1] - moved_y @ share.T
        spread_x = v * null_x[:, -1] - moved_x @ share.T
        q0, q1, q2 = (
            np.einsum("rk,rk->r", a, b)
            for a, b in ((spread_y, spread_y), (spread_y, spread_x), (spread_x, spread_x))
        )
        parts.append((moved_y[:, -1], moved_x[:, -1], q0, q1, q2))
    ny, nx, q0, q1, q2 = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _Draws(ny, nx, q0, q1, q2, exact)


def _p_value(draws: _Draws, value: float, observed: float) -> float | None:
    """Share of draws whose |t| reaches the observed one; None where too many have no variance."""
    variance = draws.q0 - 2 * value * draws.q1 + value**2 * draws.q2
    estimate = (draws.ny - value * draws.nx) ** 2
    size = draws.q0 + 2 * np.abs(value * draws.q1) + value**2 * draws.q2
    defined = variance > NO_VARIANCE * size
    n = int(defined.sum())
    if n < (1 - MAX_UNDEFINED_RESAMPLES) * len(defined):
        return None
    reached = max(0.0, observed * (1 - TIE) - TIE) ** 2
    hits = int((estimate[defined] >= reached * variance[defined]).sum())
    return hits / n if draws.exact else (hits + 1) / (n + 1)


def _end(
    p_value: Callable[[float], float | None], estimate: float, step: float, alpha: float
) -> float | None:
    """Find where the p-value falls below alpha, going from the estimate in the direction of the step."""

    def rejected(value: float) -> bool:
        p = p_value(value)
        return p is not None and p < alpha

    inside, outside = estimate, estimate + step
    for _ in range(DOUBLINGS):
        if rejected(outside):
            break
        inside, step = outside, 2 * step
        outside = estimate + step
    else:
        return None
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if rejected(middle) else (middle, outside)
    return inside
