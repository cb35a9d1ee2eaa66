"""Floors: what a note that nobody wrote for this visit would score.

A metric that does not tell a draft from these does not measure drafts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from scribeeval.records import Pair


def _transcript(pairs: Sequence[Pair]) -> list[str | None]:
    """The visit's transcript, copied."""
    return [pair.source for pair in pairs]


def _another_visits_note(pairs: Sequence[Pair]) -> list[str | None]:
    """The reference note of the next visit in the order of ids; the last takes the first's."""
    if len(pairs) < 2:
        return [None] * len(pairs)
    order = sorted(range(len(pairs)), key=lambda i: pairs[i].visit_id)
    texts: list[str | None] = [None] * len(pairs)
    for place, i in enumerate(order):
        texts[i] = pairs[order[(place + 1) % len(order)]].reference
    return texts


def _first_n_words(pairs: Sequence[Pair]) -> list[str | None]:
    """The transcript's first N words, N = the words of the visit's reference note."""
    return [
        None if pair.source is None else " ".join(pair.source.split()[: len(pair.reference.split())])
        for pair in pairs
    ]


def _empty_note(pairs: Sequence[Pair]) -> list[str | None]:
    """No text at all."""
    return [""] * len(pairs)


FLOORS: Mapping[str, Callable[[Sequence[Pair]], list[str | None]]] = {
    "transcript_copied": _transcript,
    "another_visits_note": _another_visits_note,
    "first_n_words": _first_n_words,
    "empty_note": _empty_note,
}


def floor_pairs(name: str, pairs: Sequence[Pair]) -> list[Pair]:
    """Replace each hypothesis by the floor's text; visits for which there is none are left out."""
    return [
        replace(pair, hypothesis=text)
        for pair, text in zip(pairs, FLOORS[name](pairs), strict=True)
        if text is not None
    ]
