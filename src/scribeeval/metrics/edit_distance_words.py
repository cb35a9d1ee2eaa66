"""Edit distance in words, draft -> signed note.

The least number of words inserted, deleted or replaced that turns one text into the other, after
normalization: a changed comma or capital is no edit here (edit_distance_chars counts it).
"""

from collections.abc import Callable, Mapping

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.metrics.wer import NORMALIZER, count_word_edits
from scribeeval.records import Pair


def count_note_word_edits(pair: Pair) -> Counts:
    """Count the word edits of one note."""
    return count_word_edits(pair) + Counts({"notes": 1})


def word_edits_per_note(counts: Mapping[str, int | float]) -> float | None:
    """Word edits per note: 0 = every word kept; no upper bound; None without a note."""
    return ratio(counts["substitutions"] + counts["deletions"] + counts["insertions"], counts["notes"])


def _per_note(name: str) -> Callable[[Mapping[str, int | float]], float | None]:
    return lambda counts: ratio(counts[name], counts["notes"])


METRIC = Metric(
    name="edit_distance_words",
    title="Edit distance from draft to signed note, words per note",
    compares="edit",
    higher_is_better=False,
    unit="words",
    settings={"norm": NORMALIZER, "tok": "words"},
    count=count_note_word_edits,
    value=word_edits_per_note,
    # What the clinician did: a word that only the signed note has was inserted by them, and it is a
    # deletion of the alignment, whose reference is the signed note.
    views={
        "replaced": _per_note("substitutions"),
        "inserted": _per_note("deletions"),
        "deleted": _per_note("insertions"),
    },
)
