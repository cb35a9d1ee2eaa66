"""What a note says otherwise than the talk, with the place in the talk.

Each rule asks for a place in the talk that speaks of the same thing and says something else; what the talk
does not speak of contradicts nothing.
"""

from collections import Counter
from collections.abc import Collection, Iterator

from scribeeval.metrics.content.claims import Claim, Contradiction, read_claim
from scribeeval.metrics.content.grounding import read_note
from scribeeval.metrics.content.index import Index, index_note, index_transcript
from scribeeval.metrics.content.talk import Talk, read_talk, said_after
from scribeeval.metrics.content.wrong_amounts import wrong_amounts
from scribeeval.metrics.content.wrong_drugs import wrong_doses, wrong_drug
from scribeeval.metrics.content.wrong_people import wrong_relative
from scribeeval.metrics.content.wrong_sides import denied, opposites, smokes, wrong_side, wrong_sides
from scribeeval.metrics.content.wrong_terms import wrong_assertion

TOPIC = 3  # a concept that a note names so often is what the visit is about, however the talk names it
_LAB_DOSE = 6  # characters after a lab's name in which a dose makes it a drug: "Potassium 20 mEq"


def contradictions(note: str, source: str) -> list[Contradiction]:
    """List what a note says otherwise than its transcript, in the order of the note, without overlap."""
    index, talk = index_note(note), read_talk(index_transcript(source), note)
    named = Counter(m.concept for m in index.mentions if m.assertion != "family")
    topics = {concept for concept, n in named.items() if n >= TOPIC}
    found: list[Contradiction] = []
    for read in read_note(note, source):
        claim = read_claim(index, read)
        for one in _of_claim(claim, index, talk, topics):
            if not any(one.start < other.end and other.start < one.end for other in found):
                found.append(one)
    return _once(sorted(found), note)


def _once(found: list[Contradiction], note: str) -> list[Contradiction]:
    """Leave out what a note says again of the same place of the talk."""
    kept = {(one.kind, one.said, note[one.start : one.end].lower()): one for one in reversed(found)}
    return sorted(kept.values())


def _of_claim(claim: Claim, note: Index, talk: Talk, topics: Collection[str]) -> Iterator[Contradiction]:
    for n, mention in enumerate(claim.mentions):
        yield from wrong_assertion(mention, claim, talk, topics)
        yield from wrong_relative(mention, claim, talk)
        if mention.semantic_type == "lab_or_vital":
            said = said_after(talk, mention.concept)
            yield from wrong_doses(mention, mention.end + _LAB_DOSE, claim, note, talk, said)
        if mention.semantic_type == "drug":
            later = (m.start for m in claim.mentions[n + 1 :] if m.semantic_type == "drug")
            yield from wrong_drug(mention, next(later, claim.end), claim, note, talk)
        yield from wrong_side(mention, claim, talk)
    yield from wrong_sides(claim, talk)
    yield from opposites(claim, talk)
    yield from smokes(claim, talk)
    yield from denied(claim, talk)
    yield from wrong_amounts(claim, note, talk)
