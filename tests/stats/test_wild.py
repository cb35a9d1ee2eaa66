"""Wild cluster bootstrap: against refitting every draw, and its interval against its own test."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.stats import wild
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.robust import cluster_robust_ols
from scribeeval.stats.wild import WEIGHTS, wild_cluster_bootstrap

NAMES = ("one", "after", "trend")
AFTER = 1


def rows(seed: int, sizes: list[int], effect: float = -1.0) -> tuple[FloatArray, FloatArray, Any]:
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(len(sizes)), sizes)
    n = len(who)
    x = np.column_stack([np.ones(n), np.arange(n) % 2, rng.normal(size=n)])
    gain = effect + 0.5 * rng.normal(size=len(sizes))[who]
    return 8 + gain * x[:, 1] + rng.normal(size=len(sizes))[who] + rng.normal(size=n), x, who


def t_statistic(y: FloatArray, x: FloatArray, who: Any) -> float:
    """t with CR0, from whole rows; the factor of CR1 falls out of every comparison."""
    bread = np.linalg.inv(x.T @ x)
    b = bread @ x.T @ y
    scores = np.array([x[who == g].T @ (y - x @ b)[who == g] for g in np.unique(who)])
    return float(b[AFTER] / ((scores @ bread[:, AFTER]) ** 2).sum() ** 0.5)


def by_refitting(y: FloatArray, x: FloatArray, who: Any, draws: FloatArray) -> float:
    others = np.delete(x, AFTER, axis=1)
    fitted = others @ np.linalg.lstsq(others, y)[0]
    t = [t_statistic(fitted + draw[who] * (y - fitted), x, who) for draw in draws]
    return float((np.abs(t) >= abs(t_statistic(y, x, who)) * (1 - 1e-9)).mean())


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(2, 6), min_size=6, max_size=7))
def test_equals_refitting_every_draw(seed: int, sizes: list[int]) -> None:
    y, x, who = rows(seed, sizes)
    fit = wild_cluster_bootstrap(y, x, NAMES, who, AFTER, auxiliary="rademacher", seed=1)
    every = np.array(list(product([-1.0, 1.0], repeat=len(sizes))))
    assert fit.effect.p_value == by_refitting(y, x, who, every)
    assert f"all {2 ** len(sizes)} draws" in fit.method


def test_random_draws_equal_refitting_the_same_draws() -> None:
    y, x, who = rows(3, [4, 5, 6, 3, 4, 6])
    fit = wild_cluster_bootstrap(y, x, NAMES, who, AFTER, resamples=200, seed=9)
    assert "webb weights, 200 draws, seed 9" in fit.method
    rng = np.random.Generator(np.random.PCG64(9))
    draws = WEIGHTS["webb"][rng.integers(0, 6, size=(200, 6))]
    share = by_refitting(y, x, who, draws)
    assert fit.effect.p_value == pytest.approx((200 * share + 1) / 201)


@pytest.mark.parametrize("clinicians", [9, 12, 30])
def test_the_interval_holds_what_the_test_does_not_reject(clinicians: int) -> None:
    y, x, who = rows(4, [5] * clinicians)
    options: dict[str, Any] = {"resamples": 999, "seed": 2, "alpha": 0.1}

    def p_value(null: float) -> float:
        p = wild_cluster_bootstrap(y - null * x[:, AFTER], x, NAMES, who, AFTER, **options).effect.p_value
        assert p is not None
        return p

    effect = wild_cluster_bootstrap(y, x, NAMES, who, AFTER, **options).effect
    assert effect.low is not None
    assert effect.high is not None
    assert effect.estimate is not None
    assert effect.low < effect.estimate < effect.high
    step = 1e-6
    assert p_value(effect.low + step) >= 0.1 > p_value(effect.low - step)
    assert p_value(effect.high - step) >= 0.1 > p_value(effect.high + step)
    assert p_value(effect.estimate) == 1


def test_estimate_and_error_are_those_of_least_squares() -> None:
    y, x, who = rows(5, [3, 4, 5] * 5)
    weights = np.linspace(1, 2, len(y))
    for known in (None, weights):
        fit = wild_cluster_bootstrap(y, x, NAMES, who, AFTER, weights=known, seed=1, resamples=99)
        ols = cluster_robust_ols(y, x, NAMES, who, AFTER, weights=known, correction="CR1")
        assert fit.effect.estimate == pytest.approx(ols.effect.estimate)
        assert fit.effect.standard_error == pytest.approx(ols.effect.standard_error)
        assert fit.effect.statistic == pytest.approx(ols.effect.statistic)
        assert fit.effect.df is None


def test_weights_have_mean_0_and_variance_1() -> None:
    for points in WEIGHTS.values():
        assert points.mean() == pytest.approx(0)
        assert (points**2).mean() == pytest.approx(1)


@pytest.mark.parametrize("clinicians", [8, 12, 20])
def test_unit_order_and_swapped_phases(clinicians: int) -> None:
    y, x, who = rows(6, [4] * clinicians)
    options: dict[str, Any] = {"resamples": 499, "seed": 3}
    plain = wild_cluster_bootstrap(y, x, NAMES, who, AFTER, **options).effect
    swapped = np.column_stack([x[:, 0], 1 - x[:, 1], x[:, 2]])
    # Clusters keep their order, so that each keeps its draws; rows inside may move.
    order = np.lexsort((np.random.default_rng(1).random(len(y)), who))
    other = wild_cluster_bootstrap(60 * y[order], swapped[order], NAMES, who[order] * 3, AFTER, **options)
    assert plain.estimate is not None
    assert plain.low is not None
    assert plain.high is not None
    assert other.effect.estimate == pytest.approx(-60 * plain.estimate)
    assert other.effect.p_value == plain.p_value
    assert (other.effect.low, other.effect.high) == pytest.approx((-60 * plain.high, -60 * plain.low))


def test_seed_decides_and_blocks_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    y, x, who = rows(7, [4] * 20, effect=-0.3)

    def p_value(seed: int) -> float | None:
        return wild_cluster_bootstrap(y, x, NAMES, who, AFTER, resamples=499, seed=seed).effect.p_value

    def exact() -> float | None:
        few = who < 8
        return wild_cluster_bootstrap(
            y[few], x[few], NAMES, who[few], AFTER, auxiliary="rademacher", seed=1
        ).effect.p_value

    whole, every = p_value(1), exact()
    assert whole != p_value(2)
    monkeypatch.setattr(wild, "CHUNK", 100)
    assert (p_value(1), exact()) == (whole, every)


def test_too_few_clinicians_for_an_interval() -> None:
    """5 clinicians have 16 pairs of opposite draws: no p-value is below 1 / 16."""
    y, x, who = rows(8, [6] * 5, effect=-50)
    fit = wild_cluster_bootstrap(y, x, NAMES, who, AFTER, auxiliary="rademacher", seed=1)
    assert fit.effect.p_value == 2 / 32
    assert (fit.effect.low, fit.effect.high, fit.why) == (None, None, "interval_unbounded")
    wide = wild_cluster_bootstrap(y, x, NAMES, who, AFTER, auxiliary="rademacher", alpha=0.1, seed=1)
    assert wide.effect.low is not None


def test_what_cannot_be_known_is_none_and_says_why() -> None:
    y, x, who = rows(9, [4] * 6)
    assert wild_cluster_bootstrap(y, x, NAMES, 0 * who, AFTER, seed=1).why == "one_cluster"
    twin = np.column_stack([x[:, :2], 1 - x[:, 1]])
    assert wild_cluster_bootstrap(y, twin, NAMES, who, AFTER, seed=1).why == "phase_collinear"
    exact = wild_cluster_bootstrap(x @ [1.0, 2.0, 3.0], x, NAMES, who, AFTER, seed=1)
    assert (exact.effect.p_value, exact.why) == (None, "no_residual_variation")
    one = x.copy()
    one[:, AFTER] = (who == 3) & (np.arange(len(who)) % 2 == 0)
    dummy = np.column_stack([one[:, :2], who == 3])
    alone = wild_cluster_bootstrap(y, dummy, NAMES, who, AFTER, seed=1)
    assert alone.effect.estimate is not None
    assert (alone.effect.p_value, alone.why) == (None, "one_cluster_alone")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"auxiliary": "mammen"}, "auxiliary 'mammen' is not known"),
        ({"resamples": 0}, "0 resamples"),
        ({"alpha": 1}, "alpha is 1"),
    ],
)
def test_unusable_input_is_named(change: dict[str, Any], message: str) -> None:
    y, x, who = rows(1, [4] * 6)
    with pytest.raises(InputError, match=message):
        wild_cluster_bootstrap(y, x, NAMES, who, AFTER, **({"seed": 1} | change))
