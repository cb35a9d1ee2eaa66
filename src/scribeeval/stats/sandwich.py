"""Covariance by cluster, with small-sample corrections, of any model that solves weighted least squares.

In coordinates where the model is ordinary least squares (design D and residuals e multiplied by a
square root of the inverse working covariance), with D = Q R, Q of orthonormal columns:

    S_i = Q_i' Q_i (p x p)      g_i = Q_i' e_i (p)      sum of S_i = I
    covariance of R b = sum over clusters of u_i u_i',   u_i = f(S_i) g_i

where f is the correction, a function of the eigenvalues l of S_i (0 <= l <= 1, the cluster's leverage):

    CR0   1                        White (1980), Liang & Zeger (1986)
    CR1   sqrt(k / (k - 1))        k clusters
    CR1S  sqrt(k / (k - 1) * (n - 1) / (n - p))      Stata's; sandwich::vcovCL type HC1
    CR2   (1 - l)^(-1/2)           Bell & McCaffrey (2002); Kauermann & Carroll (2001) in a GEE
    CR3   (1 - l)^(-1)             Mancl & DeRouen (2001) in a GEE

The textbook form is u_i = Q_i' (I - H_i)^(-1/2) e_i with H_i = Q_i Q_i' of the cluster's n_i rows.  The
two are equal, because h(Q Q') Q = Q h(Q' Q) for every function h of eigenvalues; this one needs p x p
matrices only and does not depend on which square root made the coordinates.  Where l = 1 the cluster
alone determines a direction, its residuals there are 0, and the generalised inverse takes 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from scribeeval.errors import InputError, not_known
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.clusters import Rows, gram_root
from scribeeval.stats.effects import Effect, RobustFit, Why, t_test, undefined

# Leverage nearer to 1 than this is 1.
WHOLE = 1e-10

# A standard error smaller than this share of the response's size is rounding.
NO_SPREAD = 1e-11

BLOCK_ROWS = 50_000  # rows gathered at a time

# name -> f(leverage, k clusters, n rows, p columns)
CORRECTIONS: Mapping[str, Callable[[FloatArray, int, int, int], FloatArray]] = {
    "CR0": lambda lev, k, n, p: np.ones_like(lev),
    "CR1": lambda lev, k, n, p: np.full_like(lev, (k / (k - 1)) ** 0.5),
    "CR1S": lambda lev, k, n, p: np.full_like(lev, (k / (k - 1) * (n - 1) / (n - p)) ** 0.5),
    "CR2": lambda lev, k, n, p: _power(1 - lev, -0.5),
    "CR3": lambda lev, k, n, p: _power(1 - lev, -1.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class Sandwich:
    """What the covariance of every contrast is made of.

    leverages: (k, p), the eigenvalues of S_i; axes: (k, p, p), its eigenvectors in columns; factors:
    (k, p), f(leverages); scores: (k, p), u_i; root: R, (p, p), upper triangular; size: of the response.
    """

    leverages: FloatArray
    axes: FloatArray
    factors: FloatArray
    scores: FloatArray
    root: FloatArray
    size: float


def sandwich(rows: Rows, design: FloatArray, residuals: FloatArray, correction: str, size: float) -> Sandwich:
    """Compute the pieces of the covariance by cluster.

    design (n, p) and residuals (n,): in the coordinates where the model is ordinary least squares, rows
    in the order of `rows`.  size: a typical value of the response there.

    Raises:
        InputError: the correction is unknown.
    """
    check_correction(correction)
    q, root = orthonormal(design)
    leverage = cluster_products(rows, q, q)
    scores = cluster_products(rows, q, residuals[:, None])[..., 0]
    values, axes = np.linalg.eigh(leverage)
    values = np.clip(values, 0.0, 1.0)
    factors = CORRECTIONS[correction](values, rows.n_clusters, *design.shape)
    turned = factors * np.einsum("kji,kj->ki", axes, scores)
    return Sandwich(values, axes, factors, np.einsum("kij,kj->ki", axes, turned), root, size)


def check_correction(correction: str) -> None:
    """Raise InputError where the correction is unknown."""
    if correction not in CORRECTIONS:
        raise InputError(not_known("correction", correction, CORRECTIONS))


def orthonormal(design: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Factor the design, (n, p) -> Q (n, p) with orthonormal columns, R (p, p) upper triangular.

    By Cholesky twice, which is as good as Householder where columns are far from collinear and ten times
    as fast (Yamamoto et al., 2015); else by Householder.
    """
    scale = np.abs(design).max(axis=0)  # so that units do not matter
    scaled = design / scale
    root = gram_root(scaled)
    if root is None:
        q, root = np.linalg.qr(scaled)
        return q, root * scale
    q = scaled @ np.linalg.inv(root)
    again = np.linalg.cholesky(q.T @ q).T
    return q @ np.linalg.inv(again), again @ root * scale


def cluster_products(rows: Rows, left: FloatArray, right: FloatArray) -> FloatArray:
    """Give left_i' right_i of each cluster: (n, p), (n, m) -> (k, p, m).

    Clusters of one size go together in blocks: n x p x m at once would not fit a large hospital.
    """
    products = np.empty((rows.n_clusters, left.shape[1], right.shape[1]))
    for size in np.unique(rows.sizes):
        same = np.flatnonzero(rows.sizes == size)
        block = max(1, BLOCK_ROWS // int(size))
        for start in range(0, len(same), block):
            some = same[start : start + block]
            at = rows.starts[some][:, None] + np.arange(size)
            products[some] = left[at].transpose(0, 2, 1) @ right[at]
    return products


def covariance(pieces: Sandwich) -> FloatArray:
    """Give the covariance matrix of the coefficients, (p, p)."""
    half = np.linalg.solve(pieces.root, pieces.scores.T)
    matrix: FloatArray = half @ half.T
    return matrix


def contrast(pieces: Sandwich, weights: FloatArray, estimate: float, alpha: float) -> Effect:
    """Test weights' b against 0, with Satterthwaite's degrees of freedom.

    weights: (p,), one per coefficient.  The variance estimate is a quadratic form e' A e; if e had the
    working covariance, its first two moments are those of a chi-squared with

        df = (trace O)^2 / trace(O^2),   O_ij = [i = j] d_i - q_i' q_j,
        h_i = f(S_i) c,   q_i = S_i h_i,   d_i = h_i' q_i,   c = R'^(-1) weights

    both traces exact from p-vectors: trace(O^2) = sum d_i^2 - 2 sum d_i |q_i|^2 + |sum q_i q_i'|^2.
    Source: Bell & McCaffrey (2002); Pustejovsky & Tipton (2018).  Undefined where the model leaves no
    residual, and where the contrast is known from one cluster alone (its leverage there is 1).
    """
    c = np.linalg.solve(pieces.root.T, weights)
    variance = float(((pieces.scores @ c) ** 2).sum())
    turned = np.einsum("kji,j->ki", pieces.axes, c)
    if (np.abs(turned[pieces.leverages > 1 - WHOLE]) > 1e-6 * np.linalg.norm(c)).any():
        return undefined(estimate, "one_cluster_alone")
    if variance**0.5 <= NO_SPREAD * pieces.size * float(np.linalg.norm(c)):
        return undefined(estimate, "no_residual_variation")
    h = pieces.factors * turned
    q = pieces.leverages * h
    d = (h * q).sum(axis=1)
    squares = (q**2).sum(axis=1)
    in_common = np.einsum("kij,kj->ki", pieces.axes, q)
    trace = float((d - squares).sum())
    trace_of_square = float((d**2 - 2 * d * squares).sum() + ((in_common.T @ in_common) ** 2).sum())
    if not (trace > 0 and trace_of_square > 0):
        return undefined(estimate, "one_cluster_alone")
    return t_test(estimate, variance**0.5, trace**2 / trace_of_square, alpha)


def standard_errors(pieces: Sandwich) -> tuple[float | None, ...]:
    """Give the standard error of every coefficient; None where it is undefined, as in `contrast`."""
    unit = np.eye(len(pieces.root))
    return tuple(contrast(pieces, weights, 0.0, 0.05).standard_error for weights in unit)


def robust_fit(
    rows: Rows,
    coefficients: FloatArray,
    pieces: Sandwich,
    method: str,
    alpha: float,
    *,
    marginal_effect: Effect | None = None,
    correlation: float | None = None,
) -> RobustFit:
    """Make the result of a model that was fitted."""
    at = 0 if rows.at is None else rows.at
    effect = contrast(pieces, np.eye(len(coefficients))[at], float(coefficients[at]), alpha)
    return RobustFit(
        names=rows.names,
        coefficients=tuple(map(float, coefficients)),
        standard_errors=standard_errors(pieces),
        effect=effect,
        marginal_effect=marginal_effect,
        method=method,
        n_clusters=rows.n_clusters,
        n_rows=len(rows.y),
        dropped_columns=rows.dropped_columns,
        converged=True,
        correlation=correlation,
        fallback=None,
        why=effect.why,
    )


def undefined_fit(rows: Rows, method: str, why: Why | None) -> RobustFit:
    """Make the result of a model that could not be fitted."""
    none = (None,) * len(rows.names)
    return RobustFit(
        names=rows.names,
        coefficients=none,
        standard_errors=none,
        effect=undefined(None, why),
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


def _power(rest: FloatArray, exponent: float) -> FloatArray:
    """Raise 1 - leverage to a power; 0 where it is 0 (the generalised inverse)."""
    power: FloatArray = np.where(rest > WHOLE, np.maximum(rest, WHOLE) ** exponent, 0.0)
    return power
