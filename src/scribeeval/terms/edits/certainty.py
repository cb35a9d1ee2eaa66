"""Certainty: a possibility stated as a fact, called unlikely, proven absent, or made a condition."""

import re
from collections.abc import Iterator

from scribeeval.terms.edits.cues import cue
from scribeeval.terms.edits.group import CONTENT, Edit, Group, edit_of, runs
from scribeeval.terms.edits.tokens import Token


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
