"""What `clinical-v1` writes in one way: units, frequencies, routes and names that have two spellings.

A row keeps the meaning.  No row drops a number, but for frequencies ("2 times a day" = "bid"), which
are one thing and not the number two.  Rows are written as text stands after case folding, and with
digits for spoken numbers.
"""

from collections.abc import Mapping

UNITS: Mapping[str, str] = {
    spelling: unit
    for unit, spellings in {
        "mg": "milligram milligrams milligramme milligrammes mgs",
        "mcg": "microgram micrograms ug mcgs",
        "g": "grams gms gm",
        "kg": "kilogram kilograms kilo kilos kgs",
        "lb": "pound pounds lbs",
        "ml": "milliliter milliliters millilitre millilitres mls",
        "dl": "deciliter deciliters decilitre decilitres",
        "l": "liter liters litre litres",
        "mm": "millimeter millimeters millimetre millimetres",
        "cm": "centimeter centimeters centimetre centimetres cms",
        "meq": "milliequivalent milliequivalents meqs",
        "mmol": "millimole millimoles",
        "%": "percent",
        "tablet": "tab",
        "tablets": "tabs",
    }.items()
    for spelling in spellings.split()
}
# Only behind a number: elsewhere they are other words (Gram stain, left foot, third degree).
UNITS_AFTER_NUMBER: Mapping[str, str] = {
    "gram": "g",
    "degree": "°",
    "degrees": "°",
    "foot": "ft",
    "feet": "ft",
    "inches": "inch",
    "ounce": "oz",
    "ounces": "oz",
    "hr": "hour",
    "hrs": "hours",
    "wk": "week",
    "wks": "weeks",
    "yr": "year",
    "yrs": "years",
    "mins": "minutes",
    "secs": "seconds",
}
DOSES = frozenset(UNITS) | frozenset(UNITS.values()) | {"mmhg", "bpm", "units", "unit", "iu", "gram"}

_ONCE_A_DAY = ("once a day", "once per day", "once daily", "1 time a day", "1 time daily", "q day", "qday")
_OFTEN = ("a day", "per day", "daily")

# Whole phrases, found literally and in this order.
PHRASES: Mapping[str, str] = {
    **dict.fromkeys(_ONCE_A_DAY, "qd"),
    **{f"twice {often}": "bid" for often in _OFTEN},
    **{
        f"{number}{times} {often}": code
        for number, code in (("2", "bid"), ("3", "tid"), ("4", "qid"))
        for times in (" times", "x")
        for often in _OFTEN
    },
    "2x/day": "bid",
    "3x/day": "tid",
    "4x/day": "qid",
    "every other day": "qod",
    "at bedtime": "qhs",
    "as needed": "prn",
    "by mouth": "po",
    "per cent": "%",
    "beats per minute": "bpm",
    "mm of mercury": "mmhg",
    "mm hg": "mmhg",
    "mg per dl": "mg/dl",
    "mg per kg": "mg/kg",
    "mg per ml": "mg/ml",
    "mcg per kg": "mcg/kg",
    "° fahrenheit": "°f",
    "° f": "°f",
    "° celsius": "°c",
    "° centigrade": "°c",
    "° c": "°c",
    "hgba1c": "hba1c",
    "hb a1c": "hba1c",
    "hgb a1c": "hba1c",
    "haemoglobin a1c": "hemoglobin a1c",
}
# Names whose digit is spoken as a word: replaced before the numbers are.
SPOKEN_NAMES: Mapping[str, str] = {
    "hba one c": "hba1c",
    "a one c": "a1c",
    "c o two": "co2",
    "co two": "co2",
    "spo two": "spo2",
    "o two sat": "o2 sat",
    "b twelve": "b12",
}
# Abbreviations that are also written with points.
DOTTED = ("b.i.d", "t.i.d", "q.i.d", "q.o.d", "q.h.s", "p.r.n", "q.d", "p.o", "a.m", "p.m", "i.v", "i.m")
