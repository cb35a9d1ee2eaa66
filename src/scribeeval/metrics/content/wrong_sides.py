"""Sides, results and orders that the talk gives the other way round."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from scribeeval.metrics.content.claims import Claim, Contradiction
from scribeeval.metrics.content.facts import TERM_WEIGHT, Fact
from scribeeval.metrics.content.grounding import polarity
from scribeeval.metrics.content.index import Index
from scribeeval.metrics.content.talk import Side, Talk, sides_of
from scribeeval.terms import Mention
from scribeeval.text.content_words import content_words


def _words(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


_POSITIVE, _NEGATIVE = _words("positive|양성"), _words("negative|음성")
_GOOD = _words("normal|fine|intact|full|strong|symmetric")
_EXCEPT = _words("otherwise|except(?: for)?|most part")
_BAD = _words("reduced|decreased|impaired|abnormal|diminished")
_ON, _OFF = _words("continued?|keep|kept|keeps"), _words("stop|stopped|hold|held|discontinued?")
_COMMAS = re.compile(r"[,;] | and (?=the |on )")
_NO = re.compile(
    r"\b(?:no|not|never|none|without|denie[sd]|absent|negative|free)\b|n't\b|없|아니|안 ", re.IGNORECASE
)
_NO_BEFORE = re.compile(r"(?:\b(?:no|not|never|without)|n't) (?:\w+ )?$", re.IGNORECASE)
DENIED_FACTS = 2  # facts of a statement that is as bare as "Perforation is present."
_PART = 20  # characters after a side in which the part of the body stands
_SIDED = "side"  # the word of "left-sided": every part of the body has one
OFTEN = 2  # sentences that name a part of the body with the other side only
_PAIRS = ((_POSITIVE, _NEGATIVE), (_GOOD, _BAD), (_ON, _OFF))
_OPPOSITES = tuple(pair for one, other in _PAIRS for pair in ((one, other), (other, one)))


def wrong_side(mention: Mention, claim: Claim, talk: Talk) -> Iterator[Contradiction]:
    """A term that the talk names with the other side only."""
    places = [p for p in talk.index.concepts.get(mention.concept, ()) if p[1].laterality]
    sides = {m.laterality for _, m in places}
    if mention.laterality not in ("left", "right") or not sides or sides & {mention.laterality, "bilateral"}:
        return
    at, other = places[0]
    if {polarity(other), polarity(mention)} & {"historical", "family"}:
        return
    often = len({place for place, _ in places}) >= OFTEN
    if mention.semantic_type == "anatomy" and not often and not _shares(mention, at, claim):
        return
    start, end = mention.attribute_spans["laterality"]
    low, high = other.attribute_spans["laterality"]
    yield Contradiction(start, end, "wrong_laterality", talk.index.text[low:high], talk.index.segments[at])


def _shares(mention: Mention, at: int, claim: Claim) -> bool:
    """Tell whether a sentence of the talk holds more of the mention's clause than the mention."""
    facts = _of_clause(claim, mention.start)
    return any(at in held for f, held in facts if f.key != mention.concept and not f.number)


def _of_clause(claim: Claim, position: int) -> list[tuple[Fact, Sequence[int]]]:
    low, high = claim.clause(position)
    return [(f, held) for f, held in zip(claim.facts, claim.held, strict=True) if low <= f.start < high]


def wrong_sides(claim: Claim, talk: Talk) -> Iterator[Contradiction]:
    """The other side than in the sentence of the talk that speaks most of the same part."""
    for mine in sides_of(claim.text, claim.start, claim.end):
        facts = [
            (f, held)
            for f, held in _of_clause(claim, mine.start)
            if f.key != _SIDED and not f.number and not sides_of(claim.text, f.start, f.end)
        ]
        told = {f.mention.assertion for f, _ in facts if f.mention}
        said = {at: _said_of(facts, at, talk) for _, held in facts for at in held}
        weights = {
            at: sum(f.weight for f, held in facts if at in held) for at, sides in said.items() if sides
        }
        best = [at for at, weight in weights.items() if weight == max(weights.values())]
        named = [(f, held) for f, held in facts if f.mention is None or f.mention.semantic_type != "anatomy"]
        same = max((sum(at in held for _, held in named) for at in best), default=0)
        if (
            not same
            or weights[best[0]] < TERM_WEIGHT
            or "family" in told
            or ("historical" in told and same < 2)
        ):
            continue
        sides = {side.side for at in best for side in said[at]}
        if any(_of_other_parts(mine, side, claim, talk) for at in best for side in said[at]):
            continue
        if any(talk.index.is_run(at) for at in best):
            continue
        if mine.side not in sides and not (mine.side == "bilateral" and len(sides) > 1):
            other = said[best[0]][0]
            segment = talk.index.segments[best[0]]
            suggestion = talk.index.text[other.start : other.end]
            yield Contradiction(mine.start, mine.end, "wrong_laterality", suggestion, segment)


def _of_other_parts(mine: Side, other: Side, claim: Claim, talk: Talk) -> bool:
    """Tell whether the two sides are of parts that both texts name: "left knee", "both eyes"."""
    mine_of = _part_after(claim.text, mine.end)
    its = _part_after(talk.index.text, other.end)
    if mine_of is None or its is None or mine_of == its:
        return False
    return mine_of in talk.index.keys and any(
        word.key == its for word in content_words(claim.text[claim.start : claim.end])
    )


def _part_after(text: str, end: int) -> str | None:
    word = next(iter(content_words(text[end : end + _PART])), None)
    return word.key if word and not word.light else None


def _said_of(facts: Sequence[tuple[Fact, Sequence[int]]], at: int, talk: Talk) -> list[Side]:
    """The sides that a sentence of the talk names of these facts; of a question, those of the answer."""
    index = talk.index
    start, end = _part_about([f for f, _ in facts], index, at)
    sides = sides_of(index.text, start, end)
    if not sides and index.is_question(at) and at + 1 < len(index.segments):
        return sides_of(index.text, *index.segments[at + 1])
    return sides


def _part_about(facts: Sequence[Fact], index: Index, at: int) -> tuple[int, int]:
    """The part of a sentence of the talk, between commas, that holds most of the facts, or the first."""
    start, end = index.segments[at]
    keys = {key for fact in facts for key in fact.words}
    cuts = [start, *(match.end() for match in _COMMAS.finditer(index.text, start, end)), end]
    parts = list(pairwise(cuts))

    def holds(part: tuple[int, int]) -> int:
        words = {w.key for w in index.words_in(*part)}
        concepts = {m.concept for m in index.mentions_in(*part)}
        return len(keys & words) + len({f.key for f in facts} & concepts)

    return max(parts, key=lambda part: (holds(part), -part[0])) if len(parts) > 1 else (start, end)


def opposites(claim: Claim, talk: Talk) -> Iterator[Contradiction]:
    """A result or an order that the talk gives the other way round: positive and negative, stop and keep."""
    if _EXCEPT.search(claim.text, claim.start, claim.end):
        return
    for one, other in _OPPOSITES:
        for mine in one.finditer(claim.text, claim.start, claim.end):
            facts = [
                (f, held)
                for f, held in _of_clause(claim, mine.start())
                if not f.number and not mine.start() <= f.start < mine.end()
            ]
            held = {at for _, places in facts for at in places}
            weights = {at: sum(f.weight for f, places in facts if at in places) for at in held}
            whole = sum(fact.weight for fact, _ in facts)
            at = min(held, key=lambda at: (-weights[at], at), default=None)
            if at is None or 3 * weights[at] < 2 * whole or talk.index.is_run(at):
                continue
            asked = talk.index.is_question(at) and at + 1 < len(talk.index.segments)
            part = (
                talk.index.segments[at + 1] if asked else _part_about([f for f, _ in facts], talk.index, at)
            )
            said = other.search(talk.index.text, *part)
            if said and not one.search(talk.index.text, *part):
                yield Contradiction(
                    mine.start(), mine.end(), "flipped_negation", said[0], talk.index.segments[at]
                )


def denied(claim: Claim, talk: Talk) -> Iterator[Contradiction]:
    """A short statement of a finding that the talk names only with a "no" before it."""
    if len(claim.facts) > DENIED_FACTS or _NO.search(claim.text, claim.start, claim.end):
        return
    for fact, held in zip(claim.facts, claim.held, strict=True):
        if fact.mention is not None or fact.number or len(held) != 1 or talk.index.is_question(held[0]):
            continue
        start, end = talk.index.segments[held[0]]
        for word in talk.index.words_in(start, end):
            if word.key == fact.key and _NO_BEFORE.search(talk.index.text, start, word.start):
                yield Contradiction(fact.start, fact.end, "flipped_negation", None, (start, end))
