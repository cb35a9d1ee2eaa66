"""What two texts say of a term, compared: equal is what a clinician takes for equal."""

import pytest

from scribeeval.terms import find_terms
from scribeeval.terms.facts import (
    assertion_kind,
    differences,
    same_amount,
    same_duration,
    same_frequency,
    same_number,
    same_unit,
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("500", "mg"), ("0.5", "g"), True),
        (("1,000", "mcg"), ("1", "mg"), True),
        (("100", "mcg"), ("1000", "mcg"), False),
        (("9", "mg"), ("9", "ml"), False),
        (("9", None), ("9", "ml"), True),
        (("212", "lb"), ("96", "kg"), True),  # 96.2 kg
        (("212", "lb"), ("212", "kg"), False),
        (("39.2", "°c"), ("102.6", "°f"), True),
        (("39.2", "°c"), ("39.8", "°c"), False),
        (("7", "mm"), ("7", "cm"), False),
        (("20", "mg"), ("20", "meq"), False),
        (("1-2", "tablet"), ("1–2", "tablet"), True),
    ],
)
def test_amounts(one: tuple[str, str | None], other: tuple[str, str | None], same: bool) -> None:
    assert same_amount(*one, *other) is same
    assert same_amount(*other, *one) is same


def test_numbers_are_compared_by_value() -> None:
    assert same_number("4.80", "4.8")
    assert same_number("120/80", "120/80")
    assert not same_number("120/80", "120/90")
    assert same_number("Trace", "trace")
    assert not same_unit("mg", "ml")
    assert same_unit("mg", "g")
    assert same_unit("mg", None)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("bid", "q12h", True),
        ("tid", "q8h prn", True),
        ("q4-6h", "q4-6h", True),
        ("q4h", "q8h", False),
        ("daily", "nightly", True),
        ("bid", "nightly", False),
        ("2/week", "daily", False),
        ("biweekly", "weekly", False),
        ("prn", "daily", True),
    ],
)
def test_frequencies(one: str, other: str, same: bool) -> None:
    assert same_frequency(one, other) is same
    assert same_frequency(other, one) is same


def test_durations() -> None:
    assert same_duration("2 week", "14 day")
    assert same_duration("18 month", "1.5 year")
    assert not same_duration("6 month", "6 week")


@pytest.mark.parametrize(
    ("one", "other", "kinds"),
    [
        ("Coumadin 5 mg", "warfarin 2.5 mg", ["wrong_dose"]),
        ("amoxicillin 9 mg twice a day", "amoxicillin 9 mL BID", ["wrong_unit"]),
        ("Take amoxicillin 500 mg bid", "amoxicillin 0.5 g twice daily", []),
        ("furosemide 40 mg three times daily", "furosemide 40 mg twice daily", ["wrong_frequency"]),
        ("furosemide five hundred milligrams", "furosemide 500 mg", []),
        ("Pregabalin 75 mg bid 투약", "Pregabalin 75 mg 취침 전 투약", ["wrong_frequency"]),
        ("Positive for melena.", "Negative for melena.", ["flipped_negation"]),
        ("흉통 있음", "흉통 없음", ["flipped_negation"]),
        ("INR today is 3.8", "INR today is 4.8", ["wrong_number"]),
        ("Right otitis media", "left otitis media", ["wrong_laterality"]),
        ("Gingivitis.", "Possible gingivitis.", ["wrong_certainty"]),
        ("Epilepsy.", "Brother: epilepsy.", ["wrong_attribution"]),
        ("Fever.", "Return if fever develops.", []),
    ],
)
def test_differences_of_two_mentions(one: str, other: str, kinds: list[str]) -> None:
    mine, its = find_terms(one)[0], find_terms(other)[0]
    assert mine.concept == its.concept
    assert [difference.kind for difference in differences(mine, its)] == kinds
    assert [difference.kind for difference in differences(its, mine)] == kinds


def test_what_was_and_what_is_not_go_together() -> None:
    assert assertion_kind("absent", "historical") is None
    assert assertion_kind("hypothetical", "present") is None
    assert assertion_kind("present", "historical") == "wrong_attribution"
