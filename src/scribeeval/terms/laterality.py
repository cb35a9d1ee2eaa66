"""Laterality: the side of the body that a term is said of, from the words beside it and in it."""

import re
from typing import Literal

Laterality = Literal["left", "right", "bilateral"]

SIDED_TYPES = frozenset({"anatomy", "symptom", "diagnosis", "procedure", "device"})
_SIDES: dict[str, Laterality] = {
    "left": "left", "lt": "left", "l": "left", "좌측": "left", "왼쪽": "left", "왼": "left",
    "right": "right", "rt": "right", "r": "right", "우측": "right", "오른쪽": "right", "오른": "right",
    "bilateral": "bilateral", "bilaterally": "bilateral", "both": "bilateral", "양측": "bilateral",
    "양쪽": "bilateral",
}  # fmt: skip
# Not "right now", "left the clinic", "that's right".
_KOREAN = "좌측|우측|양측|왼쪽|오른쪽|양쪽"
_SIDE = rf"(?P<side>\b(?i:left|right|bilateral(?:ly)?|both|lt|rt)\b|(?<![\w'.])[LR]\b|{_KOREAN})"
# Substrings are found faster than words; laterality() looks closer.
_SIDE_WORDS = (
    "left",
    "right",
    "both",
    "ilateral",
    "lt ",
    "rt ",
    "좌측",
    "우측",
    "양측",
    "왼쪽",
    "오른쪽",
    "양쪽",
)
_LETTER = re.compile(r"[LR](?![A-Za-z])")
_LINKS = (
    r"(?i:and|or|but|to|is|was|are|has|have|had|with|for|from|in|on|at|that|then|now|after|before|i|you|it|he|she|"
    r"so|not|no|if|as|we|they|away|here|there|side|sides|by|will|can|does|did)"
)
_BEFORE = re.compile(rf"{_SIDE}\)?(?:[- ]sided?|[- ]sides? of)?(?:[ -]+(?!{_LINKS}\b)[A-Za-z]+){{0,2}}[ -]*$")
_AFTER = re.compile(
    rf"(?: ?\(| (?:in|on|to|of|at|over|along)(?: the| his| her| my| your)?|,)? ?{_SIDE}"
    r"(?! (?:now|away|here|there|after|before|the|a|it|this)\b)"
)
_WITHIN = re.compile(r"\b(?P<side>left|right|bilateral)\b|^(?P<korean>[좌우양]측)", re.IGNORECASE)
QUADRANTS: dict[str, Laterality] = {
    "ruq": "right", "rlq": "right", "luq": "left", "llq": "left", "rle": "right", "lle": "left",
    "rue": "right", "lue": "left", "ble": "bilateral",
}  # fmt: skip
REACH = 40  # characters before a term and after it


def places_of_sides(text: str) -> list[int]:
    """List where a side of the body may be named, so that most terms need no search of their own."""
    lowered = text.lower()
    places = [match.start() for match in _LETTER.finditer(text)]
    for word in _SIDE_WORDS:
        at = lowered.find(word)
        while at >= 0:
            places.append(at)
            at = lowered.find(word, at + 1)
    return sorted(places)


def laterality(text: str, start: int, end: int, low: int, high: int) -> tuple[Laterality, int, int] | None:
    """Give the side said of text[start:end] and where it is said; None where no side is.

    low, high: the ends of the neighbouring terms; a side beyond them is theirs.  The term's own words
    come first ("right upper quadrant"), then what stands before it, then what follows.
    """
    surface = text[start:end]
    if match := _WITHIN.search(surface):
        return _SIDES[match[0].lower()], start + match.start(), start + match.end()
    if side := QUADRANTS.get(surface.lower()):
        return side, start, end
    line = text.rfind("\n", low, start) + 1
    if match := _BEFORE.search(text, max(low, line, start - REACH), start):
        return _SIDES[match["side"].lower()], match.start("side"), match.end("side")
    if match := _AFTER.match(text, end, min(len(text), high, end + REACH)):
        return _SIDES[match["side"].lower()], match.start("side"), match.end("side")
    return None
