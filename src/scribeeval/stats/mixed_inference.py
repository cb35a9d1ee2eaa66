"""Coefficients of a mixed model with small-sample degrees of freedom.

Satterthwaite, as lmerTest: c the variance of a coefficient as a function of the variances v,

    df = 2 c^2 / (g'A g)        g = dc/dv, A = 2 H^-1, H the Hessian of the REML deviance

Kenward-Roger, as pbkrtest, for one coefficient: the expected information in place of the observed one,
and a standard error widened by what estimating the variances costs.  For a single coefficient its
F scaling is 1.  In a balanced study with one random effect per coefficient both give the paired t-test.

Sources: Satterthwaite (1946); Fai & Cornelius (1996); Kenward & Roger (1997); Kuznetsova, Brockhoff &
Christensen (2017).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import stdtr, stdtrit

from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.mixed_optimum import RemlFit
from scribeeval.stats.mixed_reml import bases, entries


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One fixed effect on the model's own scale, with a two-sided t-test of 0 and an interval."""

    name: str
    estimate: float
    standard_error: float
    df: float
    statistic: float
    p_value: float
    low: float
    high: float


def satterthwaite(fit: RemlFit, names: Sequence[str], alpha: float) -> tuple[Coefficient, ...]:
    """Test every coefficient of a fit that is converged and not singular; intervals at 1 - alpha."""
    inverse = solve_triangular(fit.sums.r_factor, np.eye(len(names)))
    estimates = fit.sums.b_ols + inverse @ fit.point.beta
    half = inverse @ fit.point.c
    variances = np.einsum("ij,ij->i", half, inverse)
    gradients = np.einsum("ai,jik,ak->ja", half, fit.derivatives.slopes, half)
    spread = 2 * np.linalg.solve(fit.derivatives.hessian, gradients)
    df = 2 * variances**2 / np.einsum("ja,ja->a", gradients, spread)
    errors = np.sqrt(fit.point.s2 * variances)
    return tuple(
        _tested(name, float(estimate), float(error), float(freedom), alpha)
        for name, estimate, error, freedom in zip(names, estimates, errors, df, strict=True)
    )


def capped(tested: Coefficient, most: float, alpha: float) -> Coefficient:
    """Test again with no more than `most` degrees of freedom."""
    if tested.df <= most:
        return tested
    return _tested(tested.name, tested.estimate, tested.standard_error, most, alpha)


def kenward_roger(fit: RemlFit, name: str, at: int, alpha: float) -> Coefficient:
    """Test the coefficient of column `at` by Kenward and Roger's method."""
    inverse = solve_triangular(fit.sums.r_factor, np.eye(len(fit.point.beta)))
    contrast = inverse[at]
    w = fit.point.c @ contrast
    variance = float(contrast @ w)
    slopes = fit.derivatives.slopes @ w
    gradients = slopes @ w
    information = np.linalg.inv(fit.derivatives.traces / 2)
    bias = _third(fit, w, variance, gradients) - slopes @ fit.point.c @ slopes.T
    adjusted = variance + 2 * float((information * bias).sum())
    df = 2 * variance**2 / float(gradients @ information @ gradients)
    estimate = float(fit.sums.b_ols[at] + contrast @ fit.point.beta)
    return _tested(name, estimate, float(np.sqrt(fit.point.s2 * adjusted)), df, alpha)


def _third(fit: RemlFit, w: FloatArray, variance: float, gradients: FloatArray) -> FloatArray:
    """w'X'W V_j W V_k W X w for all pairs of variances: (m, m), the residual's last."""
    e = bases(fit.free, fit.sums.szz.shape[1])
    g = entries(fit.point.covariance, fit.free)
    eh = np.einsum("jab,kb->jka", e, fit.point.b @ w)
    inside = np.einsum("jka,kab,lkb->jl", eh, fit.point.t, eh)
    border = gradients[:-1] - inside @ g
    corner = variance - 2 * g @ gradients[:-1] + g @ inside @ g
    return np.block([[inside, border[:, None]], [border, corner]])


def _tested(name: str, estimate: float, error: float, df: float, alpha: float) -> Coefficient:
    t = estimate / error
    reach = float(stdtrit(df, 1 - alpha / 2)) * error
    p_value = float(2 * stdtr(df, -abs(t)))
    return Coefficient(name, estimate, error, df, t, p_value, estimate - reach, estimate + reach)
