"""The normalizer `whisper-english`: Whisper's English one, for parity with published word error rates.

Unsafe for clinical text: it deletes the "mm" of "5 mm" and all that stands in parentheses, splits "A1c",
turns pounds of weight into money and "ST" into "saint" (tests/text/hazards.csv).  Not idempotent.

Source: Radford et al. (2022), "Robust Speech Recognition via Large-Scale Weak Supervision", appendix C, and
openai-whisper 20250625 (MIT), whose outputs are tests/golden/text/whisper_english.json.
"""

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

from scribeeval.text.whisper_numbers import write_numbers

_BRACKETS = re.compile(r"[<\[][^>\]]*[>\]]")
_PARENTHESES = re.compile(r"\(([^)]+?)\)")
_HESITATIONS = re.compile(r"\b(hmm|mm|mhm|mmm|uh|um)\b")
_SPACE_APOSTROPHE = re.compile(r"\s+'")
_WHOLE_WORDS: Mapping[str, str] = {
    "won't": "will not",
    "can't": "can not",
    "let's": "let us",
    "ain't": "aint",
    "y'all": "you all",
    "wanna": "want to",
    "gotta": "got to",
    "gonna": "going to",
    "i'ma": "i am going to",
    "imma": "i am going to",
    "woulda": "would have",
    "coulda": "could have",
    "shoulda": "should have",
    "ma'am": "madam",
    "mr": "mister ",
    "mrs": "missus ",
    "st": "saint ",
    "dr": "doctor ",
    "prof": "professor ",
    "capt": "captain ",
    "gov": "governor ",
    "ald": "alderman ",
    "gen": "general ",
    "sen": "senator ",
    "rep": "representative ",
    "pres": "president ",
    "rev": "reverend ",
    "hon": "honorable ",
    "asst": "assistant ",
    "assoc": "associate ",
    "lt": "lieutenant ",
    "col": "colonel ",
    "jr": "junior ",
    "sr": "senior ",
    "esq": "esquire ",
}
_WORD_ENDS: Mapping[str, str] = {
    "'d been": " had been",
    "'s been": " has been",
    "'d gone": " had gone",
    "'s gone": " has gone",
    "'d done": " had done",
    "'s got": " has got",
    "n't": " not",
    "'re": " are",
    "'s": " is",
    "'d": " would",
    "'ll": " will",
    "'t": " not",
    "'ve": " have",
    "'m": " am",
}
_CONTRACTIONS = [
    *((re.compile(rf"\b{old}\b"), new) for old, new in _WHOLE_WORDS.items()),
    *((re.compile(rf"{old}\b"), new) for old, new in _WORD_ENDS.items()),
]
_COMMA_IN_NUMBER = re.compile(r"(\d),(\d)")
_POINT_NO_DECIMAL = re.compile(r"\.([^0-9]|$)")
_SYMBOL_NO_NUMBER = re.compile("[.$¢€£]([^0-9])")
_PERCENT_NO_NUMBER = re.compile("([^0-9])%")
_SPACES = re.compile(r"\s+")
_KEPT = frozenset(".%$¢€£")
_LETTERS = {"œ": "oe", "ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ð": "d", "þ": "th", "ł": "l"}


def whisper_english(text: str) -> str:
    """Normalize as openai-whisper's EnglishTextNormalizer does, output for output."""
    text = _BRACKETS.sub("", text.lower())
    text = _PARENTHESES.sub("", text)
    text = _HESITATIONS.sub("", text)
    text = _SPACE_APOSTROPHE.sub("'", text)
    for pattern, replacement in _CONTRACTIONS:
        text = pattern.sub(replacement, text)
    text = _COMMA_IN_NUMBER.sub(r"\1\2", text)
    text = _POINT_NO_DECIMAL.sub(r" \1", text)
    text = "".join(map(_plain, unicodedata.normalize("NFKD", text)))
    text = write_numbers(text)
    american = _american_spellings()
    text = " ".join(american.get(word, word) for word in text.split())
    text = _SYMBOL_NO_NUMBER.sub(r" \1", text)
    text = _PERCENT_NO_NUMBER.sub(r"\1 ", text)
    return _SPACES.sub(" ", text)


@cache
def _plain(char: str) -> str:
    """A character without its diacritic; a space for a symbol, a mark or punctuation."""
    if char in _KEPT:
        return char
    category = unicodedata.category(char)
    if category == "Mn":
        return ""
    return " " if category[0] in "MSP" else _LETTERS.get(char, char)


@cache
def _american_spellings() -> Mapping[str, str]:
    table = resources.files("scribeeval.text") / "data" / "whisper_spelling.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return {row["british"]: row["american"] for row in rows}
