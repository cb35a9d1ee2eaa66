"""Praat's TextGrid, in its long and its short form: interval tiers, one a speaker.

A tier holds no two intervals at once and none without length.  So a speaker's overlapping segments are
written to further tiers of the same name, and a segment without length gets SHORTEST_S.  An interval
without text is silence.  Point tiers hold no speech and are left out.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from scribeeval.errors import InputError
from scribeeval.io.transcripts.base import Names, Sample, Talk, Turn, ordered, seconds_of, timed

SHORTEST_S = 0.001
NAMELESS = "speaker"  # the tier of nobody known

# Both forms hold the same values in the same order: texts, flags and free-standing numbers.
_VALUE = re.compile(r'"(?:[^"]|"")*"|<\w+>|(?<![\w\[.-])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w\].])')
Value: TypeAlias = tuple[str, int]  # as it stands, and the number of its line


def is_textgrid(sample: Sample) -> bool:
    """Tell by the two lines at the top."""
    return _has_header(sample.text)


def _has_header(text: str) -> bool:
    return '"ooTextFile"' in text[:100] and '"TextGrid"' in text[:200]


def read_textgrid(text: str, names: Names) -> tuple[Talk, ...]:
    """Read a TextGrid; labels are the names of the tiers.

    Raises:
        InputError: no TextGrid, or it breaks off, or a value is not what should stand there.

    """
    if not _has_header(text):
        raise InputError('line 1: not a Praat text file of a "TextGrid"; save it as text in Praat')
    values = _values(text)
    try:
        *_, (tiers, _) = itertools.islice(values, 5)  # the two lines at the top, start, end
        turns = _tiers(values, _count(*next(values))) if tiers == "<exists>" else []
    except StopIteration:
        raise InputError("breaks off before its last interval; save it again in Praat") from None
    return (Talk(None, tuple(sorted(turns, key=lambda t: (t.start_s or 0.0, t.end_s or 0.0)))),)


def _values(text: str) -> Iterator[Value]:
    line, at = 1, 0
    for match in _VALUE.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        yield match[0], line


def _tiers(values: Iterator[Value], n_tiers: int) -> list[Turn]:
    turns: list[Turn] = []
    for _ in range(n_tiers):
        kind, name = _text_of(next(values)), _text_of(next(values))
        next(values), next(values)  # the tier's own times
        for _ in range(_count(*next(values))):
            start, line = next(values)
            where = f"line {line}"
            if kind != "IntervalTier":
                next(values)  # a point: one time and a mark
                continue
            times = ordered(seconds_of(start, where), seconds_of(next(values)[0], where), where)
            turns.append(Turn(*times, name, _text_of(next(values))))
    return turns


def _text_of(value: Value) -> str:
    if not value[0].startswith('"'):
        raise InputError(f"line {value[1]}: a text in quotes is missing; save the file again in Praat")
    return value[0][1:-1].replace('""', '"')


def _count(value: str, line: int) -> int:
    if not value.isdecimal():
        raise InputError(
            f"line {line}: a number of tiers or intervals is missing; save the file again in Praat"
        )
    return int(value)


def write_textgrid(talks: Sequence[Talk]) -> str:
    """Write the long form; times are not rounded.

    Raises:
        InputError: a segment has no times.

    """
    rows = [(start, max(end, start + SHORTEST_S), turn) for start, end, turn in timed(talks[0], "textgrid")]
    tiers: list[tuple[str, list[tuple[float, float, str]]]] = []
    for start, end, turn in sorted(rows, key=lambda row: row[0]):
        name = turn.label or NAMELESS
        free = (spans for other, spans in tiers if other == name and spans[-1][1] <= start)
        spans = next(free, None)
        if spans is None:
            spans = []
            tiers.append((name, spans))
        spans.append((start, end, turn.text))
    tiers = tiers or [(NAMELESS, [])]
    length = max((end for _, end, _ in rows), default=SHORTEST_S)
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", f"xmax = {length!r}"]
    lines += ["tiers? <exists>", f"size = {len(tiers)}", "item []:"]
    for number, (name, spans) in enumerate(tiers, start=1):
        lines += _tier_lines(number, name, spans, length)
    return "\n".join(lines) + "\n"


def _tier_lines(number: int, name: str, spans: list[tuple[float, float, str]], length: float) -> list[str]:
    """One tier without gaps: silence is an interval without text."""
    whole: list[tuple[float, float, str]] = []
    now = 0.0
    for start, end, text in spans:
        if start > now:
            whole.append((now, start, ""))
        whole.append((start, end, text))
        now = end
    if now < length:
        whole.append((now, length, ""))
    lines = [f"    item [{number}]:", '        class = "IntervalTier"', f"        name = {_quoted(name)}"]
    lines += ["        xmin = 0", f"        xmax = {length!r}", f"        intervals: size = {len(whole)}"]
    for place, (start, end, text) in enumerate(whole, start=1):
        lines += [
            f"        intervals [{place}]:",
            f"            xmin = {start!r}",
            f"            xmax = {end!r}",
        ]
        lines.append(f"            text = {_quoted(text)}")
    return lines


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
