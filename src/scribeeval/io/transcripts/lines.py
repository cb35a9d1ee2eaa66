"""Dialogues without times: ACI-BENCH's and MTS-Dialog's labelled lines, and plain text.

ACI-BENCH labels with brackets, "[doctor] hi", at a line's start or, in its machine transcripts, all on one
line.  MTS-Dialog labels with a colon, "Doctor: Hi".  A line without a label goes on with the turn above;
before the first label nobody is known to speak.  In plain text each line is a segment, as in Whisper's TXT.
"""

import re
from collections.abc import Sequence

from scribeeval.io.transcripts.base import Names, Sample, Talk, Turn, one_line
from scribeeval.io.transcripts.speakers import is_label
from scribeeval.records import Speaker

_BRACKETS = re.compile(r"\[\s*([^\W\d][\w .-]{0,30}?)\s*\](?:\s*:)?")
_COLON = re.compile(r"\s*(?:\[\s*([^\W\d][\w .-]{0,30}?)\s*\]|([^\W\d][\w .-]{0,30}?))\s*[:：](?=\s|$)")

FEWEST = 4  # texts, of which as many may start with a label by chance
MOST_LABELS = 4  # people in one room

ACI_LABELS: dict[Speaker | None, str] = {
    "clinician": "doctor",
    "patient": "patient",
    "other": "patient_guest",
    None: "speaker",
}
MTS_LABELS: dict[Speaker | None, str] = {
    "clinician": "Doctor",
    "patient": "Patient",
    "other": "Guest_family",
    None: "Speaker",
}


def label_before(text: str, names: Names) -> tuple[str | None, str]:
    """Split "Doctor: hi" or "[SPEAKER_00]: hi" into label and speech; None where no label is in front.

    >>> label_before("Doctor: hi", {}), label_before("Plan: rest", {})
    (('Doctor', 'hi'), (None, 'Plan: rest'))
    """
    match = _COLON.match(text)
    if match is not None and is_label(label := match[1] or match[2], names):
        return label, text[match.end() :].strip()
    return None, text


def read_aci(text: str, names: Names) -> tuple[Talk, ...]:
    """Read ACI-BENCH's lines."""
    marks = [m for m in _BRACKETS.finditer(text) if is_label(m[1], names)]
    ends = [m.start() for m in marks[1:]] + [len(text)]
    turns = [
        Turn(None, None, m[1], one_line(text[m.end() : end])) for m, end in zip(marks, ends, strict=True)
    ]
    before = one_line(text[: marks[0].start()] if marks else text)
    return (Talk(None, (*([Turn(None, None, None, before)] if before else []), *turns)),)


def read_mts(text: str, names: Names) -> tuple[Talk, ...]:
    """Read MTS-Dialog's lines."""
    turns: list[tuple[str | None, list[str]]] = []
    for line in text.split("\n"):
        label, said = label_before(line, names)
        if label is not None or not turns:
            turns.append((label, [said]))
        else:
            turns[-1][1].append(said)
    return (Talk(None, tuple(Turn(None, None, label, one_line(" ".join(said))) for label, said in turns)),)


def read_text_lines(text: str, names: Names) -> tuple[Talk, ...]:
    """Read plain text, a segment a line."""
    lines = (line for line in text.split("\n") if line.strip())
    return (Talk(None, tuple(Turn(None, None, None, one_line(line)) for line in lines)),)


def write_aci(talks: Sequence[Talk]) -> str:
    """Write ACI-BENCH's lines."""
    return "".join(f"[{_label(ACI_LABELS, t)}] {one_line(t.text)}\n" for t in talks[0].turns)


def write_mts(talks: Sequence[Talk]) -> str:
    """Write MTS-Dialog's lines."""
    return "".join(f"{_label(MTS_LABELS, t)}: {one_line(t.text)}\n" for t in talks[0].turns)


def write_text_lines(talks: Sequence[Talk]) -> str:
    """Write plain text, a segment a line."""
    return "".join(f"{one_line(turn.text)}\n" for turn in talks[0].turns)


def _label(labels: dict[Speaker | None, str], turn: Turn) -> str:
    return next((label for role, label in labels.items() if role == turn.label), labels[None])


def is_aci(sample: Sample) -> bool:
    """Tell by a speaker in brackets before all else."""
    match = _BRACKETS.match(sample.text.lstrip())
    return match is not None and not match[0].endswith(":") and is_label(match[1], sample.names)


def is_mts(sample: Sample) -> bool:
    """Tell by a speaker and a colon before all else."""
    return label_before(sample.text.lstrip(), sample.names)[0] is not None


def is_plain(sample: Sample) -> bool:
    """Tell by the lack of any mark: no line starts with a speaker, and it is no JSON."""
    lines = sample.text.split("\n")
    return sample.value is None and not any(_starts_with_label(line, sample.names) for line in lines)


def looks_labelled(texts: Sequence[str]) -> bool:
    """Tell whether every text has one of few labels in front, which name nobody known: "Kim: hi"."""
    matches = [_COLON.match(text) or _BRACKETS.match(text) for text in texts]
    labels = {match[0].strip() for match in matches if match is not None}
    return len(texts) >= FEWEST and len(labels) <= MOST_LABELS and None not in matches


def _starts_with_label(line: str, names: Names) -> bool:
    match = _BRACKETS.match(line.lstrip())
    return (match is not None and is_label(match[1], names)) or label_before(line, names)[0] is not None
