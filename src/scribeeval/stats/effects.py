"""One effect with its t test and interval, and the result of a regression with errors by cluster."""

from dataclasses import dataclass
from typing import Literal

from scipy.special import stdtr, stdtrit

from scribeeval.errors import InputError

# Below, a t distribution with Satterthwaite's df describes the statistic badly (Tipton, 2015).
FEW_DF = 4.0

Why = Literal[
    "one_cluster",  # nothing to compare clusters with
    "too_few_rows",  # not more rows than columns
    "phase_collinear",  # the phase column is constant or a mixture of the others
    "no_residual_variation",  # the model fits every row: no error to estimate from
    "one_cluster_alone",  # the effect is known from one cluster only
    "few_degrees_of_freedom",  # given, but not to be leaned on
    "phase_all_0_or_1",  # a share without a finite logit in a phase
    "separation",  # as above, for a mixture of columns
    "not_converged",
    "no_pairs",  # every cluster has one row: no correlation within clusters to estimate
    "correlation_out_of_range",  # no correlation matrix has the estimated working correlation
    "log_of_zero",  # a value of 0 has no logarithm
    "interval_unbounded",  # too few clusters for an interval of this level
    "undefined_resamples",
]


@dataclass(frozen=True, slots=True)
class Effect:
    """One coefficient or contrast with its t test and interval; None = undefined, why says so."""

    estimate: float | None
    standard_error: float | None
    df: float | None
    statistic: float | None
    p_value: float | None
    low: float | None
    high: float | None
    why: Why | None


@dataclass(frozen=True, slots=True)
class RobustFit:
    """A regression with standard errors by cluster.

    names: the columns kept, in the order given; coefficients and standard_errors follow them (None =
    undefined).  effect: the phase column, on the model's scale.  marginal_effect: logit models only,
    the same in percentage points as a fraction.  dropped_columns: mixtures of earlier columns.
    correlation: the working correlation of a GEE.  fallback: what was done in place of `method`, None
    where nothing was; why: the reason for it, or for what is undefined.
    """

    names: tuple[str, ...]
    coefficients: tuple[float | None, ...]
    standard_errors: tuple[float | None, ...]
    effect: Effect
    marginal_effect: Effect | None
    method: str
    n_clusters: int
    n_rows: int
    dropped_columns: tuple[str, ...]
    converged: bool
    correlation: float | None
    fallback: str | None
    why: Why | None


def t_test(estimate: float, standard_error: float, df: float, alpha: float) -> Effect:
    """Test an estimate against 0 by t, two-sided, with the interval at level 1 - alpha."""
    statistic = estimate / standard_error
    quantile = float(stdtrit(df, 1 - alpha / 2))
    reach = quantile * standard_error
    # With hardly a degree of freedom t has no end; scipy stops at some 1e154.
    known = quantile < 1e100
    return Effect(
        estimate=estimate,
        standard_error=standard_error,
        df=df,
        statistic=statistic,
        p_value=float(2 * stdtr(df, -abs(statistic))),
        low=estimate - reach if known else None,
        high=estimate + reach if known else None,
        why="few_degrees_of_freedom" if df < FEW_DF else None,
    )


def check_alpha(alpha: float) -> None:
    """Raise InputError where alpha is no level of a test."""
    if not 0 < alpha < 1:
        raise InputError(f"alpha is {alpha}; give a number between 0 and 1, such as 0.05")


def undefined(estimate: float | None, why: Why | None) -> Effect:
    """Make an effect of which at most the estimate is known."""
    return Effect(estimate, None, None, None, None, None, None, why)
