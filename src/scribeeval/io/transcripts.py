"""Transcripts: a timed JSON file of one visit, plain text, and the run folder's transcripts.jsonl."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scribeeval.errors import InputError
from scribeeval.io.files import read_jsonl, read_text, to_jsonl
from scribeeval.records import SPEAKERS, Producer, Segment, Transcript


def read_transcript(path: Path) -> tuple[str, tuple[Segment, ...] | None]:
    """Read a reference transcript: .json with timed segments, any other suffix as plain text.

    Returns the words, one segment a line, and the segments (None for plain text).

    Raises:
        InputError: the file cannot be read, or a segment lacks a key or has another type of value.

    """
    text = read_text(path)
    if path.suffix.lower() != ".json":
        return text.strip(), None
    try:
        segments = tuple(segment_from(row) for row in json.loads(text)["segments"])
    except (json.JSONDecodeError, KeyError, TypeError, ValueError):
        raise InputError(
            f"{path}: not a timed transcript; it needs "
            '{"segments": [{"start_s": 0.0, "end_s": 1.5, "speaker": "clinician", "text": "..."}]}'
        ) from None
    return "\n".join(segment.text for segment in segments), segments


def segment_from(row: Mapping[str, Any]) -> Segment:
    """Make a segment from its JSON; speaker may be null."""
    speaker = row["speaker"]
    if speaker is not None and speaker not in SPEAKERS:
        raise ValueError(speaker)
    return Segment(float(row["start_s"]), float(row["end_s"]), speaker, str(row["text"]))


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
