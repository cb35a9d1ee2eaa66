"""Porter's stemmer with NLTK's extensions, the one that rouge_score uses.

Source: Porter (1980), "An algorithm for suffix stripping", Program 14(3); its steps keep their numbers.
The extensions are those of nltk.stem.PorterStemmer: the irregular forms, four-letter words in -ies and
-ied, -y after a consonant only, -alli, -fulli, -logi, and a vowel + consonant as a short stem.
"""

_IRREGULAR = {
    "skies": "sky",
    "sky": "sky",
    "dying": "die",
    "lying": "lie",
    "tying": "tie",
    "news": "news",
    "innings": "inning",
    "inning": "inning",
    "outings": "outing",
    "outing": "outing",
    "cannings": "canning",
    "canning": "canning",
    "howe": "howe",
    "proceed": "proceed",
    "exceed": "exceed",
    "succeed": "succeed",
}

# Suffix and replacement.  The first suffix that fits decides, even where its stem is then too short.
_Rules = tuple[tuple[str, str], ...]
_STEP_1A: _Rules = (("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", ""))
_STEP_2: _Rules = (
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("fulli", "ful"),
)
_STEP_3: _Rules = (
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
)
_STEP_4: _Rules = tuple(
    (suffix, "")
    for suffix in (
        *("al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent"),
        *("ou", "ism", "ate", "iti", "ous", "ive", "ize"),
    )
)


def stem(word: str) -> str:
    """Strip the suffixes of one lower-case word.

    >>> [stem(word) for word in ("symptoms", "relieved", "happily", "flies", "dies")]
    ['symptom', 'reliev', 'happili', 'fli', 'die']
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 2:
        return word
    word = _step_1a(word)
    word = _step_1b(word)
    if word.endswith("y") and len(word) > 2 and _shape(word[:-1]).endswith("c"):
        word = word[:-1] + "i"
    word = _step_2(word)
    word = _replace(word, _STEP_3, least=1)
    word = _step_4(word)
    return _step_5(word)


def _shape(word: str) -> str:
    """One letter per letter: c(onsonant) or v(owel); y is a vowel after a consonant."""
    shape = ""
    for letter in word:
        vowel = letter in "aeiou" or (letter == "y" and shape.endswith("c"))
        shape += "v" if vowel else "c"
    return shape


def _measure(word: str) -> int:
    """Porter's m: how often a vowel is followed by a consonant."""
    return _shape(word).count("vc")


def _ends_short(word: str) -> bool:
    """Porter's *o: consonant, vowel, consonant other than w, x, y; NLTK: or just vowel, consonant."""
    shape = _shape(word)
    return shape == "vc" or (shape.endswith("cvc") and word[-1] not in "wxy")


def _replace(word: str, rules: _Rules, least: int) -> str:
    """Apply the first rule whose suffix fits, if its stem has at least that measure."""
    for suffix, replacement in rules:
        if word.endswith(suffix):
            base = word.removesuffix(suffix)
            return base + replacement if _measure(base) >= least else word
    return word


def _step_1a(word: str) -> str:
    if word.endswith("ies") and len(word) == 4:
        return word[:-1]
    return _replace(word, _STEP_1A, least=0)


def _step_1b(word: str) -> str:
    if word.endswith("ied"):
        return word[:-1] if len(word) == 4 else word[:-2]
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for suffix in ("ed", "ing"):
        base = word.removesuffix(suffix)
        if base != word and "v" in _shape(base):
            return _mend(base)
    return word


def _mend(base: str) -> str:
    """Give the stem left by -ed or -ing its e back, or take its doubled consonant away."""
    if base.endswith(("at", "bl", "iz")):
        return base + "e"
    if base[-2:-1] == base[-1] and _shape(base).endswith("c"):
        return base if base[-1] in "lsz" else base[:-1]
    return base + "e" if _measure(base) == 1 and _ends_short(base) else base


def _step_2(word: str) -> str:
    if word.endswith("alli"):
        return _step_2(word[:-2]) if _measure(word[:-4]) > 0 else word
    if word.endswith("logi"):  # the l counts with the stem, so that "geologi" is long enough
        return word[:-1] if _measure(word[:-3]) > 0 else word
    return _replace(word, _STEP_2, least=1)


def _step_4(word: str) -> str:
    if word.endswith("ion"):
        return word[:-3] if word.endswith(("sion", "tion")) and _measure(word[:-3]) > 1 else word
    return _replace(word, _STEP_4, least=2)


def _step_5(word: str) -> str:
    if word.endswith("e"):
        measure = _measure(word[:-1])
        if measure > 1 or (measure == 1 and not _ends_short(word[:-1])):
            word = word[:-1]
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word
