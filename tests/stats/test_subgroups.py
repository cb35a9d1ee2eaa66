"""Subgroups: levels, tertiles, suppression and the tests between them."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.stats.changes import Changes
from scribeeval.stats.multiplicity import holm
from scribeeval.stats.subgroups import Subgroups, hidden_levels, label, subgroups, tertiles


def table(**columns: Any) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    return frame.set_axis([f"S{i:02d}" for i in range(len(frame))])


def changes(change: Any, scale: Any = "raw") -> Changes:
    change = np.asarray(change, dtype=float)
    ids = tuple(f"S{i:02d}" for i in range(len(change)))
    return Changes("m", ids, change, scale, None, 0)


def by(change: Any, clinicians: pd.DataFrame, *columns: str, **options: Any) -> dict[str, Subgroups]:
    arguments: dict[str, Any] = {"alpha": 0.05, "seed": 1} | options
    return subgroups(changes(change), clinicians, columns, **arguments)


def test_tertiles_by_hand() -> None:
    """Type 7 quantiles of 1..7: positions 1 + 6/3 = 3 and 1 + 12/3 = 5; up to 3, up to 5, above."""
    levels, cuts = tertiles(np.arange(1.0, 8))
    assert list(cuts or ()) == pytest.approx([3, 5])
    assert list(levels) == [0, 0, 0, 1, 1, 2, 2]


def test_equal_values_share_a_tertile_and_may_leave_one_out() -> None:
    levels, cuts = tertiles(np.array([1, 1, 1, 1, 1, 2, 3.0]))
    assert list(cuts or ()) == [1, 1]
    assert list(levels) == [0] * 5 + [2] * 2
    found = label(table(years=[1, 1, 1, 1, 1, 2, 3]), "years")
    assert found.levels == ("low", "high")


@given(st.lists(st.integers(0, 20).map(float), min_size=3, max_size=30))
def test_tertiles_keep_the_order(values: list[float]) -> None:
    array = np.array(values)
    levels, cuts = tertiles(array)
    if cuts is None:
        assert len(set(values)) < 3
        return
    for i, value in enumerate(values):
        assert all(levels[array <= value] <= levels[i])
    assert 0 in levels


def test_levels_of_text_numbers_and_missing_cells() -> None:
    text = label(table(site=["b", "a", None, "a"]), "site")
    assert (text.levels, text.n_missing, text.by, text.level["S01"]) == (("a", "b"), 1, "value", "a")
    two = label(table(years=[1, 2, 2]), "years")
    assert (two.levels, two.why) == ((), "fewer_than_3_values")
    nothing = label(table(years=pd.Series([None, None], dtype=object)), "years")
    assert nothing.why == "no_values"
    grouped = label(table(site=["a", "b"], group=["scribe", "control"]), "site")
    assert grouped.levels == ("a",)


def test_cut_points_are_those_of_all_scribe_clinicians_not_of_a_measures() -> None:
    clinicians = table(years=np.arange(1.0, 22.0))
    short = by(np.arange(15.0), clinicians, "years")["years"]
    assert short.cut_points == pytest.approx((1 + 20 / 3, 1 + 40 / 3))


def test_level_estimates_are_students_and_the_interaction_uses_them() -> None:
    rng = np.random.default_rng(1)
    change, site = rng.normal(size=30), ["a"] * 10 + ["b"] * 20
    found = by(change, table(site=site), "site")["site"]
    low, high = scipy.stats.ttest_1samp(change[:10], 0).confidence_interval(0.95)
    one = found.levels["a"]
    assert (one.estimate, one.low, one.high) == pytest.approx((change[:10].mean(), low, high))
    t = scipy.stats.ttest_ind(change[:10], change[10:], equal_var=False)
    assert found.interaction.p_value == pytest.approx(t.pvalue)
    assert (found.n_hidden, found.n_missing) == (0, 0)


def test_planted_interaction_is_found_and_its_absence_is_not() -> None:
    rng = np.random.default_rng(2)
    site = np.array(["a", "b", "c"])[np.arange(120) % 3]
    same = rng.normal(-0.2, 0.2, 120)
    planted = same - 0.3 * (site == "c")
    clinicians = table(site=site, coin=rng.integers(0, 2, 120).astype(str))
    truth = by(planted, clinicians, "site", "coin")
    assert truth["site"].interaction.p_adjusted < 0.001  # type: ignore[operator]
    assert truth["coin"].interaction.p_adjusted > 0.05  # type: ignore[operator]
    assert by(same, clinicians, "site")["site"].interaction.p_value > 0.05  # type: ignore[operator]


def test_p_values_are_adjusted_over_the_variables() -> None:
    rng = np.random.default_rng(3)
    clinicians = table(a=list("xy" * 15), b=list("xxyyy" * 6), none=[1.0] * 30)
    found = by(rng.normal(size=30) + [0, 1] * 15, clinicians, "a", "b", "none")
    for key, adjusted in (("p_value", "p_adjusted"), ("p_permutation", "p_permutation_adjusted")):
        raw = [getattr(one.interaction, key) for one in found.values()]
        assert [getattr(one.interaction, adjusted) for one in found.values()] == list(holm(raw))
        assert 0 < min(one.interaction.p_adjusted or 1 for one in found.values()) < 0.5
    assert found["none"].interaction.p_adjusted is None
    assert found["none"].why == "fewer_than_3_values"


def test_small_level_is_not_told_nor_can_it_be_worked_out() -> None:
    site = ["a"] * 9 + ["b"] * 6 + ["c"] * 4
    found = by(np.random.default_rng(4).normal(size=19), table(site=site), "site")["site"]
    hidden = {name: one.why for name, one in found.levels.items() if one.suppressed}
    assert hidden == {"b": "complementary", "c": "small"}
    for name in hidden:
        one = found.levels[name]
        assert (one.estimate, one.low, one.high, one.n_clinicians) == (None,) * 4
    assert found.n_hidden == 10
    assert found.interaction.why == "fewer_than_2_levels"


def test_test_uses_only_the_levels_shown() -> None:
    rng = np.random.default_rng(5)
    change = rng.normal(size=28)
    site = ["a"] * 10 + ["b"] * 10 + ["c"] * 4 + ["d"] * 4
    found = by(change, table(site=site), "site")["site"]
    t = scipy.stats.ttest_ind(change[:10], change[10:20], equal_var=False)
    assert found.interaction.p_value == pytest.approx(t.pvalue)
    assert (found.interaction.n_levels, found.interaction.n_clinicians) == (2, 20)


sizes = st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 12), max_size=7)


@given(sizes, st.integers(0, 8))
def test_what_is_hidden_adds_up_to_5_or_nothing_is_left_to_hide(sizes: dict[str, int], missing: int) -> None:
    small, also = hidden_levels(sizes, missing, 5)
    hidden = {*small, *also}
    assert {name for name, n in sizes.items() if n < 5} == set(small)
    assert not set(small) & set(also)
    total = missing + sum(sizes[name] for name in hidden)
    shown = sizes.keys() - hidden
    assert total == 0 or total >= 5 or not shown
    if also:  # nothing is hidden for good measure
        assert missing + sum(sizes[name] for name in small) < 5


def test_study_json_shape_is_plain_json() -> None:
    found = by(np.random.default_rng(6).normal(size=12), table(site=list("ab" * 6)), "site")["site"]
    shape = json.loads(json.dumps(asdict(found)))
    assert set(shape) == {
        "scale", "fallback", "n_zero", "by", "cut_points", "levels", "n_hidden", "n_missing", "interaction",
        "why",
    }  # fmt: skip
    assert {"estimate", "low", "high", "n_clinicians", "suppressed", "why"} <= set(shape["levels"]["a"])


@settings(max_examples=8)
@given(st.permutations(range(12)))
def test_order_of_the_clinicians_table_does_not_matter(order: list[int]) -> None:
    change, clinicians = np.arange(12.0) ** 1.5, table(site=list("aabbab" * 2))
    one, other = (by(change, frame, "site")["site"] for frame in (clinicians, clinicians.iloc[order]))
    assert one == other


def test_bad_input() -> None:
    with pytest.raises(InputError, match="did you mean 'specialty'"):
        by([1, 2], table(specialty=["a", "b"]), "speciality")
    with pytest.raises(InputError, match="not in the clinicians table"):
        by([1, 2, 3], table(site=["a", "b"]), "site")
    with pytest.raises(InputError, match="alpha"):
        by([1, 2], table(site=["a", "b"]), "site", alpha=1)


def test_controls_among_the_changes_are_passed_over() -> None:
    change = np.random.default_rng(7).normal(size=20)
    clinicians = table(site=list("ab" * 10), group=["scribe"] * 14 + ["control"] * 6)
    assert by(change, clinicians, "site") == by(change[:14], clinicians, "site")
