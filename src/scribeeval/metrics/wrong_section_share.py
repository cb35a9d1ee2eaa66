"""Wrong section share: the share of the note's statements that stand under a heading that may not hold them.

    wrong_section_share = misplaced statements / statements under judged headings        of the hypothesis

Judged are the headings of `terms/data/section_homes.csv`, which says what each may not hold; assessment and
plan may hold anything.  A finding is minor where results, vital signs or habits stand elsewhere, and moderate
where a reader would take the content for another person's, another time's or an examiner's.
"""

from collections.abc import Mapping
from functools import lru_cache

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.metrics.term_counts import PACKAGED
from scribeeval.records import Finding, Pair
from scribeeval.terms import CLINICAL_LEXICON
from scribeeval.terms.section_content import (
    SECTION_CONTENT,
    Misplaced,
    find_misplaced,
    load_section_content,
)
from scribeeval.text.statements import Statement, split_statements

MINOR = frozenset(("lab", "score", "imaging_report", "vital", "social"))


@lru_cache(maxsize=4)  # count and find of one pair
def misplaced(note: str) -> tuple[tuple[Statement, ...], list[Misplaced]]:
    """Give the statements of a note and which of them are misplaced."""
    statements = split_statements(note)
    return statements, find_misplaced(note, statements, PACKAGED.find(note))


def count_misplaced(pair: Pair) -> Counts:
    """Count the judged statements of the hypothesis, and the misplaced ones."""
    statements, found = misplaced(pair.hypothesis)
    judged = load_section_content().foreign
    return Counts(
        {
            "misplaced": len(found),
            "statements": sum(statement.section in judged for statement in statements),
        }
    )


def find_wrong_section(pair: Pair) -> tuple[Finding, ...]:
    """List the misplaced statements; the suggestion is the name of the section they belong to."""
    note = pair.hypothesis
    statements, found = misplaced(note)
    return tuple(
        Finding(
            pair.visit_id, "wrong_section_share", "wrong_section", "hypothesis",
            statements[at].start, statements[at].end, note[statements[at].start : statements[at].end],
            "minor" if kind in MINOR else "moderate", home,
        )
        for at, kind, home in found
    )  # fmt: skip


def misplaced_share(counts: Mapping[str, int | float]) -> float | None:
    """Share of the judged statements that are misplaced, 0 to 1: 0 = none; None where none is judged."""
    return ratio(counts["misplaced"], counts["statements"])


METRIC = Metric(
    name="wrong_section_share",
    title="Share of the draft's statements under the wrong heading",
    compares="content",
    higher_is_better=False,
    unit="share",
    blind_to=("another_visits_note",),
    settings={"lexicon": CLINICAL_LEXICON, "table": SECTION_CONTENT},
    count=count_misplaced,
    value=misplaced_share,
    find=find_wrong_section,
    by_section=False,
)
