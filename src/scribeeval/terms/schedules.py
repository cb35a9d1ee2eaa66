"""Frequency and route of a drug, in the many ways that notes and speech write them."""

import re

from scribeeval.text import NORMALIZERS

_N = r"\d+|one|two|three|four|five|six|eight|ten|twelve|twenty four|twenty-four"
# Group names are what is reported, but for the groups that need a number.
FREQUENCY = re.compile(
    r"(?<![\w])(?:"
    r"(?P<prn>prn|p\.r\.n\.?|as needed|when needed|if needed|as required|when required|필요시)"
    rf"|(?P<every_hours>(?:every|q\.?) ?(?P<low>{_N})(?: ?(?:-|–|to) ?(?P<high>{_N}))? ?(?:h|hrs?|hours?)\b|q(?P<short>\d+)(?:-(?P<shorter>\d+))?h)"
    r"|(?P<qod>qod|q\.o\.d\.?|every other day|alternate days|every second day|격일)"
    r"|(?P<biweekly>every (?:two|2|other) weeks?|fortnightly|biweekly)"
    rf"|(?P<per_week>(?P<times>{_N}|twice|two times) (?:times )?(?:a|per|every) week|twice weekly)"
    r"|(?P<weekly>once weekly|once (?:a|per) week|weekly|every week|qweek|주 ?1회)"
    r"|(?P<monthly>once (?:a|per) month|monthly|every month)"
    r"|(?P<tid>t\.?i\.?d\.?|tds|three times (?:a|per) day|three times daily|3 times (?:a|per) day|3 times daily|3x ?daily|하루 ?(?:3|세) ?번|1일 ?3회|하루 ?3회)"
    r"|(?P<qid>q\.?i\.?d\.?|qds|four times (?:a|per) day|four times daily|4 times (?:a|per) day|4 times daily|하루 ?(?:4|네) ?번|1일 ?4회)"
    r"|(?P<bid>b\.?i\.?d\.?|bd|twice (?:a|per) day|twice daily|two times (?:a|per) day|two times daily|2 times (?:a|per) day|2x ?daily|morning and night|하루 ?(?:2|두) ?번|1일 ?2회|하루 ?2회)"
    r"|(?P<nightly>qhs|at bedtime|before bed(?:time)?|nightly|every night|each night|at night|every evening|qpm|자기 ?전|취침 ?전)"
    r"|(?P<daily>once (?:a|per) day|once daily|every day|each day|a day|per day|daily|q\.?d\.?|every morning|each morning|in the morning|qam|every 24 hours|매일|하루 ?(?:1|한) ?번|1일 ?1회|하루 ?1회)"
    r")(?![A-Za-z])|(?<=\w)/(?P<per_day>day)\b",
    re.IGNORECASE,
)
ROUTE = re.compile(
    r"(?<![\w])(?:"
    r"(?P<oral>po|p\.o\.|by mouth|orally|oral|경구)"
    r"|(?P<intravenous>iv|i\.v\.|intravenous(?:ly)?|정맥)"
    r"|(?P<intramuscular>im|i\.m\.|intramuscular(?:ly)?|근육주사)"
    r"|(?P<subcutaneous>subq|sub-q|sq|sc|s\.c\.|subcut\w*|under the skin|피하)"
    r"|(?P<sublingual>sl|sublingual(?:ly)?|under the tongue|설하)"
    r"|(?P<topical>topical(?:ly)?|to the skin|to the affected area)"
    r"|(?P<inhaled>inhaled|inhalation|via nebuli[sz]er|nebuli[sz]ed)"
    r"|(?P<nasal>intranasal(?:ly)?|in each nostril|nasal(?:ly)?)"
    r"|(?P<rectal>per rectum|rectal(?:ly)?)"
    r"|(?P<vaginal>vaginal(?:ly)?|per vagina)"
    r"|(?P<ophthalmic>ophthalmic|in (?:the|each|both) eyes?)"
    r"|(?P<otic>otic|in (?:the|each|both) ears?)"
    r"|(?P<transdermal>transdermal)"
    r")(?!\w)",
    re.IGNORECASE,
)


def frequency_of(match: re.Match[str]) -> str:
    """Write a frequency in one way: daily, bid, tid, qid, nightly, q6h, q4-6h, qod, weekly, 3/week, prn ..."""
    kind = next(name for name, found in match.groupdict().items() if found)
    if kind == "every_hours":
        hours = [match["low"] or match["short"], match["high"] or match["shorter"]]
        return f"q{'-'.join(_digits(hour) for hour in hours if hour)}h"
    if kind == "per_week":
        times = (match["times"] or "twice").lower()
        return f"{'2' if times in ('twice', 'two times') else _digits(times)}/week"
    return "daily" if kind == "per_day" else kind


def route_of(match: re.Match[str]) -> str:
    """Name the route in full: oral, intravenous, intramuscular, subcutaneous, topical, inhaled ..."""
    return next(name for name, found in match.groupdict().items() if found)


def _digits(number: str) -> str:
    return NORMALIZERS["clinical-v1"](number)
