"""Space-normalized word error rate (sWER): word errors that are not only errors of spacing.

    sWER = (S + D + I) / N        N: the words of the reference

Korean may be spaced in several right ways ("할 수 있다", "할수있다"), and a recogniser's spacing is rarely
that of the reference.  The hypothesis is given the spacing of the reference before words are compared:
the letters of both are aligned without spaces, each letter goes to the word of the reference letter it
stands for, and added letters to the word before them, unless they are whole words between two words of
the reference.

Source: Bang et al. (2020), "KsponSpeech: Korean spontaneous speech corpus for automatic speech recognition".
Never above wer by its spacing alone; equal to wer where both are spaced alike.  Parts: as in wer.
"""

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from rapidfuzz.distance import Levenshtein

from scribeeval.metrics.base import Counts, Metric
from scribeeval.metrics.wer import NORMALIZER, TOKENIZER, as_counts, count_by_role, word_error_rate, words_of
from scribeeval.records import Pair
from scribeeval.text import count_edits


def count_respaced_edits(pair: Pair) -> Counts:
    """Count hits, substitutions, deletions and insertions of words after the spacing is made equal."""
    reference = words_of(pair.reference)
    return as_counts(count_edits(reference, respaced(reference, words_of(pair.hypothesis))))


def respaced(reference: Sequence[str], hypothesis: Sequence[str]) -> list[str]:
    """Give the hypothesis' letters the spacing of the reference.

    >>> respaced(["할", "수", "있다"], ["할수", "있다"])
    ['할', '수', '있다']
    """
    words = [word for word, text in enumerate(reference) for _ in text]
    own = [word for word, text in enumerate(hypothesis) for _ in text]
    said = "".join(hypothesis)
    home: list[tuple[int, int]] = []  # of each letter: the reference's word, and its own word if it is added
    for code in Levenshtein.opcodes("".join(reference), said):
        if code.tag == "insert":
            home += _homes(words, own, code.src_start, code.dest_start, code.dest_end)
        elif code.tag != "delete":
            home += [(words[at], -1) for at in range(code.src_start, code.src_end)]
    letters = zip(home, said, strict=True)
    return ["".join(letter for _, letter in group) for _, group in groupby(letters, key=lambda one: one[0])]


def _homes(words: Sequence[int], own: Sequence[int], at: int, start: int, end: int) -> list[tuple[int, int]]:
    """Say where added letters said[start:end] go, before the reference's letter `at`."""
    before = words[at - 1] if at else -1
    between = at in (0, len(words)) or words[at] != before
    whole = (start == 0 or own[start - 1] != own[start]) and (end == len(own) or own[end - 1] != own[end])
    if between and whole:
        return [(before, own[letter]) for letter in range(start, end)]
    return [(before if at else words[0] if words else -1, -1)] * (end - start)


METRIC = Metric(
    name="swer",
    title="Word error rate with the spacing of the reference (sWER)",
    compares="speech",
    higher_is_better=False,
    unit="share",
    settings={"norm": NORMALIZER, "tok": TOKENIZER, "spaces": "of-the-reference"},
    count=count_respaced_edits,
    value=word_error_rate,
    parts=partial(count_by_role, count_respaced_edits),
)
