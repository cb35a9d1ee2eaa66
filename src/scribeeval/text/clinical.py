"""The normalizer `clinical-v1`: one spelling for one thing; no number, sign, comparator or unit changed.

In this order: characters, spoken numbers, numerals and their units, synonyms.  A text is searched only
for the words of the tables that it holds, so a note without one pays for a single scan.

Comparators stay as they are written: "greater than 7" keeps its words, "≥" is ">=".  Newlines become
spaces.  Source of the rules: the cases in tests/text/hazards.csv, each with who says so.
"""

import re
import unicodedata
from collections.abc import Mapping, Set

from scribeeval.text.spoken_numbers import LEVEL_LETTERS, NUMBER_WORDS, digits_for, levels, occurrences
from scribeeval.text.synonyms import DOSES, DOTTED, PHRASES, SPOKEN_NAMES, UNITS, UNITS_AFTER_NUMBER

_CHARACTERS: Mapping[str, str] = (
    # Full-width ASCII (U+FF01..U+FF5E), as Korean and Japanese keyboards type it.
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys("‘’‛′", "'")
    | dict.fromkeys("“”„″", '"')
    | dict.fromkeys("‐‑‒–−", "-")
    | dict.fromkeys("—―", " - ")
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff", "")  # seen by nobody
    | dict.fromkeys("\u00a0\u2009\u202f", " ")
    | {"µ": "u", "μ": "u", "\u039c": "u", "≤": "<=", "≥": ">=", "×": "x", "℃": "°c", "℉": "°f", "•": "*"}
)
_FOLDED = re.compile("[" + "".join(map(re.escape, _CHARACTERS)) + "]")
_LOWERED = re.compile("[₀-₉²³]+")
_TO_DIGIT = str.maketrans("₀₁₂₃₄₅₆₇₈₉²³", "012345678923")

_TO_SPACE = bytes.maketrans(b'!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~', b" " * 31)
_DOTTED_LETTER = re.compile(r"\.[a-z](?![a-z])")
_DOTTED = re.compile(rf"(?<![\w.])({'|'.join(map(re.escape, DOTTED))})(?:\.|(?!\w))")

# Patterns open with what is rare and look behind afterwards: the search is up to ten times faster.
_BARE_DECIMAL = re.compile(r"\.(?<![\w.]\.)(?=[0-9])")
_COMMA = re.compile(",(?=[0-9]{3})")
_THOUSANDS = re.compile(r"(?<![\w.,])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9]|,[0-9])")
_GLUED = "|".join(sorted(map(re.escape, DOSES), key=len, reverse=True))
_GLUED_UNIT = re.compile(rf"[0-9](?=[a-z%])({_GLUED})(?![a-z0-9])")
_NUMBER_END = re.compile(r"(?<![\w.])[0-9]+(?:[.,/][0-9]+)*$")
_SPACED_SLASH = re.compile("/ |/(?<= /)")
_SLASH = re.compile("(?<=[0-9]) ?/ ?(?=[0-9])")
_OVER = re.compile(
    r" over (?<=[0-9][0-9] over )([0-9]{2,3})(?!\.?[0-9])"
    "(?! ?(?:%|hr|min|second|minute|hour|day|week|month|year))"  # "100 over 20 minutes" is an infusion
)
_SYSTOLIC = re.compile(r"(?<![\w.,/-])[0-9]{2,3}$")
_EVERY = frozenset(("every", "q", *(f"q{hours}" for hours in range(1, 73))))
_INTERVAL = re.compile(
    r"(?:every |q ?)(?=[0-9])(?<![\w.]every )(?<![\w.]q)(?<![\w.]q )"
    r"([0-9]+)(?:(?:-| to )([0-9]+))? ?(?:hours?|hrs?|h)(?![a-z0-9])"
)
_ALL_UNITS = {**UNITS, **UNITS_AFTER_NUMBER}

# What must stand before a place, for a row to be applied there.
_ANYTHING = re.compile("")
_A_NUMBER = re.compile("(?<=[0-9][ -])")
_NO_LINK = re.compile("(?<![0-9.,/<>=-])(?<![0-9/<>=-] )(?<! to )(?<! or )(?<! and )(?<! by )")


def clinical_v1(text: str) -> str:
    """Write one thing in one way, and change no number, sign, comparator or unit.

    "Two point five milligrams" = "2.5mg" = "2.5 mg"; ".5 mg" = "0.5 mg"; "1,000" = "1000"; "b.i.d." =
    "BID" = "twice a day"; "one twenty over eighty" = "120 / 80" = "120/80".  Idempotent.  Hangul stays
    composed.  Source of the rules: tests/text/hazards.csv, where each row names who says so.
    """
    text = _fold(text)
    words = _words_of_tables(text)
    spoken = NUMBER_WORDS & words
    if spoken:
        text = _replace_rows(text, words, _SPOKEN_NAMES)
        if LEVEL_LETTERS & words:
            text = levels(text)
        text = digits_for(text, spoken)
    text = _write_numerals(text, words)
    for word in _ALL_UNITS.keys() & words:
        text = _replace(text, word, _ALL_UNITS[word], _ANYTHING if word in UNITS else _A_NUMBER)
    return _replace_rows(text, words, _PHRASES)


def _fold(text: str) -> str:
    """Fold characters, case and white space: NFC, full-width ASCII to ASCII, quotes, dashes, µ."""
    if not text.isascii():
        text = _FOLDED.sub(lambda match: _CHARACTERS[match[0]], unicodedata.normalize("NFC", text))
    text = " ".join(text.casefold().split()).replace("+/-", "±")
    if not text.isascii():
        text = _LOWERED.sub(_write_lowered, unicodedata.normalize("NFC", text))
    if _DOTTED_LETTER.search(text):
        text = _DOTTED.sub(lambda match: match[1].replace(".", ""), text)
    return _BARE_DECIMAL.sub("0.", text)


def _words_of_tables(text: str) -> frozenset[str]:
    """The words of the text that some table asks for.  All are ASCII, and bytes are split faster."""
    words = text.encode("ascii", "replace").translate(_TO_SPACE).split()
    return frozenset(word.decode() for word in _TRIGGERS.intersection(words))


def _write_lowered(match: re.Match[str]) -> str:
    """Digits for "co₂" and "m²", not for "10³"."""
    before = match.string[match.start() - 1 : match.start()]
    return match[0].translate(_TO_DIGIT) if "a" <= before <= "z" else match[0]


def _write_numerals(text: str, words: Set[str]) -> str:
    """Write thousands, units right at their number, pairs and intervals of hours in one way."""
    if _COMMA.search(text):
        text = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), text)
    text = _GLUED_UNIT.sub(_write_unit, text)
    if "over" in words:
        text = _OVER.sub(_write_over, text)
    if _SPACED_SLASH.search(text):
        text = _SLASH.sub("/", text)
    if not _EVERY.isdisjoint(words):
        text = _INTERVAL.sub(lambda match: f"q{'-'.join(filter(None, match.groups()))}h", text)
    return text


def _write_unit(match: re.Match[str]) -> str:
    """A space and the short spelling, where the digits are a number and not the end of a name."""
    end = match.start() + 1
    if not _NUMBER_END.search(match.string, max(0, end - 20), end):
        return match[0]
    return f"{match[0][0]} {_ALL_UNITS.get(match[1], match[1])}"


def _write_over(match: re.Match[str]) -> str:
    """A slash where the two numbers can be systolic and diastolic pressure (mmHg)."""
    before = _SYSTOLIC.search(match.string, max(0, match.start() - 4), match.start())
    systolic, diastolic = int(before[0]) if before else 0, int(match[1])
    plausible = 50 <= systolic <= 300 and 20 <= diastolic < systolic
    return f"/{match[1]}" if plausible else match[0]


def _replace(text: str, old: str, new: str, before: re.Pattern[str]) -> str:
    pieces: list[str] = []
    position = 0
    for start in occurrences(text, old):
        if before.match(text, start):
            pieces += (text[position:start], new)
            position = start + len(old)
    return "".join(pieces) + text[position:]


# A row: a word that the text must hold as it came, what to look for, and what to write instead.
_Rows = tuple[tuple[str, str, str], ...]
_TELLS_NOTHING = frozenset(UNITS.values()) | {"a1c", "day"}  # written by an earlier step, or too common


def _rows(table: Mapping[str, str]) -> _Rows:
    return tuple((_telling_word(old), old, new) for old, new in table.items())


def _telling_word(phrase: str) -> str:
    words: set[str] = set(re.findall("[a-z0-9]+", phrase)) - _TELLS_NOTHING
    return max(words, key=lambda word: (not word.isdigit(), len(word), word))


_SPOKEN_NAMES = _rows(SPOKEN_NAMES)
_PHRASES = _rows(PHRASES)
_TRIGGERS = frozenset(
    word.encode()
    for table in (
        NUMBER_WORDS,
        LEVEL_LETTERS,
        _ALL_UNITS,
        _EVERY,
        {"over"},
        {word for word, _, _ in _SPOKEN_NAMES + _PHRASES},
    )
    for word in table
)


def _replace_rows(text: str, words: Set[str], rows: _Rows) -> str:
    for word, old, new in rows:
        if word in words and old in text:
            # "1 or 2 times a day" is no "1 or bid".
            text = _replace(text, old, new, _NO_LINK if old[0].isdigit() else _ANYTHING)
    return text
