"""Frequency and route of a drug, in the many ways that notes and speech write them."""

import re
from collections.abc import Mapping

from scribeeval.text import NORMALIZERS

_N = r"(?:\d+|one|two|three|four|five|six|eight|ten|twelve|twenty[ -]four)"
_A = "(?:a|per|every)"  # "twice a day"
# What is reported -> how it is written; tried in this order.
_FREQUENCIES: Mapping[str, tuple[str, ...]] = {
    "prn": ("prn", r"p\.r\.n\.?", "(?:as|when|if) needed", "(?:as|when) required", "필요시"),
    "every_hours": (
        rf"(?:every|q\.?) ?(?P<low>{_N})(?: ?(?:-|–|to) ?(?P<high>{_N}))? ?(?:h|hrs?|hours?)",
        r"q(?P<short>\d+)(?:-(?P<shorter>\d+))?h",
    ),
    "qod": ("qod", r"q\.o\.d\.?", "every (?:other|second) day", "(?:on )?alternate days", "격일"),
    "biweekly": ("every (?:two|2|other) weeks?", "fortnightly", "biweekly"),
    "per_week": (rf"(?P<times>{_N}|twice) (?:times )?{_A} week", "twice weekly"),
    "weekly": (f"(?:once )?{_A} week", "(?:once )?weekly", "qweek", "주 ?1회"),
    "monthly": (f"(?:once )?{_A} month", "(?:once )?monthly"),
    "tid": (r"t\.?i\.?d\.?", "tds", f"(?:three|3) times (?:{_A} day|daily)", "3x ?daily",
    "(?:하루|1일) ?(?:3|세) ?[번회]"),
    "qid": (r"q\.?i\.?d\.?", "qds", f"(?:four|4) times (?:{_A} day|daily)",
    "(?:하루|1일) ?(?:4|네) ?[번회]"),
    "bid": (
        r"b\.?i\.?d\.?", "bd", f"(?:twice|(?:two|2) times) (?:{_A} day|daily)", "2x ?daily",
        "morning and night",
        "(?:하루|1일) ?(?:2|두) ?[번회]",
    ),
    "nightly": (
        "qhs", "at bedtime", "before bed(?:time)?", "nightly", "(?:every|each|at) night",
        "every evening", "qpm",
        "(?:자기|취침) ?전",
    ),
    "daily": (
        f"(?:once )?(?:{_A}|each) day", "(?:once )?daily", r"q\.?d\.?",
        "(?:every|each|in the) morning", "qam",
        "매일", "(?:하루|1일) ?(?:1|한) ?[번회]",
    ),
}  # fmt: skip
_ROUTES: Mapping[str, tuple[str, ...]] = {
    "oral": ("po", r"p\.o\.", "by mouth", "oral(?:ly)?", "경구"),
    "intravenous": ("iv", r"i\.v\.", "intravenous(?:ly)?", "정맥"),
    "intramuscular": ("im", r"i\.m\.", "intramuscular(?:ly)?", "근육주사"),
    "subcutaneous": ("sub-?q", "sq", "sc", r"s\.c\.", r"subcut\w*", "under the skin", "피하"),
    "sublingual": ("sl", "sublingual(?:ly)?", "under the tongue", "설하"),
    "topical": ("topical(?:ly)?", "to the (?:skin|affected area)"),
    "inhaled": ("inhaled", "inhalation", "(?:via )?nebuli[sz]e[dr]"),
    "nasal": ("intranasal(?:ly)?", "in each nostril", "nasal(?:ly)?"),
    "rectal": ("per rectum", "rectal(?:ly)?"),
    "vaginal": ("per vagina", "vaginal(?:ly)?"),
    "ophthalmic": ("ophthalmic", "in (?:the|each|both) eyes?"),
    "otic": ("otic", "in (?:the|each|both) ears?"),
    "transdermal": ("transdermal",),
}


def _any_of(table: Mapping[str, tuple[str, ...]], after: str) -> str:
    groups = (f"(?P<{name}>{'|'.join(written)})" for name, written in table.items())
    return rf"(?<!\w)(?:{'|'.join(groups)})(?!{after})"


# Korean particles may follow; "80 mg/day" is daily.
FREQUENCY = re.compile(rf"{_any_of(_FREQUENCIES, '[A-Za-z]')}|(?<=\w)/(?P<per_day>day)\b", re.IGNORECASE)
ROUTE = re.compile(_any_of(_ROUTES, "[A-Za-z]"), re.IGNORECASE)


def frequency_of(match: re.Match[str]) -> str:
    """Write a frequency in one way: daily, bid, tid, qid, nightly, q4-6h, qod, weekly, 3/week, prn ..."""
    kind = next(name for name, found in match.groupdict().items() if found)
    if kind == "every_hours":
        hours = (match["low"] or match["short"], match["high"] or match["shorter"])
        return f"q{'-'.join(_digits(hour) for hour in hours if hour)}h"
    if kind == "per_week":
        times = (match["times"] or "twice").lower()
        return f"{'2' if times == 'twice' else _digits(times)}/week"
    return "daily" if kind == "per_day" else kind


def route_of(match: re.Match[str]) -> str:
    """Name the route in full: oral, intravenous, intramuscular, subcutaneous, topical, inhaled ..."""
    return next(name for name, found in match.groupdict().items() if found)


def _digits(number: str) -> str:
    return NORMALIZERS["clinical-v1"](number)
