"""Statements that only one of the two notes has: invented, left out, moved, said twice, said of another, padding."""

from collections.abc import Iterator, Sequence

from scribeeval.terms.edits.changes import Edit, Texts
from scribeeval.terms.edits.cues import PADDING_WORDS
from scribeeval.terms.edits.pairing import Pairs, bag, likeness, weight
from scribeeval.terms.edits.tokens import Line
from scribeeval.terms.facts import assertion_kind

DUPLICATED = 0.3  # least likeness to another statement of the draft
KNOWN = 0.6  # share of a statement's weight that the other note must hold for it to be no news
SPECIFIC_TYPES = frozenset({"drug", "diagnosis", "lab_or_vital", "procedure"})


def whole_statements(texts: Texts, pairs: Pairs, draft: Sequence[Line], signed: Sequence[Line]) -> Iterator[Edit]:
    """Give the edits of statements without a counterpart, and of those that stand in another section."""
    kept = [line for left, _ in pairs.groups for line in left]
    for line in pairs.deleted:
        if line.section != "chief_complaint":
            yield from _deleted(texts, line, kept, signed)
    for line in pairs.added:
        if line.section != "chief_complaint" and _is_new(line, draft):
            yield _edit("omitted_fact", "reference", line, None)
    sections = {line.section for line in draft}, {line.section for line in signed}
    for left, right in pairs.groups:
        here, there = left[0].section, right[0].section
        if here != there and here in sections[1] and there in sections[0] and there != "preamble":
            other = (right[0].start, right[0].end)
            yield _edit("wrong_section", "hypothesis", left[0], other, texts.signed[other[0] : other[1]])


def _edit(
    kind: str, side: str, line: Line, other: tuple[int, int] | None, suggestion: str | None = None
) -> Edit:
    return Edit(kind, side, line.start, line.end, suggestion, other, line.section, line.tokens)


def _deleted(texts: Texts, line: Line, kept: Sequence[Line], signed: Sequence[Line]) -> Iterator[Edit]:
    twin = max(kept, key=lambda other: _twin(line, other), default=None)
    if _is_padding(texts.draft[line.start : line.end], line):
        yield _edit("verbose", "hypothesis", line, None)
    elif other := _of_another(line, signed):
        yield _edit("wrong_attribution", "hypothesis", line, (other.start, other.end))
    elif twin is not None and _twin(line, twin) >= DUPLICATED:
        yield _edit("duplicated", "hypothesis", line, None)
    elif _is_new(line, signed):
        yield _edit("invented_fact", "hypothesis", line, None)


def _twin(line: Line, other: Line) -> float:
    """How alike two statements of one note are; an amount, a drug or a term that only one has makes two facts."""
    mine, its = bag(line), bag(other)
    held = {token.key for token in other.tokens}
    if any(t.key not in held for t in line.tokens if t.kind == "amount"):
        return 0.0
    share = 0.6 * weight(mine & its) / line.weight if line.weight else 0.0
    return max(likeness(line, other), share)


def _is_padding(text: str, line: Line) -> bool:
    cues = len(PADDING_WORDS.findall(text))
    specific = any(
        (t.mention is not None and t.mention.semantic_type in SPECIFIC_TYPES) or t.kind == "amount"
        for t in line.tokens
    )
    words = len(line.tokens)
    return cues >= 2 and not (specific and cues < 3) and words >= 6


def _of_another(line: Line, signed: Sequence[Line]) -> Line | None:
    """Find the statement that gives the same condition to a relative or to the past."""
    for token in line.tokens:
        if token.mention is None or token.mention.semantic_type not in ("diagnosis", "symptom", "drug"):
            continue
        if token.mention.assertion not in ("present", "possible", "historical"):
            continue
        others = [(o, other) for other in signed for o in other.tokens if o.key == token.key and o.mention]
        kinds = [assertion_kind(token.mention.assertion, o.mention.assertion) for o, _ in others if o.mention]
        if others and all(kind == "wrong_attribution" for kind in kinds):
            return others[0][1]
    return None


def _is_new(line: Line, other_note: Sequence[Line]) -> bool:
    """Tell whether the other note holds too little of a statement to have said it elsewhere."""
    mine = bag(line)
    total = weight(mine)
    best = sorted((weight(mine & bag(other)) for other in other_note), reverse=True)[:1]
    return bool(total) and sum(best) < KNOWN * total
