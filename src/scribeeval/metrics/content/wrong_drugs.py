"""Drugs, their doses and their frequencies of a note that the talk says otherwise."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from scribeeval.metrics.content.amounts import Amount, amounts_of, same
from scribeeval.metrics.content.claims import Claim, Contradiction
from scribeeval.metrics.content.facts import Fact
from scribeeval.metrics.content.grounding import find_fact
from scribeeval.metrics.content.index import Index
from scribeeval.metrics.content.talk import Talk, said_after, within
from scribeeval.metrics.content.wrong_amounts import MEASURED, in_range, says
from scribeeval.terms import Mention
from scribeeval.terms.facts import same_amount, same_frequency, same_number, times_per_day
from scribeeval.text.content_words import content_words

_DOSED = (None, "밀리", "mg", "mcg", "g", "ml", "meq", "unit", "mmol", "tablet", "puff", "drop", "capsule")
_HANGUL = re.compile("[가-힣]")
_STOPPED = re.compile(
    r"\b(?:stopped|quit|no longer|came off|come off|not taking|went off|used to take)\b", re.IGNORECASE
)
_STOPS = re.compile(
    r"\b(?:stop|stopped|hold|held|discontinued?|no|not|never|former|previously|prior|avoid)\b", re.IGNORECASE
)
_FEW = ("2", "3", "4", "5", "6")  # tablets taken at once
_TIMES = re.compile(
    r" ?(?:x|tablets?|tabs?|pills?|capsules?|caps?|puffs?)?,? ?(?:of )?(?:the |those |your |my )?(?:at )?",
    re.IGNORECASE,
)
_STEM = 5  # letters in which the names of one class end: "artan", "ptan" with the vowel before


def wrong_drug(
    mention: Mention, until: int, claim: Claim, note: Index, talk: Talk
) -> Iterator[Contradiction]:
    if mention.concept not in talk.index.concepts:
        words = tuple(w.key for w in note.words_in(mention.start, mention.end))
        words += tuple(w.key for w in content_words(mention.concept))
        unsaid = (
            find_fact(Fact(mention.start, mention.end, "", False, 1.0, None, words), talk.index).level == 0
        )
        if unsaid and mention.code and (other := _instead(mention, note, talk)):
            said = talk.index.segments[talk.index.segment_at(other.start)]
            yield Contradiction(mention.start, mention.end, "wrong_drug", other.text, said)
        return
    stretches = said_after(talk, mention.concept)
    yield from wrong_doses(mention, until, claim, note, talk, stretches)
    yield from _wrong_frequency(mention, claim, talk, stretches)
    if claim.section == "medications" and not _STOPS.search(claim.text, claim.start, claim.end):
        places = [talk.index.segments[at] for at, m in talk.index.concepts[mention.concept]]
        places = [p for p in places if not talk.index.text[p[0] : p[1]].endswith("?")]
        if places and all(_STOPPED.search(talk.index.text, *p) for p in places):
            yield Contradiction(mention.start, mention.end, "wrong_attribution", None, places[0])


def _instead(mention: Mention, note: Index, talk: Talk) -> Mention | None:
    """The drug of the talk that was most likely meant: of the same dose, not in the note, of like name."""
    named = {m.concept for m in note.mentions}
    dosed = {m.concept for m in note.mentions if "dose" in m.attributes}
    left = [
        m
        for m in talk.index.mentions
        if m.semantic_type == "drug"
        and m.code
        and m.concept != mention.concept
        # What the note has with a dose of its own was not mistaken, unless the names are alike.
        and (m.concept not in dosed or _sound_alike(mention.concept.lower(), m.concept.lower()))
    ]
    dose = mention.attributes.get("dose")

    def likeness(other: Mention) -> tuple[bool, bool, bool, int]:
        stretches = said_after(talk, other.concept)
        doses = [a.number for a in within(stretches, talk.amounts)]
        alike = mention.text[:3].lower() == other.text[:3].lower()
        same_dose = dose is not None and any(same_number(dose, d) for d in doses)
        return same_dose, other.concept not in named, alike, -other.start

    best = max(left, key=likeness, default=None)
    if best is None:
        return None
    # A Korean talk may name a drug in letters that no lexicon has: there only the dose tells.
    asked = likeness(best)[:1] if _HANGUL.search(talk.index.text) else likeness(best)[:3]
    return best if any(asked) else None


def _sound_alike(one: str, other: str) -> bool:
    """Tell whether two names begin alike or end in the stem of one class: rizatriptan, sumatriptan."""
    return one[:3] == other[:3] or one[-_STEM:] == other[-_STEM:]


def wrong_doses(
    mention: Mention, until: int, claim: Claim, note: Index, talk: Talk, stretches: Sequence[tuple[int, int]]
) -> Iterator[Contradiction]:
    """Doses after a drug's name in the note that are none of those said of claim."""
    said = [a for a in within(stretches, talk.amounts) if a.unit in _DOSED]
    if not said:
        return
    unbound = [
        a
        for a in talk.amounts
        if not talk.owners.get(a.start, set()) - {mention.concept}
        and claim.is_near(talk.index.segment_at(a.start))
    ]
    amounts = amounts_of(claim.text, note.words_in(mention.end, until), mention.end, until)
    for mine in amounts:
        if mine.unit is None or mine.unit not in _DOSED or not mention.end <= mine.start < until:
            continue
        if any(same(mine, other) for other in said) or in_range(mine, amounts, claim, talk):
            continue
        if _converts(mine, said) or _multiplies(mine, said, talk):
            continue
        alike = [a for a in said if same_number(a.number, mine.number) and a.unit in MEASURED]
        if alike and mine.unit in MEASURED:
            yield says(mine, "wrong_unit", alike[0], talk)
            continue
        if any(same(mine, a) for a in unbound if a.unit == mine.unit):
            continue
        noted = {a.number for a in amounts_of(claim.text, note.words)}
        others = [a for a in said if a.unit in (mine.unit, None)]
        others.sort(key=lambda a: (a.number in noted, a.unit is None))
        if others:
            yield says(mine, "wrong_dose", others[0], talk)


def _converts(mine: Amount, said: Sequence[Amount]) -> bool:
    """Tell whether a number without a unit is the note's dose in the unit of tablets: 1 g, "a thousand"."""
    units = {"g": "mg", "mg": "mcg"}.get(mine.unit or "")
    bare = [a.number for a in said if a.unit is None]
    return units is not None and any(same_amount(mine.number, mine.unit, n, units) for n in bare)


def _multiplies(mine: Amount, said: Sequence[Amount], talk: Talk) -> bool:
    """Tell whether a dose is so many times what a tablet holds: "two of the five hundreds" are 1 g."""
    for count, dose in pairwise(said):
        between = talk.index.text[count.number_end : dose.start]
        if (
            count.number not in _FEW
            or not _TIMES.fullmatch(between)
            or not dose.number.replace(".", "").isdigit()
        ):
            continue
        whole = f"{Decimal(count.number) * Decimal(dose.number):f}"
        if same(mine, dose._replace(number=whole)) or _converts(
            mine, [dose._replace(number=whole, unit=None)] if dose.unit is None else []
        ):
            return True
    return False


def _wrong_frequency(
    mention: Mention, claim: Claim, talk: Talk, stretches: Sequence[tuple[int, int]]
) -> Iterator[Contradiction]:
    mine = mention.attributes.get("frequency")
    if mine is None or times_per_day(mine) is None:
        return
    said = [f for f in within(stretches, talk.frequencies) if times_per_day(f.value)]
    said_here = [f for f in talk.frequencies if claim.is_near(talk.index.segment_at(f.start))]
    if said and not any(same_frequency(mine, f.value) for f in (*said, *said_here) if times_per_day(f.value)):
        start, end = mention.attribute_spans["frequency"]
        first = said[0]
        where = talk.index.segments[talk.index.segment_at(first.start)]
        yield Contradiction(start, end, "wrong_frequency", talk.index.text[first.start : first.end], where)
