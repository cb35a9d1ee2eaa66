"""What term_recall, term_precision and term_f1 count: the terms that two notes share.

A term is a concept with its assertion, once a visit, whatever its wording and however often it stands:
"no SOB" = "denies shortness of breath", but not "short of breath".  Three levels:

    asserted   the same concept with the same assertion: the value of the three metrics
    concept    the same concept, whatever its assertion: the part any_assertion
    exact      the same wording (but for inflection and case) with the same assertion: same_wording
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

from scribeeval.metrics.base import Counts, ratio
from scribeeval.records import Evidence, Finding, Pair
from scribeeval.terms import CLINICAL_LEXICON, ConceptFinder, Mention, find_terms
from scribeeval.terms.keys import key_of

Level = Literal["asserted", "concept", "exact"]
Sums = Mapping[str, int | float]

_KEYS: Mapping[Level, Callable[[Mention], Hashable]] = {
    "asserted": lambda mention: (mention.concept, mention.assertion),
    "concept": lambda mention: mention.concept,
    "exact": lambda mention: (key_of(mention.text), mention.assertion),
}
# What harm a term can do that the draft lacks: one that a prescriber relies on, or a part of the body alone.
_SEVERITY = {"drug": "severe", "allergen": "severe", "anatomy": "minor"}


@dataclass(frozen=True, slots=True)
class Finder:
    """Who finds the terms, and the name of its lexicon in signatures.

    Ours by default; any other ConceptFinder will do: one with a site's terms, medspaCy's.
    """

    name: str = CLINICAL_LEXICON
    finder: ConceptFinder = find_terms

    def find(self, text: str) -> tuple[Mention, ...]:
        """Find the terms; the last few texts are remembered, because several metrics ask for them."""
        return _find(self.finder, text)


@lru_cache(maxsize=8)
def _find(finder: ConceptFinder, text: str) -> tuple[Mention, ...]:
    return tuple(finder(text))


PACKAGED = Finder()


def count_terms(pair: Pair, finder: Finder = PACKAGED) -> Counts:
    """Count each note's terms and the shared ones, on the three levels."""
    return _count(finder.find(pair.reference), finder.find(pair.hypothesis))


def count_terms_by_type(pair: Pair, finder: Finder = PACKAGED) -> dict[str, Counts]:
    """Count as above, for each semantic type that either note holds."""
    reference, hypothesis = _by_type(finder.find(pair.reference)), _by_type(finder.find(pair.hypothesis))
    return {
        name: _count(reference.get(name, ()), hypothesis.get(name, ()))
        for name in sorted(reference.keys() | hypothesis.keys())
    }


def _by_type(mentions: Sequence[Mention]) -> dict[str, list[Mention]]:
    by_type: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_type.setdefault(mention.semantic_type, []).append(mention)
    return by_type


def _count(reference: Sequence[Mention], hypothesis: Sequence[Mention]) -> Counts:
    sums: dict[str, int] = {}
    for level, key in _KEYS.items():
        in_reference, in_hypothesis = set(map(key, reference)), set(map(key, hypothesis))
        sums[f"{level}_shared"] = len(in_reference & in_hypothesis)
        sums[f"{level}_reference"] = len(in_reference)
        sums[f"{level}_hypothesis"] = len(in_hypothesis)
    return Counts(sums)


def recall(sums: Sums, level: Level = "asserted") -> float | None:
    """Share of the reference's terms that the hypothesis has, 0 to 1; None where the reference has none."""
    return ratio(sums[f"{level}_shared"], sums[f"{level}_reference"])


def precision(sums: Sums, level: Level = "asserted") -> float | None:
    """Share of the hypothesis' terms that the reference has, 0 to 1; None where the hypothesis has none."""
    return ratio(sums[f"{level}_shared"], sums[f"{level}_hypothesis"])


def f1(sums: Sums, level: Level = "asserted") -> float | None:
    """Harmonic mean of recall and precision, 0 to 1; None where neither note has a term."""
    return ratio(2 * sums[f"{level}_shared"], sums[f"{level}_reference"] + sums[f"{level}_hypothesis"])


class Value(Protocol):
    """recall, precision or f1."""

    def __call__(self, sums: Sums, level: Level = "asserted") -> float | None: ...


def views(value: Value) -> dict[str, Callable[[Sums], float | None]]:
    """Give the other two levels of a value, to stand beside it."""
    return {
        "any_assertion": lambda sums: value(sums, "concept"),
        "same_wording": lambda sums: value(sums, "exact"),
    }


def settings(finder: Finder) -> dict[str, str]:
    """What the signatures of the three metrics say."""
    return {"lexicon": finder.name, "match": "concept+assertion"}


@dataclass(frozen=True, slots=True)
class Family:
    """Counts the three metrics in one pass; those of equal finders are relatives."""

    finder: Finder

    def __call__(self, pair: Pair, names: Collection[str]) -> dict[str, Counts]:
        """Give each of the metrics the same counts."""
        return dict.fromkeys(names, count_terms(pair, self.finder))


def find_missing_terms(pair: Pair, finder: Finder = PACKAGED) -> tuple[Finding, ...]:
    """List the reference's terms that recall misses, each where it first stands.

    evidence: where the hypothesis first names the concept, with another assertion.
    """
    key = _KEYS["asserted"]
    hypothesis = finder.find(pair.hypothesis)
    known = set(map(key, hypothesis))
    missing: dict[Hashable, Mention] = {}
    for mention in finder.find(pair.reference):
        if key(mention) not in known:
            missing.setdefault(key(mention), mention)
    return tuple(_missing(pair.visit_id, mention, hypothesis) for mention in missing.values())


def _missing(visit_id: str, mention: Mention, hypothesis: Sequence[Mention]) -> Finding:
    return Finding(
        visit_id=visit_id,
        metric="term_recall",
        kind="omitted_fact",
        side="reference",
        start=mention.start,
        end=mention.end,
        text=mention.text,
        severity=_SEVERITY.get(mention.semantic_type, "moderate"),
        evidence=tuple(
            Evidence("hypothesis", other.start, other.end, other.text)
            for other in hypothesis
            if other.concept == mention.concept
        )[:1],
    )
