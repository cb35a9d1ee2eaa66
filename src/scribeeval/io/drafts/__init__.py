"""Drafts of scribe products, of every format: FORMATS, and what reads a file or a folder of them."""

from scribeeval.io.drafts.formats import FORMATS, format_named
from scribeeval.io.drafts.reading import FLAGS, Drafts, read_drafts

__all__ = ["FLAGS", "FORMATS", "Drafts", "format_named", "read_drafts"]
