"""One measure before and after: against scipy, published examples and work by hand."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import scipy.stats
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.records import Change, Estimate
from scribeeval.stats import paired_tests
from scribeeval.stats.bootstrap import FloatArray, resample
from scribeeval.stats.measures import MEASURES
from scribeeval.stats.paired import TESTS, compare
from scribeeval.stats.paired_tests import paired_t, sign_flip
from scribeeval.stats.signed_rank import wilcoxon_signed_rank

GOLDEN = json.loads((Path(__file__).parent / "golden" / "paired.json").read_text(encoding="utf-8"))["cases"]
NOTES = MEASURES["time_in_notes_min_per_appointment"]  # log scale, lower is better
CLOSURE = MEASURES["same_day_closure_rate"]  # raw scale, higher is better
LENGTH = MEASURES["note_length_chars_per_note"]  # neither direction is good by itself
MAIZE = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48.0])  # Fisher (1935)
PERCENT = {
    "ratio_of_means",
    "geometric_mean_ratio",
    "mean_of_clinician_changes",
    "median_of_clinician_changes",
}

# Quarter minutes, so that ties and zeros are common and swapping is exact.
minutes = st.integers(1, 80).map(lambda quarters: quarters / 4)
pairs = st.lists(st.tuples(minutes, minutes), min_size=2, max_size=20)


def change(before: Any, after: Any, **options: Any) -> Change:
    arguments: dict[str, Any] = {"measure": NOTES, "resamples": 100, "seed": 1, "tests": tuple(TESTS)}
    arguments |= options
    return compare(before=before, after=after, **arguments)


def values(estimates: dict[str, Estimate] | Any) -> dict[str, float | None]:
    return {name: estimate.estimate for name, estimate in estimates.items()}


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case['test']}-{len(case['differences'])}")
def test_golden_values(case: dict[str, Any]) -> None:
    differences = np.array(case["differences"], dtype=float)
    result = TESTS[case["test"]](differences, differences, 1)
    assert result.statistic == pytest.approx(case["statistic"], rel=1e-3)
    assert result.p_value == pytest.approx(case["p_value"], rel=1e-3)
    assert result.effect_size == pytest.approx(case["effect_size"], rel=1e-3)


def test_sign_flip_of_fishers_maize(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fisher (1935, section 21) counts 863 of the 32,768 patterns with a sum of 314 or more, one-sided."""
    exact = 2 * 863 / 32_768
    sampled = sign_flip(MAIZE, seed=1).p_value
    assert sampled is not None
    # Four standard errors of a share from 9,999 draws; the +1 rule gives multiples of 1 / 10,000.
    assert sampled == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 9_999) ** 0.5)
    assert sampled * 10_000 == pytest.approx(round(sampled * 10_000))
    monkeypatch.setattr(paired_tests, "EXACT_SIGN_FLIP", 15)
    assert sign_flip(MAIZE, seed=1).p_value == pytest.approx(exact)


def test_sampled_sign_flip_is_never_0_and_repeats_with_its_seed() -> None:
    assert sign_flip(np.arange(1.0, 41.0), seed=1).p_value == 1 / 10_000
    assert sign_flip(MAIZE, seed=1) == sign_flip(MAIZE, seed=1)
    assert sign_flip(MAIZE, seed=1) != sign_flip(MAIZE, seed=2)


def test_memory_bound_does_not_change_the_sampled_sign_flip(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sign_flip(MAIZE, seed=1)
    monkeypatch.setattr(paired_tests, "CHUNK", 400)
    assert sign_flip(MAIZE, seed=1) == whole


@pytest.mark.parametrize("n", [3, 6, 9, 14])
def test_exact_sign_flip_equals_scipys_permutation_test(n: int) -> None:
    differences = np.random.default_rng(n).normal(0.4, 1, n)
    theirs = scipy.stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", vectorized=True, n_resamples=2**n
    )
    assert sign_flip(differences, seed=1).p_value == pytest.approx(theirs.pvalue)


@given(pairs)
def test_paired_t_equals_scipy(rows: list[tuple[float, float]]) -> None:
    before, after = np.array(rows).T
    ours = paired_t(np.log(after / before))
    if ours.p_value is None:
        assert np.ptp(after / before) < 1e-9
        return
    theirs = scipy.stats.ttest_rel(np.log(after), np.log(before))
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.pvalue), rel=1e-6)


@example(np.array([0, 3, -5]))  # a zero and no tie
@given(st.lists(st.integers(-12, 12), min_size=1, max_size=60).map(np.array))
def test_wilcoxon_equals_scipy(steps: FloatArray) -> None:
    differences = steps / 4
    ours = wilcoxon_signed_rank(differences)
    if not differences.any():
        assert ours.statistic is ours.p_value is ours.effect_size is None
        return
    method: Any
    tied = 0 in differences or len(set(np.abs(differences))) < len(differences)
    method = "approx" if tied or len(differences) > 50 else "exact"
    theirs = scipy.stats.wilcoxon(differences, method=method)
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.pvalue))


@pytest.mark.parametrize(("n", "method"), [(50, "exact"), (51, "approx")])
def test_wilcoxon_is_exact_up_to_50_untied_differences(n: int, method: Any) -> None:
    differences = np.random.default_rng(2).normal(0.3, 1, n)
    theirs = scipy.stats.wilcoxon(differences, method=method)
    assert wilcoxon_signed_rank(differences).p_value == pytest.approx(theirs.pvalue, rel=1e-9)


def test_estimators_by_hand() -> None:
    result = change([10, 20, 30, 40], [9, 15, 21, 20], n_dropped=2)
    # Means 25 and 16.25; ratios .9, .75, .7, .5, whose product is .23625, mean .7125, median .725.
    assert (result.before, result.after, result.difference.estimate) == (25, 16.25, -8.75)
    assert values(result.percent_change) == pytest.approx(
        {
            "ratio_of_means": -0.35,
            "geometric_mean_ratio": 0.23625**0.25 - 1,
            "mean_of_clinician_changes": -0.2875,
            "median_of_clinician_changes": -0.275,
            # Of the ten geometric means of two ratios (or one with itself) the fifth is .7, the sixth
            # sqrt(.75 .7); .5, .59, .61, .67 lie below and .75, .79, .82, .9 above.
            "hodges_lehmann_ratio": (0.7 * (0.75 * 0.7) ** 0.5) ** 0.5 - 1,
        }
    )
    assert (result.n_clinicians, result.n_dropped, result.unit) == (4, 2, "min per appointment")
    assert result.tests["paired_t"].statistic == pytest.approx(
        scipy.stats.ttest_1samp(np.log([0.9, 0.75, 0.7, 0.5]), 0).statistic
    )


@pytest.mark.parametrize(
    ("name", "method", "statistic"),
    [
        ("ratio_of_means", "BCa", lambda b, a, axis: a.mean(axis=axis) / b.mean(axis=axis) - 1),
        ("geometric_mean_ratio", "BCa", lambda b, a, axis: np.exp(np.log(a / b).mean(axis=axis)) - 1),
        ("mean_of_clinician_changes", "BCa", lambda b, a, axis: (a / b).mean(axis=axis) - 1),
        ("median_of_clinician_changes", "percentile", lambda b, a, axis: np.median(a / b, axis=axis) - 1),
        ("difference", "BCa", lambda b, a, axis: a.mean(axis=axis) - b.mean(axis=axis)),
    ],
)
def test_intervals_equal_scipys_on_the_same_draw(name: str, method: Any, statistic: Any) -> None:
    rng = np.random.default_rng(5)
    before = rng.lognormal(2, 0.7, 12)
    after = before**0.8 * rng.lognormal(0.2, 0.3, 12)
    result = change(before, after, resamples=500, alpha=0.1, tests=())
    ours = {**result.percent_change, "difference": result.difference}[name]
    drawn = np.concatenate(list(resample(12, 500, seed=1)))
    replicates = SimpleNamespace(bootstrap_distribution=statistic(before[drawn], after[drawn], axis=-1))
    theirs = scipy.stats.bootstrap(
        (before, after),
        statistic,
        paired=True,
        confidence_level=0.9,
        method=method,
        n_resamples=0,
        bootstrap_result=cast(Any, replicates),
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(pairs)
def test_swapping_before_and_after_turns_every_sign(rows: list[tuple[float, float]]) -> None:
    before, after = np.array(rows).T
    there, back = change(before, after), change(after, before)
    assert back.difference.estimate == pytest.approx(-(there.difference.estimate or 0))
    for name in ("ratio_of_means", "geometric_mean_ratio"):
        forth = there.percent_change[name].estimate
        assert forth is not None
        assert back.percent_change[name].estimate == pytest.approx(1 / (1 + forth) - 1)
    for name, test in there.tests.items():
        mirror = back.tests[name]
        assert mirror.p_value == pytest.approx(test.p_value)
        assert mirror.effect_size == pytest.approx(test.effect_size and -test.effect_size, abs=1e-12)
        if name != "wilcoxon_signed_rank":  # the smaller rank sum has no sign
            assert mirror.statistic == pytest.approx(test.statistic and -test.statistic, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_clinicians_changes_no_estimate(rows: list[tuple[float, float]], random: Any) -> None:
    one = change(*np.array(rows).T)
    random.shuffle(rows)
    other = change(*np.array(rows).T)
    assert values(other.percent_change) == pytest.approx(values(one.percent_change), abs=1e-12)
    assert other.share_of_clinicians_worse == one.share_of_clinicians_worse
    for name in ("paired_t", "wilcoxon_signed_rank"):  # sign_flip draws by place above 14
        assert other.tests[name].p_value == pytest.approx(one.tests[name].p_value)


def test_equal_arguments_give_equal_results_and_the_seed_moves_only_intervals() -> None:
    before, after = [10, 20, 30, 40, 50], [9, 15, 21, 20, 60]
    assert change(before, after) == change(before, after)
    other = change(before, after, seed=2)
    assert other.difference != change(before, after).difference
    assert other.difference.estimate == change(before, after).difference.estimate


def test_0_before_leaves_relative_changes_undefined_and_drops_nobody() -> None:
    result = change([0, 5, 4, 6], [1, 2, 3, 4])
    assert result.n_clinicians == 4
    assert result.percent_change["ratio_of_means"].estimate == pytest.approx(10 / 15 - 1)
    relative = [e for name, e in result.percent_change.items() if name != "ratio_of_means"]
    assert {(e.estimate, e.low, e.high, e.why) for e in relative} == {(None, None, None, "zero_before")}
    for name in ("paired_t", "sign_flip"):  # log scale: not exchanged for the raw one
        assert result.tests[name].statistic is result.tests[name].p_value is None
        assert result.tests[name].effect_size is None
        assert result.tests[name].why == "zero_before"
    assert result.tests["wilcoxon_signed_rank"].p_value is not None


def test_0_after_leaves_only_logarithms_undefined() -> None:
    result = change([1, 5, 4, 6], [0, 2, 3, 4])
    logarithmic = result.percent_change["geometric_mean_ratio"]
    assert (logarithmic.estimate, logarithmic.low, logarithmic.why) == (None, None, "zero_after")
    assert result.percent_change["mean_of_clinician_changes"].estimate == pytest.approx(-2.1833333 / 4)
    assert result.tests["paired_t"].p_value is None
    raw = change([1, 5, 4, 6], [0, 2, 3, 4], measure=CLOSURE)
    assert raw.tests["paired_t"].p_value == pytest.approx(scipy.stats.ttest_1samp([1, 3, 1, 2], 0).pvalue)


def test_nobody() -> None:
    result = change([], [])
    assert result.before is result.after is result.share_of_clinicians_worse is None
    for nothing in (result.difference, result.hodges_lehmann, *result.percent_change.values()):
        assert (nothing.estimate, nothing.low, nothing.high) == (None, None, None)
        assert nothing.why == "no_clinicians"
    assert result.percent_change.keys() == {*PERCENT, "hodges_lehmann_ratio"}
    assert all(t.statistic is t.p_value is t.effect_size is None for t in result.tests.values())


@pytest.mark.parametrize("n", [1, 2, 7, 20])
def test_clinicians_who_do_not_differ_have_estimates_but_no_interval_and_no_t(n: int) -> None:
    result = change([5.1] * n, [4.3] * n)
    for estimate in result.percent_change.values():
        assert estimate.estimate == pytest.approx(4.3 / 5.1 - 1)
        assert estimate.low is estimate.high is None
    assert result.difference.estimate == pytest.approx(-0.8)
    assert result.difference.low is result.difference.high is None
    assert result.tests["paired_t"].p_value is result.tests["sign_flip"].effect_size is None
    assert result.tests["sign_flip"].p_value == pytest.approx(2 / 2**n if n <= 14 else 1e-4)


def test_nothing_anywhere() -> None:
    result = change([0, 0], [0, 0])
    assert (result.difference.estimate, result.difference.why) == (0, "no_spread")
    assert {one.estimate for one in result.percent_change.values()} == {None}
    assert result.percent_change["ratio_of_means"].why == "zero_mean"
    assert change([0, 0], [0, 0], measure=CLOSURE).tests["sign_flip"].p_value == 1


def test_worse_follows_the_direction_of_the_measure() -> None:
    before, after = [0.5, 0.5, 0.5, 0.5], [0.6, 0.4, 0.3, 0.5]
    assert change(before, after).share_of_clinicians_worse == 0.25
    assert change(before, after, measure=CLOSURE).share_of_clinicians_worse == 0.5
    assert change(before, after, measure=LENGTH).share_of_clinicians_worse is None


def test_every_test_has_its_scale() -> None:
    """By hand: raw differences 2, -5, 1 rank 2, 3, 1; logarithms of 3, 1/2, 1.01 rank 3, 2, 1."""
    before, after = [1, 10, 100], [3, 5, 101]
    for measure in (NOTES, CLOSURE):
        tests = change(before, after, measure=measure).tests
        assert tests["wilcoxon_signed_rank"].statistic == 3  # always raw; 2 on the log scale
        expected = np.log([3, 0.5, 1.01]).mean() if measure.scale == "log" else -2 / 3
        assert tests["sign_flip"].statistic == pytest.approx(expected)


def test_default_tests() -> None:
    assert list(compare(NOTES, [1, 2], [2, 3], seed=1, resamples=10).tests) == ["paired_t", "sign_flip"]


@pytest.mark.parametrize(
    ("before", "after", "options", "message"),
    [
        ([1, 2], [1], {}, r"before has shape \(2,\), after \(1,\)"),
        ([[1, 2]], [[1, 2]], {}, "one value per clinician"),
        ([1, np.nan], [1, 2], {}, "1 values are negative or not finite"),
        ([1, -1], [1, -2], {}, "2 values are negative or not finite"),
        ([1, 2], [1, 2], {"alpha": 5}, "alpha is 5"),
        ([1, 2], [1, 2], {"tests": ["t"]}, "unknown test t; the tests are paired_t, "),
        ([1, 2], [1, 2], {"resamples": 0}, "0 resamples; give at least 1"),
        ([1, np.inf], [1, 2], {}, "1 values are negative or not finite"),
        ([], [], {"resamples": 0}, "0 resamples"),
    ],
)
def test_what_cannot_be_compared_is_an_input_error(
    before: Any, after: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        change(before, after, **options)
