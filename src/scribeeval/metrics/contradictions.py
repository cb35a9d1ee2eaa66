"""What a note says otherwise than the talk: term by term and amount by amount, with the place in the talk.

Each rule asks for a place in the talk that speaks of the same thing and says something else; what the talk
does not speak of contradicts nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scribeeval.metrics.amounts import Amount, amounts_of, same
from scribeeval.metrics.grounding import Fact, Index, best_segments, facts_of, find_fact, polarity
from scribeeval.metrics.talk import Talk, said_after, segment_at, sides_of, within
from scribeeval.terms import Mention
from scribeeval.terms.facts import assertion_kind, same_frequency, same_number, times_per_day
from scribeeval.text.content_words import content_words
from scribeeval.terms.schedules import FREQUENCY, frequency_of

_TIME = ("second", "minute", "hour", "day", "week", "month", "year")
_DOSED = (None, "밀리", "mg", "mcg", "g", "ml", "meq", "unit", "mmol", "tablet", "puff", "drop", "capsule")
_MEASURED = ("mg", "mcg", "g", "kg", "lb", "ml", "l", "cm", "mm", "meq", "unit", "mmol", "in", "ft", *_TIME)
_EVERY = re.compile(r"\bevery $", re.IGNORECASE)
_NOW = re.compile(r"\b(?:active|current|currently|ongoing|still|now)\b", re.IGNORECASE)
_STOPPED = re.compile(r"\b(?:stopped|quit|no longer|came off|come off|not taking|went off|used to take)\b", re.I)
_STOPS = re.compile(r"\b(?:stop|stopped|hold|held|discontinued?|no|not|never|former|previously|prior|avoid)\b", re.I)
TOPIC = 3  # a concept that a note names so often is what the visit is about, however the talk names it
_AGE = re.compile(r"[- ]old\b")
NEAR = 2  # sentences beside the one that holds most of a statement


class Contradiction(NamedTuple):
    """A span of the note that the talk says otherwise; kind: a key of FINDING_KINDS; said: span of the talk."""

    start: int
    end: int
    kind: str
    suggestion: str | None
    said: tuple[int, int]


class _Statement(NamedTuple):
    """A statement of the note, its mentions, and the sentences of the talk that hold most of it."""

    start: int
    end: int
    section: str
    mentions: Sequence[Mention]
    facts: Sequence[Fact]
    best: Sequence[int]


def contradictions(note: Index, sections: Sequence[str], talk: Talk) -> list[Contradiction]:
    """List what the note says otherwise than the talk, in the order of the note; one for each span."""
    found: dict[tuple[int, int], Contradiction] = {}
    topics = Counter(m.concept for m in note.mentions if m.assertion != "family")
    often = {concept for concept, n in topics.items() if n >= TOPIC}
    for (start, end), section in zip(note.segments, sections, strict=True):
        mentions = [m for m in note.mentions if start <= m.start < end]
        facts = facts_of(note, start, end)
        best = best_segments(facts, [find_fact(f, talk.index) for f in facts], 2)
        statement = _Statement(start, end, section, mentions, facts, best)
        for one in _of_statement(statement, note, talk, often):
            if not any(one.start < end and start < one.end for start, end in found):
                found[one.start, one.end] = one
    return sorted(found.values())


def _of_statement(it: _Statement, note: Index, talk: Talk, topics: set[str]) -> Iterator[Contradiction]:
    for n, mention in enumerate(it.mentions):
        yield from _of_assertion(mention, it, note, talk, topics)
        if mention.semantic_type == "drug":
            later = (m.start for m in it.mentions[n + 1 :] if m.semantic_type == "drug")
            yield from _of_drug(mention, next(later, it.end), it, note, talk)
    yield from _of_sides(it, note, talk)
    yield from _of_amounts(it, note, talk)


def _is_near(it: _Statement, at: int) -> bool:
    return any(abs(at - best) <= NEAR for best in it.best)


def _of_assertion(
    mention: Mention, it: _Statement, note: Index, talk: Talk, topics: set[str]
) -> Iterator[Contradiction]:
    """Present for absent, a fact for a possibility, the patient for a relative."""
    if mention.semantic_type not in ("diagnosis", "symptom"):
        return
    mine = polarity(mention)
    places = [(at, m) for at, m in talk.index.concepts.get(mention.concept, ()) if _counts(m, talk.index, at)]
    kinds = {assertion_kind(mine, polarity(other)) for _, other in places}
    if len(kinds) != 1 or None in kinds:
        return
    kind = kinds.pop() or ""
    at, other = next((p for p in places if _is_near(it, p[0])), places[-1])
    if mention.concept in topics:
        return
    if kind == "wrong_attribution":
        if mine == "family":
            return
        past = polarity(other) == "historical"
        if past and not _NOW.search(note.text, it.start, it.end):
            return
        if not past and polarity(other) != "family":
            return
    if kind == "flipped_negation" and not _is_about(mention, at, it, note, talk):
        return
    yield Contradiction(mention.start, mention.end, kind, None, talk.index.segments[at])


def _is_about(mention: Mention, at: int, it: _Statement, note: Index, talk: Talk) -> bool:
    """Tell whether the talk's place speaks of what else the clause of the note names, if it names any."""
    low, high = _clause(note.text, it.start, it.end, mention.start)
    others = [f for f in it.facts if low <= f.start < high and f.key != mention.concept]
    if not others:
        return _is_near(it, at)
    return any(abs(at - one) <= 1 for f in others for one in find_fact(f, talk.index).segments)


def _counts(mention: Mention, index: Index, at: int) -> bool:
    """Tell whether a mention says anything: what a question lists and the answer affirms as one, does not."""
    if polarity(mention) == "hypothetical":
        return False
    start, end = index.segments[at]
    if not index.text[start:end].rstrip().endswith("?") or polarity(mention) == "absent":
        return True
    return sum(start <= m.start < end for m in index.mentions) < 2


def _of_drug(mention: Mention, until: int, it: _Statement, note: Index, talk: Talk) -> Iterator[Contradiction]:
    if mention.concept not in talk.index.concepts:
        words = tuple(w.key for w in note.words if mention.start <= w.start < mention.end)
        words += tuple(w.key for w in content_words(mention.concept))
        unsaid = find_fact(Fact(mention.start, mention.end, "", False, 1.0, None, words), talk.index).level == 0
        if unsaid and mention.code and (other := _instead(mention, note, talk)):
            said = talk.index.segments[segment_at(talk.index, other.start)]
            yield Contradiction(mention.start, mention.end, "wrong_drug", other.text, said)
        return
    stretches = said_after(talk, mention.concept)
    yield from _of_doses(mention, until, it, note, talk, stretches)
    yield from _of_frequency(mention, it, talk, stretches)
    if it.section == "medications" and not _STOPS.search(note.text, it.start, it.end):
        places = [talk.index.segments[at] for at, m in talk.index.concepts[mention.concept]]
        places = [p for p in places if not talk.index.text[p[0] : p[1]].endswith("?")]
        if places and all(_STOPPED.search(talk.index.text, *p) for p in places):
            yield Contradiction(mention.start, mention.end, "wrong_attribution", None, places[0])


def _instead(mention: Mention, note: Index, talk: Talk) -> Mention | None:
    """The drug of the talk that the note leaves out and that was most likely meant: of the same dose, if any."""
    named = {m.concept for m in note.mentions}
    left = [m for m in talk.index.mentions if m.semantic_type == "drug" and m.code and m.concept != mention.concept]
    dose = mention.attributes.get("dose")

    def likeness(other: Mention) -> tuple[bool, bool, bool, int]:
        stretches = said_after(talk, other.concept)
        doses = [a.number for a in talk.amounts if within(stretches, a.start)]
        alike = mention.text[:3].lower() == other.text[:3].lower()
        same_dose = dose is not None and any(same_number(dose, d) for d in doses)
        return same_dose, other.concept not in named, alike, -other.start

    best = max(left, key=likeness, default=None)
    return best if best and any(likeness(best)[:3]) else None


def _of_doses(
    mention: Mention, until: int, it: _Statement, note: Index, talk: Talk, stretches: Sequence[tuple[int, int]]
) -> Iterator[Contradiction]:
    """Doses after a drug's name in the note that are none of those said of it."""
    said = [a for a in talk.amounts if a.unit in _DOSED and within(stretches, a.start)]
    if not said:
        return
    words = [w for w in note.words if mention.end <= w.start < until]
    for mine in amounts_of(note.text, words):
        if mine.unit is None or mine.unit not in _DOSED or not mention.end <= mine.start < until:
            continue
        if any(same(mine, other) for other in said):
            continue
        alike = [a for a in said if same_number(a.number, mine.number) and a.unit in _MEASURED]
        if alike and mine.unit in _MEASURED:
            yield _says(mine, "wrong_unit", alike[0], talk)
            continue
        if any(same(mine, a) for a in talk.amounts if a.unit == mine.unit and _is_near(it, segment_at(talk.index, a.start))):
            continue
        noted = {a.number for a in amounts_of(note.text, note.words)}
        others = [a for a in said if a.unit in (mine.unit, None)]
        others.sort(key=lambda a: (a.number in noted, a.unit is None))
        if others:
            yield _says(mine, "wrong_dose", others[0], talk)


def _says(mine: Amount, kind: str, other: Amount, talk: Talk) -> Contradiction:
    text = talk.index.text
    said = talk.index.segments[segment_at(talk.index, other.start)]
    return Contradiction(mine.start, mine.end, kind, text[other.start : other.end], said)


def _of_frequency(mention: Mention, it: _Statement, talk: Talk, stretches: Sequence[tuple[int, int]]) -> Iterator[Contradiction]:
    mine = mention.attributes.get("frequency")
    if mine is None or times_per_day(mine) is None:
        return
    said = [f for f in talk.frequencies if within(stretches, f.start) and times_per_day(f.value)]
    said_here = [f for f in talk.frequencies if _is_near(it, segment_at(talk.index, f.start))]
    if said and not any(same_frequency(mine, f.value) for f in (*said, *said_here) if times_per_day(f.value)):
        start, end = mention.attribute_spans["frequency"]
        first = said[0]
        where = talk.index.segments[segment_at(talk.index, first.start)]
        yield Contradiction(start, end, "wrong_frequency", talk.index.text[first.start : first.end], where)


def _of_sides(it: _Statement, note: Index, talk: Talk) -> Iterator[Contradiction]:
    """The other side than in the sentence of the talk that speaks most of the same part."""
    for mine in sides_of(note.text, it.start, it.end):
        low, high = _clause(note.text, it.start, it.end, mine.start)
        facts = [
            f for f in it.facts if low <= f.start < high and not sides_of(note.text, f.start, f.end) and not f.number
        ]
        found = [find_fact(f, talk.index) for f in facts]
        sided = {at: {s.side for s in sides_of(talk.index.text, *talk.index.segments[at])}
                 for one in found for at in one.segments}
        weights = {at: sum(f.weight for f, o in zip(facts, found, strict=True) if at in o.segments)
                   for at, sides in sided.items() if sides}
        if not weights or not any(f.mention is None or f.mention.semantic_type != "anatomy" for f in facts):
            continue
        top = max(weights.values())
        best = [at for at, weight in weights.items() if weight == top]
        sides = set().union(*(sided[at] for at in best))
        if top < 2 or mine.side in sides or (mine.side == "bilateral" and len(sides) > 1):
            continue
        other = sides_of(talk.index.text, *talk.index.segments[best[0]])[0]
        yield Contradiction(
            mine.start, mine.end, "wrong_laterality", talk.index.text[other.start : other.end],
            talk.index.segments[best[0]],
        )  # fmt: skip


def _are_rivals(one: str | None, other: str | None) -> bool:
    """Tell whether two units can be taken for each other: both of time, or both of matter or length."""
    return one in _MEASURED and other in _MEASURED and (one in _TIME) == (other in _TIME)


def _clause(text: str, start: int, end: int, at: int) -> tuple[int, int]:
    low = max(text.rfind(mark, start, at) + 1 for mark in ",;")
    stops = [p for mark in ",;" if (p := text.find(mark, at, end)) >= 0]
    return max(low, start), min(stops, default=end)


def _of_amounts(it: _Statement, note: Index, talk: Talk) -> Iterator[Contradiction]:
    """Amounts that are no drug's dose: another number or unit than the talk's in a place about the same."""
    names = ("dose", "frequency")
    taken = [m.attribute_spans[n] for m in it.mentions for n in names if n in m.attribute_spans]
    told = {at for f in it.facts if not f.number for at in find_fact(f, talk.index).segments}

    def holds(at: int) -> bool:
        return at in told or at - 1 in told

    about = {at for f in it.facts if f.mention for at in find_fact(f, talk.index).segments}
    for mine in amounts_of(note.text, [w for w in note.words if it.start <= w.start < it.end]):
        if any(a <= mine.start < b for a, b in taken) or not it.start <= mine.start < it.end:
            continue
        if any(same(mine, a) for a in talk.amounts if a.unit is not None or mine.unit is None):
            continue
        near = [a for a in talk.amounts if _is_near(it, segment_at(talk.index, a.start))]
        alike = [a for a in talk.amounts if same_number(a.number, mine.number)]
        close = [a for a in alike if a in near or segment_at(talk.index, a.start) in about]
        close = [a for a in close if _are_rivals(a.unit, mine.unit) and holds(segment_at(talk.index, a.start))]
        if _AGE.match(note.text, mine.end):
            continue
        every = _EVERY.search(note.text, max(0, mine.start - 6), mine.start) is not None
        if close:
            yield _says(mine, "wrong_frequency" if every else "wrong_unit", close[0], talk)
        elif not alike:
            others = [a for a in near if a.unit == mine.unit]
            if others:
                kind = "wrong_frequency" if every else "wrong_number"
                yield _says(mine._replace(end=mine.number_end), kind, others[0], talk)
