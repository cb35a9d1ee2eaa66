"""From the triggers of one clause to stretches of text and what is said of them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from scribeeval.terms.triggers import Hit

SPEECH_REACH = 12  # words: speech without punctuation has no other end
DOUBT_REACH = 6
LIST_ITEM_WORDS = 4  # "fever, chills and a dry cough have resolved": longer pieces are clauses of their own
POLARITY = ("absent", "possible", "present")
_WORDS = {n: re.compile(rf"(?:\s*\S+){{0,{n}}}") for n in (SPEECH_REACH, DOUBT_REACH)}
_FILLER = re.compile(
    r"[\s:]*(?:(?:is|was|are|were|been|any|ever|currently|really|actually|recently|also|he|she|that|you|the|patient|it"
    r"|has|have|having|had|of|i|never|or|to|a|significant|interval|definite|acute|major|real|further|appreciable|well"
    r"|yet|fully|completely|adequately|quite|been|be|an|much|being|clinically|specifically|do|does|did)\s+){0,3}"
)
_FOLLOWS = re.compile(
    r"[ ]*:?[ ]*(?!(?:and|or|but|given|due|to|in|at|as|because|on|since|with|by|for|today|now|though|per|although|so"
    r"|x\d?|after|from|this|throughout|otherwise|however|yesterday|\w+ly|currently|bilaterally|she|he|patient|pt)\b)[^\W_]"
)
_CUT_OFF = re.compile(r"\s*[,.!]")
_NOTHING_FOLLOWS = re.compile(r"\s*(?:[.,;]|$)")
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


def settle(hits: Sequence[Hit], folded: str, start: int, end: int) -> list[Hit]:
    """Keep the triggers that count, each with one direction: drop pseudo, turn "not seen" round."""
    kept: list[Hit] = []
    for hit in hits:
        kind, direction = hit.kind, hit.direction
        if kind == "pseudo":
            kept.append(hit)
            continue
        last = kept[-1] if kept else None
        adjacent = last is not None and _FILLER.fullmatch(folded, last.end, hit.start) is not None
        denied = adjacent and last is not None and last.kind == "absent" and last.direction == "forward"
        if kind == "annul" or (kind == "past" and direction != "forward" and denied):
            if denied:
                kept[-1] = Hit(last.start, hit.end, "pseudo", "forward")  # type: ignore[union-attr]
            continue
        if kind == "backs":
            if last is not None and denied and not _FOLLOWS.match(folded, hit.end, end):
                kept[-1] = Hit(last.start, hit.end, "absent", "backward")
            elif not denied:
                kept.append(Hit(hit.start, hit.end, "present", direction))
            continue
        if kind == "pause":
            kept.append(hit)
            if direction == "backward":  # "since": what stands before it lasts
                kept.append(Hit(hit.start, hit.end, "chronic", direction))
            continue
        if kind == "opens":
            if folded[start : hit.start].strip():
                continue
            kind = "hypothetical"
        if kind == "hypothetical" and (denied or (adjacent and last is not None and last.kind == "possible")):
            continue  # "I wonder if", "denies side effects such as"
        if kind == "past" and adjacent and last is not None and last.kind == "chronic":
            continue  # "began when she was a child"
        if (
            kind == "present"
            and direction == "forward"
            and adjacent
            and last is not None
            and last.kind != "present"
        ):
            if (
                last.kind != "pseudo"
                and last.kind not in ("stop", "pause", "halt")
                and last.direction == "forward"
            ):
                continue  # "denies having", "if you have", "history is significant for"
        if kind == "absent" and _interjected(hit, folded, end):
            continue
        if kind == "absent" and direction == "forward" and _closes(hit, folded, end):
            direction = "backward"
        if direction == "either":
            if folded[hit.start] >= "가":
                forward = _opens(hit, folded)
            else:
                forward = _FOLLOWS.match(folded, hit.end, end) is not None and not _is_sign_after(hit, folded)
            direction = "forward" if forward else "backward"
        if kind in POLARITY and last is not None and last[2:] == ("present", "forward"):
            if not folded[last.end : hit.start].strip():
                kept.pop()  # the auxiliary of "has not been excluded"
        if folded[hit.start] >= "가" and last is not None and hit.start - last.end <= 2 and kind in POLARITY:
            if kind == "present" and last.kind in ("absent", "possible", "historical", "past", "family"):
                continue  # 가능성 있음, 과거력 있음
            if kind != "present" and last.kind in POLARITY and folded[last.start] >= "가":
                kept.pop()  # the last predicate decides: 관찰되지 않음, 의심되지 않음
        kept += [Hit(hit.start, hit.end, kind, way) for way in _ways(direction)]
    return [hit for hit in kept if hit.kind != "pseudo"]


def _ways(direction: str) -> tuple[str, ...]:
    return ("backward", "forward") if direction == "both" else (direction,)


def _interjected(hit: Hit, folded: str, end: int) -> bool:
    """The "no" of "no, I do": an answer, not a negation of what follows."""
    return folded[hit.start : hit.end] == "no" and _CUT_OFF.match(folded, hit.end, end) is not None


def _closes(hit: Hit, folded: str, end: int) -> bool:
    """The whole answer after a colon, "Tobacco: No prior history."."""
    colon = folded[max(0, hit.start - 4) : hit.start].rstrip(" ")[-1:] == ":"
    return colon and _NOTHING_FOLLOWS.match(folded, hit.end, end) is not None


def _is_sign_after(hit: Hit, folded: str) -> bool:
    """A sign stands after its term, "fever (-) chills (+)", unless it opens the line or the list's item."""
    return folded[hit.start] == "(" and not _opens(hit, folded)


def _opens(hit: Hit, folded: str) -> bool:
    return folded[max(0, hit.start - 9) : hit.start].rstrip(" ")[-1:] in (
        "",
        "\n",
        ",",
        ".",
        ";",
        ":",
        "-",
        "•",
        "*",
    )


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
    """Whether a later trigger ends the forward scope of an earlier one; opens: it follows a comma or "and"."""
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
        return later.direction == "forward" and (later.kind in POLARITY or later.kind == "chronic" and opens)
    if hit.kind == "family":
        return False
    return later.kind in ("family", "present") and later.direction == "forward"


def _backward_start(hits: Sequence[Hit], i: int, folded: str, start: int) -> int:
    """Where the scope of a trigger that stands after its terms starts."""
    hit = hits[i]
    limit = start
    korean = folded[hit.start] >= "가"
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
