"""Put placeholders such as [NAME-1] in the place of identifiers, and the identifiers back."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scribeeval.models.deidentify.base import KINDS, Found, any_of
from scribeeval.models.deidentify.finder import find_identifiers
from scribeeval.records import Segment

# What models make of "[NAME-1]": other brackets, other case, a space or none for the hyphen, escapes.
_KIND = any_of(KINDS)
_PLACEHOLDER = re.compile(
    rf"(?P<escape>\\)?[\[(<{{【]\s*(?P<kind>{_KIND})\s*[-‐‑–_# ]?"
    rf"\s*(?P<number>\d{{1,4}})\s*(?(escape)\\)[\])>}}】]"
    rf"|(?<![A-Za-z\d_-])(?P<bare>{_KIND})[-‐‑_](?P<n>\d{{1,4}})(?![A-Za-z\d_-])",
    re.IGNORECASE,
)
# What could be taken for one, whatever stands beside it: a number that somebody said is not given out.
_LIKE_ONE = re.compile(rf"(?P<kind>{_KIND})[\W_]{{0,5}}(?P<number>\d{{1,4}})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Deidentified:
    """A visit without identifiers.  map: placeholder -> what stood there; it stays on this machine."""

    segments: tuple[Segment, ...]
    map: Mapping[str, str]


def deidentify(segments: Sequence[Segment], known: Sequence[str] = ()) -> Deidentified:
    """Replace names, dates, addresses, numbers and the like of one visit by placeholders.

    known: names that the site gives, found wherever they stand.  The same words get the same placeholder,
    whatever their case; a name of two words gets two, so that "Rosa Delgado" and "Mrs. Delgado" share one.
    Placeholders are numbered in the order of the visit; a number that somebody said ("[NAME-1]") is left out.
    Reduces what can be known; certifies nothing (docs/deidentification.md).
    """
    texts = [segment.text for segment in segments]
    said = {_key(match["kind"], match["number"]) for text in texts for match in _LIKE_ONE.finditer(text)}
    placeholders: dict[tuple[str, str], str] = {}
    surfaces: dict[str, str] = {}
    counts: defaultdict[str, int] = defaultdict(int)

    def placeholder(found: Found, text: str) -> str:
        surface = text[found.start : found.end]
        key = (found.kind, surface.casefold())
        if key not in placeholders:
            counts[found.kind] += 1
            while _key(found.kind, counts[found.kind]) in said:
                counts[found.kind] += 1
            placeholders[key] = _key(found.kind, counts[found.kind])
            surfaces[placeholders[key]] = surface
        elif surfaces[placeholders[key]].islower():
            surfaces[placeholders[key]] = surface  # "kim", then "Kim": a note wants the capital
        return placeholders[key]

    replaced = [
        replace(
            segment, text=_replaced(segment.text, [(one, placeholder(one, segment.text)) for one in found])
        )
        for segment, found in zip(segments, find_identifiers(texts, known), strict=True)
    ]
    return Deidentified(tuple(replaced), surfaces)


def reidentify(text: str, identifiers: Mapping[str, str]) -> str:
    """Put the identifiers back.  A placeholder that is not in the map stays as it is.

    >>> reidentify("[Name-1]'s cough since (DATE 1), NAME-2 said", {"[NAME-1]": "Kim", "[DATE-1]": "May 3"})
    "Kim's cough since May 3, NAME-2 said"
    """
    return _PLACEHOLDER.sub(lambda match: identifiers.get(_key_of(match), match[0]), text)


def unknown_placeholders(text: str, identifiers: Mapping[str, str]) -> int:
    """Count the placeholders of a text that are not in the map: invented, or said by somebody."""
    return sum(_key_of(match) not in identifiers for match in _PLACEHOLDER.finditer(text))


def _key_of(match: re.Match[str]) -> str:
    return _key(match["kind"] or match["bare"], match["number"] or match["n"])


def _key(kind: str, number: str | int) -> str:
    return f"[{kind.upper()}-{int(number)}]"


def _replaced(text: str, found: Sequence[tuple[Found, str]]) -> str:
    pieces: list[str] = []
    at = 0
    for one, placeholder in found:
        pieces += (text[at : one.start], placeholder)
        at = one.end
    return "".join(pieces) + text[at:]
