"""How often the intervals hold the truth when weeks are autocorrelated: docs/second-opinions.md.

Clinicians of unequal size (some join late, weeks are missing), each with a level and a gain of their
own, weeks AR(1) with correlation 0.6: the truth is the mean gain.  Run with -s to print the table.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import t as student

from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.effects import Effect
from scribeeval.stats.fractional import fractional_logit
from scribeeval.stats.gee import gee
from scribeeval.stats.robust import cluster_robust_ols
from scribeeval.stats.wild import wild_cluster_bootstrap

pytestmark = pytest.mark.validation

STUDIES = 2000
WEEKS, FIRST_AFTER = 60, 40
EFFECT, GAIN_SPREAD, LEVEL_SPREAD, CARRY = -0.2, 0.3, 0.5, 0.6
NAMES = ("one", "after")

Interval = tuple[float | None, float | None]


def study(seed: int, clinicians: int) -> tuple[FloatArray, FloatArray, Any]:
    """One study's values on the model's scale, design and clinicians."""
    rng = np.random.default_rng([seed, clinicians])
    noise = rng.normal(size=(clinicians, WEEKS))
    for w in range(1, WEEKS):
        noise[:, w] = CARRY * noise[:, w - 1] + (1 - CARRY**2) ** 0.5 * noise[:, w]
    after = (np.arange(WEEKS) >= FIRST_AFTER).astype(float)
    gain = EFFECT + GAIN_SPREAD * rng.normal(size=clinicians)
    level = LEVEL_SPREAD * rng.normal(size=clinicians)
    y = level[:, None] + gain[:, None] * after + 0.5 * noise
    joined = rng.integers(0, 36, clinicians)  # everyone has some weeks before
    seen = (np.arange(WEEKS) >= joined[:, None]) & (rng.random(y.shape) < 0.85)
    x = np.column_stack([np.ones(y.size), np.tile(after, clinicians)])[seen.ravel()]
    return y[seen], x, np.repeat(np.arange(clinicians), WEEKS)[seen.ravel()]


def naive(y: FloatArray, x: FloatArray, who: Any) -> Interval:
    """Least squares as if every week were independent."""
    bread = np.linalg.inv(x.T @ x)
    b = bread @ x.T @ y
    df = len(y) - 2
    error = (((y - x @ b) ** 2).sum() / df * bread[1, 1]) ** 0.5
    reach = student.ppf(0.975, df) * error
    return float(b[1] - reach), float(b[1] + reach)


def ends(effect: Effect | None) -> Interval:
    return (None, None) if effect is None else (effect.low, effect.high)


def wild(y: FloatArray, x: FloatArray, who: Any) -> Interval:
    return ends(wild_cluster_bootstrap(y, x, NAMES, who, 1, resamples=499, seed=1).effect)


MODELS: Mapping[str, Callable[[FloatArray, FloatArray, Any], Interval]] = {
    "naive": naive,
    "CR0": lambda y, x, who: ends(cluster_robust_ols(y, x, NAMES, who, 1, correction="CR0").effect),
    "CR2": lambda y, x, who: ends(cluster_robust_ols(y, x, NAMES, who, 1).effect),
    "CR2 within": lambda y, x, who: ends(cluster_robust_ols(y, x, NAMES, who, 1, within=True).effect),
    "wild": wild,
    "gee exchangeable": lambda y, x, who: ends(gee(y, x, NAMES, who, 1).effect),
    "gee ar1": lambda y, x, who: ends(gee(y, x, NAMES, who, 1, correlation="ar1").effect),
}
SHARES: Mapping[str, Callable[[FloatArray, FloatArray, Any], Interval]] = {
    "fractional logit": lambda y, x, who: ends(fractional_logit(y, x, NAMES, who, 1).marginal_effect),
    "gee binomial": lambda y, x, who: ends(gee(y, x, NAMES, who, 1, family="binomial").marginal_effect),
}


def coverage(models: Mapping[str, Any], truth: float, clinicians: int, *, share: bool) -> dict[str, float]:
    held: dict[str, list[bool]] = {name: [] for name in models}
    for seed in range(STUDIES):
        y, x, who = study(seed, clinicians)
        y = expit(0.7 + y) if share else y
        for name, model in models.items():
            low, high = model(y, x, who)
            assert low is not None
            assert high is not None
            held[name].append(low <= truth <= high)
    return {name: float(np.mean(hits)) for name, hits in held.items()}


@pytest.mark.parametrize("clinicians", [12, 40])
def test_intervals_by_clinician_hold_the_truth_and_naive_ones_do_not(clinicians: int) -> None:
    result = coverage(MODELS, EFFECT, clinicians, share=False)
    print(clinicians, result)
    # 2000 studies: a standard error of half a percentage point.
    assert result["naive"] < 0.85
    assert 0.935 <= result["CR2"] <= 0.965
    assert 0.935 <= result["CR2 within"] <= 0.965
    assert 0.93 <= result["wild"] <= 0.97
    for name in ("gee exchangeable", "gee ar1"):
        assert 0.935 <= result[name] <= 0.975, name


@pytest.mark.parametrize("clinicians", [12, 40])
def test_percentage_points_of_shares_hold_the_truth(clinicians: int) -> None:
    rng = np.random.default_rng(1)
    level, gain, noise = (s * rng.normal(size=4_000_000) for s in (LEVEL_SPREAD, GAIN_SPREAD, 0.5))
    truth = float((expit(0.7 + level + EFFECT + gain + noise) - expit(0.7 + level + noise)).mean())
    result = coverage(SHARES, truth, clinicians, share=True)
    print(clinicians, round(truth, 4), result)
    for name, hits in result.items():
        assert 0.93 <= hits <= 0.975, name
