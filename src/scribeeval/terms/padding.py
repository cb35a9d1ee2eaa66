"""Padding: clauses of a note that tell nothing of this patient or this visit.

A clause is padding when it gives no number, order, state or term, and is made of what fits any visit:

* a stock phrase ("it is worth noting that ...", table), or
* five words or more of which 30 % are words without content of their own ("comprehensive", "journey",
  table) and half were never said; a maxim, which names no person ("recovery is a process"), needs 15 %, or
* five words or more of which three in four tell only how the visit or the note came about ("the above was
  gathered in the room", table), or are empty.

A term does not save a clause if the note names it elsewhere too and half of the words are empty, nor a maxim
whose words were mostly never said.  A clause is a sentence, or what stands between semicolons.
"""

import csv
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from scribeeval.terms.keys import is_hangul, split_words
from scribeeval.terms.mentions import Mention
from scribeeval.text.porter import stem
from scribeeval.text.statements import Statement

PADDING = "padding-2"  # a changed table gets a new name: it stands in the signature
LEAST_WORDS = 5
EMPTY_SHARE = 0.3
MAXIM_SHARE = 0.15
EMPTY_BESIDE_TERM = 0.5
UNSAID_SHARE = 0.5
UNSAID_IN_MAXIM = 0.7
MOSTLY_EMPTY = 0.6
OF_THE_VISIT = 0.75
LEAST_OF_THE_VISIT = 3
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|once|twice|half|weekly|monthly|nightly)\b",
    re.IGNORECASE,
)
_SMALL_WORDS = (
    "about above after again also been being both could does doing done from goes have having "
    "here hers herself himself into itself just more most must none other over should some "
    "such during than that their them then there these they this those through under upon very want "
    "were what when where which while will with would your today patient"
)
_SMALL = frozenset(_SMALL_WORDS.split())
# Which operation, which drug: such a name does not say.
_GENERIC = frozenset(("operation", "surgery", "procedure", "treatment", "therapy", "medication", "수술"))
# What a condition, an order, an agreement or the state of a disease says is said of this visit.
_SAYS_SOMETHING = re.compile(
    r"\b(?:if|unless|return(?= to| in| for| if)|avoid|stop|start|defer|follow[- ]?up|refer(?:red|ral)?"
    r"|ordered|understands?|agree\w*"
    r"|consent\w*|(?:voiced|verbalized) understanding|(?:un)?controlled|stable|improved"
    r"|stopped|refus\w*|declin\w*|tolerated|limited|deferred|cancel\w*|scheduled|pending|tomorrow"
    r"|worsen\w*|normal|unchanged|aggravated|relieved|advised|instructed|recommended|explained)\b|^continue",
    re.IGNORECASE,
)


_PERSON = re.compile(
    r"\b(?:he|she|his|her|him|they|their|patient|i|we|mother|father|wife|husband|daughter|son|parents?|mr|mrs|ms)\b"
    r"|환자|보호자|[남여]자|모친|부친",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:is|are|can|may|must|will|should|remains?|requires?|brings?|takes?|makes?|plays?|goes|begins?|helps?|means?"
    r"|deserves?|depends?|lies|comes?|matters?|serves?)\b|(?:다|임|함|됨)\.?$",
    re.IGNORECASE,
)


class Tables(NamedTuple):
    """Stock phrases, the stems of words without content of their own, and those that tell of the visit."""

    cues: re.Pattern[str]
    empty: frozenset[str]
    visit: frozenset[str]


@cache
def load_padding() -> Tables:
    """Read the packaged table.  Cached: it is constant package data."""
    table = resources.files("scribeeval.terms") / "data" / "padding.csv"
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    cues = [cue for row in rows if row["kind"] == "cue" for cue in row["words"].split("|")]
    empty, visit = (
        frozenset(
            _cut(word) if is_hangul(word) else stem(word)
            for row in rows
            if row["kind"] == kind
            for word in row["words"].split(" ")
        )
        for kind in ("empty", "visit")
    )
    return Tables(re.compile("|".join(sorted(map(re.escape, cues), key=len, reverse=True))), empty, visit)


def said_words(source: str | None) -> frozenset[str] | None:
    """Give the stems of what was said; None where it is not known."""
    return None if source is None else frozenset(map(_cut, split_words(source).stems))


def find_padding(
    text: str, statements: Sequence[Statement], mentions: Sequence[Mention], said: Collection[str] | None
) -> list[tuple[int, int]]:
    """Find the padded clauses, text[start:end], in the order of the text.

    said: of said_words; None: then only stock phrases and clauses mostly of empty words count.
    """
    starts = [mention.start for mention in mentions]
    times = Counter(mention.concept for mention in mentions)
    found = []
    for statement in statements:
        if statement.section == "chief_complaint":
            continue
        for start, end in _clauses(text, statement.start, statement.end):
            inside = [
                mention
                for mention in mentions[bisect_left(starts, start) : bisect_left(starts, end)]
                if mention.semantic_type != "anatomy" and not _is_of_the_visit(mention.text)
            ]
            here = Counter(mention.concept for mention in inside)
            known = all(times[concept] > n for concept, n in here.items())
            specific = any(mention.text.lower() not in _GENERIC for mention in inside)
            if _is_padding(text[start:end], said, _Terms(bool(inside), specific, known)):
                found.append((start, end))
    return found


def _clauses(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    start = low
    for at in [match.end() for match in re.finditer(";", text[low:high])] + [high - low]:
        end = low + at
        while start < end and text[start].isspace():
            start += 1
        if start < end:
            yield start, end
        start = end


class _Terms(NamedTuple):
    """What a clause names: any term, one that is no mere "operation", only such as stand elsewhere too."""

    has_term: bool
    specific: bool
    known: bool


def _is_padding(clause: str, said: Collection[str] | None, terms: _Terms) -> bool:
    has_term, specific, known = terms
    stems = [word for word in split_words(clause).stems if _has_content(word)]
    if _NUMBER.search(clause) or len(stems) < LEAST_WORDS - 1:
        return False
    tables = load_padding()
    empty = sum(_is_empty(word, tables) for word in stems) / len(stems)
    if tables.cues.search(clause.lower().replace("’", "'")):
        return not specific or (known and empty >= EMPTY_BESIDE_TERM)
    if len(stems) < LEAST_WORDS or _SAYS_SOMETHING.search(clause):
        return False
    of_visit = sum(_stem(word) in tables.visit for word in stems)
    either = sum(_stem(word) in tables.visit or _is_empty(word, tables) for word in stems)
    if not has_term and of_visit >= LEAST_OF_THE_VISIT and either >= OF_THE_VISIT * len(stems):
        return True
    if said is None:
        return known and empty >= MOSTLY_EMPTY
    unsaid = sum(_cut(word) not in said for word in stems) / len(stems)
    if _VERB.search(clause) and not _PERSON.search(clause):
        if has_term:
            return unsaid >= UNSAID_IN_MAXIM and (known or empty >= EMPTY_SHARE)
        return empty >= MAXIM_SHARE and unsaid >= UNSAID_SHARE
    return not has_term and empty >= EMPTY_SHARE and unsaid >= UNSAID_SHARE


def _is_of_the_visit(term: str) -> bool:
    """Tell whether a term only names the visit's own acts: "physical examination"."""
    visit = load_padding().visit
    return all(_stem(word) in visit for word in split_words(term).stems)


def _is_empty(word: str, tables: Tables) -> bool:
    return _stem(word) in tables.empty


def _stem(word: str) -> str:
    return _cut(word) if is_hangul(word) else stem(word)


def _has_content(word: str) -> bool:
    return len(word) >= 2 if is_hangul(word) else len(word) > 3 and word not in _SMALL


def _cut(word: str) -> str:
    """Cut off what inflection changes: "discussed" was said where "discuss" was."""
    return word[:2] if is_hangul(word) else word[:5]
