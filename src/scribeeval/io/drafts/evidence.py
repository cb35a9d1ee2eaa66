"""Evidence links of a draft: does the segment exist, and does it support the sentence?

A sentence is supported where the segments that it names hold as much of each of its statements as the metric
`support` asks of the whole transcript (metrics.content.grounding).
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scribeeval.errors import InputError
from scribeeval.io.drafts.base import Sentence, dicts, string
from scribeeval.io.files import read_text
from scribeeval.io.transcripts.base import json_of, object_with, one_line
from scribeeval.metrics.content.grounding import ground

NOT_CHECKED = "links_not_checked"
NO_SEGMENT = "links_without_segment"
NO_LINK = "sentences_without_link"
NOT_SUPPORTED = "sentences_not_supported"
_TAGS = {"CLINICIAN": "Doctor: ", "PATIENT": "Patient: "}
# V01_summary.json, V01_transcript.json; V01/summary.json: the word says what the file is, not whose
_ROLE = re.compile(
    r"(?:^|[-_. ]+)(?:clinical[-_. ]?)?(summary|transcript|note|draft|documentation)$", re.IGNORECASE
)


def visit_name(path: Path) -> str:
    """Give what a file's name says of its visit, without the word for its kind; else its folder's name.

    >>> visit_name(Path("V01_summary.json")), visit_name(Path("jobs/V02/transcript.json"))
    ('V01', 'V02')
    """
    return _ROLE.sub("", path.stem) or path.parent.name


def transcripts_in(folder: Path) -> dict[str, Path]:
    """List a folder's transcripts by what they are called after: {"V01": V01_transcript.json}."""
    found = {}
    for file in sorted(folder.glob("*.json")):
        role = _ROLE.search(file.stem)
        if role and role[1].lower() == "transcript":
            found[visit_name(file)] = file
    return found


def read_segments(path: Path) -> dict[str, str]:
    """Read a HealthScribe transcript: segment id -> what is said, with who says it.

    Raises:
        InputError: it cannot be read, or is no transcript.

    """
    value = json_of(read_text(path, utf16=True))
    if not object_with(value, "Conversation") or not isinstance(value["Conversation"], dict):
        raise InputError("no Conversation of HealthScribe; export the transcript again")
    segments = {}
    for row in dicts(value["Conversation"], "TranscriptSegments"):
        segments[string(row, "SegmentId")] = f"{_tag(row)}{one_line(string(row, 'Content'))}"
    return segments


def _tag(row: Mapping[str, Any]) -> str:
    roles = [string(one, "ParticipantRole") for one in dicts(row, "ParticipantDetails")]
    return next((_TAGS[r.partition("_")[0]] for r in roles if r.partition("_")[0] in _TAGS), "")


def check(sentences: Sequence[Sentence], segments: Mapping[str, str] | None) -> dict[str, int]:
    """Count the sentences, their links, and what is wrong with them; segments None = no transcript.

    A sentence without a fact, or of which a named segment is missing, is not asked for its support.
    """
    counts = {
        "sentences": len(sentences),
        "links": sum(len(one.segment_ids) for one in sentences),
        NO_LINK: sum(not one.segment_ids for one in sentences),
    }
    if segments is None:
        return counts
    missing = [[i for i in one.segment_ids if i not in segments] for one in sentences]
    return counts | {
        NO_SEGMENT: sum(map(len, missing)),
        NOT_SUPPORTED: sum(
            not is_supported(one, segments)
            for one, lost in zip(sentences, missing, strict=True)
            if one.segment_ids and not lost
        ),
    }


def is_supported(sentence: Sentence, segments: Mapping[str, str]) -> bool:
    """Tell whether the segments that a sentence names hold each of its statements; True without a fact."""
    named = set(sentence.segment_ids)
    said = "\n".join(text for segment_id, text in segments.items() if segment_id in named)
    return all(one.grounded for one in ground(sentence.text, said) if one.share is not None)


def flags(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Give the flags that the counts of `check` raise, keys of io.drafts.FLAGS."""
    unchecked = (NOT_CHECKED,) if counts["links"] and NO_SEGMENT not in counts else ()
    return (*unchecked, *(name for name in (NO_SEGMENT, NO_LINK, NOT_SUPPORTED) if counts.get(name)))
