"""Lay and clinical wording: where a note chose one of the two.

A choice is a place where the table, our lay pairs or HPO's layperson synonyms give a clinical word for a
lay one, whichever of the two stands there.  Wording that clinicians use as it is ("headache") is no choice,
nor is the chief complaint, what stands in quotation marks, or what is said to the patient ("call if your
...").
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import product
from typing import NamedTuple

from scribeeval.terms.clinical_lexicon import clinical_lexicon, lay_pairs
from scribeeval.terms.keys import is_hangul, key_of, split_words
from scribeeval.terms.mentions import Mention
from scribeeval.text.statements import Statement

REGISTER = "register-2"  # a changed table gets a new name: it stands in the signature
MOST_WORDS = 8  # of a lay wording
SHARED_LETTERS = 5  # "irritable" and "irritability" are one word
_ENGLISH_NOTE = "english_note"
_HANGUL = re.compile("[가-힣]")
_FINDINGS = ("symptom", "diagnosis")
_QUOTED = re.compile(r"[\"“][^\"“”\n]{1,400}[\"”]")
_TO_PATIENT = re.compile(r"\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
_BREAK = re.compile(r"[.;:!?\n()]")


class LayTerm(NamedTuple):
    """Lay wording, text[start:end], and the clinical word for it."""

    start: int
    end: int
    clinical: str


class Register(NamedTuple):
    """Key of a lay wording -> clinical word and the section it asks for ("": any); the other tables.

    plain: keys that are no choice.  korean: patterns and their clinical words; english_note: those that
    are lay only in a Korean note that names most findings in English ("fever, dysuria ... 방광염").
    concepts: those that have both a lay and a clinical wording.
    """

    lay: Mapping[str, tuple[tuple[str, str], ...]]
    plain: frozenset[str]
    korean: Sequence[tuple[re.Pattern[str], str]]
    english_note: Sequence[tuple[re.Pattern[str], str]]
    concepts: frozenset[str]
    openers: Mapping[str, int]


def _rows(name: str) -> list[dict[str, str]]:
    table = resources.files("scribeeval.terms") / "data" / name
    return list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


def _wordings(cell: str) -> Iterator[str]:
    """Spell out a cell: "swollen/puffy feet|can't_breathe/winded"; "-" is no word, "_" a space."""
    for wording in cell.split("|"):
        for choice in product(*(word.split("/") for word in wording.split(" "))):
            yield " ".join(word for word in choice if word != "-").replace("_", " ")


@cache
def load_register() -> Register:
    """Read the tables.  Cached: they are constant package data."""
    plain = frozenset(key_of(wording) for row in _rows("plain.csv") for wording in row["wording"].split("/"))
    lay: dict[str, dict[str, str]] = {}
    korean: dict[str, list[tuple[re.Pattern[str], str]]] = {"": [], _ENGLISH_NOTE: []}
    for row in _rows("register.csv"):
        if is_hangul(row["lay"]):
            loose = "|".join(re.escape(word).replace(r"\ ", r"\s*") for word in row["lay"].split("|"))
            korean[row["section"]].append((re.compile(rf"(?<![가-힣])(?:{loose})"), row["clinical"]))
            continue
        for wording in _wordings(row["lay"]):
            if (key := key_of(wording)) not in plain or row["section"]:
                lay.setdefault(key, {}).setdefault(row["section"], row["clinical"])
    for wording, clinical in lay_pairs().items():
        key = key_of(wording)
        if key not in lay and key not in plain and _is_another_word(key, clinical):
            lay[key] = {"": clinical}
    known = clinical_lexicon()
    entries = (known.entry(key_of(clinical)) for senses in lay.values() for clinical in senses.values())
    concepts = frozenset(entry.concept.name for entry in entries if entry and entry.concept)
    openers: dict[str, int] = {}
    for key in (*lay, *plain):
        first, *rest = key.split(" ")
        openers[first] = max(openers.get(first, 0), len(rest) + 1)
    return Register(
        {key: tuple(senses.items()) for key, senses in lay.items()},
        plain,
        korean[""],
        korean[_ENGLISH_NOTE],
        concepts,
        openers,
    )


def _is_another_word(key: str, clinical: str) -> bool:
    """Tell whether clinicians have a word of their own: one word, of another stem than the lay ones.

    Where the clinical name has several words it is mostly a grammatical variant ("recurrent infections").
    """
    stem = clinical[:SHARED_LETTERS]
    return (
        " " not in clinical
        and key.count(" ") < MOST_WORDS
        and not any(word.startswith(stem) for word in key.split(" "))
    )


def find_lay_terms(
    text: str, statements: Sequence[Statement], mentions: Sequence[Mention]
) -> tuple[list[LayTerm], list[Mention]]:
    """Find the lay wordings of a note and its clinical ones, each in the order of the text.

    mentions: of find_terms; a lay word inside a longer term of another meaning is none ("flu-like").
    """
    register = load_register()
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    korean = [*register.korean, *(register.english_note if _names_in_english(text, mentions) else ())]
    lay: list[LayTerm] = []
    open_spans: list[tuple[int, int]] = []
    for statement in statements:
        if statement.section == "chief_complaint" or _TO_PATIENT.search(text, statement.start, statement.end):
            continue
        open_spans.append((statement.start, statement.end))
        lay += _lay_in(text, statement, register, korean)
    lay = [term for term in lay if not _inside(term.start, term.end, quoted)]
    lay = [term for term in lay if not _in_longer_term(text, term, mentions, register)]
    clinical = [
        mention
        for mention in mentions
        if mention.concept in register.concepts
        and _inside(mention.start, mention.end, open_spans)
        and not _inside(mention.start, mention.end, quoted)
        and not any(term.start < mention.end and mention.start < term.end for term in lay)
        and not register.lay.keys() & (key := {key_of(mention.text)})
        and not register.plain & key
    ]
    return sorted(lay), clinical


def _inside(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(low <= start and end <= high for low, high in spans)


def _in_longer_term(text: str, term: LayTerm, mentions: Sequence[Mention], register: Register) -> bool:
    for mention in mentions:
        if mention.start <= term.start and term.end <= mention.end:
            longer = mention.end - mention.start > term.end - term.start
            return longer and mention.concept not in register.concepts
    return False


def _names_in_english(text: str, mentions: Sequence[Mention]) -> bool:
    """Tell whether a Korean note names most of its symptoms and diagnoses in English."""
    if not _HANGUL.search(text):
        return False
    written = [bool(_HANGUL.search(m.text)) for m in mentions if m.semantic_type in _FINDINGS]
    return 2 * sum(written) < len(written)


def _lay_in(
    text: str, statement: Statement, register: Register, korean: Sequence[tuple[re.Pattern[str], str]]
) -> Iterator[LayTerm]:
    """Find the lay wordings of one statement, the longest first, without overlap."""
    low, high = statement.start, statement.end
    stems, starts, ends = split_words(text[low:high])
    at = 0
    while at < len(stems):
        for length in range(min(register.openers.get(stems[at], 0), len(stems) - at), 0, -1):
            key = " ".join(stems[at : at + length])
            start, end = low + starts[at], low + ends[at + length - 1]
            senses = dict(register.lay.get(key, ()))
            clinical = senses.get(statement.section) or senses.get("")
            if not (clinical or key in register.plain) or _BREAK.search(text, start, end):
                continue
            if clinical:
                yield LayTerm(start, end, clinical)
            at += length - 1
            break
        at += 1
    if _HANGUL.search(text, low, high):
        found = [
            LayTerm(*match.span(), clinical)
            for pattern, clinical in korean
            for match in pattern.finditer(text, low, high)
        ]
        reached = low
        for term in sorted(found, key=lambda term: (term.start, -term.end)):
            if term.start >= reached:
                yield term
                reached = term.end
