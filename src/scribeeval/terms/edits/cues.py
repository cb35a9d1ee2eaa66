"""Words that turn a statement: polarity, certainty, time, person; and the padding that says nothing.

Package data, edit_cues.csv: a kind of cue a row, its language and its patterns, separated by "|".  A kind
that ends in + or - is a pole: a word of one pole in the place of one of the other turns a statement round.
unsure, sure: certainty; current, past, dated: time; relatives: another person; padding: speaks of the visit,
of care in general or of the writer, and of no finding, drug or order; clinical: parts of Greek and Latin
words, whose bearer is a clinician's word; lay: everyday words of Korean; stop: words that carry no meaning.
"""

import csv
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources


@cache
def _patterns() -> Mapping[str, str]:
    table = resources.files("scribeeval.terms") / "data" / "edit_cues.csv"
    patterns: dict[str, list[str]] = {}
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        patterns.setdefault(row["kind"], []).append(row["patterns"])
    return {kind: "|".join(rows) for kind, rows in patterns.items()}


@cache
def cue(kind: str) -> re.Pattern[str]:
    """Find the words of a kind; Korean ones may be followed by a particle."""
    return re.compile(rf"(?<![\w'])(?:{_patterns()[kind]})(?![A-Za-z0-9'])", re.IGNORECASE)


@cache
def relatives() -> re.Pattern[str]:
    """Find a relative as a word by itself: "형" is a brother, "형태" is none."""
    return re.compile(rf"(?<![\w'])(?:{_patterns()['relatives']})(?:'s|s)?(?![\w'])", re.IGNORECASE)


@cache
def stop_words() -> frozenset[str]:
    """Give the words that carry no meaning by themselves."""
    return frozenset(_patterns()["stop"].split("|"))


@cache
def _poles() -> Mapping[str, re.Pattern[str]]:
    kinds = [kind for kind in _patterns() if kind[-1] in "+-"]
    return {kind: re.compile(_patterns()[kind], re.IGNORECASE) for kind in kinds}


POLE_WORDS = re.compile(
    r"(?<![A-Za-z0-9가-힣])(?:d/c(?:'?d)?|needs help|requires (?:help|assistance)|is present"
    r"|[A-Za-z]+|[가-힣]+)"
    r"(?![A-Za-z가-힣])"
)


@lru_cache(maxsize=1 << 13)
def pole_of(word: str) -> str | None:
    """Give the pole of a word ("found-"); None for a word that turns nothing.

    >>> pole_of("denies"), pole_of("Hold"), pole_of("knee")
    ('found-', 'course of treatment-', None)
    """
    bare = _KOREAN_VERB.sub("", word)
    return next(
        (kind for kind, pattern in _poles().items() if pattern.fullmatch(word) or pattern.fullmatch(bare)),
        None,
    )


_KOREAN_VERB = re.compile(
    r"(?<=[가-힣]{2})(?:하기로|하도록|하였음|했음|되었음|하고|하며|하여|하던|되고|되며|되어|함|됨|한|할|중)$"
)
