"""How far the missing clinicians would have to differ before the finding falls: a tipping point.

The missing are given the observed mean change of their arm plus delta.  With n clinicians observed of N,
pi = (N - n) / N missing, m and s the observed mean and standard deviation:

    estimate(delta) = m + pi * delta
    variance(delta) = s^2 / n + pi * (1 - pi) * delta^2 / N

which is a pattern-mixture model: the first term is the uncertainty of the imputed mean (not s^2 / N, as
if the missing had been seen), the second that of the share missing.  It is what multiple imputation with
a shift of delta tends to.  A control arm is subtracted with its own s^2 / n; its missing stay at its mean.
The interval is estimate -+ t * sqrt(variance), with n - 1 degrees of freedom or, with a control arm, those
of Welch and Satterthwaite at delta = 0.

Sources: Little (1993), Rubin (1987), Ratitch, O'Kelly & Tosiello (2013).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from scribeeval.stats.bootstrap import FloatArray, varies
from scribeeval.stats.changes import EstimateKind, Scale, shown

LIMIT = 10.0  # times the observed effect: no one would believe more
STEPS = (0.0, 0.5, 1.0, 1.5, 2.0)  # of the curve: how much of the observed effect the missing lack

Status = Literal["reached", "not_reached", "includes_zero", "nobody_missing", "undefined"]


@dataclass(frozen=True, slots=True)
class Arm:
    """The observed changes of one arm, shape (n,), on the scale, and how many are missing."""

    change: FloatArray
    n_missing: int


@dataclass(frozen=True, slots=True)
class Shifted:
    """The estimate when the missing lack `lost` of the observed effect; lost 1 = they did not change."""

    lost: float
    delta: float | None
    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class TippingPoint:
    """The shift of the missing clinicians' change at which the interval takes in 0.

    status: reached; not_reached (within `limit` times the effect); includes_zero (it does without any
    shift); nobody_missing; undefined.  delta, missing_change: told as the estimate kind says (a percent
    change is (1 + change) / (1 + observed) - 1 for delta); missing_change = observed mean + delta.
    relative: delta / observed effect on the scale, negative = against it.  delta_zero: the shift at which
    the estimate itself is 0, None beyond the limit.
    """

    status: Status
    n_observed: int
    n_missing: int
    estimate_kind: EstimateKind
    delta: float | None
    missing_change: float | None
    relative: float | None
    delta_zero: float | None
    limit: float
    curve: tuple[Shifted, ...]
    formula: str = "m + pi*delta; s^2/n + pi*(1-pi)*delta^2/N"


def tipping_point(
    scribe: Arm, control: Arm | None, scale: Scale, *, alpha: float, limit: float = LIMIT
) -> TippingPoint:
    """Find the smallest shift against the effect that takes the interval to 0.

    The condition (e + pi * delta)^2 = t^2 * variance(delta) is quadratic in delta, e the observed effect.
    Its root between 0 and -e / pi is the tipping point, which always exists where the interval leaves 0 out.
    """
    kind: EstimateKind = "percent_change" if scale == "log" else "difference"
    n, n_missing = len(scribe.change), scribe.n_missing

    def result(status: Status, **found: float | None) -> TippingPoint:
        return TippingPoint(
            status=status,
            n_observed=n,
            n_missing=n_missing,
            estimate_kind=kind,
            delta=found.get("delta"),
            missing_change=found.get("missing_change"),
            relative=found.get("relative"),
            delta_zero=found.get("delta_zero"),
            limit=limit,
            curve=curve,
        )

    curve: tuple[Shifted, ...] = ()
    if n_missing == 0:
        return result("nobody_missing")
    if not varies(scribe.change) or (control is not None and not varies(control.change)):
        return result("undefined")
    effect, variance, df = _observed(scribe.change, None if control is None else control.change)
    t = float(stdtrit(df, 1 - alpha / 2))
    share = n_missing / (n + n_missing)
    growth = share * (1 - share) / (n + n_missing)
    curve = tuple(_shifted(lost, effect, share, variance, growth, t, scale) for lost in STEPS)
    if effect**2 <= t**2 * variance:
        return result("includes_zero")
    delta = _root(effect, share, variance, growth, t)
    zero = -effect / share
    delta_zero = shown(zero, scale) if abs(zero) <= limit * abs(effect) else None
    if abs(delta) > limit * abs(effect):
        return result("not_reached", delta_zero=delta_zero)
    return result(
        "reached",
        delta=shown(delta, scale),
        missing_change=shown(float(scribe.change.mean()) + delta, scale),
        relative=delta / effect,
        delta_zero=delta_zero,
    )


def _observed(scribe: FloatArray, control: FloatArray | None) -> tuple[float, float, float]:
    """Effect, its variance and degrees of freedom, the missing at their arm's mean."""
    part = float(scribe.var(ddof=1)) / len(scribe)
    if control is None:
        return float(scribe.mean()), part, len(scribe) - 1
    other = float(control.var(ddof=1)) / len(control)
    df = (part + other) ** 2 / (part**2 / (len(scribe) - 1) + other**2 / (len(control) - 1))
    return float(scribe.mean() - control.mean()), part + other, df


def _root(effect: float, share: float, variance: float, growth: float, t: float) -> float:
    """The root between 0 and -effect / share of (effect + share d)^2 = t^2 (variance + growth d^2)."""
    a = share**2 - t**2 * growth
    b = 2 * effect * share
    c = effect**2 - t**2 * variance
    # c > 0 has the sign that makes this form, which does not cancel, give the wanted root.
    return -2 * c / (b + float(np.copysign((b * b - 4 * a * c) ** 0.5, b)))


def _shifted(
    lost: float, effect: float, share: float, variance: float, growth: float, t: float, scale: Scale
) -> Shifted:
    delta = -lost * effect
    estimate = effect + share * delta
    half = t * (variance + growth * delta**2) ** 0.5
    return Shifted(
        lost,
        shown(delta, scale),
        shown(estimate, scale),
        shown(estimate - half, scale),
        shown(estimate + half, scale),
    )
