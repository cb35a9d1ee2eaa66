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
_RELATED = _words(
    "no|not|never|denies|mother|father|wife|husband|partner|spouse|roommate|household|parents?|family"
)
_EXCEPT = _words("otherwise|except(?: for)?|most part")
_BAD = _words("reduced|decreased|impaired|abnormal|diminished")
_ON = _words("continue[ds]?|keep|kept|keeps|stays?|지속|계속|유지")
_OFF = _words("stop|stopped|hold|held|holding|discontinued?|d/c|중단")
_UP = _words(r"increase[ds]?|raise[ds]?|uptitrate[ds]?|(?:goes|go|going|went|bump\w*|move) (?:it )?up|증량")
_DOWN = _words(
    r"decrease[ds]?|reduce[ds]?|lowered|(?:goes|go|going|went|take|cut) (?:it )?down|cut(?: back)?|감량"
)
_REGULAR, _IRREGULAR = _words("regular"), _words("irregular")
_RESOLVED = _words("resolved|cleared(?: up)?|went away|gone away|subsided")
_PERSISTS = _words("persists?|persisting|ongoing|lingers?|still there")
_SMOKES = _words("(?:current(?:ly)?|active(?:ly)?|still) smok(?:er|es|ing)|smokes|현재 흡연")
_SAYS_SMOKES = _words(
    r"(?:i|he|she)(?:'m| am| is|'s)? (?:still |currently )?smok(?:e|es|ing)|still smok\w+"
    r"|started (?:smoking |up )?again|cut(?:ting)? (?:down|back)"
)
_QUIT = re.compile(
    r"(?<!to )(?<!should )(?<!can )(?<!you )\b(?:(?:quit|stopped|gave up|given up) smoking|used to smoke"
    r"|never smoked|(?:don't|do not|no longer) smoke)\b|담배(?:를|는)? 끊(?:었|은)",
    re.IGNORECASE,
)
_LIKELY = re.compile(r"(?<!less )(?<!not )\b(?:likely|suspected|probable)\b|의심", re.IGNORECASE)
_UNLIKELY = re.compile(
    r"\b(?:unlikely|(?:less|not) likely|doubtful)\b|가능성(?:은|이)? ?(?:낮|적|희박)", re.IGNORECASE
)
_COMMAS = re.compile(r"[,;] | and (?=the |on )")
_NO = re.compile(
    r"\b(?:no|not|never|none|without|denie[sd]|absent|negative|free)\b|n't\b|없|아니|안 ", re.IGNORECASE
)
_NO_BEFORE = re.compile(r"(?:\b(?:no|not|never|without)|n't) (?:\w+ )?$", re.IGNORECASE)
DENIED_FACTS = 2  # facts of a statement that is as bare as "Perforation is present."
_PART = 20  # characters after a side in which the part of the body stands
_SIDED = "side"  # the word of "left-sided": every part of the body has one
OFTEN = 2  # sentences that name a part of the body with the other side only
_PAIRS = (
    (_POSITIVE, _NEGATIVE), (_GOOD, _BAD), (_ON, _OFF), (_UP, _DOWN), (_REGULAR, _IRREGULAR),
    (_RESOLVED, _PERSISTS), (_LIKELY, _UNLIKELY),
)  # fmt: skip
_CERTAINTY = (_LIKELY, _UNLIKELY)
_OF_SENTENCES = (*_CERTAINTY, _RESOLVED, _PERSISTS)  # "it was rusty before, that's cleared up"
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
    word = next((w for w in content_words(text[end : end + _PART]) if w.key != _SIDED), None)
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
                if claim.text.find(":", f.end, mine.start()) < 0  # a label: "DM2: continue metformin"
                if not f.number and not mine.start() <= f.start < mine.end()
            ]
            held = {at for _, places in facts for at in places}
            weights = {at: sum(f.weight for f, places in facts if at in places) for at in held}
            whole = sum(fact.weight for fact, _ in facts)
            best = [at for at in sorted(held) if weights[at] == max(weights.values())]
            if not best or 3 * weights[best[0]] < 2 * whole or any(talk.index.is_run(at) for at in best):
                continue
            whole_sentence = one in _OF_SENTENCES
            parts = [
                talk.index.segments[at] if whole_sentence else _told_of([f for f, _ in facts], talk.index, at)
                for at in best
            ]
            said = [
                (at, match)
                for at, part in zip(best, parts, strict=True)
                if (match := other.search(talk.index.text, *part))
            ]
            if said and not any(one.search(talk.index.text, *part) for part in parts):
                at, match = said[0]
                kind = "wrong_certainty" if one in _CERTAINTY else "flipped_negation"
                yield Contradiction(mine.start(), mine.end(), kind, match[0], talk.index.segments[at])


def smokes(claim: Claim, talk: Talk) -> Iterator[Contradiction]:
    """A note that has somebody smoke who says only that he stopped."""
    mine = _SMOKES.search(claim.text, claim.start, claim.end)
    if mine is None or _SAYS_SMOKES.search(talk.index.text):
        return
    if _RELATED.search(claim.text, claim.start, claim.end):
        return
    for said in _QUIT.finditer(talk.index.text):
        at = talk.index.segment_at(said.start())
        if talk.index.is_question(at) or talk.index.is_run(at):
            continue
        yield Contradiction(mine.start(), mine.end(), "flipped_negation", said[0], talk.index.segments[at])
        return


def _told_of(facts: Sequence[Fact], index: Index, at: int) -> tuple[int, int]:
    """The part of a sentence of the talk that tells of these facts; of a question, the answer."""
    asked = index.is_question(at) and at + 1 < len(index.segments)
    return index.segments[at + 1] if asked else _part_about(facts, index, at)


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
