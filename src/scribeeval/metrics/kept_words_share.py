"""Kept words: the share of the draft's words that stand in the signed note, in order.

    kept = H / (H + S + I)        the denominator is the words of the draft

H, S and I come from the alignment of the signed note (reference) with the draft (hypothesis): a word
that the clinician deleted is an insertion of the draft, a replaced one a substitution.
"""

from collections.abc import Mapping

from scribeeval.metrics.base import Metric, ratio
from scribeeval.metrics.wer import NORMALIZER, count_word_edits


def kept_share(counts: Mapping[str, int | float]) -> float | None:
    """Share of the draft's words kept, 0 to 1: 1 = all; None where the draft has no word."""
    return ratio(counts["hits"], counts["hits"] + counts["substitutions"] + counts["insertions"])


METRIC = Metric(
    name="kept_words_share",
    title="Share of the draft's words kept in the signed note",
    compares="edit",
    higher_is_better=True,
    unit="share",
    settings={"norm": NORMALIZER, "tok": "words"},
    count=count_word_edits,
    value=kept_share,
)
