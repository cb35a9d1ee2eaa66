"""Estimators, intervals and effect sizes against R (golden/estimators.R), and what holds for any data."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from scribeeval.errors import InputError
from scribeeval.records import AnalyticInterval, Change, Estimate
from scribeeval.stats import walsh
from scribeeval.stats.analytic import fieller_interval, median_interval
from scribeeval.stats.bootstrap import FloatArray, bca_interval, resample, times_drawn
from scribeeval.stats.effect_sizes import noncentral_t_cdf, noncentrality_interval, small_sample_factor
from scribeeval.stats.measures import MEASURES
from scribeeval.stats.paired import TESTS, compare
from scribeeval.stats.reasons import INTERVAL_METHODS, TEST_METHODS, WHY
from scribeeval.stats.signed_rank import (
    hodges_lehmann,
    rank_biserial,
    resampled_rank_biserial,
    signed_ranks,
    wilcoxon_signed_rank,
)
from scribeeval.stats.walsh import median_walsh_average, walsh_averages

GOLDEN = json.loads((Path(__file__).parent / "golden" / "estimators.json").read_text(encoding="utf-8"))
CASES = {case["name"]: case for case in GOLDEN["cases"]}
NOTES = MEASURES["time_in_notes_min_per_appointment"]  # log scale, lower is better
CLOSURE = MEASURES["same_day_closure_rate"]  # raw scale, higher is better
EXACT = 1e-9  # relative: where R computes the same numbers by the same definition

# Quarter minutes, so that ties and zeros are common and swapping is exact.
minutes = st.integers(1, 80).map(lambda quarters: quarters / 4)
pairs = st.lists(st.tuples(minutes, minutes), min_size=2, max_size=20)
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def change(before: Any, after: Any, **options: Any) -> Change:
    arguments: dict[str, Any] = {"measure": CLOSURE, "resamples": 100, "seed": 1, "tests": tuple(TESTS)}
    return compare(before=before, after=after, **(arguments | options))


def named(result: Change) -> dict[str, Estimate]:
    """Every estimate of a change by its name."""
    return {
        "difference": result.difference,
        "hodges_lehmann": result.hodges_lehmann,
        **result.percent_change,
        **result.effect_sizes,
    }


@every_case
@pytest.mark.parametrize("name", ["hodges_lehmann", "hodges_lehmann_ratio"])
def test_hodges_lehmann_equals_rs(case: dict[str, Any], name: str) -> None:
    """R's ends of the approximate interval come from uniroot, whose last digits depend on its start."""
    theirs, ours = case[name], named(change(case["before"], case["after"]))[name]
    on_scale = np.expm1 if name.endswith("ratio") else float
    assert ours.estimate == pytest.approx(on_scale(theirs["estimate"]), rel=EXACT)
    assert ours.method == ("signed_rank_exact" if theirs["exact"] else "signed_rank_normal")
    ends = (on_scale(theirs["low"]), on_scale(theirs["high"]))
    assert (ours.low, ours.high) == pytest.approx(ends, rel=EXACT if theirs["exact"] else 1e-7)
    assert ours.level == pytest.approx(theirs["level"], rel=EXACT)


@every_case
def test_wilcoxon_equals_rs_and_coins(case: dict[str, Any]) -> None:
    theirs = case["hodges_lehmann"]
    ours = wilcoxon_signed_rank(np.array(case["after"]) - np.array(case["before"]))
    assert ours.method == ("exact" if theirs["exact"] else "normal_approximation")
    assert ours.p_value == pytest.approx(theirs["p_value"], rel=EXACT)
    assert ours.p_value == pytest.approx(theirs["coin_p_value"], rel=EXACT)


@every_case
@pytest.mark.parametrize(("measure", "scale"), [(CLOSURE, "effect"), (NOTES, "effect_log")])
def test_effect_sizes_equal_rs(case: dict[str, Any], measure: Any, scale: str) -> None:
    theirs = case[scale]
    ours = change(case["before"], case["after"], measure=measure).effect_sizes
    d_z, g = ours["d_z"], ours["hedges_g"]
    ends = (theirs["d_z"], theirs["low"], theirs["high"])
    assert (d_z.estimate, d_z.low, d_z.high) == pytest.approx(ends, rel=1e-8)
    corrected = tuple(theirs["hedges_factor"] * end for end in ends)
    assert (g.estimate, g.low, g.high) == pytest.approx(corrected, rel=1e-8)


@every_case
def test_analytic_intervals_equal_rs(case: dict[str, Any]) -> None:
    result = change(case["before"], case["after"])
    theirs = {
        "difference": ("t", case["t"]),
        "ratio_of_means": ("fieller", case["fieller"]),
        "geometric_mean_ratio": ("t_of_logarithms", case["t_of_logarithms"]),
        "mean_of_clinician_changes": ("t", case["t_of_changes"]),
    }
    for name, (method, ends) in theirs.items():
        ours = named(result)[name].analytic
        assert ours is not None
        assert (ours.method, ours.level) == (method, 0.95)
        # Fieller by uniroot on t.test's p-value, which is flat to 1e-10.
        assert (ours.low, ours.high) == pytest.approx(ends, rel=1e-6 if method == "fieller" else EXACT), name


@every_case
def test_order_statistics_equal_rs(case: dict[str, Any]) -> None:
    ours = named(change(case["before"], case["after"]))["median_of_clinician_changes"].analytic
    theirs = case["order_statistics"]
    assert ours is not None
    assert (ours.low, ours.high, ours.level) == pytest.approx(
        (theirs["low"], theirs["high"], theirs["level"]), rel=EXACT
    )


def test_bca_equals_boots() -> None:
    """boot.ci(type = "bca") on its replicates; it reads between neighbours on the normal scale, we do not."""
    theirs = CASES["skewed"]["bca"]
    ours = bca_interval(theirs["estimate"], theirs["replicates"], theirs["left_out"], 0.95)
    assert ours is not None
    ordered = np.sort(theirs["replicates"])
    n = len(ordered)
    for end, expected in zip((ours.low, ours.high), theirs["boot_ends"], strict=True):
        level = np.interp(end, ordered, np.linspace(0, 1, n))  # where numpy.quantile read
        k = int(level * (n + 1))
        left, at, right = ndtri(np.array([k / (n + 1), level, (k + 1) / (n + 1)]))
        read = ordered[k - 1] + (at - left) / (right - left) * (ordered[k] - ordered[k - 1])
        assert read == pytest.approx(expected, rel=EXACT)


@pytest.mark.parametrize("band", [8, 200_000])
@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=40), st.integers(1, 16))
def test_walsh_averages_are_those_of_the_whole_table(band: int, steps: list[int], parts: int) -> None:
    values = np.array(steps) / parts
    i, j = np.triu_indices(len(values))
    whole = np.sort((values[i] + values[j]) / 2)
    kept, walsh.BAND = walsh.BAND, band
    try:
        ours = walsh_averages(values, range(1, len(whole) + 1))
    finally:
        walsh.BAND = kept
    np.testing.assert_allclose(ours, whole, atol=1e-12)


def test_walsh_averages_of_many_values() -> None:
    values = np.random.default_rng(3).standard_cauchy(3000)
    i, j = np.triu_indices(len(values))
    whole = np.sort((values[i] + values[j]) / 2)
    ranks = [1, 2, 1_000_000, len(whole) // 2, len(whole)]
    np.testing.assert_array_equal(walsh_averages(values, ranks), whole[np.array(ranks) - 1])
    assert median_walsh_average(values) == np.median(whole)
    with pytest.raises(InputError, match="rank 0: 3 values have ranks 1 to 6"):
        walsh_averages(values[:3], [0])


@pytest.mark.parametrize("n", [7, 12, 50, 60])
def test_interval_of_hodges_lehmann_is_the_inverted_test(n: int) -> None:
    """A shift just inside the interval is not rejected, one just outside is: by scipy's test."""
    differences = np.random.default_rng(n).normal(0.4, 1, n)
    found = hodges_lehmann(differences, 0.95)
    method: Any = "exact" if n <= 50 else "approx"
    assert found.low is not None
    assert found.high is not None
    for end, inwards in ((found.low, 1e-9), (found.high, -1e-9)):
        inside = scipy.stats.wilcoxon(differences - end - inwards, method=method).pvalue
        outside = scipy.stats.wilcoxon(differences - end + inwards, method=method).pvalue
        assert outside < 0.05 <= inside


def test_noncentral_t_equals_scipys() -> None:
    t, df, shift = np.meshgrid([-30, -2, -0.1, 0, 1, 4, 30], [1, 2, 5, 30, 800], [-3, -1, 0, 2])
    noncentrality = t + shift * np.sqrt(1 + t * t / (2 * df))
    ours = [
        noncentral_t_cdf(*one)
        for one in zip(t.ravel().tolist(), df.ravel().tolist(), noncentrality.ravel().tolist(), strict=True)
    ]
    theirs = np.asarray(scipy.stats.nct.cdf(t.ravel(), df.ravel(), noncentrality.ravel()))
    defined = np.isfinite(theirs)  # scipy gives up far out with one degree of freedom
    assert defined.mean() > 0.97
    np.testing.assert_allclose(np.array(ours)[defined], theirs[defined], atol=1e-10)


def test_noncentral_t_of_thousands_of_clinicians_is_nearly_normal() -> None:
    """By hand: t - ncp has the standard error sqrt(1 + t^2 / (2 df)), here sqrt(1 + 6400 / 19998) = 1.149."""
    low, high = noncentrality_interval(-80.0, 9999, 0.95)
    assert (low, high) == pytest.approx((-80 - 1.96 * 1.149, -80 + 1.96 * 1.149), abs=0.01)


def test_small_sample_factor() -> None:
    """By hand: J(2) = 1 / gamma(1/2), J(4) = 1 / (sqrt(2) gamma(3/2)); approximately 1 - 3 / (4 m - 1)."""
    assert small_sample_factor(2) == pytest.approx(1 / np.pi**0.5)
    assert small_sample_factor(4) == pytest.approx((2 / np.pi) ** 0.5)
    assert small_sample_factor(9999) == pytest.approx(1 - 3 / (4 * 9999 - 1), rel=1e-8)
    two = change([1, 2], [2, 4]).effect_sizes
    assert two["d_z"].estimate is not None
    assert (two["hedges_g"].estimate, two["hedges_g"].why) == (None, "too_few")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=9).map(np.array), st.integers(0, 99))
def test_resampled_rank_biserial_is_that_of_the_drawn_clinicians(steps: FloatArray, seed: int) -> None:
    differences = steps / 4
    drawn = next(resample(len(differences), 20, seed))
    ours = resampled_rank_biserial(signed_ranks(differences), times_drawn(drawn, len(differences)))
    for value, units in zip(ours, drawn, strict=True):
        expected = rank_biserial(differences[units])
        assert np.isnan(value) if expected is None else value == pytest.approx(expected, abs=1e-12)


def test_differences_that_rounding_made_unequal_are_tied() -> None:
    """By hand: 8.2 - 8.1 and 10.3 - 10.2 differ in the 15th digit; ranks 1.5, 1.5, 3."""
    before, after = np.array([8.1, 10.3, 5.0]), np.array([8.2, 10.2, 6.0])
    assert after[0] - before[0] != before[1] - after[1]
    assert wilcoxon_signed_rank(after - before).statistic == 1.5
    nearly = change([0.7, 5.0], [2.1 / 3, 4.0]).spread.shares
    assert (nearly["unchanged"].estimate, nearly["fell"].estimate) == (0.5, 0.5)


@settings(max_examples=40, deadline=None)
@given(pairs)
def test_swapping_before_and_after_turns_every_estimate(rows: list[tuple[float, float]]) -> None:
    before, after = np.array(rows).T
    for measure in (CLOSURE, NOTES):
        there = named(change(before, after, measure=measure))
        back = named(change(after, before, measure=measure))
        for name in ("difference", "hodges_lehmann", "d_z", "hedges_g", "rank_biserial"):
            _mirrored(there[name], back[name], lambda x: -x, -np.inf)
        for name in ("ratio_of_means", "geometric_mean_ratio", "hodges_lehmann_ratio"):
            _mirrored(there[name], back[name], lambda x: 1 / (1 + x) - 1, -0.99)


def _mirrored(there: Estimate, back: Estimate, mirror: Any, lowest: float) -> None:
    """Estimates and ends by formula turn over; Fieller's set may have ends in one direction only.

    lowest: an end near -100 % has no finite mirror.
    """
    assert (there.estimate is None) == (back.estimate is None)
    assert there.why == back.why
    if there.estimate is None:
        return
    assert back.estimate == pytest.approx(mirror(there.estimate), abs=1e-9)
    formula = [one for one in (there.analytic, back.analytic) if one is not None]
    ends = [(one.low, one.high) for one in formula]
    if there.method in ("signed_rank_exact", "signed_rank_normal", "noncentral_t"):
        ends.append((there.low, there.high))
        ends.append((back.low, back.high))
    for (low, high), (low_back, high_back) in zip(ends[::2], ends[1::2], strict=True):
        if None not in (low, high, low_back, high_back) and min(low or 0, low_back or 0) > lowest:
            expected = (mirror(high), mirror(low))
            assert (low_back, high_back) == pytest.approx(expected, rel=1e-6, abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(pairs)
def test_hours_change_the_unit_and_no_percent(rows: list[tuple[float, float]]) -> None:
    before, after = np.array(rows).T
    minute, hour = named(change(before, after)), named(change(before / 60, after / 60))
    for name, one in minute.items():
        factor = 60 if name in ("difference", "hodges_lehmann") else 1
        for ours, other in _ends(one, hour[name]):
            assert ours == pytest.approx(other * factor, abs=1e-9), name
    tests = [change(b, a).tests for b, a in ((before, after), (before / 60, after / 60))]
    for name in TESTS:
        assert tests[0][name].p_value == pytest.approx(tests[1][name].p_value)


def _ends(one: Estimate, other: Estimate) -> list[tuple[float, float]]:
    left, right = ([e.estimate, e.low, e.high] for e in (one, other))
    if one.analytic is not None and other.analytic is not None:
        left += [one.analytic.low, one.analytic.high]
        right += [other.analytic.low, other.analytic.high]
    assert [x is None for x in left] == [x is None for x in right]
    return [(x, y) for x, y in zip(left, right, strict=True) if x is not None and y is not None]


@settings(max_examples=40, deadline=None)
@given(pairs)
def test_clinician_without_change_pulls_towards_zero(rows: list[tuple[float, float]]) -> None:
    """The difference times n / (n + 1) exactly; the centre of the Walsh averages at least not further out."""
    before, after = np.array(rows).T
    one, more = change(before, after), change([*before, 7], [*after, 7])
    n = len(rows)
    assert more.difference.estimate == pytest.approx((one.difference.estimate or 0) * n / (n + 1), abs=1e-12)
    without, with_it = one.hodges_lehmann.estimate, more.hodges_lehmann.estimate
    assert abs(with_it or 0) <= abs(without or 0) + 1e-12
    shares = more.spread.shares["unchanged"].estimate
    assert shares == pytest.approx(((one.spread.shares["unchanged"].estimate or 0) * n + 1) / (n + 1))


@settings(max_examples=40, deadline=None)
@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_clinicians_moves_only_what_is_resampled(
    rows: list[tuple[float, float]], random: Any
) -> None:
    """Resampling goes by place; upstream sorts clinicians by id, so that intervals repeat (next test)."""
    one = named(change(*np.array(rows).T))
    random.shuffle(rows)
    other = named(change(*np.array(rows).T))
    for name, estimate in one.items():
        assert other[name].estimate == pytest.approx(estimate.estimate, abs=1e-12)
        if estimate.analytic is not None and estimate.analytic.low is not None:
            ours = other[name].analytic
            assert ours is not None
            assert ours.low == pytest.approx(estimate.analytic.low, abs=1e-12)
        if not str(estimate.method).startswith("bootstrap"):
            assert other[name].low == pytest.approx(estimate.low, abs=1e-9)


def test_every_method_and_reason_has_its_word() -> None:
    cases = [
        ([1, 5, 4, 6, 3, 9], [2, 2, 3, 4, 8, 1]),
        ([0, 5, 4, 6], [1, 2, 3, 4]),
        ([1, 5, 4, 6], [0, 2, 3, 4]),
        ([0, 0], [1, 2]),
        ([5.1] * 7, [4.3] * 7),
        ([3], [2]),
        ([], []),
        ([4, 4], [4, 4]),
    ]
    for before, after in cases:
        for measure in (NOTES, MEASURES["note_length_chars_per_note"]):
            result = change(before, after, measure=measure)
            for one in (*named(result).values(), *result.spread.shares.values()):
                assert one.method in INTERVAL_METHODS
                assert one.why is None or one.why in WHY
                assert (one.low is None) == (one.high is None) == (one.why is not None), one
                if one.analytic is not None:
                    assert one.analytic.method in INTERVAL_METHODS
                    assert (one.analytic.low is None) == (one.analytic.why in WHY)
            for test in result.tests.values():
                assert (test.p_value is None) == (test.why in WHY)
                assert test.p_value is None or test.method in TEST_METHODS


@pytest.mark.parametrize(
    ("before", "after", "name", "why"),
    [
        ([0, 5, 4], [1, 2, 3], "mean_of_clinician_changes", "zero_before"),
        ([0, 5, 4], [1, 2, 3], "hodges_lehmann_ratio", "zero_before"),
        ([1, 5, 4], [0, 2, 3], "geometric_mean_ratio", "zero_after"),
        ([0, 0, 0], [1, 2, 3], "ratio_of_means", "zero_mean"),
        ([0, 9, 0], [1, 2, 3], "ratio_of_means", "undefined_resamples"),
        ([4, 5, 6], [4, 5, 6], "rank_biserial", "no_change"),
        ([4, 5, 6], [3, 4, 5], "d_z", "no_spread"),
        ([4, 5, 6, 7, 8], [3, 4.5, 5.3, 6.7, 7.6], "hodges_lehmann", "too_few"),
        ([3], [2], "difference", "one_clinician"),
        ([], [], "hodges_lehmann", "no_clinicians"),
    ],
)
def test_undefined_says_why(before: Any, after: Any, name: str, why: str) -> None:
    assert named(change(before, after))[name].why == why


def test_fieller_has_no_ends_where_the_mean_before_is_not_clear_of_0() -> None:
    before, after = np.array([0.0, 0, 0, 0, 9]), np.array([1.0, 2, 1, 2, 1])
    assert fieller_interval(before, after, 0.95) == AnalyticInterval("fieller", why="unbounded")
    assert fieller_interval(before + 5, 2 * before + 10, 0.95).why == "no_spread"


@pytest.mark.parametrize(("n", "level", "reached"), [(6, 0.95, 1 - 2 / 64), (5, 0.9, 1 - 2 / 32)])
def test_interval_of_the_median_names_the_level_reached(n: int, level: float, reached: float) -> None:
    """By hand: all n values on one side of the median has the probability 2 / 2^n."""
    found = median_interval(np.arange(float(n)), level)
    assert (found.low, found.high) == (0.0, n - 1.0)
    assert found.level == pytest.approx(reached)
    assert median_interval(np.arange(float(n)), 0.99).why == "too_few"
