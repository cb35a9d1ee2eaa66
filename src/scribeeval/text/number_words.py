"""English number words to digits: ["four", "hundred", "and", "five"] -> "405".  Knows no context.

A word's class is one letter, so the shape of a list of words is a short string that a pattern judges:
d 1-9, e 10-19, t 20-90, h hundred, k m b the scales, z zero, o oh, r ordinal, a, & and, . point, / half.
"""

import re
from collections.abc import Sequence


def listed(words: str) -> list[str]:
    """The words of a table that is written as one line of text."""
    return words.split()


ONES = listed("one two three four five six seven eight nine")
TEENS = listed("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")
ORDINALS = listed(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_TENTHS = [f"{word[:-1]}ieth" for word in TENS]
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
VALUES = (
    {word: value for value, word in enumerate(ONES + TEENS, start=1)}
    | {word: 10 * value for value, word in enumerate(TENS, start=2)}
    | {word: value for value, word in enumerate(ORDINALS, start=1)}
    | {word: 10 * value for value, word in enumerate(_TENTHS, start=2)}
    | {"hundred": 100, "zero": 0, "oh": 0, "o": 0}
    | _SCALES
)
_CLASSES = (
    dict.fromkeys(ONES, "d")
    | dict.fromkeys(TEENS, "e")
    | dict.fromkeys(TENS, "t")
    | dict.fromkeys(ORDINALS + _TENTHS, "r")
    | {"hundred": "h", "thousand": "k", "million": "m", "billion": "b", "zero": "z", "oh": "o", "o": "o"}
    | {"a": "a", "and": "&", "point": ".", "half": "/"}
)
_BELOW_100 = "(?:td|[tde])"
_BELOW_1000 = f"(?:[da]h(?:&?{_BELOW_100})?|{_BELOW_100})"
_CARDINAL = re.compile(
    f"(?:{_BELOW_1000}b)?(?:&?(?:{_BELOW_1000}|a)m)?(?:&?(?:{_BELOW_1000}|a)k)?(?:&?{_BELOW_1000})?"
    f"|(?:td|e)h(?:&?{_BELOW_100})?"  # twelve hundred, twenty three hundred
)
_DECIMALS = re.compile(f"[doz]+|{_BELOW_100}")
_TWO_PARTS = re.compile("d(?:td|[te]|od)|[et](?:td|[te]|od)")


def shape(words: Sequence[str]) -> str:
    """The classes of the words, a letter each."""
    return "".join(_CLASSES[word] for word in words)


def cardinal(words: Sequence[str]) -> str | None:
    """A whole number: "zero", "twenty five", "a hundred and five", "twelve hundred", "two thousand ten"."""
    if list(words) == ["zero"]:
        return "0"
    if not words or not _CARDINAL.fullmatch(shape(words)):
        return None
    total = group = 0
    for word in words:
        if word in _SCALES:
            total += (group or 1) * _SCALES[word]
            group = 0
        elif word == "hundred":
            group = (group or 1) * 100
        else:
            group += VALUES.get(word, 0)  # "a" and "and" add nothing
    return str(total + group)


def two_parts(words: Sequence[str]) -> str | None:
    """A number said in two parts, the second of two digits: "one forty two", "nineteen oh five"."""
    if not _TWO_PARTS.fullmatch(shape(words)):
        return None
    return f"{VALUES[words[0]]}{sum(VALUES[word] for word in words[1:]):02}"


def decimal(words: Sequence[str]) -> str | None:
    """A number with a point: "two point five", "point oh five", "ten point twenty five"."""
    at = list(words).index("point")
    whole, fraction = words[:at], words[at + 1 :]
    left = two_parts(whole) if shape(whole) == "dod" else cardinal(whole or ["zero"])
    if left is None or not _DECIMALS.fullmatch(shape(fraction)):
        return None
    digits = [VALUES[word] for word in fraction]
    return f"{left}." + (str(sum(digits)) if shape(fraction)[0] in "te" else "".join(map(str, digits)))


def ordinal(words: Sequence[str]) -> str | None:
    """An ordinal: "fourth", "twenty first".

    "First", "second" and "third" alone are None: they are also an adverb, a unit and a fraction; so is
    "twenty second", a duration.
    """
    value = VALUES.get(words[-1], 0)  # "and" has none
    if shape(words) == "r":
        return f"{value}th" if value > 3 else None
    if shape(words) == "tr" and value < 10 and value != 2:
        return f"{VALUES[words[0]] + value}" + {1: "st", 3: "rd"}.get(value, "th")
    return None
