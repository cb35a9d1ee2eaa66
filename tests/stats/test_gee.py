"""GEE: working correlations against matrices written out, planted correlations, and fallbacks."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.clusters import prepare
from scribeeval.stats.gee import FAMILIES, gee
from scribeeval.stats.robust import cluster_robust_ols
from scribeeval.stats.working_correlation import CORRELATIONS

NAMES = ("one", "after")
AFTER = 1


def panel(seed: int, clinicians: int = 8, weeks: int = 12, carry: float = 0.0, level: float = 1.0) -> Any:
    """y, x, cluster codes and weeks, some missing, with a clinician's level and AR(1) weeks."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(clinicians, weeks))
    for w in range(1, weeks):
        noise[:, w] = carry * noise[:, w - 1] + (1 - carry**2) ** 0.5 * noise[:, w]
    week, who = np.tile(np.arange(weeks), clinicians), np.repeat(np.arange(clinicians), weeks)
    after = (week >= weeks // 2).astype(float)
    y = 10 - after + level * rng.normal(size=clinicians)[who] + noise.ravel()
    seen = rng.random(len(y)) < 0.8
    return y[seen], np.column_stack([np.ones(len(y)), after])[seen], who[seen], week[seen]


def correlation_matrix(name: str, rho: float, weeks: Any) -> FloatArray:
    apart = np.abs(weeks[:, None] - weeks[None, :])
    if name == "exchangeable":
        return np.where(apart == 0, 1.0, rho)
    return np.where(apart == 0, 1.0, float(name == "ar1") * rho**apart)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(list(CORRELATIONS)), st.sampled_from([-0.05, 0.3, 0.9]))
def test_whitening_is_a_square_root_of_the_inverse(seed: int, name: str, rho: float) -> None:
    y, x, who, week = panel(seed)
    rows = prepare(y, x, NAMES, who, AFTER, times=week)
    white = CORRELATIONS[name].whiten(rows, rho, np.column_stack([rows.x, rows.y]))
    assert white is not None
    for code in range(8):
        at = who == code
        if not at.any():
            continue
        values = np.column_stack([x, y])[at]
        expected = values.T @ np.linalg.solve(correlation_matrix(name, rho, week[at]), values)
        assert white[at].T @ white[at] == pytest.approx(expected, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize(
    ("correlation", "carry", "level", "rho"), [("exchangeable", 0.0, 2.0, 0.8), ("ar1", 0.6, 0.0, 0.6)]
)
def test_planted_correlation_is_found(correlation: str, carry: float, level: float, rho: float) -> None:
    y, x, who, week = panel(1, clinicians=400, weeks=20, carry=carry, level=level)
    fit = gee(y, x, NAMES, who, AFTER, correlation=correlation, times=week)
    assert fit.correlation == pytest.approx(rho, abs=0.05)
    assert fit.effect.estimate == pytest.approx(-1, abs=0.1)


def test_gaps_between_weeks_count() -> None:
    """Every third week only: rho is still that of one week."""
    y, x, who, week = panel(2, clinicians=600, weeks=30, carry=0.8, level=0.0)
    seen = week % 3 == 0
    fit = gee(y[seen], x[seen], NAMES, who[seen], AFTER, correlation="ar1", times=week[seen])
    assert fit.correlation == pytest.approx(0.8, abs=0.03)
    as_if_weekly = gee(y[seen], x[seen], NAMES, who[seen], AFTER, correlation="ar1")
    assert as_if_weekly.correlation == pytest.approx(0.8**3, abs=0.06)


@pytest.mark.parametrize("correlation", CORRELATIONS)
@pytest.mark.parametrize("family", FAMILIES)
def test_swapped_phases_turn_the_sign_and_order_does_not_matter(family: str, correlation: str) -> None:
    y, x, who, week = panel(3)
    if family == "binomial":
        y = 1 / (1 + np.exp(9.5 - y))
    options: dict[str, Any] = {"family": family, "correlation": correlation}
    plain = gee(y, x, NAMES, who, AFTER, times=week, **options)
    order = np.random.default_rng(1).permutation(len(y))
    swapped = np.column_stack([x[:, 0], 1 - x[:, AFTER]])[order]
    other = gee(y[order], swapped, NAMES, 7 - 3 * who[order], AFTER, times=week[order], **options)
    assert plain.effect.estimate is not None
    assert other.effect.estimate == pytest.approx(-plain.effect.estimate, rel=1e-7)
    for name in ("standard_error", "df", "p_value"):
        assert getattr(other.effect, name) == pytest.approx(getattr(plain.effect, name), rel=1e-6)


def test_independence_is_least_squares() -> None:
    y, x, who, _ = panel(4)
    for correction in ("CR0", "CR2", "CR3"):
        ols = cluster_robust_ols(y, x, NAMES, who, AFTER, correction=correction)
        fit = gee(y, x, NAMES, who, AFTER, correlation="independence", correction=correction)
        assert fit.effect.standard_error == pytest.approx(ols.effect.standard_error)
        assert fit.effect.df == pytest.approx(ols.effect.df)


def test_mancl_and_derouen_is_wider_than_plain() -> None:
    y, x, who, _ = panel(4, clinicians=6)
    errors = [
        gee(y, x, NAMES, who, AFTER, correction=name).effect.standard_error for name in ("CR0", "CR2", "CR3")
    ]
    assert errors == sorted(errors, key=lambda error: error or 0)
    assert len(set(errors)) == 3


def test_a_correlation_that_cannot_be_falls_back_and_says_so() -> None:
    # Pairs of opposite sign beside a clinician with 12 weeks, who allows no correlation below -1 / 11.
    rng = np.random.default_rng(5)
    y = np.append(np.tile([2.0, -2.0, -2.0, 2.0], 15), rng.normal(size=12)) + rng.normal(size=72) / 10
    who = np.append(np.repeat(np.arange(30), 2), np.full(12, 30))
    x = np.column_stack([np.ones(72), np.append(np.repeat([0, 1], 30), np.arange(12) > 5)])
    result = gee(y, x, NAMES, who, AFTER)
    assert (result.fallback, result.why) == ("independence", "correlation_out_of_range")
    assert "exchangeable" in result.method
    plain = gee(y, x, NAMES, who, AFTER, correlation="independence")
    assert result.effect == plain.effect
    # One row per clinician has no pair to estimate a correlation from.
    alone = gee(y, x, NAMES, np.arange(72), AFTER)
    assert (alone.fallback, alone.why) == ("independence", "no_pairs")
    assert alone.effect.p_value is not None


def test_what_cannot_be_known_is_none_and_says_why() -> None:
    y, x, who, _ = panel(6)
    assert gee(y, x, NAMES, np.zeros_like(who), AFTER).why == "one_cluster"
    assert gee(y, x[:, [0, 0]], NAMES, who, AFTER).why == "phase_collinear"
    exact = gee(x @ [3.0, -1.0], x, NAMES, who, AFTER)
    assert exact.effect.estimate == pytest.approx(-1)
    assert (exact.effect.p_value, exact.why) == (None, "no_residual_variation")
    nothing = gee(np.zeros(len(x)), x, NAMES, who, AFTER)
    assert (nothing.effect.estimate, nothing.why) == (0, "no_residual_variation")
    boundary = gee(x[:, AFTER] * 0.5, x, NAMES, who, AFTER, family="binomial")
    assert (boundary.effect.estimate, boundary.why) == (None, "phase_all_0_or_1")
    assert boundary.marginal_effect is None


def test_means_of_0_but_for_rounding_converge() -> None:
    who = np.repeat(np.arange(8), 6)
    y = np.tile([0.1, 0.2, -0.3], 16) * np.repeat([1.0, 1.7, 0.3, 2.9], 12)
    x = np.column_stack([np.ones(48), np.tile([0.0, 0.0, 0.0, 1.0, 1.0, 1.0], 8)])
    fit = gee(y, x, NAMES, who, AFTER)
    assert fit.converged
    assert fit.effect.estimate == pytest.approx(0, abs=1e-12)


def test_a_single_clinicians_only_week_does_no_harm() -> None:
    y, x, who, week = panel(7)
    at = np.append(np.flatnonzero(who > 0), 0)
    fit = gee(y[at], x[at], NAMES, who[at], AFTER, times=week[at])
    assert fit.why is None
    assert fit.n_clusters == 8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"family": "poisson"}, "family 'poisson' is not known"),
        ({"correlation": "ar2"}, "correlation 'ar2' is not known; did you mean 'ar1'"),
        ({"correction": "CR5"}, "correction 'CR5' is not known"),
        ({"family": "binomial"}, "shares are below 0 or above 1"),
        ({"family": "gamma", "y": [0.0] * 4}, "4 rows are 0 or below"),
        ({"times": [1, 1, 1, 2]}, "two rows of one time"),
        ({"times": [1.0, 2.0, 1.0, 2.0]}, "times are of type float64"),
    ],
)
def test_unusable_input_is_named(change: dict[str, Any], message: str) -> None:
    x = np.column_stack([np.ones(4), [0, 1, 0, 1]])
    given: dict[str, Any] = {"y": [1.0, 2.0, 3.0, 5.0], "x": x, "names": NAMES, "clusters": [0, 0, 1, 1]}
    with pytest.raises(InputError, match=message):
        gee(**given | {"at": AFTER} | change)
