"""Agreement with judgements: scipy's numbers, invariances, and what has no value."""

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scribeeval.errors import InputError
from scribeeval.stats import agreement
from scribeeval.stats.agreement import CORRELATIONS, WHY, Agreement, auc, by_item, by_system
from scribeeval.stats.bootstrap import FloatArray, percentile_interval, resample

OURS = {"pearson": agreement.pearson, "spearman": agreement.spearman, "kendall": agreement.kendall}
THEIRS: Mapping[str, Callable[..., Any]] = {
    "pearson": stats.pearsonr,
    "spearman": stats.spearmanr,
    "kendall": stats.kendalltau,
}


class How(TypedDict):
    """The arguments of a bootstrap."""

    level: float
    resamples: int
    seed: int


HOW: How = {"level": 0.95, "resamples": 200, "seed": 4}

# Few values, so that ties are common.
columns = st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 3)), min_size=3, max_size=30).map(
    lambda rows: np.array(rows, dtype=np.float64).T
)


def numbers(n: int, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """A measure with few values, and a judgement that goes with it."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 6, n).astype(np.float64)
    return x, x + rng.integers(0, 5, n)


def their_auc(x: FloatArray, positive: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> float:
    u = stats.mannwhitneyu(x[positive], x[~positive]).statistic
    return float(u / positive.sum() / (~positive).sum())


@given(rows=columns)
def test_the_values_are_scipys(rows: FloatArray) -> None:
    x, y = rows
    for name, ours in OURS.items():
        if np.ptp(x) == 0 or np.ptp(y) == 0:
            assert ours(x, y) is None
        else:
            assert ours(x, y) == pytest.approx(THEIRS[name](x, y).statistic, abs=1e-12)
    positive = y > 1
    if positive.all() or not positive.any():
        assert auc(x, positive) is None
    else:
        assert auc(x, positive) == pytest.approx(their_auc(x, positive), abs=1e-12)


def test_the_auc_by_hand() -> None:
    """Positives 3 and 1, others 1, 0, 2: of 6 pairs 3>1, 3>0, 3>2, 1>0 and half of 1=1 are won: 4.5 / 6."""
    assert auc(np.array([3.0, 1, 1, 0, 2]), np.array([True, True, False, False, False])) == 0.75


@given(rows=columns, scale=st.floats(0.1, 50), shift=st.floats(-20, 20))
def test_a_rising_scale_changes_nothing_and_a_falling_one_the_sign(
    rows: FloatArray, scale: float, shift: float
) -> None:
    x, y = rows
    for ours in OURS.values():
        value = ours(x, y)
        expected = None if value is None else pytest.approx(value, abs=1e-9)
        against = None if value is None else pytest.approx(-value, abs=1e-9)
        assert ours(scale * x + shift, y) == expected
        assert ours(-x, y) == against
        assert ours(y, x) == expected
    for ours in (agreement.spearman, agreement.kendall):
        assert ours(np.exp(x), y) == ours(x, y), "ranks know no scale"
    won = auc(x, y > 1)
    assert auc(-x, y > 1) == (None if won is None else pytest.approx(1 - won))
    assert auc(np.exp(x), y > 1) == won


@settings(max_examples=30)
@given(rows=columns, seed=st.integers(0, 99))
def test_the_order_of_the_items_changes_nothing(rows: FloatArray, seed: int) -> None:
    x, y = rows
    order = np.random.default_rng(seed).permutation(len(x))
    units = np.arange(len(x)) // 2
    here = by_item(x, y, units, above=1, **HOW)
    there = by_item(x[order], y[order], units[order], above=1, **HOW)
    for name, found in here.items():
        assert there[name].why == found.why
        for end in ("value", "low", "high"):
            value = getattr(found, end)
            assert getattr(there[name], end) == (None if value is None else pytest.approx(value, abs=1e-9))


@pytest.mark.parametrize("share", [1, 3])
def test_the_interval_is_that_of_resamples_written_out(share: int) -> None:
    """Each resample as rows, handed to scipy: items by themselves, and in clusters of three."""
    x, y = numbers(24)
    units = np.arange(24) // share
    found = by_item(x, y, units, above=4, **HOW)
    drawn: dict[str, list[float]] = {name: [] for name in (*CORRELATIONS, "auc")}
    for block in resample(24 // share, 200, 4):
        for row in block:
            items = np.concatenate([np.flatnonzero(units == unit) for unit in row])
            for name in CORRELATIONS:
                drawn[name].append(float(THEIRS[name](x[items], y[items]).statistic))
            drawn["auc"].append(their_auc(x[items], y[items] > 4))
    for name, values in drawn.items():
        interval = percentile_interval(values, 0.95)
        assert interval is not None
        assert (found[name].low, found[name].high) == pytest.approx((interval.low, interval.high))


def test_items_that_come_in_copies_have_the_interval_of_the_originals() -> None:
    """Four equal items a cluster tell no more than one."""
    x, y = numbers(20)
    single = by_item(x, y, np.arange(20), above=4, **HOW)
    copies = by_item(np.repeat(x, 4), np.repeat(y, 4), np.repeat(np.arange(20), 4), above=4, **HOW)
    for name in ("pearson", "spearman", "auc"):
        assert copies[name].low == pytest.approx(single[name].low)
        assert copies[name].high == pytest.approx(single[name].high)


def test_more_units_than_the_table_holds_are_grouped_at_random(monkeypatch: pytest.MonkeyPatch) -> None:
    """200 units in 100 groups: the same value, and an interval of about the same width (within a third)."""
    x, y = numbers(200)
    single = by_item(x, y, np.arange(200), **HOW)
    monkeypatch.setattr(agreement, "MAX_UNITS", 100)
    grouped = by_item(x, y, np.arange(200), **HOW)
    for name in CORRELATIONS:
        one, other = single[name], grouped[name]
        assert other.value == pytest.approx(one.value)
        assert None not in (one.low, one.high, other.low, other.high)
        width, wide = one.high - one.low, other.high - other.low  # type: ignore[operator]
        assert 2 / 3 < wide / width < 3 / 2


def test_by_system_is_the_correlation_of_means() -> None:
    x, y = numbers(40)
    systems = np.arange(40) % 5
    found = by_system(x, y, systems, np.arange(40) // 5, **HOW)
    means = [np.array([column[systems == s].mean() for s in range(5)]) for column in (x, y)]
    for name in CORRELATIONS:
        assert found[name].value == pytest.approx(THEIRS[name](*means).statistic)
    drawn = []
    for block in resample(8, 200, 4):
        for row in block:
            items = (row[:, None] * 5 + np.arange(5)).ravel()
            at = systems[items]
            a, b = ([column[items][at == s].mean() for s in range(5)] for column in (x, y))
            drawn.append(float(stats.pearsonr(a, b).statistic))
    interval = percentile_interval(drawn, 0.95)
    assert interval is not None
    assert (found["pearson"].low, found["pearson"].high) == pytest.approx((interval.low, interval.high))


def test_what_has_no_value_says_why() -> None:
    x, y = np.array([1.0, 2, 3, 4]), np.array([0.0, 0, 1, 1])
    units = np.arange(4)

    def whys(x: FloatArray, y: FloatArray, above: float | None = None) -> dict[str, str | None]:
        return {n: a.why for n, a in by_item(x, y, np.arange(len(x)), above=above, **HOW).items()}

    assert set(whys(x[:2], y[:2]).values()) == {"fewer_than_3_items"}
    assert set(whys(x[:0], y[:0]).values()) == {"fewer_than_3_items"}
    constant = by_item(np.ones(4), y, units, **HOW)
    assert {constant[n].why for n in CORRELATIONS} == {"measure_constant"}
    assert constant["auc"] == Agreement(0.5, why="undefined_resamples"), "2 of 16 resamples have one class"
    assert {whys(x, np.ones(4))[n] for n in CORRELATIONS} == {"judgement_constant"}
    assert whys(x, y + 5)["auc"] == "not_binary"
    assert whys(x, y + 5, above=9)["auc"] == "one_class"
    together = by_item(x, y, np.zeros(4, dtype=np.int64), **HOW)
    assert together["pearson"].why == "one_unit"
    assert together["pearson"].value is not None
    assert by_system(x, y, units // 2, units, **HOW)["kendall"].why == "fewer_than_3_systems"
    named = {a.why for a in by_system(x, np.ones(4), units, units, **HOW).values()}
    assert named == {"judgement_constant"}
    assert named <= WHY.keys()


def test_equal_means_stay_tied_whatever_their_rounding() -> None:
    """System means .1 + .2 and .3 by turns are equal: a rank must not see the last bit."""
    x = np.array([0.1, 0.2, 0.3, 0.0, 0.5, 0.5])  # means .15, .15, .5
    y = np.array([1.0, 1, 2, 2, 3, 3])
    found = by_system(x, y, np.arange(6) // 2, np.arange(6), **HOW)
    assert found["spearman"].value == pytest.approx(stats.spearmanr([1, 1, 2], [1, 2, 3]).statistic)


def test_values_that_are_not_finite_or_not_as_many_are_refused() -> None:
    units = np.arange(3)
    with pytest.raises(InputError, match="1 items have a value that is not finite"):
        by_item(np.array([1.0, np.nan, 2]), np.zeros(3), units, **HOW)
    with pytest.raises(InputError, match="shape"):
        by_item(np.zeros(3), np.zeros(2), units, **HOW)
