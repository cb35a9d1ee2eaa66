"""Names of persons in English, from the words around them and from lists of names.

In a text with capitals a capital is evidence; in a recogniser's lower case only lists and contexts are.
Terms and eponyms of medicine are no names unless a title says so ("Dr. Bell").
"""

import re
from collections.abc import Iterator, Set

from scribeeval.models.deidentify.base import Found
from scribeeval.models.deidentify.reading import Reading, is_contraction, is_in, is_ordinary
from scribeeval.models.deidentify.words import (
    AFTER_TITLE_NEVER,
    COMMON_WORD_NAMES,
    KIN,
    MONTHS,
    NO_NAMES,
    PARTICLES,
    ROLE_TITLES,
    TITLES,
    WORD_NAMES,
)

_I = re.IGNORECASE

# Behind these any word that can be a name is one ...
_STRONG = re.compile(
    r"\b(?:(?:my|your|his|her|their|patient|full|first|last|the)(?: \w+)? name(?:['’]s|s| is| was|:)|"
    r"name is|call me|goes by|go by|i go by|speaking with|speak with|speak to|ask for|asked for|nicknamed|"
    r"short for|signed by|dictating (?:on|for)|patient is|this is dr\.?|copy to|attention)(?: (?:is|"
    r"it['’]s|just|either))*[ ,:]+$",
    _I,
)
# ... and behind these a word that is in the lists, or large and no ordinary word.
_WEAK = re.compile(
    r"\b(?:i['’]?m|i am|this is|it['’]?s|that['’]s|here['’]s|who['’]s|hi|hello|hey|hiya|welcome|"
    r"welcome back|thanks|thank you|good morning|good afternoon|good evening|okay|ok|so|alright|all right|"
    r"bye|goodbye|see you|see ya|and|with|from|is it|"
    rf"(?:my|his|her|your|our|their|the|'s) (?:\w+[ -]){{0,2}}?(?:{KIN})(?:['’]s| is| was)?(?: (?:called|"
    rf"named))?|for|did|tell|saw|visit for|intake for|nurse|"
    r"medical assistant|resident|now|yeah|yes|no|sorry|right|well|oh|morning|afternoon|evening|is|have|can|"
    r"by|or|to|see)[ ,]+$",
    _I,
)
_OF_KIN = re.compile(
    rf"\b(?:my|his|her|your|our|their) (?:\w+[ -]){{0,2}}?(?:{KIN})(?:['’]s| is|"
    rf" was)?[ ,]+(?:(?:is )?(?:called|named) )?$",
    _I,
)
_CALLED_THEN = re.compile(
    r" (?:how|what|where|when|tell|can you|do you|are you|have you|let['’]s|what['’]s|how['’]s)\b", _I
)
_OPENER = re.compile(r"(?:^|\n|\b(?:so|okay|ok|alright|and|well|thanks|right) )$", _I)
_GREETING = re.compile(
    r"\b(?:hi|hey|hello|bye|good (?:morning|afternoon|evening)|thanks|thank you|take care)(?: there)?[ ,]+$",
    _I,
)
_ASKED = re.compile(
    r"(?:\bname\b[^\n]*|who(?:['’]s| is| am i)[^\n]*|what should i call you|speaking with|"
    r"and the patient\??|and this is\??|call you\??)[^\n]*\n(?:(?:yes|yeah|yep|sure|um|uh|hi|okay|so|"
    r"it['’]?s|that['’]s|my name is|i['’]?m|this is|her name is|his name is|mr\.?|mrs\.?|ms\.?|she['’]s|"
    r"he['’]s)[ ,.]+)*$",
    _I,
)
_SPELLED = re.compile(
    r"(?<![\w'-])(?:[^\W\d_][-.]){2,}[^\W\d_](?![\w-])|(?<![\w'’-])(?:o['’] ?)?[a-z](?: [a-z]){3,}(?![\w'’])",
    _I,
)
_SPELL_CUE = re.compile(
    r"\b(?:spell|spelled|spelling|last name|first name|full name|your name|letters)\b", _I
)
_ROLE_AFTER = re.compile(r",? (?:m\.?d|d\.?o|r\.?n|np|pa-c|ph\.?d)\b", _I)
_NEVER = AFTER_TITLE_NEVER | NO_NAMES | TITLES


def find_names(text: str, terms: Set[int]) -> Iterator[Found]:
    """Each word of each name.  terms: the places in the text that terms of medicine take."""
    if not re.search(r"[A-Za-z]", text):
        return
    whole = Reading(text, terms)
    yield from _spelled(text)
    found: set[int] = set()
    for rule in (_titled, _introduced, _by_list):
        for n in rule(whole):
            found |= {n, *_onward(whole, n)}
    for n in sorted(found):
        word = whole.words[n]
        yield Found(word.start, word.end, "NAME")


def _titled(whole: Reading) -> Iterator[int]:
    """Words behind "Dr." and its like."""
    for n, word in enumerate(whole.words[:-1]):
        title, role = word.key in TITLES, word.key in ROLE_TITLES
        dotted = word.key in ("dr", "mr", "mrs", "ms") and not word.shouted
        if not (title or role) or whole.gap(n + 1) not in ((" ", ". ", ".", " . ") if dotted else (" ",)):
            continue
        name = whole.words[n + 1]
        ordinary = is_ordinary(name.key)
        month = title and name.large and name.key in MONTHS  # Dr. May, not "doctor, may I"
        never = name.key in _NEVER or is_contraction(name.text)
        if (never and not month) or whole.eponym_of(n + 1):
            continue
        if whole.cased:
            is_name = name.large and (title or word.large or not ordinary)
            is_name = is_name and not (name.shouted and len(name.text) > 3)
        elif ordinary:  # "doctor rice", but not "miss work"
            greeted = word.key != "miss" or bool(_GREETING.search(whole.before(n)))
            is_name = title and greeted and is_in("surnames", name.key)
        else:
            is_name = True
        if is_name:
            yield n + 1


def _introduced(whole: Reading) -> Iterator[int]:
    """Words that the words before them introduce."""
    for n in range(len(whole.words)):
        if whole.may_be(n):
            before = whole.before(n)
            by_case = _introduced_large if whole.cased else _introduced_small
            if _STRONG.search(before) or by_case(whole, n, before):
                yield n


def _introduced_large(whole: Reading, n: int, before: str) -> bool:
    word = whole.words[n]
    given, ordinary = is_in("given", word.key), is_ordinary(word.key)
    if _ASKED.search(whole.text[max(0, word.start - 110) : word.start]):
        then_large = n + 1 < len(whole.words) and whole.words[n + 1].large
        return not ordinary or (given and (not word.opens or then_large))
    if _WEAK.search(before) and not word.opens:
        return given or (not ordinary and (is_in("surnames", word.key) or bool(_OF_KIN.search(before))))
    return bool(_ROLE_AFTER.match(whole.text, word.end))


def _introduced_small(whole: Reading, n: int, before: str) -> bool:
    word = whole.words[n]
    if word.key in WORD_NAMES:
        common = word.key in COMMON_WORD_NAMES
        if _GREETING.search(before):
            return not (common and "thank" in before[-12:])  # "thanks, hope you feel better"
        return not common and bool(_OPENER.search(before) and _CALLED_THEN.match(whole.text, word.end))
    return bool(_OF_KIN.search(before) or _ASKED.search(whole.text[max(0, word.start - 110) : word.start]))


def _by_list(whole: Reading) -> Iterator[int]:
    """Words that the lists of names have."""
    for n, word in enumerate(whole.words):
        # An ordinary word written large inside a sentence: "my husband Will says".
        inside = whole.cased and not word.opens and word.key not in MONTHS and is_in("given", word.key)
        if whole.listed(n) or (inside and whole.may_be(n)):
            yield n


def _onward(whole: Reading, n: int) -> Iterator[int]:
    """The words of the same name that follow: a surname, a particle and what it leads to."""
    at = n
    particles: list[int] = []
    for _ in range(4):
        at += 1
        if at >= len(whole.words) or whole.gap(at) not in (" ", ". "):
            return
        word = whole.words[at]
        if whole.gap(at) == ". " and len(whole.words[at - 1].text) > 1:
            return
        if word.key in PARTICLES and not (word.opens and whole.cased):
            particles.append(at)
            continue
        if not _continues(whole, at, bool(particles)):
            return
        yield from (*particles, at)
        particles = []


def _continues(whole: Reading, n: int, after_particle: bool) -> bool:
    word = whole.words[n]
    if word.key in NO_NAMES or word.start in whole.terms:
        return False
    if whole.cased:
        return word.large and (len(word.text) == 1 or not word.shouted) and word.key not in TITLES
    if whole.medical(n):
        return after_particle and not is_ordinary(word.key)
    if is_ordinary(word.key):
        last = whole.text[word.end : word.end + 1] in ("", "\n")
        return last and is_in("surnames", word.key) and word.key not in AFTER_TITLE_NEVER
    return is_in("surnames", word.key) or is_in("given", word.key)


def _spelled(text: str) -> Iterator[Found]:
    for match in _SPELLED.finditer(text):
        joined = "-" in match[0] and match[0].isupper()
        near = text[max(0, match.start() - 80) : match.start()] + text[match.end() : match.end() + 20]
        if joined or _SPELL_CUE.search(near):
            yield Found(match.start(), match.end(), "NAME")
