"""Plain measures, by hand."""

import pytest

from scribeeval.metrics.plain import PLAIN
from scribeeval.records import Pair


def measure(name: str, reference: str, hypothesis: str, source: str | None = None) -> float | None:
    return PLAIN[name][1](Pair("v1", reference, hypothesis, source))


def test_lengths_and_overlap_by_hand() -> None:
    """Reference of 4 words, hypothesis of 3; "hot" is not in the source, "mild" and "cough" were left out."""
    texts = ("Mild fever and cough.", "Hot fever and", "She said: fever, and a COUGH.")
    assert measure("hypothesis_words", *texts) == 3
    assert measure("hypothesis_chars", *texts) == 13
    assert measure("length_ratio", *texts) == 3 / 4
    assert measure("new_words_share", *texts) == pytest.approx(1 / 3)
    assert measure("missing_words_share", *texts) == 2 / 4


def test_without_a_word_or_a_source_there_is_no_share() -> None:
    assert measure("new_words_share", "fever", "fever") is None
    assert measure("new_words_share", "fever", "", "fever") is None
    assert measure("missing_words_share", "", "fever") is None
    assert measure("length_ratio", "", "fever") is None
    assert measure("length_ratio", "fever", "") == 0
