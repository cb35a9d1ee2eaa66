"""Repeats: statements of a note that say again what an earlier one of the same section said.

A statement repeats an earlier one when it brings nothing new: no concept, number, side of the body or
negation that the earlier one lacks (a concept that the section named before is not new, nor is a broader
one, "anemia" after "iron deficiency anemia"; nor is the difference of two of its numbers, "gained 4 kg"
after "from 87 to 91 kg"), and of its other words at most two in five, words that carry little ("illness",
"episode") aside and synonyms taken as one (table).  "Afebrile" is "no fever".
Across sections only a statement of eight words or more that stands there word for word is a repeat: to
restate is what an assessment is for.
"""

import csv
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import combinations
from typing import NamedTuple

from scribeeval.terms.keys import is_hangul, split_words
from scribeeval.terms.mentions import Mention
from scribeeval.text import NORMALIZERS, words
from scribeeval.text.porter import stem
from scribeeval.text.statements import Statement

REPEATS = "repeats-2"  # a changed table gets a new name: it stands in the signature
NEW_WORDS = 0.4  # of what is compared
NEW_WORDS_ALONE = 1 / 3  # where no concept is shared
LEAST_COMMON = 2
LEAST_BESIDE_NEW = 2
INFLECTED = 4  # letters
WHOLE_SENTENCE = 6  # words; fewer are a heading or an item of a list
# Under problems a statement without term or number ("well controlled") is said of the problem above it.
PROBLEMS = frozenset(("assessment", "assessment_and_plan", "plan", "instructions"))
VERBATIM_WORDS = 8
MANY_SHARED = 3  # concepts: beside so many, one more may be another name
# One word for an absence.
_ABSENCES = {
    "afebrile": "fever", "nontender": "tenderness", "painless": "pain", "nonsmoker": "smoking",
    "anicteric": "scleral icterus", "normotensive": "hypertension", "euglycemia": "hyperglycemia",
}  # fmt: skip
_SIDE_WORDS = (
    "left right bilateral both medial lateral upper lower anterior posterior superior "
    "inferior proximal distal active passive 좌측 우측 양측"
)
_SIDES = frozenset(_SIDE_WORDS.split())
_NEGATION_WORDS = (
    "no not never without avoid denies deny denied negative none nor cannot can't didn't doesn't "
    "absent 없음 없고 없는 않음 않고 아님"
)
_NEGATIONS = frozenset(_NEGATION_WORDS.split())
_LABEL = re.compile(r"[A-Z가-힣][\w /,&'()-]{0,40}:\s+")
_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")
_NUMERALS = "one two three four five six seven eight nine ten eleven twelv twelve"
_NUMBER_WORDS = frozenset(_NUMERALS.split())


class Repeat(NamedTuple):
    """A statement that says again what another said: their places in the list of statements."""

    at: int
    earlier: int


class _Content(NamedTuple):
    """What a statement says.

    concepts: each with the words that name it, light ones aside.  findings: the symptoms among them.
    absent: those that it says are absent.  words: all but light ones.  rest: words outside the terms.
    bare: nothing but terms.  labelled: an item ("Respiratory: denies dyspnea"), which repeats nothing.
    """

    concepts: dict[str, frozenset[str]]
    absent: frozenset[str]
    findings: frozenset[str]
    words: frozenset[str]
    rest: frozenset[str]
    numbers: frozenset[str]
    sides: frozenset[str]
    negated: bool
    bare: bool
    labelled: bool
    literal: tuple[str, ...]


class _Earlier(NamedTuple):
    """What a section said so far: word -> statements with it, and the concepts named."""

    by_word: dict[str, list[int]]
    named: set[str]

    def add(self, at: int, content: _Content) -> None:
        """Add the statement at that place, under its words and under its concepts."""
        for word in (*content.words, *content.concepts):
            self.by_word.setdefault(word, []).append(at)
        self.named.update(content.concepts)


@cache
def _tables() -> tuple[frozenset[str], dict[str, str]]:
    """Words that carry little, and each synonym's representative."""
    table = resources.files("scribeeval.terms") / "data" / "repeats.csv"
    light: set[str] = set()
    same: dict[str, str] = {}
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        found = [_cut(word) for word in row["words"].split(" ")]
        if row["kind"] == "light":
            light.update(found)
        else:
            for word in found:
                same.setdefault(word, found[0])
    return frozenset(light), same


def _cut(word: str) -> str:
    return word[:2] if is_hangul(word) else stem(word)


def find_repeats(text: str, statements: Sequence[Statement], mentions: Sequence[Mention]) -> list[Repeat]:
    """Find the statements that repeat an earlier one, each with the nearest, in the order of the text."""
    contents = _contents(text, statements, mentions)
    repeats: list[Repeat] = []
    sections: dict[str, _Earlier] = {}
    seen: dict[tuple[str, ...], int] = {}
    for at, (statement, content) in enumerate(zip(statements, contents, strict=True)):
        earlier = sections.setdefault(statement.section, _Earlier({}, set()))
        near = {
            other for word in (*content.words, *content.concepts) for other in earlier.by_word.get(word, ())
        }
        ranked = [(_shared(content, contents[other], earlier.named), -other) for other in near]
        if len(content.literal) >= VERBATIM_WORDS and content.literal in seen:
            ranked.append((2 * len(content.literal), -seen[content.literal]))
        shared, other = max(ranked, default=(0, 0))
        anaphoric = (
            statement.section in PROBLEMS
            and not content.concepts
            and not content.numbers
            and at + other > 1  # of the statement just before it may well be the same problem's
        )
        if shared and not anaphoric and not _is_mark(text, statement):
            repeats.append(Repeat(at, -other))
        earlier.add(at, content)
        seen.setdefault(content.literal, at)
    return repeats


def _is_mark(text: str, statement: Statement) -> bool:
    """Tell a template's mark, "--- End auto-populated ---", from a statement."""
    return text.startswith("--", statement.start)


def _contents(text: str, statements: Sequence[Statement], mentions: Sequence[Mention]) -> list[_Content]:
    contents, at = [], 0
    for statement in statements:
        inside = []
        while at < len(mentions) and mentions[at].start < statement.end:
            if mentions[at].start >= statement.start:
                inside.append(mentions[at])
            at += 1
        contents.append(_content(text, statement, inside))
    return contents


def _content(text: str, statement: Statement, mentions: Sequence[Mention]) -> _Content:
    start, end = statement.start, statement.end
    stems, starts, _ = split_words(text[start:end])
    labelled = _LABEL.match(text[start:end])
    label = labelled.end() if labelled else 0
    outside = [
        word
        for word, place in zip(stems, starts, strict=True)
        if place >= label and not any(m.start <= start + place < m.end for m in mentions)
    ]
    literal = tuple(words(NORMALIZERS["clinical-v1"](text[start:end])))
    numbers = {word for word in literal if _NUMBER.fullmatch(word)}
    if "1" not in stems:
        numbers.discard("1")  # "one episode", "once"
    concepts: dict[str, frozenset[str]] = {}
    absent = set()
    for mention in mentions:
        concept = _ABSENCES.get(mention.concept, mention.concept)
        if mention.assertion == "absent" or concept != mention.concept:
            absent.add(concept)
        named = _weighty(split_words(mention.text).stems)
        concepts[concept] = concepts.get(concept, frozenset()) | named
    return _Content(
        concepts,
        frozenset(absent),
        frozenset(mention.concept for mention in mentions if mention.semantic_type == "symptom"),
        _weighty(stems),
        _weighty(outside),
        frozenset(numbers),
        frozenset(stems) & _SIDES,
        bool(_NEGATIONS & set(stems)) or any(m.concept in _ABSENCES for m in mentions),
        not set(outside) - _SIDES,
        labelled is not None,
        literal,
    )


def _weighty(stems: Sequence[str]) -> frozenset[str]:
    """Give the words that carry something, synonyms as one; numbers, sides and negations are held apart."""
    light, same = _tables()
    kept = (word for word in stems if word not in _SIDES | _NEGATIONS and not word[0].isdigit())
    cut = (_cut(word) for word in kept)
    return frozenset(same.get(word, word) for word in cut if word not in light and word not in _NUMBER_WORDS)


def _shared(later: _Content, earlier: _Content, named: set[str]) -> int:
    """Count what the later statement shares with the earlier one; 0: it says something new."""
    if (
        later.bare
        or later.labelled
        or (earlier.bare and not later.negated)
        or not later.sides <= earlier.sides
    ):
        return 0
    if not later.numbers <= earlier.numbers | _differences(earlier.numbers):
        return 0
    both = later.concepts.keys() & earlier.concepts.keys()
    if not both and later.negated != earlier.negated:
        return 0
    if any((concept in later.absent) != (concept in earlier.absent) for concept in both):
        return 0
    in_words = {
        concept
        for concept in later.concepts.keys() - both
        if (later.concepts[concept] and later.concepts[concept] <= earlier.words)
        or any(_is_broader(concept, other) for other in earlier.concepts)
    }
    shared = later.rest & earlier.words | {word for concept in in_words for word in later.concepts[concept]}
    shared |= {word for word in later.rest - shared if _is_inflected(word, earlier.words)}
    new = later.rest - shared
    new_concepts = [c for c in later.concepts.keys() - both - in_words - named if later.concepts[c]]
    if new_concepts and (
        len(new_concepts) > 1
        or (new and len(both) + len(in_words) < MANY_SHARED)
        or len(shared) < LEAST_BESIDE_NEW
        or (new_concepts[0] not in later.findings and len(both) + len(in_words) < MANY_SHARED)
    ):
        return 0  # a name for what was said before ("dysphagia") is not new
    common = len(both) + len(shared)
    most_new = (NEW_WORDS if both or in_words else NEW_WORDS_ALONE) * (common + len(new))
    if common + len(later.numbers) < LEAST_COMMON and not (
        both and not new and (later.negated or len(later.literal) >= WHOLE_SENTENCE)
    ):
        return 0
    return 2 * len(both) + len(shared) if common and len(new) <= most_new else 0


def _is_broader(concept: str, other: str) -> bool:
    """Tell whether all words of the concept's name stand in the other's, which has more."""
    return frozenset(concept.split(" ")) < frozenset(other.split(" "))


def _is_inflected(word: str, others: frozenset[str]) -> bool:
    """Tell whether the word is another form of one of the others: "driver" of "drive"."""
    return len(word) >= INFLECTED and any(
        len(other) >= INFLECTED and (word.startswith(other) or other.startswith(word)) for other in others
    )


def _differences(numbers: frozenset[str]) -> set[str]:
    """Give what two of the numbers differ by, as it would be written."""
    plain = [float(number) for number in numbers if re.fullmatch(r"\d+(?:\.\d+)?", number)]
    return {f"{abs(a - b):g}" for a, b in combinations(plain, 2)}
