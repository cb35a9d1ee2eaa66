"""Concatenated minimum-permutation word error rate (cpWER): word errors, and words of the wrong speaker.

    cpWER = min over assignments of (S + D + I) / N        N: the words of the reference

Each speaker's words are joined in the order of time; each speaker of the hypothesis is assigned to one of the
reference, whatever the two are called, so that the errors are fewest.  A speaker too many on one side stands
against nobody: all words are deletions or insertions.

Source: Watanabe et al. (2020), "CHiME-6 Challenge".  Equal to meeteval 0.4.3 on the same tokens wherever the
reference has a word.
"""

from itertools import permutations, product

from scribeeval.metrics.base import Counts, Metric, sum_counts
from scribeeval.metrics.wer import (
    NORMALIZER,
    TOKENIZER,
    as_counts,
    texts_by,
    word_error_rate,
    words_of,
)
from scribeeval.records import SPEAKERS, Pair
from scribeeval.text import EditCounts, count_edits

NOTHING = as_counts(EditCounts(0, 0, 0, 0))


def count_speaker_edits(pair: Pair) -> Counts:
    """Count word edits under the best assignment of speakers; nothing where a side does not say who speaks.

    A hypothesis that is known to hold no speech is not left out: its reference words are deletions.
    """
    speakers = {speaker: speaker for speaker in SPEAKERS}
    reference = texts_by(pair.reference_segments, speakers)
    hypothesis = texts_by(pair.hypothesis_segments, speakers)
    if reference is None or hypothesis is None:
        return NOTHING
    size = max(len(reference), len(hypothesis))
    left, right = (
        [words_of(text) for text in (*side.values(), *[""] * (size - len(side)))]
        for side in (reference, hypothesis)
    )
    edits = {(i, j): count_edits(left[i], right[j]) for i, j in product(range(size), repeat=2)}
    best = min(
        permutations(range(size)),  # of at most three speakers
        key=lambda order: sum(edits[assigned].errors for assigned in enumerate(order)),
    )
    return sum_counts([NOTHING, *(as_counts(edits[assigned]) for assigned in enumerate(best))])


METRIC = Metric(
    name="cpwer",
    title="Word error rate with speakers (cpWER)",
    compares="speech",
    higher_is_better=False,
    unit="share",
    settings={"norm": NORMALIZER, "tok": TOKENIZER},
    count=count_speaker_edits,
    value=word_error_rate,
)
