"""Text that moved to another section: deleted here and inserted, word for word, there.

An edit distance counts moved text twice, as a deletion and an insertion, though the clinician kept
every word of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

MIN_RUN = 4  # shorter runs ("history of the", "and no") meet by chance


@dataclass(frozen=True, slots=True)
class Labelled:
    """Tokens of a note, each with the section it stands in."""

    tokens: Sequence[str]
    sections: Sequence[str]


@dataclass(frozen=True, slots=True)
class Move:
    """A run of tokens that stands in another section of the reference than of the hypothesis."""

    reference_start: int
    hypothesis_start: int
    length: int


def find_moves(reference: Labelled, hypothesis: Labelled, min_run: int = MIN_RUN) -> tuple[Move, ...]:
    """Find runs of at least min_run tokens that the sections' own alignments leave over on both sides.

    Greedy from the start of the reference, the longest run first at each place; a token of either
    side belongs to one move at most.  A run inside one section (rewritten order) is no move.
    """
    free_reference, free_hypothesis = _left_over(reference, hypothesis)
    starts: dict[tuple[str, ...], list[int]] = {}
    for i in free_hypothesis:
        if all(i + k in free_hypothesis for k in range(min_run)):
            starts.setdefault(tuple(hypothesis.tokens[i : i + min_run]), []).append(i)
    moves: list[Move] = []
    at = 0
    while at + min_run <= len(reference.tokens):
        candidates = starts.get(tuple(reference.tokens[at : at + min_run]), ())
        runs = [(_run(reference, hypothesis, at, j, free_reference, free_hypothesis), -j) for j in candidates]
        length, place = max(runs, default=(0, 0))
        if length < min_run:
            at += 1
            continue
        moves.append(Move(at, -place, length))
        free_hypothesis -= set(range(-place, -place + length))
        at += length
    return tuple(moves)


def _left_over(reference: Labelled, hypothesis: Labelled) -> tuple[set[int], set[int]]:
    """Places of both sides that no alignment of a section with its namesake matched."""
    free_reference, free_hypothesis = set[int](), set[int]()
    places_i, places_j = _places(reference), _places(hypothesis)
    for section in places_i.keys() | places_j.keys():
        i, j = places_i.get(section, []), places_j.get(section, [])
        codes = Levenshtein.opcodes([reference.tokens[p] for p in i], [hypothesis.tokens[p] for p in j])
        for code in codes:
            if code.tag != "equal":
                free_reference.update(i[code.src_start : code.src_end])
                free_hypothesis.update(j[code.dest_start : code.dest_end])
    return free_reference, free_hypothesis


def _places(note: Labelled) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, section in enumerate(note.sections):
        places.setdefault(section, []).append(place)
    return places


def _run(
    reference: Labelled, hypothesis: Labelled, i: int, j: int, free_i: set[int], free_j: set[int]
) -> int:
    """Length of the common run at i and j over left-over tokens of two different sections."""
    here, there = reference.sections[i], hypothesis.sections[j]
    length = 0
    while (
        here != there
        and i + length in free_i
        and j + length in free_j
        and reference.tokens[i + length] == hypothesis.tokens[j + length]
        and reference.sections[i + length] == here
        and hypothesis.sections[j + length] == there
    ):
        length += 1
    return length
