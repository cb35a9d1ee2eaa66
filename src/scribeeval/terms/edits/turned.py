"""Statements that say the opposite: a term denied on one side, a lone "no"."""

import re
from collections.abc import Iterator

from scribeeval.terms.assertion import Assertion
from scribeeval.terms.edits.group import CONTENT, Edit, Group, edit_of, mostly_held, widened
from scribeeval.terms.edits.tokens import Token
from scribeeval.terms.facts import assertion_kind
from scribeeval.terms.mentions import Mention

# Verbs between a negation and what it denies: "does not use CPAP".
_USE = re.compile(r"(?:us|tak|hav|wear|need|requir|toler|smok|drink|eat|desir|want)e?$")
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


def lone_negation(group: Group) -> Iterator[Edit]:
    """Find a negation on one side of a matched word, where the other side changed nothing that denies."""
    loose = [step for step, changed in zip(group.steps, group.changed, strict=True) if changed]
    if not mostly_held(group) or any(
        t.key in _TERMS_OF_TIME for step in loose for t in step if t is not None
    ):
        return
    for which in (0, 1):
        if any(token is not None and denies(token) for token in (step[1 - which] for step in loose)):
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


def denies(token: Token) -> bool:
    """Tell whether a token denies what it stands with."""
    if (token.value[0].endswith("-") and token.kind == "pole") or (
        token.mention is not None and _OWN_NEGATION.match(token.mention.text)
    ):
        return True
    return token.kind == "word" and (
        (len(token.key) > 4 and token.key.startswith(_DENYING_PREFIXES))
        or token.key.endswith(("less", "free"))
    )
