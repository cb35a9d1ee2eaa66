"""Edit distance in characters, draft -> signed note: how much of the text was changed.

The least number of code points inserted, deleted or replaced that turns one text into the other
(Levenshtein 1966), on the raw text: what a clinician typed counts, be it a comma.
Equal to rapidfuzz's Levenshtein.distance on the same text.
"""

from collections.abc import Mapping

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.records import Pair
from scribeeval.text import NORMALIZERS, distance

NORMALIZER = "raw"


def count_char_edits(pair: Pair) -> Counts:
    """Count the character edits of one note."""
    normalize = NORMALIZERS[NORMALIZER]
    reference, hypothesis = normalize(pair.reference), normalize(pair.hypothesis)
    return Counts(
        {
            "edits": distance(reference, hypothesis),
            "notes": 1,
            "reference_chars": len(reference),
            "hypothesis_chars": len(hypothesis),
        }
    )


def edits_per_note(counts: Mapping[str, int | float]) -> float | None:
    """Edits per note: 0 = signed as drafted; no upper bound; None without a note."""
    return ratio(counts["edits"], counts["notes"])


METRIC = Metric(
    name="edit_distance_chars",
    title="Edit distance from draft to signed note, characters per note",
    compares="edit",
    higher_is_better=False,
    unit="characters",
    settings={"norm": NORMALIZER, "tok": "chars"},
    count=count_char_edits,
    value=edits_per_note,
)
