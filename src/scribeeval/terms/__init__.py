"""Clinical terms: the lexicon and the concept finder.  Pure, with package data."""

from scribeeval.terms.finder import Mention, find_terms
from scribeeval.terms.lexicon import LEXICON, SEMANTIC_TYPES, load_lexicon

__all__ = ["LEXICON", "SEMANTIC_TYPES", "Mention", "find_terms", "load_lexicon"]
