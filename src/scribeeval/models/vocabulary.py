"""Vocabulary help: terms that a recogniser may be told of before it listens.

From a file of the user's (a term a line, the most important first), or from the core lexicon: its drugs,
then lab values and vitals, then procedures, which small models misspell most.  An engine takes as many
from the start as its prompt holds (engines/prompt.py).
"""

from collections.abc import Iterator
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.files import read_text
from scribeeval.terms import load_lexicon

LEXICON_WORDS = "lexicon"  # the setting that takes them from the lexicon
TYPES = ("drug", "lab_or_vital", "procedure")
MOST_WORDS = 1000  # of a file; some sixty fit into a prompt


def vocabulary(source: str) -> tuple[str, ...]:
    """Give the terms of a source, each once: "" none, "lexicon", or the path of a UTF-8 file.

    In a file, empty lines and lines that start with # are left out.

    Raises:
        InputError: the file cannot be read, or holds no term or more than MOST_WORDS.

    """
    if not source:
        return ()
    if source == LEXICON_WORDS:
        return tuple(dict.fromkeys(_lexicon_words()))
    lines = (line.strip() for line in read_text(Path(source)).splitlines())
    terms = tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))
    if not 0 < len(terms) <= MOST_WORDS:
        raise InputError(f"{source}: holds {len(terms)} terms; give 1 to {MOST_WORDS}, one a line")
    return terms


def _lexicon_words() -> Iterator[str]:
    concepts = load_lexicon().concepts.values()
    for semantic_type in TYPES:
        yield from (concept.name for concept in concepts if concept.semantic_type == semantic_type)
