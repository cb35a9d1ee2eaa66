"""A picture of an alignment in plain text, for a terminal or any page in a fixed-width font."""

import unicodedata
from collections.abc import Iterable, Mapping

from scribeeval.text.alignment import Op

_LETTERS: Mapping[str, str] = {"hit": "", "substitution": "S", "deletion": "D", "insertion": "I"}
_LABELS = ("REF", "HYP", "OPS")


def draw_alignment(ops: Iterable[Op], width: int = 100) -> str:
    """Draw blocks of three lines, REF over HYP over OPS: S, D, I under an edit, `*` where a token lacks.

    width: columns of a line; a wider token has a block of its own.  A Hangul syllable takes two
    columns.  What cannot be printed is escaped: a transcript must not steer a terminal.

    >>> print(draw_alignment([Op("hit", "no", "no"), Op("deletion", "chest", None)]))
    REF: no chest
    HYP: no *****
    OPS:    D
    """
    blocks: list[list[list[str]]] = []
    used = width
    for op in ops:
        column, taken = _column(op)
        if used + 1 + taken > width:
            blocks.append([[f"{label}:"] for label in _LABELS])
            used = len(_LABELS[0]) + 1
        for line, cell in zip(blocks[-1], column, strict=True):
            line.append(cell)
        used += 1 + taken
    return "\n\n".join("\n".join(" ".join(line).rstrip() for line in block) for block in blocks)


def _column(op: Op) -> tuple[tuple[str, str, str], int]:
    """One step's three cells, filled up to one width, and that width."""
    sides = [None if token is None else _printable(token) for token in (op.reference, op.hypothesis)]
    width = max(1, *(_columns(token) for token in sides if token is not None))
    reference, hypothesis = ("*" * width if token is None else _fill(token, width) for token in sides)
    return (reference, hypothesis, _fill(_LETTERS[op.kind], width)), width


def _printable(token: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in token)


def _fill(text: str, width: int) -> str:
    return text + " " * (width - _columns(text))


def _columns(text: str) -> int:
    """Columns that a terminal gives a text: 2 for wide and full-width characters, 0 for combining marks."""
    return sum(
        2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.category(c).startswith("M")
        for c in text
    )
