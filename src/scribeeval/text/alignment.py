"""Levenshtein alignment of two token sequences, and its counts.

    N = H + S + D, the tokens of the reference;  distance = S + D + I

The distance is unique; its split into S, D and I is not (several alignments can be equally short).
The split given is rapidfuzz's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True, slots=True)
class EditCounts:
    """Token edits that turn a reference into a hypothesis; counts of several visits add."""

    hits: int
    substitutions: int
    deletions: int
    insertions: int

    @property
    def errors(self) -> int:
        """The edit distance."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def reference_length(self) -> int:
        """Tokens of the reference."""
        return self.hits + self.substitutions + self.deletions

    @property
    def hypothesis_length(self) -> int:
        """Tokens of the hypothesis."""
        return self.hits + self.substitutions + self.insertions


def count_edits(reference: Sequence[str], hypothesis: Sequence[str]) -> EditCounts:
    """Count hits, substitutions, deletions and insertions of a shortest alignment."""
    substitutions = deletions = insertions = 0
    for operation in Levenshtein.editops(reference, hypothesis):
        match operation.tag:
            case "replace":
                substitutions += 1
            case "delete":
                deletions += 1
            case _:
                insertions += 1
    hits = len(reference) - substitutions - deletions
    return EditCounts(hits, substitutions, deletions, insertions)


def distance(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """Give the Levenshtein distance alone, without an alignment: about ten times faster."""
    return Levenshtein.distance(reference, hypothesis)
