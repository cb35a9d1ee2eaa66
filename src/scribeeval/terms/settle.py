"""Which triggers of a clause count, and in which direction: pseudo dropped, "not seen" turned round."""

import re
from collections.abc import Sequence

from scribeeval.terms.triggers import Hit

POLARITY = ("absent", "possible", "present")
_FILLER = re.compile(
    r"[\s:]*(?:(?:is|was|are|were|been|any|ever|currently|really|actually|recently|also|he|she|that"
    r"|you|the|patient|it"
    r"|has|have|having|had|of|i|never|or|to|a|significant|interval|definite|acute|major|real"
    r"|further|appreciable|well"
    r"|yet|fully|completely|adequately|quite|been|be|an|much|being|clinically|specifically|do|does"
    r"|did)\s+){0,3}"
)
_FOLLOWS = re.compile(
    r"[ ]*:?[ ]*(?!(?:and|or|but|given|due|to|in|at|as|because|on|since|with|by|for|today|now"
    r"|though|per|although|so"
    r"|x\d?|after|from|this|throughout|otherwise|however|yesterday|\w+ly|currently|bilaterally|she"
    r"|he|patient|pt)\b)[^\W_]"
)
_CUT_OFF = re.compile(r"\s*[,.!]")
_NOTHING_FOLLOWS = re.compile(r"\s*(?:[.,;]|$)")


def settle(hits: Sequence[Hit], folded: str, start: int, end: int) -> list[Hit]:
    """Keep the triggers of a clause that count, each with one direction, forward or backward."""
    kept: list[Hit] = []
    for hit in hits:
        last = kept[-1] if kept else None
        near = last if last and _FILLER.fullmatch(folded, last.end, hit.start) else None
        joined = _join(hit, near, folded, end)
        if joined is not None:
            kept[-1] = joined
        elif not _is_idle(hit, near, folded, start, end):
            if _is_overruled(last, hit, folded):
                kept.pop()
            kept += _turned(hit, folded, end)
    return [hit for hit in kept if hit.kind != "pseudo"]


def _denied(near: Hit | None) -> bool:
    return near is not None and near.kind == "absent" and near.direction == "forward"


def _join(hit: Hit, near: Hit | None, folded: str, end: int) -> Hit | None:
    """One trigger from a negation and what it takes for itself; None: they are two."""
    if near is None or not _denied(near):
        return None
    if hit.kind == "annul" or (hit.kind == "past" and hit.direction != "forward"):
        return Hit(near.start, hit.end, "pseudo", "forward")  # "no change in", "has not resolved"
    if hit.kind == "backs" and not _FOLLOWS.match(folded, hit.end, end):
        return Hit(near.start, hit.end, "absent", "backward")  # "was not seen"
    if hit.kind == "family":
        return Hit(near.start, hit.end, "absent", "forward")  # "no family members have had"
    return None


def _is_idle(hit: Hit, near: Hit | None, folded: str, start: int, end: int) -> bool:
    """Tell whether a trigger has no effect where it stands; near: the trigger right before it."""
    before = near.kind if near else None
    if hit.kind == "annul" or (hit.kind == "backs" and _denied(near)):
        return True
    if hit.kind == "opens":
        return folded[start : hit.start].strip() != ""
    if hit.kind == "stop":  # "I do not think that"
        return before in ("absent", "possible") and folded[hit.start : hit.end] == "that"
    if hit.kind == "pause":
        return before in ("absent", "possible")  # "is not on a statin", "might be due to reflux"
    if hit.kind == "hypothetical":
        return _denied(near) or before == "possible"  # "denies side effects such as", "I wonder if"
    if hit.kind == "past":
        return before == "chronic"  # "began when she was a child"
    if hit.kind == "absent":
        return folded[hit.start : hit.end] == "no" and _CUT_OFF.match(folded, hit.end, end) is not None
    if hit.kind == "present" and hit.direction == "forward" and near is not None:
        # "denies having", "if you have", "history is significant for"
        return near.direction == "forward" and before not in ("present", "pseudo", "stop", "pause", "halt")
    if hit.kind == "present" and is_korean(hit, folded) and near is not None:
        return before in ("absent", "possible", "historical", "past", "family")  # 가능성 있음
    return False


def _is_overruled(last: Hit | None, hit: Hit, folded: str) -> bool:
    """Tell whether a trigger is part of the next: "has" in "has not been excluded", 관찰 in 관찰되지 않음."""
    if last is None or hit.kind not in POLARITY or last.kind not in POLARITY:
        return False
    if is_korean(hit, folded):
        return hit.kind != "present" and hit.start - last.end <= 2 and is_korean(last, folded)
    return last[2:] == ("present", "forward") and not folded[last.end : hit.start].strip()


def _turned(hit: Hit, folded: str, end: int) -> list[Hit]:
    """The trigger as what it stands for, in the direction that its place gives it."""
    begin, after, kind, direction = hit
    if kind == "pause":  # "since" ends a scope, and what stands before it lasts
        return [hit] if direction == "forward" else [hit, Hit(begin, after, "chronic", "backward")]
    if kind == "backs":
        return [Hit(begin, after, "present", direction)]
    if kind == "opens":
        kind = "hypothetical"
    if kind == "absent" and direction == "forward" and _closes(hit, folded, end):
        direction = "backward"
    if direction == "both":
        return [Hit(begin, after, kind, "backward"), Hit(begin, after, kind, "forward")]
    if direction == "either":
        if is_korean(hit, folded):
            forward = _opens(hit, folded)
        else:
            forward = _FOLLOWS.match(folded, after, end) is not None and not _is_sign_after(hit, folded)
        direction = "forward" if forward else "backward"
    return [Hit(begin, after, kind, direction)]


def is_korean(hit: Hit, folded: str) -> bool:
    """Tell whether a trigger is Korean: its terms stand before it, and the last predicate decides."""
    return folded[hit.start] >= "가"


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
