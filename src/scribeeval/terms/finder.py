"""Find the terms of core-1 in a text: one pass, longest match first, singular and plural alike.

Kept as it was for the metrics whose signatures name core-1; find_terms has the larger lexicon.
"""

import re
import unicodedata

from scribeeval.terms.lexicon import Lexicon, load_lexicon
from scribeeval.terms.mentions import Mention
from scribeeval.text import split_sections

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.;:!?\n]")


def find_core_terms(text: str) -> list[Mention]:
    """Find the mentions of a text in its order, without overlap; section headers are no mentions.

    The longest term wins ("migraine without aura" is one mention); a term does not cross the end of
    a sentence.  Assertion is not judged here: "no fever" mentions fever.
    """
    lexicon = load_lexicon()
    headers = [(section.header_start, section.start) for section in split_sections(text)]
    mentions: list[Mention] = []
    tokens = [
        (unicodedata.normalize("NFC", match[0]).casefold().replace("’", "'"), match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]
    at = 0
    while at < len(tokens):
        found = _longest(lexicon, text, tokens, at)
        if found is None:
            at += 1
            continue
        mention, n_tokens = found
        if not any(start <= mention.start < end for start, end in headers):
            mentions.append(mention)
        at += n_tokens
    return mentions


def _longest(
    lexicon: Lexicon, text: str, tokens: list[tuple[str, int, int]], at: int
) -> tuple[Mention, int] | None:
    first = tokens[at][0]
    most = max(lexicon.longest.get(form, 0) for form in _forms(first))
    for n_tokens in range(min(most, len(tokens) - at), 0, -1):
        start, end = tokens[at][1], tokens[at + n_tokens - 1][2]
        if n_tokens > 1 and _SENTENCE_END.search(text, start, end):
            continue
        *head, last = (token for token, _, _ in tokens[at : at + n_tokens])
        for form in _forms(last):
            concept = lexicon.concepts.get((*head, form))
            if concept is not None:
                return Mention(start, end, text[start:end], concept.name, concept.semantic_type), n_tokens
    return None


def _forms(token: str) -> tuple[str, ...]:
    """The token and its singulars: "knees" -> knee, "statins" -> statin, "boxes" -> boxe, box."""
    if len(token) > 3 and token.endswith("es"):
        return token, token[:-1], token[:-2]
    if len(token) > 3 and token.endswith("s") and not token.endswith("ss"):
        return token, token[:-1]
    return (token,)
