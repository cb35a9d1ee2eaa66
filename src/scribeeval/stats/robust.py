"""Least squares with standard errors by cluster: the plainest second opinion.

Nothing is assumed of the rows of a clinician; trends, neighbours in time and clinicians who differ in
spread only change how many degrees of freedom are left.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from scribeeval.stats.clusters import prepare
from scribeeval.stats.effects import RobustFit, check_alpha
from scribeeval.stats.sandwich import check_correction, orthonormal, robust_fit, sandwich, undefined_fit


def cluster_robust_ols(
    y: ArrayLike,
    x: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike,
    at: int,
    *,
    weights: ArrayLike | None = None,
    within: bool = False,
    correction: str = "CR2",
    alpha: float = 0.05,
) -> RobustFit:
    """Fit y on x by (weighted) least squares, standard errors by cluster.

    y, x, names, clusters, at, weights: as in `prepare`.  weights: inverse variances up to a factor.
    within: compare every clinician with itself only, as a column per clinician would (fixed effects); CR2
    is the same with the columns (Pustejovsky & Tipton, 2018), CR1S does not count them among p.
    correction: a name of sandwich.CORRECTIONS.  Tests and intervals: t with Satterthwaite's degrees of
    freedom.  effect: in the unit of y per unit of the phase column.

    Undefined (None, with why): a phase that the other columns explain, one cluster, no more rows than
    columns; the standard error also as in `sandwich.contrast`.
    Equal to clubSandwich 0.5.8 (vcovCR, coef_test) without weights; with weights, to the same on rows
    multiplied by the square root of their weights.

    Raises:
        InputError: as in `prepare`; correction unknown; alpha not between 0 and 1.
    """
    check_alpha(alpha)
    check_correction(correction)
    rows = prepare(y, x, names, clusters, at, weights=weights, within=within)
    name = ("ols" if weights is None else "wls") + (" within clusters" if within else "")
    method = f"{name}, {correction} by cluster, t with Satterthwaite df"
    if rows.why is not None:
        return undefined_fit(rows, method, rows.why)
    half = np.ones(len(rows.y)) if rows.weights is None else np.sqrt(rows.weights)
    design, response = rows.x * half[:, None], rows.y * half
    q, root = orthonormal(design)
    fitted = q.T @ response
    size = float(np.abs(response).max())
    pieces = sandwich(rows, design, response - q @ fitted, correction, size)
    coefficients = np.asarray(np.linalg.solve(root, fitted), dtype=np.float64)
    return robust_fit(rows, coefficients, pieces, method, alpha)
