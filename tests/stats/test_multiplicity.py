"""Holm's adjustment, against statsmodels and by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from scribeeval.stats.multiplicity import holm


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_equals_statsmodels(p_values: list[float]) -> None:
    expected = multipletests(p_values, method="holm")[1]
    assert holm(p_values) == pytest.approx(tuple(expected))


def test_by_hand() -> None:
    # 3 * .01 = .03; 2 * .04 = .08; 1 * .05 = .05 is raised to the .08 before it.
    assert holm([0.05, 0.01, 0.04]) == pytest.approx((0.08, 0.03, 0.08))


def test_undefined_p_value_stays_undefined_and_does_not_count() -> None:
    assert holm([None, 0.02, None, 0.03]) == (None, 0.04, None, 0.04)
    assert holm([None]) == (None,)
    assert holm([]) == ()
