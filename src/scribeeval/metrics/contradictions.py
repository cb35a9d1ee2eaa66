"""What a note says otherwise than the talk: term by term and amount by amount, with the place in the talk.

Each rule asks for a place in the talk that speaks of the same thing and says something else; what the talk
does not speak of contradicts nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from scribeeval.metrics.amounts import Amount, amounts_of, same
from scribeeval.metrics.grounding import Fact, Index, best_segments, facts_of, find_fact, polarity
from scribeeval.terms import Mention
from scribeeval.terms.facts import assertion_kind, same_frequency, same_number, times_per_day
from scribeeval.terms.schedules import FREQUENCY, frequency_of

_RETRACTS = re.compile(
    r"[,.;—-]?\s*(?:\w+\s*)?[,.;—-]\s*(?:oh,? )?(?:no,|sorry|wait|no wait|no sorry|actually|i mean|make that|scratch that|아니,)", re.I
)


class Contradiction(NamedTuple):
    """A span of the note that the talk says otherwise; kind: a key of FINDING_KINDS; segment: of the talk."""

    start: int
    end: int
    kind: str
    suggestion: str | None
    segment: int


class Talk(NamedTuple):
    """A talk's amounts by segment, those taken back left out, and its frequencies."""

    index: Index
    amounts: list[list[Amount]]
    frequencies: list[list[tuple[str, str]]]


def read_talk(index: Index) -> Talk:
    """Find the amounts and frequencies of each segment of a talk."""
    starts = [start for start, _ in index.segments]
    amounts: list[list[Amount]] = [[] for _ in starts]
    frequencies: list[list[tuple[str, str]]] = [[] for _ in starts]
    found = amounts_of(index.text, index.words)
    for n, amount in enumerate(found):
        after = found[n + 1] if n + 1 < len(found) else None
        if after and after.start - amount.end < 60 and _RETRACTS.match(index.text, amount.end, after.start):
            continue
        amounts[max(0, bisect_right(starts, amount.start) - 1)].append(amount)
    for match in FREQUENCY.finditer(index.text):
        at = max(0, bisect_right(starts, match.start()) - 1)
        frequencies[at].append((frequency_of(match), match[0]))
    return Talk(index, amounts, frequencies)


def contradictions(note: Index, talk: Talk) -> Iterator[Contradiction]:
    """List what the note says otherwise than the talk."""
    for start, end in note.segments:
        mentions = [m for m in note.mentions if start <= m.start < end]
        for mention in mentions:
            yield from _of_assertion(mention, talk)
            if mention.semantic_type == "drug":
                yield from _of_drug(mention, note, talk)
        yield from _of_sides(note, start, end, talk)
        yield from _of_amounts(note, start, end, mentions, talk)


def _of_assertion(mention: Mention, talk: Talk) -> Iterator[Contradiction]:
    if mention.semantic_type not in ("diagnosis", "symptom"):
        return
    mine = polarity(mention)
    others = [(at, m) for at, m in talk.index.concepts.get(mention.concept, ()) if polarity(m) != "hypothetical"]
    kinds = [assertion_kind(mine, polarity(other)) for _, other in others]
    if kinds and None not in kinds:
        at, other = others[-1]
        yield Contradiction(mention.start, mention.end, kinds[-1] or "", None, at)


def _of_drug(mention: Mention, note: Index, talk: Talk) -> Iterator[Contradiction]:
    places = sorted({at for at, _ in talk.index.concepts.get(mention.concept, ())})
    if not places:
        found = find_fact(Fact(mention.start, mention.end, "", False, 1.0, None, tuple(
            w.key for w in note.words if mention.start <= w.start < mention.end)), talk.index)
        if found.level == 0 and mention.code:
            other = _instead(mention, note, talk)
            if other:
                yield Contradiction(mention.start, mention.end, "wrong_drug", other[1].text, other[0])
        return
    near = sorted({at + step for at in places for step in (0, 1, 2) if at + step < len(talk.amounts)})
    yield from _of_dose(mention, talk, near)
    yield from _of_frequency(mention, talk, places, near)


def _instead(mention: Mention, note: Index, talk: Talk) -> tuple[int, Mention] | None:
    """The drug of the talk that the note leaves out and that was most likely meant: of the same dose, if any."""
    named = {m.concept for m in note.mentions}
    left = [(at, m) for places in talk.index.concepts.values() for at, m in places
            if m.semantic_type == "drug" and m.code and m.concept not in named]
    dose = mention.attributes.get("dose")
    def likeness(item: tuple[int, Mention]) -> tuple[bool, int]:
        at, other = item
        doses = [a.number for near in talk.amounts[at : at + 2] for a in near]
        return (dose is not None and any(same_number(dose, d) for d in doses), -at)
    return max(left, key=likeness) if left else None


def _of_dose(mention: Mention, talk: Talk, near: Sequence[int]) -> Iterator[Contradiction]:
    if "dose" not in mention.attributes:
        return
    start, number_end = mention.attribute_spans["dose"]
    end = mention.attribute_spans.get("unit", (start, number_end))[1]
    mine = Amount(start, end, number_end, mention.attributes["dose"], mention.attributes.get("unit"))
    parts = mine.number.split("-")
    said = [(at, other) for at in near for other in talk.amounts[at]]
    doses = [(at, a) for at, a in said if a.unit not in (*_TIME, "times", "%")]
    if not doses or all(any(same(mine._replace(number=p), a) for _, a in doses) for p in parts):
        return
    if all(any(same_number(p, a.number) for _, a in doses) for p in parts):
        at, other = next((at, a) for at, a in doses if same_number(parts[0], a.number))
        if other.unit in _VALUES:
            yield Contradiction(start, end, "wrong_unit", talk.index.text[other.start : other.end], at)
        return
    at, other = next(((at, a) for at, a in doses if a.unit == mine.unit), doses[0])
    if other.unit == mine.unit or other.unit is None:
        yield Contradiction(start, end, "wrong_dose", talk.index.text[other.start : other.end], at)


_TIME = ("second", "minute", "hour", "day", "week", "month", "year")
_VALUES = ("mg", "mcg", "g", "kg", "lb", "ml", "l", "cm", "mm", "meq", "unit", "mmol", "in", "ft", *_TIME)


def _of_frequency(mention: Mention, talk: Talk, places: Sequence[int], near: Sequence[int]) -> Iterator[Contradiction]:
    mine = mention.attributes.get("frequency")
    if mine is None or times_per_day(mine) is None:
        return
    said = [(at, value, text) for at in near for value, text in talk.frequencies[at] if times_per_day(value)]
    if said and not any(same_frequency(mine, value) for _, value, _ in said):
        at, _, text = min(said, key=lambda one: min(abs(one[0] - p) for p in places))
        start, end = mention.attribute_spans["frequency"]
        yield Contradiction(start, end, "wrong_frequency", text, at)


_SIDE = re.compile(
    r"(?P<left>\bleft\b(?! (?:the|it|him|her|a|an|on|in|at|for|us|me|my|his)\b)|좌측|왼쪽|왼)"
    r"|(?P<right>(?<!all )(?<!that's )(?<!you're )\bright\b(?! (?:now|away|before|after|here|there|about|then)\b|[?,]| ?$)"
    r"|(?<=\bthe )right\b|우측|오른쪽|오른)"
    r"|(?P<bilateral>\bbilateral(?:ly)?\b|\bboth\b|양측|양쪽)",
    re.IGNORECASE,
)


def _sides(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    return [(m.start(), m.end(), m.lastgroup or "") for m in _SIDE.finditer(text, start, end)]


def _of_sides(note: Index, start: int, end: int, talk: Talk) -> Iterator[Contradiction]:
    sides = _sides(note.text, start, end)
    if not sides:
        return
    for low, high, side in sides:
        clause = _clause(note.text, start, end, low)
        facts = [f for f in facts_of(note, *clause) if not _SIDE.fullmatch(note.text, f.start, f.end)]
        if not facts:
            continue
        found = [find_fact(f, talk.index) for f in facts]
        best = best_segments(facts, found, 1)
        if not best:
            continue
        at = best[0]
        held = sum(f.weight for f, o in zip(facts, found, strict=True) if at in o.segments)
        said = _sides(talk.index.text, *talk.index.segments[at])
        if said and held >= 2 and side not in {s for *_, s in said} and "bilateral" not in {s for *_, s in said}:
            other = said[0]
            yield Contradiction(low, high, "wrong_laterality", talk.index.text[other[0] : other[1]], at)


def _clause(text: str, start: int, end: int, at: int) -> tuple[int, int]:
    low = max((text.rfind(mark, start, at) + 1 for mark in ",;:"), default=start)
    stops = [p for mark in ",;" if (p := text.find(mark, at, end)) >= 0]
    return max(low, start), min(stops, default=end)


def _of_amounts(note: Index, start: int, end: int, mentions: Iterable[Mention], talk: Talk) -> Iterator[Contradiction]:
    """Amounts that are no drug's dose: another number or unit than the talk's in a place about the same."""
    taken = [m.attribute_spans[name] for m in mentions for name in ("dose", "frequency") if name in m.attribute_spans]
    for amount in amounts_of(note.text, [w for w in note.words if start <= w.start < end]):
        if any(a <= amount.start < b for a, b in taken) or not start <= amount.start < end:
            continue
        everywhere = [(at, other) for at, near in enumerate(talk.amounts) for other in near]
        if any(same(amount, other) for _, other in everywhere):
            continue
        alike = [(at, o) for at, o in everywhere if o.number == amount.number]
        facts = [f for f in facts_of(note, start, end) if not amount.start <= f.start < amount.end]
        best = best_segments(facts, [find_fact(f, talk.index) for f in facts], 2)
        near = {at + step for at in best for step in (0, 1)}
        close = [(at, o) for at, o in alike if at in near and o.unit in _VALUES and amount.unit in _VALUES]
        if close:
            yield Contradiction(amount.start, amount.end, "wrong_unit", talk.index.text[close[0][1].start : close[0][1].end], close[0][0])
            continue
        if alike:
            continue
        others = [(at, o) for at, o in everywhere if at in near and (o.unit == amount.unit)]
        if others:
            at, other = others[0]
            yield Contradiction(amount.start, amount.number_end, "wrong_number", talk.index.text[other.start : other.end], at)
