"""Statements that say the opposite: a term denied, a word replaced by its opposite, a lone "no"."""

import re
from collections.abc import Iterator, Sequence

from scribeeval.terms.assertion import Assertion
from scribeeval.terms.edits.group import CONTENT, Edit, Group, Step, edit_of, mostly_held, runs, widened
from scribeeval.terms.edits.tokens import Token, is_denied_by, stems_of
from scribeeval.terms.facts import assertion_kind
from scribeeval.terms.mentions import Mention

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
# Verbs between a negation and what it denies: "does not use CPAP".
_USE = re.compile(r"(?:us|tak|hav|wear|need|requir|toler|smok|drink|eat|desir|want)e?$")
REACH = 3  # steps between two opposite words that changed their place around a word
_OWN_NEGATION = re.compile(r"(?:no|non|not|without)\b", re.IGNORECASE)
_TERMS_OF_TIME = frozenset({"until", "unless", "till"})  # "not until he can" = "once he can"
_DENYING_PREFIXES = ("un", "non", "in", "im", "dis", "불", "무", "미", "비")


def denied_terms(group: Group) -> Iterator[Edit]:
    """Find terms that both sides name and one side denies."""
    for at, (one, other) in enumerate(group.steps):
        if not (one and other and one.mention and other.mention and not group.changed[at]):
            continue
        if kind := _flip(group, one, other):
            yield edit_of(group, kind, *_from_cue(group, at))
    for one, other in _displaced(group):
        if kind := _flip(group, one, other):
            yield edit_of(group, kind, [one], [other])


def _flip(group: Group, one: Token, other: Token) -> str | None:
    if one.mention is None or other.mention is None or one.mention.semantic_type in ("anatomy", "device"):
        return None
    mine, its = _assertion(one.mention), _assertion(other.mention)
    if assertion_kind(mine, its) != "flipped_negation" or not _pole_reaches(group, one, other):
        return None
    if its == "absent" and _is_put_off(group, one):
        return None
    if any(token.key == "miss" for step in group.steps for token in step if token is not None):
        return None  # "missed no doses": the drug is not denied
    if its == "absent" and one.key in group.texts.family_keys:
        return "wrong_attribution"  # a relative has it
    return "flipped_negation"


def _assertion(mention: Mention) -> Assertion:
    """Give what is said of a mention; a term may bear its own negation ("no known drug allergies").

    In a history what was is stated as much as what is.
    """
    if _OWN_NEGATION.match(mention.text):
        return "absent"
    return "present" if mention.assertion == "historical" else mention.assertion


def _displaced(group: Group) -> Iterator[tuple[Token, Token]]:
    """Give the terms that stand on both sides, but not side by side."""
    its = {b.key: b for a, b in group.steps if a is None and b is not None and b.mention}
    for one, other in group.steps:
        if other is None and one is not None and one.mention and one.key in its:
            yield one, its[one.key]


def _pole_reaches(group: Group, one: Token, other: Token) -> bool:
    """Tell whether a changed word of polarity is about a term: it does not reach out of its brackets."""
    for at, (a, b) in enumerate(group.steps):
        if not _is_changed_pole(group, at):
            continue
        for pole, term, note in ((a, one, group.texts.draft), (b, other, group.texts.signed)):
            if pole is not None and pole.kind == "pole":
                between = note[pole.end : term.start]
                if between.count(")") <= between.count("("):
                    return True
    return False


def _is_put_off(group: Group, term: Token) -> bool:
    """Tell whether the draft itself stops or puts off what the signed note denies: "coverage deferred"."""
    return any(
        group.changed[at]
        and a is not None
        and a.key in ("p:course of treatment-", "p:will-")
        and abs(a.start - term.end) <= 30
        for at, (a, _) in enumerate(group.steps)
    )


def _is_changed_pole(group: Group, at: int) -> bool:
    return group.changed[at] and any(token is not None and token.kind == "pole" for token in group.steps[at])


def _from_cue(group: Group, at: int) -> tuple[list[Token], list[Token]]:
    """Give the tokens from the changed words before a term (within five) up to the cue behind it, if any."""
    first = min((k for k in range(max(0, at - 5), at) if group.changed[k]), default=at)
    behind = (k for k in range(at + 1, min(at + 4, len(group.steps))) if _is_changed_pole(group, k))
    return group.sides(first, max(behind, default=at) + 1)


def opposed_words(group: Group) -> Iterator[Edit]:
    """Find words of opposite meaning in each other's place, and a "no" that only one side has."""
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
    yield from _lone_negation(group)


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
    """Find a word beside the one that denies it: "helmeted" - "unhelmeted"; not "not tender" - "nontender"."""
    loose = [step for step, new in zip(group.steps, group.changed, strict=True) if new]
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
    if any(token is not None and _denies(token) for a, _ in _loose(group) for token in (a,)):
        return
    its = [b for _, b in _loose(group) if b is not None]
    for one in (a for a, _ in _loose(group) if a is not None and a.mention is not None):
        if one.mention is None or one.mention.assertion != "present":
            continue
        roots = set(stems_of(group.texts.draft, one.start, one.end))
        for cue, other in zip(its, its[1:], strict=False):
            if cue.key == "p:found-" and roots & set(stems_of(group.texts.signed, other.start, other.end)):
                yield edit_of(group, "flipped_negation", [one], [cue, other])


def _loose(group: Group) -> list[Step]:
    return [step for step, new in zip(group.steps, group.changed, strict=True) if new]


def _made_up_for(group: Group, one: Token, other: Token) -> bool:
    """Tell whether two opposites agree after all: one is denied ("does not stop"), or both stand on both sides."""
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
        return False  # "has" and "no" stand apart too often: see _lone_negation
    return a != b and (a[:-1] == b[:-1] or frozenset((a, b)) in _OPPOSED)


def _lone_negation(group: Group) -> Iterator[Edit]:
    """Find a negation on one side of a matched word, where the other side changed nothing that denies."""
    loose = [step for step, changed in zip(group.steps, group.changed, strict=True) if changed]
    if not mostly_held(group) or any(
        t.key in _TERMS_OF_TIME for step in loose for t in step if t is not None
    ):
        return
    for which in (0, 1):
        if any(token is not None and _denies(token) for token in (step[1 - which] for step in loose)):
            continue
        for at, step in enumerate(group.steps):
            token = step[which]
            if token is None or not group.changed[at] or token.key != "p:found-":
                continue
            nearest = _denied(group, at, which)
            if nearest is not None:
                mine, its = widened(group, min(at, nearest), max(at, nearest) + 1)
                if mine:
                    yield edit_of(group, "flipped_negation", mine, its)
                break


def _denied(group: Group, at: int, which: int) -> int | None:
    """Find the held word that a negation denies: behind it in English, before it in Korean; no term.

    What is said of a term its assertion tells better.
    """
    note = (group.texts.draft, group.texts.signed)[which]
    cue = group.steps[at][which]
    before = cue is not None and _stands_behind(note[cue.start : cue.end])
    ahead = range(at - 1, max(-1, at - 4), -1) if before else range(at + 1, min(at + 5, len(group.steps)))
    for k in ahead:
        token = group.steps[k][which]
        if token is not None and token.weight >= CONTENT:
            if not before and token.kind == "word" and not group.held(k) and _USE.match(token.key):
                continue
            told = token.mention is not None and token.mention.semantic_type != "device"
            return k if group.held(k) and not told else None
    return None


def _stands_behind(cue: str) -> bool:
    """Tell whether a negation follows what it denies: Korean, and "absent" or "negative" in English."""
    return "가" <= cue[0] <= "힣" or cue.lower() in ("absent", "negative", "denied")


def _denies(token: Token) -> bool:
    if (token.value[0].endswith("-") and token.kind == "pole") or (
        token.mention is not None and _OWN_NEGATION.match(token.mention.text)
    ):
        return True
    return token.kind == "word" and (
        (len(token.key) > 4 and token.key.startswith(_DENYING_PREFIXES))
        or token.key.endswith(("less", "free"))
    )
