"""Normalizers: pure functions from text to text, by versioned name.

A metric names its normalizer in its signature.  A changed normalizer gets a new name.
"""

import unicodedata
from collections.abc import Callable, Mapping

from scribeeval.text.clinical import clinical_v1
from scribeeval.text.whisper_english import whisper_english


def raw(text: str) -> str:
    """Return the text as it is, but for canonical composition (NFC) and line ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def aci_bench(text: str) -> str:
    """Return the text untouched: ACI-BENCH's evaluation hands whole notes to ROUGE as the table holds them.

    Its only preparation is for divisions, where a newline becomes the text "__lf1__" (which ROUGE then
    counts as a word, "lf1"); we do not score that.  Source: Yim et al. (2023), evaluate_fullnote.py.
    """
    return text


NORMALIZERS: Mapping[str, Callable[[str], str]] = {
    "raw": raw,
    "clinical-v1": clinical_v1,
    "whisper-english": whisper_english,
    "aci-bench": aci_bench,
}
