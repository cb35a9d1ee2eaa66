"""The facts of a statement: its terms, numbers and other content words, each once, with their weights."""

import re
from typing import NamedTuple

from scribeeval.metrics.content.index import Index
from scribeeval.terms import Mention
from scribeeval.text.content_words import Word
from scribeeval.text.synonyms import DOSES, UNITS_AFTER_NUMBER

TERM_WEIGHT = 2.0  # a term weighs as two words or numbers
_ITEM = re.compile(r"(?:[.;:] |\A|\n )\d{1,2}[.)](?:\s|$)")  # "1. Migraine. 2. Nausea."
_UNITS = DOSES | UNITS_AFTER_NUMBER.keys() | set(UNITS_AFTER_NUMBER.values())


class Fact(NamedTuple):
    """A term, number or word of a text, text[start:end], with its weight; mention: of a term."""

    start: int
    end: int
    key: str
    number: bool
    weight: float
    mention: Mention | None
    words: tuple[str, ...]


def facts_of(index: Index, start: int, end: int) -> list[Fact]:
    """List the facts of text[start:end], each key once, in its order."""
    mentions = index.mentions_in(start, end)
    facts: dict[tuple[str, bool], Fact] = {}
    words = index.words_in(start, end)
    for mention in mentions:
        inside = tuple(w.key for w in words if mention.start <= w.start < mention.end)
        fact = Fact(mention.start, mention.end, mention.concept, False, TERM_WEIGHT, mention, inside)
        facts.setdefault((mention.concept, False), fact)
    before: Word | None = None
    for word in words:
        follows = before is not None and before.number and word.start - before.end <= 2
        before = word
        if word.light or any(m.start <= word.start < m.end for m in mentions):
            continue
        if word.number and _ITEM.match(index.text, max(0, word.start - 2)):
            continue
        if follows and index.text[word.start : word.end].lower() in _UNITS:
            continue
        fact = Fact(word.start, word.end, word.key, word.number, 1.0, None, (word.key,))
        facts.setdefault((word.key, True), fact)
    return sorted(facts.values(), key=lambda fact: fact.start)
