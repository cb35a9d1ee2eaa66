"""All identifiers of a visit: the rules, then every further occurrence of a name that they found."""

import re
from collections.abc import Iterable, Iterator, Sequence

from scribeeval.models.deidentify.addresses import find_addresses, find_towns
from scribeeval.models.deidentify.base import Found, folded, without_overlap
from scribeeval.models.deidentify.dates import find_dates
from scribeeval.models.deidentify.korean import find_korean_names
from scribeeval.models.deidentify.names import find_names, is_cased, is_ordinary, words_of
from scribeeval.models.deidentify.numbers import find_ages, find_numbers, find_online
from scribeeval.models.deidentify.words import COMMON_WORD_NAMES, EPONYMS, NO_NAMES, WORD_NAMES
from scribeeval.terms import find_terms

_HANGUL = re.compile("[가-힣]+")
_KO_FOLLOWS = (
    "(?:이|은|는|가|를|을|의|도|만|와|과|랑|하고|한테|께|에게|야|아|씨|님|네|입|예|라|인|요|엄|아|환|어|선|"
    "보|학|할)"
)
# Terms of these types are never names; a symptom such as "may" is not one either.
_CLINICAL = frozenset(
    ("diagnosis", "symptom", "drug", "procedure", "lab_or_vital", "anatomy", "allergen", "device")
)


def find_identifiers(texts: Sequence[str], known: Sequence[str] = ()) -> list[list[Found]]:
    """Find the identifiers of one visit, text by text, in order and without overlap.

    texts: its turns; a name found in one is found in all.  known: names that the site gives.
    """
    whole = "\n".join(text.replace("\n", " ") for text in texts)
    found = without_overlap(_candidates(whole, known))
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + 1)
    return [
        [Found(one.start - start, one.end - start, one.kind) for one in found if start <= one.start < end]
        for start, end in zip(starts, starts[1:], strict=False)
    ]


def _candidates(text: str, known: Sequence[str]) -> Iterator[Found]:
    """Everything found, the surest first: what comes later may not touch it."""
    yield from find_online(text)
    yield from find_numbers(text)
    yield from _occurrences(text, known_words(known), everywhere=True)
    yield from find_addresses(text)
    dates = list(find_dates(text))
    yield from dates
    yield from find_ages(text)
    terms = _term_places(text)
    names = [*find_names(text, terms), *(one for one in find_korean_names(text) if one.start not in terms)]
    towns = list(find_towns(text, is_cased(text)))
    yield from towns
    yield from names
    taken = {place for one in (*towns, *dates) for place in range(one.start, one.end)}
    yield from _occurrences(text, {text[one.start : one.end] for one in names if one.start not in taken})


def _term_places(text: str) -> set[int]:
    """Where terms of medicine stand."""
    return {
        place
        for mention in find_terms(text)
        if mention.semantic_type in _CLINICAL
        for place in range(mention.start, mention.end)
    }


def known_words(known: Iterable[str]) -> set[str]:
    """The words of the names that a site gives: of "Dr. Priya Raman" both names."""
    return {word.text for name in known for word in words_of(name) if word.key not in NO_NAMES} | {
        part for name in known for part in _HANGUL.findall(name) if len(part) > 1
    }


def _occurrences(text: str, names: set[str], everywhere: bool = False) -> Iterator[Found]:
    """Every occurrence of some names; one that is an ordinary word, too, only as it was written."""
    throughout = frozenset() if is_cased(text) else WORD_NAMES - COMMON_WORD_NAMES
    exact = {
        name
        for name in names
        if (is_ordinary(folded(name)) and folded(name) not in throughout)
        or (folded(name) in EPONYMS and not everywhere)
    }
    keys = {folded(name) for name in names - exact if len(name) > 1}
    if not names:
        return
    for word in words_of(text):
        if word.key in keys or (word.text in exact and word.large):
            yield Found(word.start, word.end, "NAME")
    hangul = [name for name in names if _HANGUL.fullmatch(name) and len(name) > 1]
    for name in sorted(hangul, key=len, reverse=True):
        for match in re.finditer(rf"(?<![가-힣]){name}(?={_KO_FOLLOWS}|[^가-힣]|$)", text):
            yield Found(match.start(), match.end(), "NAME")
    for name in (name for name in names if " " in name or "-" in name):
        for match in re.finditer(re.escape(name), text, re.IGNORECASE):
            yield Found(match.start(), match.end(), "NAME")
