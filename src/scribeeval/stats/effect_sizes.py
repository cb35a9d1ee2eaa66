"""Standardised effect sizes of paired differences, with intervals by the noncentral t distribution.

    d_z        mean / standard deviation of the differences
    hedges_g   J d_z, which removes d_z's bias in small samples:
               J = gamma(m / 2) / (sqrt(m / 2) gamma((m - 1) / 2)),  m = n - 1

Negative = less.  t = sqrt(n) d_z follows the noncentral t with m degrees of freedom and noncentrality
sqrt(n) delta if the differences are normal; the interval holds every delta whose tails at t are not
below (1 - level) / 2.  Sources: Hedges (1981); Steiger & Fouladi (1997).
"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc, gammainccinv, gammaincinv, gammaln, ndtr, ndtri

from scribeeval.records import Estimate
from scribeeval.stats.bootstrap import FloatArray, varies

NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)
TAIL = 1e-18  # the mass of either tail that the integrals leave out
METHOD = "noncentral_t"


def d_z(differences: FloatArray) -> float | None:
    """Mean over standard deviation (n - 1) of the differences; None without spread or undefined."""
    if not varies(differences):
        return None
    return float(differences.mean() / differences.std(ddof=1))


def why_no_spread(differences: FloatArray) -> str:
    """Say why the differences have no standard deviation (a key of WHY).

    An undefined difference (NaN) has its reason elsewhere: the caller, who knows the zeros, says which.
    """
    return {0: "no_clinicians", 1: "one_clinician"}.get(len(differences), "no_spread")


def small_sample_factor(df: int) -> float:
    """Hedges's exact J, in [0, 1): 0 for 1 degree of freedom, where d_z has no expectation."""
    if df < 2:
        return 0.0
    return float(np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / (df / 2) ** 0.5)


def standardised(differences: FloatArray, level: float) -> dict[str, Estimate]:
    """Estimate d_z and hedges_g with intervals.

    differences: shape (n,).  Both undefined without spread or where a difference is undefined (NaN);
    hedges_g also for two clinicians, where its factor is 0.
    """
    effect = d_z(differences)
    if effect is None:
        nothing = Estimate(None, None, None, METHOD, why=why_no_spread(differences))
        return {"d_z": nothing, "hedges_g": nothing}
    n = len(differences)
    root, factor = n**0.5, small_sample_factor(n - 1)
    low, high = (end / root for end in noncentrality_interval(effect * root, n - 1, level))
    few = Estimate(None, None, None, METHOD, why="too_few")
    corrected = Estimate(factor * effect, factor * low, factor * high, METHOD, level)
    return {
        "d_z": Estimate(effect, low, high, METHOD, level),
        "hedges_g": corrected if factor else few,
    }


def noncentrality_interval(t: float, df: int, level: float) -> tuple[float, float]:
    """Invert the noncentral t: the noncentralities at which t leaves (1 - level) / 2 on either side."""
    tail = (1 - level) / 2
    # P(T <= t) falls as the noncentrality rises; the search starts at the normal approximation.
    reach = -float(ndtri(tail)) * (1 + t * t / (2 * df)) ** 0.5 + 1
    ends = []
    for target in (1 - tail, tail):
        low, high = t - reach, t + reach
        while noncentral_t_cdf(t, df, low) < target:
            low -= reach
        while noncentral_t_cdf(t, df, high) > target:
            high += reach
        ends.append(
            float(brentq(lambda ncp, p=target: noncentral_t_cdf(t, df, ncp) - p, low, high, xtol=1e-12))
        )
    return ends[0], ends[1]


def noncentral_t_cdf(t: float, df: int, noncentrality: float) -> float:
    """P(T <= t), T = (Z + noncentrality) / sqrt(chi2 / df), by Gauss-Legendre quadrature.

    Over the chi variable where t is small against sqrt(df), else over Z: either integrand is then
    smooth on its range, and no size of t or noncentrality overflows.
    """
    if t < 0:
        return 1 - noncentral_t_cdf(-t, df, -noncentrality)
    if t <= 3 * (df + 1) ** 0.5:
        low, high = (float(2 * inverse(df / 2, TAIL) / df) ** 0.5 for inverse in (gammaincinv, gammainccinv))
        u, weights = _nodes(low, high)
        # log density of u = sqrt(chi2 / df)
        log_density = (
            np.log(2) + df / 2 * np.log(df / 2) - gammaln(df / 2) + (df - 1) * np.log(u) - df * u * u / 2
        )
        return float((weights * np.exp(log_density) * ndtr(t * u - noncentrality)).sum())
    edge = -noncentrality  # below it, T < 0
    low, high = max(edge, -9.0), 9.0
    if low >= high:
        return 1.0
    z, weights = _nodes(low, high)
    density = np.exp(-z * z / 2) / (2 * np.pi) ** 0.5
    beyond = chdtrc(df, df * ((z + noncentrality) / t) ** 2)
    return float(ndtr(low) + (weights * density * beyond).sum())


def _nodes(low: float, high: float) -> tuple[FloatArray, FloatArray]:
    half = (high - low) / 2
    return low + half * (NODES + 1), half * WEIGHTS
