"""Character error rate (CER): character edits per character of the reference transcript.

    CER = (S + D + I) / N        N: the characters of the reference

The characters are those of the words that wer compares, with one space between two words: the space counts,
so that words run together are an error (jiwer does the same; some Korean work leaves spaces out), and
punctuation, which nobody speaks, does not.  A character is a code point after NFC: a Hangul syllable is one.

Source: Morris, Maier & Green (2004).  Equal to jiwer 4.0 on the same text wherever the reference has a word.
Parts: as in wer.
"""

from functools import partial

from scribeeval.metrics.base import Counts, Metric
from scribeeval.metrics.wer import (
    NORMALIZER,
    as_counts,
    count_by_role,
    word_error_rate,
    words_of,
)
from scribeeval.records import Pair
from scribeeval.text import count_edits


def count_char_edits(pair: Pair) -> Counts:
    """Count hits, substitutions, deletions and insertions of characters."""
    return as_counts(count_edits(" ".join(words_of(pair.reference)), " ".join(words_of(pair.hypothesis))))


METRIC = Metric(
    name="cer",
    title="Character error rate",
    compares="speech",
    higher_is_better=False,
    unit="share",
    settings={"norm": NORMALIZER, "tok": "chars", "spaces": "kept", "punctuation": "dropped"},
    count=count_char_edits,
    value=word_error_rate,
    parts=partial(count_by_role, count_char_edits),
)
