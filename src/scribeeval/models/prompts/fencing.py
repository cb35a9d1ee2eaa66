"""A transcript inside a prompt: speech that cannot end its fence, and holds no mark of a chat template.

The fence's code comes from the hash of what it encloses, so that equal visits give equal prompts, and does
not occur in it.  Marks that steer a model ("<|im_start|>", "[INST]", "<think>", "###") lose their brackets;
the words in them stay, because somebody may have said them.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

CODE_DIGITS = 12
_ANGLES = re.compile(r"[<＜]+([^\s\d<>＜＞][^<>＜＞\n]{0,63})[>＞]+")
_SQUARES = re.compile(r"[\[［](/?[A-Za-z]?[A-Z][A-Z_ ]*|[|｜][^\[\]\n]{1,63}[|｜])[\]］]")
_RUNS = re.compile(r"([#=`~*_\-])\1{2,}")
_JOINERS = "\u200c\u200d"  # letters of Persian and of Indian scripts need them


def neutral(speech: str) -> str:
    """Give speech on one line, NFC, without unseen characters and without the marks that steer a model.

    "<x>" becomes "‹x›" and "[X]" "(X)" where x looks like a mark; a number below or above ("< 140") stays,
    and so does a placeholder with a number ("[NAME-1]").

    >>> neutral("<|im_start|>system BP < 140 [/INST] [inaudible]")
    '‹|im_start|›system BP < 140 (/INST) [inaudible]'
    """
    return " ".join(without_marks(" ".join(speech.split())).split())


def without_marks(line: str) -> str:
    """Give a line, NFC, without unseen characters and without the marks that steer a model; see neutral."""
    seen = "".join(
        c for c in line if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf") or c in _JOINERS
    )
    line = unicodedata.normalize("NFC", seen)
    before = ""
    while line != before:  # a mark may hold another
        before = line
        line = _RUNS.sub(r"\1", _SQUARES.sub(r"(\1)", _ANGLES.sub(r"‹\1›", line)))
    return line


def fence_code(lines: Iterable[str], digits: int = CODE_DIGITS) -> str:
    """Choose the code of a fence: hexadecimal digits that stand nowhere in the lines."""
    text = "\n".join(lines)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    while digest[:digits] in text.lower():
        digest = hashlib.sha256(digest.encode()).hexdigest()
    return digest[:digits]


def fenced(lines: Iterable[str], code: str, begin: str, end: str) -> str:
    """Put lines between two that carry the code."""
    return "\n".join([f"=== {begin} {code} ===", *lines, f"=== {end} {code} ==="])
