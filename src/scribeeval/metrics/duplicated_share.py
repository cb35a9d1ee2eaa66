"""Duplicated share: the share of the note's statements that say again what an earlier one said.

    duplicated_share = repeating statements / statements        of the hypothesis

What is a repeat, and what is a legitimate restatement, says `terms/repeats.py`.  Every finding is minor, on
the later of the two statements; the evidence is the earlier one.
"""

from collections.abc import Mapping
from functools import lru_cache

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.metrics.term_counts import PACKAGED
from scribeeval.records import Evidence, Finding, Pair
from scribeeval.terms import CLINICAL_LEXICON
from scribeeval.terms.repeats import REPEATS, Repeat, find_repeats
from scribeeval.text.statements import Statement, split_statements


@lru_cache(maxsize=4)  # count and find of one pair
def repeats(note: str) -> tuple[tuple[Statement, ...], list[Repeat]]:
    """Give the statements of a note and which of them repeat which."""
    statements = split_statements(note)
    return statements, find_repeats(note, statements, PACKAGED.find(note))


def count_repeats(pair: Pair) -> Counts:
    """Count the statements of the hypothesis, and those that repeat."""
    statements, found = repeats(pair.hypothesis)
    return Counts({"duplicated": len(found), "statements": len(statements)})


def find_duplicated(pair: Pair) -> tuple[Finding, ...]:
    """List the repeating statements; nothing should stand in their place."""
    note = pair.hypothesis
    statements, found = repeats(note)
    findings = []
    for at, earlier in found:
        (start, end), (low, high) = (
            (statement.start, statement.end) for statement in (statements[at], statements[earlier])
        )
        findings.append(
            Finding(
                pair.visit_id, "duplicated_share", "duplicated", "hypothesis", start, end, note[start:end],
                "minor", "", (Evidence("hypothesis", low, high, note[low:high]),),
            )
        )  # fmt: skip
    return tuple(findings)


def duplicated_share(counts: Mapping[str, int | float]) -> float | None:
    """Share of the statements that repeat, 0 to 1: 0 = none; None where the note has no statement."""
    return ratio(counts["duplicated"], counts["statements"])


METRIC = Metric(
    name="duplicated_share",
    title="Share of the draft's statements that repeat another",
    compares="content",
    higher_is_better=False,
    unit="share",
    blind_to=("transcript_copied", "another_visits_note", "first_n_words"),
    settings={"lexicon": CLINICAL_LEXICON, "table": REPEATS},
    count=count_repeats,
    value=duplicated_share,
    find=find_duplicated,
)
