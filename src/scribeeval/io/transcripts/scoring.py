"""The formats of speech scoring: STM, CTM and RTTM (NIST's), and SegLST (meeteval's).

All may hold many visits; a visit is their session (file name).  Fields end at a blank, so that an id with
a blank cannot be written.  CTM has a line a word: a writer shares a segment's time among its words by their
letters, and a reader joins words of one channel across pauses of up to MAX_PAUSE_S.  RTTM has no words.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

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

Word: TypeAlias = tuple[float, float, str]  # start, end, word

MAX_PAUSE_S = 1.0  # as the transcriber cuts: a longer silence is another turn
NAMELESS = "speaker"
UNSCORED = "ignore_time_segment_in_scoring"
_STM_LABEL = re.compile(r"<[a-z0-9,._-]+>")  # <o,f0,male>: conditions, not speech


def _fields(text: str, n: int, what: str) -> Iterator[tuple[str, list[str]]]:
    """The lines' fields, n of them and what is left over; comments and blank lines left out."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith(";;"):
            continue
        fields = line.split(maxsplit=n)
        if len(fields) < n:
            raise InputError(f"line {number}: has {len(fields)} of the {n} fields of {what}; export it again")
        yield f"line {number}", fields


def _grouped(turns: Sequence[tuple[str, Turn]]) -> tuple[Talk, ...]:
    visits: dict[str, list[Turn]] = {}
    for visit_id, turn in turns:
        visits.setdefault(visit_id, []).append(turn)
    return tuple(Talk(visit_id, tuple(found)) for visit_id, found in visits.items())


def _session(talk: Talk) -> str:
    if not talk.visit_id or len(talk.visit_id.split()) != 1 or talk.visit_id.startswith(";;"):
        raise InputError(
            f"visit {talk.visit_id!r}: the format ends an id at a blank; write json, or rename it"
        )
    return talk.visit_id


def _end(start: str, duration: str, where: str) -> float:
    """Add as the file has it in decimals, so that 1.1 + 2.2 is 3.3."""
    seconds_of(duration, where)
    return float(Decimal(start) + Decimal(duration))


def read_stm(text: str, names: Names) -> tuple[Talk, ...]:
    """Read STM: session, channel, speaker, start, end, [<conditions>], words.

    Raises:
        InputError: a line has fewer fields, or times that are none.

    """
    turns = []
    for where, fields in _fields(text, 5, "STM"):
        session, _, speaker, start, end, *rest = fields
        words = rest[0].strip() if rest else ""
        first = words.split(maxsplit=1)
        if first and _STM_LABEL.fullmatch(first[0]):
            words = "".join(first[1:])
        if words.lower() != UNSCORED:
            times = ordered(seconds_of(start, where), seconds_of(end, where), where)
            turns.append((session, Turn(*times, speaker, words)))
    return _grouped(turns)


def write_stm(talks: Sequence[Talk]) -> str:
    """Write STM; times are not rounded.

    Raises:
        InputError: a segment has no times, or an id has a blank.

    """
    return "".join(
        f"{_session(talk)} 1 {turn.label or NAMELESS} {start_s!r} {end_s!r} {one_line(turn.text)}".rstrip()
        + "\n"
        for talk in talks
        for start_s, end_s, turn in timed(talk, "stm")
    )


def read_ctm(text: str, names: Names) -> tuple[Talk, ...]:
    """Read CTM: session, channel, start, duration, word, [confidence].

    Raises:
        InputError: a line has fewer fields, or times that are none.

    """
    channels: dict[tuple[str, str], list[Word]] = {}
    for where, fields in _fields(text, 5, "CTM"):
        session, channel, start, duration, word, *_ = fields
        start_s = seconds_of(start, where)
        channels.setdefault((session, channel), []).append((start_s, _end(start, duration, where), word))
    turns = [
        (session, Turn(group[0][0], max(end for _, end, _ in group), channel, " ".join(w for *_, w in group)))
        for (session, channel), words in channels.items()
        for group in _split_at_pauses(sorted(words, key=lambda word: word[0]))
    ]
    return _grouped(turns)


def _split_at_pauses(words: Sequence[Word]) -> list[list[Word]]:
    groups: list[list[Word]] = []
    for word in words:
        if groups and word[0] - groups[-1][-1][1] <= MAX_PAUSE_S:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def write_ctm(talks: Sequence[Talk]) -> str:
    """Write CTM, the role as channel; a word's times are shared out, not heard.

    Raises:
        InputError: a segment has no times, or an id has a blank.

    """
    lines = []
    for talk in talks:
        session = _session(talk)
        for start_s, end_s, turn in timed(talk, "ctm"):
            words = turn.text.split()
            letters = sum(map(len, words))
            now = 0
            for word in words:
                at = start_s + (end_s - start_s) * now / letters
                length_s = (end_s - start_s) * len(word) / letters
                lines.append(f"{session} {turn.label or NAMELESS} {at:.3f} {length_s:.3f} {word}\n")
                now += len(word)
    return "".join(lines)


def read_rttm(text: str, names: Names) -> tuple[Talk, ...]:
    """Read RTTM's SPEAKER lines: who speaks when, without words.

    Raises:
        InputError: a line has fewer fields, or times that are none.

    """
    turns = []
    for where, fields in _fields(text, 8, "RTTM"):
        kind, session, _, start, duration, _, _, speaker = fields[:8]
        if kind == "SPEAKER":
            start_s = seconds_of(start, where)
            turns.append((session, Turn(start_s, _end(start, duration, where), speaker, "")))
    return _grouped(turns)


def write_rttm(talks: Sequence[Talk]) -> str:
    """Write RTTM; times to 1 ms.

    Raises:
        InputError: a segment has no times, or an id has a blank.

    """
    lines = []
    for talk in talks:
        for start_s, end_s, turn in timed(talk, "rttm"):
            times = f"{start_s:.3f} {end_s - start_s:.3f}"
            name = turn.label or NAMELESS
            lines.append(f"SPEAKER {_session(talk)} 1 {times} <NA> <NA> {name} <NA> <NA>\n")
    return "".join(lines)


def is_seglst(sample: Sample) -> bool:
    """Tell by a list of objects with session_id and words."""
    return (
        isinstance(sample.value, list)
        and bool(sample.value)
        and object_with(sample.value[0], "session_id", "words")
    )


def read_seglst(text: str, names: Names) -> tuple[Talk, ...]:
    """Read SegLST: a JSON list of session_id, words, and perhaps speaker, start_time and end_time.

    Raises:
        InputError: not JSON, or an entry without session_id or words, or times that are none.

    """
    turns = []
    for number, row in enumerate(listed(json_of(text), "segment"), start=1):
        where = f"segment {number}"
        speaker = row.get("speaker")
        has_times = row.get("start_time") is not None or row.get("end_time") is not None
        times = times_of(row, "start_time", "end_time", where) if has_times else (None, None)
        label = None if speaker is None else str(speaker)
        turn = Turn(times[0], times[1], label, string_of(row, "words", where))
        turns.append((string_of(row, "session_id", where), turn))
    return _grouped(turns)


def write_seglst(talks: Sequence[Talk]) -> str:
    """Write SegLST; a segment without speaker or times is written without them.

    Raises:
        InputError: a visit has no id.

    """
    rows = []
    for talk in talks:
        for turn in talk.turns:
            row: dict[str, Any] = {"session_id": talk.visit_id}
            row |= {"speaker": turn.label} if turn.label else {}
            row |= {"start_time": turn.start_s, "end_time": turn.end_s} if turn.start_s is not None else {}
            rows.append(row | {"words": turn.text})
    return to_json(rows) + "\n"
