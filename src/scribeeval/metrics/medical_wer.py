"""Medical word error rate: the word error rate of the medical terms alone.

    medical WER = (S + D + I) / N        N: the terms of the reference

Both sides are reduced to the terms of a list, the longest first; a term of several words is one unit, right
or wrong as a whole; the two rows of terms are then aligned.  A synonym is an error: what was said is
compared, not what was meant.  A term that the hypothesis adds counts as an insertion.

Source: MedWER 1.0 (medwer, Nordis 2026).  Equal to medwer on the same tokens and the same list.
Parts: as in wer.
"""

from dataclasses import replace
from functools import partial

from scribeeval.metrics.base import Counts, Metric
from scribeeval.metrics.wer import as_counts, count_by_role, tokens, word_error_rate
from scribeeval.records import Pair
from scribeeval.terms import LEXICON, TermList, keep_terms, lexicon_terms
from scribeeval.text import count_edits


def count_term_edits(pair: Pair, terms: TermList | None = None) -> Counts:
    """Count hits, substitutions, deletions and insertions of terms; None takes the packaged lexicon."""
    listed = lexicon_terms() if terms is None else terms
    reference, hypothesis = (
        keep_terms(tokens(text, listed.normalizer, listed.tokenizer), listed)
        for text in (pair.reference, pair.hypothesis)
    )
    return as_counts(count_edits(reference, hypothesis))


def with_terms(terms: TermList) -> Metric:
    """Give the metric on another list, such as `medwer_terms()`; the signature names it."""
    count = partial(count_term_edits, terms=terms)
    return replace(
        METRIC,
        settings={"norm": terms.normalizer, "tok": terms.tokenizer, "lexicon": terms.name},
        count=count,
        parts=partial(count_by_role, count),
    )


METRIC = Metric(
    name="medical_wer",
    title="Word error rate of medical terms",
    compares="speech",
    higher_is_better=False,
    unit="share",
    settings={"norm": "clinical-v1", "tok": "words", "lexicon": LEXICON},
    count=count_term_edits,
    value=word_error_rate,
    parts=partial(count_by_role, count_term_edits),
)
