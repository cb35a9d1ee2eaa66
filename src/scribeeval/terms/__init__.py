"""Clinical terms: the lexicon and the concept finder.  Pure, with package data."""

from scribeeval.terms.finder import Mention, find_terms
from scribeeval.terms.lexicon import LEXICON, SEMANTIC_TYPES, load_lexicon
from scribeeval.terms.term_lists import TermList, keep_terms, lexicon_terms, make_term_list, medwer_terms

__all__ = [
    "LEXICON",
    "SEMANTIC_TYPES",
    "Mention",
    "TermList",
    "find_terms",
    "keep_terms",
    "lexicon_terms",
    "load_lexicon",
    "make_term_list",
    "medwer_terms",
]
