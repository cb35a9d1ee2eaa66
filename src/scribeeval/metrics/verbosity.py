"""Verbosity: how many words the draft takes for one concept, against the signed note.

    verbosity = (words / concepts of the draft) / (words / concepts of the signed note)

Concepts are counted once a note.  Over visits all four are summed first.  The findings are the padded
clauses of the draft, which tell nothing of the visit (`terms/padding.py`); all are minor.
"""

from collections.abc import Mapping

from scribeeval.metrics.base import Counts, Metric
from scribeeval.metrics.term_counts import PACKAGED
from scribeeval.records import Finding, Pair
from scribeeval.terms import CLINICAL_LEXICON
from scribeeval.terms.padding import PADDING, find_padding, said_words
from scribeeval.text import NORMALIZERS, words
from scribeeval.text.statements import split_statements

NORMALIZER = "clinical-v1"


def count_density(pair: Pair) -> Counts:
    """Count words and distinct concepts of both notes."""
    return Counts(
        {
            f"{side}_{what}": n
            for side, note in (("draft", pair.hypothesis), ("reference", pair.reference))
            for what, n in _density(note).items()
        }
    )


def _density(note: str) -> dict[str, int]:
    return {
        "words": len(words(NORMALIZERS[NORMALIZER](note))),
        "concepts": len({mention.concept for mention in PACKAGED.find(note)}),
    }


def verbosity(counts: Mapping[str, int | float]) -> float | None:
    """Words per concept of the draft over those of the signed note, from 0 up: 1 = as dense, above = wordier.

    None where one of the two names no concept or has no word.
    """
    draft = counts["draft_words"] * counts["reference_concepts"]
    signed = counts["reference_words"] * counts["draft_concepts"]
    return draft / signed if draft and signed else None


def find_verbose(pair: Pair) -> tuple[Finding, ...]:
    """List the padded clauses of the hypothesis; there is nothing that should stand in their place."""
    note = pair.hypothesis
    found = find_padding(note, split_statements(note), PACKAGED.find(note), said_words(pair.source))
    return tuple(
        Finding(pair.visit_id, "verbosity", "verbose", "hypothesis", start, end, note[start:end], "minor", "")
        for start, end in found
    )


METRIC = Metric(
    name="verbosity",
    title="Words per concept of the draft, against the signed note",
    compares="edit",
    higher_is_better=None,  # a terse draft may lack what a reader needs
    unit="ratio",
    blind_to=("another_visits_note",),
    settings={"norm": NORMALIZER, "tok": "words", "lexicon": CLINICAL_LEXICON, "table": PADDING},
    count=count_density,
    value=verbosity,
    find=find_verbose,
)
