"""Restricted maximum likelihood (REML) of a linear mixed model from sums over clinicians.

    y_i = X_i b + Z_i u_i + e_i      u_i ~ N(0, s2 D), e_i ~ N(0, s2 I), clinician i

Z_i: an intercept, and the phase as -1/2 before and +1/2 after.  A clinician enters by Z'Z, Z'X, Z'y
alone, so that a fit costs the same whatever the number of weeks.  D = L L' with L lower triangular is
the relative covariance of Bates et al. (2015), and

    deviance(L) = sum log|I + L'Z_i'Z_i L| + log|X'W X| + (n - p) (1 + log(2 pi s2)),  W = (I + Z D Z')^-1

is -2 log REML likelihood, profiled over b and s2.

Sources: Patterson & Thompson (1971); Harville (1977); Bates, Maechler, Bolker & Walker (2015).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from scribeeval.stats.bootstrap import FloatArray

Free: TypeAlias = tuple[tuple[int, int], ...]

# structure -> columns of Z used, and the (row, column) of each free entry of L.
STRUCTURES: Mapping[str, tuple[tuple[int, ...], Free]] = {
    "slope": ((0, 1), ((0, 0), (1, 0), (1, 1))),
    "slope_uncorrelated": ((0, 1), ((0, 0), (1, 1))),
    "slope_alone": ((1,), ((0, 0),)),
    "intercept": ((0,), ((0, 0),)),
    "none": ((), ()),
}


BLOCK = 4096  # rows


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What a fit needs of X and the clinicians, whatever y.  k clinicians, p columns, q = 2 random effects.

    X = q_x R (QR).  q_x: (p, n), rows sorted by clinician as `order` says, who begin at starts: (k,).
    r_factor: (p, p), R.  szz: (k, q, q), Z'Z.  szx: (k, q, p), Z'q_x.  products: (k, p (p + 1) / 2),
    the upper triangles of the clinicians' q_x'q_x.
    """

    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    z: FloatArray
    q_x: FloatArray
    r_factor: FloatArray
    szz: FloatArray
    szx: FloatArray
    products: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What a fit needs of the data: a layout's sums, and those with r = y - X b_ols, where q_x'r = 0.

    szr: (k, q), Z'r.  sxr: (k, p), q_x'r of each clinician.  b_ols: (p,).  rss: r'r.
    """

    n: int
    szz: FloatArray
    szx: FloatArray
    szr: FloatArray
    products: FloatArray
    sxr: FloatArray
    r_factor: FloatArray
    b_ols: FloatArray
    rss: float

    def only(self, columns: tuple[int, ...]) -> "Sums":
        """Keep some of the random effects."""
        at = list(columns)
        return replace(self, szz=self.szz[:, at][:, :, at], szx=self.szx[:, at], szr=self.szr[:, at])


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The model at one D, in units of s2 = residual variance: what deviance and derivatives share.

    t: (k, q, q), Z'WZ.  b: (k, q, p), Z'W q_x.  d: (k, q), Z'W(r - q_x beta).  c: (p, p), the inverse
    of q_x'W q_x.  beta: (p,), the coefficients of q_x.
    """

    covariance: FloatArray
    t: FloatArray
    b: FloatArray
    d: FloatArray
    c: FloatArray
    beta: FloatArray
    s2: float
    deviance: float


def lay_out(x: FloatArray, phase: FloatArray, clusters: NDArray[np.int64]) -> Layout:
    """Orthogonalise X and add up the rows of each clinician.

    x: (n, p), of full column rank.  phase: (n,), 0 before and 1 after.  clusters: (n,), codes
    0 ... k - 1, in any order.
    """
    order = np.argsort(clusters, kind="stable")
    starts = np.flatnonzero(np.diff(clusters[order], prepend=-1))
    q_x, r_factor = _orthogonal(x[order])
    z = np.stack([np.ones_like(phase), phase[order] - 0.5])

    def add(rows: FloatArray) -> FloatArray:
        return np.asarray(np.add.reduceat(rows, starts))

    # Column by column, so that no array of (n, p, p) is ever made.
    szz = np.stack([np.stack([add(one * other) for one in z], axis=1) for other in z], axis=1)
    szx = np.stack([np.stack([add(one * column) for column in q_x], axis=1) for one in z], axis=1)
    products = np.empty((len(starts), len(q_x) * (len(q_x) + 1) // 2))
    for at, (i, j) in enumerate(zip(*np.triu_indices(len(q_x)), strict=True)):
        products[:, at] = add(q_x[i] * q_x[j])
    return Layout(order, starts, z, q_x, r_factor, szz, szx, products)


def _orthogonal(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Factor x = q_x' R: q_x (p, n) with orthonormal rows, R (p, p) upper triangular.

    By blocks of rows, which stay in the processor's cache; then Cholesky's method on what is almost
    orthonormal already, where it loses nothing.
    """
    blocks = [np.linalg.qr(x[start : start + BLOCK], mode="r") for start in range(0, len(x), BLOCK)]
    r_factor = np.linalg.qr(np.concatenate(blocks), mode="r")
    q_x = solve_triangular(r_factor, x.T, trans="T")
    second = np.linalg.cholesky(q_x @ q_x.T)
    return np.ascontiguousarray(solve_triangular(second, q_x, lower=True)), second.T @ r_factor


def sums(layout: Layout, y: FloatArray) -> Sums:
    """Add up what depends on y: (n,), in the order of the rows that were laid out."""
    y = y[layout.order]
    projected = layout.q_x @ y
    residuals = y - projected @ layout.q_x
    # Once more: one pass leaves rounding of the size of y, which may be far from 0.
    again = layout.q_x @ residuals
    residuals -= again @ layout.q_x
    szr, sxr = (
        np.stack([np.add.reduceat(row * residuals, layout.starts) for row in rows], axis=1)
        for rows in (layout.z, layout.q_x)
    )
    return Sums(
        n=len(y),
        szz=layout.szz,
        szx=layout.szx,
        szr=szr,
        products=layout.products,
        sxr=sxr,
        r_factor=layout.r_factor,
        b_ols=solve_triangular(layout.r_factor, projected + again),
        rss=float(residuals @ residuals),
    )


def evaluate(s: Sums, factor: FloatArray) -> Point:
    """Compute the profiled deviance at D = factor factor', factor (q, q)."""
    p, q = s.szx.shape[2], s.szz.shape[1]
    m = np.eye(q) + factor.T @ s.szz @ factor
    _, log_det = np.linalg.slogdet(m)
    k = factor @ np.linalg.inv(m) @ factor.T
    shrink = np.eye(q) - s.szz @ k
    t = shrink @ s.szz
    b = shrink @ s.szx
    zr = (shrink @ s.szr[:, :, None])[:, :, 0]
    kx = k @ s.szx
    flat = s.szx.reshape(-1, p)
    c: FloatArray = np.linalg.inv(np.eye(p) - flat.T @ kx.reshape(-1, p)).astype(np.float64)
    beta = -c @ (kx.reshape(-1, p).T @ s.szr.ravel())
    d = zr - b @ beta
    ssq = s.rss - float(np.einsum("ki,kij,kj->", s.szr, k, s.szr)) - float(beta @ np.linalg.solve(c, beta))
    s2 = ssq / (s.n - p)
    log_r = 2 * float(np.log(np.abs(np.diag(s.r_factor))).sum())
    deviance = float(log_det.sum()) - float(np.linalg.slogdet(c)[1]) + log_r
    # Not positive where rounding is all that is left: the callers look.
    deviance += (s.n - p) * (1 + float(np.log(2 * np.pi * s2))) if s2 > 0 else -np.inf
    return Point(factor @ factor.T, t, b, d, c, beta, s2, deviance)


def gradient_in_d(point: Point) -> FloatArray:
    """Gradient of the deviance in D, as a symmetric (q, q): its product with a change of D, summed."""
    u = np.einsum("kip,pr,kjr->ij", point.b, point.c, point.b, optimize=True)
    gradient: FloatArray = point.t.sum(axis=0) - u - np.einsum("ki,kj->ij", point.d, point.d) / point.s2
    return gradient


def bases(free: Free, q: int) -> FloatArray:
    """The symmetric matrices (m, q, q) of which D is a sum, one for each free entry."""
    basis = np.zeros((len(free), q, q))
    for at, (row, column) in enumerate(free):
        basis[at, row, column] = basis[at, column, row] = 1.0
    return basis


def entries(covariance: FloatArray, free: Free) -> FloatArray:
    """D's free entries, (m,)."""
    return np.array([covariance[at] for at in free])
