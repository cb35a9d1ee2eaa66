"""Omission: the share of the reference note's clinical facts that the draft leaves out.

    omission = weight of the facts that the draft does not hold / weight of all facts    summed over visits

Facts are the terms, numbers and other content words of each statement (metrics.grounding); a term weighs
as two words.  Where no reference is given (it is blank), the facts are the terms that the transcript
speaks of as present, absent or possible, without those of questions that nobody answered.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.metrics.content.facts import TERM_WEIGHT, Fact, facts_of
from scribeeval.metrics.content.grounding import GROUNDED, Found, best_segments, coverage, denies, sweeps
from scribeeval.metrics.content.index import Index, index_note, index_transcript, own_statements
from scribeeval.metrics.opinion import OPINION_LIFTS, Opinion, best_opinions
from scribeeval.records import Evidence, Finding, Pair, Side
from scribeeval.terms import CLINICAL_LEXICON

LEFT_OUT = 0.5  # a statement of which one statement of the draft holds less than this is left out,
LEFT_OUT_OF_TWO = 0.7  # unless two of them together hold so much
CLAUSE_ELSEWHERE = 0.5  # a clause that those two leave out is left out unless the draft holds more elsewhere
CHIEF_COMPLAINT = "chief_complaint"
_CLAUSES = re.compile(r"[,;] |(?= and )|(?=\()|\. ")


def metric(opinion: Opinion | None = None) -> Metric:
    """Make the metric; opinion: a model that may find a statement in the draft, named in the signature."""

    def count(pair: Pair) -> Counts:
        """Count the facts by weight, and those that the hypothesis leaves out."""
        read = [
            (fact, one)
            for facts, found in _read(pair, opinion)
            for fact, one in zip(facts, found, strict=True)
        ]
        return Counts(
            {
                "missing": sum(fact.weight * (1 - one.level) for fact, one in read),
                "facts": sum(fact.weight for fact, _ in read),
            }
        )

    settings = {"lexicon": CLINICAL_LEXICON, "grounding": "facts-1"}
    if opinion is not None:
        settings |= {"opinion": opinion.signed, "lifts": f"{OPINION_LIFTS:g}"}
    return Metric(
        name="omission",
        title="Share of the reference note's facts that the draft leaves out",
        compares="content",
        higher_is_better=False,
        unit="share",
        settings=settings,
        count=count,
        value=share_missing,
        find=find_omissions,
    )


def share_missing(counts: Mapping[str, int | float]) -> float | None:
    """Share of the facts left out, 0 to 1: 0 = none; None where there are none."""
    return ratio(counts["missing"], counts["facts"])


_Read = tuple[Sequence[Fact], Sequence[Found]]


def _read(pair: Pair, opinion: Opinion | None) -> list[_Read]:
    """The facts of each statement of the reference, and how far the draft holds them."""
    draft = index_note(pair.hypothesis)
    if not pair.reference.strip():
        facts = _spoken_facts(pair.source or "")
        return [(facts, coverage(facts, draft)[1])]
    index = index_note(pair.reference)
    read: list[_Read] = []
    asked: list[tuple[int, str]] = []
    for start, end in index.segments:
        facts = facts_of(index, start, end)
        if sweeps(facts, index, start, end):
            read.append(([Fact(start, end, "", False, 1.0, None, ())], [Found(float(denies(draft)), ())]))
            continue
        share, found = coverage(facts, draft)
        if share is not None and share < GROUNDED:
            asked.append((len(read), index.text[start:end]))
        read.append((facts, found))
    if opinion is not None:
        premises = [draft.text[start:end] for start, end in draft.segments]
        answers = best_opinions(opinion, [(premises, statement) for _, statement in asked])
        for (n, _), (share, _) in zip(asked, answers, strict=True):
            if share >= OPINION_LIFTS:
                read[n] = read[n][0], [one._replace(level=max(one.level, share)) for one in read[n][1]]
    return read


def _spoken_facts(source: str) -> list[Fact]:
    """The terms that a transcript speaks of, each concept once."""
    index = index_transcript(source)
    facts: dict[str, Fact] = {}
    for concept, places in index.concepts.items():
        for at, mention in places:
            start, end = index.segments[at]
            asked = index.text[start:end].endswith("?") and mention.assertion != "absent"
            if not asked and mention.assertion not in ("hypothetical", "family") and concept not in facts:
                words = tuple(w.key for w in index.words if mention.start <= w.start < mention.end)
                facts[concept] = Fact(mention.start, mention.end, concept, False, TERM_WEIGHT, mention, words)
    return list(facts.values())


def find_omissions(pair: Pair) -> tuple[Finding, ...]:
    """List the statements and clauses that the hypothesis leaves out, in the order of the text."""
    draft = index_note(pair.hypothesis)
    talk = index_transcript(pair.source) if pair.source else None
    if not pair.reference.strip():
        facts = _spoken_facts(pair.source or "")
        spans = [
            (f.start, f.end) for f, one in zip(facts, coverage(facts, draft)[1], strict=True) if not one.level
        ]
        return tuple(_finding(pair, "source", span, None) for span in sorted(spans))
    index = index_note(pair.reference)
    told = {s.section for s in own_statements(pair.hypothesis)} & {CHIEF_COMPLAINT}
    spans = [
        span
        for statement in own_statements(pair.reference)
        if statement.section not in told  # reworded there is not left out
        for span in _left_out(index, statement.start, statement.end, draft)
    ]
    return tuple(_finding(pair, "reference", span, talk) for span in sorted(spans))


def _left_out(index: Index, start: int, end: int, draft: Index) -> Iterator[tuple[int, int]]:
    """The statement, where most of it is missing; else those of its clauses of which all is."""
    facts = facts_of(index, start, end)
    if not facts or sweeps(facts, index, start, end):
        return
    found = coverage(facts, draft)[1]
    best = best_segments(facts, found, 2)
    if _held(facts, found, best[:1]) < LEFT_OUT and _held(facts, found, best) < LEFT_OUT_OF_TWO:
        yield start, end
        return
    for low, high in _clauses(index.text, start, end):
        inside = [n for n, fact in enumerate(facts) if low <= fact.start < high]
        clause, places = [facts[n] for n in inside], [found[n] for n in inside]
        if (
            clause
            and not _held(clause, places, best)
            and (coverage(clause, draft)[0] or 0.0) <= CLAUSE_ELSEWHERE
        ):
            yield low, high


def _held(facts: Sequence[Fact], found: Sequence[Found], segments: Sequence[int]) -> float:
    """Share of the facts, by weight, that stands in the given segments."""
    held = sum(
        f.weight * one.level for f, one in zip(facts, found, strict=True) if set(segments) & set(one.segments)
    )
    return held / sum(fact.weight for fact in facts)


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    cuts = [match.end() for match in _CLAUSES.finditer(text, start, end)]
    for low, high in zip([start, *cuts], [*cuts, end], strict=True):
        stripped = text[low:high].strip(" ,;.")
        if stripped:
            at = text.index(stripped, low)
            yield at, at + len(stripped)


def _finding(pair: Pair, side: Side, span: tuple[int, int], talk: Index | None) -> Finding:
    text = pair.reference if side == "reference" else pair.source or ""
    evidence: tuple[Evidence, ...] = ()
    index = index_note(pair.reference) if side == "reference" else index_transcript(text)
    facts = facts_of(index, *span)
    if talk is not None:
        best = best_segments(facts, coverage(facts, talk)[1])
        evidence = tuple(_evidence(talk, at) for at in best)
    heavy = any(f.mention and f.mention.semantic_type in ("drug", "allergen", "diagnosis") for f in facts)
    severity = "severe" if heavy else "moderate" if any(f.mention for f in facts) else "minor"
    return Finding(
        pair.visit_id,
        "omission",
        "omitted_fact",
        side,
        *span,
        text[span[0] : span[1]],
        severity,
        None,
        evidence,
    )


def _evidence(talk: Index, at: int) -> Evidence:
    start, end = talk.segments[at]
    return Evidence("source", start, end, talk.text[start:end])


METRIC = metric()
