"""The stretches within which a trigger holds: sentences, bullets, lines; and what their heading says.

A line break inside a wrapped sentence ends nothing; a period after "Dr" or inside "b.i.d." neither.
"""

import re
from typing import NamedTuple

from scribeeval.terms.triggers import asks_before, find_hits
from scribeeval.text import split_sections

WRAP_COLUMNS = 50  # a shorter line that ends without a period is a list's item, not a wrapped sentence
_BOUND = re.compile(
    r"[.!?;。\n,)](?:(?<=[.!?;。])[.!?;\"')\]]*(?=\s|$)|(?<=\n)\s*|(?<=[,)]) (?=[A-Z][A-Za-z/]+: ))"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|st|vs|approx|eg|ie|hx|pt|dx|tx|rx|y\.o|no(?=\. \d))|\b[a-z]\.[a-z])$"
)
_GOES_ON = re.compile(r"[a-z(]")
_LIST_HEAD = re.compile(r":\n")
_BLANK = re.compile(r"\n[ ]*\n|$")
_CARRIED = {"absent", "possible", "family", "historical", "past", "hypothetical"}
_SECTIONS = {
    "family_history": "family",
    "past_medical_history": "historical",
    "past_surgical_history": "past",
}


class Default(NamedTuple):
    """What a heading says of the text under it: text[start:end] is family's, or of the past."""

    start: int
    end: int
    kind: str


def clause_starts(text: str, folded: str) -> list[int]:
    """Find where clauses start, in code points: the first at 0, each ends where the next starts."""
    starts = [0]
    for match in _BOUND.finditer(text):
        mark = match[0]
        if mark[:1] == "." and _ABBREVIATION.search(folded, max(0, match.start() - 8), match.start()):
            continue
        if mark == "?" and asks_before(folded, match.start()):
            continue
        if mark[:1] == "\n" and _is_wrapped(folded, starts[-1], match):
            continue
        if match.end() > starts[-1]:
            starts.append(match.end())
    return starts


def _is_wrapped(folded: str, start: int, match: re.Match[str]) -> bool:
    """Tell whether a sentence goes on below the line break."""
    if match[0].count("\n") > 1 or match.end() == len(folded):
        return False
    line_start = max(start, folded.rfind("\n", 0, match.start()) + 1)
    last = folded[match.start() - 1] if match.start() > line_start else "\n"
    if last == "," or folded.startswith(("or ", "and "), match.end()):
        return True
    long = match.start() - line_start >= WRAP_COLUMNS
    return long and last not in ".:;!?\n" and _GOES_ON.match(match.string, match.end()) is not None


def defaults(text: str, folded: str) -> list[Default]:
    """Read what headings say: sections of a note, and a trigger that heads a list ("Denies:")."""
    found = []
    for section in split_sections(text):
        kind = _SECTIONS.get(section.name)
        # A problem list is of today; the table of headings has it under past medical history.
        if kind and "problem" not in folded[section.header_start : section.start]:
            found.append(Default(section.start, section.end, kind))
    for colon in _LIST_HEAD.finditer(folded):
        line_start = folded.rfind("\n", 0, colon.start()) + 1
        for hit in find_hits(folded, line_start, colon.start() + 1)[-1:]:
            if hit.end == colon.start() and hit.kind in _CARRIED and hit.direction != "backward":
                end = _BLANK.search(folded, hit.end + 2)
                found.append(Default(hit.end, end.start() if end else len(text), hit.kind))
    return found
