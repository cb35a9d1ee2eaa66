"""What every transcript format is read into and written from, and the parts that formats share.

A reader takes a file's text and gives what it says; a writer takes the same and gives a file's text.
Neither opens a file.  A reader raises InputError without the file's name, which the caller knows.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, TypeAlias

from scribeeval.errors import InputError
from scribeeval.records import SPEAKERS, Speaker

Holds = Literal["times", "speakers", "words"]
Names: TypeAlias = Mapping[str, Speaker]  # the user's own: label, casefolded -> role

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")  # how JSON escapes what lies beyond 16 bits: in pairs
_CLOCK = re.compile(r"(?:(\d+):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,9}))?")


@dataclass(frozen=True, slots=True)
class Turn:
    """One stretch of speech as a format has it.  Seconds, None where the format gives none.

    label: the format's own name of the speaker when read; a role of SPEAKERS when written.
    """

    start_s: float | None
    end_s: float | None
    label: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Talk:
    """What a file says of one visit; visit_id None where the format names none."""

    visit_id: str | None
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A file to recognise.  value: the JSON object or list that the whole text is, else None."""

    text: str
    value: Any
    names: Names


@dataclass(frozen=True, slots=True)
class Format:
    """A transcript format.

    suffixes: lower case, its usual one first.  holds: what survives writing and reading again.
    roles: the speakers that survive; others come back as None, or as the loss that `title` names.
    resolution_s: what times are rounded to, 0 = not rounded, None = no times.  many: a file may hold
    several visits.  matches: whether a file is of this format by what it holds, where the suffix does
    not decide.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    holds: frozenset[Holds]
    read: Callable[[str, Names], tuple[Talk, ...]]
    write: Callable[[Sequence[Talk]], str]
    matches: Callable[[Sample], bool]
    resolution_s: float | None = None
    many: bool = False
    roles: tuple[Speaker | None, ...] = (*SPEAKERS, None)


def clock_s(text: str) -> float | None:
    """Seconds of a clock such as 00:01:02.500 or 01:02,5; None if it is none.

    >>> clock_s("00:01:02.500"), clock_s("1:2:3"), clock_s("61:02.5")
    (62.5, None, None)
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    whole = int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])
    return float(f"{whole}.{match[4] or 0}")


def to_clock(seconds: float, point: str = ".") -> str:
    """Write seconds as hours, minutes, seconds and milliseconds.

    >>> to_clock(3661.0426)
    '01:01:01.043'
    """
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}{point}{milliseconds:03d}"


def seconds_of(value: object, where: str) -> float:
    """Give a number of seconds, from a JSON value or a field of a line.

    Raises:
        InputError: no number, negative, or not finite.

    """
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise InputError(f"{where}: a time is not a number of seconds from 0 on; put it right")
    return number


def ordered(start_s: float, end_s: float, where: str) -> tuple[float, float]:
    """Give both times back, once it is seen that they are in order.

    Raises:
        InputError: the end is before the start.

    """
    if end_s < start_s:
        raise InputError(f"{where}: ends before it starts; put the times right")
    return start_s, end_s


def timed(talk: Talk, name: str) -> list[tuple[float, float, Turn]]:
    """Give each turn with its times, for a format that cannot do without.

    Raises:
        InputError: a turn has none.

    """
    found = [(t.start_s, t.end_s, t) for t in talk.turns if t.start_s is not None and t.end_s is not None]
    if len(found) < len(talk.turns):
        raise InputError(
            f"{len(talk.turns) - len(found)} of {len(talk.turns)} segments have no times, and {name} needs "
            "them; choose json, jsonl, seglst, aci-bench, mts-dialog or text"
        )
    return found


def json_of(text: str) -> Any:
    """Parse JSON.

    Raises:
        InputError: not JSON; says the line, never what stands there.

    """
    try:
        value = json.loads(text, parse_constant=_no_number)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except json.JSONDecodeError as error:
        raise InputError(f"line {error.lineno}: not JSON (column {error.colno}); export it again") from None
    except RecursionError:
        raise InputError("JSON nested without end; export it again") from None
    except ValueError:  # half of a surrogate pair, or a number of thousands of digits
        raise InputError("holds a character or a number that is none; export it again") from None


def _no_number(_: str) -> NoReturn:
    raise InputError("holds NaN or Infinity, which JSON has not; export it again")


def listed(value: object, what: str) -> list[dict[str, Any]]:
    """Give a list of JSON objects.

    Raises:
        InputError: it is no list, or one of its parts is no object.

    """
    if not isinstance(value, list):
        raise InputError(f"{what}: a list is missing; export the file again")
    for number, row in enumerate(value, start=1):
        if not isinstance(row, dict):
            raise InputError(f"{what} {number}: not a JSON object; export the file again")
    return value


def string_of(row: Mapping[str, Any], key: str, where: str) -> str:
    """Give a text of a JSON object.

    Raises:
        InputError: it is missing, or no text.

    """
    value = row.get(key)
    if not isinstance(value, str):
        raise InputError(f"{where}: {key!r} is missing or no text; export the file again")
    return value


def times_of(row: Mapping[str, Any], start: str, end: str, where: str) -> tuple[float, float]:
    """Give both times of a JSON object, in seconds.

    Raises:
        InputError: one is missing, no number, or they are not in order.

    """
    return ordered(
        seconds_of(row.get(start), f"{where}, {start!r}"),
        seconds_of(row.get(end), f"{where}, {end!r}"),
        where,
    )


def object_with(value: Any, *keys: str) -> bool:
    """Tell whether a JSON value is an object that has all keys."""
    return isinstance(value, dict) and all(key in value for key in keys)


def one_line(text: str) -> str:
    """Put a text on one line, with single blanks.

    >>> one_line(" a  b\\n c ")
    'a b c'
    """
    return " ".join(text.split())
