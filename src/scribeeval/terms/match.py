"""Match the words of a text against the lexicon: one pass from left to right, the longest term wins."""

import re
from functools import lru_cache
from typing import NamedTuple

from scribeeval.terms.clinical_lexicon import ClinicalLexicon, Entry, clinical_lexicon, spelling
from scribeeval.terms.keys import Words, is_hangul, split_words, stem_of
from scribeeval.terms.lexicon import Concept
from scribeeval.terms.spelling import SHORTEST, correct

# What may stand between two words of one term; not the end of a sentence or of an item of a list.
_JOINT = re.compile(
    r"[ \t\u00a0]{0,3}[-‐‑–/&'’\n]?[ \t\u00a0]{0,3}"
    r"(?:\b(?:the|my|his|her|your|their|our)\b[ \t\u00a0\n-]{0,2})?",
    re.IGNORECASE,
)
_ALLERGY = re.compile(r"allerg|anaphyla|intoleran|sensitiv|hives|epi-?pen|알레르기|알러지", re.IGNORECASE)
_OWNED = re.compile(r"\b(?:my|his|her|your|their|the|mid|left|right) $", re.IGNORECASE)
# Particles, and endings of the verbs in the Korean table ("머리가 아프" + "다고").
_PARTICLES = re.compile(
    r"(?:이|가|은|는|을|를|과|와|의|도|에|로|으로|만|나|이나|상|상에서|까지|부터|에서|에는|에도|에게|이라|라고|이라고|처럼|보다|마다|조차|밖에"
    r"|으로는|으로도|이며|이고|인|인데|입니다|이다|였다|이었다|적|성|증|약|쪽|들|및|또는|시|후|전|중|때"
    r"|있음|없음|있다|없다|있고|없고|있어|없어|없이|있는|없는|있습니다|없습니다|의심|소견|호소|부인|동반|악화|호전|진단|병력|증상|치료|환자|관련|예방|검사"
    r"|하다|하고|함|한|했다|했음|하며|해서|합니다|했습니다|됨|된|되어|되었음"
    r"|다|고|네요|며|지만|니다|어요|아요|서|면서|음|던|요|어|다고|ㄴ|졌다|짐)+"
)
_CUT_FROM = 3  # syllables left of a compound: "급성충수염" holds 충수염


class Match(NamedTuple):
    """A term in a text: text[start:end]; misspelt: the name that was meant, if it is a misspelt drug."""

    start: int
    end: int
    concept: Concept
    misspelt: str = ""


def match_terms(text: str, lexicon: ClinicalLexicon) -> list[Match]:
    """Find the terms of a text in its order, without overlap."""
    words = split_words(text)
    stems, lengths, packed, added = words.stems, lexicon.lengths, lexicon.packed, lexicon.added
    matches: list[Match] = []
    at, n_words = 0, len(stems)
    while at < n_words:
        stem = stems[at]
        begins = lengths.get(f"{stem} {stems[at + 1]}") if at + 1 < n_words else None
        used, match = 0, None
        if begins or stem in packed or stem in added or (stem >= "ㄱ" and stem in lengths):
            used, match = _longest(text, words, at, f"{begins or lengths.get(stem, '')}1", lexicon)
        if not used and (len(stem) >= SHORTEST or text.startswith("-", words.ends[at]) or is_hangul(stem)):
            used, match = _otherwise(text, words, at, lexicon)
        if match is not None:
            matches.append(match)
        at += used or 1
    return matches


def _longest(
    text: str, words: Words, at: int, lengths: str, lexicon: ClinicalLexicon
) -> tuple[int, Match | None]:
    """Words used and the longest term from a word on; a phrase that is no term uses its words up."""
    stems, most = words.stems, len(words.stems) - at
    for n_words in map(int, lengths):
        if n_words > most:
            continue
        last = at + n_words - 1
        key = " ".join(stems[at : last + 1])
        entry, cut = lexicon.entry(key), 0
        if entry is None and n_words > 1 and is_hangul(stems[last]):
            entry, cut = _without_last_particle(key, stems[last], lexicon)
        if entry is None or not _is_joined(text, words, at, last):
            continue
        start, end = words.starts[at], words.ends[last] - cut
        if _holds(entry.condition, text, start, end):
            return n_words, Match(start, end, entry.concept) if entry.concept else None
    return 0, None


def _without_last_particle(key: str, last: str, lexicon: ClinicalLexicon) -> tuple[Entry | None, int]:
    """Give what a Korean key names without its last particle, and how many syllables fell away."""
    for length in _without_particles(last):
        cut = len(last) - length
        entry = lexicon.entry(key[:-cut])
        if entry is not None:
            return entry, cut
    return None, 0


def _is_joined(text: str, words: Words, at: int, last: int) -> bool:
    for i in range(at, last):
        end, start = words.ends[i], words.starts[i + 1]
        gap = text[end:start]
        initial = gap == ". " and end - words.starts[i] == 1  # "H. pylori"
        if gap not in (" ", "-") and not initial and _JOINT.fullmatch(gap) is None:
            return False
        if "\n" in gap and not text[start].islower():  # a wrapped line, not a new item
            return False
    return True


def _holds(condition: str, text: str, start: int, end: int) -> bool:
    """Tell whether a surface stands as its entry asks."""
    if not condition:
        return True
    surface = text[start:end]
    if condition == "upper":
        return surface.isupper() or (len(surface) > 2 and surface[-1] == "s" and surface[:-1].isupper())
    if condition == "plural":
        return surface.lower() != stem_of(surface)
    if condition == "lower":
        return surface.islower()
    if condition == "allergy":
        line = text.rfind("\n", 0, start) + 1
        return _ALLERGY.search(text, max(line, start - 150), end + 60) is not None
    if condition == "owned":
        return _OWNED.search(text, max(0, start - 6), start) is not None
    return surface == condition.removeprefix("exact:")


def _otherwise(text: str, words: Words, at: int, lexicon: ClinicalLexicon) -> tuple[int, Match | None]:
    """Look at a word in other ways: with a particle, in a compound, without its hyphen, misspelt."""
    stem, start, end = words.stems[at], words.starts[at], words.ends[at]
    if is_hangul(stem):
        return 1, _korean(stem, start, end, lexicon)
    if text.startswith("-", end) and at + 1 < len(words.stems) and words.starts[at + 1] == end + 1:
        entry = lexicon.entry(stem + words.stems[at + 1])
        if entry is not None and entry.concept is not None and not entry.condition:
            return 2, Match(start, words.ends[at + 1], entry.concept)
    if len(stem) >= SHORTEST:
        name = drug_meant(stem)
        entry = lexicon.entry(name) if name else None
        if entry is not None and entry.concept is not None:
            return 1, Match(start, end, entry.concept, name or "")
    return 1, None


def _korean(stem: str, start: int, end: int, lexicon: ClinicalLexicon) -> Match | None:
    """Match a Korean word without its particle, or the end of a compound ("급성충수염")."""
    for first in range(max(1, len(stem) - _CUT_FROM + 1)):
        rest = stem[first:]
        for cut in (len(rest), *_without_particles(rest)):
            entry = lexicon.entry(rest[:cut])
            if entry is not None and entry.concept is not None and (first == 0 or cut >= _CUT_FROM):
                return Match(start + first, start + first + cut, entry.concept)
    return None


def _without_particles(word: str) -> list[int]:
    """Lengths that leave only particles and endings behind, longest first."""
    return [cut for cut in range(len(word) - 1, 0, -1) if _PARTICLES.fullmatch(word, cut)]


@lru_cache(maxsize=1 << 16)
def drug_meant(stem: str) -> str | None:
    """Give the drug name that a word misspells; None where it is a word of its own, or could be two drugs."""
    table = spelling()
    lexicon = clinical_lexicon()
    if stem in table.known or stem in lexicon.packed or not stem.isalpha():
        return None
    return correct(stem, table.drugs, table.rivals, lexicon.entry)
