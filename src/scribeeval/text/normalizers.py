"""Normalizers: pure functions from text to text, by versioned name.

A metric names its normalizer in its signature.  A changed normalizer gets a new name.
"""

import unicodedata
from collections.abc import Callable, Mapping

from scribeeval.text.clinical import clinical_v1


def raw(text: str) -> str:
    """Return the text as it is, but for canonical composition (NFC) and line ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


NORMALIZERS: Mapping[str, Callable[[str], str]] = {
    "raw": raw,
    "clinical-v1": clinical_v1,
}
