"""Tokenizers: pure functions from normalized text to tokens, by name."""

import re
from collections.abc import Callable, Mapping

from scribeeval.text.rouge_tokens import rouge_words, unicode_words

# A number keeps its sign, its decimals and its pair (142/88); a word keeps its apostrophe and its
# digits (a1c, t12, 4th); a comparator, a percent or a degree sign is a token, because it carries meaning.
# Possessive (++): "15th" must not be taken apart into 1 and 5th.
_WORD = re.compile(
    r"(?<![\w.])[-+]?\d++(?:(?:\.\d++)(?:/\d++(?:\.\d++)?)*+|(?:/\d++(?:\.\d++)?)++|(?![^\W\d_]))"
    r"|[^\W_]+(?:'[^\W_]+)*"
    r"|[<>]=?|[%°≤≥±=+]"
)


def words(text: str) -> list[str]:
    """Split into words, numbers and signs that carry meaning; drop other punctuation.

    >>> words("bp 142/88, a1c > 7.5 %; l5-s1; can't")
    ['bp', '142/88', 'a1c', '>', '7.5', '%', 'l5', 's1', "can't"]
    """
    return _WORD.findall(text)


def chars(text: str) -> list[str]:
    """Split into code points."""
    return list(text)


TOKENIZERS: Mapping[str, Callable[[str], list[str]]] = {
    "words": words,
    "chars": chars,
    "whitespace": str.split,
    "rouge": rouge_words,
    "unicode": unicode_words,
}
