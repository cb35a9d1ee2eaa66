"""Names of persons in English, from the words around them and from lists of names.

In a text with capitals a capital is evidence; in a recogniser's lower case only lists and contexts are.
Terms and eponyms of medicine are no names unless a title says so ("Dr. Bell").
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from scribeeval.models.deidentify.base import Found, folded, table
from scribeeval.models.deidentify.words import (
    AFTER_TITLE_NEVER,
    COMMON_EPONYMS,
    COMMON_WORD_NAMES,
    EPONYMS,
    KIN,
    MEDICAL,
    MONTHS,
    NO_NAMES,
    ROLE_TITLES,
    TITLES,
    WORD_NAMES,
)

_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", re.UNICODE)
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_SENTENCE_START = re.compile(r"(?:^|[.?!:\n]|[.?!][\"”’)])\s*[\"“(]*$")
_CONTRACTION = re.compile(r"\w(?:n['’]t|['’](?:m|re|ll|ve|d))$", re.IGNORECASE)
_PARTICLES = frozenset(
    "van von der den de del della di da la le el al bin ibn ben abu st san dos du ter ten".split()
)
_I = re.IGNORECASE

# Behind these any word that can be a name is one ...
_STRONG = re.compile(
    r"\b(?:(?:my|your|his|her|their|patient|full|first|last|the)(?: \w+)? name(?:['’]s|s| is| was|:)|name "
    r"is|call me|"
    r"goes by|go by|i go by|speaking with|speak with|speak to|ask for|asked for|nicknamed|short for|signed "
    r"by|dictating (?:on|for)|"
    r"patient is|this is dr\.?|copy to|attention)(?: (?:is|it['’]s|just|either))*[ ,:]+$",
    _I,
)
# ... and behind these a word that is in the lists, or large and no ordinary word.
_WEAK = re.compile(
    r"\b(?:i['’]?m|i am|this is|it['’]?s|that['’]s|here['’]s|who['’]s|hi|hello|hey|hiya|welcome|welcome "
    r"back|thanks|thank you|"
    r"good morning|good afternoon|good evening|okay|ok|so|alright|all right|bye|goodbye|see you|see ya|and|"
    r"with|from|is it|"
    rf"(?:my|his|her|your|our|their|the|'s) (?:\w+[ -]){{0,2}}?(?:{KIN})(?:['’]s| is| was)?(?: (?:called|"
    rf"named))?|for|did|tell|saw|visit for|intake for|nurse|"
    r"medical assistant|resident|now|yeah|yes|no|sorry|right|well|oh|morning|afternoon|evening|is|have|can|"
    r"by|or|to|see)[ ,]+$",
    _I,
)
_OF_KIN = re.compile(
    rf"\b(?:my|his|her|your|our|their) (?:\w+[ -]){{0,2}}?(?:{KIN})(?:['’]s| is| was)?[ ,]+(?:(?:is "
    rf")?(?:called|named) )?$",
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
    r"(?:\bname\b[^\n]*|who(?:['’]s| is| am i)[^\n]*|what should i call you|speaking with|and the "
    r"patient\??|and this is\??|call you\??)[^\n]*\n"
    r"(?:(?:yes|yeah|yep|sure|um|uh|hi|okay|so|it['’]?s|that['’]s|my name is|i['’]?m|this is|her name is|"
    r"his name is|mr\.?|mrs\.?|ms\.?|"
    r"she['’]s|he['’]s)[ ,.]+)*$",
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


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.  key: as the tables write it; large: it begins with a capital; opens: a sentence."""

    start: int
    end: int
    text: str
    key: str
    large: bool
    opens: bool

    @property
    def shouted(self) -> bool:
        """Whether it is written in capitals."""
        return len(self.text) > 1 and self.text.isupper()


def is_cased(text: str) -> bool:
    """Whether a text has capitals where English wants them: at the start of most of its lines."""
    first = [line.lstrip()[:1] for line in text.split("\n") if line.strip()]
    letters = [char for char in first if char.isalpha()]
    return 2 * sum(char.isupper() for char in letters) > len(letters)


def words_of(text: str) -> list[Word]:
    """The words of a text, without a possessive 's."""
    words = []
    for match in _TOKEN.finditer(text):
        bare = _POSSESSIVE.sub("", match[0])
        opens = (
            bool(_SENTENCE_START.search(text, max(0, match.start() - 6), match.start())) or match.start() == 0
        )
        words.append(
            Word(match.start(), match.start() + len(bare), bare, folded(bare), bare[:1].isupper(), opens)
        )
    return words


def is_ordinary(key: str) -> bool:
    """Whether English has the word in lower case, too."""
    return key in table("words")


def _in(name: str, key: str) -> bool:
    listed = table(name)
    return key in listed or ("-" in key and all(part in listed for part in key.split("-")))


class _Text:
    """A text and its words, and what is known of each; made for one search."""

    def __init__(self, text: str, terms: Set[int]) -> None:
        self.text = text
        self.cased = is_cased(text)
        self.words = words_of(text)
        self.terms = terms

    def before(self, n: int) -> str:
        start = self.words[n].start
        return self.text[max(0, start - 60) : start]

    def gap(self, n: int) -> str:
        """What stands between a word and the one before it."""
        return self.text[self.words[n - 1].end : self.words[n].start] if n else "\n"

    def eponym_of(self, n: int) -> bool:
        """Whether a word of medicine follows: "Lhermitte's sign"."""
        word = self.words[n]
        if n + 1 == len(self.words) or self.words[n + 1].start - word.end > 4:
            return False
        return self.words[n + 1].key in MEDICAL and (_in("surnames", word.key) or word.key in EPONYMS)

    def medical(self, n: int) -> bool:
        """A term or an eponym of medicine, or a word that is never a name."""
        word = self.words[n]
        if word.key in NO_NAMES or word.start in self.terms or _CONTRACTION.search(word.text):
            return True
        followed = self.eponym_of(n)
        if followed:
            return True
        possessive = self.text[word.end : word.end + 2].lower() in ("'s", "’s")
        return word.key in EPONYMS and (
            word.key not in COMMON_EPONYMS or followed or (possessive and not word.large) or not self.cased
        )

    def may_be(self, n: int) -> bool:
        """Whether a word can be a name where the context asks for one."""
        word = self.words[n]
        if self.medical(n) or len(word.text) < 2:
            return False
        if self.cased:
            return word.large and not word.shouted
        return not is_ordinary(word.key) or word.key in WORD_NAMES

    def listed(self, n: int) -> bool:
        """Whether a word is a name by the lists alone."""
        word = self.words[n]
        cut_off = self.text[word.end : word.end + 2] == "- "
        if self.medical(n) or is_ordinary(word.key) or word.key in MONTHS or len(word.key) < 3 or cut_off:
            return False
        if self.cased:
            return (
                word.large
                and not word.shouted
                and (_in("given", word.key) or (not word.opens and _in("surnames", word.key)))
            )
        return _in("given", word.key)


def find_names(text: str, terms: Set[int]) -> Iterator[Found]:
    """Each word of each name.  terms: the places in the text that terms of medicine take."""
    if not re.search(r"[A-Za-z]", text):
        return
    whole = _Text(text, terms)
    yield from _spelled(text)
    found: set[int] = set()
    for rule in (_titled, _introduced, _by_list):
        for n in rule(whole):
            found |= {n, *_onward(whole, n)}
    for n in sorted(found):
        word = whole.words[n]
        yield Found(word.start, word.end, "NAME")


def _titled(whole: _Text) -> Iterator[int]:
    for n, word in enumerate(whole.words[:-1]):
        next_word = whole.words[n + 1]
        strong, weak = word.key in TITLES, word.key in ROLE_TITLES
        dotted = word.key in ("dr", "mr", "mrs", "ms") and not word.shouted
        if not (strong or weak) or whole.gap(n + 1) not in ((" ", ". ", ".", " . ") if dotted else (" ",)):
            continue
        if whole.eponym_of(n + 1):
            continue
        month = (
            word.key in TITLES and next_word.large and next_word.key in MONTHS
        )  # Dr. May, not "doctor, may I"
        if (next_word.key in AFTER_TITLE_NEVER | NO_NAMES | TITLES and not month) or _CONTRACTION.search(
            next_word.text
        ):
            continue
        if whole.cased:
            if (
                next_word.large
                and (strong or (word.large or not is_ordinary(next_word.key)))
                and not (next_word.shouted and len(next_word.text) > 3)
            ):
                yield n + 1
        elif is_ordinary(next_word.key):
            greeted = word.key != "miss" or _GREETING.search(whole.before(n))
            if strong and greeted and _in("surnames", next_word.key):
                yield n + 1
        else:
            yield n + 1


def _introduced(whole: _Text) -> Iterator[int]:
    for n, word in enumerate(whole.words):
        if not whole.may_be(n):
            continue
        before = whole.before(n)
        if _STRONG.search(before):
            yield n
        elif not whole.cased and word.key in WORD_NAMES:
            called = _OPENER.search(before) and _CALLED_THEN.match(whole.text, word.end)
            common = word.key in COMMON_WORD_NAMES  # "thanks, hope you feel better"
            if (
                _GREETING.search(before)
                and not (common and "thank" in before[-12:])
                or (called and not common)
            ):
                yield n
        elif not whole.cased and _OF_KIN.search(before) and not is_ordinary(word.key):
            yield n
        elif _ASKED.search(whole.text[max(0, word.start - 110) : word.start]):
            if not is_ordinary(word.key) or (whole.cased and _in("given", word.key) and not word.opens):
                yield n
            elif (
                whole.cased
                and _in("given", word.key)
                and n + 1 < len(whole.words)
                and whole.words[n + 1].large
            ):
                yield n
        elif _WEAK.search(before) and whole.cased and not word.opens:
            known = _in("given", word.key) or _in("surnames", word.key)
            if (known and (not is_ordinary(word.key) or _in("given", word.key))) or (
                not is_ordinary(word.key) and _OF_KIN.search(before)
            ):
                yield n
        elif _ROLE_AFTER.match(whole.text, word.end) and whole.cased:
            yield n


def _by_list(whole: _Text) -> Iterator[int]:
    for n, word in enumerate(whole.words):
        if whole.listed(n):
            yield n
        elif (
            whole.cased
            and word.large
            and not word.opens
            and not whole.medical(n)
            and _in("given", word.key)
            and not word.shouted
            and word.key not in MONTHS
        ):
            yield n  # an ordinary word written large inside a sentence: "my husband Will says"


def _onward(whole: _Text, n: int) -> Iterator[int]:
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
        if word.key in _PARTICLES and not (word.opens and whole.cased):
            particles.append(at)
            continue
        if not _continues(whole, at, bool(particles)):
            return
        yield from (*particles, at)
        particles = []


def _continues(whole: _Text, n: int, after_particle: bool) -> bool:
    word = whole.words[n]
    if word.key in NO_NAMES or word.start in whole.terms:
        return False
    if whole.cased:
        return word.large and (len(word.text) == 1 or not word.shouted) and word.key not in TITLES
    if whole.medical(n):
        return after_particle and not is_ordinary(word.key)
    if is_ordinary(word.key):
        last = whole.text[word.end : word.end + 1] in ("", "\n")
        return last and _in("surnames", word.key) and word.key not in AFTER_TITLE_NEVER
    return _in("surnames", word.key) or _in("given", word.key)


def _spelled(text: str) -> Iterator[Found]:
    for match in _SPELLED.finditer(text):
        joined = "-" in match[0] and match[0].isupper()
        near = text[max(0, match.start() - 80) : match.start()] + text[match.end() : match.end() + 20]
        if joined or _SPELL_CUE.search(near):
            yield Found(match.start(), match.end(), "NAME")
