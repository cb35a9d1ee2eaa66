"""scribeeval's own transcripts: a JSON file of one visit, JSON lines, and the run folder's transcripts.jsonl.

{"visit_id", "segments": [{"start_s", "end_s", "speaker", "text"}]}; a time or a speaker may be null.  JSON
lines hold one such object a line, or {"id", "text"}, of words alone.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scribeeval.errors import InputError
from scribeeval.io.files import read_jsonl, to_json, to_jsonl
from scribeeval.io.transcripts.base import (
    Names,
    Sample,
    Talk,
    Turn,
    json_of,
    object_with,
    ordered,
    seconds_of,
)
from scribeeval.records import SPEAKERS, Producer, Segment, Transcript

SHAPE = '{"segments": [{"start_s": 0.0, "end_s": 1.5, "speaker": "clinician", "text": "..."}]}'


def is_json(sample: Sample) -> bool:
    """Tell by segments with start_s, or none, and no text beside them."""
    return _is_own(sample.value)


def _is_own(value: Any) -> bool:
    if not object_with(value, "segments") or "text" in value or not isinstance(value["segments"], list):
        return False
    return not value["segments"] or object_with(value["segments"][0], "start_s")


def is_jsonl(sample: Sample) -> bool:
    """Tell by the first line: an object with segments and visit_id."""
    row = _first_row(sample.text)
    return _is_own(row) and object_with(row, "visit_id")


def is_jsonl_text(sample: Sample) -> bool:
    """Tell by the first line: an object with id and text."""
    return object_with(_first_row(sample.text), "id", "text")


def _first_row(text: str) -> Any:
    try:
        return json.loads(text.lstrip().split("\n", 1)[0])
    except (ValueError, RecursionError):
        return None


def read_json(text: str, names: Names) -> tuple[Talk, ...]:
    """Read a JSON file of one visit.

    Raises:
        InputError: not JSON, or a segment lacks a key or has another type of value.

    """
    return (_talk(json_of(text), "the file"),)


def read_jsonl_talks(text: str, names: Names) -> tuple[Talk, ...]:
    """Read one visit a line.

    Raises:
        InputError: as read_json, with the line.

    """
    return tuple(_talk(row, where) for where, row in _rows(text))


def _rows(text: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield f"line {number}", json_of(line)
            except InputError:
                raise InputError(f"line {number}: not a JSON object; write one object a line") from None


def _talk(value: Any, where: str) -> Talk:
    """One visit's object; any label may stand where a role does, and is looked up as elsewhere."""
    if not object_with(value, "segments") or not isinstance(value["segments"], list):
        raise InputError(f"{where}: not a timed transcript; it needs {SHAPE}")
    turns = []
    for number, row in enumerate(value["segments"], start=1):
        at = f"segment {number}" if where == "the file" else f"{where}, segment {number}"
        if not object_with(row, "start_s", "end_s", "speaker", "text") or not (
            isinstance(row["text"], str) and isinstance(row["speaker"], str | None)
        ):
            raise InputError(f"{at}: not a timed transcript; it needs {SHAPE}")
        times: tuple[float, float] | tuple[None, None] = (None, None)
        if row["start_s"] is not None or row["end_s"] is not None:
            times = ordered(seconds_of(row["start_s"], at), seconds_of(row["end_s"], at), at)
        turns.append(Turn(times[0], times[1], row["speaker"], row["text"]))
    visit_id = value.get("visit_id")
    return Talk(None if visit_id is None else str(visit_id), tuple(turns))


def read_jsonl_text(text: str, names: Names) -> tuple[Talk, ...]:
    """Read {"id", "text"} lines; each line of a text is a segment.

    Raises:
        InputError: a line is no such object.

    """
    talks = []
    for where, row in _rows(text):
        if not object_with(row, "id", "text") or not isinstance(row["text"], str):
            raise InputError(f'{where}: not {{"id": ..., "text": ...}}; put the line right')
        lines = row["text"].split("\n")
        talks.append(Talk(str(row["id"]), tuple(Turn(None, None, None, line) for line in lines)))
    return tuple(talks)


def _row(talk: Talk) -> dict[str, Any]:
    segments = [
        {"start_s": t.start_s, "end_s": t.end_s, "speaker": t.label, "text": t.text} for t in talk.turns
    ]
    return {"visit_id": talk.visit_id, "segments": segments}


def write_json(talks: Sequence[Talk]) -> str:
    """Write a JSON file of one visit; nothing is lost."""
    return to_json(_row(talks[0])) + "\n"


def write_jsonl(talks: Sequence[Talk]) -> str:
    """Write one visit a line; nothing is lost."""
    return to_jsonl(map(_row, talks))


def write_jsonl_text(talks: Sequence[Talk]) -> str:
    """Write {"id", "text"} lines, the segments' texts on lines of their own."""
    return to_jsonl({"id": talk.visit_id, "text": "\n".join(t.text for t in talk.turns)} for talk in talks)


def segment_from(row: Mapping[str, Any]) -> Segment:
    """Make a segment from its JSON; times and speaker may be null."""
    speaker = row["speaker"]
    if speaker is not None and speaker not in SPEAKERS:
        raise ValueError(speaker)
    start_s, end_s = (None if row[key] is None else float(row[key]) for key in ("start_s", "end_s"))
    return Segment(start_s, end_s, speaker, str(row["text"]))


def transcript_to(transcript: Transcript) -> dict[str, Any]:
    """Give the line of transcripts.jsonl."""
    return {
        "visit_id": transcript.visit_id,
        "producer": producer_to(transcript.producer),
        "flags": list(transcript.flags),
        "facts": dict(transcript.facts),
        "segments": [
            {"start_s": s.start_s, "end_s": s.end_s, "speaker": s.speaker, "text": s.text}
            for s in transcript.segments
        ],
    }


def transcript_from(row: Mapping[str, Any]) -> Transcript:
    """Make a transcript from its line."""
    return Transcript(
        row["visit_id"],
        tuple(segment_from(segment) for segment in row["segments"]),
        Producer(**row["producer"]),
        tuple(row["flags"]),
        row.get("facts", {}),
    )


def producer_to(producer: Producer) -> dict[str, str]:
    """Give the JSON of a producer."""
    return {
        "name": producer.name,
        "revision": producer.revision,
        "options_sha256": producer.options_sha256,
    }


def transcripts_to_jsonl(transcripts: Iterable[Transcript]) -> str:
    """Write transcripts.jsonl, sorted by visit."""
    return to_jsonl(transcript_to(t) for t in sorted(transcripts, key=lambda t: t.visit_id))


def read_transcripts(path: Path) -> dict[str, Transcript]:
    """Read transcripts.jsonl by visit id."""
    try:
        return {row["visit_id"]: transcript_from(row) for row in read_jsonl(path)}
    except (KeyError, TypeError, ValueError):
        raise InputError(
            f"{path}: not a transcripts.jsonl of scribeeval; run `scribeeval transcribe` again"
        ) from None
