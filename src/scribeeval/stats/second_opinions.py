"""Second opinions on an adjusted before/after effect: other named models of the same rows, side by side.

    ols_cr2            least squares, CR2 by clinician, t with Satterthwaite's degrees of freedom
    ols_within_cr2     the same within clinicians: each is compared with itself only
    ols_wild           the estimate of ols_cr2, tested by the restricted wild cluster bootstrap-t
    gee                exchangeable GEE, Mancl-DeRouen by clinician; shares: binomial logit
    fractional_logit   shares: logit of the mean, every row alike, CR2 by clinician
    quasi_binomial     shares with trials: the same, rows weighted by their trials
    ..._log            time and length: the model on the logarithm; percent change = exp(b) - 1
    ..._odds_ratio     shares: the same logit model, as exp(b)

Logit models give percentage points as the average marginal effect.  A model that cannot be fitted to
a share (a phase of only 0 or only 1, separation) or does not converge gives what ols_cr2 gives, and
says so in `fallback` and `why`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from scribeeval.errors import InputError, not_known
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.effects import Effect, RobustFit, Why
from scribeeval.stats.fractional import fractional_logit
from scribeeval.stats.gee import gee
from scribeeval.stats.robust import cluster_robust_ols
from scribeeval.stats.wild import wild_cluster_bootstrap

Scale = Literal["raw", "log", "logit"]
EstimateKind = Literal["difference", "percent_change", "percentage_points", "odds_ratio"]

# What of a logit model is a matter of its likelihood, and leaves least squares unharmed.
FALL_BACK: tuple[Why, ...] = ("phase_all_0_or_1", "separation", "not_converged")

KINDS = ("time", "share", "length", "other")

# The numbers of an opinion, all undefined.
NOTHING: Mapping[str, Any] = dict.fromkeys(
    ("estimate", "low", "high", "standard_error", "df", "statistic", "p_value")
)


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """One model's answer; None = undefined, why says so.

    estimate, low, high: as estimate_kind says; percent changes and percentage points as fractions.
    standard_error, df, statistic, p_value: of the estimate itself for differences and percentage
    points, of the coefficient on `scale` for percent changes (log) and odds ratios (logit).
    fallback: the model that gave the numbers in place of `method`.  n_periods: rows.
    """

    estimate: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    df: float | None
    statistic: float | None
    p_value: float | None
    scale: Scale
    estimate_kind: EstimateKind
    method: str
    n_clinicians: int
    n_periods: int
    dropped_columns: list[str]
    converged: bool
    fallback: str | None
    why: Why | None


Fits = Mapping[str, Callable[[FloatArray], RobustFit]]


def second_opinions(
    y: ArrayLike,
    x: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike,
    at: int,
    *,
    kind: str,
    trials: ArrayLike | None = None,
    alpha: float = 0.05,
    seed: int,
    resamples: int = 1_999,
) -> dict[str, dict[str, Any]]:
    """Fit every model that suits the kind of measure; model name -> SecondOpinion as a dict.

    y: (n,), the measure's value of a clinician in a period; x: (n, p), with a column of ones; names: of
    its columns; clusters: the clinician of each row, whole numbers; at: the phase column, 0 = before,
    1 = after.  kind: "time", "length" or "share"; trials: a share's denominators.  resamples: draws of
    the wild bootstrap, used where there are too many clinicians to count all.

    On the logarithm a value of 0 leaves the model undefined (log_of_zero): no row is left out.

    Raises:
        InputError: as in `prepare`; the phase has values other than 0 and 1; kind is unknown; trials for
            a measure that is no share.
    """
    values = np.asarray(y, dtype=np.float64)
    _check(values, np.asarray(x, dtype=np.float64), at, kind, trials)
    fixed: tuple[Any, ...] = (x, names, clusters, at)
    linear: Fits = {
        "ols_cr2": lambda v: cluster_robust_ols(v, *fixed, alpha=alpha),
        "ols_within_cr2": lambda v: cluster_robust_ols(v, *fixed, within=True, alpha=alpha),
        "ols_wild": lambda v: wild_cluster_bootstrap(v, *fixed, resamples=resamples, alpha=alpha, seed=seed),
    }
    if kind == "share":
        logits: dict[str, Callable[[FloatArray], RobustFit]] = {
            "gee": lambda v: gee(v, *fixed, family="binomial", alpha=alpha),
            "fractional_logit": lambda v: fractional_logit(v, *fixed, alpha=alpha),
        }
        if trials is not None:
            logits["quasi_binomial"] = lambda v: fractional_logit(v, *fixed, trials=trials, alpha=alpha)
        opinions = _linear(linear, values, "percentage_points") | _logits(logits, values)
    else:
        models = {**linear, "gee": lambda v: gee(v, *fixed, alpha=alpha)}
        opinions = _linear(models, values, "difference")
        opinions |= _logs(models, values, opinions)
    return {name: asdict(_with_fallback(opinion, opinions)) for name, opinion in opinions.items()}


def _linear(fits: Fits, values: FloatArray, kind: EstimateKind) -> dict[str, SecondOpinion]:
    done = {name: fit(values) for name, fit in fits.items()}
    return {name: _opinion(fit, fit.effect, "raw", kind) for name, fit in done.items()}


def _logs(fits: Fits, values: FloatArray, raw: Mapping[str, SecondOpinion]) -> dict[str, SecondOpinion]:
    """Fit the logarithms; a value of 0 has none, and to leave its row out would choose the rows."""
    if not (values > 0).all():
        return {
            f"{name}_log": replace(
                raw[name],
                **NOTHING,
                scale="log",
                estimate_kind="percent_change",
                fallback=None,
                why="log_of_zero",
            )
            for name in fits
        }
    done = {name: fit(np.log(values)) for name, fit in fits.items()}
    return {
        f"{name}_log": _opinion(fit, fit.effect, "log", "percent_change", np.expm1)
        for name, fit in done.items()
    }


def _logits(fits: Fits, values: FloatArray) -> dict[str, SecondOpinion]:
    opinions = {}
    for name, fit in fits.items():
        done = fit(values)
        points = replace(done.effect, estimate=None) if done.marginal_effect is None else done.marginal_effect
        opinions[name] = _opinion(done, points, "logit", "percentage_points")
        opinions[f"{name}_odds_ratio"] = _opinion(done, done.effect, "logit", "odds_ratio", np.exp)
    return opinions


def _opinion(
    fit: RobustFit,
    effect: Effect,
    scale: Scale,
    kind: EstimateKind,
    back: Callable[[float], float] = float,
) -> SecondOpinion:
    """Put an effect on the scale that is read; back: from the model's scale to that one.

    An end of the interval beyond the largest number there is has no value.
    """
    with np.errstate(over="ignore"):
        estimate, low, high = (
            None if value is None or not np.isfinite(back(value)) else float(back(value))
            for value in (effect.estimate, effect.low, effect.high)
        )
    return SecondOpinion(
        estimate=estimate,
        low=low,
        high=high,
        standard_error=effect.standard_error,
        df=effect.df,
        statistic=effect.statistic,
        p_value=effect.p_value,
        scale=scale,
        estimate_kind=kind,
        method=fit.method,
        n_clinicians=fit.n_clusters,
        n_periods=fit.n_rows,
        dropped_columns=list(fit.dropped_columns),
        converged=fit.converged,
        fallback=fit.fallback,
        why=effect.why or fit.why,
    )


def _with_fallback(opinion: SecondOpinion, opinions: Mapping[str, SecondOpinion]) -> SecondOpinion:
    """Take the numbers of least squares where a model failed for a reason that is its own."""
    if opinion.why not in FALL_BACK:
        return opinion
    name = "ols_cr2_log" if opinion.estimate_kind == "percent_change" else "ols_cr2"
    other = opinions[name]
    if other.estimate_kind != opinion.estimate_kind:  # least squares has no odds ratio
        return opinion
    numbers = {field: getattr(other, field) for field in NOTHING}
    return replace(opinion, **numbers, scale=other.scale, fallback=name)


def _check(values: FloatArray, x: FloatArray, at: int, kind: str, trials: ArrayLike | None) -> None:
    if kind not in KINDS:
        raise InputError(not_known("kind", kind, KINDS))
    problems = []
    if trials is not None and kind != "share":
        problems.append(f"trials were given for a {kind}; only a share has them")
    if x.ndim == 2 and 0 <= at < x.shape[1] and not np.isin(x[:, at], (0, 1)).all():
        problems.append("the phase column has values other than 0 and 1; give 0 = before, 1 = after")
    negative = int((values < 0).sum())
    if negative:
        problems.append(f"y: {negative} rows are below 0; no measure is")
    if problems:
        raise InputError(problems)
