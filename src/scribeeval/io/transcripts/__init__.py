"""Transcripts of every format: FORMATS, what reads a file of any, and the run folder's transcripts.jsonl."""

from scribeeval.io.transcripts.formats import FORMATS, format_named
from scribeeval.io.transcripts.own import (
    producer_to,
    read_transcripts,
    segment_from,
    transcript_from,
    transcript_to,
    transcripts_to_jsonl,
)
from scribeeval.io.transcripts.reading import Reading, put_together, read_file, read_transcript, to_talk

__all__ = [
    "FORMATS",
    "Reading",
    "format_named",
    "producer_to",
    "put_together",
    "read_file",
    "read_transcript",
    "read_transcripts",
    "segment_from",
    "to_talk",
    "transcript_from",
    "transcript_to",
    "transcripts_to_jsonl",
]
