"""What every finder of identifiers shares: the kinds, a find, and the tables of names, places and words."""

import gzip
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, get_args

Kind = Literal["NAME", "DATE", "AGE", "PHONE", "EMAIL", "URL", "IP", "ADDRESS", "SSN", "RECORD"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """An identifier: text[start:end], in code points."""

    start: int
    end: int
    kind: Kind


@cache
def table(name: str) -> frozenset[str]:
    """Read one of the packaged tables: given, surnames, places or words.  Cached: constant package data."""
    content = (resources.files("scribeeval.models.deidentify") / "data" / f"{name}.txt.gz").read_bytes()
    return frozenset(gzip.decompress(content).decode().splitlines())


def folded(word: str) -> str:
    """Write a word as the tables do: lower case, no accents.

    >>> folded("Peña")
    'pena'
    """
    if word.isascii():
        return word.lower()
    marks = unicodedata.normalize(
        "NFKD", word.casefold().replace("ł", "l").replace("ø", "o").replace("’", "'")
    )
    return unicodedata.normalize("NFC", "".join(char for char in marks if not unicodedata.combining(char)))


def any_of(words: Iterable[str]) -> str:
    """Write the pattern of any of some words, the longest first."""
    return "(?:" + "|".join(sorted(words, key=lambda word: (-len(word), word))) + ")"


def each(kind: Kind, pattern: re.Pattern[str], text: str, group: str | int = 0) -> Iterator[Found]:
    """All matches of a pattern, or of one of its groups."""
    for match in pattern.finditer(text):
        if match[group]:
            yield Found(match.start(group), match.end(group), kind)


def without_overlap(found: Iterable[Found]) -> list[Found]:
    """Keep what does not touch an earlier one of the same list; in the order of the text."""
    kept: list[Found] = []
    taken: set[int] = set()
    for one in found:
        places = range(one.start, one.end)
        if one.end > one.start and taken.isdisjoint(places):
            taken.update(places)
            kept.append(one)
    return sorted(kept)
