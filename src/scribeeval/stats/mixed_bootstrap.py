"""Interval of the phase coefficient by resampling clinicians, the variances held at their estimate.

A resample of clinicians, each with all weeks, weighs every clinician's X'W X and X'W y by how often it
was drawn and solves for b once (generalised least squares): the variances are not fitted again, nor are
the covariates centred again.  What it needs of the model is that clinicians are independent; weeks may
depend on each other in any way, unlike in the model, whose residuals are independent.

Sources: Efron (1987) for BCa; Field & Welsh (2007), "Bootstrapping clustered data".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from scribeeval.stats.bootstrap import (
    CHUNK,
    MAX_UNDEFINED_RESAMPLES,
    FloatArray,
    bca_interval,
    resample,
)
from scribeeval.stats.mixed_optimum import RemlFit

METHOD = "bca_by_clinician_variances_fixed"

# A resample keeps less than this of the information on some column: a covariate's level is missing.
LOST = 1e-8


@dataclass(frozen=True, slots=True)
class BootstrapInterval:
    """Ends on the model's own scale.  n_undefined: resamples without all levels of a covariate.

    why: None, or why there is no interval: "levels_missing" or "no_spread".
    """

    low: float | None
    high: float | None
    method: str
    resamples: int
    n_undefined: int
    why: str | None


def bootstrap(fit: RemlFit, at: int, *, alpha: float, resamples: int, seed: int) -> BootstrapInterval:
    """Resample clinicians for an interval of coefficient `at` at level 1 - alpha (BCa).

    Raises:
        InputError: fewer than 1 resample.
    """
    contrast = solve_triangular(fit.sums.r_factor, np.eye(len(fit.point.beta)))[at]
    rows = _contributions(fit)
    total, k = rows.sum(axis=0), len(rows)
    blocks = [_solve(_counts(units, k) @ rows, fit, contrast) for units in resample(k, resamples, seed)]
    replicates = np.concatenate(blocks)
    step = max(1, CHUNK // rows.shape[1] // 8)
    left_out = [_solve(total - rows[start : start + step], fit, contrast) for start in range(0, k, step)]
    jackknife = np.concatenate(left_out)
    defined = replicates[np.isfinite(replicates)]
    n_undefined = resamples - len(defined)
    lost = n_undefined > MAX_UNDEFINED_RESAMPLES * resamples or not np.isfinite(jackknife).all()
    estimate = float(contrast @ fit.point.beta)
    interval = None if lost else bca_interval(estimate, defined, jackknife, 1 - alpha)
    if interval is None:
        why = "levels_missing" if lost else "no_spread"
        return BootstrapInterval(None, None, METHOD, resamples, n_undefined, why)
    shift = float(fit.sums.b_ols[at])
    return BootstrapInterval(
        shift + interval.low, shift + interval.high, METHOD, resamples, n_undefined, None
    )


def _contributions(fit: RemlFit) -> FloatArray:
    """Each clinician's q_x'W q_x (upper triangle), then q_x'W r: (k, p (p + 1) / 2 + p)."""
    s, d = fit.sums, fit.point.covariance
    kx = (d - d @ fit.point.t @ d) @ s.szx  # (I + Z D Z')^-1 = I - Z K Z' with K = D - D T D
    rows, columns = np.triu_indices(s.szx.shape[2])
    taken = sum((s.szx[:, a, rows] * kx[:, a, columns] for a in range(len(d))), np.zeros_like(s.products))
    scores = s.sxr - np.einsum("kap,ka->kp", kx, s.szr)
    return np.concatenate([s.products - taken, scores], axis=1)


def _counts(units: NDArray[np.int64], k: int) -> FloatArray:
    """How often each resample drew each clinician: (block, k)."""
    shifted = units + k * np.arange(len(units))[:, None]
    return np.bincount(shifted.ravel(), minlength=units.shape[0] * k).reshape(-1, k).astype(np.float64)


def _solve(added: FloatArray, fit: RemlFit, contrast: FloatArray) -> FloatArray:
    """Solve each block of sums for the coefficient: (block,), NaN where it has no value."""
    p = len(contrast)
    upper = np.triu_indices(p)
    information = np.empty((len(added), p, p))
    information[:, upper[0], upper[1]] = information[:, upper[1], upper[0]] = added[:, : len(upper[0])]
    root = np.linalg.cholesky(fit.point.c)
    kept = np.linalg.eigvalsh(root.T @ information @ root)[:, 0] > LOST
    information[~kept] = np.eye(p)
    solved = np.linalg.solve(information, added[:, len(upper[0]) :, None])[:, :, 0]
    return np.where(kept, solved @ contrast, np.nan)
