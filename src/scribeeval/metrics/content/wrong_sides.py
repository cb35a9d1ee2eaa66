"""Sides, results and orders that the talk gives the other way round."""

import re
from collections.abc import Iterator

from scribeeval.metrics.content.claims import Claim, Contradiction
from scribeeval.metrics.content.grounding import find_fact, polarity
from scribeeval.metrics.content.talk import Talk, sides_of
from scribeeval.terms import Mention


def _words(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


_POSITIVE, _NEGATIVE = _words("positive|양성"), _words("negative|음성")
_GOOD = _words("normal|fine|intact|full|strong|symmetric")
_BAD = _words("reduced|decreased|impaired|abnormal|diminished")
_ON, _OFF = _words("continued?|keep|kept|keeps"), _words("stop|stopped|hold|held|discontinued?")
_PAIRS = ((_POSITIVE, _NEGATIVE), (_GOOD, _BAD), (_ON, _OFF))
_OPPOSITES = tuple(pair for one, other in _PAIRS for pair in ((one, other), (other, one)))


def wrong_side(mention: Mention, claim: Claim, talk: Talk) -> Iterator[Contradiction]:
    """A term that the talk names with the other side only."""
    places = [p for p in talk.index.concepts.get(mention.concept, ()) if p[1].laterality]
    sides = {m.laterality for _, m in places}
    if mention.laterality in ("left", "right") and sides and not sides & {mention.laterality, "bilateral"}:
        at, other = places[0]
        if {polarity(other), polarity(mention)} & {"historical", "family"}:
            return
        if mention.semantic_type == "anatomy" and not _shares(mention, at, claim):
            return
        start, end = mention.attribute_spans["laterality"]
        low, high = other.attribute_spans["laterality"]
        yield Contradiction(
            start, end, "wrong_laterality", talk.index.text[low:high], talk.index.segments[at]
        )


def _shares(mention: Mention, at: int, claim: Claim) -> bool:
    """Tell whether a sentence of the talk holds more of the mention's clause than the mention."""
    low, high = claim.clause(mention.start)
    facts = zip(claim.facts, claim.held, strict=True)
    return any(
        at in held for f, held in facts if low <= f.start < high and f.key != mention.concept and not f.number
    )


def wrong_sides(claim: Claim, talk: Talk) -> Iterator[Contradiction]:
    """The other side than in the sentence of the talk that speaks most of the same part."""
    for mine in sides_of(claim.text, claim.start, claim.end):
        low, high = claim.clause(mine.start)
        if any(low <= m.start < high and polarity(m) in ("historical", "family") for m in claim.mentions):
            continue
        facts = [
            f
            for f in claim.facts
            if low <= f.start < high and not sides_of(claim.text, f.start, f.end) and not f.number
        ]
        found = [find_fact(f, talk.index) for f in facts]
        sided = {
            at: {s.side for s in sides_of(talk.index.text, *talk.index.segments[at])}
            for one in found
            for at in one.segments
        }
        weights = {
            at: sum(f.weight for f, o in zip(facts, found, strict=True) if at in o.segments)
            for at, sides in sided.items()
            if sides
        }
        if not weights:
            continue
        top = max(weights.values())
        best = [at for at, weight in weights.items() if weight == top]
        sides = set().union(*(sided[at] for at in best))
        if not any(
            at in o.segments and (f.mention is None or f.mention.semantic_type != "anatomy")
            for f, o in zip(facts, found, strict=True)
            for at in best
        ):
            continue
        if top < 2 or mine.side in sides or (mine.side == "bilateral" and len(sides) > 1):
            continue
        other = sides_of(talk.index.text, *talk.index.segments[best[0]])[0]
        yield Contradiction(
            mine.start, mine.end, "wrong_laterality", talk.index.text[other.start : other.end],
            talk.index.segments[best[0]],
        )  # fmt: skip


def opposites(claim: Claim, talk: Talk) -> Iterator[Contradiction]:
    """A result or an order that the talk gives the other way round: positive and negative, stop and keep."""
    for one, other in _OPPOSITES:
        for mine in one.finditer(claim.text, claim.start, claim.end):
            low, high = claim.clause(mine.start())
            facts = [
                (f, places)
                for f, places in zip(claim.facts, claim.held, strict=True)
                if low <= f.start < high and not f.number and not mine.start() <= f.start < mine.end()
            ]
            held: dict[int, float] = {}
            for fact, places in facts:
                for at in places:
                    held[at] = held.get(at, 0.0) + fact.weight
            whole = sum(fact.weight for fact, _ in facts)
            for at in sorted(held, key=lambda at: (-held[at], at))[:1]:
                segment = talk.index.segments[at]
                said = other.search(talk.index.text, *segment)
                if talk.index.text[slice(*segment)].endswith("?"):
                    continue
                if 3 * held[at] >= 2 * whole and said and not one.search(talk.index.text, *segment):
                    yield Contradiction(mine.start(), mine.end(), "flipped_negation", said[0], segment)
