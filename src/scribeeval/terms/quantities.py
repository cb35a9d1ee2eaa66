"""Quantities: dose, unit, route, frequency and duration of a drug; value and unit of a lab or vital.

A quantity belongs to the term it follows in the same sentence ("lisinopril 20 mg a day"), or to the drug
that it directly precedes ("20 mg of Lasix").  Numbers may be spoken ("five hundred milligrams").
"""

import re
from functools import lru_cache
from typing import NamedTuple

from scribeeval.terms.schedules import FREQUENCY, ROUTE, frequency_of, route_of
from scribeeval.text import NORMALIZERS


class Quantity(NamedTuple):
    """An attribute of a term: its name, its value in one spelling, and where it stands in the text."""

    name: str
    value: str
    start: int
    end: int


_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_SPOKEN_WORD = rf"(?:one|two|three|four|five|six|seven|eight|nine|{_TEENS}|{_TENS})"
_SPOKEN = rf"(?:a )?{_SPOKEN_WORD}(?:[ -](?:and |point )?{_SPOKEN_WORD})*"
_DIGITS = r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)"
_NUMBER = rf"(?<![\w.,])(?:{_DIGITS}(?: ?(?:-|–|to|/) ?{_DIGITS})?|{_SPOKEN})"

_DOSE_UNIT = "|".join((
    "mg", "mcg", "µg", "μg", "ug", "micrograms?", "milligrams?", "grams?", "gm", "g", "mls?",
    "millilit(?:er|re)s?",
    "cc", "international units", "units?", "iu", "u", "meq", "mmol", "%", "percent", "tablets?",
    "tabs?", "capsules?",
    "caps?", "pills?", "puffs?", "drops?", "sprays?", "patch(?:es)?", "teaspoons?", "tsp",
    "tablespoons?", "sachets?",
    "ampoules?", "lozenges?", "정", "알", "캡슐", "밀리그램", "단위", "그램",
))  # fmt: skip
_VALUE_UNIT = "|".join((
    "%", "percent", "mg/dl", "mmol/l", "mmhg", "mm hg", "bpm", "beats per minute", "kg", "kilos?",
    "kilograms?", "lbs?",
    "pounds?", "g/dl", "i?u/l", "meq/l", "[np]g/ml", "ng/dl", r"ml/min(?:/1\.73 ?m2)?", "l/min",
    "cm", "mm", "inch(?:es)?",
    "k/ul", "°? ?[fc]\\b", "degrees(?: fahrenheit| celsius)?", "°", "m/s", "도",
))  # fmt: skip
# One spelling of each unit; the rest is written in lower case and the singular.
_UNITS = {
    "milligram": "mg", "밀리그램": "mg", "microgram": "mcg", "µg": "mcg", "μg": "mcg", "ug": "mcg",
    "gram": "g",
    "gm": "g", "그램": "g", "milliliter": "ml", "millilitre": "ml", "cc": "ml", "u": "unit", "단위": "unit",
    "iu": "unit", "international unit": "unit", "percent": "%", "tab": "tablet", "정": "tablet",
    "알": "tablet",
    "pill": "tablet", "cap": "capsule", "캡슐": "capsule", "patche": "patch", "teaspoon": "tsp",
    "pound": "lb",
    "kilogram": "kg", "kilo": "kg", "degree": "°", "degrees fahrenheit": "°f",
    "degrees celsius": "°c", "f": "°f",
    "c": "°c", "beats per minute": "bpm", "inche": "in", "inch": "in", "도": "°c", "mm hg": "mmhg",
}  # fmt: skip

_DOSE = re.compile(
    rf"(?P<number>{_NUMBER}) ?-?(?P<unit>{_DOSE_UNIT})(?![A-Za-z\d%]|/(?:d?l|kg|m2)\b| of\b)", re.IGNORECASE
)
_FREQUENCY_FOLLOWS = r"(?= (?:once|twice|daily|a day|every|each|bid|tid|qid|qd|q\d|nightly|po)\b)"
_BARE_DOSE = re.compile(rf"[ ,]+(?:at |of )?(?P<number>{_DIGITS}){_FREQUENCY_FOLLOWS}", re.IGNORECASE)
_DOSE_BEFORE = re.compile(
    rf"(?P<number>{_NUMBER}) ?-?(?P<unit>{_DOSE_UNIT})(?P<of> (?:of|dose of))?"
    r"(?: (?:po|oral|iv|im|the|his|her|your|my))*[ ]*$",
    re.IGNORECASE,
)
_CHANGED_TO = re.compile(rf"[^.;\n]{{0,12}}? to (?={_NUMBER} ?(?:{_DOSE_UNIT})\b)", re.IGNORECASE)
_RANGE = re.compile(rf"(?<=from )(?P<first>{_DIGITS} to )", re.IGNORECASE)
_DURATION = re.compile(
    r"(?:(?:for|x|×)(?: the next| the past| the last| another| a total of| at least)? ?"
    r"|(?=\S+[- ](?:day|week|month)s? (?:course|supply|taper)))"
    rf"(?P<number>{_NUMBER}|a) ?-?(?P<unit>days?|d|weeks?|wks?|months?|mos?|years?|yrs?|hours?|hrs?)\b",
    re.IGNORECASE,
)
_SPANS = {"d": "day", "wk": "week", "mo": "month", "yr": "year", "hr": "hour"}

# What may stand between a lab and its value.
_FILLER_WORDS = "|".join((
    "levels?", "count", "readings?", "result", "score", "today", "is", "was", "are", "were", "of",
    "ha(?:s|ve) been",
    "c[ao]mes? back", "remains?", "went", "dropped", "fell", "rose",
    "(?:(?:up|down|increased|decreased|improved) )?(?:to|at|from)", "to be", "measured", "around", "about",
    "approximately", "roughly", "elevated", "stable", "high", "low", "normal", "improved", "now",
    "currently", "last",
    "this morning", "a", "in", "in the office", "here", "running", "the", "also", "only", "just",
    "on", "on room air",
    "recorded", "noted", "most recent", "averaging", "between", "수치", "결과",
))  # fmt: skip
_FILLER = rf"(?:'s|은|는|이|가| ?\([^)\n]{{0,25}}\)| ?[:=,-]| (?:{_FILLER_WORDS})(?!\w))"
_READING = rf"(?:\d{{2,3}} ?(?:/|over) ?\d{{2,3}}|{_DIGITS}(?: ?[-–] ?{_DIGITS})?)(?![\w/'’]|[.,]\d)"
_READING_UNIT = rf"(?: ?(?P<unit>{_VALUE_UNIT})(?![A-Za-z\d]))?"
_NO_TIME = r"(?! ?(?:days?|weeks?|months?|years?|hours?|minutes?|times|am|pm|year-old|points|visits)\b)"
_VALUE = re.compile(
    rf"{_FILLER}{{0,6}} ?(?P<value>(?:[<>]=?|≥|≤)? ?(?<![\w.,]){_READING}){_NO_TIME}{_READING_UNIT}",
    re.IGNORECASE,
)
_GLUED_VALUE = re.compile(
    rf"{_FILLER}{{0,6}} ?(?P<value>{_DIGITS})(?P<unit>{_VALUE_UNIT})(?![A-Za-z\d])", re.IGNORECASE
)
_FROM = re.compile(r"\bfrom\b", re.IGNORECASE)
_THEN = re.compile(rf" (?:down |up )?to (?P<value>{_READING}){_READING_UNIT}", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_SENTENCE_END = re.compile(r"[;\n]|\.(?=\s|$)|[?!]")
REACH = 90  # characters after a drug; a value stands within half of it


def drug_quantities(text: str, start: int, end: int, low: int, high: int) -> list[Quantity]:
    """List what is said of the drug text[start:end]; low, high: where the terms beside it end and begin."""
    high = _end_of_sentence(text, end, min(high, end + REACH))
    found: list[Quantity] = []
    before = _DOSE_BEFORE.search(text, max(low, start - 40), start)
    dose = before if before and before["of"] else _DOSE.search(text, end, high)
    while dose and (later := _CHANGED_TO.match(text, dose.end(), high)):
        dose = _DOSE.search(text, later.end(), high)
    if dose is None:
        dose = before or _BARE_DOSE.match(text, end, high)
    if dose:
        first = dose.start("number")
        if later := _RANGE.match(text, first):  # "from 40 to 80 mg"
            first = later.end()
        found.append(Quantity("dose", number_of(text[first : dose.end("number")]), first, dose.end("number")))
        if unit := dose.groupdict().get("unit"):
            found.append(Quantity("unit", unit_of(unit), dose.start("unit"), dose.end("unit")))
    if route := ROUTE.search(text, end, high):
        found.append(Quantity("route", route_of(route), route.start(), route.end()))
    times = list(FREQUENCY.finditer(text, end, high))[:2]
    if times:
        value = " ".join(dict.fromkeys(frequency_of(match) for match in times))
        found.append(Quantity("frequency", value, times[0].start(), times[-1].end()))
    if match := _DURATION.search(text, end, high):
        unit = match["unit"].lower().rstrip("s") or match["unit"].lower()
        number = "1" if match["number"].lower() == "a" else number_of(match["number"])
        value = f"{number} {_SPANS.get(unit, unit)}"
        found.append(Quantity("duration", value, match.start("number"), match.end()))
    return found


def value_quantities(text: str, end: int, high: int) -> list[Quantity]:
    """List value and unit of the lab or vital that ends at end; high: where the next term begins."""
    high = _end_of_sentence(text, end, min(high, end + REACH // 2))
    if not _DIGIT.search(text, end, high):
        return []
    match = _VALUE.match(text, end, high) or _GLUED_VALUE.match(text, end, high)
    if match is None:
        return []
    if _FROM.search(text, end, match.start("value")):  # "from 8.1 to 7.2": the later one holds
        match = _THEN.match(text, match.end(), high)
    if match is None:  # "down from 8.1" is what it was
        return []
    value = re.sub(r"\s*(?:/|\bover\b)\s*", "/", match["value"].strip()).replace(",", "").replace(" ", "")
    value = f"0{value}" if value.startswith(".") else value
    found = [Quantity("value", value, match.start("value"), match.end("value"))]
    if match["unit"]:
        found.append(Quantity("unit", unit_of(match["unit"]), match.start("unit"), match.end("unit")))
    return found


def _end_of_sentence(text: str, start: int, end: int) -> int:
    match = _SENTENCE_END.search(text, start, min(end, len(text)))
    return match.start() if match else min(end, len(text))


@lru_cache(maxsize=4096)
def number_of(written: str) -> str:
    """Write a number in digits, without separators of thousands: "five hundred" = "500", "1,000" = "1000".

    >>> number_of("five hundred"), number_of(".5"), number_of("1,000"), number_of("1 to 2")
    ('500', '0.5', '1000', '1-2')
    """
    lowered = written.lower()
    if lowered in ("half", "half a", "a half"):
        return "0.5"
    plain = NORMALIZERS["clinical-v1"](lowered.removeprefix("a "))
    return re.sub(r"\s*(?:-|–|\bto\b)\s*", "-", plain).replace(" ", "")


@lru_cache(maxsize=4096)
def unit_of(written: str) -> str:
    """Write a unit in one way.

    >>> [unit_of(unit) for unit in ("milligrams", "tabs", "mL", "percent", "mg/dL")]
    ['mg', 'tablet', 'ml', '%', 'mg/dl']
    """
    unit = re.sub(r"^° ?", "", written.lower()) or "°"
    if unit in _UNITS:
        return _UNITS[unit]
    single = unit.removesuffix("s") if len(unit) > 2 else unit
    return _UNITS.get(single, single)
