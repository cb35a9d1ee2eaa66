"""Generalised estimating equations (GEE): the population's mean, with a working correlation.

    sum over clusters of D_i' V_i^(-1) (y_i - m_i) = 0        D_i = dm_i/db, V_i the working covariance

solved by Fisher scoring in turn with the working correlation.  Standard errors are those of the
sandwich with the correction of Mancl & DeRouen (2001): with few clusters the plain ones are too small.

Sources: Liang & Zeger (1986); Mancl & DeRouen (2001).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from scribeeval.errors import InputError, not_known
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.clusters import Rows, prepare
from scribeeval.stats.effects import RobustFit, Why, check_alpha
from scribeeval.stats.fractional import check_shares, fit_logit, marginal_effect
from scribeeval.stats.sandwich import (
    NO_SPREAD,
    check_correction,
    orthonormal,
    robust_fit,
    sandwich,
    undefined_fit,
)
from scribeeval.stats.working_correlation import CORRELATIONS

Family = Literal["gaussian", "binomial", "gamma"]

MAX_ROUNDS = 200
CONVERGED = 1e-11  # largest step of a linear predictor, relative to its size


@dataclass(frozen=True, slots=True)
class Link:
    """mean: inverse link of the linear predictor; slope: its derivative and deviation: the standard
    deviation of a row up to a factor, both as functions of the mean.
    """

    name: str
    mean: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    deviation: Callable[[FloatArray], FloatArray]


FAMILIES: Mapping[str, Link] = {
    "gaussian": Link("identity", lambda eta: eta, np.ones_like, np.ones_like),
    "binomial": Link("logit", expit, lambda m: m * (1 - m), lambda m: np.sqrt(m * (1 - m))),
    "gamma": Link("log", np.exp, lambda m: m, lambda m: m),
}


@dataclass(frozen=True, slots=True, eq=False)
class _Solution:
    coefficients: FloatArray
    rho: float
    design: FloatArray
    residuals: FloatArray
    why: Why | None


def gee(
    y: ArrayLike,
    x: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike,
    at: int,
    *,
    family: str = "gaussian",
    correlation: str = "exchangeable",
    weights: ArrayLike | None = None,
    times: ArrayLike | None = None,
    correction: str = "CR3",
    alpha: float = 0.05,
) -> RobustFit:
    """Fit a GEE by clinician.

    y, x, names, clusters, at, weights, times: as in `prepare`.  family: "gaussian" (identity),
    "binomial" (logit; y a share, weights its trials) or "gamma" (log; y above 0).  correlation:
    "independence", "exchangeable" or "ar1" (by times; without, rows of a cluster are consecutive weeks
    in the order given).  correction: a name of sandwich.CORRECTIONS; CR3 is Mancl & DeRouen's, CR2
    Kauermann & Carroll's, CR0 what geepack prints.  Tests: t with Satterthwaite's degrees of freedom
    under the working covariance.  effect: on the link's scale.

    A correlation that cannot be estimated (no_pairs) or that no matrix has (correlation_out_of_range)
    gives the fit under independence, with fallback "independence" and why.  Undefined as in
    `cluster_robust_ols` and, binomial, `fractional_logit`; and where the equations do not converge.
    Coefficients and CR0 equal to geepack 1.3.9 (scale estimated, no weights), CR3 to statsmodels'
    bias_reduced.

    Raises:
        InputError: as in `prepare`; family, correlation or correction unknown; y outside the family's
            range; alpha not between 0 and 1.
    """
    check_alpha(alpha)
    check_correction(correction)
    for what, name, known in (("family", family, FAMILIES), ("correlation", correlation, CORRELATIONS)):
        if name not in known:
            raise InputError(not_known(what, name, known))
    rows = prepare(y, x, names, clusters, at, weights=weights, times=times)
    _check_range(rows, family)
    method = (
        f"gee, {family} {FAMILIES[family].name}, {correlation}, {correction} by cluster, "
        "t with Satterthwaite df"
    )
    if rows.why is not None:
        return undefined_fit(rows, method, rows.why)
    start, why = _start(rows, family)
    if why is not None:
        return undefined_fit(rows, method, why)
    solution, fallback, reason = _solve(rows, family, correlation, start), None, None
    if solution.why in ("no_pairs", "correlation_out_of_range"):
        fallback, reason = "independence", solution.why
        solution = _solve(rows, family, "independence", start)
    if solution.why is not None:
        return undefined_fit(rows, method, solution.why)
    size = float(np.abs(solution.residuals + solution.design @ solution.coefficients).max())
    pieces = sandwich(rows, solution.design, solution.residuals, correction, size)
    b = solution.coefficients
    marginal = marginal_effect(rows, b, pieces, alpha) if family == "binomial" else None
    fit = robust_fit(rows, b, pieces, method, alpha, marginal_effect=marginal, correlation=solution.rho)
    return replace(fit, fallback=fallback, why=fit.why or reason)


def _start(rows: Rows, family: str) -> tuple[FloatArray, Why | None]:
    """Fit under independence, or near it."""
    if family == "binomial":
        return fit_logit(rows)
    half = np.ones(len(rows.y)) if rows.weights is None else np.sqrt(rows.weights)
    q, root = orthonormal(rows.x * half[:, None])
    response = np.log(rows.y) if family == "gamma" else rows.y
    return np.asarray(np.linalg.solve(root, q.T @ (response * half)), dtype=np.float64), None


def _solve(rows: Rows, family: str, correlation: str, start: FloatArray) -> _Solution:
    """Alternate between the working correlation and a scoring step until neither moves.

    Standardised residuals r = (y - m) / sd and the design D / sd, both multiplied by a square root of
    the inverse working correlation, make each step ordinary least squares.
    """
    link, working = FAMILIES[family], CORRELATIONS[correlation]
    half = np.ones(len(rows.y)) if rows.weights is None else np.sqrt(rows.weights / rows.weights.mean())
    b = start
    scale = np.abs(rows.x).max(axis=0)  # so that no column's unit decides the accuracy of a step
    natural = float(np.abs(rows.y).max()) if family == "gaussian" else 1.0
    empty = np.empty(0)
    for _ in range(MAX_ROUNDS):
        predictor = rows.x @ b
        mean = link.mean(predictor)
        deviation = link.deviation(mean) / half
        r = (rows.y - mean) / deviation
        spread = float(np.mean(r**2)) ** 0.5
        # Rounding has no correlation to speak of.
        fits = spread <= NO_SPREAD * float(np.abs(rows.y / deviation).max())
        rho = 0.0 if fits else working.estimate(rows, r / spread)
        if rho is None:
            return _Solution(b, 0.0, empty, empty, "no_pairs")
        residuals = working.whiten(rows, rho, r)
        design = working.whiten(rows, rho, rows.x * (link.slope(mean) / deviation)[:, None])
        if residuals is None or design is None:
            return _Solution(b, rho, empty, empty, "correlation_out_of_range")
        scaled = design / scale
        try:
            step = np.linalg.solve(scaled.T @ scaled, scaled.T @ residuals) / scale
        except np.linalg.LinAlgError:
            return _Solution(b, rho, empty, empty, "not_converged")
        change = float(np.abs(rows.x @ step).max())
        if change <= CONVERGED * max(natural, float(np.abs(predictor).max())):
            return _Solution(b, rho, design, residuals, None)
        b = b + step
        if not np.abs(rows.x @ b).max() < 1e150 or (family != "gaussian" and np.abs(rows.x @ b).max() > 500):
            break
    return _Solution(b, 0.0, empty, empty, "not_converged")


def _check_range(rows: Rows, family: str) -> None:
    if family == "binomial":
        check_shares(rows)
    low = int((rows.y <= 0).sum())
    if family == "gamma" and low:
        raise InputError(f"y: {low} rows are 0 or below; a gamma model needs values above 0")
