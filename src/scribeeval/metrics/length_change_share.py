"""Length change: by what share the clinician made the draft longer or shorter, in words.

change = words of the signed note / words of the draft - 1        negative = shortened
"""

from collections.abc import Mapping

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.records import Pair
from scribeeval.text import NORMALIZERS, words

NORMALIZER = "clinical-v1"


def count_words(pair: Pair) -> Counts:
    """Count the words of both texts."""
    normalize = NORMALIZERS[NORMALIZER]
    return Counts(
        {
            "signed_words": len(words(normalize(pair.reference))),
            "draft_words": len(words(normalize(pair.hypothesis))),
        }
    )


def length_change(counts: Mapping[str, int | float]) -> float | None:
    """Signed minus draft as a share of the draft, from -1 up; None where the draft has no word."""
    return ratio(counts["signed_words"] - counts["draft_words"], counts["draft_words"])


METRIC = Metric(
    name="length_change_share",
    title="Change of length from draft to signed note, in words",
    compares="edit",
    higher_is_better=None,
    unit="share",
    settings={"norm": NORMALIZER, "tok": "words"},
    count=count_words,
    value=length_change,
)
