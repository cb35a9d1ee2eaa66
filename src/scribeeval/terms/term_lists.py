"""Term lists: what counts as a medical term, as token sequences, and the terms of a text.

Two lists: the packaged lexicon, and medwer's (MedWER 1.0, 19,373 entries), read from its installed package.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.terms.lexicon import LEXICON, NORMALIZER, load_lexicon
from scribeeval.text import NORMALIZERS, TOKENIZERS


@dataclass(frozen=True, slots=True)
class TermList:
    """Terms as token sequences, with the normalizer and the tokenizer that made them.

    lengths: first token -> the lengths, in tokens, of the terms that start with it, longest first.
    """

    name: str
    normalizer: str
    tokenizer: str
    terms: frozenset[tuple[str, ...]]
    lengths: Mapping[str, tuple[int, ...]]


def make_term_list(name: str, normalizer: str, tokenizer: str, terms: Iterable[tuple[str, ...]]) -> TermList:
    """Index the terms; an empty one is left out."""
    kept = frozenset(term for term in terms if term)
    lengths: dict[str, set[int]] = {}
    for term in kept:
        lengths.setdefault(term[0], set()).add(len(term))
    longest_first = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}
    return TermList(name, normalizer, tokenizer, kept, longest_first)


@cache
def lexicon_terms() -> TermList:
    """Give the packaged lexicon's terms, singular and plural.  Cached: it is constant package data."""
    terms = load_lexicon().concepts.keys()
    return make_term_list(
        LEXICON, NORMALIZER, "words", (form for term in terms for form in (term, *_plurals(term)))
    )


def _plurals(term: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The plurals that find_terms takes for a term: "knee" -> knees; "mass" -> masses."""
    *head, last = term
    for ending in ("s", "es"):
        plural = last + ending
        if len(plural) > 3 and not plural.endswith("ss"):
            yield (*head, plural)


@cache
def medwer_terms(normalizer: str = NORMALIZER, tokenizer: str = "words") -> TermList:
    """Read medwer's list from its package, without importing it; each entry is normalized like a text.

    With "whisper-english" and "whitespace" this is medwer's own protocol.

    Raises:
        InputError: medwer is not installed.

    """
    try:
        package = metadata.distribution("medwer")
    except metadata.PackageNotFoundError:
        raise InputError("medwer's term list is not installed; run pip install medwer==1.0.0") from None
    path = Path(str(package.locate_file("medwer/data/medical_terms.txt")))
    normalize, tokenize = NORMALIZERS[normalizer], TOKENIZERS[tokenizer]
    lines = path.read_text(encoding="utf-8").splitlines()
    entries = (line for line in lines if not line.startswith("#"))
    terms = (tuple(tokenize(normalize(entry))) for entry in entries)
    return make_term_list(f"medwer-{package.version}", normalizer, tokenizer, terms)


def keep_terms(tokens: tuple[str, ...], terms: TermList) -> list[str]:
    """List the terms of a text in its order, each as one unit; the longest wins, from left to right."""
    kept: list[str] = []
    after = 0
    for at, token in enumerate(tokens):
        if at < after:
            continue
        for n_tokens in terms.lengths.get(token, ()):
            term = tokens[at : at + n_tokens]
            if term in terms.terms:
                kept.append(" ".join(term))
                after = at + n_tokens
                break
    return kept
