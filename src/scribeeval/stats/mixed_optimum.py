"""The optimum of a mixed model's REML deviance.

L-BFGS-B over the entries of L finds the region; Newton's steps in the variances give the last digits.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.mixed_derivatives import Derivatives, derivatives
from scribeeval.stats.mixed_reml import STRUCTURES, Free, Point, Sums, bases, evaluate, gradient_in_d

CONVERGED = 1e-8  # Newton decrement: squared distance to the optimum in standard errors of the variances
NEWTON_STEPS = 20
SINGULAR = 1e-4  # a diagonal entry of L below this is no variance; as lme4's isSingular


@dataclass(frozen=True, slots=True, eq=False)
class RemlFit:
    """The optimum under one structure of STRUCTURES.

    singular: a random effect has no variance of its own, so that variances have no standard errors.
    converged: the Hessian is positive definite, and the optimum nearer than rounding matters.
    """

    structure: str
    free: Free
    sums: Sums
    point: Point
    derivatives: Derivatives
    singular: bool

    @property
    def converged(self) -> bool:
        """Tell whether this is an optimum."""
        return bool(self.derivatives.decrement <= CONVERGED)


def fit_reml(all_sums: Sums, structure: str) -> RemlFit:
    """Fit one structure of the random effects.  Look at singular and converged before use.

    Raises:
        numpy.linalg.LinAlgError: the search met variances for which the model cannot be solved.
    """
    columns, free = STRUCTURES[structure]
    s = all_sums.only(columns)
    if not free:
        point = evaluate(s, np.zeros((0, 0)))
        return RemlFit(structure, free, s, point, derivatives(s, point, free), singular=False)
    point, factor = min(
        (_search(s, free, start) for start in _starts(s, free)), key=lambda at: at[0].deviance
    )
    singular = bool((np.diag(factor) < SINGULAR).any())
    point = point if singular else _newton(s, free, point)
    return RemlFit(structure, free, s, point, derivatives(s, point, free), singular)


def _starts(s: Sums, free: Free) -> list[FloatArray]:
    """Where to begin: the moments of the clinicians' own coefficients, then lme4's identity.

    Two, because at D = 0 the gradient in L vanishes whether or not that is the optimum.
    """
    q = s.szz.shape[1]
    starts = [np.eye(q)]
    spare = s.n - q * len(s.szz)
    if spare > 0 and np.linalg.cond(s.szz).max() < 1e8:
        own = np.linalg.solve(s.szz, s.szr[:, :, None])[:, :, 0]
        within = (s.rss - float((own * s.szr).sum())) / spare
        if within > 0:
            moments = own.T @ own / len(own) / within - np.linalg.inv(s.szz).mean(axis=0)
            size, axes = np.linalg.eigh(moments)
            moments = (axes * np.maximum(size, 0.01)) @ axes.T
            starts.insert(0, np.linalg.cholesky(moments))
    return [np.array([start[at] for at in free]) for start in starts]


def _search(s: Sums, free: Free, start: FloatArray) -> tuple[Point, FloatArray]:
    """Minimise the profiled deviance over the free entries of L, its diagonal not negative."""
    q = s.szz.shape[1]
    rows, columns = (np.array(axis) for axis in zip(*free, strict=True))

    def factor(theta: FloatArray) -> FloatArray:
        filled = np.zeros((q, q))
        filled[rows, columns] = theta
        return filled

    def deviance(theta: FloatArray) -> tuple[float, FloatArray]:
        point = evaluate(s, factor(theta))
        if not point.s2 > 0:
            raise np.linalg.LinAlgError("no residual variance is left")
        return point.deviance, 2 * (gradient_in_d(point) @ factor(theta))[rows, columns]

    bounds = [(0.0 if row == column else None, None) for row, column in free]
    found = minimize(deviance, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13})
    return evaluate(s, factor(found.x)), factor(found.x)


def _newton(s: Sums, free: Free, point: Point) -> Point:
    """Step in (G, s2) towards the optimum, while each step leads inside and at least halves what is left."""
    best, left = point, np.inf
    for _ in range(NEWTON_STEPS):
        found = derivatives(s, point, free)
        if not found.decrement < left / 2:
            break
        best, left = point, found.decrement
        covariance = point.covariance + np.tensordot(found.step[:-1], bases(free, s.szz.shape[1]), axes=1)
        factor = _factor(covariance / (1 + found.step[-1])) if found.step[-1] > -1 else None
        if factor is None or (np.diag(factor) < SINGULAR).any():
            break
        point = evaluate(s, factor)
    return best


def _factor(covariance: FloatArray) -> FloatArray:
    """L of D = L L'; zeros on the diagonal where D has no such factor or is singular."""
    try:
        return np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.zeros_like(covariance)
