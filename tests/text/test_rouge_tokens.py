"""ROUGE's tokenizers and stemmer are rouge_score's and NLTK's; the Unicode one keeps every script."""

import unicodedata
from collections.abc import Iterable
from itertools import product
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer
from rouge_score.tokenizers import DefaultTokenizer

from scribeeval.text.porter import stem
from scribeeval.text.rouge_tokens import rouge_words, stemmed, unicode_words

# Every suffix that the stemmer knows, on every short stem: all its rules, and their conditions.
LIST = """
    s es ies ied eed ed ing at bl iz y ational tional enci anci izer bli abli alli entli eli ousli ization
    ation ator alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful
    ness al ance ence er ic able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ize e ll ss
"""
SUFFIXES = ["", *LIST.split()]
IRREGULAR = """
    sky skies dying lying tying news inning innings outing outings canning cannings howe proceed exceed
    succeed
"""
suffixes = st.sampled_from(SUFFIXES)
words = st.builds("".join, st.tuples(st.text("abeilosty", max_size=5), suffixes, suffixes))


def differing(words: Iterable[str]) -> list[str]:
    theirs = PorterStemmer()
    return [word for word in words if stem(word) != theirs.stem(word)]


def test_stems_of_short_words_with_every_suffix_are_nltks() -> None:
    stems = ("".join(letters) for n in range(4) for letters in product("aelswxyz", repeat=n))
    assert differing(base + suffix for base in stems for suffix in SUFFIXES) == []


@given(words=st.lists(words))
def test_stems_of_words_with_two_suffixes_are_nltks(words: list[str]) -> None:
    assert differing(words) == []


def test_irregular_stems_are_nltks() -> None:
    assert differing(IRREGULAR.split()) == []


def test_stems_of_all_words_of_the_public_notes_are_nltks(shared_data: Path) -> None:
    found: set[str] = set()
    for extension in ("csv", "TextGrid", "json"):
        for path in shared_data.rglob(f"*.{extension}"):
            found.update(rouge_words(path.read_text(encoding="utf-8")))
    assert len(found) > 5000
    assert differing(sorted(found)) == []


@given(text=st.text() | st.text("aZ09 .,-\n'éſK\u0130한") | st.lists(words).map(" ".join))
@example(text="was gas pus")  # of 3 letters: not stemmed
def test_the_rouge_tokenizer_is_rouge_scores(text: str) -> None:
    assert rouge_words(text) == DefaultTokenizer(use_stemmer=False).tokenize(text)
    assert stemmed([rouge_words(text)])[0] == DefaultTokenizer(use_stemmer=True).tokenize(text)


@given(text=st.text(st.characters(codec="ascii")))
def test_the_unicode_tokenizer_is_the_same_on_ascii(text: str) -> None:
    assert unicode_words(text) == rouge_words(text)


@given(text=st.text())
def test_the_unicode_tokenizer_drops_no_letter_digit_or_mark(text: str) -> None:
    composed = unicodedata.normalize("NFC", text.lower())
    kept = [c for c in composed if unicodedata.category(c)[0] in "LNM"]
    assert "".join(unicode_words(text)) == "".join(kept)


def test_hangul_typed_in_pieces_is_the_same_word() -> None:
    assert unicode_words(unicodedata.normalize("NFD", "혈압 120/80, 두통.")) == ["혈압", "120", "80", "두통"]


def test_vowel_signs_stay_in_their_word() -> None:
    assert unicode_words("बुखार, नहीं") == ["बुखार", "नहीं"]
