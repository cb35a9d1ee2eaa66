"""Levenshtein alignment of two token sequences, and its counts.

    N = H + S + D, the tokens of the reference;  distance = S + D + I

The distance is unique; its split into S, D and I is not (several alignments can be equally short).
The split given is rapidfuzz's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True, slots=True)
class Op:
    """One step of an alignment; None on the side that has no token there."""

    kind: Literal["hit", "substitution", "deletion", "insertion"]
    reference: str | None
    hypothesis: str | None


def count_edits(reference: Sequence[str], hypothesis: Sequence[str]) -> EditCounts:
    """Count hits, substitutions, deletions and insertions of a shortest alignment."""
    edits = Levenshtein.editops(reference, hypothesis)
    # Hits and distance give the rest, so that the edits need not be walked through one by one.
    hits = sum(block.size for block in edits.as_matching_blocks())
    insertions = len(edits) - (len(reference) - hits)
    deletions = len(edits) - (len(hypothesis) - hits)
    return EditCounts(hits, len(reference) - hits - deletions, deletions, insertions)


def distance(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """Give the Levenshtein distance alone, without an alignment: quicker, and in less memory."""
    return Levenshtein.distance(reference, hypothesis)


def align(reference: Sequence[str], hypothesis: Sequence[str]) -> tuple[Op, ...]:
    """Align two token sequences; the steps in the order of the text, as count_edits counts them.

    >>> align(["no", "fever"], ["fever"])[0]
    Op(kind='deletion', reference='no', hypothesis=None)
    """
    return tuple(_steps(reference, hypothesis))


def _steps(reference: Sequence[str], hypothesis: Sequence[str]) -> Iterator[Op]:
    for code in Levenshtein.opcodes(reference, hypothesis):
        left = reference[code.src_start : code.src_end]
        right = hypothesis[code.dest_start : code.dest_end]
        match code.tag:
            case "delete":
                yield from (Op("deletion", token, None) for token in left)
            case "insert":
                yield from (Op("insertion", None, token) for token in right)
            case "replace":
                yield from (Op("substitution", *both) for both in zip(left, right, strict=True))
            case _:
                yield from (Op("hit", *both) for both in zip(left, right, strict=True))
