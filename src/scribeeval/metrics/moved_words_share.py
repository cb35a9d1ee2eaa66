"""Moved words: the share of the draft's words that the clinician moved to another section.

Runs of at least 4 words that were deleted in one section and stand, word for word, in another one of
the signed note.  An edit distance counts each such word twice.
"""

from collections.abc import Mapping

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.records import Pair
from scribeeval.text import NORMALIZERS, split_sections, words
from scribeeval.text.moves import MIN_RUN, Labelled, find_moves

NORMALIZER = "clinical-v1"


def count_moves(pair: Pair) -> Counts:
    """Count the moved words of one note."""
    reference, hypothesis = label(pair.reference), label(pair.hypothesis)
    moves = find_moves(reference, hypothesis)
    moved = sum(move.length for move in moves)
    return Counts({"moved_words": moved, "moves": len(moves), "draft_words": len(hypothesis.tokens)})


def label(note: str) -> Labelled:
    """Tokenize a note section by section."""
    normalize = NORMALIZERS[NORMALIZER]
    tokens: list[str] = []
    sections: list[str] = []
    for section in split_sections(note):
        found = words(normalize(note[section.header_start : section.end]))
        tokens += found
        sections += [section.name] * len(found)
    return Labelled(tokens, sections)


def moved_share(counts: Mapping[str, int | float]) -> float | None:
    """Share of the draft's words moved, 0 to 1: 0 = none; None where the draft has no word."""
    return ratio(counts["moved_words"], counts["draft_words"])


METRIC = Metric(
    name="moved_words_share",
    title="Share of the draft's words moved to another section",
    compares="edit",
    higher_is_better=None,  # a moved word is not worse by itself
    unit="share",
    settings={"norm": NORMALIZER, "tok": "words", "run": str(MIN_RUN)},
    count=count_moves,
    value=moved_share,
    by_section=False,
)
