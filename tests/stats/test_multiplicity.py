"""Adjusted p-values, against statsmodels, R and by hand; the family is declared, never found."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from scribeeval.errors import InputError
from scribeeval.records import Change
from scribeeval.stats.measures import MEASURES
from scribeeval.stats.multiplicity import METHODS, adjust, benjamini_hochberg, holm
from scribeeval.stats.paired import compare

GOLDEN = json.loads((Path(__file__).parent / "golden" / "estimators.json").read_text(encoding="utf-8"))
THEIR_NAME = {"holm": "holm", "benjamini_hochberg": "fdr_bh"}
FAMILY = ("time_in_notes_min_per_appointment", "ehr_time8_h", "note_time8_h")
BEFORE = (10.0, 12, 9, 14, 11, 8)
AFTER = {  # from a clear change to none
    "time_in_notes_min_per_appointment": (8.0, 9, 7, 11, 8, 6.5),
    "ehr_time8_h": (9.0, 12.5, 9, 12, 10, 8.2),
    "note_time8_h": (10.5, 11, 9.5, 13, 11.5, 8.1),
    "same_day_closure_rate": (9.5, 11, 8.8, 13.2, 10.1, 7.7),
}


@pytest.fixture(scope="module")
def changes() -> list[Change]:
    return [
        compare(MEASURES[name], BEFORE, after, seed=1, resamples=50, tests=("paired_t", "sign_flip"))
        for name, after in AFTER.items()
    ]


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25, deadline=None)
@given(p_values=st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_equals_statsmodels(method: str, p_values: list[float]) -> None:
    expected = multipletests(p_values, method=THEIR_NAME[method])[1]
    assert METHODS[method](p_values) == pytest.approx(tuple(expected))


@pytest.mark.parametrize("method", METHODS)
def test_equals_rs_p_adjust(method: str) -> None:
    golden = GOLDEN["p_values"]
    assert METHODS[method](golden["p"]) == pytest.approx(tuple(golden[method]), rel=1e-12)


def test_by_hand() -> None:
    # Holm: 3 * .01 = .03; 2 * .04 = .08; 1 * .05 = .05 is raised to the .08 before it.
    assert holm([0.05, 0.01, 0.04]) == pytest.approx((0.08, 0.03, 0.08))
    # Step-up: 3 / 3 * .05 = .05; 3 / 2 * .04 = .06 is lowered to the .05 after it; 3 * .01 = .03.
    assert benjamini_hochberg([0.05, 0.01, 0.04]) == pytest.approx((0.05, 0.03, 0.05))


def test_undefined_p_value_stays_undefined_and_does_not_count() -> None:
    assert holm([None, 0.02, None, 0.03]) == (None, 0.04, None, 0.04)
    assert benjamini_hochberg([None, 0.02, None, 0.03]) == (None, 0.03, None, 0.03)
    for method in METHODS.values():
        assert method([None]) == (None,)
        assert method([]) == ()


def test_every_test_is_adjusted_over_the_whole_family(changes: list[Change]) -> None:
    for test in ("paired_t", "sign_flip"):
        p_values = [change.tests[test].p_value for change in changes]
        results = [change.tests[test] for change in adjust(changes, ("paired_t", "sign_flip"))]
        assert [one.p_adjusted for one in results] == list(holm(p_values))
        assert [one.p_benjamini_hochberg for one in results] == list(benjamini_hochberg(p_values))
        assert {one.family_size for one in results} == {4}


def test_measures_outside_the_declared_family_are_not_adjusted_and_do_not_count(
    changes: list[Change],
) -> None:
    adjusted = adjust(changes, ["paired_t"], FAMILY, "benjamini_hochberg")
    inside = [change.tests["paired_t"] for change in adjusted[:3]]
    expected = benjamini_hochberg([change.tests["paired_t"].p_value for change in changes[:3]])
    assert [one.p_adjusted for one in inside] == list(expected)
    outside = adjusted[3].tests["paired_t"]
    assert outside.p_value is not None
    assert outside.p_adjusted is outside.p_benjamini_hochberg is outside.family_size is None
    assert adjusted[0].tests["sign_flip"] == changes[0].tests["sign_flip"], "not asked for"
    assert [change.difference for change in adjusted] == [change.difference for change in changes]


@pytest.mark.parametrize(
    ("family", "method", "message"),
    [
        (["note_time9_h"], "holm", "did you mean 'note_time8_h'"),
        (FAMILY, "bonferoni", "adjustment 'bonferoni' is not known"),
        ([], "holm", "family of measures is empty"),
    ],
)
def test_unknown_family_or_method_is_an_input_error(
    changes: list[Change], family: list[str], method: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        adjust(changes, ["paired_t"], family, method)
