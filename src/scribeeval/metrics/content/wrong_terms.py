"""Terms of a note that the talk says otherwise: absent, only possible, of a relative, of the past."""

import re
from collections.abc import Collection, Iterator

from scribeeval.metrics.content.claims import Claim, Contradiction
from scribeeval.metrics.content.grounding import JUDGED, find_fact, polarity
from scribeeval.metrics.content.talk import Talk
from scribeeval.terms import Assertion, Mention
from scribeeval.terms.facts import assertion_kind

_NOW = re.compile(r"\b(?:active|current|currently|ongoing|still|now)\b", re.IGNORECASE)
# Of what a talk says at several places, the first of these that it says is held against the note.
_PRIORITY: tuple[Assertion, ...] = ("possible", "family", "absent", "historical", "present")
_RELATIVES = (
    r"uncle|aunt|brother|sister|mother|mom|father|dad|cousin|grand\w+|son|daughter|husband|wife|family|twin"
)
_RELATIVE = re.compile(rf"\b(?:{_RELATIVES})\b|부친|모친|가족", re.IGNORECASE)
_NOT_MINE = re.compile(
    rf"(?:no|sorry|wait),? (?:that was|that's|it was) (?:my|her|his|the|their) (?:\w+ )?(?:{_RELATIVES})\b",
    re.IGNORECASE,
)


def wrong_assertion(
    mention: Mention, claim: Claim, talk: Talk, topics: Collection[str]
) -> Iterator[Contradiction]:
    """Present for absent, a fact for a possibility, the patient for a relative."""
    mine = polarity(mention)
    if mine in ("hypothetical", "family") or mention.concept in topics:
        return
    places = talk.index.concepts.get(mention.concept, ())
    said = [(at, who) for at, m in places if (who := _who(m, at, talk)) is not None]
    if mention.semantic_type not in JUDGED:  # "due to caffeine": only where the talk says the rest there, too
        weights = {at: sum(at in one for one in claim.held) for at, _ in said}
        said = [(at, who) for at, who in said if weights[at] == max(weights.values()) > 1]
        if not said or any(who != "possible" for _, who in said):
            return
    if not said or any(_kind(mine, who) is None for _, who in said):
        return
    at, who = min(said, key=lambda one: (_PRIORITY.index(one[1]), not claim.is_near(one[0]), one[0]))
    kind = _kind(mine, who) or ""
    if who == "historical" and not _NOW.search(claim.text, claim.start, claim.end):
        return
    if kind == "wrong_attribution" and _RELATIVE.search(claim.text, claim.start, claim.end):
        return
    if kind == "wrong_attribution" and who not in ("family", "historical"):
        return
    if kind == "flipped_negation" and not _is_about(mention, at, claim, talk):
        return
    yield Contradiction(mention.start, mention.end, kind, None, talk.index.segments[at])


def _kind(mine: Assertion, who: Assertion) -> str | None:
    """The kind of the difference; what a note lists as history was there, and the talk may deny that."""
    if mine != "historical":
        return assertion_kind(mine, who)
    return None if who in ("historical", "present", "possible") else assertion_kind("present", who)


def _who(mention: Mention, at: int, talk: Talk) -> Assertion | None:
    """What the talk says of a mention; None where it says nothing: a question that was not denied."""
    start, end = talk.index.segments[at]
    text = talk.index.text
    said = polarity(mention)
    if said == "hypothetical" or (said not in ("absent", "historical") and text[start:end].endswith("?")):
        return None
    if talk.others and talk.others.match(text, start, end):
        return "family"
    if _NOT_MINE.search(text, mention.end, end):
        return "family"
    return said


def _is_about(mention: Mention, at: int, claim: Claim, talk: Talk) -> bool:
    """Tell whether the talk's place speaks of what else the clause of the note names, if it names any."""
    low, high = claim.clause(mention.start)
    others = [f for f in claim.facts if low <= f.start < high and f.key != mention.concept]
    if not others:
        return claim.is_near(at)
    return any(abs(at - one) <= 1 for f in others for one in find_fact(f, talk.index).segments)
