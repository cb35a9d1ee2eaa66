"""Term recall: the share of the reference note's clinical concepts that the draft names.

    recall = concepts in both / concepts in the reference        per visit, summed over visits

A concept counts once a visit, whatever its wording ("short of breath" = dyspnea) and however often
it is named.  Assertion is not compared: "no fever" names fever.
"""

from collections.abc import Mapping

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.records import Finding, Pair
from scribeeval.terms import LEXICON, Mention, find_core_terms


def _concepts(text: str) -> dict[str, Mention]:
    """The first mention of each concept, in the order of the text."""
    concepts: dict[str, Mention] = {}
    for mention in find_core_terms(text):
        concepts.setdefault(mention.concept, mention)
    return concepts


def count_concepts(pair: Pair) -> Counts:
    """Count the concepts of the reference, and those that the hypothesis names too."""
    reference, hypothesis = _concepts(pair.reference), _concepts(pair.hypothesis)
    return Counts({"found": len(reference.keys() & hypothesis.keys()), "reference_concepts": len(reference)})


def count_by_type(pair: Pair) -> dict[str, Counts]:
    """Count as above, for each semantic type that the reference holds."""
    hypothesis = _concepts(pair.hypothesis)
    parts: dict[str, Counts] = {}
    for concept, mention in _concepts(pair.reference).items():
        one = Counts({"found": int(concept in hypothesis), "reference_concepts": 1})
        parts[mention.semantic_type] = parts.get(mention.semantic_type, Counts({})) + one
    return parts


def find_missing(pair: Pair) -> tuple[Finding, ...]:
    """List the reference's concepts that the hypothesis does not name."""
    hypothesis = _concepts(pair.hypothesis)
    return tuple(
        Finding(
            visit_id=pair.visit_id,
            metric="term_recall",
            kind="omitted_fact",
            side="reference",
            start=mention.start,
            end=mention.end,
            text=mention.text,
            severity="moderate",
        )
        for concept, mention in _concepts(pair.reference).items()
        if concept not in hypothesis
    )


def recall(counts: Mapping[str, int | float]) -> float | None:
    """Share of the reference's concepts found, 0 to 1: 1 = all; None where it has none."""
    return ratio(counts["found"], counts["reference_concepts"])


METRIC = Metric(
    name="term_recall",
    title="Share of the reference note's terms found in the draft",
    compares="content",
    higher_is_better=True,
    unit="share",
    settings={"lexicon": LEXICON, "match": "concept"},
    count=count_concepts,
    value=recall,
    find=find_missing,
    parts=count_by_type,
)
