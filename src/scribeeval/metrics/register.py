"""Register: the share of the note's choices between lay and clinical wording that are clinical.

    register = clinical wordings / (clinical wordings + lay wordings)        outside the chief complaint

A choice is a place where lay people and clinicians have different words for one thing; `terms/register.py`
says which words and what is left out.  Every finding is minor: the meaning is right.
"""

from collections.abc import Mapping
from functools import lru_cache

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.metrics.term_counts import PACKAGED
from scribeeval.records import Finding, Pair
from scribeeval.terms import CLINICAL_LEXICON, Mention
from scribeeval.terms.register import REGISTER, LayTerm, find_lay_terms
from scribeeval.text.statements import split_statements


@lru_cache(maxsize=4)  # count and find of one pair
def choices(note: str) -> tuple[list[LayTerm], list[Mention]]:
    """Give the lay and the clinical wordings of a note."""
    return find_lay_terms(note, split_statements(note), PACKAGED.find(note))


def count_choices(pair: Pair) -> Counts:
    """Count the choices of the hypothesis, and those that are clinical."""
    lay, clinical = choices(pair.hypothesis)
    return Counts({"clinical": len(clinical), "choices": len(clinical) + len(lay)})


def find_lay(pair: Pair) -> tuple[Finding, ...]:
    """List the lay wordings of the hypothesis; the suggestion is the clinical word."""
    note = pair.hypothesis
    return tuple(
        Finding(
            pair.visit_id,
            "register",
            "lay_term",
            "hypothesis",
            start,
            end,
            note[start:end],
            "minor",
            clinical,
        )
        for start, end, clinical in choices(note)[0]
    )


def clinical_share(counts: Mapping[str, int | float]) -> float | None:
    """Share of the choices that are clinical, 0 to 1: 1 = all; None where the note has no choice."""
    return ratio(counts["clinical"], counts["choices"])


METRIC = Metric(
    name="register",
    title="Share of clinical wording where a lay word was possible",
    compares="content",
    higher_is_better=True,
    unit="share",
    blind_to=("another_visits_note",),
    settings={"lexicon": CLINICAL_LEXICON, "table": REGISTER},
    count=count_choices,
    value=clinical_share,
    find=find_lay,
)
