"""Slopes, rank correlations and their tests: against R, scipy and counting by hand."""

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.stats import association, permutation
from scribeeval.stats.association import Line, Rank, fit_line, rank_correlation
from scribeeval.stats.bootstrap import FloatArray, resample
from scribeeval.stats.permutation import n_permutations, permutation_p_value

GOLDEN = json.loads((Path(__file__).parent / "golden" / "association.json").read_text(encoding="utf-8"))

# Quarters, so that ties are common and permuting rows changes no digit before the last.
quarters = st.integers(-20, 20).map(lambda steps: steps / 4)
points = st.lists(st.tuples(quarters, quarters), min_size=8, max_size=20)


@pytest.fixture
def _few_permutations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permutation, "PERMUTATIONS", 99)


def line(x: Any, y: Any, **options: Any) -> Line:
    arguments: dict[str, Any] = {"alpha": 0.05, "resamples": 50, "seed": 1} | options
    return fit_line(np.asarray(x, dtype=float), np.asarray(y, dtype=float), **arguments)


def rank(x: Any, y: Any, **options: Any) -> Rank:
    arguments: dict[str, Any] = {"alpha": 0.05, "resamples": 50, "seed": 1} | options
    return rank_correlation(np.asarray(x, dtype=float), np.asarray(y, dtype=float), **arguments)


@pytest.mark.parametrize("case", GOLDEN["lines"], ids=lambda case: case["who"])
def test_line_equals_rs_lm_with_hc3(case: dict[str, Any]) -> None:
    found = line(case["x"], case["y"])
    for name in ("slope", "intercept", "standard_error", "low", "high", "p_value"):
        assert getattr(found, name) == pytest.approx(case[name], rel=1e-9, abs=1e-300), name
    assert found.df == len(case["x"]) - 2


@pytest.mark.parametrize("case", GOLDEN["lines"], ids=lambda case: case["who"])
def test_rho_equals_rs_cor_test(case: dict[str, Any]) -> None:
    assert rank(case["x"], case["y"]).rho == pytest.approx(case["rho"], rel=1e-12)


def test_interval_ends_are_those_of_another_level() -> None:
    case = GOLDEN["lines"][0]
    wide, narrow = line(case["x"], case["y"], alpha=0.01), line(case["x"], case["y"], alpha=0.2)
    assert wide.low is not None
    assert wide.high is not None
    assert narrow.low is not None
    assert wide.low < narrow.low < case["slope"] < wide.high


def test_rank_bootstrap_equals_ranking_every_resample() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.integers(0, 6, 12).astype(float), rng.normal(size=12)
    units = np.concatenate(list(resample(12, 40, 7)))
    with np.errstate(invalid="ignore"):
        theirs = [scipy.stats.spearmanr(x[row], y[row]).statistic for row in units]
    assert association._rank_bootstrap(x, y, 40, 7) == pytest.approx(np.array(theirs), nan_ok=True)


def test_memory_bound_does_not_change_the_rank_bootstrap(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = np.random.default_rng(4).normal(size=(2, 30))
    whole = association._rank_bootstrap(x, y, 50, 1)
    monkeypatch.setattr(association, "RANK_CHUNK", 90)
    assert np.array_equal(association._rank_bootstrap(x, y, 50, 1), whole)


def test_slope_bootstrap_is_bca_of_the_least_squares_slope() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=30)
    y = x + rng.gamma(2, 1, size=30)

    def slope(a: FloatArray, b: FloatArray) -> float:
        return float(np.polyfit(a, b, 1)[0])

    units = list(np.concatenate(list(resample(30, 300, 2))))

    class Drawn(np.random.Generator):
        def integers(self, *args: Any, **kwargs: Any) -> Any:
            return np.array([units.pop(0)])

    theirs = scipy.stats.bootstrap(
        (x, y),
        slope,
        paired=True,
        vectorized=False,
        n_resamples=300,
        batch=1,
        method="BCa",
        rng=Drawn(np.random.PCG64(1)),
    ).confidence_interval
    ours = line(x, y, resamples=300, seed=2)
    assert (ours.bootstrap_low, ours.bootstrap_high) == pytest.approx((theirs.low, theirs.high), rel=1e-6)


@pytest.mark.parametrize("n", [4, 6, 7])
def test_exact_permutation_of_rho_equals_scipy(n: int) -> None:
    x, y = np.random.default_rng(n).normal(size=(2, n))

    ranks = scipy.stats.rankdata(y)

    def rho(order: FloatArray, axis: int = -1) -> FloatArray:
        return np.asarray(scipy.stats.pearsonr(scipy.stats.rankdata(order, axis=axis), ranks, axis=axis)[0])

    theirs = scipy.stats.permutation_test(
        (x,), rho, permutation_type="pairings", n_resamples=10_000, vectorized=True
    )
    upper, lower = (np.mean(s * theirs.null_distribution >= abs(rho(x)) - 1e-12) for s in (1, -1))
    assert rank(x, y).p_permutation == pytest.approx(upper + lower)
    assert rank(x, y).n_permutations == [24, 720, 5040][[4, 6, 7].index(n)]


def test_studentised_permutation_by_hand() -> None:
    """x = -1, 0, 1 and y = -1, -1, 2 (centred).  The orders (-1,-1,2) and (2,-1,-1) have the slope 3/2 and

    the residuals 1/2, -1, 1/2 (signs aside), so 3/2 / (sqrt(1/2) / 2); (-1,2,-1) has the slope 0.  Each
    appears twice, and 4 of 6 reach the observed one.
    """
    assert line([0, 1, 2], [0, 0, 3]).p_permutation == pytest.approx(4 / 6)


def test_studentised_permutation_equals_brute_force() -> None:
    """Every order of y, each with its least-squares slope and its HC0 standard error from the residuals."""
    x, y = np.array([0.0, 1, 2, 3, 9, 4]), np.array([1.0, 0, 3, 2, 4, 8])

    def ratio(order: FloatArray) -> float:
        slope, intercept = np.polyfit(x, order, 1)
        error = (((x - x.mean()) * (order - intercept - slope * x)) ** 2).sum() ** 0.5
        return float(abs(slope) / error)

    every = [ratio(np.array(order)) for order in itertools.permutations(y)]
    share = np.mean([value >= ratio(y) * (1 - 1e-9) for value in every])
    assert line(x, y).p_permutation == pytest.approx(share)
    assert 0.01 < share < 0.9
    assert line(x, y).p_permutation != rank(x, y).p_permutation


def test_studentised_permutation_holds_where_spread_depends_on_x() -> None:
    """With y's spread growing with |x| and no slope, the plain test rejects far too often (DiCiccio 2017)."""
    rng = np.random.default_rng(6)
    plain = studentised = 0
    for _ in range(120):
        x = rng.normal(size=40)
        y = rng.normal(size=40) * np.abs(x) ** 1.5
        xc, yc = x - x.mean(), y - y.mean()
        for studentise in (False, True):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(permutation, "PERMUTATIONS", 199)
                p, _orders = association._association_test(xc, yc, 1, studentise=studentise)
            assert p is not None
            if studentise:
                studentised += p <= 0.05
            else:
                plain += p <= 0.05
    assert studentised / 120 < 0.11 < plain / 120


def test_sampled_permutation_is_never_0_and_repeats_with_its_seed() -> None:
    x = np.arange(40.0)
    assert rank(x, x).p_permutation == 1 / 10_000
    y = np.random.default_rng(1).normal(size=40)
    assert rank(x, y) == rank(x, y)
    assert rank(x, y, seed=2) != rank(x, y)


@pytest.mark.parametrize(("n", "orders"), [(3, 6), (7, 5040), (8, 9_999), (1_000, 9_999), (10_000, 1_000)])
def test_number_of_permutations(n: int, orders: int) -> None:
    assert n_permutations(n) == orders


def test_undefined_orders_count_against_an_effect() -> None:
    values = np.array([0.0, 1.0, 2.0])

    def statistic(orders: FloatArray) -> FloatArray:
        return np.where(orders[:, 0] == 0, 1.0, np.nan)

    assert permutation_p_value(values, statistic, 1) == (1.0, 6)
    assert permutation_p_value(values[::-1], statistic, 1) == (None, 6)


@pytest.mark.parametrize(
    ("x", "y", "why"),
    [
        ([0, 1], [0, 1], "fewer_than_3"),
        ([1, 1, 1, 1], [0, 1, 2, 3], "no_spread"),
        ([0, 0, 0, 1], [1, 2, 3, 4], "one_clinician_decides"),
        ([0, 1, 2, 3], [1, 3, 5, 7], "no_scatter"),
    ],
)
def test_line_without_an_interval_says_why(x: list[float], y: list[float], why: str) -> None:
    found = line(x, y)
    assert (found.low, found.high, found.p_value, found.bootstrap_low, found.p_permutation) == (None,) * 5
    assert found.why == why
    assert (found.slope is None) == (why in ("fewer_than_3", "no_spread"))


@pytest.mark.parametrize(("x", "y"), [([1, 1, 1], [1, 2, 3]), ([1, 2, 3], [2, 2, 2]), ([1, 2], [1, 2])])
def test_rank_correlation_undefined(x: list[float], y: list[float]) -> None:
    found = rank(x, y)
    assert found.rho is found.low is found.p_permutation is None
    assert found.why is not None


@pytest.mark.parametrize("function", [line, rank])
@pytest.mark.parametrize(
    ("x", "y", "says"),
    [([1, 2, 3], [1, 2], "one value per clinician"), ([1, 2, np.nan], [1, 2, 3], "finite")],
)
def test_bad_input(function: Any, x: list[float], y: list[float], says: str) -> None:
    with pytest.raises(InputError, match=says):
        function(x, y)


@pytest.mark.usefixtures("_few_permutations")
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points, st.integers(1, 6), st.integers(-3, 3))
def test_scaling_and_shifting(rows: list[tuple[float, float]], factor: int, shift: int) -> None:
    x, y = np.array(rows).T
    one, other = line(x, y), line(x * factor + shift, y)
    if one.slope is None:
        assert other.slope is None
        return
    assert other.slope == pytest.approx(one.slope / factor, abs=1e-9)
    assert other.why == one.why
    if one.low is not None:
        assert (other.low, other.high) == pytest.approx(
            (one.low / factor, (one.high or 0) / factor), abs=1e-9
        )
        assert other.p_value == pytest.approx(one.p_value)
    assert rank(x * factor + shift, y).rho == pytest.approx(rank(x, y).rho)


@pytest.mark.usefixtures("_few_permutations")
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points, st.randoms(use_true_random=False))
def test_order_of_clinicians_does_not_matter(rows: list[tuple[float, float]], random: Any) -> None:
    mixed = random.sample(rows, len(rows))
    one, other = line(*np.array(rows).T), line(*np.array(mixed).T)
    for name in ("slope", "low", "high", "p_value"):
        left, right = getattr(one, name), getattr(other, name)
        assert (left is None) == (right is None)
        if left is not None:
            assert right == pytest.approx(left, rel=1e-6, abs=1e-9)
    first, second = (rank(*np.array(some).T).rho for some in (rows, mixed))
    assert first == pytest.approx(second)


@pytest.mark.usefixtures("_few_permutations")
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points)
def test_mirroring_y_mirrors_everything(rows: list[tuple[float, float]]) -> None:
    x, y = np.array(rows).T
    one, other = line(x, y), line(x, -y)
    if one.slope is not None and other.slope is not None:
        assert other.slope == pytest.approx(-one.slope)
    if one.low is not None and one.high is not None and other.low is not None:
        assert (other.low, other.high) == pytest.approx((-one.high, -one.low))
        assert other.p_permutation == one.p_permutation
    rho, mirrored = rank(x, y).rho, rank(x, -y).rho
    assert rho is mirrored is None or rho == pytest.approx(-(mirrored or 0))
