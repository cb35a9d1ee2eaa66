"""From the settled triggers of one clause to stretches of text and what is said of them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from scribeeval.terms.settle import POLARITY, is_korean
from scribeeval.terms.triggers import Hit

SPEECH_REACH = 12  # words: speech without punctuation has no other end
DOUBT_REACH = 6
LIST_ITEM_WORDS = 4  # "fever, chills and a dry cough have resolved": longer pieces are clauses of their own
_WORDS = {n: re.compile(rf"(?:\s*\S+){{0,{n}}}") for n in (SPEECH_REACH, DOUBT_REACH)}
_SIGN = re.compile(r"[-−–+±]")
_ITEM_END = re.compile(r",|\b(?:and|or|for|of)\b|;|\n| - ")
_OPEN_ENDED = (
    "if",
    "let",
    "should",
    "in ",
    "unless",
    "whether",
    "return",
    "come",
    "call",
    "until",
    "before",
    "seek",
    "when",
)


class Scope(NamedTuple):
    """text[start:end] is under a trigger at anchor:anchor_end; ends: the trigger lies after the text."""

    start: int
    end: int
    kind: str
    anchor: int
    anchor_end: int


def scopes(hits: Sequence[Hit], folded: str, start: int, end: int, speech: bool) -> list[Scope]:
    """Give each trigger of the clause folded[start:end] the stretch it holds over; hits are settled."""
    found = []
    for i, hit in enumerate(hits):
        if hit.kind == "slots":
            found += _slots(hits, i, folded, start)
        elif hit.kind in ("stop", "pause", "halt"):
            continue
        elif hit.direction == "forward":
            found.append(
                Scope(hit.end, _forward_end(hits, i, folded, end, speech), hit.kind, hit.start, hit.end)
            )
        else:
            found.append(
                Scope(_backward_start(hits, i, folded, start), hit.start, hit.kind, hit.start, hit.end)
            )
    return found


def _forward_end(hits: Sequence[Hit], i: int, folded: str, end: int, speech: bool) -> int:
    hit = hits[i]
    reach = end
    if speech:
        words = _WORDS[DOUBT_REACH if hit.kind == "possible" else SPEECH_REACH].match(folded, hit.end, end)
        reach = words.end() if words else end
    phrase = folded[hit.start : hit.end]
    if hit.kind == "chronic" or phrase.startswith(
        ("prn", "as needed", "old", "resolved", "former", "19", "20")
    ):
        item = _ITEM_END.search(folded, hit.end, reach)
        return item.start() if item else reach
    for later in hits[i + 1 :]:
        if later.start >= reach:
            break
        if hit.kind == "historical" and later.kind == "pause" and folded.startswith("on", later.start):
            return later.start  # "history of heart failure, on furosemide"
        opens = folded[max(0, later.start - 9) : later.start].rstrip().endswith((",", " and"))
        if _ends(hit, phrase, later, opens):
            return later.start
    return reach


def _ends(hit: Hit, phrase: str, later: Hit, opens: bool) -> bool:
    """Whether a later trigger ends an earlier one's forward scope; opens: it follows a comma or "and"."""
    if later.kind == "halt":
        return True
    if hit.kind == "hypothetical":
        if phrase.startswith(_OPEN_ENDED):
            return False
        return later.kind in ("stop", "pause") or (later.kind in POLARITY and later.direction == "forward")
    if later.kind == "stop":
        return True
    if hit.kind in POLARITY:
        if later.kind in ("pause", "family", "hypothetical"):
            return later.kind != "family" or later.direction == "forward"
        return later.direction == "forward" and (
            later.kind in POLARITY or (later.kind == "chronic" and opens)
        )
    if hit.kind == "family":
        return False
    return later.kind in ("family", "present") and later.direction == "forward"


def _backward_start(hits: Sequence[Hit], i: int, folded: str, start: int) -> int:
    """Where the scope of a trigger that stands after its terms starts."""
    hit = hits[i]
    limit = start
    korean = is_korean(hit, folded)
    for earlier in reversed(hits[:i]):
        same = earlier.kind in POLARITY and hit.kind in POLARITY
        if korean and hit.kind != "hypothetical":  # -면 holds over whole clauses: 기침이 지속되면
            same = earlier.direction == "backward" and earlier.kind != "chronic"
        if same or earlier.kind in ("stop", "halt"):
            limit = earlier.end
            break
    if korean:
        return limit
    if hit.kind in ("chronic", "hypothetical"):
        *_, limit = [limit, *(item.end() for item in _ITEM_END.finditer(folded, limit, hit.start))]
        return limit
    return _list_start(folded, limit, hit.start, hit.kind == "present")


def _list_start(folded: str, limit: int, end: int, last_only: bool) -> int:
    """Go back over the short items of a list; over one item only where last_only."""
    pieces = folded[limit:end].split(",")
    position = end - len(pieces[-1])
    if last_only or len(pieces) == 1 or len(pieces[-1].split()) > LIST_ITEM_WORDS:
        return position
    if pieces[-1].strip() and not re.search(r"\b(?:and|or)\b|&", pieces[-1]):
        return position
    for piece in reversed(pieces[:-1]):
        if len(piece.split()) > LIST_ITEM_WORDS:
            return position
        position -= len(piece) + 1
    return max(position, limit)


def _slots(hits: Sequence[Hit], i: int, folded: str, start: int) -> list[Scope]:
    """The signs of "fever/chills/cough (-/-/+)", one for each term before them."""
    hit = hits[i]
    limit = max([start, *(earlier.end for earlier in hits[:i])])
    signs = _SIGN.findall(folded[hit.start : hit.end])
    found = []
    end = hit.start
    for sign in reversed(signs):
        cut = max(folded.rfind("/", limit, end), folded.rfind(",", limit, end))
        kind = {"+": "present", "±": "possible"}.get(sign, "absent")
        found.append(Scope(max(cut + 1, limit), end, kind, end, end))
        if cut < 0:
            break
        end = cut
    return found
