"""Glosses: the words in which a talk says what a note puts in one clinical word.

"Otorrhea" is "anything coming out of the ear", "adherent" is "I never skip one".  A gloss is no synonym: it
only says where a talk may hold a statement.  The table is ours: data/glosses.csv.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

from scribeeval.text.content_words import content_words


@cache
def glosses() -> Mapping[str, tuple[frozenset[str], ...]]:
    """Give clinical word -> the sets of words of a talk that may stand for it, all by their stems.

    >>> sorted(map(sorted, glosses()["otalgia"]))[0]
    ['ach', 'ear']
    """
    table = resources.files("scribeeval.terms") / "data" / "glosses.csv"
    found: dict[str, list[frozenset[str]]] = {}
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        talk = [frozenset(_keys(words)) for words in row["talk"].split("|")]
        for clinical in row["clinical"].split("|"):
            for key in _keys(clinical):
                found.setdefault(key, []).extend(keys for keys in talk if keys)
    return {key: tuple(sets) for key, sets in found.items()}


def _keys(words: str) -> list[str]:
    """The stems of some words; a lone Korean syllable stands for itself."""
    keys = [word.key for word in content_words(words)]
    return keys + [word for word in words.split(" ") if len(word) == 1 and word >= "가"]
