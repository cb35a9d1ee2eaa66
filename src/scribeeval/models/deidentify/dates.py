"""Dates with a day, a month or a holiday in them, written or spoken.  Years, weekdays and durations stay."""

import re
from collections.abc import Iterator

from scribeeval.models.deidentify.base import Found, any_of, each
from scribeeval.text.number_words import ONES, ORDINALS, TEENS, TENS

_I = re.IGNORECASE
_ONE = any_of(ONES)
_SAFE = "january|february|april|june|july|august|september|october|november|december"
_MONTH = rf"(?:{_SAFE}|march|may|(?:jan|feb|mar|apr|aug|sept?|oct|nov|dec)\b\.?)"
_ORDINAL = rf"(?:{any_of(ORDINALS)}|twent(?:ieth|y[ -]{any_of(ORDINALS[:9])})|thirt(?:ieth|y[ -]first))"
_CARDINAL = rf"(?:twenty(?:[ -]{_ONE})?|thirty(?:[ -]one)?|{any_of([*ONES, *TEENS])})"
_NTH = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{_ORDINAL})"
_DAY = rf"(?:{_NTH}|\d{{1,2}}|{_CARDINAL})(?![\w/.]*\d|%)"
_BELOW_100 = rf"(?:{any_of(TENS)}(?:[ -]{_ONE})?|{any_of(TEENS)}|(?:oh|o) {_ONE})"
_YEAR = (
    rf"(?:(?:18|19|20)\d\d|(?:eighteen|nineteen|twenty),? {_BELOW_100}|"
    rf"two thousand(?: and)?(?: {_CARDINAL}| {_BELOW_100})?)"
)
_THEN_YEAR = rf"(?: ?,| of)? {_YEAR}|,? {_BELOW_100}(?= ?[,.?!\n]| *$)"
_UNITS = (
    r"(?! ?(?:mg|milli|micro|mcg|ml|percent|times|days?|weeks?|months?|hours?|units?|puffs?|tablets?|"
    r"pills?|or |to \d|and a half))"
)

# "May" and "march" are verbs: beside a bare number they are no date unless they are written large.
_WRITTEN = re.compile(
    rf"\b(?:(?P<only>{_MONTH})(?:,| of)? {_YEAR}(?!\w)|"
    rf"(?P<month>{_MONTH}),? (?:the )?{_DAY}(?:{_THEN_YEAR})?{_UNITS}|"
    rf"{_NTH} +(?:day )?(?:of )?{_MONTH}(?:{_THEN_YEAR})?|(?:\d{{1,2}}|"
    rf"{_CARDINAL}) +(?:of )?{_MONTH}(?:{_THEN_YEAR})?)(?!\w)",
    _I,
)
_VERB_THEN_NUMBER = re.compile(rf"(?:may|march|mar|dec|oct|jan) (?:\d{{1,2}}|{_CARDINAL})$")
_MONTH_ALONE = re.compile(
    rf"(?<![\w'’-])(?:{_SAFE})(?![\w-])"
    r"|\b(?:in|since|until|till|by|last|next|this|from|around|during|early|late|mid|through|of|and|before|"
    r"after)[ -](?:early |late |mid[ -]?)?(?P<it>may|march)(?!\w| (?:be|i|we|have|not|or|need|also|want|"
    r"cause|help|feel|make|take|get))",
    _I,
)
_TITLE_BEFORE = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|doctor|mister|miss|missus|nurse|hi|hello|hey|name is|name's|i'm|call me)\.?,? $)",
    _I,
)
_NUMERIC = re.compile(
    r"(?<![\w./-])(?:\d{1,2}([/.-])\d{1,2}\1(?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d([/.-])\d{1,2}\2\d{1,2}|"
    r"(?:0?[1-9]|1[0-2])[/-](?:19|20)\d\d)(?![\w/-]|\.\d)"
)
_SHORT = re.compile(
    r"\b(?:on|since|until|till|by|from|before|after|dated?|day,?|and|of|for)(?: the)? (?P<it>(?:0?[1-9]|"
    r"1[0-2])/(?:0?[1-9]|[12]\d|3[01]))(?![\d/%])",
    _I,
)
_OF_A_BODY = (
    r"(?! ?(?:dose|toe|finger|digit|rib|visit|day|week|month|year|time|floor|trimester|one|part|"
    r"and \w+ (?:toe|finger|rib)|metatarsal|line|step))"
)
_DAY_ALONE = re.compile(
    rf"\b(?:on|before|after|by|until|till|since|through|day,?|from|to|of|discharged|"
    rf"for) the (?P<it>{_NTH})(?!\w)(?=[.,;?!\n]|$| (?:and|at|again|or|to|in the|of (?:this|next|last|"
    rf"the month)|if|with|for|so|okay|when|because)\b){_OF_A_BODY}",
    _I,
)
_BIRTH = re.compile(r"\b(?:date of birth|d ?o ?b|birth ?(?:day|date)|born)\b|생년월일|생일", _I)
_NUMBER = rf"(?:\d{{1,4}}|{_ORDINAL}|{_YEAR}|{_BELOW_100}|{_CARDINAL}|(?:oh|zero) {_ONE})"
_FULL = re.compile(rf"(?<![\w']){_NUMBER}(?:(?: ?,? |[/.-]){_NUMBER}){{2,6}}(?!\w)", _I)
_SIX = re.compile(r"(?<!\d)\d{6}(?:\d\d)?(?!\d)")
_HOLIDAY = re.compile(
    r"\b(?:christmas(?: eve| day)?|thanksgiving|new year['’]?s?(?: eve| day)?|halloween|easter(?: sunday)?|"
    r"valentine['’]?s(?: day)?|(?:the )?fourth of july|memorial day|labor day|mother['’]s day|"
    r"father['’]s day|st\.? patrick['’]s day|independence day|hanukkah|yom kippur|rosh hashanah|passover|"
    r"ramadan|eid|diwali|ash wednesday|good friday)(?!\w)|설날|구정|추석|한가위|성탄절|크리스마스|어린이날|"
    r"어버이날|광복절|개천절|한글날|현충일|삼일절",
    _I,
)

_SINO = "[일이삼사오육륙칠팔구]"
_KO_DAY = rf"(?:\d{{1,2}}|(?:[이삼]?십)?{_SINO}|[이삼]?십) ?일(?!\w?간|분|째|치|동안|마다)"
_KO_MONTH = (
    r"(?:(?<!\d)(?:1[0-2]|0?[1-9]) ?월|(?<![가-힣])(?:십일|십이|일|이|삼|사|오|유|육|칠|팔|구|"
    r"시)월(?=[에 이은말초부까달생]))"
)
_KO_YEAR = r"(?:(?<!\d)(?:\d{4}|\d{2}) ?년(?:도)? ?)"
_KOREAN = re.compile(
    rf"{_KO_YEAR}?{_KO_MONTH} ?{_KO_DAY}|{_KO_YEAR}?{_KO_MONTH}(?: ?(?:초순|중순|하순|초|말))?|"
    rf"(?<!\d)(?:19|20)\d\d[.] ?\d{{1,2}}[.] ?\d{{1,2}}[.]?"
)
_KO_DAY_ALONE = re.compile(
    r"(?:다음 ?달|지난 ?달|이번 ?달|이달|매월|요일인?)[^\n.?!]{0,4} (?P<it>\d{1,2}일)|"
    r"(?<![\d.])(?P<that>(?:[12]?\d|3[01])일)(?:날|에)(?! ?(?:한|두|세|네|\d))"
)


def find_dates(text: str) -> Iterator[Found]:
    """Dates; without "the" before them and without the weekday."""
    yield from each("DATE", _HOLIDAY, text)
    for match in _WRITTEN.finditer(text):
        if not (match["month"] and _VERB_THEN_NUMBER.match(match[0])):
            yield Found(match.start(), match.end(), "DATE")
    yield from each("DATE", _NUMERIC, text)
    yield from each("DATE", _SHORT, text, "it")
    for cue in _BIRTH.finditer(text):
        stop = _second_turn(text, cue.end())
        for pattern in (_FULL, _SIX):
            date = pattern.search(text, cue.end(), stop)
            if date and not re.fullmatch(_YEAR, date[0], _I):
                yield Found(date.start(), date.end(), "DATE")
    for match in _MONTH_ALONE.finditer(text):
        start = match.start("it") if match["it"] else match.start()
        if not _TITLE_BEFORE.search(text, max(0, start - 14), start):
            yield Found(start, match.end(), "DATE")
    yield from each("DATE", _DAY_ALONE, text, "it")
    yield from each("DATE", _KOREAN, text)
    for name in ("it", "that"):
        yield from each("DATE", _KO_DAY_ALONE, text, name)


def _second_turn(text: str, start: int) -> int:
    """Where the turn after this one ends, at most 80 characters on."""
    first = text.find("\n", start)
    second = text.find("\n", first + 1) if first >= 0 else -1
    return min(second if second >= 0 else len(text), start + 80)
