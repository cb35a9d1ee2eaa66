"""What a text says of its terms: present, absent, possible, family, historical or hypothetical.

ConText (Harkema et al. 2009; Chapman et al. 2011), which grew out of NegEx (Chapman et al. 2001): a trigger
phrase holds over the terms after or before it, up to the end of the sentence or a phrase that ends its
scope; phrases that only look like triggers are told apart.  Added here: headings, lists, the signs of
Korean charts, and the answers of a transcript.  Choices and measured agreement: docs/assertion.md.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

from scribeeval.errors import InputError
from scribeeval.terms.clauses import Default, clause_starts, defaults
from scribeeval.terms.dialogue import Question, find_questions, find_turns
from scribeeval.terms.scopes import Scope, scopes
from scribeeval.terms.settle import POLARITY, settle
from scribeeval.terms.triggers import Hit, find_hits, fold, lifelong_stems

Assertion = Literal["present", "absent", "possible", "family", "historical", "hypothetical"]
ASSERTIONS: tuple[Assertion, ...] = ("present", "absent", "possible", "family", "historical", "hypothetical")
_PREFIX = re.compile(r"\b(non|ex)[- ]?$")
_FREE = re.compile(r"[- ]free\b(?! (?:t[34]|water|fluid|air|kappa|lambda))")
_RELATIVE_IN = re.compile(r"(?:\b(?:in|on)|\()\s*(?:[a-z]+[- ]){0,3}$")
_INFORMANT = re.compile(
    r"\s+(?:also |has |have |who |then )?(?:reports?|reported|states?|stated|says?|said|denies"
    r"|denied|notes?|noted|noticed"
    r"|thinks|thought|confirms|believes|describes|brought|tells|told|endorses|wants|asks|asked"
    r"|reporting|is concerned"
    r"|was concerned|is worried|gave|gives|is giving|has been giving|feels|observed|adds|added"
    r"|called|made|makes|helps|checked|took|measured|put)\b"
)
_NAMED = re.compile(
    r"(\b(?:have|having|has|had|get|getting|notice|noticed|noticing|feel|feeling|felt|experiencing"
    r"|take|taking|use|using|got"
    r"|still|of|about some) )?\b(?:your|the|this|that|these|those) (?:\w+ ){0,2}$"
)
_INFORMS = re.compile(
    r"\b(?:per|by|with|from|to|tells|told|informed|asked|caregiver for|care of|caring for|cares for"
    r"|supportive)"
    r" (?:(?:his|her|their|the|my|patient's|your|whose) )?$"
)


_DURATION = re.compile(
    r"(?:(?:hour|day|week|month|year|yr|wk)s?'?|\d\s?[-/]?\s?(?:d|w|wks?|mos?|yrs?|7|52|12"
    r"|24)) (?:or so )?(?:long )?$"
)


class TriggerSpan(NamedTuple):
    """A trigger in a text: text[start:end], in code points; kind: what it does (triggers.KINDS)."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text with its clauses, headings and questions found; scopes by clause, filled as they are asked."""

    folded: str
    starts: list[int]
    defaults: list[Default]
    questions: list[Question]
    speech: bool
    scopes: dict[int, list[Scope]]


def assertions(text: str, spans: Sequence[tuple[int, int]]) -> list[Assertion]:
    """Judge the assertion of each span of a note or of a visit's transcript, in the order of the spans.

    A span is (start, end) in code points.  A span is judged by the text alone: other spans change nothing.

    Raises:
        InputError: a span is empty or does not lie within the text.

    """
    for start, end in spans:
        if not 0 <= start < end <= len(text):
            raise InputError(f"span {start}:{end} does not lie within a text of {len(text)} characters")
    if not spans:
        return []
    reading = _read(text)
    return [_judge(reading, start, end) for start, end in spans]


def trigger_spans(text: str) -> list[TriggerSpan]:
    """List the triggers of a text in its order, for display; those without effect (pseudo) among them."""
    return [TriggerSpan(hit.start, hit.end, hit.kind) for hit in find_hits(fold(text), 0, len(text))]


def _read(text: str) -> _Reading:
    folded = fold(text)
    starts = clause_starts(text, folded)
    turns = find_turns(folded)
    if not turns:
        return _Reading(folded, starts, defaults(text, folded), [], False, {})
    starts = sorted({*starts, *(turn.tag for turn in turns), *(turn.start for turn in turns)})
    return _Reading(folded, starts, [], find_questions(folded, turns, starts), True, {})


def _without_informants(hits: list[Hit], folded: str) -> list[Hit]:
    """Drop relatives who only tell or accompany; turn those round that stand after the illness."""
    kept = []
    for hit in hits:
        if hit.kind == "family" and hit.direction == "forward" and folded[hit.start] < "가":
            if _INFORMANT.match(folded, hit.end) or _INFORMS.search(
                folded, max(0, hit.start - 24), hit.start
            ):
                continue
            if _RELATIVE_IN.search(folded, max(0, hit.start - 32), hit.start):
                kept.append(Hit(hit.start, hit.end, "family", "backward"))
        if hit.kind == "historical" and _DURATION.search(folded, max(0, hit.start - 24), hit.start):
            continue  # "a three-week history of", "3/7 hx of": it goes on
        kept.append(hit)
    return kept


def _judge(reading: _Reading, start: int, end: int) -> Assertion:
    stated = _stated(reading, start, end)
    for question in reading.questions:
        if question.start <= start < question.end:
            return _answered(reading, question, stated, start, end)
    return stated


def _answered(reading: _Reading, question: Question, stated: Assertion, start: int, end: int) -> Assertion:
    """What the answer makes of a term that was asked about."""
    again = reading.folded.find(reading.folded[start:end], question.answer_start, question.answer_end)
    if again >= 0:
        return _stated(reading, again, again + end - start)
    if _taken_for_granted(reading.folded, question.start, start):
        return stated
    if question.answer == "no":
        return "absent"
    if question.answer == "open":
        return "hypothetical" if stated in ("present", "absent", "possible") else stated
    if question.answer == "unsure":
        return "possible"
    if stated == "absent":  # "no fever ?" "right", but "no fever ?" "well , i do"
        return "present" if question.answer == "insists" else "absent"
    return "present" if stated == "hypothetical" else stated


def _taken_for_granted(folded: str, asked: int, start: int) -> bool:
    """Tell whether the question is about "your knee pain", not whether there is any."""
    named = _NAMED.search(folded, max(asked, start - 40), start)
    return named is not None and named[1] is None


def _stated(reading: _Reading, start: int, end: int) -> Assertion:
    """What the clause says of the span, questions aside."""
    folded = reading.folded
    prefix = _PREFIX.search(folded, max(0, start - 4), start)
    if prefix is not None:
        return "absent" if prefix[1] == "non" else "historical"
    if _FREE.match(folded, end):
        return "absent"
    clause = bisect_right(reading.starts, start) - 1
    found = reading.scopes.get(clause)
    if found is None:
        found = reading.scopes[clause] = _scopes_of(reading, clause)
    over = [s for s in found if s.start <= start < s.end and not (s.anchor < end and start < s.anchor_end)]
    headed = {d.kind for d in reading.defaults if d.start <= start < d.end}
    if not over and not headed:
        return "present"
    kinds = {scope.kind for scope in over if scope.kind not in POLARITY}
    polarity = _nearest(over, start, end)
    if any(scope.kind == "present" and scope.anchor < start for scope in over):
        headed -= {"historical"}  # "he takes lisinopril" under past medical history
    if polarity is None:
        polarity = next((kind for kind in ("absent", "possible") if kind in headed), None)
    kinds |= headed - set(POLARITY)
    if "hypothetical" in kinds:
        return "hypothetical"
    if polarity == "absent":
        return "absent"
    if "family" in kinds:
        return "family"
    if polarity == "possible":
        return "possible"
    if "past" in kinds:
        return "historical"
    if "historical" in kinds and "chronic" not in kinds and not lifelong_stems().search(folded, start, end):
        return "historical"
    return "present"


def _scopes_of(reading: _Reading, clause: int) -> list[Scope]:
    start = reading.starts[clause]
    end = reading.starts[clause + 1] if clause + 1 < len(reading.starts) else len(reading.folded)
    hits = _without_informants(find_hits(reading.folded, start, end), reading.folded)
    if reading.speech:
        hits = [
            hit for hit in hits if reading.folded[hit.start] != "?"
        ]  # in speech it asks, it does not doubt
    hits = settle(hits, reading.folded, start, end)
    return scopes(hits, reading.folded, start, end, reading.speech)


def _nearest(over: Sequence[Scope], start: int, end: int) -> Assertion | None:
    """The polarity of the nearest trigger; of two as near, the one before the term."""
    best: tuple[int, int] | None = None
    kind: str | None = None
    negated = any(s.kind in ("absent", "possible") and s.anchor < start for s in over)
    for scope in over:
        if scope.kind not in POLARITY:
            continue
        before = scope.anchor < start
        if scope.kind == "present" and (before or negated):
            continue  # before, it only ends a scope; after: "no bruits or edema present"
        distance = (start - scope.anchor_end if before else scope.anchor - end), int(not before)
        if best is None or distance < best:
            best, kind = distance, scope.kind
    return cast("Assertion | None", kind)
