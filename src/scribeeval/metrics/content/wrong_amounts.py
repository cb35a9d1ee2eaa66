"""Amounts of a note, other than doses, that the talk says otherwise."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from scribeeval.metrics.content.amounts import RANGE, Amount, amounts_of, same
from scribeeval.metrics.content.claims import Claim, Contradiction
from scribeeval.metrics.content.index import Index
from scribeeval.metrics.content.talk import Talk
from scribeeval.terms.facts import same_number
from scribeeval.text.content_words import content_words

_BARE = (None, "times")
_POINT_ONE = re.compile(r" (?:\.|point) one\b", re.IGNORECASE)  # a lone "one" is no number elsewhere
_COUNTED = 20  # characters after a number in which stands what it counts
_PART = 5  # characters between the parts of a number, "six . eight"
_TIME = ("second", "minute", "hour", "day", "week", "month", "year")
MEASURED = ("mg", "mcg", "g", "kg", "lb", "ml", "l", "cm", "mm", "meq", "unit", "mmol", "in", "ft", *_TIME)
_EVERY = re.compile(r"\b(?:every|each|per) $", re.IGNORECASE)
_APART = re.compile(r" ?(?:apart|간격|마다|에 ?(?:한|\d+) ?[번회])", re.IGNORECASE)
# When somebody comes again: "return in four weeks".
_AGAIN = re.compile(
    r"\b(?:return|come back|follow|f/u|recheck|repeat|clinic|visit|appointment|completion|see|seen|again)\b"
    r"[^.;\n]{0,40}\bin $|\bback in $",
    re.IGNORECASE,
)
_AGE = re.compile(r"[- ]old\b| ?(?:y/o|yo|y\.o)\b|(?<=세)")  # known from the chart, not from the talk
_YEAR = re.compile(r"(?:19|20)\d\d")
_POINT = re.compile(r"(?:\.|\bpoint) $")


def says(mine: Amount, kind: str, other: Amount, talk: Talk) -> Contradiction:
    text = talk.index.text
    said = talk.index.segments[talk.index.segment_at(other.start)]
    return Contradiction(mine.start, mine.end, kind, text[other.start : other.end], said)


def _measure_alike(mine: Amount, other: Amount, claim: Claim, talk: Talk) -> bool:
    """Tell whether two numbers measure the same: in one unit, of time, of temperature, or written alike.

    Bare numbers are as long as each other, or count the same thing ("18 attacks a month", "8 a month").
    """
    if mine.unit in _BARE and other.unit in _BARE:
        if _is_ordinal(mine, claim.text) != _is_ordinal(other, talk.index.text):
            return False
        alike = _look_alike(mine, other) and len(mine.number) > 1
        return alike or not _counted(mine, claim.text).isdisjoint(_counted(other, talk.index.text))
    if mine.unit is None or other.unit is None:
        return "." in mine.number and _look_alike(mine, other)
    if mine.unit in _TIME and other.unit in _TIME:
        return abs(_TIME.index(mine.unit) - _TIME.index(other.unit)) <= 1
    return mine.unit == other.unit or mine.unit[0] == other.unit[0] == "°"


def _is_ordinal(one: Amount, text: str) -> bool:
    return text[one.number_end - 2 : one.number_end] in ("th", "st", "nd", "rd")


def _look_alike(one: Amount, other: Amount) -> bool:
    """Tell whether two numbers have as many digits, before and after the point."""
    return [len(part) for part in one.number.split(".")] == [len(part) for part in other.number.split(".")]


def _counted(one: Amount, text: str) -> set[str]:
    """The content words in the few characters after a number."""
    return {w.key for w in content_words(text[one.end : one.end + _COUNTED]) if not w.number}


def _said_in_parts(mine: Amount, talk: Talk) -> bool:
    """Tell whether the talk says a number digit by digit, "six . eight", or its year as "ninety two"."""
    digits = mine.number.replace(".", "").lstrip("0")
    spoken = [word for word in talk.index.words if word.number]
    for n, word in enumerate(spoken):
        said = word.key
        if _YEAR.fullmatch(mine.number) and said == digits[2:].lstrip("0"):
            return True
        if (
            said == digits
            and "." in mine.number
            and _POINT.search(talk.index.text, max(0, word.start - 7), word.start)
        ):
            return True
        if f"{said}1" == digits and _POINT_ONE.match(talk.index.text, word.end):
            return True
        for before, after in pairwise(spoken[n : n + 4]):
            if not digits.startswith(said) or after.start - before.end > _PART:
                break
            said += after.key
            if said.replace(".", "") == digits:
                return True
    return False


def in_range(mine: Amount, amounts: Sequence[Amount], claim: Claim, talk: Talk) -> bool:
    """Tell whether a number is one end of a range of which the talk says the other."""
    for low, high in pairwise(amounts):
        if mine in (low, high) and RANGE.fullmatch(claim.text, low.number_end, high.start):
            other = high if mine == low else low
            return any(same(other, said) for said in talk.amounts)
    return False


def _are_rivals(one: str | None, other: str | None) -> bool:
    """Tell whether two units can be taken for each other: both of time, or both of matter or length."""
    if one in _TIME and other in _TIME:
        return abs(_TIME.index(one) - _TIME.index(other)) <= 1
    return one in MEASURED and other in MEASURED and (one in _TIME) == (other in _TIME)


def _recurs(mine: Amount, claim: Claim) -> bool:
    """Tell whether an amount of time says how often, or when again: "every six weeks", "back in a month"."""
    if mine.unit not in _TIME:
        return False
    before = max(claim.start, mine.start - 60)
    return (
        _EVERY.search(claim.text, before, mine.start) is not None
        or _AGAIN.search(claim.text, before, mine.start) is not None
        or _APART.match(claim.text, mine.end) is not None
    )


def wrong_amounts(claim: Claim, note: Index, talk: Talk) -> Iterator[Contradiction]:
    """Amounts that are no drug's dose: another number or unit than the talk's in a place about the same."""
    names = ("dose", "frequency")
    taken = [m.attribute_spans[n] for m in claim.mentions for n in names if n in m.attribute_spans]
    held = list(zip(claim.facts, claim.held, strict=True))
    told = {at for fact, places in held if not fact.number for at in places}

    def holds(at: int) -> bool:
        return not told.isdisjoint(range(at - 2, at + 3))

    about = {at for fact, places in held if fact.mention for at in places}
    amounts = amounts_of(claim.text, note.words_in(claim.start, claim.end), claim.start, claim.end)
    for mine in amounts:
        if any(a <= mine.start < b for a, b in taken) or not claim.start <= mine.start < claim.end:
            continue
        if any(same(mine, a) for a in talk.amounts if a.unit is not None or mine.unit is None):
            continue
        near = [a for a in talk.amounts if claim.is_near(talk.index.segment_at(a.start))]
        alike = [a for a in talk.amounts if same_number(a.number, mine.number)]
        alike = [a for a in alike if not _AGE.match(talk.index.text, a.end)]
        close = [a for a in alike if a in near or talk.index.segment_at(a.start) in about]
        close = [a for a in close if _are_rivals(a.unit, mine.unit) and holds(talk.index.segment_at(a.start))]
        if _AGE.match(claim.text, mine.end):
            continue
        every = _recurs(mine, claim)
        if close:
            yield says(mine, "wrong_frequency" if every else "wrong_unit", close[0], talk)
        elif not alike:
            others = [a for a in near if _measure_alike(mine, a, claim, talk)]
            others = [a for a in others if not _AGE.match(talk.index.text, a.end)]
            others.sort(key=lambda a: not _look_alike(a, mine))
            if others and not _said_in_parts(mine, talk) and not in_range(mine, amounts, claim, talk):
                kind = "wrong_frequency" if every else "wrong_number"
                yield says(mine._replace(end=mine.number_end), kind, others[0], talk)
