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


_WORD_NUMBER = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half)"
)
_SPOKEN = rf"(?:a )?{_WORD_NUMBER}(?:[ -](?:and |point )?{_WORD_NUMBER})*"
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)?\.?\d+"
_NUMBER = rf"(?<![\w.,])(?:{_DIGITS}(?: ?(?:-|–|to|/) ?{_DIGITS})?|{_SPOKEN})"
_DOSE_UNIT = (
    r"mg|mcg|µg|μg|ug|micrograms?|milligrams?|grams?|gm|g|mls?|milliliters?|millilitres?|cc|international units|"
    r"units?|iu|u|meq|mmol|%|percent|tablets?|tabs?|capsules?|caps?|pills?|puffs?|drops?|sprays?|patch(?:es)?|"
    r"teaspoons?|tsp|tablespoons?|sachets?|ampoules?|lozenges?|정|알|캡슐|밀리그램|단위|그램"
)
_UNITS = {
    "milligram": "mg", "밀리그램": "mg", "microgram": "mcg", "µg": "mcg", "μg": "mcg", "ug": "mcg", "gram": "g",
    "gm": "g", "그램": "g", "milliliter": "ml", "millilitre": "ml", "cc": "ml", "u": "unit", "단위": "unit",
    "iu": "unit", "international unit": "unit", "percent": "%", "tab": "tablet", "정": "tablet", "알": "tablet",
    "pill": "tablet", "cap": "capsule", "캡슐": "capsule", "patche": "patch", "teaspoon": "tsp", "mcg": "mcg",
    "lb": "lb", "pound": "lb", "kilogram": "kg", "kilo": "kg", "degree": "°", "degrees fahrenheit": "°f",
    "degrees celsius": "°c", "f": "°f", "c": "°c", "°": "°", "beats per minute": "bpm", "inche": "in", "inch": "in",
}  # fmt: skip
_DOSE = re.compile(
    rf"(?P<number>{_NUMBER}) ?-?(?P<unit>{_DOSE_UNIT})(?![\w%]|/(?:d?l|kg|m2)\b| of\b)", re.IGNORECASE
)
_BARE_DOSE = re.compile(
    rf"[ ,]+(?:at |of )?(?P<number>{_DIGITS})(?= (?:once|twice|daily|a day|every|each|bid|tid|qid|qd|q\d|nightly|po)\b)",
    re.IGNORECASE,
)
_DOSE_BEFORE = re.compile(
    rf"(?P<number>{_NUMBER}) ?-?(?P<unit>{_DOSE_UNIT})(?P<of> (?:of|dose of))?(?: (?:po|oral|iv|im|the|his|her|your|my))*[ ]*$",
    re.IGNORECASE,
)
_CHANGED_TO = re.compile(rf"[^.;\n]{{0,12}}? to (?={_NUMBER} ?(?:{_DOSE_UNIT})\b)", re.IGNORECASE)
_DURATION = re.compile(
    rf"(?:(?:for|x|×)(?: the next| the past| the last| another| a total of| at least)? ?|(?=\S+[- ](?:day|week|month)s? (?:course|supply|taper)))"
    rf"(?P<number>{_NUMBER}|a) ?-?(?P<unit>days?|d|weeks?|wks?|months?|mos?|years?|yrs?|hours?|hrs?)\b",
    re.IGNORECASE,
)
_SPANS = {"d": "day", "wk": "week", "mo": "month", "yr": "year", "hr": "hour"}
_FILLER = (
    r"(?:'s| ?\([^)\n]{0,25}\)| ?[:=,-]| (?:level|levels|count|reading|readings|result|score|today|is|was|are|were|of|at|"
    r"has been|have been|came back|comes back|come back|remains?|to|measured|around|about|approximately|roughly|elevated|"
    r"stable|high|low|normal|down|up|from|improved|increased|decreased|now|currently|last|this morning|a|in the office|here|"
    r"running|in|the|also|only|just|on|room air|recorded|noted|most recent|averaging|between|수치|결과))"
)
_VALUE_UNIT = (
    r"%|percent|mg/dl|mmol/l|mmhg|mm hg|bpm|beats per minute|kg|kilos?|kilograms?|lbs?|pounds?|g/dl|u/l|iu/l|meq/l|ng/ml|"
    r"ng/dl|pg/ml|ml/min(?:/1\.73 ?m2)?|l/min|cm|mm|inches|inch|k/ul|°? ?[fc]\b|degrees(?: fahrenheit| celsius)?|°|m/s"
)
_VALUE = re.compile(
    rf"{_FILLER}{{0,6}}[ ]?(?P<value>(?:[<>]=?|≥|≤)? ?(?<![\w.,])(?:\d{{2,3}} ?(?:/|over) ?\d{{2,3}}|{_DIGITS}(?: ?[-–] ?{_DIGITS})?))"
    rf"(?![\w/]|[.,]\d)(?! ?(?:days?|weeks?|months?|years?|hours?|minutes?|times|am|pm|year-old|points)\b)"
    rf"(?: ?(?P<unit>{_VALUE_UNIT})(?!\w))?",
    re.IGNORECASE,
)
_GLUED_VALUE = re.compile(rf" ?(?P<value>{_DIGITS})(?P<unit>{_VALUE_UNIT})(?!\w)", re.IGNORECASE)
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
        found.append(Quantity("dose", number_of(dose["number"]), dose.start("number"), dose.end("number")))
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
    value = re.sub(r"\s*(?:/|\bover\b)\s*", "/", match["value"].strip()).replace(",", "").replace(" ", "")
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
