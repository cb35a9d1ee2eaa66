"""All identifiers of a visit: the rules, then every further occurrence of a name that they found."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import accumulate

from scribeeval.models.deidentify.addresses import find_addresses, find_towns
from scribeeval.models.deidentify.base import Found, folded, without_overlap
from scribeeval.models.deidentify.dates import find_dates
from scribeeval.models.deidentify.korean import find_korean_names
from scribeeval.models.deidentify.names import find_names
from scribeeval.models.deidentify.numbers import find_ages, find_numbers, find_online
from scribeeval.models.deidentify.reading import is_cased, is_ordinary, words_of
from scribeeval.models.deidentify.words import COMMON_WORD_NAMES, EPONYMS, NO_NAMES, TITLES, WORD_NAMES
from scribeeval.terms import find_terms

_HANGUL = re.compile("[가-힣]+")
_KO_FOLLOWS = (
    "(?:이|은|는|가|를|을|의|도|만|와|과|랑|하고|한테|께|에게|야|아|씨|님|네|입|예|라|인|요|엄|아|환|어|선|"
    "보|학|할)"
)


def find_identifiers(texts: Sequence[str], known: Sequence[str] = ()) -> list[list[Found]]:
    """Find the identifiers of one visit, text by text, in order and without overlap.

    texts: its turns; a name found in one is found in all.  known: names that the site gives.
    """
    whole = "\n".join(text.replace("\n", " ") for text in texts)
    found = without_overlap(_candidates(whole, known))
    starts = accumulate((len(text) + 1 for text in texts[:-1]), initial=0)
    return [
        [
            Found(one.start - start, min(one.end - start, len(text)), one.kind)
            for one in found
            if start <= one.start < start + len(text)
        ]
        for text, start in zip(texts, starts, strict=False)  # without texts there is still a start
    ]


def _candidates(text: str, known: Sequence[str]) -> Iterator[Found]:
    """Everything found, the surest first: what comes later may not touch it."""
    yield from find_online(text)
    yield from find_numbers(text)
    yield from find_known(text, known)
    yield from find_addresses(text)
    others = [*find_dates(text), *find_ages(text), *find_towns(text, is_cased(text))]
    yield from others
    terms = _term_places(text)
    names = [*find_names(text, terms), *(one for one in find_korean_names(text) if one.start not in terms)]
    yield from names
    taken = {place for one in others for place in range(one.start, one.end)}
    yield from _occurrences(
        text, {text[one.start : one.end] for one in names if one.start not in taken}, terms
    )


def _term_places(text: str) -> set[int]:
    """Where terms of medicine stand."""
    return {place for mention in find_terms(text) for place in range(mention.start, mention.end)}


def find_known(text: str, known: Iterable[str]) -> Iterator[Found]:
    """Names that the site gives, whole in any case, and each of their words: "Raman" of "Dr. Priya Raman"."""
    parts: set[str] = set()
    for name in known:
        words = [word.text for word in words_of(name) if word.key not in NO_NAMES | TITLES]
        parts |= set(words)
        if len(words) > 1:
            whole = r"(?<!\w)" + r"\W{1,3}".join(rf"({re.escape(word)})" for word in words) + r"(?!\w)"
            for match in re.finditer(whole, text, re.IGNORECASE):
                yield from (Found(*match.span(n), "NAME") for n in range(1, len(words) + 1))
    yield from _occurrences(text, parts)


def _occurrences(text: str, names: Set[str], terms: Set[int] = frozenset()) -> Iterator[Found]:
    """Every occurrence of some names; where one is an ordinary word or an eponym, only those written large.

    terms: the places that terms of medicine take, "Bell's palsy"; a Bell there is not Dr. Bell.
    """
    throughout = frozenset() if is_cased(text) else WORD_NAMES - COMMON_WORD_NAMES
    large = {
        name
        for name in names
        if (is_ordinary(folded(name)) and folded(name) not in throughout) or folded(name) in EPONYMS
    }
    keys = {folded(name) for name in names - large if len(name) > 1}
    for word in words_of(text):
        if word.key in keys or (word.text in large and word.large and word.start not in terms):
            yield Found(word.start, word.end, "NAME")
    for name in sorted(names, key=len, reverse=True):
        if _HANGUL.fullmatch(name) and len(name) > 1:
            pattern = rf"(?<![가-힣]){name}(?={_KO_FOLLOWS}|[^가-힣]|$)"
        elif " " in name or "-" in name:  # spelt
            pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
        else:
            continue
        for match in re.finditer(pattern, text, re.IGNORECASE):
            yield Found(match.start(), match.end(), "NAME")
