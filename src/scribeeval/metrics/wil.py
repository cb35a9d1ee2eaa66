"""Word information lost (WIL): how little of what was said the words in common carry.

    WIL = 1 - (H / N) x (H / M)        N, M: the words of the reference and of the hypothesis

Source: Morris, Maier & Green (2004), "From WER and RIL to MER and WIL".
Equal to jiwer 4.0 on the same tokens wherever the reference has a word.  Parts: as in wer.
"""

from collections.abc import Mapping
from functools import partial

from scribeeval.metrics.base import Metric
from scribeeval.metrics.wer import NORMALIZER, TOKENIZER, count_by_role, count_word_edits


def word_information_lost(counts: Mapping[str, int | float]) -> float | None:
    """Information lost, 0 to 1: 0 is perfect, 1 an empty hypothesis; None without a reference word."""
    hits, substitutions = counts["hits"], counts["substitutions"]
    reference = hits + substitutions + counts["deletions"]
    hypothesis = hits + substitutions + counts["insertions"]
    if not reference:
        return None
    return 1 - (hits / reference) * (hits / hypothesis) if hypothesis else 1.0


METRIC = Metric(
    name="wil",
    title="Word information lost",
    compares="speech",
    higher_is_better=False,
    unit="share",
    settings={"norm": NORMALIZER, "tok": TOKENIZER},
    count=count_word_edits,
    value=word_information_lost,
    parts=partial(count_by_role, count_word_edits),
)
