"""Match error rate (MER): the share of aligned words that are wrong.

    MER = (S + D + I) / (H + S + D + I)

Source: Morris, Maier & Green (2004), "From WER and RIL to MER and WIL".
Equal to jiwer 4.0 on the same tokens wherever either side has a word.  Parts: as in wer.
"""

from collections.abc import Mapping
from functools import partial

from scribeeval.metrics.base import Metric, ratio
from scribeeval.metrics.wer import NORMALIZER, TOKENIZER, count_by_role, count_word_edits


def match_error_rate(counts: Mapping[str, int | float]) -> float | None:
    """Errors per aligned word, 0 to 1: 0 is perfect; None where neither side has a word."""
    errors = counts["substitutions"] + counts["deletions"] + counts["insertions"]
    return ratio(errors, counts["hits"] + errors)


METRIC = Metric(
    name="mer",
    title="Match error rate",
    compares="speech",
    higher_is_better=False,
    unit="share",
    settings={"norm": NORMALIZER, "tok": TOKENIZER},
    count=count_word_edits,
    value=match_error_rate,
    parts=partial(count_by_role, count_word_edits),
)
