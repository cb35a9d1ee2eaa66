"""Bootstrap intervals, against scipy.stats.bootstrap on the same replicates."""

import warnings
from typing import Any

import numpy as np
import pytest
import scipy.stats

from scribeeval.errors import InputError
from scribeeval.stats import bootstrap
from scribeeval.stats.bootstrap import FloatArray

LEVEL = 0.9


def skewed_pairs(n: int) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(5)
    before = rng.lognormal(2.0, 0.7, n)
    return before, before * rng.lognormal(-0.2, 0.3, n)


@pytest.mark.parametrize("method", ["percentile", "BCa"])
@pytest.mark.parametrize("decimals", [6, 0], ids=["continuous", "tied"])
def test_intervals_equal_scipy(method: Any, decimals: int) -> None:
    before, after = (np.round(values, decimals) + 1 for values in skewed_pairs(5))
    theirs = scipy.stats.bootstrap(
        (before, after),
        lambda b, a, axis: a.mean(axis=axis) / b.mean(axis=axis),
        paired=True,
        vectorized=True,
        confidence_level=LEVEL,
        n_resamples=999,
        method=method,
        rng=np.random.default_rng(1),
    )
    rest = bootstrap.leave_one_out_sums(np.stack([before, after], axis=1))
    ours = (
        bootstrap.percentile_interval(theirs.bootstrap_distribution, LEVEL)
        if method == "percentile"
        else bootstrap.bca_interval(
            after.mean() / before.mean(), theirs.bootstrap_distribution, rest[:, 1] / rest[:, 0], LEVEL
        )
    )
    assert ours is not None
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs.confidence_interval), rel=1e-9)
    assert ours.level == LEVEL


def test_resampled_sums_are_sums_of_the_drawn_units() -> None:
    rows = np.stack(skewed_pairs(7), axis=1)
    drawn = np.concatenate(list(bootstrap.resample(7, 50, seed=3)))
    expected = [rows[units].sum(axis=0) for units in drawn]
    np.testing.assert_allclose(bootstrap.resampled_sums(rows, 50, seed=3), expected)


def test_resampling_draws_every_unit_equally_often() -> None:
    drawn = np.concatenate(list(bootstrap.resample(10, 10_000, seed=3)))
    # 10,000 expected each, standard deviation sqrt(100,000 * .1 * .9) = 95.
    assert np.abs(np.bincount(drawn.ravel(), minlength=10) - 10_000).max() < 500


def test_memory_bound_does_not_change_the_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.concatenate(list(bootstrap.resample(7, 100, seed=3)))
    monkeypatch.setattr(bootstrap, "CHUNK", 25)
    blocks = list(bootstrap.resample(7, 100, seed=3))
    assert max(block.size for block in blocks) <= 25
    np.testing.assert_array_equal(np.concatenate(blocks), whole)


def test_seed_decides_the_draw() -> None:
    first, again, other = (next(bootstrap.resample(9, 20, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_leave_one_out_sums() -> None:
    rows = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])
    np.testing.assert_allclose(bootstrap.leave_one_out_sums(rows), [[6, 60], [5, 50], [3, 30]])


def test_visits_of_a_clinician_are_one_unit() -> None:
    rows = np.array([[1.0, 1.0], [2.0, 1.0], [4.0, 1.0]])
    sums = bootstrap.cluster_sums(rows, ["c2", "c1", "c2"])
    np.testing.assert_array_equal(sums, [[2, 1], [5, 2]])
    with pytest.raises(InputError, match="3 rows but 2 cluster ids"):
        bootstrap.cluster_sums(rows, ["c1", "c2"])


def test_no_interval_without_spread() -> None:
    spread, equal = np.arange(10.0), np.full(10, 0.1) + np.linspace(0, 1e-15, 10)
    assert bootstrap.percentile_interval(spread, LEVEL) is not None
    assert bootstrap.percentile_interval(equal, LEVEL) is None
    assert bootstrap.percentile_interval([*spread, np.nan], LEVEL) is None
    with warnings.catch_warnings(action="error"):
        assert bootstrap.percentile_interval([np.inf, np.inf], LEVEL) is None
    assert bootstrap.bca_interval(4.0, spread, spread, LEVEL) is not None
    assert bootstrap.bca_interval(4.0, spread, equal, LEVEL) is None
    assert bootstrap.bca_interval(0.1, equal, spread, LEVEL) is None
    assert bootstrap.bca_interval(-1.0, spread, spread, LEVEL) is None  # outside all replicates


def test_bca_gives_no_interval_where_its_correction_breaks_down() -> None:
    # One unit carries all the skew (acceleration near 1/6) and the estimate is near the edge of
    # 10,000 replicates (bias near 3.7): at level .999, 1 - acceleration * (3.7 + 3.3) < 0.
    influence = np.zeros(1000)
    influence[0] = -1.0
    replicates = np.arange(10_000.0)
    assert bootstrap.bca_interval(9_998.5, replicates, influence, 0.999) is None
    assert bootstrap.bca_interval(5_000.0, replicates, influence, 0.9) is not None


@pytest.mark.parametrize(("n_units", "resamples"), [(0, 10), (10, 0)])
def test_nothing_to_resample_is_an_input_error(n_units: int, resamples: int) -> None:
    with pytest.raises(InputError, match="give at least 1"):
        next(bootstrap.resample(n_units, resamples, seed=1))


def test_random_groups_are_of_equal_size_and_seeded() -> None:
    groups = bootstrap.random_groups(1003, 10, seed=4)
    assert sorted(np.bincount(groups)) == [100] * 7 + [101] * 3
    np.testing.assert_array_equal(groups, bootstrap.random_groups(1003, 10, seed=4))
    assert (groups != bootstrap.random_groups(1003, 10, seed=5)).any()
    with pytest.raises(InputError, match="give at least 1"):
        bootstrap.random_groups(10, 0, seed=1)


def test_random_groups_keep_the_standard_error_of_rows_that_repeat() -> None:
    """By hand: the standard error of a mean is sd / sqrt(n).  Groups in turn would be off tenfold."""
    values = np.tile(np.arange(20.0), 5000)
    groups = bootstrap.random_groups(len(values), 2000, seed=1)
    sums = np.stack([np.bincount(groups, weights=w) for w in (values, np.ones(len(values)))], axis=1)
    resampled = bootstrap.resampled_sums(sums.astype(np.float64), 4000, seed=1)
    means = resampled[:, 0] / resampled[:, 1]
    assert means.std() == pytest.approx(values.std() / np.sqrt(len(values)), rel=0.06)
