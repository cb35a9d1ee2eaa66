"""A visit's transcript as the content metrics read it: who says each line, and what is retracted.

A transcript is one segment a line, with or without tags of the speaker ("Doctor:", "[patient]").  Where
there are none, roles are guessed from questions: who asks a question is the clinician, who speaks next
the patient.  Terms are found in a copy with tags, so that answers decide what a question names.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from scribeeval.terms import Mention, find_terms
from scribeeval.terms.dialogue import CLINICIANS

_TAG = re.compile(r"[ \t]*(?:\[([\w ]{1,20})\]:?|([^\W\d_][\w ]{0,19}):)[ \t]*")
_ASKS = re.compile(r"\?\W*$")
_SENTENCE_END = re.compile(r"[.?!。](?<!Dr\.)(?<!Mr\.)(?<!Mrs\.)(?<!Ms\.)(?<!\.\.\.)\s+")
_LETTERS = re.compile(r"\b(?:[A-Z] ){1,5}[A-Z]\b(?!['’])")  # "E K G"


class Line(NamedTuple):
    """What one speaker says in one line: source[start:end], without the tag."""

    start: int
    end: int
    clinician: bool


@dataclass(frozen=True, slots=True)
class Transcript:
    """A transcript's lines, and its mentions as the answers leave them, in the order of the text."""

    lines: tuple[Line, ...]
    mentions: tuple[Mention, ...]


def read_transcript(source: str) -> Transcript:
    """Read a transcript; its blank lines are left out."""
    lines = tuple(_lines(source))
    return Transcript(lines, tuple(_mentions(source, lines)))


def _lines(source: str) -> Iterator[Line]:
    position = 0
    clinician = False
    asked = False
    for line in source.splitlines(keepends=True):
        start, position = position, position + len(line)
        tag = _TAG.match(line)
        name = (tag[1] or tag[2]).lower().replace(" ", "_") if tag else None
        body = line[tag.end() if tag else 0 :]
        if name is not None:
            clinician = name.removeprefix("guest_") in CLINICIANS
        else:
            question = _ASKS.search(body) is not None
            clinician = not asked and (question or not clinician)
            asked = question and clinician
        bare = body.strip()
        if any(character.isalnum() for character in bare):
            low = start + line.index(bare, tag.end() if tag else 0)
            yield Line(low, low + len(bare), clinician)


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Split what is said in one line at its full stops and question marks."""
    for match in _SENTENCE_END.finditer(text, start, end):
        if match.end() - start > 1 and any(c.isalnum() for c in text[start : match.end()]):
            yield start, match.start() + 1
            start = match.end()
    if any(c.isalnum() for c in text[start:end]):
        yield start, end


def _mentions(source: str, lines: tuple[Line, ...]) -> Iterator[Mention]:
    """Find the terms in a copy in which every line bears a tag, and give them their places in the source."""
    pieces: list[str] = []
    starts: list[int] = []
    length = 0
    for line in lines:
        tag = "doctor: " if line.clinician else "patient: "
        starts.append(length + len(tag))
        pieces.append(f"{tag}{source[line.start : line.end]}\n")
        length += len(pieces[-1])
    for mention in find_terms("".join(pieces)):
        at = bisect_right(starts, mention.start) - 1
        if at >= 0:
            yield _moved(mention, lines[at].start - starts[at])


def _moved(mention: Mention, by: int) -> Mention:
    spans = {name: (start + by, end + by) for name, (start, end) in mention.attribute_spans.items()}
    return replace(mention, start=mention.start + by, end=mention.end + by, attribute_spans=spans)
