"""The tokens of a note's statements: terms, amounts, frequencies, sides, poles, words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from scribeeval.terms.edits.cues import POLE_WORDS, pole_of, stop_words
from scribeeval.terms.edits.patterns import (
    COUNTS,
    HOURS,
    KOREAN_ENDING,
    LIMB,
    NOT_A_SIDE,
    PREFIXED,
    QUANTITY,
    ROOTS,
    SCHEDULE,
    SIDE,
    SIDES,
    SIGN,
    UNIT_NAMES,
    WORD,
)
from scribeeval.terms.facts import same_amount, times_per_day
from scribeeval.terms.keys import key_of, stem_of
from scribeeval.terms.mentions import ConceptFinder, Mention, find_terms
from scribeeval.terms.quantities import number_of, unit_of
from scribeeval.terms.schedules import FREQUENCY, frequency_of
from scribeeval.text.porter import stem
from scribeeval.text.statements import split_statements


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

    add(_signs(note, low, high))
    add(_terms(note, low, mentions))
    add(_frequencies(note, low, high))
    add(_amounts(note, low, high))
    add(_sides(note, low, high))
    add(_poles(note, low, high))
    add(_words(note, low, high))
    return sorted(found, key=lambda token: token.start)


def _terms(note: str, low: int, mentions: Sequence[Mention]) -> Iterator[Token]:
    for mention in mentions:
        start, concept = mention.start, mention.concept
        weight = WEIGHTS["anatomy" if mention.semantic_type == "anatomy" else "term"]
        if LIMB.match(mention.text):  # "LLE": the side is a token by itself, and the limb another
            start += 1
            concept = concept.removeprefix("left ").removeprefix("right ")
        if sign := _sign_before(note, start):
            mention = replace(mention, assertion="present" if "+" in sign[0] else "absent")
        yield Token("term", f"c:{concept}", start, mention.end, weight, (key_of(mention.text), None), mention)


def _sign_before(note: str, start: int) -> re.Match[str] | None:
    return next((m for m in SIGN.finditer(note, max(0, start - 5), start + 1) if m.end() == start), None)


def _signs(note: str, low: int, high: int) -> Iterator[Token]:
    """Give the signs that stand for "has" and "no": "+ chills", "(-) fever"."""
    for match in SIGN.finditer(note, low, high):
        pole = "found+" if "+" in match[0] else "found-"
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        end = match.start() + len(match[0].rstrip())
        yield Token("pole", f"p:{pole}", start, end, WEIGHTS["pole"], (pole, None))


def _frequencies(note: str, low: int, high: int) -> Iterator[Token]:
    for match in SCHEDULE.finditer(note, low, high):
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
        return HOURS[group["period"]] * _count(group.get("every", "1"))
    if "per" in group:
        return HOURS[group["per"]] / _count(_TIMES.sub("", group["times"]))
    if "alone" in group:
        return HOURS[group["alone"]]
    if "korean_per" in group:
        return HOURS[group["korean_per"]] / _count(group.get("korean_times", "1"))
    if "korean_span" in group:
        often = _count(group["korean_often"])
        return HOURS[group["korean_unit"]] * _count(group["korean_span"]) / often
    return HOURS[group["korean_period"]] * _count(group["korean_every"])


_TIMES = re.compile(r" ?(?:x|times|sessions|visits)$")


def _count(written: str) -> float:
    count = float(COUNTS[written]) if written in COUNTS else float(number_of(written))
    return count or 1.0


def _amounts(note: str, low: int, high: int) -> Iterator[Token]:
    for match in QUANTITY.finditer(note, low, high):
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
    return UNIT_NAMES.get(unit, unit)


def _sides(note: str, low: int, high: int) -> Iterator[Token]:
    for match in SIDE.finditer(note, low, high):
        if not NOT_A_SIDE.match(note, match.end()):
            side = SIDES.get(match[0].lower(), match[0].lower())
            yield _token("side", f"s:{side}", match, (side, None))


def _poles(note: str, low: int, high: int) -> Iterator[Token]:
    for match in POLE_WORDS.finditer(note, low, high):
        pole = pole_of(match[0])
        if pole and not (pole.startswith("amount") and SIDE.match(note, match.end() + 1)):
            yield _token("pole", f"p:{pole}", match, (pole, None))


def _words(note: str, low: int, high: int) -> Iterator[Token]:
    for match in WORD.finditer(note, low, high):
        key = _key(match[0])
        weight = STOP_WEIGHT if key in stop_words() or match[0].lower() in stop_words() else WEIGHTS["word"]
        yield Token("word", key, match.start(), match.end(), weight, (key, None))


def stems_of(note: str, low: int, high: int) -> Iterator[str]:
    """Give how the words begin that carry a meaning: "distended" and "distension" alike."""
    for match in WORD.finditer(note, low, high):
        word = match[0].lower()
        if (
            word not in stop_words()
            and pole_of(word) is None
            and not SIDE.fullmatch(word)
            and (key := _key(word)) not in stop_words()
        ):
            root = key[:STEM_HANGUL] if "가" <= word[0] <= "힣" else key[:STEM_LATIN]
            yield ROOTS.get(root, root)
            if bare := PREFIXED.match(word):
                yield _key(bare["rest"])[:STEM_LATIN]


@lru_cache(maxsize=1 << 14)
def _key(word: str) -> str:
    lowered = word.lower()
    if "가" <= lowered[0] <= "힣":
        return KOREAN_ENDING.sub("", lowered)
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
        return same_amount(*one.value, *other.value) or _same_of_ten(one.value, other.value)
    if (
        one.mention is None
        or other.mention is None
        or one.mention.semantic_type != other.mention.semantic_type
    ):
        return False
    mine, its = set(one.value[0].split()), set(other.value[0].split())
    return mine <= its or its <= mine  # "recurrent hypoglycemia" is hypoglycemia


def _same_of_ten(one: tuple[str, str | None], other: tuple[str, str | None]) -> bool:
    """Tell whether two scores on the scale of ten are equal: "8/10" = "8"."""
    scores = {value[0].removesuffix("/10") for value in (one, other)}
    return len(scores) == 1 and one[0] != other[0] and not (one[1] or other[1])


def is_denied_by(word: str, denial: str) -> bool:
    """Tell whether one word is the other with a denying prefix.

    >>> is_denied_by("helmeted", "unhelmeted"), is_denied_by("cover", "uncover"), is_denied_by("it", "unit")
    (True, True, False)
    """
    bare = PREFIXED.match(denial.lower())
    return bare is not None and _key(bare["rest"]) == _key(word)
