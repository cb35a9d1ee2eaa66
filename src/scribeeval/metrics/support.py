"""Support: the share of the note's statements that are grounded in the transcript.

    support = statements of whose facts the transcript holds GROUNDED (0.7) or more / statements with facts

The view facts_held takes each statement by degree: the mean over statements of the share of their facts
that is held.  Facts and what holds them: metrics.content.grounding; findings: what
the talk says otherwise (metrics.content.contradictions), and statements of which it holds nothing.
Statements of blocks that a system pulled in from the chart are left out.  See docs/support.md.
"""

import re
from collections.abc import Mapping

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.metrics.content.contradictions import contradictions
from scribeeval.metrics.content.facts import Fact, facts_of
from scribeeval.metrics.content.grounding import GROUNDED, Grounding, ground, polarity
from scribeeval.metrics.content.index import Index, index_note
from scribeeval.metrics.opinion import OPINION_LIFTS, Opinion
from scribeeval.records import SEVERITIES, Evidence, Finding, Pair
from scribeeval.terms import CLINICAL_LEXICON

MOST_FLAGS = 12  # on one note: more are not read
UNSAID = 0.1  # a statement of which the talk holds less than this was said by nobody
_FACTS = 2  # a lone word may be a paraphrase; two that nobody said are none
_HALF = 0.5  # of a statement that the next may elaborate
_DENIES = re.compile(r"(?:no|not|nil|denies|without)\b", re.IGNORECASE)
_ITEMS_UNDER = re.compile(r"[ \t]*\n[ \t]+[-•*o]\s")
_PADDING = 9  # words without a term: "It was a pleasure to ..." is padding, not a fact
SEVERITY: Mapping[str, str] = {
    "wrong_drug": "severe",
    "wrong_dose": "severe",
    "wrong_unit": "severe",
    "wrong_laterality": "severe",
    "flipped_negation": "severe",
    "wrong_attribution": "severe",
    "wrong_frequency": "moderate",
    "wrong_number": "moderate",
    "wrong_certainty": "moderate",
}
# What is told of somebody may be a paraphrase.
_NARRATES = re.compile(r"\b(?:i|we|you|he|she|they|his|her|pt|patient)\b", re.IGNORECASE)
_WEIGHTY = ("drug", "diagnosis", "allergen", "procedure")  # invented ones are moderate, others minor


def metric(opinion: Opinion | None = None) -> Metric:
    """Make the metric; opinion: a model that may ground what the words do not, named in the signature."""

    def grounded(pair: Pair) -> tuple[Grounding, ...]:
        return ground(pair.hypothesis, pair.source or "", opinion)

    def count(pair: Pair) -> Counts:
        """Count the statements that have facts, those that are grounded, and the sum of the shares held."""
        shares = [(one.share, one.grounded) for one in grounded(pair) if one.share is not None]
        return Counts(
            {
                "grounded": sum(is_grounded for _, is_grounded in shares),
                "statements": len(shares),
                "held": sum(share for share, _ in shares),
            }
        )

    def find(pair: Pair) -> tuple[Finding, ...]:
        return find_unsupported(pair, grounded(pair))

    settings = {"lexicon": CLINICAL_LEXICON, "grounding": "facts-1", "grounded": f"{GROUNDED:g}"}
    if opinion is not None:
        settings |= {"opinion": opinion.signed, "lifts": f"{OPINION_LIFTS:g}"}
    return Metric(
        name="support",
        title="Share of the draft's statements grounded in the transcript",
        compares="content",
        higher_is_better=True,
        unit="share",
        blind_to=("transcript_copied", "first_n_words"),
        settings=settings,
        count=count,
        value=share_grounded,
        views={"facts_held": facts_held},
        find=find,
    )


def share_grounded(counts: Mapping[str, int | float]) -> float | None:
    """Share grounded, 0 to 1: 1 = all; None where there is no transcript or no statement with a fact."""
    return ratio(counts["grounded"], counts["statements"])


def facts_held(counts: Mapping[str, int | float]) -> float | None:
    """Mean over statements of the share of their facts held, 0 to 1; None as for share_grounded."""
    return ratio(counts["held"], counts["statements"])


def find_unsupported(pair: Pair, grounded: tuple[Grounding, ...]) -> tuple[Finding, ...]:
    """List what the talk says otherwise and what nobody said: the gravest dozen, in the note's order."""
    if not pair.source or not grounded:
        return ()
    lifted = [one for one in grounded if one.share is not None and one.share >= OPINION_LIFTS]
    found = [
        _finding(pair, one.start, one.end, one.kind, SEVERITY[one.kind], one.suggestion, (one.said,))
        for one in contradictions(pair.hypothesis, pair.source)
    ]
    index = index_note(pair.hypothesis)
    for n, one in enumerate(grounded):
        facts = facts_of(index, one.start, one.end)
        facts = [f for f in facts if not index.text.startswith(":", f.end)]  # a label says nothing
        told = any(one.start <= other.start < one.end for other in found)
        unsaid = (
            _is_unsaid(one, facts, index)
            and not _is_heading(one, facts, index)
            and not _elaborates(n, grounded, facts, index)
        )
        if one not in lifted and not told and unsaid:
            severity = (
                "moderate"
                if any(f.mention and f.mention.semantic_type in _WEIGHTY for f in facts)
                else "minor"
            )
            found.append(_finding(pair, one.start, one.end, "invented_fact", severity, None, one.evidence))
    found.sort(key=lambda one: (-SEVERITIES.index(one.severity), one.start, one.end))
    return tuple(sorted(found[:MOST_FLAGS], key=lambda one: (one.start, one.end, one.kind)))


def _is_unsaid(one: Grounding, facts: list[Fact], index: Index) -> bool:
    if one.share is None or one.share >= UNSAID or one.evidence or len(facts) < _FACTS:
        return False  # evidence for nothing: the talk names it, and says otherwise
    if any(f.mention for f in facts):
        return True
    words = index.text.count(" ", one.start, one.end)
    return words < _PADDING and not _NARRATES.search(index.text, one.start, one.end)


def _is_heading(one: Grounding, facts: list[Fact], index: Index) -> bool:
    """Tell whether a line without a term only names the items under it: "6. Health maintenance"."""
    return not any(f.mention for f in facts) and _ITEMS_UNDER.match(index.text, one.end) is not None


def _elaborates(n: int, grounded: tuple[Grounding, ...], facts: list[Fact], index: Index) -> bool:
    """Tell whether a statement only denies, right after a grounded one: "Lungs are clear. No wheezes"."""
    one, before = grounded[n], grounded[n - 1] if n else None
    if before is None or (before.share or 0.0) < _HALF:
        return False
    if "\n" in index.text[before.end : one.start] or not _DENIES.match(index.text, one.start):
        return False
    return all(polarity(f.mention) == "absent" for f in facts if f.mention)


def _finding(
    pair: Pair,
    start: int,
    end: int,
    kind: str,
    severity: str,
    suggestion: str | None,
    said: tuple[tuple[int, int], ...],
) -> Finding:
    source = pair.source or ""
    evidence = tuple(Evidence("source", low, high, source[low:high]) for low, high in said)
    text = pair.hypothesis[start:end]
    return Finding(
        pair.visit_id, "support", kind, "hypothesis", start, end, text, severity, suggestion, evidence
    )


METRIC = metric()
