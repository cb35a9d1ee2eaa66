"""The tokens of a note's statements: terms, amounts, frequencies, sides, poles, words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from scribeeval.terms.edits.cues import POLE_WORDS, pole_of, stop_words
from scribeeval.terms.facts import same_amount, times_per_day
from scribeeval.terms.keys import key_of, stem_of
from scribeeval.terms.mentions import ConceptFinder, Mention, find_terms
from scribeeval.terms.quantities import number_of, unit_of
from scribeeval.terms.schedules import FREQUENCY, frequency_of
from scribeeval.text.porter import stem
from scribeeval.text.statements import split_statements

_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_ONE_BEFORE_TIME = r"(?:an?|one)(?=[ -](?:hour|day|week|month|year)\b)"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:/\d+)?"
_UNITS = (
    r"mg/dL|mmol/L|mEq/L|g/dL|ng/mL|mL/min|mmHg|mm Hg|bpm|mcg|µg|mg|kg|mEq|mmol|mL|cc|dL|cm|mm|lbs?|pounds?"
    r"|kilograms?|grams?|international units|units?|IU|tablets?|capsules?|puffs?|drops?|sprays?"
    r"|patch(?:es)?|g"
    r"|degrees|%|percent|[℃℉]|°? ?[CF](?![A-Za-z])"
    r"|seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|years?|yrs?|decades?|times?"
    r"|정|캡슐|초|분|시간|일|주|개월|달|년|회|번|세|점|명"
)
_QUANTITY = re.compile(
    rf"(?<![\w.,/])(?P<number>{_DIGITS}|(?:{_NUMBER_WORDS}|{_ONE_BEFORE_TIME})\b|twice\b)"
    rf"(?:(?:[ -]?(?P<unit>{_UNITS})(?![A-Za-z])(?P<half> and a half)?)|(?![A-Za-z]))",
    re.IGNORECASE,
)
_N = rf"(?:\d+|one|{_NUMBER_WORDS})"
_SCHEDULE = re.compile(
    rf"(?<![\w])(?:"
    rf"(?:every|each|q) ?(?P<every>{_N}|other|second|third|fourth)?[ -]?"
    rf"(?P<period>hour|h|day|night|week|month|year)s?\b"
    rf"|(?P<times>once|twice|thrice|{_N} times|{_N}x) ?(?:an? |per |every |each |/)?"
    rf"(?P<per>day|night|week|month|year|daily|nightly|weekly|monthly|yearly)\b"
    rf"|(?P<alone>매일|날마다|weekly|monthly|yearly|annually|fortnightly|daily|nightly|hs)(?![A-Za-z])"
    rf"|(?P<korean_per>하루|1일|일주일에|주|월|연)에? ?(?P<korean_times>\d+|한|두|세|네)? ?(?:회|번)"
    rf"|(?P<korean_every>\d+) ?(?P<korean_period>시간|일|주|개월)(?: ?간격|마다)"
    rf")",
    re.IGNORECASE,
)
_HOURS = {
    "hour": 1, "h": 1, "시간": 1, "day": 24, "night": 24, "일": 24, "daily": 24, "nightly": 24, "hs": 24,
    "하루": 24, "1일": 24, "매일": 24, "날마다": 24, "week": 168, "weekly": 168, "주": 168, "일주일에": 168,
    "fortnightly": 336, "month": 720, "monthly": 720, "월": 720, "개월": 720, "year": 8760, "yearly": 8760,
    "annually": 8760, "연": 8760,
}  # fmt: skip
_COUNTS = {
    "once": 1, "twice": 2, "thrice": 3, "other": 2, "second": 2, "third": 3, "fourth": 4, "한": 1, "두": 2,
    "세": 3, "네": 4,
}  # fmt: skip
_UNIT_NAMES = {
    "min": "minute", "hr": "hour", "wk": "week", "yr": "year", "번": "time", "회": "time", "℃": "°c",
    "℉": "°f", "일": "day", "주": "week", "개월": "month", "달": "month", "년": "year", "분": "minute",
    "초": "second", "시간": "hour",
}  # fmt: skip
_SIDE = re.compile(
    r"(?<![\w'])(?:left|right|bilateral(?:ly)?|both)(?![\w'])|(?<![A-Za-z'])[LR](?=t?[ .])t?(?!\w)"
    r"|(?:좌측|우측|양측|왼쪽|오른쪽|양쪽)",
    re.IGNORECASE,
)
_SIDES = {
    "l": "left", "lt": "left", "좌측": "left", "왼쪽": "left", "r": "right", "rt": "right", "우측": "right",
    "오른쪽": "right", "both": "bilateral", "bilaterally": "bilateral", "양측": "bilateral",
    "양쪽": "bilateral",
}  # fmt: skip
_NOT_A_SIDE = re.compile(r"\s*(?:now|away|after|before|handed)\b", re.IGNORECASE)
_WORD = re.compile(r"[가-힣ㄱ-ㆎ]+|[^\W_가-힣ㄱ-ㆎ]+(?:['’][^\W_가-힣ㄱ-ㆎ]+)*")
_KOREAN_ENDING = re.compile(
    r"(?<=[가-힣]{2})(?:으로|에서|에게|하고|하며|하여|하지|하도록|되어|되고|은|는|이|가|을|를|에|의|로|도|만|과|와|함|됨|임|한|된)$"
)


class Token(NamedTuple):
    """A token of a note, text[start:end].  kind: term, amount, frequency, side, pole or word.

    key: what is equal where two tokens say the same; value: an amount's number and unit, else the words.
    """

    kind: str
    key: str
    start: int
    end: int
    weight: float
    value: tuple[str, str | None] = ("", None)
    mention: Mention | None = None


class Line(NamedTuple):
    """A statement of a note with its tokens."""

    start: int
    end: int
    section: str
    tokens: tuple[Token, ...]
    stems: frozenset[str]  # how its words begin, whatever term they belong to
    bag: Mapping[str, float]  # the keys of its tokens -> their weight
    weight: float  # of all tokens


WEIGHTS = {
    "term": 2.0,
    "anatomy": 1.0,
    "amount": 0.8,
    "frequency": 0.8,
    "side": 0.5,
    "pole": 0.3,
    "word": 1.0,
}
STOP_WEIGHT = 0.1
STEM_LATIN, STEM_HANGUL = 5, 2  # letters by which two words of one root agree


def read_note(note: str, find: ConceptFinder = find_terms) -> tuple[Line, ...]:
    """Split a note into statements and those into tokens, in the order of the note."""
    mentions = find(note)
    lines: list[Line] = []
    at = 0
    for statement in split_statements(note):
        while at < len(mentions) and mentions[at].start < statement.start:
            at += 1
        inside = at
        while inside < len(mentions) and mentions[inside].end <= statement.end:
            inside += 1
        tokens = tuple(_tokens(note, statement.start, statement.end, mentions[at:inside]))
        stems = frozenset(stems_of(note, statement.start, statement.end))
        bag: dict[str, float] = {}
        for token in tokens:
            bag[token.key] = bag.get(token.key, 0.0) + token.weight
        weight = sum(bag.values())
        lines.append(Line(statement.start, statement.end, statement.section, tokens, stems, bag, weight))
    return tuple(lines)


def _tokens(note: str, low: int, high: int, mentions: Sequence[Mention]) -> list[Token]:
    """Find the typed tokens, the closest description first; what is left are words."""
    found: list[Token] = []
    taken = bytearray(high - low)

    def add(tokens: Iterator[Token]) -> None:
        for token in tokens:
            if not any(taken[token.start - low : token.end - low]):
                taken[token.start - low : token.end - low] = b"\1" * (token.end - token.start)
                found.append(token)

    add(_terms(mentions))
    add(_frequencies(note, low, high))
    add(_amounts(note, low, high))
    add(_sides(note, low, high))
    add(_poles(note, low, high))
    add(_words(note, low, high))
    return sorted(found, key=lambda token: token.start)


def _terms(mentions: Sequence[Mention]) -> Iterator[Token]:
    for mention in mentions:
        weight = WEIGHTS["anatomy" if mention.semantic_type == "anatomy" else "term"]
        key, value = f"c:{mention.concept}", (key_of(mention.text), None)
        yield Token("term", key, mention.start, mention.end, weight, value, mention)


def _frequencies(note: str, low: int, high: int) -> Iterator[Token]:
    for match in _SCHEDULE.finditer(note, low, high):
        yield _token("frequency", f"f:{_hours_between(match):g}", match, ("", None))
    for match in FREQUENCY.finditer(note, low, high):
        value = frequency_of(match)
        times = times_per_day(value)
        key = f"{float(24 / times[0]):g}" if times else value
        yield _token("frequency", f"f:{key}", match, ("", None))


def _hours_between(match: re.Match[str]) -> float:
    """Give the hours from one time to the next: "twice a week" -> 84."""
    group = {name: found.lower() for name, found in match.groupdict().items() if found}
    if "period" in group:
        return _HOURS[group["period"]] * _count(group.get("every", "1"))
    if "per" in group:
        return _HOURS[group["per"]] / _count(group["times"].removesuffix("x").removesuffix(" times"))
    if "alone" in group:
        return _HOURS[group["alone"]]
    if "korean_per" in group:
        return _HOURS[group["korean_per"]] / _count(group.get("korean_times", "1"))
    return _HOURS[group["korean_period"]] * _count(group["korean_every"])


def _count(written: str) -> float:
    count = float(_COUNTS[written]) if written in _COUNTS else float(number_of(written))
    return count or 1.0


def _amounts(note: str, low: int, high: int) -> Iterator[Token]:
    for match in _QUANTITY.finditer(note, low, high):
        written = match["number"].lower()
        unit = _unit(match["unit"]) if match["unit"] else None
        if written == "twice":
            number, unit = "2", "time"
        else:
            number = "1" if written in ("a", "an", "one") else number_of(written)
            if match["half"]:
                number = f"{number}.5"
        yield _token("amount", f"n:{number} {unit or ''}", match, (number, unit))


@lru_cache(maxsize=256)
def _unit(written: str) -> str:
    unit = unit_of(written)
    return _UNIT_NAMES.get(unit, unit)


def _sides(note: str, low: int, high: int) -> Iterator[Token]:
    for match in _SIDE.finditer(note, low, high):
        if not _NOT_A_SIDE.match(note, match.end()):
            side = _SIDES.get(match[0].lower(), match[0].lower())
            yield _token("side", f"s:{side}", match, (side, None))


def _poles(note: str, low: int, high: int) -> Iterator[Token]:
    for match in POLE_WORDS.finditer(note, low, high):
        if pole := pole_of(match[0]):
            yield _token("pole", f"p:{pole}", match, (pole, None))


def _words(note: str, low: int, high: int) -> Iterator[Token]:
    for match in _WORD.finditer(note, low, high):
        key = _key(match[0])
        weight = STOP_WEIGHT if key in stop_words() or match[0].lower() in stop_words() else WEIGHTS["word"]
        yield Token("word", key, match.start(), match.end(), weight, (key, None))


def stems_of(note: str, low: int, high: int) -> Iterator[str]:
    """Give how the words begin that carry a meaning: "distended" and "distension" alike."""
    for match in _WORD.finditer(note, low, high):
        word = match[0].lower()
        if (
            word not in stop_words()
            and pole_of(word) is None
            and not _SIDE.fullmatch(word)
            and (key := _key(word)) not in stop_words()
        ):
            yield key[:STEM_HANGUL] if "가" <= word[0] <= "힣" else key[:STEM_LATIN]


@lru_cache(maxsize=1 << 14)
def _key(word: str) -> str:
    lowered = word.lower()
    if "가" <= lowered[0] <= "힣":
        return _KOREAN_ENDING.sub("", lowered)
    return stem(stem_of(lowered))


def _token(kind: str, key: str, match: re.Match[str], value: tuple[str, str | None]) -> Token:
    return Token(kind, key, match.start(), match.end(), WEIGHTS[kind], value)


def same(one: Token, other: Token) -> bool:
    """Tell whether two tokens say the same."""
    if one.key == other.key:
        return True
    if one.kind != other.kind:
        return {one.kind, other.kind} == {"term", "word"} and one.value[0] == other.value[0]
    if one.kind == "amount":
        return same_amount(*one.value, *other.value)
    if (
        one.mention is None
        or other.mention is None
        or one.mention.semantic_type != other.mention.semantic_type
    ):
        return False
    mine, its = set(one.value[0].split()), set(other.value[0].split())
    return mine <= its or its <= mine  # "recurrent hypoglycemia" is hypoglycemia
