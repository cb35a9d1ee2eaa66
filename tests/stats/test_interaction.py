"""Welch's test between subgroups: against R, scipy, statsmodels and brute force."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scribeeval.stats import interaction, permutation
from scribeeval.stats.interaction import Interaction, welch_interaction

GOLDEN = json.loads((Path(__file__).parent / "golden" / "association.json").read_text(encoding="utf-8"))

group = st.lists(st.integers(-40, 40).map(lambda steps: steps / 4), min_size=4, max_size=9)
# More than 7 clinicians, so that orders are drawn and not all counted.
levels = st.lists(group, min_size=2, max_size=4)


@pytest.fixture(autouse=True)
def _few_permutations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permutation, "PERMUTATIONS", 199)


def welch(groups: Any, seed: int = 1) -> Interaction:
    return welch_interaction([np.asarray(one, dtype=float) for one in groups], seed)


@pytest.mark.parametrize("case", GOLDEN["groups"], ids=lambda case: case["who"])
def test_equals_rs_oneway_test(case: dict[str, Any]) -> None:
    found = welch(case["groups"])
    for name in ("statistic", "df_between", "df_within", "p_value"):
        assert getattr(found, name) == pytest.approx(case[name], rel=1e-9), name


def test_equals_statsmodels() -> None:
    from statsmodels.stats.oneway import anova_oneway

    groups = [np.random.default_rng(i).normal(i / 4, 1 + i, 6 + i) for i in range(4)]
    theirs = anova_oneway(groups, use_var="unequal", welch_correction=True)
    ours = welch(groups)
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.pvalue), rel=1e-9)


def test_of_two_groups_is_the_square_of_welchs_t() -> None:
    a, b = np.random.default_rng(1).normal(size=9), np.random.default_rng(2).normal(1, 3, size=14)
    theirs = scipy.stats.ttest_ind(a, b, equal_var=False)
    ours = welch([a, b])
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic**2, theirs.pvalue))


def test_exact_permutation_counts_every_order() -> None:
    """2 and 3 clinicians: 10 splits.  By brute force over scipy's Welch t, of which F is the square."""
    values, sizes = np.array([0.0, 1.0, 2.0, 4.0, 9.0]), (2, 3)
    observed = scipy.stats.ttest_ind(values[:2], values[2:], equal_var=False).statistic ** 2
    splits = []
    for i in range(5):
        for j in range(i):
            left = np.isin(np.arange(5), (i, j))
            t = scipy.stats.ttest_ind(values[left], values[~left], equal_var=False).statistic
            splits.append(t**2 >= observed * (1 - 1e-9))
    assert len(splits) == 10
    found = welch([values[: sizes[0]], values[sizes[0] :]])
    assert found.p_permutation == pytest.approx(np.mean(splits))
    assert found.n_permutations == 120


def test_sampled_permutation_agrees_with_f_on_normal_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permutation, "PERMUTATIONS", 4_999)
    groups = [np.random.default_rng(i).normal(0.5 * (i == 2), 1, 25) for i in range(3)]
    found = welch(groups)
    assert found.p_value is not None
    # Four standard errors of a share from 4,999 draws, and the F approximation itself.
    error = 4 * (found.p_value * (1 - found.p_value) / 4_999) ** 0.5
    assert found.p_permutation == pytest.approx(found.p_value, abs=error + 0.01)


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        ([], "fewer_than_2_levels"),
        ([[1, 2, 3]], "fewer_than_2_levels"),
        ([[1, 2, 3], [1]], "level_of_one_clinician"),
        ([[1, 2, 3], [2, 2, 2]], "level_without_spread"),
    ],
)
def test_undefined_says_why(groups: list[list[float]], why: str) -> None:
    found = welch(groups)
    assert found.why == why
    assert found.statistic is found.p_value is found.p_permutation is found.n_permutations is None
    assert (found.n_levels, found.n_clinicians) == (len(groups), sum(map(len, groups)))


def test_a_level_equal_but_for_rounding_has_no_weight_to_speak_of() -> None:
    rows = np.array([[0.7, 0.7, 0.7, 1.0, 2.0], [0.1, 0.2, 0.3, 1.0, 2.0]])
    f = interaction._welch(rows, np.array([3, 2]))[0]
    assert np.isfinite(f).tolist() == [False, True]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(levels, st.integers(1, 9), st.integers(-5, 5))
def test_unit_and_zero_point_do_not_matter(groups: list[list[float]], factor: int, shift: int) -> None:
    one = welch(groups)
    other = welch([[factor * value + shift for value in group] for group in groups])
    assert other.why == one.why
    if one.statistic is not None:
        assert other.statistic == pytest.approx(one.statistic, rel=1e-6, abs=1e-9)
        assert other.p_permutation == pytest.approx(one.p_permutation)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(levels)
def test_order_of_levels_and_clinicians_does_not_matter(groups: list[list[float]]) -> None:
    one, other = welch(groups), welch([group[::-1] for group in groups[::-1]])
    if one.statistic is not None:
        assert other.statistic == pytest.approx(one.statistic, rel=1e-6, abs=1e-9)
        assert other.p_value == pytest.approx(one.p_value, rel=1e-6, abs=1e-9)
