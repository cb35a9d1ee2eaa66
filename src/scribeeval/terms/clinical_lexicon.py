"""The lexicon `clinical-1`: 80,000 surfaces of 45,000 concepts, built by scripts/build_lexicon.py.

Its sources, licences and counts are in data/README.md.
"""

import csv
import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from scribeeval.errors import InputError
from scribeeval.terms.keys import is_hangul, key_of
from scribeeval.terms.lexicon import SEMANTIC_TYPES, Concept
from scribeeval.terms.spelling import by_first_letter

CLINICAL_LEXICON = "clinical-1"  # a changed table gets a new name: it stands in the signatures
MOST_WORDS = 9  # of a surface
SITE_COLUMNS = ("concept", "semantic_type", "surfaces", "code")  # of a site's own terms


class Entry(NamedTuple):
    """What a key names, and on what condition.

    concept: None for a phrase that looks like a term and is none ("fell asleep").
    condition: "", "upper" (written in capitals), "exact:Ca" (written so), "plural" ("bloods", not "blood"),
    "lower" ("walker", not "Mr Walker"), "allergy" (only where allergies are spoken of), "owned" ("his
    back", not "come back").
    """

    concept: Concept | None
    condition: str = ""


@dataclass(frozen=True, slots=True)
class ClinicalLexicon:
    """Keys -> entries, and what a search needs to know before it joins words.

    packed: key -> place in rows and condition, as in the table: a row is read when a text names it, so
    that the lexicon loads in the time of a few notes.  added: keys of a site's own, which come first.
    lengths: the first two stems of a key -> the lengths of such keys in words, longest first, as digits.
    """

    name: str
    packed: Mapping[str, str]
    rows: Sequence[str]
    lengths: Mapping[str, str]
    added: Mapping[str, Entry] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count the keys."""
        return len(self.packed.keys() | self.added.keys()) if self.added else len(self.packed)

    def entry(self, key: str) -> Entry | None:
        """Give what a key names; None if it is no key."""
        if key in self.added:
            return self.added[key]
        packed = self.packed.get(key)
        if packed is None:
            return None
        at, _, condition = packed.partition(",")
        return Entry(_concept(self.rows[int(at)]) if at else None, condition)


@lru_cache(maxsize=1 << 16)
def _concept(row: str) -> Concept:
    return Concept(*next(csv.reader([row])))


class Abbreviation(NamedTuple):
    """An abbreviation and what it may stand for, the most usual in a note first; two or more: ambiguous."""

    written: str
    semantic_type: str
    expansions: tuple[str, ...]


class Source(NamedTuple):
    """What a source brought to the lexicon."""

    source: str
    concepts: int
    surfaces: int


def _lines(name: str) -> list[str]:
    content = (resources.files("scribeeval.terms") / "data" / name).read_bytes()
    return (gzip.decompress(content) if name.endswith(".gz") else content).decode().splitlines()


@cache
def clinical_lexicon() -> ClinicalLexicon:
    """Read the packaged lexicon.  Cached: it is constant package data."""
    packed = dict(line.split(",", 1) for line in _lines("surfaces.csv.gz")[1:])
    lengths = dict(line.split(",", 1) for line in _lines("lengths.csv.gz")[1:])
    return ClinicalLexicon(CLINICAL_LEXICON, packed, _lines("concepts.csv.gz")[1:], lengths)


def lengths_of(keys: Iterable[str]) -> dict[str, str]:
    """Give the lengths in words, longest first ("32"), of the keys that begin with the same two stems.

    Keys of one word need none.  A Korean key stands under its first stem: the second may bear a particle.
    """
    found: dict[str, set[int]] = {}
    for key in keys:
        stems = key.split(" ")
        if len(stems) > 1:
            first = stems[0] if is_hangul(stems[0]) else f"{stems[0]} {stems[1]}"
            found.setdefault(first, set()).add(len(stems))
    return {first: "".join(map(str, sorted(lengths, reverse=True))) for first, lengths in found.items()}


@cache
def abbreviations() -> Mapping[str, Abbreviation]:
    """Give the table of abbreviations by key; those of no semantic type ("Hx", "PRN") name no term."""
    table: dict[str, Abbreviation] = {}
    for row in csv.DictReader(_lines("abbreviations.csv")):
        new = Abbreviation(row["abbreviation"], row["semantic_type"], tuple(row["expansions"].split("|")))
        table.setdefault(key_of(new.written), new)  # "PT" stands before "Pt", and says more
    return table


@cache
def lay_pairs() -> Mapping[str, str]:
    """Give lay wording -> clinical wording, in lower case: ours first, then HPO's layperson synonyms."""
    pairs: dict[str, str] = {}
    for row in csv.DictReader(_lines("lay.csv")):
        pairs |= {lay.lower(): row["clinical"].lower() for lay in row["lay"].split("|")}
    names: dict[str, str] = {}
    for code, kind, text in csv.reader(_lines("hpo.csv.gz")[1:]):
        if kind == "name":
            names[code] = text.lower()
        elif kind == "layperson" and text.lower() != names[code]:
            pairs.setdefault(text.lower(), names[code])
    return pairs


@cache
def lexicon_sources() -> tuple[Source, ...]:
    """Give the sources of the lexicon and what each brought."""
    rows = csv.DictReader(_lines("sources.csv"))
    return tuple(Source(row["source"], int(row["concepts"]), int(row["surfaces"])) for row in rows)


class Spelling(NamedTuple):
    """Drug names in use and rarer ones of near spelling, by first letter; other words of near spelling."""

    drugs: Mapping[str, Sequence[str]]
    rivals: Mapping[str, Sequence[str]]
    known: frozenset[str]


@cache
def spelling() -> Spelling:
    """Read the table for misspelt drugs."""
    rows = [line.split(",") for line in _lines("spelling.csv.gz")[1:]]
    drugs = by_first_letter([word for kind, word in rows if kind == "drug"])
    rivals = by_first_letter([word for kind, word in rows if kind == "rival"])
    return Spelling(drugs, rivals, frozenset(word for kind, word in rows if kind == "known"))


@dataclass(frozen=True, slots=True)
class SiteTerms:
    """A site's own terms as values: rows of concept, semantic_type, surfaces, code; name: for signatures."""

    name: str
    rows: tuple[tuple[str, str, str, str], ...]

    def as_rows(self) -> list[dict[str, str]]:
        """Give the rows as add_terms reads them."""
        return [dict(zip(SITE_COLUMNS, row, strict=True)) for row in self.rows]


def add_terms(lexicon: ClinicalLexicon, rows: Iterable[Mapping[str, str]], name: str) -> ClinicalLexicon:
    """Add a site's own terms; a surface that the lexicon has gets the site's meaning.

    rows: concept, semantic_type, surfaces (separated by "|"; the concept is one too) and, if you like, code.
    name: of the new lexicon, as it stands in a signature.

    Raises:
        InputError: a row lacks a concept, its semantic type is none of SEMANTIC_TYPES, or a surface has more
            than 9 words.

    """
    added = dict(lexicon.added)
    for number, row in enumerate(rows, start=1):
        concept = Concept(row.get("concept") or "", row.get("semantic_type") or "", row.get("code") or "")
        if not key_of(concept.name):
            raise InputError(f"terms, row {number}: no concept; give each row a concept")
        if concept.semantic_type not in SEMANTIC_TYPES:
            raise InputError(f"terms, row {number}: semantic_type must be one of {', '.join(SEMANTIC_TYPES)}")
        for surface in (concept.name, *(row.get("surfaces") or "").split("|")):
            key = key_of(surface)
            if key.count(" ") >= MOST_WORDS:
                raise InputError(f"terms, row {number}: a surface has more than {MOST_WORDS} words")
            if key:
                added[key] = Entry(concept)
    lengths = dict(lexicon.lengths)
    for first, new in lengths_of(added).items():
        lengths[first] = "".join(sorted({*new, *lengths.get(first, "")}, reverse=True))
    return replace(lexicon, name=name, added=added, lengths=lengths)
