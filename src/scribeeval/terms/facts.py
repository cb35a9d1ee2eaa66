"""Whether two texts say the same of a term: dose, unit, frequency, value, side, assertion.

Equal is what a clinician takes for equal: 500 mg = 0.5 g, 4.80 = 4.8, q12h = twice daily, 18 months = 1.5
years, 98.6 °F = 37 °C.  What one side leaves unsaid is no difference.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import NamedTuple

from scribeeval.terms.assertion import Assertion
from scribeeval.terms.mentions import Mention

# Unit -> what it measures, and how many of the first unit it is.
_SCALES: Mapping[str, tuple[str, Decimal]] = {
    unit: (dimension, Decimal(factor))
    for dimension, units in {
        "mass": {"mcg": "1", "mg": "1000", "g": "1000000", "kg": "1000000000", "lb": "453592370"},
        "volume": {"ml": "1", "dl": "100", "l": "1000", "tsp": "5", "tablespoon": "15"},
        "length": {"mm": "1", "cm": "10", "m": "1000", "in": "25.4", "ft": "304.8"},
        "clock": {
            "second": "1", "minute": "60", "hour": "3600", "day": "86400", "week": "604800",
            "초": "1", "분": "60", "시간": "3600", "일": "86400", "주": "604800",
        },
        "calendar": {"month": "1", "year": "12", "decade": "120", "개월": "1", "달": "1", "년": "12"},
        "dose form": {"tablet": "1", "capsule": "1"},
        "percent": {"%": "1"},
    }.items()
    for unit, factor in units.items()
}  # fmt: skip
ROUNDING = Decimal("0.01")  # of what two systems of units are rounded to: 212 lb = 96 kg
_DIFFERENT_SYSTEMS = frozenset({"lb", "in", "ft"})
_PER_DAY: Mapping[str, Fraction] = {
    "daily": Fraction(1), "nightly": Fraction(1), "bid": Fraction(2), "tid": Fraction(3), "qid": Fraction(4),
    "qod": Fraction(1, 2), "weekly": Fraction(1, 7), "biweekly": Fraction(1, 14), "monthly": Fraction(1, 30),
}  # fmt: skip

# (what one says, what the other says), in either order -> the kind of the difference.
_ASSERTION_KINDS: Mapping[frozenset[Assertion], str] = {
    frozenset[Assertion]({"present", "absent"}): "flipped_negation",
    frozenset[Assertion]({"possible", "absent"}): "flipped_negation",
    frozenset[Assertion]({"present", "possible"}): "wrong_certainty",
    frozenset[Assertion]({"present", "family"}): "wrong_attribution",
    frozenset[Assertion]({"possible", "family"}): "wrong_attribution",
    frozenset[Assertion]({"absent", "family"}): "wrong_attribution",
    frozenset[Assertion]({"historical", "family"}): "wrong_attribution",
    frozenset[Assertion]({"present", "historical"}): "wrong_attribution",
}


class Difference(NamedTuple):
    """One thing that two mentions of a concept do not say alike.

    kind: a key of FINDING_KINDS; attribute: assertion, laterality or a key of Mention.attributes.
    """

    kind: str
    attribute: str


def numbers_of(written: str) -> tuple[Decimal, ...] | None:
    """Read a number, a range or a pair: "4.80" -> (4.8,), "1-2" -> (1, 2), "120/80" -> (120, 80).

    None where it is no number.  A comparator ("<", ">=") is left out.
    """
    bare = written.strip().lstrip("<>=≥≤ ").replace(",", "")
    try:
        return tuple(Decimal(part.strip()) for part in bare.replace("–", "-").replace("/", "-").split("-"))
    except InvalidOperation:
        return None


def same_number(one: str, other: str) -> bool:
    """Tell whether two written numbers are equal; what is no number is compared as it stands.

    >>> same_number("4.80", "4.8"), same_number("1,000", "100"), same_number("1-2", "1–2")
    (True, False, True)
    """
    left, right = numbers_of(one), numbers_of(other)
    if left is None or right is None:
        return one.strip().casefold() == other.strip().casefold()
    return left == right


def same_unit(one: str | None, other: str | None) -> bool:
    """Tell whether two units (quantities.unit_of) can stand for one amount; one left unsaid fits all."""
    return not one or not other or one == other or _dimension(one) == _dimension(other) is not None


def same_amount(number: str, unit: str | None, other_number: str, other_unit: str | None) -> bool:
    """Tell whether two amounts are equal, after conversion; a unit left unsaid is taken for the other's.

    >>> same_amount("500", "mg", "0.5", "g"), same_amount("9", "mg", "9", "ml")
    (True, False)
    """
    left, right = numbers_of(number), numbers_of(other_number)
    if not unit or not other_unit or unit == other_unit or left is None or right is None:
        return same_number(number, other_number)
    if {unit, other_unit} == {"°c", "°f"}:
        return len(left) == len(right) and all(
            abs(_celsius(a, unit) - _celsius(b, other_unit)) <= Decimal("0.1")
            for a, b in zip(left, right, strict=True)
        )
    if _dimension(unit) is None or _dimension(unit) != _dimension(other_unit) or len(left) != len(right):
        return False
    rounding = ROUNDING if len(_DIFFERENT_SYSTEMS & {unit, other_unit}) == 1 else Decimal(0)
    pairs = [(a * _SCALES[unit][1], b * _SCALES[other_unit][1]) for a, b in zip(left, right, strict=True)]
    return all(abs(a - b) <= rounding * max(abs(a), abs(b)) for a, b in pairs)


def _dimension(unit: str) -> str | None:
    return _SCALES[unit][0] if unit in _SCALES else None


def _celsius(number: Decimal, unit: str) -> Decimal:
    return number if unit == "°c" else (number - 32) * 5 / 9


def times_per_day(frequency: str) -> tuple[Fraction, ...] | None:
    """Give how often a day, of a frequency as schedules.frequency_of writes it; a range gives both ends.

    None where it does not say ("prn").

    >>> times_per_day("q12h") == times_per_day("bid"), times_per_day("prn")
    (True, None)
    """
    for word in frequency.split():
        if word in _PER_DAY:
            return (_PER_DAY[word],)
        if word.startswith("q") and word.endswith("h"):
            hours = numbers_of(word[1:-1])
            if hours and all(hours):
                return tuple(24 / Fraction(hour) for hour in hours)
        if word.endswith("/week") and (times := numbers_of(word.removesuffix("/week"))):
            return tuple(Fraction(time) / 7 for time in times)
    return None


def same_frequency(one: str, other: str) -> bool:
    """Tell whether two frequencies come to as many times a day; what one leaves unsaid is no difference."""
    left, right = times_per_day(one), times_per_day(other)
    if left is None or right is None:
        return True
    return left == right


def same_duration(one: str, other: str) -> bool:
    """Tell whether two durations are as long: "2 week" = "14 day"."""
    number, _, unit = one.partition(" ")
    other_number, _, other_unit = other.partition(" ")
    return same_amount(number, unit, other_number, other_unit)


def assertion_kind(one: Assertion, other: Assertion) -> str | None:
    """Give the kind of a difference in assertion; None where it is none, or none that can be judged.

    Hypothetical ("call if fever develops") says nothing of today, so it contradicts nothing; "absent" and
    "historical" go together.
    """
    return _ASSERTION_KINDS.get(frozenset({one, other}))


def differences(one: Mention, other: Mention) -> tuple[Difference, ...]:
    """List what two mentions of one concept do not say alike, in the order assertion, side, quantities."""
    found: list[Difference] = []
    if kind := assertion_kind(one.assertion, other.assertion):
        found.append(Difference(kind, "assertion"))
    if one.laterality and other.laterality and one.laterality != other.laterality:
        found.append(Difference("wrong_laterality", "laterality"))
    return (*found, *quantity_differences(one, other))


def quantity_differences(one: Mention, other: Mention) -> tuple[Difference, ...]:
    """List what two mentions say differently of dose or value, unit, frequency, route and duration."""
    mine, its = one.attributes, other.attributes
    found: list[Difference] = []
    for name, kind in (("dose", "wrong_dose"), ("value", "wrong_number")):
        if name in mine and name in its:
            units = mine.get("unit"), its.get("unit")
            if same_number(mine[name], its[name]):
                # The same number of something else, or of a larger unit.
                if not same_amount(mine[name], units[0], its[name], units[1]):
                    found.append(Difference("wrong_unit", "unit"))
            elif not same_amount(mine[name], units[0], its[name], units[1]):
                found.append(Difference(kind, name))
    for name, kind, same in (
        ("frequency", "wrong_frequency", same_frequency),
        ("duration", "wrong_number", same_duration),
        ("route", "wrong_dose", str.__eq__),
    ):
        if name in mine and name in its and not same(mine[name], its[name]):
            found.append(Difference(kind, name))
    return tuple(found)
