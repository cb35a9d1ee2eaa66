"""Plain measures of a note: lengths and word overlap, beside which a metric has to prove itself.

Not metrics: nobody should want a note to be long or short by itself.  Yet length alone ranks omissions
as well as many a metric, and a metric that does no better than these has shown nothing.
"""

from collections.abc import Callable, Mapping

from scribeeval.metrics.base import ratio
from scribeeval.records import Pair
from scribeeval.text import NORMALIZERS, words

NORMALIZER = "clinical-v1"


def _words(text: str) -> list[str]:
    return words(NORMALIZERS[NORMALIZER](text))


def _length_words(pair: Pair) -> float | None:
    return float(len(_words(pair.hypothesis)))


def _length_chars(pair: Pair) -> float | None:
    return float(len(pair.hypothesis))


def _length_ratio(pair: Pair) -> float | None:
    return ratio(len(_words(pair.hypothesis)), len(_words(pair.reference)))


def _new_words(pair: Pair) -> float | None:
    return None if pair.source is None else _absent(_words(pair.hypothesis), _words(pair.source))


def _missing_words(pair: Pair) -> float | None:
    return _absent(_words(pair.reference), _words(pair.hypothesis))


def _absent(tokens: list[str], others: list[str]) -> float | None:
    """Share of the tokens that are none of the others; None without a token."""
    known = set(others)
    return ratio(sum(token not in known for token in tokens), len(tokens))


PLAIN: Mapping[str, tuple[str, Callable[[Pair], float | None]]] = {
    "hypothesis_words": ("Words of the hypothesis", _length_words),
    "hypothesis_chars": ("Characters of the hypothesis", _length_chars),
    "length_ratio": ("Words of the hypothesis / words of the reference", _length_ratio),
    "new_words_share": ("Share of the hypothesis's words that the source lacks", _new_words),
    "missing_words_share": ("Share of the reference's words that the hypothesis lacks", _missing_words),
}
