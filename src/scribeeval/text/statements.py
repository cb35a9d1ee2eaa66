"""Statements of a note: its sentences, list items and short lines, each with its section and its place.

A statement is what a reader judges as one: "Lungs clear.", "- Metoprolol 25 mg twice daily".  Headings are
none.  A line break ends a statement unless the line was only wrapped; so does a full stop that closes a
sentence, not that of "Dr. Lee", "e.g. aspirin", "2.5 mg" or "1. Asthma".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scribeeval.text.sections import Headers, split_sections

WRAPPED_CHARS = 50  # a shorter line was broken by its author
_ABBREVIATIONS = (
    r"dr|mr|mrs|ms|prof|st|vs|approx|e\.g|i\.e|pt|pts|dept|fig|est|cf|etc|al|inc|jr|sr"
    r"|a\.m|p\.m|b\.i\.d|t\.i\.d|q\.d"
)
_END = re.compile(r"[.?!。]+[\"'”’)\]]*(?=\s+\S)(?!\s+[a-z])")
_ABBREVIATED = re.compile(rf"(?:^|[\s(])(?:(?i:{_ABBREVIATIONS})|[B-HJ-Z])\.$")
_NUMBER_ALONE = re.compile(r"(?:^|[:;.]\s*)\(?\d{1,2}\.$")  # "Plan: 1. Aspirin"
_BULLET = re.compile(r"[ \t]*(?:[-*•·–—▪◦]|\(?\d{1,2}[.)](?=\s))[ \t]*")
_CLOSED = re.compile(r"[.?!:;。][\"'”’)\]]*$")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a note: note[start:end], in code points, without bullet or number."""

    start: int
    end: int
    section: str


def split_statements(note: str, headers: Headers | None = None) -> tuple[Statement, ...]:
    """Split a note into its statements, in its order and without overlap; blank ones are left out."""
    return tuple(
        Statement(start, end, section.name)
        for section in split_sections(note, headers)
        for line_start, line_end in _lines(note, section.start, section.end)
        for start, end in _sentences(note, line_start, line_end)
    )


def _lines(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Give the lines of text[low:high], those that were only wrapped joined again."""
    start: int | None = None
    end = low
    for line in text[low:high].splitlines(keepends=True):
        at, end = end, end + len(line)
        bare = line.strip()
        if start is not None and not _goes_on(text[start:at], bare):
            yield start, at
            start = None
        if bare and start is None:
            start = at
    if start is not None:
        yield start, end


def _goes_on(before: str, line: str) -> bool:
    last = before.rstrip("\r\n").rsplit("\n", 1)[-1]
    return (
        bool(line)
        and line[0].islower()
        and len(last) >= WRAPPED_CHARS
        and not _CLOSED.search(last.rstrip())
        and not _BULLET.match(line)
    )


def _sentences(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    bullet = _BULLET.match(text, low, high)
    start = bullet.end() if bullet else low
    for match in _END.finditer(text, start, high):
        if _ends(text[start : match.end()]):
            yield from _stripped(text, start, match.end())
            start = match.end()
    yield from _stripped(text, start, high)


def _ends(sentence: str) -> bool:
    """Tell a sentence's end from the full stop of an abbreviation, an initial or an item's number."""
    return not _ABBREVIATED.search(sentence) and not _NUMBER_ALONE.search(sentence)


def _stripped(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    while low < high and text[low].isspace():
        low += 1
    while low < high and text[high - 1].isspace():
        high -= 1
    if any(character.isalnum() for character in text[low:high]):
        yield low, high
