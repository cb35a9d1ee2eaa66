"""A text as the rules for names read it: its words, and what lists and terms of medicine say of each."""

import re
from collections.abc import Set
from dataclasses import dataclass

from scribeeval.models.deidentify.base import folded, table
from scribeeval.models.deidentify.words import COMMON_EPONYMS, EPONYMS, MEDICAL, MONTHS, NO_NAMES, WORD_NAMES

_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_SENTENCE_START = re.compile(r"(?:[.?!:\n]|[.?!][\"”’)])\s*[\"“(]*$")
_CONTRACTION = re.compile(r"\w(?:n['’]t|['’](?:m|re|ll|ve|d))$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.  key: as the tables write it; large: it begins with a capital; opens: a sentence."""

    start: int
    end: int
    text: str
    key: str
    large: bool
    opens: bool

    @property
    def shouted(self) -> bool:
        """Whether it is written in capitals."""
        return len(self.text) > 1 and self.text.isupper()


def is_cased(text: str) -> bool:
    """Whether a text has capitals where English wants them: at the start of most of its lines."""
    first = [line.lstrip()[:1] for line in text.split("\n") if line.strip()]
    letters = [char for char in first if char.isalpha()]
    return 2 * sum(char.isupper() for char in letters) > len(letters)


def words_of(text: str) -> list[Word]:
    """The words of a text, without a possessive 's."""
    words = []
    for match in _TOKEN.finditer(text):
        bare = _POSSESSIVE.sub("", match[0])
        start = match.start()
        opens = start == 0 or bool(_SENTENCE_START.search(text, max(1, start - 6), start))
        words.append(Word(start, start + len(bare), bare, folded(bare), bare[0].isupper(), opens))
    return words


def is_contraction(word: str) -> bool:
    """Whether a word is one like "I'm" and "don't"."""
    return bool(_CONTRACTION.search(word))


def is_ordinary(key: str) -> bool:
    """Whether English has the word in lower case, too."""
    return key in table("words")


def is_in(name: str, key: str) -> bool:
    """Whether a table has a word, or each part of it ("Mei-Ling")."""
    listed = table(name)
    return key in listed or ("-" in key and all(part in listed for part in key.split("-")))


class Reading:
    """A text and its words, and what is known of each; made for one search."""

    def __init__(self, text: str, terms: Set[int]) -> None:
        self.text = text
        self.cased = is_cased(text)
        self.words = words_of(text)
        self.terms = terms

    def before(self, n: int) -> str:
        """The 60 characters before a word."""
        start = self.words[n].start
        return self.text[max(0, start - 60) : start]

    def gap(self, n: int) -> str:
        """What stands between a word and the one before it."""
        return self.text[self.words[n - 1].end : self.words[n].start] if n else "\n"

    def eponym_of(self, n: int) -> bool:
        """Whether a word of medicine follows: "Lhermitte's sign"."""
        word = self.words[n]
        if n + 1 == len(self.words) or self.words[n + 1].start - word.end > 4:
            return False
        return self.words[n + 1].key in MEDICAL and (is_in("surnames", word.key) or word.key in EPONYMS)

    def medical(self, n: int) -> bool:
        """A term or an eponym of medicine, or a word that is never a name."""
        word = self.words[n]
        if word.key in NO_NAMES or word.start in self.terms or is_contraction(word.text):
            return True
        if self.eponym_of(n):
            return True
        return word.key in EPONYMS and (word.key not in COMMON_EPONYMS or not self.cased)

    def may_be(self, n: int) -> bool:
        """Whether a word can be a name where the context asks for one."""
        word = self.words[n]
        if self.medical(n) or len(word.text) < 2:
            return False
        if self.cased:
            return word.large and not word.shouted
        return not is_ordinary(word.key) or word.key in WORD_NAMES

    def listed(self, n: int) -> bool:
        """Whether a word is a name by the lists alone."""
        word = self.words[n]
        cut_off = self.text[word.end : word.end + 2] == "- "
        if self.medical(n) or is_ordinary(word.key) or word.key in MONTHS or len(word.key) < 3 or cut_off:
            return False
        if self.cased:
            return (
                word.large
                and not word.shouted
                and (is_in("given", word.key) or (not word.opens and is_in("surnames", word.key)))
            )
        return is_in("given", word.key)
