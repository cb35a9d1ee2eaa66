"""Person and time: a relative's condition given to the patient or to another relative, one that is over."""

import re
from collections.abc import Iterator

from scribeeval.terms.edits.cues import cue, pole_of, relatives
from scribeeval.terms.edits.group import Edit, Group, edit_of, runs
from scribeeval.terms.edits.tokens import Token

_CONDITIONS = frozenset({"diagnosis", "symptom", "drug"})


def changed_person_or_time(group: Group) -> Iterator[Edit]:
    """Find a condition that the signed note gives to a relative, to another relative, or to the past."""
    mine, its = group.texts_of_sides()
    shared = [
        (a.mention, b.mention)
        for (a, b), changed in zip(group.steps, group.changed, strict=True)
        if a and b and a.mention and b.mention and not changed
    ]
    conditions = any(a.semantic_type in _CONDITIONS for a, _ in shared)
    to_family = any(a.assertion != "family" and b.assertion == "family" for a, b in shared)
    to_family = to_family or any(_denied_for(group, at) for at in range(len(group.steps)))
    relative = to_family and relatives().search(its) and not relatives().search(mine)
    if relative or _is_over(mine, its, conditions):
        yield edit_of(group, "wrong_attribution", *group.sides(0, len(group.steps)))
        return
    if conditions and (edit := _another_relative(group, mine, its)):
        yield edit
        return
    if edit := _of_a_relative(group):
        yield edit
        return
    here = {b.key for _, b in group.steps if b}
    for one, _ in group.steps:
        if one is None or one.mention is None or one.mention.assertion in ("family", "absent"):
            continue
        if one.key not in here and one.key in group.texts.family_keys:
            yield edit_of(group, "wrong_attribution", [one], [])


def _denied_for(group: Group, at: int) -> bool:
    """Tell whether the signed note denies here what it gives to a relative: "no stones (sister: stones)"."""
    one, other = group.steps[at]
    if one is None or other is None or (one.key, other.key) != ("p:found+", "p:found-"):
        return False
    added = (b.mention for a, b in group.steps if a is None and b is not None and b.mention)
    return any(mention.semantic_type in _CONDITIONS for mention in added)


def _is_over(mine: str, its: str, conditions: bool) -> bool:
    """Tell whether the signed note says that it is over, and the draft that it is not, or not when.

    "formerly one" compares two values, and what persists in the draft is denied, not dated.
    """
    past = [match for match in cue("past").finditer(its) if not _VALUE.match(its, match.end())]
    if not past:
        return False
    if cue("current").search(mine):
        return True
    poles = {pole_of(word[0].lower()) for word in _WORD.finditer(mine)}
    return (
        conditions
        and not poles & {"lasting+", "lasting-"}
        and not (cue("past").search(mine) or cue("dated").search(mine))
    )


_WORD = re.compile(r"[A-Za-z]+|[가-힣]+")
_VALUE = re.compile(r"\W{0,2}(?:\d|one\b|two\b|three\b|four\b|five\b|six\b|ten\b)")
_KIN = re.compile(r"(?:mother|mom|father|dad)'s (?:sister|brother|mother|father)", re.IGNORECASE)
_KIN_NAMES = {
    "mom": "mother", "dad": "father", "모": "mother", "모친": "mother", "어머니": "mother",
    "부": "father", "부친": "father", "아버지": "father",
    "sister": "sister", "누나": "sister", "언니": "sister", "여동생": "sister", "brother": "brother",
    "형": "brother", "오빠": "brother", "남동생": "brother",
}  # fmt: skip
_OF_BOTH = {"sibling": {"sister", "brother"}, "동생": {"sister", "brother"}, "parent": {"mother", "father"}}


def _kin(text: str) -> frozenset[str]:
    """Name the relatives of a text, each in one way: "mother's sister" is an aunt."""
    found = set()
    for match in _KIN.finditer(text):
        one = match[0].lower().split()[1]
        found.add({"sister": "aunt", "brother": "uncle"}.get(one, f"grand{one}"))
    for match in relatives().finditer(_KIN.sub(" ", text)):
        name = match[0].lower().removesuffix("'s").removesuffix("s")
        found |= _OF_BOTH.get(name, {_KIN_NAMES.get(name, name)})
    return frozenset(found - {"family history", "가족력"})


def _another_relative(group: Group, mine: str, its: str) -> Edit | None:
    """Find a relative in the place of another: "mother had gout" - "father had gout"."""
    before, after = _kin(mine), _kin(its)
    if not before or not after or before & after:
        return None
    low = next((k for k, (a, _) in enumerate(group.steps) if group.changed[k] and _is_kin(group, a, 0)), None)
    if low is None:
        return None
    ends = [k for k in range(low, len(group.steps)) if group.held(k)]
    return edit_of(group, "wrong_attribution", *group.sides(low, (ends[0] if ends else low) + 1))


def _is_kin(group: Group, token: Token | None, which: int) -> bool:
    note = (group.texts.draft, group.texts.signed)[which]
    return token is not None and relatives().fullmatch(note[token.start : token.end]) is not None


OWNED = 4  # most words of what is owned: "stay for valve disease"
_OWN = re.compile(r"(?:her|his|their|own|my|the patient's|본인)$", re.IGNORECASE)


def _of_a_relative(group: Group) -> Edit | None:
    """Find what is the patient's in the draft and a relative's in the signed note: "her" - "his father's"."""
    for low, high in runs(group):
        low -= low > 0 and group.steps[low][0] is None  # "his dialysis" - "his mother's dialysis"
        mine, its = group.sides(low, high)
        after = group.steps[high][1] if group.held(high) else None
        if not mine or not its or after is None:
            continue
        owner = group.texts.signed[its[-1].start : after.start].rstrip()
        text = group.texts.draft[mine[0].start : mine[-1].end]
        if owner.endswith("'s") and _is_kin(group, its[-1], 1) and _OWN.search(text):
            last = high
            while last + 1 < min(len(group.steps), high + OWNED) and not group.changed[last + 1]:
                last += 1
            return edit_of(group, "wrong_attribution", *group.sides(low, last + 1))
    return None
