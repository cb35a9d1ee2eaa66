"""Statements that only one note has: invented, left out, moved, said twice, said of another, padding."""

from collections.abc import Collection, Iterator, Sequence

from scribeeval.terms.edits.cues import cue, relatives
from scribeeval.terms.edits.group import Edit, Texts
from scribeeval.terms.edits.pairing import Pairs, likeness, rest, shared, stem_likeness
from scribeeval.terms.edits.tokens import Line, Token, same, stems_of
from scribeeval.terms.facts import assertion_kind
from scribeeval.text.sections import PREAMBLE, default_headers

DUPLICATED = 0.3  # least likeness to another statement of the draft
SAME_WORDS = 0.4  # likeness of words at which two statements need share no term
NEW_AMOUNT = 0.5  # what likeness is worth where one has an amount that the other lacks
KNOWN = 0.6  # share of a statement's weight that the other note must hold for it to be no news
KNOWN_BY_TERMS = 0.5  # ... where it holds all terms
EMPTY, EMPTY_WITH_CUE = 10, 7  # words from which a sentence without a fact is padding
SPECIFIC_TYPES = frozenset({"drug", "diagnosis", "lab_or_vital", "procedure"})


def whole_statements(
    texts: Texts, pairs: Pairs, draft: Sequence[Line], signed: Sequence[Line]
) -> Iterator[Edit]:
    """Give the edits of statements without a counterpart, and of those that stand in another section."""
    kept = [line for left, _ in pairs.groups for line in left]
    for line in pairs.deleted:
        if line.section != "chief_complaint":
            yield from _deleted(texts, line, kept, signed, pairs)
    for line in pairs.added:
        if line.section != "chief_complaint" and _is_new(line, draft):
            yield _edit("omitted_fact", "reference", line, None)
    kept_headings = {line.section for line in signed}
    for left, right in pairs.groups:
        here, there = left[0].section, right[0].section
        if here in kept_headings and _is_elsewhere(here, there, {line.section for line in draft}):
            if assertions_differ(left, right):
                continue
            other = (right[0].start, right[0].end)
            yield _edit("wrong_section", "hypothesis", left[0], other, texts.signed[other[0] : other[1]])


def assertions_differ(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Tell whether the same term is given to another person or time: then it is no mere move."""
    its = {t.key: t.mention.assertion for line in right for t in line.tokens if t.mention is not None}
    return any(
        t.mention is not None
        and t.key in its
        and assertion_kind(t.mention.assertion, its[t.key]) == "wrong_attribution"
        and "family" in (t.mention.assertion, its[t.key])
        for line in left
        for t in line.tokens
    )


def _is_elsewhere(here: str, there: str, draft_sections: set[str]) -> bool:
    """Tell whether two sections are two places; one that the draft lacks must be of another division."""
    if here == there or PREAMBLE in (here, there) or {here, there} == _TOLD:
        return False
    division = default_headers().division
    return there in draft_sections or division.get(here) != division.get(there)


def _edit(
    kind: str, side: str, line: Line, other: tuple[int, int] | None, suggestion: str | None = None
) -> Edit:
    return Edit(kind, side, line.start, line.end, suggestion, other, line.section, line.tokens)


def _deleted(
    texts: Texts, line: Line, kept: Sequence[Line], signed: Sequence[Line], pairs: Pairs
) -> Iterator[Edit]:
    kept = [other for other in kept if _may_repeat(line, other)]
    twin = max(kept, key=lambda other: _twin(texts, line, other), default=None)
    if _is_padding(texts.draft[line.start : line.end], line):
        yield _edit("verbose", "hypothesis", line, None)
    elif other := _of_another(line, signed):
        yield _edit("wrong_attribution", "hypothesis", line, (other.start, other.end))
    elif place := _moved_into(line, pairs):
        moved = texts.signed[place.start : place.end]
        yield _edit("wrong_section", "hypothesis", line, (place.start, place.end), moved)
    elif twin is not None and _twin(texts, line, twin) >= DUPLICATED:
        yield _edit("duplicated", "hypothesis", line, None)
    elif _is_new(line, signed):
        yield _edit("invented_fact", "hypothesis", line, None)


_RETOLD = frozenset({"assessment", "plan", "assessment_and_plan"})
_SAID = frozenset({"subjective"})
_TOLD = frozenset({"history_of_present_illness", "review_of_systems"})


def _may_repeat(line: Line, other: Line) -> bool:
    """Tell whether a statement would be one too many beside another.

    An assessment takes up the history, and a review of systems what the history tells, by their nature.
    """
    division = default_headers().division
    here, there = line.section, other.section
    divisions = {division.get(here), division.get(there)}
    return here == there or not (
        {here, there} == _TOLD or (divisions & _RETOLD and divisions - _RETOLD == _SAID)
    )


def _moved_into(line: Line, pairs: Pairs) -> Line | None:
    """Find the statement of another section that has taken a statement in."""
    for left, right in pairs.groups:
        if right[0].section != line.section:
            new = rest(right[0].bag, left[0].bag)
            if shared(line.bag, new) >= KNOWN * line.weight > 0:
                return right[0]
    return None


def _twin(texts: Texts, line: Line, other: Line) -> float:
    """How alike two statements of one note are; an amount or a term that only one has makes two facts."""
    held = {token.key for token in other.tokens}
    terms = [t.key for t in line.tokens if t.mention is not None]
    common = [t for t in line.tokens if t.key in held and t.weight >= 0.8]
    by_stems = stem_likeness(line, other)
    if (terms and 2 * sum(key in held for key in terms) <= len(terms) and by_stems < SAME_WORDS) or not (
        common or by_stems
    ):
        return 0.0
    amounts = [t.key for t in line.tokens if t.kind == "amount"]
    new = any(key not in held for key in amounts)
    if amounts and not new and len(common) > 1:
        return 1.0  # the same figures again
    covered = [t for t in line.tokens if t.weight >= 0.5 and _covers(texts, line, other, t)]
    content = [t for t in line.tokens if t.weight >= 0.5]
    told = any(t.mention is not None and t.mention.semantic_type != "anatomy" for t in covered)
    if len(covered) < 2 and not told and covered != content[:1]:
        return 0.0  # the same is said of something else
    if 2 * len(covered) >= len(content) and len(covered) > 1 and not _is_of_another_kind(line, held):
        return max(DUPLICATED, likeness(line, other))
    share = 0.6 * shared(line.bag, other.bag) / line.weight if line.weight else 0.0
    return max(likeness(line, other), share) * (NEW_AMOUNT if new else 1.0)


def _covers(texts: Texts, line: Line, other: Line, token: Token) -> bool:
    if any(same(token, one) for one in other.tokens):
        return True
    stems = set(stems_of(texts.draft, token.start, token.end))
    return bool(stems) and stems <= other.stems


def _is_of_another_kind(line: Line, held: Collection[str]) -> bool:
    """Tell whether a statement names a drug, a schedule or a side that another does not."""
    return any(
        token.key not in held
        and (
            token.kind in ("frequency", "side")
            or (token.mention is not None and token.mention.semantic_type == "drug")
        )
        for token in line.tokens
    )


def _is_padding(text: str, line: Line) -> bool:
    """Tell padding: a long sentence without a term, amount, frequency or side, or one with words of it."""
    cues, words = len(cue("padding").findall(text)), len(line.tokens)
    facts = any(t.mention is not None or t.kind in ("amount", "frequency", "side") for t in line.tokens)
    specific = any(
        (t.mention is not None and t.mention.semantic_type in SPECIFIC_TYPES) or t.kind == "amount"
        for t in line.tokens
    )
    if not facts and words >= (EMPTY_WITH_CUE if cues else EMPTY):
        return True
    return cues >= 2 and not (specific and cues < 3) and words >= 6


def _of_another(line: Line, signed: Sequence[Line]) -> Line | None:
    """Find the statement that gives the same condition to a relative or to the past."""
    for token in line.tokens:
        if token.mention is None or token.mention.semantic_type not in (
            "diagnosis",
            "symptom",
            "drug",
            "procedure",
            "device",
        ):
            continue
        if token.mention.assertion not in ("present", "possible", "historical"):
            continue
        if token.mention.assertion == "historical" and not any(
            o.key == token.key and o.mention and (o.mention.assertion == "family" or _names_relative(other))
            for other in signed
            for o in other.tokens
        ):
            continue  # it was in the draft, and is or will be in the signed note: two facts
        others = [(o, other) for other in signed for o in other.tokens if o.key == token.key and o.mention]
        kinds = [assertion_kind(token.mention.assertion, o.mention.assertion) for o, _ in others if o.mention]
        if others and all(kind == "wrong_attribution" for kind in kinds):
            return others[0][1]
    return None


def _names_relative(line: Line) -> bool:
    return any(token.kind == "word" and relatives().fullmatch(token.value[0]) for token in line.tokens)


def _is_new(line: Line, other_note: Sequence[Line]) -> bool:
    """Tell whether the other note has nothing that says most of a statement and all of its amounts."""
    amounts = {token.key for token in line.tokens if token.kind == "amount"}
    terms = {token.key for token in line.tokens if token.mention is not None}
    for other in other_note:
        keys = other.bag.keys()
        enough = KNOWN_BY_TERMS if terms and terms <= keys else KNOWN
        if amounts <= keys and shared(line.bag, other.bag) >= enough * line.weight:
            return False
    return bool(line.weight)
