"""What a note says otherwise than the talk: term by term and amount by amount, with the place in the talk.

Each rule asks for a place in the talk that speaks of the same thing and says something else; what the talk
does not speak of contradicts nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scribeeval.metrics.amounts import Amount, amounts_of, same
from scribeeval.metrics.grounding import Fact, Index, JUDGED, best_segments, facts_of, find_fact, polarity
from scribeeval.metrics.talk import Talk, said_after, segment_at, sides_of, within
from scribeeval.terms import Assertion, Mention
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
_PRIORITY: tuple[Assertion, ...] = ("possible", "family", "absent", "historical", "present")
_RELATIVES = (
    r"uncle|aunt|brother|sister|mother|mom|father|dad|cousin|grand\w+|son|daughter|husband|wife|family|twin"
)
_RELATIVE = re.compile(rf"\b(?:{_RELATIVES})\b|부친|모친|가족", re.IGNORECASE)
_NOT_MINE = re.compile(
    rf"(?:no|sorry|wait),? (?:that was|that's|it was) (?:my|her|his|the|their) (?:\w+ )?(?:{_RELATIVES})\b",
    re.IGNORECASE,
)
def _words(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


_POSITIVE, _NEGATIVE = _words("positive|양성"), _words("negative|음성")
_GOOD, _BAD = _words("normal|fine|intact|full|strong|symmetric"), _words("reduced|decreased|impaired|abnormal|diminished")
_ON, _OFF = _words("continued?|keep|kept|keeps"), _words("stop|stopped|hold|held|discontinued?")
_OPPOSITES = tuple(
    pair for one, other in ((_POSITIVE, _NEGATIVE), (_GOOD, _BAD), (_ON, _OFF)) for pair in ((one, other), (other, one))
)
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
    held: Sequence[Sequence[int]]


def contradictions(note: Index, sections: Sequence[str], talk: Talk) -> list[Contradiction]:
    """List what the note says otherwise than the talk, in the order of the note; one for each span."""
    found: dict[tuple[int, int], Contradiction] = {}
    topics = Counter(m.concept for m in note.mentions if m.assertion != "family")
    often = {concept for concept, n in topics.items() if n >= TOPIC}
    for (start, end), section in zip(note.segments, sections, strict=True):
        mentions = [m for m in note.mentions if start <= m.start < end]
        facts = facts_of(note, start, end)
        places = [find_fact(f, talk.index) for f in facts]
        best = best_segments(facts, places, 2)
        statement = _Statement(start, end, section, mentions, facts, best, [one.segments for one in places])
        for one in _of_statement(statement, note, talk, often):
            if not any(one.start < end and start < one.end for start, end in found):
                found[one.start, one.end] = one
    return sorted(found.values())


def _of_statement(it: _Statement, note: Index, talk: Talk, topics: set[str]) -> Iterator[Contradiction]:
    for n, mention in enumerate(it.mentions):
        yield from _of_assertion(mention, it, note, talk, topics)
        if mention.semantic_type == "lab_or_vital":  # "Potassium 20 mEq" is a drug, too
            yield from _of_doses(mention, mention.end + 6, it, note, talk, said_after(talk, mention.concept))
        if mention.semantic_type == "drug":
            later = (m.start for m in it.mentions[n + 1 :] if m.semantic_type == "drug")
            yield from _of_drug(mention, next(later, it.end), it, note, talk)
        yield from _of_side(mention, it, note, talk)
    yield from _of_sides(it, note, talk)
    yield from _of_opposites(it, note, talk)
    yield from _of_amounts(it, note, talk)


def _is_near(it: _Statement, at: int) -> bool:
    return any(abs(at - best) <= NEAR for best in it.best)


def _of_assertion(
    mention: Mention, it: _Statement, note: Index, talk: Talk, topics: set[str]
) -> Iterator[Contradiction]:
    """Present for absent, a fact for a possibility, the patient for a relative."""
    mine = polarity(mention)
    if mine in ("hypothetical", "family") or mention.concept in topics:
        return
    places = talk.index.concepts.get(mention.concept, ())
    said = [(at, who) for at, m in places if (who := _who(m, at, talk)) is not None]
    if mention.semantic_type not in JUDGED:  # "due to caffeine": only where the talk says the rest there, too
        said = [(at, who) for at, who in said if sum(at in one for one in it.held) > 1]
        if not said or any(who != "possible" for _, who in said):
            return
    if not said or any(_kind(mine, who) is None for _, who in said):
        return
    at, who = min(said, key=lambda one: (_PRIORITY.index(one[1]), not _is_near(it, one[0]), one[0]))
    kind = _kind(mine, who) or ""
    if who == "historical" and not _NOW.search(note.text, it.start, it.end):
        return
    if kind == "wrong_attribution" and _RELATIVE.search(note.text, it.start, it.end):
        return
    if kind == "wrong_attribution" and who not in ("family", "historical"):
        return
    if kind == "flipped_negation" and not _is_about(mention, at, it, note, talk):
        return
    yield Contradiction(mention.start, mention.end, kind, None, talk.index.segments[at])


def _kind(mine: Assertion, who: Assertion) -> str | None:
    """The kind of the difference; what a note lists as history was there, and the talk may deny that."""
    if mine != "historical":
        return assertion_kind(mine, who)
    return None if who in ("historical", "present", "possible") else assertion_kind("present", who)


def _who(mention: Mention, at: int, talk: Talk) -> Assertion | None:
    """What the talk says of a mention; None where it says nothing: a question that was not denied."""
    start, end = talk.index.segments[at]
    text = talk.index.text
    said = polarity(mention)
    if said == "hypothetical" or (said not in ("absent", "historical") and text[start:end].endswith("?")):
        return None
    if talk.others and talk.others.match(text, start, end):
        return "family"
    if _NOT_MINE.search(text, mention.end, end):
        return "family"
    return said


def _is_about(mention: Mention, at: int, it: _Statement, note: Index, talk: Talk) -> bool:
    """Tell whether the talk's place speaks of what else the clause of the note names, if it names any."""
    low, high = _clause(note.text, it.start, it.end, mention.start)
    others = [f for f in it.facts if low <= f.start < high and f.key != mention.concept]
    if not others:
        return _is_near(it, at)
    return any(abs(at - one) <= 1 for f in others for one in find_fact(f, talk.index).segments)


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


def _of_side(mention: Mention, it: _Statement, note: Index, talk: Talk) -> Iterator[Contradiction]:
    """A term that the talk names with the other side only."""
    places = [p for p in talk.index.concepts.get(mention.concept, ()) if p[1].laterality]
    sides = {m.laterality for _, m in places}
    if mention.laterality in ("left", "right") and sides and not sides & {mention.laterality, "bilateral"}:
        at, other = places[0]
        if {polarity(other), polarity(mention)} & {"historical", "family"}:
            return
        if mention.semantic_type == "anatomy" and not _shares(mention, at, it, note):
            return
        start, end = mention.attribute_spans["laterality"]
        low, high = other.attribute_spans["laterality"]
        yield Contradiction(start, end, "wrong_laterality", talk.index.text[low:high], talk.index.segments[at])


def _shares(mention: Mention, at: int, it: _Statement, note: Index) -> bool:
    """Tell whether a sentence of the talk holds more of the mention's clause than the mention."""
    low, high = _clause(note.text, it.start, it.end, mention.start)
    facts = zip(it.facts, it.held, strict=True)
    return any(at in held for f, held in facts if low <= f.start < high and f.key != mention.concept and not f.number)


def _of_opposites(it: _Statement, note: Index, talk: Talk) -> Iterator[Contradiction]:
    """A result or an order that the talk gives the other way round: positive and negative, stop and keep."""
    for one, other in _OPPOSITES:
        for mine in one.finditer(note.text, it.start, it.end):
            low, high = _clause(note.text, it.start, it.end, mine.start())
            facts = [
                (f, places) for f, places in zip(it.facts, it.held, strict=True)
                if low <= f.start < high and not f.number and not mine.start() <= f.start < mine.end()
            ]
            held: dict[int, float] = {}
            for fact, places in facts:
                for at in places:
                    held[at] = held.get(at, 0.0) + fact.weight
            whole = sum(fact.weight for fact, _ in facts)
            for at in sorted(held, key=lambda at: (-held[at], at))[:1]:
                segment = talk.index.segments[at]
                said = other.search(talk.index.text, *segment)
                if talk.index.text[slice(*segment)].endswith("?"):
                    continue
                if 3 * held[at] >= 2 * whole and said and not one.search(talk.index.text, *segment):
                    yield Contradiction(mine.start(), mine.end(), "flipped_negation", said[0], segment)


def _of_sides(it: _Statement, note: Index, talk: Talk) -> Iterator[Contradiction]:
    """The other side than in the sentence of the talk that speaks most of the same part."""
    for mine in sides_of(note.text, it.start, it.end):
        low, high = _clause(note.text, it.start, it.end, mine.start)
        if any(low <= m.start < high and polarity(m) in ("historical", "family") for m in it.mentions):
            continue
        facts = [
            f for f in it.facts if low <= f.start < high and not sides_of(note.text, f.start, f.end) and not f.number
        ]
        found = [find_fact(f, talk.index) for f in facts]
        sided = {at: {s.side for s in sides_of(talk.index.text, *talk.index.segments[at])}
                 for one in found for at in one.segments}
        weights = {at: sum(f.weight for f, o in zip(facts, found, strict=True) if at in o.segments)
                   for at, sides in sided.items() if sides}
        if not weights:
            continue
        top = max(weights.values())
        best = [at for at, weight in weights.items() if weight == top]
        sides = set().union(*(sided[at] for at in best))
        if not any(
            at in o.segments and (f.mention is None or f.mention.semantic_type != "anatomy")
            for f, o in zip(facts, found, strict=True) for at in best
        ):
            continue
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
        return not told.isdisjoint(range(at - 2, at + 3))

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
            others = [a for a in near if a.unit == mine.unit or (a.unit in _TIME and mine.unit in _TIME)]
            if others:
                kind = "wrong_frequency" if every else "wrong_number"
                yield _says(mine._replace(end=mine.number_end), kind, others[0], talk)
