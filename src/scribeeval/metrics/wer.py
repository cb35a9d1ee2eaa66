"""Word error rate (WER): word edits per word of the reference transcript.

    WER = (S + D + I) / N        N = H + S + D, the words of the reference

Source: Morris, Maier & Green (2004), "From WER and RIL to MER and WIL".
Equal to jiwer 4.0 on the same tokens wherever the reference has a word.
"""

from collections.abc import Mapping

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.records import Pair
from scribeeval.text import NORMALIZERS, count_edits, words

NORMALIZER = "clinical-v1"  # not Whisper's English one, which deletes the "mm" of "5 mm"


def count_word_edits(pair: Pair) -> Counts:
    """Count hits, substitutions, deletions and insertions of words."""
    normalize = NORMALIZERS[NORMALIZER]
    edits = count_edits(words(normalize(pair.reference)), words(normalize(pair.hypothesis)))
    return Counts(
        {
            "hits": edits.hits,
            "substitutions": edits.substitutions,
            "deletions": edits.deletions,
            "insertions": edits.insertions,
        }
    )


def word_error_rate(counts: Mapping[str, int | float]) -> float | None:
    """Errors per reference word: 0 is perfect, insertions can push it past 1; None without a word."""
    errors = counts["substitutions"] + counts["deletions"] + counts["insertions"]
    return ratio(errors, counts["hits"] + counts["substitutions"] + counts["deletions"])


METRIC = Metric(
    name="wer",
    title="Word error rate",
    compares="speech",
    higher_is_better=False,
    unit="share",
    settings={"norm": NORMALIZER, "tok": "words"},
    count=count_word_edits,
    value=word_error_rate,
)
