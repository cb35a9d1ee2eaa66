"""ROUGE's tokenizers: runs of letters and digits in lower case; all else separates.

"rouge" is rouge_score's: only a-z and 0-9 are letters and digits.  It reads "혈압 120/80" as "120 80"
and a Korean sentence as nothing.  "unicode" takes the letters, digits and marks of every script, and
is the same on ASCII text.  Neither splits a script that writes no spaces, nor Korean particles.
"""

import unicodedata
from collections.abc import Sequence

from scribeeval.text.porter import stem

# A table of bytes is twice as fast as a regular expression.
_LETTERS = b"abcdefghijklmnopqrstuvwxyz0123456789"
_RUNS = bytes(byte if byte in _LETTERS else ord(" ") for byte in range(256))


def rouge_words(text: str) -> list[str]:
    """Split as rouge_score does.

    >>> rouge_words("HbA1c 7.5%, naïve; 혈압 120/80")
    ['hba1c', '7', '5', 'na', 've', '120', '80']
    """
    return text.lower().encode("ascii", "replace").translate(_RUNS).decode("ascii").split()


def unicode_words(text: str) -> list[str]:
    """Split into letters, digits and marks of every script, composed (NFC).

    >>> unicode_words("HbA1c 7.5%, naïve; 혈압 120/80")
    ['hba1c', '7', '5', 'naïve', '혈압', '120', '80']
    """
    text = unicodedata.normalize("NFC", text.lower())
    separators = {ord(c): " " for c in set(text) if unicodedata.category(c)[0] not in "LNM"}
    return text.translate(separators).split()


def stemmed(lines: Sequence[Sequence[str]]) -> list[list[str]]:
    """Replace each word of more than 3 letters by its Porter stem, as rouge_score does."""
    words = {word for line in lines for word in line}
    stems = {word: stem(word) if len(word) > 3 else word for word in words}
    return [[stems[word] for word in line] for line in lines]
