"""The lexicon: surface forms -> concepts, read from package data.

core.csv was written by the project's authors: one concept a row, its semantic type, and its surface
forms (clinical, lay, brand and generic) separated by "|".
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from scribeeval.text import NORMALIZERS, words

LEXICON = "core-1"  # a changed table gets a new name: it stands in the signatures
NORMALIZER = "clinical-v1"
SEMANTIC_TYPES = (
    "diagnosis",
    "symptom",
    "drug",
    "procedure",
    "lab_or_vital",
    "anatomy",
    "allergen",
    "device",
)


@dataclass(frozen=True, slots=True)
class Concept:
    """A meaning, whatever its wording; semantic_type is one of SEMANTIC_TYPES.

    code: of ICD-10-CM ("I10"), HPO ("HP:0002094") or DrugBank ("DB00682"); "" where no source has one.
    """

    name: str
    semantic_type: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Token sequences -> concepts; longest: the most tokens of any sequence that starts with a token."""

    name: str
    concepts: Mapping[tuple[str, ...], Concept]
    longest: Mapping[str, int]


@cache
def load_lexicon() -> Lexicon:
    """Read the packaged lexicon.  Cached: it is constant package data."""
    concepts: dict[tuple[str, ...], Concept] = {}
    longest: dict[str, int] = {}
    normalize = NORMALIZERS[NORMALIZER]
    table = resources.files("scribeeval.terms") / "data" / "core.csv"
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        concept = Concept(row["concept"], row["semantic_type"])
        for surface in row["surfaces"].split("|"):
            key = tuple(words(normalize(surface)))
            concepts[key] = concept
            longest[key[0]] = max(longest.get(key[0], 0), len(key))
    return Lexicon(LEXICON, concepts, longest)
