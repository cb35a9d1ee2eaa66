"""First and second derivatives of a mixed model's REML deviance, exact, from sums over clinicians.

With V = s2 I + Z G Z', P = V^-1 - V^-1 X (X'V^-1 X)^-1 X'V^-1 and V_j the derivative of V in a variance:

    gradient_j = tr(P V_j) - y'P V_j P y        hessian_jk = -tr(P V_j P V_k) + 2 y'P V_j P V_k P y

The residual variance needs no sums of its own: V is the sum of variance x V_j, and P V P = P.

Source: Harville (1977), "Maximum likelihood approaches to variance component estimation".
"""

from dataclasses import dataclass

import numpy as np

from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.mixed_reml import Free, Point, Sums, bases, entries

DEFINITE = 1e-10  # smallest eigenvalue of a Hessian with a diagonal of ones that is not rounding


@dataclass(frozen=True, slots=True, eq=False)
class Derivatives:
    """First and second derivatives of the deviance in (D's free entries, s2) where s2 = 1.

    hessian, traces: (m, m); traces_jk = tr(P V_j P V_k), twice the expected information.  slopes:
    (m, p, p), q_x'W V_j W q_x.  step: (m,), Newton's.  decrement: its squared length in standard
    errors of the variances, infinite where the Hessian is not positive definite.
    """

    hessian: FloatArray
    traces: FloatArray
    slopes: FloatArray
    step: FloatArray
    decrement: float


def derivatives(s: Sums, point: Point, free: Free) -> Derivatives:
    """Differentiate the deviance twice, exactly."""
    p = len(point.beta)
    spare = s.n - p
    e = bases(free, s.szz.shape[1])
    g = entries(point.covariance, free)
    d = point.d / np.sqrt(point.s2)
    u = point.b @ point.c @ point.b.transpose(0, 2, 1)
    et, eu = (np.einsum("jab,kbc->jkac", e, matrix) for matrix in (point.t, u))
    ed = np.einsum("jab,kb->jka", e, d)
    slopes = np.array([np.tensordot(point.b, eb @ point.b, axes=([0, 1], [0, 1])) for eb in e]).reshape(
        -1, p, p
    )
    scores = np.einsum("jka,kap->jp", ed, point.b)
    inner = point.c @ slopes
    first = np.einsum("jkaa->j", et) - np.einsum("jkaa->j", eu)  # tr(P V_j)
    quadratic = np.einsum("jka,ka->j", ed, d)  # y'P V_j P y
    traces = np.einsum("jkab,lkba->jl", et, et) - 2 * np.einsum("jkab,lkba->jl", et, eu)
    traces += np.einsum("jab,lba->jl", inner, inner)
    second = np.einsum("jka,kab,lkb->jl", ed, point.t, ed) - scores @ point.c @ scores.T
    hessian = 2 * second - traces
    border = -first + 2 * quadratic - hessian @ g
    corner = spare - 2 * g @ (2 * quadratic - first) + g @ hessian @ g
    hessian = np.block([[hessian, border[:, None]], [border, corner]])
    trace_border = first - traces @ g
    traces = np.block(
        [[traces, trace_border[:, None]], [trace_border, spare - 2 * g @ first + g @ traces @ g]]
    )
    # V = sum of variance x V_j, so that the residual's own term is what the others leave.
    own = np.linalg.inv(point.c) - np.tensordot(g, slopes, axes=1)
    gradient = np.append(first - quadratic, -g @ (first - quadratic))
    return Derivatives(hessian, traces, np.concatenate([slopes, own[None]]), *_step(gradient, hessian))


def _step(gradient: FloatArray, hessian: FloatArray) -> tuple[FloatArray, float]:
    """Newton's step and the decrement; scaled first, for variances may differ by orders of magnitude."""
    size = np.diag(hessian)
    if not (np.isfinite(hessian).all() and (size > 0).all()):
        return np.zeros_like(gradient), np.inf
    unit = 1 / np.sqrt(size)
    if np.linalg.eigvalsh(hessian * np.outer(unit, unit))[0] < DEFINITE:
        return np.zeros_like(gradient), np.inf
    step = -unit * np.linalg.solve(hessian * np.outer(unit, unit), unit * gradient)
    return step, float(-step @ gradient)
