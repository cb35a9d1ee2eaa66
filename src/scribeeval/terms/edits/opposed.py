"""Words of opposite meaning: in each other's place, across a word, by a prefix, or by a word of one root."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from scribeeval.terms.edits.group import Edit, Group, Step, edit_of, mostly_held, runs, widened
from scribeeval.terms.edits.tokens import Token, is_denied_by, stems_of
from scribeeval.terms.edits.turned import denies

_OPPOSED = {
    frozenset(poles)
    for poles in (
        ("normal+", "amount-"),
        ("normal+", "amount+"),
        ("lasting+", "course of treatment-"),
        ("lasting-", "course of treatment+"),
        ("will-", "course of treatment+"),
        ("lasting+", "course+"),
    )
}
REACH = 3  # steps between two opposite words that changed their place around a word


def opposed_words(group: Group) -> Iterator[Edit]:
    """Find words of opposite meaning in each other's place."""
    for low, high in runs(group):
        mine, its = group.sides(low, high)
        beside = mostly_held(group) or any(group.held(k) for k in (low - 2, low - 1, high, high + 1))
        if beside and any(
            _opposite(a, b) and not _made_up_for(group, a, b)
            for a in mine
            if a.kind == "pole"
            for b in its
            if b.kind == "pole"
        ):
            yield edit_of(group, "flipped_negation", *widened(group, low, high))
    yield from _across(group)
    yield from _prefixed(group)
    yield from _by_root(group)


def _across(group: Group) -> Iterator[Edit]:
    """Find opposite words on two sides of a word: "continue treatment" - "treatment stopped"."""
    lone = [
        (k, side, token)
        for k, (a, b) in enumerate(group.steps)
        for side, token, other in ((0, a, b), (1, b, a))
        if token is not None and other is None and token.kind == "pole"
    ]
    for k, side, token in lone:
        for at, other_side, other in lone:
            low, high = min(k, at), max(k, at)
            between = range(low + 1, high)
            if (
                (side, other_side) == (0, 1)
                and 1 < high - low <= REACH
                and _opposite(token, other)
                and not _made_up_for(group, token, other)
                and any(group.held(n) for n in between)
                and not any(group.changed[n] for n in between)
            ):
                yield edit_of(group, "flipped_negation", *group.sides(low, high + 1))


def _prefixed(group: Group) -> Iterator[Edit]:
    """Find a word and its denial: "helmeted" - "unhelmeted"; but "not tender" says what "nontender" does."""
    loose = _loose(group)
    if any(token is not None and token.key == "p:found-" for step in loose for token in step):
        return
    for one in (a for a, _ in loose if a is not None and a.kind in ("word", "term")):
        for other in (b for _, b in loose if b is not None and b.kind in ("word", "term")):
            mine, its = (_words_of(group, side, token) for side, token in ((0, one), (1, other)))
            if mine and its and (is_denied_by(mine, its) or is_denied_by(its, mine)):
                yield edit_of(group, "flipped_negation", [one], [other])


def _words_of(group: Group, side: int, token: Token) -> str | None:
    written = (group.texts.draft, group.texts.signed)[side][token.start : token.end]
    return written.lower() if written.isalpha() or "-" in written else None


def _by_root(group: Group) -> Iterator[Edit]:
    """Find what is denied in a word of another kind: "purulent drainage" - "no purulence"."""
    if any(a is not None and denies(a) for a, _ in _loose(group)):
        return
    its = [b for _, b in _loose(group) if b is not None]
    for one in (a for a, _ in _loose(group) if a is not None and a.mention is not None):
        if one.mention is None or one.mention.assertion != "present":
            continue
        roots = set(stems_of(group.texts.draft, one.start, one.end))
        for cue, other in pairwise(its):
            if cue.key == "p:found-" and roots & set(stems_of(group.texts.signed, other.start, other.end)):
                yield edit_of(group, "flipped_negation", [one], [cue, other])


def _loose(group: Group) -> list[Step]:
    return [step for step, new in zip(group.steps, group.changed, strict=True) if new]


def _made_up_for(group: Group, one: Token, other: Token) -> bool:
    """Tell whether opposites agree after all: one is denied ("does not stop"), or both sides have both."""
    mine = [a for a, _ in group.steps if a is not None]
    its = [b for _, b in group.steps if b is not None]
    if _is_denied(mine, one) != _is_denied(its, other):
        return True
    return any(a.key == other.key for a in mine) and any(b.key == one.key for b in its)


def _is_denied(tokens: Sequence[Token], pole: Token) -> bool:
    at = tokens.index(pole)
    return any(token.key == "p:found-" for token in tokens[max(0, at - 2) : at])


def _opposite(one: Token, other: Token) -> bool:
    a, b = one.value[0], other.value[0]
    if a[:-1] == b[:-1] == "found":
        return False  # "has" and "no" stand apart too often: see turned.lone_negation
    return a != b and (a[:-1] == b[:-1] or frozenset((a, b)) in _OPPOSED)
