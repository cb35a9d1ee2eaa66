"""WebVTT and SubRip (SRT): cues with a clock, as Whisper, meeting software and subtitle editors write them.

Speakers: a voice span (`<v clinician>`) in WebVTT; in both, a label before a colon in front of a cue
("[SPEAKER_00]: ...", "Doctor: ..."), where the label names a speaker.  Times are rounded to 1 ms.
"""

import html
import re
from collections.abc import Iterator, Sequence

from scribeeval.errors import InputError
from scribeeval.io.transcripts.base import (
    Names,
    Sample,
    Talk,
    Turn,
    clock_s,
    one_line,
    ordered,
    timed,
    to_clock,
)
from scribeeval.io.transcripts.lines import label_before

_TIMING = re.compile(r"\s*([\d:.,]+)\s*-->\s*([\d:.,]+)(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
_VTT_MARKUP = re.compile(r"</?(?:v|c|i|b|u|ruby|rt|lang)(?:[.\s][^>]*)?>|<\d+:[\d:.]+>")
_SRT_STYLE = re.compile(r"<(i|b|u|s|font)(?:\s[^>]*)?>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_SRT_PLACE = re.compile(r"\{\\[^}]*\}")
_SKIPPED = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")


def is_vtt(sample: Sample) -> bool:
    """Tell by the header."""
    return sample.text.startswith("WEBVTT")


def is_srt(sample: Sample) -> bool:
    """Tell by the first block: a number, then the times with a comma."""
    return re.match(r"\s*\d+\s*\n\s*\d+:\d\d:\d\d,\d+\s*-->", sample.text) is not None


def read_vtt(text: str, names: Names) -> tuple[Talk, ...]:
    """Read WebVTT; a cue with several voices becomes a turn of each, with the cue's times.

    Raises:
        InputError: no WEBVTT header, or a cue without readable times.

    """
    if not text.startswith("WEBVTT"):
        raise InputError("line 1: WEBVTT is missing; is this another format? name it with --from")
    turns: list[Turn] = []
    for start_s, end_s, payload in _cues(text, skip_header=True):
        for label, said in _voices(payload):
            plain = html.unescape(_VTT_MARKUP.sub("", said))
            own, rest = (label, plain) if label is not None else label_before(plain, names)
            turns.append(Turn(start_s, end_s, own, rest))
    return (Talk(None, tuple(turns)),)


def read_srt(text: str, names: Names) -> tuple[Talk, ...]:
    """Read SubRip.

    Raises:
        InputError: a block without readable times.

    """
    turns = []
    for start_s, end_s, payload in _cues(text, skip_header=False):
        label, said = label_before(_without_style(payload), names)
        turns.append(Turn(start_s, end_s, label, said))
    return (Talk(None, tuple(turns)),)


def _without_style(payload: str) -> str:
    """SubRip has no way to write a plain "<": only a tag that is closed again is style."""
    payload, n = _SRT_PLACE.sub("", payload), 1
    while n:
        payload, n = _SRT_STYLE.subn(r"\2", payload)
    return payload


def _cues(text: str, *, skip_header: bool) -> Iterator[tuple[float, float, str]]:
    for number, block in _blocks(text):
        if skip_header and (number == 1 or _SKIPPED.match(block[0])):
            continue
        place = next((i for i, line in enumerate(block[:2]) if "-->" in line), None)
        if place is None:
            raise InputError(
                f"line {number}: a cue has no times; put them in, as in 00:00:01.000 --> 00:00:02.000"
            )
        match = _TIMING.fullmatch(block[place])
        start_s, end_s = (clock_s(match[1]), clock_s(match[2])) if match else (None, None)
        where = f"line {number + place}"
        if start_s is None or end_s is None:
            raise InputError(f"{where}: times are not as in 00:00:01.000 --> 00:00:02.000; put them right")
        yield *ordered(start_s, end_s, where), "\n".join(block[place + 1 :])


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that are not blank, with the number of the first."""
    block: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _voices(payload: str) -> Iterator[tuple[str | None, str]]:
    """Split a cue at its voice spans; what stands before the first has no voice."""
    before, *rest = _VOICE.split(payload)
    if before.strip() or not rest:
        yield None, before
    for label, said in zip(rest[::2], rest[1::2], strict=True):
        yield html.unescape(label).strip(), said


def write_vtt(talks: Sequence[Talk]) -> str:
    """Write WebVTT with voice spans.

    Raises:
        InputError: a segment has no times.

    """
    cues = []
    for start_s, end_s, turn in timed(talks[0], "vtt"):
        said = one_line(turn.text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        voice = f"<v {turn.label}>" if turn.label else ""
        cues.append(f"{to_clock(start_s)} --> {to_clock(end_s)}\n{voice}{said}\n")
    return "\n".join(["WEBVTT\n", *cues])


def write_srt(talks: Sequence[Talk]) -> str:
    """Write SubRip; the speaker stands before the text in brackets, as WhisperX writes it.

    Raises:
        InputError: a segment has no times.

    """
    cues = []
    for number, (start_s, end_s, turn) in enumerate(timed(talks[0], "srt"), start=1):
        label = f"[{turn.label}]: " if turn.label else ""
        times = f"{to_clock(start_s, ',')} --> {to_clock(end_s, ',')}"
        cues.append(f"{number}\n{times}\n{label}{one_line(turn.text)}\n")
    return "\n".join(cues)
