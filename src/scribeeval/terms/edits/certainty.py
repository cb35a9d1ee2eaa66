"""Certainty, person and time: a possibility stated as a fact, a relative's condition, one that is over."""

from collections.abc import Iterator

from scribeeval.terms.edits.cues import cue, relatives
from scribeeval.terms.edits.group import CONTENT, Edit, Group, edit_of
from scribeeval.terms.edits.tokens import Token

_CONDITIONS = frozenset({"diagnosis", "symptom", "drug"})


def changed_certainty(group: Group) -> Iterator[Edit]:
    """Find a possibility on one side that the other side states."""
    mine, its = group.texts_of_sides()
    before, after = len(cue("unsure").findall(mine)), len(cue("unsure").findall(its))
    if (before > 0) == (after > 0) and not (cue("sure").search(mine) and after > before):
        return
    which, note, lines = (
        (1, group.texts.signed, group.signed) if after > before else (0, group.texts.draft, group.draft)
    )
    for line in lines:
        for match in cue("unsure").finditer(note, line.start, line.end):
            at = next(
                (k for k, s in enumerate(group.steps) if (t := s[which]) and t.end > match.start()), None
            )
            if at is None:
                continue
            draft, signed = _governed(group, at)
            if draft:
                yield edit_of(group, "wrong_certainty", draft, signed)
                return


def _governed(group: Group, at: int) -> tuple[list[Token], list[Token]]:
    """Give what a word of certainty is said of: the changed words around it, or the next (or last) term."""
    low, high = at, at + 1
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
    """Find a condition that the signed note gives to a relative, or to the past."""
    mine, its = group.texts_of_sides()
    shared = [
        (a.mention, b.mention)
        for (a, b), changed in zip(group.steps, group.changed, strict=True)
        if a and b and a.mention and b.mention and not changed
    ]
    conditions = any(a.semantic_type in _CONDITIONS for a, _ in shared)
    to_family = any(a.assertion != "family" and b.assertion == "family" for a, b in shared)
    relative = to_family and relatives().search(its) and not relatives().search(mine)
    resolved = cue("past").search(its) and not cue("past").search(mine) and not cue("dated").search(mine)
    if relative or (resolved and conditions) or (cue("past").search(its) and cue("current").search(mine)):
        yield edit_of(group, "wrong_attribution", *group.sides(0, len(group.steps)))
        return
    here = {b.key for _, b in group.steps if b}
    for one, _ in group.steps:
        if one is None or one.mention is None or one.mention.assertion == "family":
            continue
        if one.key not in here and one.key in group.texts.family_keys:
            yield edit_of(group, "wrong_attribution", [one], [])
