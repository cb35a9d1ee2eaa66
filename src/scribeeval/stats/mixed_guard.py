"""Which mixed model may be reported: one that is no degenerate fit, found by simplifying step by step.

statsmodels#10239 shows what is at stake: where the clinicians' variance is nearly 0, MixedLM returns
fixed effects of 0.0 with converged=True.  Here a fit is looked at before it is believed, and
each structure of the random effects that fails is kept with its reason (Attempt):

    too_few_periods       no more periods than random effects: a change and a residual cannot be told apart
    no_level_variance     the clinicians' levels differ no more than their weeks do
    no_change_variance    their changes differ no more than their weeks do
    correlation_at_limit  level and change are estimated as fully correlated
    not_converged         no optimum, or a Hessian that is not positive definite
    not_finite            a coefficient or standard error is infinite or not a number
    fixed_effects_zero    a coefficient is 0 though the data say otherwise
    no_residual           the values leave nothing to estimate a standard error from: no model is fitted
"""

from dataclasses import dataclass

import numpy as np

from scribeeval.stats.bootstrap import ROUNDING, FloatArray
from scribeeval.stats.mixed_optimum import SINGULAR, RemlFit, fit_reml
from scribeeval.stats.mixed_reml import STRUCTURES, Sums, evaluate

# A residual variance below this share of the variance around the fixed part is rounding.
NO_RESIDUAL = 1e-9
UNBOUNDED = 1e6  # a relative standard deviation beyond any data
# A coefficient this much nearer to 0 than that of least squares was never estimated.
ZERO = 1e-12


@dataclass(frozen=True, slots=True)
class Attempt:
    """One structure of the random effects that was tried.  why: what is wrong with it, or None."""

    random_effects: str
    why: str | None


def first_sound_fit(s: Sums, structure: str) -> tuple[RemlFit | None, tuple[Attempt, ...]]:
    """Fit the structure asked for, else the next simpler one that is sound; None where none is.

    A random effect whose variance is 0 is left out, which changes no estimate and no standard error:
    only its variance's share in the degrees of freedom goes.
    """
    values = s.rss + float(np.square(s.r_factor @ s.b_ols).sum())
    if not s.rss > ROUNDING**2 * values:
        return None, (Attempt(structure, "no_residual"),)
    attempts: list[Attempt] = []
    asked: str | None = structure
    while asked is not None:
        fit, why = _try(s, asked)
        attempts.append(Attempt(asked, why))
        if fit is not None and why is None:
            return fit, tuple(attempts)
        asked = _simpler(asked, fit, why)
    return None, tuple(attempts)


def _try(s: Sums, structure: str) -> tuple[RemlFit | None, str | None]:
    """Fit one structure where that is possible at all, and say what is wrong."""
    columns, _ = STRUCTURES[structure]
    if s.n <= len(columns) * len(s.szz):
        return None, "too_few_periods"
    # With variances without end the model takes what Z and X can explain; rounding is what is left.
    if evaluate(s.only(columns), UNBOUNDED * np.eye(len(columns))).s2 <= NO_RESIDUAL * s.rss / s.n:
        return None, "no_residual"
    try:
        fit = fit_reml(s, structure)
        return fit, fault(fit)
    except np.linalg.LinAlgError:
        return None, "not_converged"


def fault(fit: RemlFit) -> str | None:
    """Say what is wrong with a fit, None where it may be reported."""
    if fit.singular:
        return _singular(fit)
    if not fit.converged:
        return "not_converged"
    s, inverse = fit.sums, np.linalg.inv(fit.sums.r_factor)
    estimates = s.b_ols + inverse @ fit.point.beta
    errors = np.sqrt(fit.point.s2 * np.einsum("ij,jk,ik->i", inverse, fit.point.c, inverse))
    plain = np.sqrt(s.rss / (s.n - len(inverse)) * np.square(inverse).sum(axis=1))
    return degenerate(estimates, errors, s.b_ols, plain)


def degenerate(
    estimates: FloatArray, errors: FloatArray, least_squares: FloatArray, plain_errors: FloatArray
) -> str | None:
    """Look at the fixed effects of any program's fit beside those of ordinary least squares, all (p,).

    errors, plain_errors: the standard errors of the two.  A coefficient of 0 (to rounding) that least
    squares puts a standard error or more away from 0 has not been estimated.
    """
    if not (np.isfinite(estimates).all() and np.isfinite(errors).all() and (errors > 0).all()):
        return "not_finite"
    planted = (np.abs(estimates) <= ZERO * np.abs(least_squares)) & (np.abs(least_squares) >= plain_errors)
    return "fixed_effects_zero" if planted.any() else None


def _singular(fit: RemlFit) -> str:
    zero = (np.diag(fit.point.covariance) < SINGULAR**2).tolist()
    if zero[0] and fit.structure != "slope_alone":
        return "no_level_variance"
    return "no_change_variance" if zero[-1] else "correlation_at_limit"


def _simpler(structure: str, fit: RemlFit | None, why: str | None) -> str | None:
    """Name the structure to try next; None where leaving more out would hide what is there."""
    if structure == "slope" and why != "no_residual":
        return "intercept" if why == "too_few_periods" else "slope_uncorrelated"
    if structure == "slope_uncorrelated" and why != "no_residual":
        # Where the changes differ though the levels do not, their spread must not pass for the weeks' noise.
        changes = fit is not None and fit.point.covariance[1, 1] >= SINGULAR**2
        return "slope_alone" if why == "no_level_variance" and changes else "intercept"
    # Least squares only where the clinicians are alike, not where their variance could not be found.
    return "none" if why in ("no_level_variance", "no_change_variance") else None
