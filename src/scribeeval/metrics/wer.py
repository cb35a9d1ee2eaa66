"""Word error rate (WER): word edits per word of the reference transcript.

    WER = (S + D + I) / N        N = H + S + D, the words of the reference

Source: Morris, Maier & Green (2004), "From WER and RIL to MER and WIL".
Equal to jiwer 4.0 on the same tokens wherever the reference has a word.

Where both sides have segments with speakers, the parts compare the clinician with the clinician and
everybody else with everybody else: a recorder's second channel holds the patient and whoever came along.
The parts need not add up to the whole, which also sees the order in which the speakers took turns.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.records import Pair, Segment, Speaker, in_time_order
from scribeeval.text import NORMALIZERS, TOKENIZERS, EditCounts, count_edits

NORMALIZER = "clinical-v1"  # not Whisper's English one, which deletes the "mm" of "5 mm"
TOKENIZER = "words"
ROLES: Mapping[Speaker, str] = {
    "clinician": "clinician",
    "patient": "patient_and_other",
    "other": "patient_and_other",
}


# The two caches share work between the metrics of one pair and no further: six texts are a pair's
# whole and its two roles on both sides.
@lru_cache(maxsize=6)
def tokens(text: str, normalizer: str, tokenizer: str) -> tuple[str, ...]:
    """Normalize and split one text."""
    return tuple(TOKENIZERS[tokenizer](NORMALIZERS[normalizer](text)))


def words_of(text: str) -> tuple[str, ...]:
    """Split one text into the words that this file counts."""
    return tokens(text, NORMALIZER, TOKENIZER)


@lru_cache(maxsize=3)
def _count_words(reference: str, hypothesis: str) -> Counts:
    return as_counts(count_edits(words_of(reference), words_of(hypothesis)))


def as_counts(edits: EditCounts) -> Counts:
    """Name the four counts of an alignment."""
    return Counts(
        {
            "hits": edits.hits,
            "substitutions": edits.substitutions,
            "deletions": edits.deletions,
            "insertions": edits.insertions,
        }
    )


def count_word_edits(pair: Pair) -> Counts:
    """Count hits, substitutions, deletions and insertions of words."""
    return _count_words(pair.reference, pair.hypothesis)


def word_error_rate(counts: Mapping[str, int | float]) -> float | None:
    """Errors per reference word: 0 is perfect, insertions can push it past 1; None without a word."""
    errors = counts["substitutions"] + counts["deletions"] + counts["insertions"]
    return ratio(errors, counts["hits"] + counts["substitutions"] + counts["deletions"])


def texts_by(segments: Sequence[Segment] | None, names: Mapping[Speaker, str]) -> dict[str, str] | None:
    """Join what each speaker said, in the order of time, under the speaker's name in `names`.

    None where there are no segments, or one of them without a speaker: whose words they are is not known.
    """
    if segments is None:
        return None
    said: dict[str, list[str]] = {}
    for segment in in_time_order(segments):
        if segment.speaker is None:
            return None
        said.setdefault(names[segment.speaker], []).append(segment.text)
    return {name: "\n".join(texts) for name, texts in said.items()}


def count_by_role(count: Callable[[Pair], Counts], pair: Pair) -> dict[str, Counts]:
    """Count each role that speaks on either side; nothing where a side does not say who speaks."""
    reference = texts_by(pair.reference_segments, ROLES)
    hypothesis = texts_by(pair.hypothesis_segments, ROLES)
    if reference is None or hypothesis is None:
        return {}
    return {
        role: count(replace(pair, reference=reference.get(role, ""), hypothesis=hypothesis.get(role, "")))
        for role in sorted(reference.keys() | hypothesis.keys())
    }


METRIC = Metric(
    name="wer",
    title="Word error rate",
    compares="speech",
    higher_is_better=False,
    unit="share",
    settings={"norm": NORMALIZER, "tok": TOKENIZER},
    count=count_word_edits,
    value=word_error_rate,
    parts=partial(count_by_role, count_word_edits),
)
