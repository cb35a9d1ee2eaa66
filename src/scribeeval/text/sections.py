"""A note's headed sections, and blocks of text that no clinician wrote.

A header is a line of its own that the table knows ("CHIEF COMPLAINT", "Assessment & Plan:"), or one
that opens a line and ends in a colon ("Medications: lisinopril 10 mg").  Headings are compared in
lower case, without punctuation, "&" read as "and".
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

PREAMBLE = "preamble"  # text before the first header
MAX_HEADING = 48
_NOT_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Headers:
    """Headings -> section, and each section's place in SOAP and in ACI-BENCH's four divisions.

    "Assessment and plan" under one heading cannot be split: its SOAP place is assessment_and_plan.
    """

    section: Mapping[str, str]
    soap: Mapping[str, str]
    division: Mapping[str, str]


@cache
def default_headers() -> Headers:
    """Read the packaged table of headings: English notes, ACI-BENCH, SOAP, Korean."""
    table = resources.files("scribeeval.text") / "data" / "headers.csv"
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    return Headers(
        {key(heading): row["section"] for row in rows for heading in row["headings"].split("|")},
        {row["section"]: row["soap"] for row in rows},
        {row["section"]: row["division"] for row in rows},
    )


def extend(headers: Headers, headings: Mapping[str, Iterable[str]]) -> Headers:
    """Add a site's own headings: section -> headings.  A section that the table lacks becomes known."""
    added = {key(heading): section for section, names in headings.items() for heading in names}
    return Headers({**headers.section, **added}, headers.soap, headers.division)


def key(heading: str) -> str:
    """Reduce a heading to what is compared."""
    return _NOT_LETTER.sub(" ", heading.replace("&", " and ").casefold()).strip()


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a note under one heading: header_start <= start <= end, in code points."""

    name: str
    header_start: int
    start: int
    end: int


def _header(line: str, headers: Headers) -> tuple[str, int, bool] | None:
    """Section and length of the header that opens the line, and whether text follows it; else None."""
    if len(line) <= MAX_HEADING:
        name = headers.section.get(key(line))
        if name is not None:
            return name, len(line), False
    head, colon, rest = line[: MAX_HEADING + 1].partition(":")
    name = headers.section.get(key(head)) if colon else None
    if name is None or (len(head.strip()) == 1 and rest.strip()[:1].isdigit()):
        return None  # "P: 76" is a pulse, not a plan
    return name, len(head) + 1, True


def split_sections(note: str, headers: Headers | None = None) -> tuple[Section, ...]:
    """Split a note at its headers.  Text before the first header is the section "preamble".

    Sections come in the order of the note and cover it without gaps; the header belongs to its section.
    In a note with headers on lines of their own, a run-in header ("Vitals: 120/80") holds its line only,
    and the section around it goes on below; in a note without, it holds all up to the next header.
    """
    known = default_headers() if headers is None else headers
    lines = note.splitlines(keepends=True)
    found = [_header(line.rstrip("\r\n"), known) for line in lines]
    nested = any(header is not None and not header[2] for header in found)
    marks: list[tuple[str, int, int]] = []
    position, around = 0, PREAMBLE
    for line, header in zip(lines, found, strict=True):
        if header is not None:
            name, length, runs_in = header
            marks.append((name, position, position + length))
            if runs_in and nested:
                marks.append((around, position + len(line), position + len(line)))
            else:
                around = name
        position += len(line)
    if not marks or marks[0][1] > 0:
        marks.insert(0, (PREAMBLE, 0, 0))
    ends = [start for _, start, _ in marks[1:]] + [len(note)]
    return tuple(
        Section(name, header_start, start, end)
        for (name, header_start, start), end in zip(marks, ends, strict=True)
        if end > header_start
    )


def section_texts(note: str, headers: Headers | None = None) -> dict[str, str]:
    """Give each section's text without its header; a section that comes twice is joined by a newline.

    A section whose text is blank is left out: a heading alone holds nothing.
    """
    texts: dict[str, list[str]] = {}
    for section in split_sections(note, headers):
        text = note[section.start : section.end].strip()
        if text:
            texts.setdefault(section.name, []).append(text)
    return {name: "\n".join(parts) for name, parts in texts.items()}


@dataclass(frozen=True, slots=True)
class Excluded:
    """A note without its template blocks: the text that is left, and how much was taken out."""

    text: str
    blocks: int
    characters: int


def exclude_blocks(
    note: str, patterns: Sequence[re.Pattern[str]], sections: Iterable[str], headers: Headers | None = None
) -> Excluded:
    """Take out template or auto-pulled blocks: what a pattern matches, and sections by name."""
    names = set(sections)
    spans = (
        [(s.header_start, s.end) for s in split_sections(note, headers) if s.name in names] if names else []
    )
    spans += [match.span() for pattern in patterns for match in pattern.finditer(note) if match[0]]
    kept: list[str] = []
    position = blocks = 0
    for start, end in sorted(spans):
        if start >= position:
            blocks += 1
            kept.append(note[position:start])
        position = max(position, end)
    kept.append(note[position:])
    text = "".join(kept)
    return Excluded(text, blocks, len(note) - len(text))


_BLOCK_OPENS = re.compile(
    r"^[ \t]*[-=*_~]{2,}[^\n]*"
    r"\b(?:auto[- ]?(?:populated|pulled|generated)|imported|copied|pulled in)\b[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_BLOCK_CLOSES = re.compile(r"^[ \t]*[-=*_~]{2,}[^\n]*\bend\b[^\n]*$", re.IGNORECASE | re.MULTILINE)


def chart_blocks(note: str) -> list[tuple[int, int]]:
    """Find the blocks that a system pulled in from the chart and marked as such, in the note's order.

    "--- Auto-populated from chart ---" opens one, "--- End auto-populated ---" closes it; unclosed, it
    holds all up to the next blank line.
    """
    found: list[tuple[int, int]] = []
    for opens in _BLOCK_OPENS.finditer(note):
        if found and opens.start() < found[-1][1]:
            continue
        closes = _BLOCK_CLOSES.search(note, opens.end())
        blank = note.find("\n\n", opens.end())
        end = closes.end() if closes else blank if blank >= 0 else len(note)
        found.append((opens.start(), end))
    return found
