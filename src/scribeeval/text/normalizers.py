"""Normalizers: pure functions from text to text, by versioned name.

A metric names its normalizer in its signature.  A changed normalizer gets a new name.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping

# Full-width ASCII (U+FF01..U+FF5E), as Korean and Japanese keyboards type it, to ASCII.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_PUNCTUATION = {
    ord("‘"): "'",
    ord("’"): "'",
    ord("“"): '"',
    ord("”"): '"',
    ord("–"): "-",
    ord("—"): " - ",
    ord("−"): "-",
    ord("\u00a0"): " ",
    ord("µ"): "u",
    ord("μ"): "u",
}

# Spelled-out units and frequencies of prescriptions: one spelling for one thing, no number touched.
_SYNONYMS: Mapping[str, str] = {
    "milligram": "mg",
    "milligrams": "mg",
    "mgs": "mg",
    "microgram": "mcg",
    "micrograms": "mcg",
    "ug": "mcg",
    "gram": "g",
    "grams": "g",
    "kilogram": "kg",
    "kilograms": "kg",
    "kilo": "kg",
    "kilos": "kg",
    "milliliter": "ml",
    "milliliters": "ml",
    "millilitre": "ml",
    "millilitres": "ml",
    "millimeter": "mm",
    "millimeters": "mm",
    "centimeter": "cm",
    "centimeters": "cm",
    "pound": "lb",
    "pounds": "lb",
    "lbs": "lb",
    "percent": "%",
    "b.i.d.": "bid",
    "b.i.d": "bid",
    "t.i.d.": "tid",
    "t.i.d": "tid",
    "q.i.d.": "qid",
    "q.i.d": "qid",
    "p.r.n.": "prn",
    "p.r.n": "prn",
    "p.o.": "po",
    "p.o": "po",
}
_SYNONYM = re.compile(
    r"(?<![\w.])(?:" + "|".join(sorted(map(re.escape, _SYNONYMS), key=len, reverse=True)) + r")(?!\w)"
)
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_BARE_DECIMAL = re.compile(r"(?<![\d.\w])\.(?=\d)")
_NUMBER_UNIT = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)(mg|mcg|ug|g|kg|ml|dl|l|mm|cm|lbs?|mmhg|bpm|meq|units?)(?!\w)"
)
_NUMBER_PERCENT = re.compile(r"(\d)%")
_SPACES = re.compile(r"\s+")


def raw(text: str) -> str:
    """Return the text as it is, but for canonical composition (NFC) and line ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def clinical_v1(text: str) -> str:
    """Fold case, quotes, spelled-out units and number formats; change no number and no unit.

    "2.5 Milligrams" = "2.5mg" = "2.5 mg"; ".5 mg" = "0.5 mg"; "1,000" = "1000"; "b.i.d." = "BID".
    Idempotent.  Hangul stays composed.
    """
    text = raw(text).translate(_FULL_WIDTH).translate(_PUNCTUATION).casefold()
    text = unicodedata.normalize("NFC", text)
    text = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), text)
    text = _BARE_DECIMAL.sub("0.", text)
    text = _NUMBER_UNIT.sub(r"\1 \2", text)
    text = _NUMBER_PERCENT.sub(r"\1 %", text)
    text = _SYNONYM.sub(lambda match: _SYNONYMS[match[0]], text)
    return _SPACES.sub(" ", text).strip()


NORMALIZERS: Mapping[str, Callable[[str], str]] = {"raw": raw, "clinical-v1": clinical_v1}
