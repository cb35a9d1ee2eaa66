"""A note's headed sections, and blocks of text that no clinician wrote.

A header is a line of its own that the table knows ("CHIEF COMPLAINT", "Assessment & Plan:"), or one
that opens a line and ends in a colon ("Medications: lisinopril 10 mg").
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Canonical name: the headings that real notes carry, compared in lower case without punctuation.
HEADERS: dict[str, tuple[str, ...]] = {
    "chief_complaint": ("chief complaint", "cc", "reason for visit", "presenting complaint", "주호소"),
    "history_of_present_illness": ("history of present illness", "hpi", "history", "subjective", "현병력"),
    "past_medical_history": (
        "past medical history",
        "pmh",
        "past history",
        "medical history",
        "problem list",
        "과거력",
    ),
    "medications": ("medications", "current medications", "meds", "medication list", "투약력"),
    "allergies": ("allergies", "allergy", "알레르기"),
    "family_history": ("family history", "fh", "가족력"),
    "social_history": ("social history", "sh", "사회력"),
    "review_of_systems": ("review of systems", "ros", "계통 문진"),
    "vitals": ("vitals", "vital signs", "활력징후"),
    "physical_exam": (
        "physical exam",
        "physical examination",
        "exam",
        "examination",
        "objective",
        "신체검진",
    ),
    "results": ("results", "labs", "laboratory", "imaging", "data", "검사 결과"),
    "assessment_and_plan": (
        "assessment and plan",
        "assessment plan",
        "a p",
        "impression and plan",
        "평가 및 계획",
    ),
    "assessment": ("assessment", "impression", "diagnosis", "평가"),
    "plan": ("plan", "recommendations", "계획"),
    "instructions": ("instructions", "patient instructions", "follow up"),
}
_CANONICAL = {heading: name for name, headings in HEADERS.items() for heading in headings}
_NOT_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a note under one heading: header_start <= start <= end, in code points."""

    name: str
    header_start: int
    start: int
    end: int


def _header(line: str) -> tuple[str, int] | None:
    """Canonical name and length of the header that opens the line, else None."""
    bare = line.strip()
    whole = _CANONICAL.get(_NOT_LETTER.sub(" ", bare.casefold()).strip())
    if whole is not None:
        return whole, len(line)
    head, colon, _ = line.partition(":")
    if colon and len(head) <= 48:
        name = _CANONICAL.get(_NOT_LETTER.sub(" ", head.casefold()).strip())
        if name is not None:
            return name, len(head) + 1
    return None


def split_sections(note: str) -> tuple[Section, ...]:
    """Split a note at its headers.  Text before the first header is the section "preamble".

    Sections come in the order of the note and cover it without gaps; the header belongs to its section.
    """
    marks: list[tuple[str, int, int]] = []
    position = 0
    for line in note.splitlines(keepends=True):
        found = _header(line.rstrip("\r\n"))
        if found is not None:
            marks.append((found[0], position, position + found[1]))
        position += len(line)
    if not marks or marks[0][1] > 0:
        marks.insert(0, ("preamble", 0, 0))
    ends = [start for _, start, _ in marks[1:]] + [len(note)]
    return tuple(
        Section(name, header_start, start, end)
        for (name, header_start, start), end in zip(marks, ends, strict=True)
        if end > header_start
    )


@dataclass(frozen=True, slots=True)
class Excluded:
    """A note without its template blocks: the text that is left, and how much was taken out."""

    text: str
    blocks: int
    characters: int


def exclude_blocks(note: str, patterns: Sequence[re.Pattern[str]], sections: Iterable[str]) -> Excluded:
    """Take out template or auto-pulled blocks: what a pattern matches, and sections by canonical name."""
    names = set(sections)
    spans = [(s.header_start, s.end) for s in split_sections(note) if s.name in names] if names else []
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
