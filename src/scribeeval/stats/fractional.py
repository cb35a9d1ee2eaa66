"""Fractional and quasi-binomial logit: shares with standard errors by cluster.

A share of characters or of appointments is no run of independent coin flips: characters of a note come
together, and a week's closures share their causes.  The mean is therefore modelled as a logit, the
binomial likelihood only serves to estimate it, and the spread is taken from the clusters.

    quasi-binomial     rows weighted by their trials: a busy week weighs more, as in a ratio of totals
    fractional logit   rows weighted equally

Sources: Papke & Wooldridge (1996); Wedderburn (1974); Konis (2007) for separation.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog
from scipy.special import expit

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.clusters import Rows, prepare
from scribeeval.stats.effects import Effect, RobustFit, Why, check_alpha
from scribeeval.stats.sandwich import (
    Sandwich,
    check_correction,
    contrast,
    robust_fit,
    sandwich,
    undefined_fit,
)

MAX_STEPS = 50
CONVERGED = 1e-20  # mean squared step of the logits, weighted by their information
STEEP = 15.0  # a fitted logit beyond this (a share below 1 in 3 million) is asked whether it is finite
ENDLESS = 40.0


def fractional_logit(
    y: ArrayLike,
    x: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike,
    at: int,
    *,
    trials: ArrayLike | None = None,
    correction: str = "CR2",
    alpha: float = 0.05,
) -> RobustFit:
    """Fit the logit of a share's mean by quasi-likelihood, standard errors by cluster.

    y: shares in [0, 1]; x, names, clusters, at: as in `prepare`; trials: the shares' denominators, used
    as weights (quasi-binomial), None = equal weights (fractional logit).  effect: log odds ratio per
    unit of the phase column.  marginal_effect: see `marginal_effect`.  Tests: t with Satterthwaite's
    degrees of freedom, under binomial variance up to a factor.

    Undefined (None, with why): as in `cluster_robust_ols`; a phase with all shares 0 or all 1; any
    other separation, where the likelihood has no finite maximum (Albert & Anderson, 1984).

    Raises:
        InputError: as in `prepare`; a share outside [0, 1]; correction unknown; alpha not in (0, 1).
    """
    check_alpha(alpha)
    check_correction(correction)
    rows = prepare(y, x, names, clusters, at, weights=trials)
    check_shares(rows)
    name = "fractional logit" if trials is None else "quasi-binomial logit weighted by trials"
    method = f"{name}, {correction} by cluster, t with Satterthwaite df"
    if rows.why is not None:
        return undefined_fit(rows, method, rows.why)
    coefficients, why = fit_logit(rows)
    if why is not None:
        return undefined_fit(rows, method, why)
    mean, weights = expit(rows.x @ coefficients), _weights(rows)
    root = np.sqrt(weights * mean * (1 - mean))
    pieces = sandwich(rows, rows.x * root[:, None], weights * (rows.y - mean) / root, correction, 1.0)
    marginal = marginal_effect(rows, coefficients, pieces, alpha)
    return robust_fit(rows, coefficients, pieces, method, alpha, marginal_effect=marginal)


def marginal_effect(rows: Rows, coefficients: FloatArray, pieces: Sandwich, alpha: float) -> Effect:
    """Average over the rows what the phase changes in their expected share: percentage points / 100.

        mean of expit(x b with the phase at its highest) - expit(x b with it at its lowest)

    with the model's weights; the standard error by the delta method, the rows' covariates as given.
    Columns called PHASE:COVARIATE move with the phase, as the product that they are.
    """
    at = 0 if rows.at is None else rows.at
    weights = _weights(rows) / _weights(rows).sum()
    phase = rows.x[:, at]
    estimate, gradient = 0.0, np.zeros(len(coefficients))
    for level, sign in ((float(phase.max()), 1), (float(phase.min()), -1)):
        x = _at_level(rows, at, level)
        mean = expit(x @ coefficients)
        slope = sign * weights * mean * (1 - mean)
        estimate += float(sign * (weights @ mean))
        gradient += slope @ x
    return contrast(pieces, gradient, estimate, alpha)


def _at_level(rows: Rows, at: int, level: float) -> FloatArray:
    """Put every row at one level of the phase, its products with covariates too."""
    x = rows.x.copy()
    x[:, at] = level
    start = f"{rows.names[at]}:"
    for column, name in enumerate(rows.names):
        if name.startswith(start) and name.removeprefix(start) in rows.names:
            x[:, column] = level * x[:, rows.names.index(name.removeprefix(start))]
    return x


def fit_logit(rows: Rows) -> tuple[FloatArray, Why | None]:
    """Maximise the binomial quasi-likelihood by Newton's method with halved steps."""
    weights = _weights(rows)
    if (why := phase_at_boundary(rows)) is not None:
        return np.full(rows.x.shape[1], np.nan), why
    scale = np.abs(rows.x).max(axis=0)
    x = rows.x / scale
    b = np.zeros(x.shape[1])

    def deviance(logit: FloatArray) -> float:
        return float(weights @ (np.logaddexp(0, logit) - rows.y * logit))

    logit = x @ b
    converged = False
    for _ in range(MAX_STEPS):
        mean = expit(logit)
        known = weights * mean * (1 - mean)
        information = (x * known[:, None]).T @ x
        try:
            step = np.linalg.solve(information, x.T @ (weights * (rows.y - mean)))
        except np.linalg.LinAlgError:
            break
        now, change = deviance(logit), x @ step
        while deviance(logit + change) > now + 1e-12 * abs(now) and np.abs(change).max() > 1e-12:
            step, change = step / 2, change / 2
        b, logit = b + step, logit + change
        converged = bool(np.mean(known * change**2) < CONVERGED)
        if converged or np.abs(logit).max() > ENDLESS:
            break
    if (not converged or np.abs(logit).max() > STEEP) and separated(x, rows.y):
        return b / scale, "separation"
    return b / scale, None if converged else "not_converged"


def phase_at_boundary(rows: Rows) -> Why | None:
    """Tell whether all shares of the lowest or of the highest value of the phase are 0, or are 1."""
    phase = rows.x[:, 0 if rows.at is None else rows.at]
    for level in (phase.min(), phase.max()):
        shares = rows.y[phase == level]
        if (shares == 0).all() or (shares == 1).all():
            return "phase_all_0_or_1"
    return None


def separated(x: FloatArray, y: FloatArray) -> bool:
    """Tell whether some direction moves only shares of 0 down and of 1 up, and no other.

    Along it the likelihood rises for ever.  Shares strictly between 0 and 1 pin their rows down: only
    directions that leave those rows alone are left to search, by a linear program.
    """
    inside = (y > 0) & (y < 1)
    free = np.eye(x.shape[1])
    if inside.any():
        _, sizes, directions = np.linalg.svd(np.linalg.qr(x[inside], mode="r"))
        rank = int((sizes > 1e-9 * sizes[0]).sum())
        free = directions[rank:].T
    if free.shape[1] == 0 or inside.all():
        return False
    signed = np.where(y[~inside] == 1, 1.0, -1.0)[:, None] * (x[~inside] @ free)
    signed = np.unique(np.round(signed, 10), axis=0)
    best = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1))
    return best.status == 0 and best.fun is not None and best.fun < -1e-7


def check_shares(rows: Rows) -> None:
    """Raise InputError where a share is outside [0, 1]."""
    outside = int(((rows.y < 0) | (rows.y > 1)).sum())
    if outside:
        raise InputError(f"y: {outside} shares are below 0 or above 1; give numerator / denominator")


def _weights(rows: Rows) -> FloatArray:
    """Give the weights, of mean 1, so that no tolerance depends on their unit."""
    if rows.weights is None:
        return np.ones(len(rows.y))
    weights: FloatArray = rows.weights / rows.weights.mean()
    return weights
