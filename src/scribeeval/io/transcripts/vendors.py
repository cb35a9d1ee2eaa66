"""Transcripts of scribe products: AWS HealthScribe and Microsoft Dragon Copilot (DAX).

HealthScribe names CLINICIAN_0 and PATIENT_0; anyone else is written without a role.  Dragon names
"clinician" and "other", so that a patient comes back as `other` (map it back with --speaker
other=patient, where only the two spoke); a speaker who is not known cannot be written.
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
    clock_s,
    json_of,
    listed,
    object_with,
    ordered,
    string_of,
    timed,
    times_of,
    to_clock,
)

_HEALTHSCRIBE_ROLES = {"clinician": "CLINICIAN_0", "patient": "PATIENT_0"}


def is_healthscribe(sample: Sample) -> bool:
    """Tell by Conversation with TranscriptSegments."""
    return _has(sample.value, "Conversation", "TranscriptSegments")


def _has(value: Any, outer: str, inner: str) -> bool:
    return object_with(value, outer) and object_with(value[outer], inner)


def read_healthscribe(text: str, names: Names) -> tuple[Talk, ...]:
    """Read a HealthScribe transcript; the visit is its ConversationId.

    Raises:
        InputError: another JSON, or a segment without its times or its content.

    """
    value = json_of(text)
    if not _has(value, "Conversation", "TranscriptSegments"):
        raise InputError("no Conversation with TranscriptSegments; give HealthScribe's transcript.json")
    conversation = value["Conversation"]
    turns = []
    for number, row in enumerate(listed(conversation["TranscriptSegments"], "segment"), start=1):
        where = f"segment {number}"
        details = row.get("ParticipantDetails")
        role = details.get("ParticipantRole") if isinstance(details, dict) else None
        times = times_of(row, "BeginAudioTime", "EndAudioTime", where)
        turns.append(Turn(*times, role if isinstance(role, str) else None, string_of(row, "Content", where)))
    visit_id = conversation.get("ConversationId")
    return (Talk(visit_id if isinstance(visit_id, str) else None, tuple(turns)),)


def write_healthscribe(talks: Sequence[Talk]) -> str:
    """Write a HealthScribe transcript, of segments only; times are not rounded.

    Raises:
        InputError: a segment has no times.

    """
    segments = []
    for number, (start_s, end_s, turn) in enumerate(timed(talks[0], "healthscribe")):
        row: dict[str, Any] = {
            "SegmentId": str(number),
            "Content": turn.text,
            "BeginAudioTime": start_s,
            "EndAudioTime": end_s,
        }
        role = _HEALTHSCRIBE_ROLES.get(turn.label or "")
        segments.append(row | ({"ParticipantDetails": {"ParticipantRole": role}} if role else {}))
    whole = {"ConversationId": talks[0].visit_id, "TranscriptItems": [], "TranscriptSegments": segments}
    return to_json({"Conversation": whole}) + "\n"


def is_dragon(sample: Sample) -> bool:
    """Tell by turns under transcript."""
    return _has(sample.value, "transcript", "turns")


def read_dragon(text: str, names: Names) -> tuple[Talk, ...]:
    """Read a Dragon Copilot payload.

    Raises:
        InputError: another JSON, or a turn without its text, or with times that are no clock.

    """
    value = json_of(text)
    if not _has(value, "transcript", "turns"):
        raise InputError("no transcript with turns; give the payload of Dragon Copilot that has them")
    turns = []
    for number, row in enumerate(listed(value["transcript"]["turns"], "turn"), start=1):
        where = f"turn {number}"
        start_s, end_s = (clock_s(str(row.get(key))) for key in ("start_time", "end_time"))
        if start_s is None or end_s is None:
            raise InputError(f"{where}: start_time or end_time is not as in 00:00:01.000; export it again")
        speaker = row.get("speaker")
        label = speaker if isinstance(speaker, str) else None
        turns.append(Turn(*ordered(start_s, end_s, where), label, string_of(row, "text", where)))
    return (Talk(None, tuple(turns)),)


def write_dragon(talks: Sequence[Talk]) -> str:
    """Write a Dragon Copilot payload; times to 1 ms.

    Raises:
        InputError: a segment has no times, or nobody known as its speaker.

    """
    turns = []
    for number, (start_s, end_s, turn) in enumerate(timed(talks[0], "dragon"), start=1):
        if turn.label is None:
            raise InputError(
                f"segment {number}: nobody is known to speak, which dragon cannot hold; use --speaker"
            )
        turns.append(
            {
                "index": number - 1,
                "speaker": "clinician" if turn.label == "clinician" else "other",
                "text": turn.text,
                "start_time": to_clock(start_s),
                "end_time": to_clock(end_s),
            }
        )
    count = len({turn.label for turn in talks[0].turns})
    return to_json({"transcript": {"speaker_count": count, "turns": turns}}) + "\n"
