"""Text: normalizers and tokenizers by versioned name, sections, alignment.  Pure functions."""

from scribeeval.text.alignment import EditCounts, Op, align, count_edits, distance
from scribeeval.text.alignment_view import draw_alignment
from scribeeval.text.normalizers import NORMALIZERS
from scribeeval.text.sections import exclude_blocks, split_sections
from scribeeval.text.tokenizers import TOKENIZERS, words

__all__ = [
    "NORMALIZERS",
    "TOKENIZERS",
    "EditCounts",
    "Op",
    "align",
    "count_edits",
    "distance",
    "draw_alignment",
    "exclude_blocks",
    "split_sections",
    "words",
]
