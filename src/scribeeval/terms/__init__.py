"""Clinical terms: the lexicon and the concept finder.  Pure, with package data."""

from scribeeval.terms.assertion import Assertion
from scribeeval.terms.clinical_lexicon import (
    CLINICAL_LEXICON,
    SITE_COLUMNS,
    ClinicalLexicon,
    SiteTerms,
    abbreviations,
    add_terms,
    clinical_lexicon,
    lay_pairs,
    lexicon_sources,
)
from scribeeval.terms.finder import find_core_terms
from scribeeval.terms.lexicon import LEXICON, SEMANTIC_TYPES, load_lexicon
from scribeeval.terms.mentions import ConceptFinder, Mention, find_terms
from scribeeval.terms.term_lists import TermList, keep_terms, lexicon_terms, make_term_list, medwer_terms

__all__ = [
    "CLINICAL_LEXICON",
    "LEXICON",
    "SEMANTIC_TYPES",
    "SITE_COLUMNS",
    "Assertion",
    "ClinicalLexicon",
    "ConceptFinder",
    "Mention",
    "SiteTerms",
    "TermList",
    "abbreviations",
    "add_terms",
    "clinical_lexicon",
    "find_core_terms",
    "find_terms",
    "keep_terms",
    "lay_pairs",
    "lexicon_sources",
    "lexicon_terms",
    "load_lexicon",
    "make_term_list",
    "medwer_terms",
]
