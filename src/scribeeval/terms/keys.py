"""Keys: what two spellings of one term have in common, and where each word of a text stands.

A key is made of the words' stems: lower case, singular, American spelling, without possessive; articles
and possessives inside a term ("ringing in the ears", "in my ears") are left out.  The lexicon's keys are
made by the same functions when it is built.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

# Hangul stands apart: "HTN으로" is a term and a particle.
_WORD = re.compile(r"[가-힣ㄱ-ㆎ]+|[^\W_가-힣ㄱ-ㆎ]+(?:['’][^\W_가-힣ㄱ-ㆎ]+)*")
_HANGUL = re.compile("[가-힣]")
SKIPPED = frozenset({"the", "my", "his", "her", "your", "their", "our"})
_KEPT_ENDINGS = ("ss", "us", "is", "'s")
_SIBILANT_PLURALS = ("ches", "shes", "xes", "sses", "zes")


class Words(NamedTuple):
    """The words of a text: their stems and text[start:end] of each, all of one length."""

    stems: list[str]
    starts: list[int]
    ends: list[int]


def split_words(text: str) -> Words:
    """Split a composed text (NFC) into stems with offsets in code points."""
    stems: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    end = 0
    for word in _WORD.findall(text):
        start = text.index(
            word, end
        )  # faster than finditer, and right: a word never begins between two words
        end = start + len(word)
        stem = stem_of(word)
        if stem not in SKIPPED:
            stems.append(stem)
            starts.append(start)
            ends.append(end)
    return Words(stems, starts, ends)


class Composed(NamedTuple):
    """A composed text (NFC), and for each of its characters where what it was made of begins and ends."""

    text: str
    starts: list[int]
    ends: list[int]


def compose(text: str) -> Composed:
    """Compose a text ("e" and an accent, Hangul letters) and keep the offsets of the text as it was given."""
    clusters = list(_clusters(text))
    return Composed(
        "".join(cluster for cluster, _, _ in clusters),
        [start for cluster, start, _ in clusters for _ in cluster],
        [end for cluster, _, end in clusters for _ in cluster],
    )


def _clusters(text: str) -> Iterator[tuple[str, int, int]]:
    """Cut before every character that does not combine with the one before it; compose each piece."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _combines(text[at]):
            yield unicodedata.normalize("NFC", text[start:at]), start, at
            start = at


def _combines(character: str) -> bool:
    return unicodedata.combining(character) != 0 or "\u1160" <= character <= "\u11ff"  # vowels, finals


@lru_cache(maxsize=1 << 16)
def stem_of(word: str) -> str:
    """Reduce a word to what is compared.

    >>> [stem_of(word) for word in ("Knees", "Crohn’s", "haemorrhoids", "biopsies", "diagnosis", "tumours")]
    ['knee', 'crohn', 'hemorrhoid', 'biopsy', 'diagnosis', 'tumor']
    """
    if len(word) > 2 and word[-1] == "s" and word[:-1].isupper():
        return word[:-1].lower()  # "UTIs", though "is" ends no plural
    stem = word.lower().replace("’", "'")
    if stem.endswith("'s"):
        stem = stem[:-2]
    if len(stem) > 3 and stem[-1] == "s" and not stem.endswith(_KEPT_ENDINGS):
        stem = _singular(stem)
    if len(stem) > 5:  # "toe" and "does" are no British spellings
        stem = stem.replace("ae", "e").replace("oe", "e")
        if stem.endswith("our"):
            stem = stem[:-3] + "or"
    return stem


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(_SIBILANT_PLURALS) else word[:-1]


def key_of(surface: str) -> str:
    """Give a term's key: its stems, one space between.

    >>> key_of("Ringing in the ears"), key_of("X-ray")
    ('ringing in ear', 'x ray')
    """
    return " ".join(split_words(unicodedata.normalize("NFC", surface)).stems)


def is_hangul(stem: str) -> bool:
    """Tell whether a stem is Korean; a word never mixes the two scripts."""
    return stem >= "ㄱ" and _HANGUL.match(stem) is not None
