"""Logits of shares: by hand, what never matters, and shares without a finite logit."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.fractional import fractional_logit, separated
from scribeeval.stats.robust import cluster_robust_ols

NAMES = ("one", "after", "trend")
AFTER = 1


def shares(seed: int, clinicians: int = 9, weeks: int = 8) -> tuple[FloatArray, FloatArray, Any, FloatArray]:
    """Shares y, x, cluster codes and trials."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(clinicians), weeks)
    n = len(who)
    after = np.tile(np.arange(weeks) >= weeks // 2, clinicians).astype(float)
    x = np.column_stack([np.ones(n), after, rng.normal(size=n)])
    trials = rng.integers(5, 60, n)
    mean = 1 / (1 + np.exp(-(0.5 - after + rng.normal(size=clinicians)[who])))
    return rng.binomial(trials, mean) / trials, x, who, trials.astype(float)


def test_the_phase_alone_by_hand() -> None:
    y, x, who, trials = shares(1)
    before, after = (x[:, AFTER] == phase for phase in (0, 1))
    for weights in (None, trials):
        b, a = (np.average(y[at], weights=None if weights is None else weights[at]) for at in (before, after))
        fit = fractional_logit(y, x[:, :2], NAMES[:2], who, AFTER, trials=weights)
        assert fit.effect.estimate == pytest.approx(np.log(a / (1 - a)) - np.log(b / (1 - b)))
        assert fit.marginal_effect is not None
        assert fit.marginal_effect.estimate == pytest.approx(a - b)
        # The phase alone is saturated: percentage points and their error are those of least squares.
        ols = cluster_robust_ols(y, x[:, :2], NAMES[:2], who, AFTER, weights=weights, correction="CR0")
        plain = fractional_logit(y, x[:, :2], NAMES[:2], who, AFTER, trials=weights, correction="CR0")
        assert plain.marginal_effect is not None
        assert plain.marginal_effect.standard_error == pytest.approx(ols.effect.standard_error)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_what_never_matters(seed: int, weighted: bool) -> None:
    """Order of rows, names of clusters, unit of trials; phases and outcome swapped turn the sign."""
    y, x, who, trials = shares(seed)
    order = np.random.default_rng(seed).permutation(len(y))
    swapped = x.copy()
    swapped[:, AFTER] = 1 - swapped[:, AFTER]
    plain = fractional_logit(y, x, NAMES, who, AFTER, trials=trials if weighted else None)
    weights = 1e4 * trials[order] if weighted else None
    mixed = fractional_logit(y[order], x[order], NAMES, 40 - who[order], AFTER, trials=weights)
    turned = [
        fractional_logit(y, swapped, NAMES, who, AFTER, trials=trials if weighted else None),
        fractional_logit(1 - y, x, NAMES, who, AFTER, trials=trials if weighted else None),
    ]
    for other, sign in ((mixed, 1), (turned[0], -1), (turned[1], -1)):
        for ours, theirs in (
            (plain.effect, other.effect),
            (plain.marginal_effect, other.marginal_effect),
        ):
            assert ours is not None
            assert theirs is not None
            assert ours.estimate is not None
            assert theirs.estimate == pytest.approx(sign * ours.estimate, rel=1e-6, abs=1e-12)
            for name in ("standard_error", "df", "p_value"):
                assert getattr(theirs, name) == pytest.approx(getattr(ours, name), rel=1e-6)


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("phase", [0, 1])
def test_a_phase_of_only_0_or_1_has_no_logit(value: float, phase: int) -> None:
    y, x, who, trials = shares(2)
    y[x[:, AFTER] == phase] = value
    fit = fractional_logit(y, x, NAMES, who, AFTER, trials=trials)
    assert (fit.effect.estimate, fit.marginal_effect, fit.why) == (None, None, "phase_all_0_or_1")
    assert not fit.converged


def test_separation_by_another_column_is_found() -> None:
    y, x, who, _ = shares(3)
    only = np.column_stack([x, (who == 4).astype(float)])
    y[who == 4] = 1.0
    fit = fractional_logit(y, only, (*NAMES, "site"), who, AFTER)
    assert (fit.effect.estimate, fit.why) == (None, "separation")
    # A single share below 1 there makes it finite again.
    y[np.flatnonzero(who == 4)[0]] = 0.5
    assert fractional_logit(y, only, (*NAMES, "site"), who, AFTER).why is None


def test_separation_by_a_threshold_between_zeros_and_ones() -> None:
    x = np.column_stack([np.ones(8), np.tile([0.0, 1.0], 4), np.arange(8.0)])
    apart = (x[:, 2] > 3).astype(float)
    assert separated(x, apart)
    overlap = apart.copy()
    overlap[[3, 4]] = overlap[[4, 3]]
    assert not separated(x[:, [0, 2]], overlap)
    assert fractional_logit(apart, x, NAMES, np.arange(8) // 2, AFTER).why == "separation"


def test_steep_but_finite_shares_are_fitted() -> None:
    """Shares of some 1 in 100 million are no separation."""
    y, x, who, _ = shares(4)
    tiny = np.where(x[:, AFTER] == 0, y / 1e8, y)
    fit = fractional_logit(tiny, x, NAMES, who, AFTER)
    assert fit.why is None
    assert fit.effect.estimate is not None
    assert fit.effect.estimate > 15


def test_what_cannot_be_known_is_none_and_says_why() -> None:
    y, x, who, _ = shares(5)
    assert fractional_logit(y, x, NAMES, np.zeros_like(who), AFTER).why == "one_cluster"
    assert fractional_logit(y, x[:, [0, 0, 2]], NAMES, who, AFTER).why == "phase_collinear"
    flat = fractional_logit(np.full(len(y), 0.25), x, NAMES, who, AFTER)
    assert flat.effect.estimate == pytest.approx(0, abs=1e-9)
    assert (flat.effect.p_value, flat.why) == (None, "no_residual_variation")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": [0.5, 1.1, 0.2, -0.1]}, "2 shares are below 0 or above 1"),
        ({"trials": [3, 0, 4, 5]}, "weights: 1 rows are missing, infinite or not above 0"),
        ({"correction": "HC3"}, "correction 'HC3' is not known"),
        ({"alpha": 0}, "alpha is 0"),
    ],
)
def test_unusable_input_is_named(change: dict[str, Any], message: str) -> None:
    x = np.column_stack([np.ones(4), [0, 1, 0, 1]])
    given: dict[str, Any] = {"y": [0.1, 0.2, 0.3, 0.5], "x": x, "names": NAMES[:2], "clusters": [0, 0, 1, 1]}
    with pytest.raises(InputError, match=message):
        fractional_logit(**given | {"at": AFTER} | change)
