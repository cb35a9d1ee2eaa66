"""Two systems on the same visits, against scipy and against planted truths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.compare import Difference, compare_counts

sides = st.integers(2, 8).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 9), min_size=n, max_size=n)] * 2)
)


def mean(sums: FloatArray) -> float | None:
    return None if sums[1] == 0 else float(sums[0] / sums[1])


def rows(values: list[int] | FloatArray) -> FloatArray:
    return np.stack([np.asarray(values, dtype=float), np.ones(len(values))], axis=1)


def ids(n: int) -> list[str]:
    return [f"v{i:03d}" for i in range(n)]


def compare(
    a: list[int] | FloatArray, b: list[int] | FloatArray, clusters: list[str] | None = None, seed: int = 1
) -> Difference:
    names = ids(len(a)) if clusters is None else clusters
    return compare_counts(rows(a), rows(b), names, mean, level=0.95, resamples=400, seed=seed)


@given(sides)
@settings(deadline=None, max_examples=40)
def test_the_exact_permutation_is_scipys(pair: tuple[list[int], list[int]]) -> None:
    a, b = pair
    theirs = stats.permutation_test(
        (np.array(b, float), np.array(a, float)),
        lambda x, y, axis: np.mean(x, axis=axis) - np.mean(y, axis=axis),
        permutation_type="samples",
        n_resamples=10**9,
        vectorized=True,
    )
    # scipy's two-sided p doubles the smaller tail; for paired swaps the distribution is symmetric.
    assert compare(a, b).p_value == pytest.approx(theirs.pvalue)


@given(sides)
@settings(deadline=None, max_examples=30)
def test_swapping_the_runs_negates_the_difference(pair: tuple[list[int], list[int]]) -> None:
    (a, b) = pair
    forward, backward = compare(a, b), compare(b, a)
    assert forward.difference is not None
    assert backward.difference == -forward.difference
    assert forward.p_value == backward.p_value
    if forward.interval is not None and backward.interval is not None:
        assert forward.interval.low == pytest.approx(-backward.interval.high)


def test_the_interval_is_scipys_paired_bootstrap() -> None:
    rng = np.random.default_rng(5)
    a = rng.normal(10, 2, 60)
    b = a + rng.normal(0.5, 1, 60)
    ours = compare_counts(rows(a), rows(b), ids(60), mean, level=0.95, resamples=9999, seed=2).interval
    theirs = stats.bootstrap((b - a,), np.mean, method="percentile", rng=np.random.default_rng(3))
    assert ours is not None
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.02)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.02)


def test_a_planted_difference_is_found_and_none_is_not() -> None:
    rng = np.random.default_rng(7)
    a = rng.normal(10, 2, 80)
    assert compare(a, a + rng.normal(1, 1, 80)).p_value == pytest.approx(1e-4)
    null = [compare(a, a + rng.normal(0, 1, 80), seed=i).p_value for i in range(20)]
    assert sum(p is not None and p < 0.05 for p in null) <= 4


def test_clinicians_are_swapped_whole() -> None:
    """Two clinicians, ten visits each: 4 swaps, of which 2 reach the observed difference (by hand)."""
    a, b = np.zeros(20), np.ones(20)
    clusters = ["c1"] * 10 + ["c2"] * 10
    assert compare(a, b).p_value == pytest.approx(1e-4)
    assert compare(a, b, clusters).p_value == 0.5


def test_undefined_stays_undefined() -> None:
    none = compare_counts(np.zeros((3, 2)), rows([1, 2, 3]), ids(3), mean, level=0.9, resamples=100, seed=1)
    assert (none.difference, none.interval, none.p_value) == (None, None, None)
    one = compare([1], [2])
    assert (one.difference, one.interval, one.p_value) == (1.0, None, 1.0)
    with pytest.raises(InputError, match="give one row each"):
        compare_counts(rows([1]), rows([1, 2]), ids(1), mean, level=0.9, resamples=100, seed=1)
