"""Edit distance in words as a share of the longer text.

share = distance / max(words of the signed note, words of the draft)
"""

from collections.abc import Mapping

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.metrics.wer import NORMALIZER, count_word_edits
from scribeeval.records import Pair


def count_with_longer(pair: Pair) -> Counts:
    """Count the word edits of one note, and the words of the longer text."""
    counts = count_word_edits(pair)
    reference = counts["hits"] + counts["substitutions"] + counts["deletions"]
    hypothesis = counts["hits"] + counts["substitutions"] + counts["insertions"]
    return counts + Counts({"longer": max(reference, hypothesis)})


def edit_share(counts: Mapping[str, int | float]) -> float | None:
    """Share changed, 0 to 1: 0 = every word kept; None where neither text has a word."""
    return ratio(counts["substitutions"] + counts["deletions"] + counts["insertions"], counts["longer"])


METRIC = Metric(
    name="edit_share_words",
    title="Share of the words changed from draft to signed note",
    compares="edit",
    higher_is_better=False,
    unit="share",
    settings={"norm": NORMALIZER, "tok": "words"},
    count=count_with_longer,
    value=edit_share,
)
