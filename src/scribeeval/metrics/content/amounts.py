"""The amounts of a text: numbers with their units, as a note and a talk write them.

"7.5 mL", "seven and a half milliliters", "a week", "half an hour", "twice", "여섯 시간", "39.1도".
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from scribeeval.terms.facts import same_amount, same_number
from scribeeval.terms.quantities import unit_of
from scribeeval.text.content_words import Word

_CLOCK = "seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mos?|years?|yrs?"
_UNIT = re.compile(
    rf"[ -]?(?P<unit>{_CLOCK}"
    r"|mg/dl|mcg|µg|micrograms?|milligrams?|mgs?|kilograms?|kilos?|kgs?|grams?|gm?|lbs?|pounds?|ounces?|oz"
    r"|ml|millilit(?:er|re)s?|cc|lit(?:er|re)s?|meq|milliequivalents?|mmol|units?|iu|tablets?|tabs?|pills?|puffs?"
    r"|sprays?|drops?|capsules?|teaspoons?|cm|centimet(?:er|re)s?|mm(?!hg)|millimet(?:er|re)s?|inch(?:es)?"
    r"|feet|foot|℃|° ?[cf]|(?-i:[CF])\b|degrees?|percent|%|times|packs?|points?"
    r"|밀리그램|밀리|마이크로그램|그램|킬로|정|알|개월|달|주|일|시간|분|년|도|번|회|세|살)"
    r"(?![A-Za-z]|/d?l\b)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    rf"\b(?:(?P<half>half an?|½)|an?|one) (?P<unit>{_CLOCK})\b(?P<and_half> and a half)?"
    r"|\b(?P<often>once|twice)\b|(?P<days>하루(?! ?\S{1,2}[번회])|이틀|사흘|보름|일주일)"
    r"|\bone (?P<dose>milligram|gram|millilit(?:er|re)|tablet|puff|unit|kilogram|centimeter)s?\b",
    re.IGNORECASE,
)
_SHORT = {"7": "day", "52": "week", "12": "month"}  # British notes: 3/7, 2/52, 6/12
_OF = re.compile(r"/(?P<of>7|52|12)\b(?![/.\d])")
_DATE = re.compile(r"\b(?:\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}/(?:19|20)\d\d|\d{4}-\d\d-\d\d)\b")
_DECADE = re.compile(r"(?: ?(?:-|–|to) ?\d+)?['’]?s\b")  # "in her 80s", "300 to 400s" are no amounts
_LEVEL = re.compile(r"\b[A-Z]\d{1,2}-(?:[A-Z])?$")  # "L4-5" is a place
RANGE = re.compile(r" ?(?:-|–|to|or) ?")  # "1 to 2 weeks"
_SPELLED = {
    "milliequivalent": "meq", "centimeter": "cm", "centimetre": "cm", "millimeter": "mm", "millimetre": "mm",
    "min": "minute", "hr": "hour", "wk": "week", "mo": "month", "yr": "year", "liter": "l", "litre": "l",
    "oz": "ounce", "foot": "ft", "feet": "ft", "time": "times", "번": "times", "회": "times", "달": "month",
    "개월": "month", "주": "week", "일": "day", "시간": "hour", "분": "minute", "년": "year", "세": "year",
    "살": "year",
    "마이크로그램": "mcg", "킬로": "kg", "degree": "°", "도": "°", "℃": "°c",
}  # fmt: skip
_DAYS = {"하루": "1", "이틀": "2", "사흘": "3", "보름": "15", "일주일": "7"}
_VAGUE = {"밀리": ("mg", "ml", "mm"), "°": ("°", "°c", "°f"), "point": None, "tablet": None}


class Amount(NamedTuple):
    """A number and its unit, text[start:end]; number_end: where the number ends; unit None: none is said."""

    start: int
    end: int
    number_end: int
    number: str
    unit: str | None


def amounts_of(text: str, words: Sequence[Word], start: int = 0, end: int | None = None) -> list[Amount]:
    """List the amounts of text[start:end] in its order; words: of the text, or of that stretch."""
    end = len(text) if end is None else end
    found = sorted(_amounts(text, (word for word in words if start <= word.start < end), start, end))
    for n in range(len(found) - 2, -1, -1):
        one, other = found[n : n + 2]
        if one.unit is None and other.unit and RANGE.fullmatch(text, one.end, other.start):
            found[n] = one._replace(unit=other.unit)
    return found


def _amounts(text: str, words: Iterable[Word], start: int, end: int) -> Iterator[Amount]:
    dates = [match.span() for match in _DATE.finditer(text, start, end)]
    counted = start
    for word in words:
        if word.number and word.start >= counted and not any(a <= word.start < b for a, b in dates):
            if _DECADE.match(text, word.end) or _LEVEL.search(text, max(0, word.start - 5), word.start):
                continue
            if short := _OF.match(text, word.end):
                counted = short.end()
                yield Amount(word.start, counted, word.end, word.key, _SHORT[short["of"]])
                continue
            unit = _UNIT.match(text, word.end)
            stop = unit.end() if unit else word.end
            yield Amount(word.start, stop, word.end, word.key, _name(unit["unit"]) if unit else None)
    for match in _ARTICLE.finditer(text, start, end):
        if match["often"]:
            number, name = ("1" if match["often"].lower() == "once" else "2"), "times"
        elif match["days"]:
            number, name = _DAYS[match["days"]], "day"
        else:
            number = "0.5" if match["half"] else "1.5" if match["and_half"] else "1"
            name = _name(match["unit"] or match["dose"])
        yield Amount(match.start(), match.end(), match.end(), number, name)


def _name(written: str) -> str:
    unit = written.lower()
    if unit not in _SPELLED:
        unit = unit_of(unit)
    return _SPELLED.get(unit, unit)


def same(one: Amount, other: Amount) -> bool:
    """Tell whether two amounts may be one; a unit left unsaid fits all, and so does a vague one ("8밀리")."""
    if one.unit is None or other.unit is None or one.unit == other.unit:
        return same_number(one.number, other.number)
    if one.unit in _VAGUE or other.unit in _VAGUE:
        return same_number(one.number, other.number)
    if one.unit == "times" or other.unit == "times":
        return False
    return same_amount(one.number, one.unit, other.number, other.unit)
