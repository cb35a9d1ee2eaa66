"""Linear mixed models of one measure: clinicians as random effects, weeks nested in them.

    y_iw = b0 + b1 phase_iw + covariates + u0_i + u1_i phase_iw + e_iw        clinician i, period w

on the raw scale (b1 is a difference in the measure's unit) and on the log scale (exp(b1) - 1 is a
percent change).  Every period counts once.  Each clinician has a level and, by default, a change of
their own (a random slope of phase): with the level alone the model takes a hundred weeks of one
clinician for a hundred chances to see the effect, and its interval is too short wherever clinicians
gain differently.

Weeks of one clinician resemble their neighbours, which the model's independent residuals deny: the
random intercept's standard errors are then far too small; the random slope takes most of the dependence
up.  `bootstrap` resamples whole clinicians and assumes nothing about their weeks; it holds from about 40
clinicians on and is too short with a dozen (docs/adjusted-models.md has the coverage of each).

A degenerate fit is never reported: the random effects are made simpler one step at a time
(mixed_guard), and the result says which fit is reported and why.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from scribeeval.errors import InputError, not_known
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.design_columns import CovariateView
from scribeeval.stats.design_matrix import DesignMatrix
from scribeeval.stats.mixed_bootstrap import BootstrapInterval, bootstrap
from scribeeval.stats.mixed_guard import Attempt, first_sound_fit
from scribeeval.stats.mixed_inference import Coefficient, capped, kenward_roger, satterthwaite
from scribeeval.stats.mixed_optimum import RemlFit
from scribeeval.stats.mixed_reml import STRUCTURES, Layout, lay_out, sums

Scale = Literal["raw", "log"]
RANDOM_EFFECTS = ("slope", "intercept")
METHOD = "reml_satterthwaite"

# The random part in R's notation; phase_centred = phase - 1/2.
RANDOM_PART: Mapping[str, str] = {
    "slope": " + (1 + phase | clinician)",
    "slope_uncorrelated": " + (1 | clinician) + (0 + phase_centred | clinician)",
    "slope_alone": " + (0 + phase_centred | clinician)",
    "intercept": " + (1 | clinician)",
    "none": "",
}


@dataclass(frozen=True, slots=True)
class Variances:
    """Variances on the model's scale; None = not in the model.

    level: of the clinicians' levels, level_at says where ("before", or "midway" between before and
    after); change: of their changes; correlation: of the two, in [-1, 1].
    """

    residual: float
    level: float | None
    change: float | None
    correlation: float | None
    level_at: str | None


@dataclass(frozen=True, slots=True)
class SecondTest:
    """The same estimate with another standard error, on the model's scale, and its interval."""

    standard_error: float
    df: float
    statistic: float
    p_value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MixedResult:
    """The change after minus before by one mixed model, and how it was come by.

    estimate, low, high: a difference in the measure's unit (scale raw) or a percent change as a
    fraction (scale log), None where undefined; why says why.  standard_error, statistic and the
    coefficients are on the model's scale: raw units or logs.  df: Satterthwaite's.
    random_effects: of the fit reported; fallback: the same where it is not the one asked for, else
    None.  attempts: every structure tried, with what was wrong with it.
    """

    estimate: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    df: float | None
    statistic: float | None
    p_value: float | None
    scale: Scale
    estimate_kind: Literal["difference", "percent_change"]
    method: str
    level: float
    random_effects: str | None
    n_clinicians: int
    n_periods: int
    n_zero_periods: int
    excluded: Mapping[str, Mapping[str, int]]
    variances: Variances | None
    reml_deviance: float | None
    bootstrap: BootstrapInterval | None
    kenward_roger: SecondTest | None
    model_formula: str
    converged: bool
    fallback: str | None
    why: str | None
    attempts: tuple[Attempt, ...] = ()
    covariates: tuple[CovariateView, ...] = ()
    coefficients: tuple[Coefficient, ...] = ()


def mixed_models(
    design: DesignMatrix,
    *,
    random_effects: str = "slope",
    alpha: float = 0.05,
    resamples: int = 2000,
    seed: int,
) -> dict[str, dict[str, Any]]:
    """Fit the measure on both scales: the blocks `mixed_log` and `mixed_raw` of study.json."""
    scales: Mapping[str, Scale] = {"mixed_log": "log", "mixed_raw": "raw"}
    options: dict[str, Any] = {"random_effects": random_effects, "alpha": alpha, "resamples": resamples}
    return {name: asdict(mixed_model(design, scale, seed=seed, **options)) for name, scale in scales.items()}


def mixed_model(
    design: DesignMatrix,
    scale: Scale,
    *,
    random_effects: str = "slope",
    alpha: float = 0.05,
    resamples: int = 2000,
    seed: int,
    layout: Layout | None = None,
) -> MixedResult:
    """Fit a linear mixed model by REML and test the coefficient of phase.

    random_effects: "slope" (level and change of each clinician, correlated) or "intercept" (level).
    layout: the design's own, where it was made before.
    Where a fallback has no variance of the changes, the test of phase has at most as many degrees of
    freedom as there are clinicians, less one.
    The estimate is undefined on the log scale where a period is 0 ("zero_values"), with one clinician
    ("one_clinician"), and where the values leave no residual ("no_residual").

    Raises:
        InputError: random_effects or scale is not known, alpha is not between 0 and 1, or fewer than
            1 resample.
    """
    _check(scale, random_effects, alpha)
    empty = _empty(design, scale, random_effects, alpha)
    if scale == "log" and empty.n_zero_periods:
        return replace(empty, why="zero_values")
    if empty.n_clinicians < 2:
        return replace(empty, why="one_clinician")
    y: FloatArray = np.log(design.y) if scale == "log" else design.y
    if layout is None:
        layout = lay_out(design.x, design.x[:, design.at], design.clusters)
    fit, attempts = first_sound_fit(sums(layout, y), random_effects)
    if fit is None:
        return replace(empty, why=attempts[-1].why, attempts=attempts)
    ends = bootstrap(fit, design.at, alpha=alpha, resamples=resamples, seed=seed)
    coefficients = satterthwaite(fit, design.names, alpha)
    change = coefficients[design.at]
    second = kenward_roger(fit, change.name, design.at, alpha)
    variances = _variances(fit)
    if fit.structure != random_effects and variances.change is None:
        # That the changes' variance came out as 0 does not make weeks independent trials.
        most = empty.n_clinicians - 1
        change, second = capped(change, most, alpha), capped(second, most, alpha)
    return replace(
        empty,
        estimate=_on_scale(change.estimate, scale),
        low=_on_scale(change.low, scale),
        high=_on_scale(change.high, scale),
        standard_error=change.standard_error,
        df=change.df,
        statistic=change.statistic,
        p_value=change.p_value,
        random_effects=fit.structure,
        variances=variances,
        reml_deviance=fit.point.deviance,
        bootstrap=_interval_on_scale(ends, scale),
        kenward_roger=SecondTest(
            second.standard_error,
            second.df,
            second.statistic,
            second.p_value,
            _on_scale(second.low, scale),
            _on_scale(second.high, scale),
        ),
        model_formula=_formula(design, scale, fit.structure),
        converged=True,
        fallback=fit.structure if fit.structure != random_effects else None,
        why=attempts[0].why,
        attempts=attempts,
        coefficients=coefficients,
    )


def _empty(design: DesignMatrix, scale: Scale, random_effects: str, alpha: float) -> MixedResult:
    """What is known before any fit; all that needs one is None."""
    return MixedResult(
        estimate=None,
        low=None,
        high=None,
        standard_error=None,
        df=None,
        statistic=None,
        p_value=None,
        scale=scale,
        estimate_kind="percent_change" if scale == "log" else "difference",
        method=METHOD,
        level=1 - alpha,
        random_effects=None,
        n_clinicians=len(design.clinician_ids),
        n_periods=len(design.y),
        n_zero_periods=int((design.y <= 0).sum()),
        excluded={
            "periods": {why: n for why, n in design.excluded_periods.items() if n},
            "clinicians": dict(sorted(Counter(design.excluded_clinicians.values()).items())),
        },
        variances=None,
        reml_deviance=None,
        bootstrap=None,
        kenward_roger=None,
        model_formula=_formula(design, scale, random_effects),
        converged=False,
        fallback=None,
        why=None,
        covariates=design.covariates,
    )


def _formula(design: DesignMatrix, scale: Scale, structure: str) -> str:
    return f"{'log(value)' if scale == 'log' else 'value'} ~ {design.formula}{RANDOM_PART[structure]}"


def _on_scale(value: float, scale: Scale) -> float:
    """Turn a log ratio into a percent change; leave a difference as it is."""
    return float(np.expm1(value)) if scale == "log" else value


def _interval_on_scale(ends: BootstrapInterval, scale: Scale) -> BootstrapInterval:
    if ends.low is None or ends.high is None:
        return ends
    return replace(ends, low=_on_scale(ends.low, scale), high=_on_scale(ends.high, scale))


def _variances(fit: RemlFit) -> Variances:
    """Take the variances from the fit's own coding of phase, -1/2 and +1/2, to the reader's, 0 and 1."""
    covariance = fit.point.s2 * fit.point.covariance
    residual = float(fit.point.s2)
    if fit.structure != "slope":
        entries = dict(zip(STRUCTURES[fit.structure][0], np.diag(covariance).tolist(), strict=True))
        return Variances(residual, entries.get(0), entries.get(1), None, "midway" if 0 in entries else None)
    to_before = np.array([[1.0, -0.5], [0.0, 1.0]])
    (level, both), (_, change) = (to_before @ covariance @ to_before.T).tolist()
    return Variances(residual, level, change, both / (level * change) ** 0.5, "before")


def _check(scale: str, random_effects: str, alpha: float) -> None:
    problems = []
    if scale not in ("raw", "log"):
        problems.append(not_known("scale", scale, ("raw", "log")))
    if random_effects not in RANDOM_EFFECTS:
        problems.append(not_known("random_effects", random_effects, RANDOM_EFFECTS))
    if not 0 < alpha < 1:
        problems.append(f"alpha is {alpha}; give a number between 0 and 1, such as 0.05")
    if problems:
        raise InputError(problems)
