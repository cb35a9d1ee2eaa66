"""What of a statement another text holds: fact by fact, with the place where it stands.

The facts of a statement are its terms (terms.find_terms), its numbers and its other content words; each is
looked for in the other text: the same concept, whatever its wording; the same number, spoken or in
digits; the same word by its stem, or lay words that may stand for it.  Lexical and deterministic.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from scribeeval.metrics.content.facts import Fact, facts_of
from scribeeval.metrics.content.index import (
    FAMILY_LETTERS,
    Index,
    index_note,
    index_transcript,
    own_statements,
)
from scribeeval.metrics.opinion import OPINION_LIFTS, Opinion, best_opinions
from scribeeval.terms import Assertion, Mention
from scribeeval.terms.facts import assertion_kind
from scribeeval.terms.glosses import glosses
from scribeeval.text.porter import stem
from scribeeval.text.statements import Statement

NEAR_LEVEL = 0.8  # what a word of the same family counts
GLOSS_LEVEL = 0.7  # what lay wording counts that may stand for a clinical word (terms.glosses)
CONTRADICTED = 0.0  # a term that the other text has only with the opposite assertion
MOST_EVIDENCE = 3  # segments named for one statement
WINDOW = 8  # segments that a second opinion reads at once; each window overlaps the next by half
JUDGED = ("diagnosis", "symptom")  # of other terms the assertion says little: "no change in bowel habit"
GROUNDED = 0.7  # a statement counts as grounded from this share of its facts on
_SWEEPS = re.compile(
    r"\b(?:none|nil|negative|non-?contributory|unremarkable|normal|unchanged|within normal limits|wnl"
    r"|no (?:significant )?changes?)\b|없음|특이 ?소견",
    re.IGNORECASE,
)
_DENIES = re.compile(rf"{_SWEEPS.pattern}|\b(?:no|nope|nah|never|nothing|not)\b|n't\b|아니|없", re.IGNORECASE)
_SWEEPING = frozenset(map(stem, (
    "noncontributory", "unremarkable", "unchanged", "change", "changes", "limits", "wnl", "nil",
    "essentially", "systems", "system",
))) | {"없음", "특이", "소견"}  # fmt: skip
_NO_ALLERGY = ("nkda", "nka", "nkfa")


class Found(NamedTuple):
    """How far a text holds a fact, 0 to 1, and in which of its segments (numbers, in order)."""

    level: float
    segments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grounding:
    """How far the source holds a statement of the note, note[start:end].

    share: of its facts by weight, 0 to 1; None where it has none ("He is doing").  evidence: spans of the
    source, in its order, those that hold most of it.  missing: spans of the note that it does not hold.
    """

    start: int
    end: int
    section: str
    share: float | None
    evidence: tuple[tuple[int, int], ...]
    missing: tuple[tuple[int, int], ...]

    @property
    def grounded(self) -> bool:
        """Whether the source holds enough of the statement: GROUNDED or more."""
        return self.share is not None and self.share >= GROUNDED


def find_fact(fact: Fact, index: Index) -> Found:
    """Look a fact up in another text."""
    if fact.mention is not None and (places := index.concepts.get(fact.key)):
        mine = fact.mention
        said = [(at, other) for at, other in places if other.assertion != "hypothetical"]
        if not said or mine.assertion == "hypothetical":
            return Found(1.0, _numbers(at for at, _ in places))
        agreeing = [at for at, other in said if _agree(mine, other)]
        if agreeing:
            return Found(1.0, _numbers(agreeing))
        return Found(CONTRADICTED, _numbers(at for at, _ in said))
    found = [_find_word(word, index) for word in fact.words]
    levels: dict[int, float] = {}  # the words of a term count where they stand together
    for one in found:
        for at in one.segments:
            levels[at] = levels.get(at, 0.0) + one.level / len(found)
    best = max(levels.values(), default=0.0)
    return Found(best, tuple(at for at in sorted(levels) if levels[at] == best))


def _numbers(segments: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(segments)))


def _find_word(key: str, index: Index) -> Found:
    if places := index.keys.get(key):
        return Found(1.0, _numbers(places))
    if len(key) >= FAMILY_LETTERS and (places := index.families.get(key[:FAMILY_LETTERS])):
        return Found(NEAR_LEVEL, _numbers(places))
    said = {at for words in glosses().get(key, ()) for at in _together(words, index)}
    return Found(GLOSS_LEVEL if said else 0.0, _numbers(said))


def _together(words: Iterable[str], index: Index) -> set[int]:
    """Segments that hold all the words, or the last of them where the others stand just before or after."""
    places = [set(index.keys.get(word, ())) for word in words]
    first, *rest = places
    return {at for at in first if all({at - 1, at, at + 1} & other for other in rest)}


def _agree(one: Mention, other: Mention) -> bool:
    if one.semantic_type not in JUDGED:
        return True
    return assertion_kind(polarity(one), polarity(other)) != "flipped_negation"


def polarity(mention: Mention) -> Assertion:
    """Give a mention's assertion; of a term that is itself a denial ("no known drug allergies"), absent."""
    written = mention.text.lower()
    denies = written.startswith("no ") or written in _NO_ALLERGY
    return "absent" if denies and mention.assertion == "present" else mention.assertion


def coverage(facts: Sequence[Fact], index: Index) -> tuple[float | None, list[Found]]:
    """Give the share of the facts, by weight, that a text holds, and how far it holds each."""
    found = [find_fact(fact, index) for fact in facts]
    whole = sum(fact.weight for fact in facts)
    held = sum(fact.weight * one.level for fact, one in zip(facts, found, strict=True))
    return (held / whole if whole else None), found


def best_segments(facts: Sequence[Fact], found: Sequence[Found], most: int = MOST_EVIDENCE) -> list[int]:
    """Choose the segments that hold the most of the facts together, in the order of the text.

    A fact that stands in few segments says more about the place than one that stands in many.
    """
    left = {n for n, one in enumerate(found) if one.segments}
    chosen: list[int] = []
    while left and len(chosen) < most:
        gains: dict[int, float] = {}
        for n in left:
            for at in found[n].segments:
                gain = facts[n].weight / len(found[n].segments) ** 0.5
                gains[at] = gains.get(at, 0.0) + gain
        best = min(gains, key=lambda at: (-gains[at], at))
        if chosen and gains[best] < 0.5:
            break
        chosen.append(best)
        left = {n for n in left if best not in found[n].segments}
    return sorted(chosen)


def sweeps(facts: Sequence[Fact], index: Index, start: int, end: int) -> bool:
    """Tell whether a statement only judges as a whole: "Noncontributory.", "None.", "Otherwise negative."."""
    rest = [fact for fact in facts if fact.key not in _SWEEPING]
    return not rest and _SWEEPS.search(index.text, start, end) is not None


class Read(NamedTuple):
    """A statement of a note with its facts and how far the source holds each."""

    statement: Statement
    facts: Sequence[Fact]
    found: Sequence[Found]
    share: float | None


@lru_cache(maxsize=8)
def read_note(note: str, source: str) -> tuple[Read, ...]:
    """Look up the facts of each statement of a note in its transcript.  Cached: counts and findings share it.

    What a statement asks ("Fever?") is held where the talk speaks of it, whatever it says.
    """
    index, there = index_note(note), index_transcript(source)
    read = []
    for statement in own_statements(note):
        facts = facts_of(index, statement.start, statement.end)
        if note.endswith("?", statement.start, statement.end):
            facts = [_asked(fact) for fact in facts]
        share, found = coverage(facts, there)
        read.append(Read(statement, facts, found, share))
    return tuple(read)


def _asked(fact: Fact) -> Fact:
    if fact.mention is None:
        return fact
    return fact._replace(mention=replace(fact.mention, assertion="hypothetical"))


@lru_cache(maxsize=8)
def ground(note: str, source: str, opinion: Opinion | None = None) -> tuple[Grounding, ...]:
    """Give each statement of a note with how far the source holds it, and where, in the note's order.

    A sweeping statement ("Noncontributory.") is grounded where it stands alone in its section and something
    was denied; beside statements of its own section it adds what nobody said.  opinion: asked about the
    statements that the words do not ground; from OPINION_LIFTS on it grounds them.
    """
    if not source.strip():
        return ()
    index, there = index_note(note), index_transcript(source)
    read = read_note(note, source)
    swept = {s for s, facts, _, _ in read if sweeps(facts, index, s.start, s.end)}
    told = Counter(s.section for s, facts, _, _ in read if facts and s not in swept)
    grounded = []
    for statement, facts, found, share in read:
        if statement in swept:
            share = float(not told[statement.section] and denies(there))
        evidence = tuple(there.segments[at] for at in best_segments(facts, found))
        missing = tuple(
            (f.start, f.end) for f, one in zip(facts, found, strict=True) if one.level < GLOSS_LEVEL
        )
        grounded.append(
            Grounding(statement.start, statement.end, statement.section, share, evidence, missing)
        )
    return tuple(grounded) if opinion is None else _lifted(note, there, grounded, opinion)


def _lifted(
    note: str, there: Index, grounded: Sequence[Grounding], opinion: Opinion
) -> tuple[Grounding, ...]:
    """Ask a second opinion about what is not grounded."""
    open_ones = [n for n, one in enumerate(grounded) if one.share is not None and not one.grounded]
    windows = [
        (there.segments[at][0], there.segments[min(at + WINDOW, len(there.segments)) - 1][1])
        for at in range(0, len(there.segments), WINDOW // 2)
    ]
    premises = [there.text[start:end] for start, end in windows]
    answers = best_opinions(
        opinion, [(premises, note[grounded[n].start : grounded[n].end]) for n in open_ones]
    )
    result = list(grounded)
    for n, (share, window) in zip(open_ones, answers, strict=True):
        if share >= OPINION_LIFTS:
            result[n] = replace(grounded[n], share=share, evidence=(windows[window],), missing=())
    return tuple(result)


def denies(index: Index) -> bool:
    """Tell whether a text denies anything, or says that nothing was found."""
    return _DENIES.search(index.text) is not None or any(polarity(m) == "absent" for m in index.mentions)
