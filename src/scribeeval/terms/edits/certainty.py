"""Certainty, person and time: a possibility stated as a fact, a relative's condition, one that is over."""

import re
from collections.abc import Iterator

from scribeeval.terms.edits.cues import cue, pole_of, relatives
from scribeeval.terms.edits.group import CONTENT, Edit, Group, edit_of, runs
from scribeeval.terms.edits.tokens import Token

_CONDITIONS = frozenset({"diagnosis", "symptom", "drug"})


def changed_certainty(group: Group) -> Iterator[Edit]:
    """Find a possibility on one side that the other side states, denies or calls unlikely."""
    mine, its = group.texts_of_sides()
    if edit := _excluded(group, mine, its) or _conditional(group):
        yield edit
        return
    kind, more = "unsure", len(cue("unsure").findall(its)) > len(cue("unsure").findall(mine))
    doubts = cue("doubt").search(mine), cue("doubt").search(its)
    if (doubts[0] is None) != (doubts[1] is None):
        likely = [cue("unsure").search(cue("doubt").sub("", text)) for text in (mine, its)]
        if not any(likely):
            return  # "unlikely" beside a plain "no" or a plain statement: the terms tell
        kind, more = "doubt", doubts[1] is not None
    elif (cue("unsure").search(mine) is not None) == (cue("unsure").search(its) is not None) and not (
        cue("sure").search(mine) and more
    ):
        return
    which, note, lines = (
        (1, group.texts.signed, group.signed) if more else (0, group.texts.draft, group.draft)
    )
    for line in lines:
        for match in cue(kind).finditer(note, line.start, line.end):
            at = next(
                (k for k, s in enumerate(group.steps) if (t := s[which]) and t.end > match.start()), None
            )
            if at is None:
                continue
            behind = _BEHIND.match(note, match.end()) is not None
            draft, signed = _governed(group, at, behind)
            if draft:
                yield edit_of(group, "wrong_certainty", _to_clause_end(group, draft), signed)
                return


_BEHIND = re.compile(r"\s*(?:[,;:.)]|$)", re.MULTILINE)  # "COPD possible;": the term stands before


def _to_clause_end(group: Group, tokens: list[Token]) -> list[Token]:
    """Leave out what stands behind a semicolon: another clause."""
    note = group.texts.draft
    ends = (k for k in range(1, len(tokens)) if ";" in note[tokens[k - 1].end : tokens[k].start])
    return tokens[: next(ends, len(tokens))]


def _excluded(group: Group, mine: str, its: str) -> Edit | None:
    """Find an absence that one side has proven ("fracture excluded") and the other only did not see."""
    proven = [cue("excluded").search(cue("unsure").sub("", text)) is not None for text in (mine, its)]
    unseen = [cue("unseen").search(text) is not None for text in (mine, its)]
    if proven[0] == proven[1] or (unseen[1] if proven[0] else unseen[0]) is False:
        return None
    terms = [k for k in range(len(group.steps)) if _is_term(group, k) and not group.changed[k]]
    which, note = (0, group.texts.draft) if proven[0] else (1, group.texts.signed)
    for k in terms:
        token = group.steps[k][which]
        if token and cue("excluded").match(
            note[token.end :].lstrip().removeprefix("is ").removeprefix("are ")
        ):
            high = k + 1
            while high < len(group.steps) and group.changed[high]:
                high += 1
            return edit_of(group, "wrong_certainty", *group.sides(k, high))
    return None


def _conditional(group: Group) -> Edit | None:
    """Find what the draft states and the signed note makes a condition: "present" - "if pain persists"."""
    for low, high in runs(group):
        mine, its = group.sides(low, high)
        if not mine or not its:
            continue
        stated = cue("stated").fullmatch(group.texts.draft[mine[0].start : mine[-1].end])
        if stated and cue("condition").match(group.texts.signed[its[0].start : its[-1].end]):
            return edit_of(group, "wrong_certainty", mine, its)
    return None


def _governed(group: Group, at: int, behind: bool) -> tuple[list[Token], list[Token]]:
    """Give what a word of certainty is said of: the changed words around it, or the next (or last) term."""
    low, high = at, at + 1
    if behind and (terms := [k for k in range(max(0, at - 4), at) if group.held(k)]):
        return group.sides(terms[-1], high)
    while low > 0 and group.changed[low - 1]:
        low -= 1
    while high < len(group.steps) and group.changed[high]:
        high += 1
    if not any(_says_something(group, a) for a, _ in group.steps[low:high] if a):
        after = next((k for k in range(high, min(high + 5, len(group.steps))) if _is_term(group, k)), None)
        before = next((k for k in range(low - 1, max(low - 6, -1), -1) if _is_term(group, k)), None)
        if after is not None:
            high = after + 1
        elif before is not None:
            low = before
    return group.sides(low, high)


def _says_something(group: Group, token: Token) -> bool:
    """Tell whether a token of the draft is more than the word of certainty itself."""
    written = group.texts.draft[token.start : token.end]
    return token.weight >= CONTENT and cue("unsure").fullmatch(written) is None


def _is_term(group: Group, at: int) -> bool:
    one = group.steps[at][0]
    return one is not None and one.weight >= 1


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
    """Tell whether the signed note denies here and gives the like to a relative: "no stones (sister: stones)"."""
    one, other = group.steps[at]
    return (
        other is not None
        and other.key == "p:found-"
        and one is not None
        and one.key == "p:found+"
        and any(b is not None and b.mention and b.mention.assertion == "family" for _, b in group.steps)
    )


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
    "mom": "mother", "m": "mother", "mo": "mother", "dad": "father", "f": "father", "fa": "father",
    "모": "mother", "모친": "mother", "어머니": "mother", "부": "father", "부친": "father", "아버지": "father",
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
    steps = [
        k for k, (a, b) in enumerate(group.steps) if group.changed[k] and (_is_kin(group, a, 0) or b is None)
    ]
    low = next((k for k in steps if _is_kin(group, group.steps[k][0], 0)), None)
    if low is None:
        return None
    ends = [k for k in range(low, len(group.steps)) if _is_term(group, k) and not group.changed[k]]
    return edit_of(group, "wrong_attribution", *group.sides(low, (ends[0] if ends else low) + 1))


def _is_kin(group: Group, token: Token | None, which: int) -> bool:
    note = (group.texts.draft, group.texts.signed)[which]
    return token is not None and relatives().fullmatch(note[token.start : token.end]) is not None


_OWN = re.compile(r"(?:her|his|their|own|my|the patient's|본인)$", re.IGNORECASE)


def _of_a_relative(group: Group) -> Edit | None:
    """Find what is the patient's in the draft and a relative's in the signed note: "her" - "his father's"."""
    for low, high in runs(group):
        mine, its = group.sides(low, high)
        if not mine or not its or not group.held(high):
            continue
        end = its[-1].end
        owner = group.texts.signed[its[-1].start : group.steps[high][1].start].rstrip()  # type: ignore[union-attr]
        text = group.texts.draft[mine[0].start : mine[-1].end]
        if owner.endswith("'s") and _is_kin(group, its[-1], 1) and _OWN.search(text) and end:
            last = high
            while last + 1 < len(group.steps) and not group.changed[last + 1] and last < high + 3:
                last += 1
            return edit_of(group, "wrong_attribution", *group.sides(low, last + 1))
    return None
