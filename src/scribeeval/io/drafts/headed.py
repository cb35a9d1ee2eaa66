"""Sections with titles and LOINC codes -> a note with headings that scribeeval.text.sections knows."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from scribeeval.text.sections import default_headers, key


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a document.  codes: its LOINC codes; parts: the sections inside, after its own text."""

    title: str
    codes: tuple[str, ...]
    text: str
    parts: tuple["Part", ...] = ()


@cache
def loinc_headings() -> Mapping[str, str]:
    """Read the packaged table: LOINC code of a section -> heading."""
    table = resources.files("scribeeval.text") / "data" / "loinc.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return {row["loinc"]: row["heading"] for row in rows}


def heading(title: str, codes: Iterable[str]) -> str:
    """Give a section's heading: its title if that is known, else what its code stands for, else its title.

    >>> heading("Subjective:", ["10164-2"]), heading("Notes of the visit", ["10164-2"]), heading("Goals", [])
    ('Subjective:', 'HISTORY OF PRESENT ILLNESS', 'Goals')
    """
    title = " ".join(title.split())
    if key(title) in default_headers().section:
        return title
    return next((loinc_headings()[code] for code in codes if code in loinc_headings()), title)


def headed(parts: Iterable[Part]) -> str:
    """Put sections together, a blank line between them; one without text, its inner ones too, is left out."""
    return "\n\n".join(filter(None, map(_written, parts)))


def _written(part: Part) -> str:
    inner = headed(part.parts)
    own = part.text.strip("\n")
    if not own.strip() and not inner:
        return ""
    first = "\n".join(filter(None, (heading(part.title, part.codes), own if own.strip() else "")))
    return "\n\n".join(filter(None, (first, inner)))
