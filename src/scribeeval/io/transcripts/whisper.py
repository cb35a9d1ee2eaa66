"""Whisper's JSON and TSV.  Its VTT and SRT are in subtitles.py; its TXT is plain text, a segment a line.

JSON: {"text", "segments": [{"start", "end", "text", ...}], "language"}; a segment's "speaker" (WhisperX) is
read and written.  A null or missing "segments" with a text is one turn without times (the answer of an
OpenAI-compatible endpoint).  TSV: start, end, text, with times in whole milliseconds.
"""

from collections.abc import Sequence
from typing import Any

from scribeeval.errors import InputError
from scribeeval.io.files import to_json
from scribeeval.io.transcripts.base import (
    Names,
    Sample,
    Talk,
    Turn,
    json_of,
    listed,
    object_with,
    one_line,
    ordered,
    seconds_of,
    string_of,
    timed,
    times_of,
)

TSV_HEADER = "start\tend\ttext"


def is_whisper_json(sample: Sample) -> bool:
    """Tell by segments with start, end and text, or a text with a language."""
    value = sample.value
    if object_with(value, "segments") and isinstance(value["segments"], list) and value["segments"]:
        return object_with(value["segments"][0], "start", "end", "text")
    return object_with(value, "text") and not object_with(value, "id")


def is_whisper_tsv(sample: Sample) -> bool:
    """Tell by the header."""
    return sample.text.split("\n", 1)[0].rstrip() == TSV_HEADER


def read_whisper_json(text: str, names: Names) -> tuple[Talk, ...]:
    """Read Whisper's JSON.

    Raises:
        InputError: not JSON, or a segment without start, end or text.

    """
    value = json_of(text)
    if not object_with(value, "segments") and not object_with(value, "text"):
        raise InputError("not Whisper's JSON: it has neither segments nor text; name the format with --from")
    if value.get("segments") is None:
        return (Talk(None, (Turn(None, None, None, string_of(value, "text", "the file")),)),)
    turns = []
    for number, row in enumerate(listed(value["segments"], "segment"), start=1):
        where = f"segment {number}"
        label = row.get("speaker")
        turns.append(
            Turn(
                *times_of(row, "start", "end", where),
                label if isinstance(label, str) else None,
                string_of(row, "text", where),
            )
        )
    return (Talk(None, tuple(turns)),)


def write_whisper_json(talks: Sequence[Talk]) -> str:
    """Write Whisper's JSON; times are not rounded.

    Raises:
        InputError: a segment has no times.

    """
    segments: list[dict[str, Any]] = []
    for number, (start_s, end_s, turn) in enumerate(timed(talks[0], "whisper-json")):
        row = {"id": number, "start": start_s, "end": end_s, "text": f" {turn.text}"}
        segments.append(row | ({"speaker": turn.label} if turn.label else {}))
    text = "".join(str(row["text"]) for row in segments)
    return to_json({"text": text, "segments": segments, "language": None}) + "\n"


def read_whisper_tsv(text: str, names: Names) -> tuple[Talk, ...]:
    """Read Whisper's TSV.

    Raises:
        InputError: another header, or a line without two times and a text.

    """
    header, *lines = text.split("\n")
    if header.rstrip() != TSV_HEADER:
        raise InputError("line 1: is not start, end, text, each after a tab; name the format with --from")
    turns = []
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        where, fields = f"line {number}", line.split("\t", 2)
        if len(fields) < 3 or not (fields[0].strip().isdecimal() and fields[1].strip().isdecimal()):
            raise InputError(f"{where}: is not start and end in whole milliseconds and a text, after tabs")
        start_s, end_s = (seconds_of(field, where) / 1000 for field in fields[:2])
        turns.append(Turn(*ordered(start_s, end_s, where), None, fields[2]))
    return (Talk(None, tuple(turns)),)


def write_whisper_tsv(talks: Sequence[Talk]) -> str:
    """Write Whisper's TSV.

    Raises:
        InputError: a segment has no times.

    """
    rows = [
        f"{round(start_s * 1000)}\t{round(end_s * 1000)}\t{one_line(turn.text)}"
        for start_s, end_s, turn in timed(talks[0], "whisper-tsv")
    ]
    return "\n".join([TSV_HEADER, *rows, ""])
