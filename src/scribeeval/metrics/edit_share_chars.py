"""Edit distance in characters as a share of the longer text: comparable between notes of any length.

    share = distance / max(characters of the signed note, characters of the draft)

Source: the usual normalisation of Levenshtein's distance; equal to rapidfuzz's normalized_distance.
"""

from collections.abc import Mapping

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.metrics.edit_distance_chars import NORMALIZER, count_char_edits
from scribeeval.records import Pair


def count_with_longer(pair: Pair) -> Counts:
    """Count the character edits of one note, and the characters of the longer text."""
    counts = count_char_edits(pair)
    return counts + Counts({"longer": max(counts["reference_chars"], counts["hypothesis_chars"])})


def edit_share(counts: Mapping[str, int | float]) -> float | None:
    """Share changed, 0 to 1: 0 = signed as drafted; None where both texts are empty."""
    return ratio(counts["edits"], counts["longer"])


METRIC = Metric(
    name="edit_share_chars",
    title="Share of the characters changed from draft to signed note",
    compares="edit",
    higher_is_better=False,
    unit="share",
    settings={"norm": NORMALIZER, "tok": "chars"},
    count=count_with_longer,
    value=edit_share,
)
