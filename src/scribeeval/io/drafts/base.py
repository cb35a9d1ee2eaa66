"""What a file of drafts is read into, and the parts that the formats share.

A reader takes what a file holds and gives its drafts; it opens no file.  It raises InputError, or gives a
Refused for one draft of several, without the file's name, which the caller knows.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from scribeeval.errors import InputError

_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")  # NUL, and half of a pair that JSON may hold

Kind = Literal["json", "bytes", "text", "table"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a draft and the ids of the transcript's segments that the product names for it."""

    text: str
    segment_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft as a file has it.

    ids: what the file calls its visit, all of them one visit's.  where: in the file, "" = the whole of it.
    signed: the format says that a clinician has signed it.  sentences: only of products that give evidence.
    """

    ids: tuple[str, ...]
    text: str
    where: str = ""
    signed: bool = False
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why one draft of a file cannot be read, in words that hold nothing of it."""

    ids: tuple[str, ...]
    where: str
    message: str


Read = Draft | Refused


@dataclass(frozen=True, slots=True)
class DraftFormat:
    """A format of drafts.

    kind: what `read` takes: a JSON value, the file's bytes, its text, or its path (a table).
    suffixes: lower case, its usual one first.  matches: whether a JSON value is of this format.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    kind: Kind
    read: Callable[[Any], Iterable[Read]]
    matches: Callable[[Any], bool] = lambda value: False


def clean(text: str) -> str:
    """Give a draft's text as it is kept: NFC, line ends as newlines, no blank lines around it.

    Raises:
        InputError: nothing is left, or it holds a character that is none.

    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if _NO_CHARACTER.search(text):
        raise InputError("the draft holds a character that is none; export it again")
    lines = text.split("\n")
    full = [n for n, line in enumerate(lines) if line.strip()]
    if not full:
        raise InputError("the draft is empty; export it again, or take it out")
    return "\n".join(lines[full[0] : full[-1] + 1])


def each(
    makers: Iterable[tuple[str, Callable[[], tuple[str, ...]], Callable[[], Draft]]],
) -> Iterator[Read]:
    """Make the drafts of a file of several, one that fails leaves the others: (where, ids, draft)."""
    for where, ids, make in makers:
        named: tuple[str, ...] = ()
        try:
            named = ids()
            yield replace(make(), where=where)
        except InputError as error:
            yield from (Refused(named, where, problem) for problem in error.problems)


def dicts(row: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Give the objects under a key; none where it is missing, one where it holds one object.

    Raises:
        InputError: something else stands there.

    """
    value = row.get(key)
    rows = [] if value is None else [value] if isinstance(value, dict) else value
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise InputError(f"{key!r} holds no object where one is meant; export the file again")
    return rows


def string(row: Mapping[str, Any], key: str) -> str:
    """Give the text under a key; "" where it is missing.

    Raises:
        InputError: something else stands there.

    """
    value = row.get(key)
    if not isinstance(value, str | None):
        raise InputError(f"{key!r} holds no text where one is meant; export the file again")
    return value or ""


def unique(ids: Iterable[str]) -> tuple[str, ...]:
    """Give the ids that are not blank, each once, in their order."""
    return tuple(dict.fromkeys(unicodedata.normalize("NFC", i.strip()) for i in ids if i.strip()))
