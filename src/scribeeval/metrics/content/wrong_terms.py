"""Terms of a note that the talk says otherwise: absent, only possible, of a relative, of the past."""

import re
from collections.abc import Collection, Iterator

from scribeeval.metrics.content.claims import Claim, Contradiction
from scribeeval.metrics.content.grounding import JUDGED, find_fact, polarity
from scribeeval.metrics.content.talk import Talk
from scribeeval.metrics.content.wrong_people import is_anothers_answer
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


# What doubts in earnest; "I think", "it looks like" and "likely" open many a diagnosis that is certain.
_DOUBT = re.compile(
    r"\b(?:may|might|could|possibl[ey]|possibility|potential(?:ly)?|probable|maybe|perhaps|suspect(?:ed)?"
    r"|ruled? out|wonder|unsure|not (?:entirely |really |quite )?(?:sure|certain|clear)|too early"
    r"|(?:can't|can ?not|can not|ca n't|couldn't) (?:\w+ )?(?:tell|say|be (?:sure|certain)|exclude|know)"
    r"|don't know|question of)\b|[가-힣]",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:may|might|could|possibl[ey]|possibility|potential(?:ly)?|probabl[ey]|likely|suspect\w*|believe[sd]?"
    r"|thinks?|thought|appears?|seems?|suggest\w*|consistent with|concern\w*|worr\w+|r/o|rule out"
    r"|versus|vs|differential|imp|impression|working diagnosis|etiologies|query)\b|\?"
    r"|의심|가능성|추정|의증|감별|배제",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no(?! ?,)|nobody|not|never|nor|neither|none|nil|nothing|without|denie[sd]|denying|negative"
    r"|free of|unlikely|excluded)\b|n't\b|없|않|아니|낮",
    re.IGNORECASE,
)
_RESUMES = re.compile(r"\b(?:but|except|however|reports?|has|positive|admits|endorses)\b|[;:]", re.IGNORECASE)
_NO_AFTER = re.compile(
    r"[^.;\n:]{0,120}: ?(?:no|none|nil|non|never|negative|denie[sd])\b"
    r"|[^.,;\n:]{0,40}\b(?:unlikely|(?:less|not) likely|excluded|ruled out|not (?:seen|expected|suspected))\b"
    r"|[^.,;\n:]{0,20}가능성(?:은|이)? ?(?:낮|적|희박)",
    re.IGNORECASE,
)
_UNLIKELY_AFTER = re.compile(
    r"[^.;?!\n]{0,40}(?:\b(?:unlikely|not likely|less likely|doubtful|doubt it)\b"
    r"|가능성(?:은|이)? ?(?:낮|적|희박))",
    re.IGNORECASE,
)
# A denial that ends a Korean list may be of its last item only: "우측 신장 부종, 결석 없음".
_LIST_BEFORE_NO = re.compile(r"[^.;\n]{0,80}?[,)][^.;\n]{0,80}(?:없|않|아니|부인)")
# Of births a talk tells by the children: "two kids, one miscarriage".
_OF_BIRTHS = re.compile(
    r"miscarriage|abortion|pregnan|deliver|cesarean|c-section|birth|gravid|유산|분만|임신|출산|제왕절개",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:any|ever|whether|if|do you|did you|have you|are you|is there|are there|how about|what about"
    r"|does (?:he|she|it)|has (?:he|she)|would|will)\b",
    re.IGNORECASE,
)
_BEFORE = 80  # characters before a term of the talk in which a "no" or a question may stand
_USED = ("drug", "device")  # of a bare statement ("On anticoagulation.") the assertion says all
_USES = re.compile(r"\b(?:on|takes?|taking|uses?|using|wears?)\b", re.IGNORECASE)
_MORE = re.compile(r"\b(?:other|else|more|another)\b|다른", re.IGNORECASE)
DENIED_FACTS = 2  # facts of a statement so bare
_CERTAIN_OF = ("lab_or_vital", "drug", "procedure", "device", "allergen")


def wrong_assertion(
    mention: Mention, claim: Claim, talk: Talk, topics: Collection[str]
) -> Iterator[Contradiction]:
    """Present for absent, a fact for a possibility, the patient for a relative."""
    mine = polarity(mention)
    if mine in ("hypothetical", "family") or mention.concept in topics:
        return
    places = talk.index.concepts.get(mention.concept, ())
    said = [(at, who) for at, m in places if (who := _who(m, at, talk)) is not None]
    stated = (
        mention.semantic_type in _USED
        and len(claim.facts) <= DENIED_FACTS
        and _USES.search(claim.text, claim.start, mention.start) is not None
    )
    if stated:  # only the answer to a question tells of the whole drug, not of a dose of it
        said = [
            (at, who)
            for at, who in said
            if talk.index.is_question(at) and not _MORE.search(talk.index.text, *talk.index.segments[at])
        ]
    if (
        mention.semantic_type not in JUDGED and not stated
    ):  # "due to caffeine": only where the talk says the rest there, too
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
    if kind == "wrong_attribution" and not _is_anothers(mention, mine, who, at, claim, talk):
        return
    if kind == "flipped_negation" and not _is_about(mention, at, claim, talk):
        return
    if any(talk.index.is_run(place) for place, _ in said):
        return
    if kind == "flipped_negation" and _is_open(mention, mine, claim, talk):
        return
    if kind == "wrong_certainty" and not _is_doubted(mention, at, claim, talk):
        return
    if kind == "flipped_negation" and mine != "absent" and is_anothers_answer(at, talk):
        kind = "wrong_attribution"
    yield Contradiction(mention.start, mention.end, kind, None, talk.index.segments[at])


def _is_anothers(
    mention: Mention, mine: Assertion, who: Assertion, at: int, claim: Claim, talk: Talk
) -> bool:
    """Tell whether a note gives the patient what the talk gives somebody else, or the past.

    Whoever denies it of the patient says nothing of a relative, and of births a relative is the child.
    A finding with a side ("L rib contusion") was seen; of a relative nobody tells the side.
    """
    if who not in ("family", "historical") or (who == "family" and mine == "absent"):
        return False
    if _OF_BIRTHS.search(mention.text) or _OF_BIRTHS.search(mention.concept):
        return False
    there = [m for place, m in talk.index.concepts[mention.concept] if place == at]
    return mention.laterality is None or any(m.laterality for m in there)


def _is_doubted(mention: Mention, at: int, claim: Claim, talk: Talk) -> bool:
    """Tell whether the talk doubts in earnest what the note gives as certain."""
    if mention.semantic_type in _CERTAIN_OF or _HEDGED.search(
        claim.text, claim.text.rfind("\n", 0, claim.start) + 1, claim.end
    ):
        return False
    last = min(at + 1, len(talk.index.segments) - 1)
    return (
        _DOUBT.search(talk.index.text, talk.index.segments[at][0], talk.index.segments[last][1]) is not None
    )


def _is_open(mention: Mention, mine: Assertion, claim: Claim, talk: Talk) -> bool:
    """Tell whether one of the sides may after all deny the term, or only ask of it."""
    if mine == "absent":
        if _LIST_BEFORE_NO.match(claim.text, mention.end, claim.end):
            return True
        if _RELATIVE.search(claim.text, claim.start, claim.end):
            return True
        for at, other in talk.index.concepts.get(mention.concept, ()):
            before = max(talk.index.segments[at][0], other.start - _BEFORE)
            if _UNLIKELY_AFTER.match(talk.index.text, other.end):
                return True
            if polarity(other) == "present" and (
                _ASKS.search(talk.index.text, before, other.start)
                or _DENIED.search(talk.index.text, before, other.start)
            ):
                return True
        return False
    denied = [m.end() for m in _DENIED.finditer(claim.text, claim.start, mention.start)]
    if denied and not _RESUMES.search(claim.text, denied[-1], mention.start):
        return True
    return _NO_AFTER.match(claim.text, mention.end, claim.end) is not None


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
