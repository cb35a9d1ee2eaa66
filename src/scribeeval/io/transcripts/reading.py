"""A transcript file, of any format -> the segments of its visits, with roles, and without tags."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.files import read_text
from scribeeval.io.transcripts.base import Format, Names, Talk, Turn
from scribeeval.io.transcripts.formats import format_named, recognise
from scribeeval.io.transcripts.lines import looks_labelled
from scribeeval.io.transcripts.speakers import role_in_name, role_of
from scribeeval.io.transcripts.tags import without_tags
from scribeeval.records import Segment, Speaker, in_time_order


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says of one visit.

    visit_id: as the format names it, or None.  name: of the file, without suffix and role.  role: in the
    file's name, where it has one.  tags: how many of each kind were taken out.  unknown: labels of
    segments that name nobody known.
    """

    visit_id: str | None
    name: str
    role: Speaker | None
    format: Format
    segments: tuple[Segment, ...]
    tags: Mapping[str, int]
    unknown: tuple[str, ...]


def read_file(path: Path, names: Names | None = None, format_name: str | None = None) -> tuple[Reading, ...]:
    """Read a transcript file, one Reading a visit.

    Segments come in the order of time, or, where one has no time, of the file; those without words are
    left out (RTTM has none with).  A role in the file's name is that of its speaker, where the format has
    times and none of its labels names a role.  format_name: a key of FORMATS; recognised if None.

    Raises:
        InputError: the file cannot be read, is of no known format, or breaks the format's rules.

    """
    own = names or {}
    text = read_text(path, utf16=True)
    if "\0" in text:
        raise InputError(f"{path}: holds NUL bytes; save the file as UTF-8")
    try:
        found = format_named(format_name) if format_name else recognise(path.name, text, own)
        talks = found.read(text, own)
        if format_name is None:
            _refuse_nameless_labels(talks)
    except InputError as error:
        raise InputError(f"{path}: {problem}" for problem in error.problems) from None
    name, role = role_in_name(_stem(path, found))
    return tuple(_reading(talk, name, role, found, own) for talk in talks)


def _refuse_nameless_labels(talks: Sequence[Talk]) -> None:
    """Names in front of the speech would be scored as if they had been said."""
    for talk in talks:
        if looks_labelled([t.text for t in talk.turns if t.label is None and t.text.strip()]):
            raise InputError(
                "each segment starts with a label that names no role; name them with --speaker LABEL=ROLE "
                "(`scribeeval convert`), or say with --from that they are words"
            )


def _stem(path: Path, found: Format) -> str:
    suffixes = [s for s in found.suffixes if path.name.lower().endswith(s)]
    return path.name[: -max(map(len, suffixes))] if suffixes else path.stem


def _reading(talk: Talk, name: str, role: Speaker | None, found: Format, names: Names) -> Reading:
    one_side = "times" in found.holds and not any(role_of(turn.label, names) for turn in talk.turns)
    alone = role if one_side else None
    tags: Counter[str] = Counter()
    unknown: dict[str, None] = {}
    segments = []
    for turn in talk.turns:
        text, counts = without_tags(unicodedata.normalize("NFC", turn.text))  # JSON's escapes come later
        tags += counts
        if not text and "words" in found.holds:
            continue
        speaker = role_of(turn.label, names) or alone
        if speaker is None and turn.label:
            unknown[turn.label] = None
        segments.append(Segment(turn.start_s, turn.end_s, speaker, text))
    visit_id = None if talk.visit_id is None else unicodedata.normalize("NFC", talk.visit_id)
    return Reading(visit_id, name, role, found, in_time_order(segments), dict(tags), tuple(unknown))


def read_transcript(path: Path, visit_id: str | None = None) -> tuple[str, tuple[Segment, ...] | None]:
    """Read a reference transcript of any format.

    visit_id: which one to take of a file of several.

    Returns the words, one segment a line, and the segments (None for plain text).

    Raises:
        InputError: as read_file; or the format has no words, or the file no such visit.

    """
    readings = read_file(path)
    if len(readings) > 1:
        readings = tuple(r for r in readings if r.visit_id == visit_id)
        if len(readings) != 1:
            raise InputError(f"{path}: holds several visits, and {len(readings)} are called {visit_id!r}")
    if not readings:
        return "", ()
    reading = readings[0]
    if "words" not in reading.format.holds:
        raise InputError(
            f"{path}: {reading.format.name} has no words, only who speaks when; give a transcript"
        )
    text = "\n".join(segment.text for segment in reading.segments)
    return text, None if reading.format.name == "text" else reading.segments


def put_together(readings: Sequence[Reading], visit_id: str) -> Reading:
    """Join the files of one visit, one a speaker ("day1_doctor", "day1_patient"), in the order of time.

    Raises:
        InputError: more than one file, and not each of another role; or one of them has no times.

    """
    if len(readings) == 1:
        return replace(readings[0], visit_id=visit_id)
    roles = [reading.role for reading in readings]
    if None in roles or len(set(roles)) < len(roles):
        kinds = ", ".join(sorted({reading.format.name for reading in readings}))
        raise InputError(
            f"visit {visit_id!r}: has {len(readings)} transcripts ({kinds}); keep one, or one a speaker "
            "named like day1_doctor and day1_patient"
        )
    segments = [segment for reading in readings for segment in reading.segments]
    if any(segment.start_s is None for segment in segments):
        raise InputError(f"visit {visit_id!r}: files without times cannot be put in order; give one file")
    tags = sum((Counter(reading.tags) for reading in readings), Counter[str]())
    unknown = tuple(dict.fromkeys(label for reading in readings for label in reading.unknown))
    return replace(
        readings[0],
        visit_id=visit_id,
        role=None,
        segments=in_time_order(segments),
        tags=tags,
        unknown=unknown,
    )


def to_talk(visit_id: str, segments: Sequence[Segment]) -> Talk:
    """Give what a writer takes."""
    return Talk(visit_id, tuple(Turn(s.start_s, s.end_s, s.speaker, s.text) for s in segments))
