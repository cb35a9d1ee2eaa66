"""How Whisper's English normalizer writes numbers, with its faults: "co 2 is 40 o 2" -> "co 2 is 400 2".

Kept exact for parity with published tables.  For clinical text use `clinical-v1`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from scribeeval.text.number_words import ONES, ORDINALS, TEENS, TENS

_ZEROS = frozenset(("o", "oh", "zero"))
_ONES = {word: value for value, word in enumerate(ONES + TEENS, start=1)}
_TENS = {word: 10 * value for value, word in enumerate(TENS, start=2)}
_SCALES = {
    name: 10**power
    for name, power in {
        "hundred": 2,
        **{
            f"{prefix}illion": 3 * n
            for n, prefix in enumerate(
                ("m", "b", "tr", "quadr", "quint", "sext", "sept", "oct", "non", "dec"), start=2
            )
        },
        "thousand": 3,
    }.items()
}
_ORDINALS = ["zeroth", *ORDINALS[:8], "nineth", *ORDINALS[9:]]  # its own spelling: "ninth" stays a word
_SUFFIX = {1: "st", 2: "nd", 3: "rd"}
_ADDED = {word: (value, "") for word, value in (_ONES | _TENS).items()} | {
    **{("sixes" if word == "six" else f"{word}s"): (value, "s") for word, value in _ONES.items()},
    **{word: (n, _SUFFIX.get(n, "th")) for n, word in enumerate(_ORDINALS)},
    **{word.replace("y", "ies"): (value, "s") for word, value in _TENS.items()},
    **{word.replace("y", "ieth"): (value, "th") for word, value in _TENS.items()},
}
_MULTIPLIED = {
    name + ending: (value, ending) for name, value in _SCALES.items() for ending in ("", "s", "th")
}
_SIGNS = {"minus": "-", "negative": "-", "plus": "+", "positive": "+"}
_MONEY = {
    word + ending: symbol
    for word, symbol in {"pound": "£", "euro": "€", "dollar": "$", "cent": "¢"}.items()
    for ending in ("", "s")
}
_REPEATS = {"double": 2, "triple": 3}
_DECIMALS = _ZEROS | _ONES.keys() | _TENS.keys()
_WORDS = (
    _ZEROS
    | _ADDED.keys()
    | _MULTIPLIED.keys()
    | _SIGNS.keys()
    | _MONEY.keys()
    | _REPEATS.keys()
    | {"per", "percent", "and", "point"}
)
_ARABIC = re.compile(r"[-+£€$¢]?(\d+(?:\.\d+)?)")
_AND_A_HALF = re.compile(r"\band\s+a\s+half\b")
_LETTER_DIGIT = re.compile("([a-z])([0-9])")
_DIGIT_LETTER = re.compile("([0-9])([a-z])")
_SPACED_SUFFIX = re.compile(r"([0-9])\s+(st|nd|rd|th|s)\b")
_CENTS = re.compile(r"([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})\b")
_ONLY_CENTS = re.compile(r"[€£$]0.([0-9]{1,2})\b")  # the point stands for any character, as in the original
_ONE = re.compile(r"\b1(s?)\b")


def write_numbers(text: str) -> str:
    """Write the numbers of a cleaned, lower-case text as Whisper does, and "1" as "one"."""
    text = _LETTER_DIGIT.sub(r"\1 \2", _write_halves(text))
    text = _DIGIT_LETTER.sub(r"\1 \2", text)
    text = _SPACED_SUFFIX.sub(r"\1\2", text)
    text = " ".join(_written(text.split()))
    text = _CENTS.sub(lambda match: f"{match[1]}{match[2]}.{int(match[3]):02}", text)
    text = _ONLY_CENTS.sub(lambda match: f"¢{int(match[1])}", text)
    return _ONE.sub(r"one\1", text)


def _write_halves(text: str) -> str:
    *heads, tail = _AND_A_HALF.split(text)
    pieces: list[str] = []
    for head in heads:
        if head.strip():
            last = head.split()[-1]
            pieces += (head, "point five" if last in _DECIMALS or last in _SCALES else "and a half")
    return " ".join([*pieces, tail] if tail.strip() else pieces)


@dataclass(slots=True)
class _Pending:
    """The number that is being read: its value so far, an int while it can still be added to."""

    value: int | str | None = None
    prefix: str = ""

    def flush(self) -> Iterator[str]:
        if self.value is not None:
            yield self.write(str(self.value))

    def write(self, word: str) -> str:
        word = self.prefix + word
        self.value, self.prefix = None, ""
        return word


def _written(words: list[str]) -> Iterator[str]:
    number = _Pending()
    skip = False
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if skip:
            skip = False
        elif arabic := _ARABIC.fullmatch(word):
            yield from _arabic(number, word, arabic[1])
        elif word in _ZEROS:
            number.value = f"{number.value or ''}0"
        elif word in _ADDED:
            yield from _added(number, word, before)
        elif word in _MULTIPLIED:
            yield from _multiplied(number, word)
        elif word in _REPEATS and (after in _ONES or after in _ZEROS):
            number.value = f"{number.value or ''}" + str(_ONES.get(after, 0)) * _REPEATS[word]
            skip = True
        elif word == "per" and after == "cent" and number.value is not None:
            yield number.write(f"{number.value}%")
            skip = True
        else:
            yield from _other(number, word, before, after)
    yield from number.flush()


def _arabic(number: _Pending, word: str, digits: str) -> Iterator[str]:
    if isinstance(number.value, str) and number.value.endswith("."):
        number.value += word
        return
    yield from number.flush()
    if digits != word:
        number.prefix = word[0]
    fraction = Fraction(digits)
    number.value = fraction.numerator if fraction.denominator == 1 else digits


def _added(number: _Pending, word: str, before: str) -> Iterator[str]:
    """One to ninety: added where the number ends in enough zeros, else set behind it."""
    n, suffix = _ADDED[word]
    value = number.value
    if value is None:
        value = n
    elif isinstance(value, str) and before in _TENS and n < 10:
        value = f"{value[:-1]}{n}"
    elif isinstance(value, str) or before in _ONES or value % (10 if n < 10 else 100):
        value = f"{value}{n}"
    else:
        value += n
    number.value = value
    if suffix:
        yield number.write(f"{value}{suffix}")


def _multiplied(number: _Pending, word: str) -> Iterator[str]:
    scale, suffix = _MULTIPLIED[word]
    value = number.value
    if isinstance(value, str):
        value = _product(value, scale)
        if value is None:
            yield from number.flush()
    elif value is not None:
        value = value // 1000 * 1000 + value % 1000 * scale
    number.value = scale if value is None else value
    if suffix:
        yield number.write(f"{number.value}{suffix}")


def _product(value: str, scale: int) -> int | None:
    try:
        product = Fraction(value) * scale
    except ValueError:  # "1.2.3"
        return None
    return product.numerator if product.denominator == 1 else None


def _other(number: _Pending, word: str, before: str, after: str) -> Iterator[str]:
    """A word that is no number, but may be a sign, a unit or a link of one."""
    value = number.value
    number_follows = after in _WORDS or bool(re.match(r"\d+(?:\.\d+)?$", after))
    if word in _SIGNS and number_follows:
        yield from number.flush()
        number.prefix = _SIGNS[word]
    elif word in _MONEY and value is not None:
        number.prefix = _MONEY[word]
        yield from number.flush()
    elif word == "percent" and value is not None:
        yield number.write(f"{value}%")
    elif word == "and" and number_follows and before in _SCALES:
        return
    elif word == "point" and number_follows:
        if after in _DECIMALS or after not in _WORDS:
            number.value = f"{value or ''}."
    else:
        yield from number.flush()
        yield number.write(word)
