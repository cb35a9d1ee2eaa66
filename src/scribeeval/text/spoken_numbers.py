"""Spoken numbers in a text: "two point five" -> "2.5", "one forty two over eighty" -> "142 over 80".

A run of number words is rewritten only where it reads as one number.  What reads two ways stays as it
was spoken: "one forty" (1 x 40 mg, or 140), "two three" (2 to 3, or 23), "nineteen eighty" without a
word that makes it a year.  Digits that are already there are never joined with a neighbour.

Left alone, too: "one" as a pronoun (it becomes 1 only before something counted and in "one or two"),
"half", and "oh" outside a number.
"""

import re
from collections.abc import Iterable, Iterator, Set

from scribeeval.text.number_words import (
    ONES,
    TEENS,
    VALUES,
    cardinal,
    decimal,
    listed,
    ordinal,
    shape,
    two_parts,
)
from scribeeval.text.synonyms import DOSES

# The words that make a run worth a look; the others only continue one.
NUMBER_WORDS = frozenset(VALUES) - {"oh", "o", "first", "second", "third"}


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(words, key=lambda word: (-len(word), word))) + ")"


_START = _any(NUMBER_WORDS) + r"(?![\w'])"
_WORD = _any(VALUES) + r"(?![\w'])"
_RUN = re.compile(
    rf"(?:a |point (?:oh? )*)?{_START}(?:(?:[ -]| point ){_WORD}| and (?:a )?{_START})*(?: and a half(?!\w))?"
)
_OPENER = re.compile(r"(?<!\w)(?:a |point (?:oh? )*)$")
_SPACE = re.compile("[ -]")
_AND = re.compile(" and (?!a )")
_WORD_BEFORE = re.compile(r"[\w.'/]+(?=[ -]$)")
_WORD_AFTER = re.compile(r"[ -]([\w%]+)")
_NUMBER = rf"(?:[0-9]|{_any(NUMBER_WORDS - {'one'})}(?!\w))"
_OR_NUMBER = re.compile(rf" (?:to|or) {_NUMBER}| out of ")
_OVER_NUMBER = re.compile(rf" over (?:one\b|{_NUMBER})")
_NUMBER_OVER = re.compile(rf"(?:[0-9]|\b{_any(NUMBER_WORDS)}) over $")
# Where digits would run into what stands beside them ("x.two", "1,two", " -two"), the words stay.
_OPEN = re.compile(r"(?:^|[\s(\[\"/<>=±~]|\w-)$")
_CLOSED = re.compile(r"$|[\s)\]\"%?!;/+°-]|[.,:](?=$|[\s)\"\]])")

# Two or more spinal levels together; one alone may be "vitamin c two times a day".
LEVEL_LETTERS = frozenset("ctls")
_LEVEL = re.compile(rf"[ctls] {_any([*ONES, *TEENS[:3]])}(?!\w)")
_LEVELS = re.compile(rf"(?<![\w']){_LEVEL.pattern}(?:(?:-|,? | to | and | through ){_LEVEL.pattern})+")

# "One" is a number before what is counted and behind what is numbered, a pronoun elsewhere.
_COUNTED = DOSES | frozenset(
    listed(
        "second seconds minute minutes hour hours day days night week weeks month months year years time "
        "pill capsule dose puff drop spray patch injection teaspoon tablespoon pack drink beer cup inch foot "
        "feet degree degrees refill episode"
    )
)
_NUMBERED = frozenset(listed("type stage grade phase level class step number"))
_YEAR_CUES = frozenset(
    listed(
        "in since year until till from around during january february march april may june july august "
        "september october november december"
    )
)
_DETERMINERS = frozenset(listed("this that the a some any one which what my your his her at"))


def digits_for(text: str, found: Set[str]) -> str:
    """Rewrite the spoken numbers of a case-folded text; found: those of its words in NUMBER_WORDS."""
    pieces: list[str] = []
    position = 0
    for start in sorted(_starts(text, found)):
        run = _RUN.match(text, start)
        if run is None or start < position:
            continue
        for begin, end, number in _numbers(text, *run.span()):
            pieces += (text[position:begin], number)
            position = end
        pieces.append(text[position : run.end()])
        position = run.end()
    return "".join(pieces) + text[position:]


def levels(text: str) -> str:
    """Write spoken spinal levels: "l five s one" -> "l5 s1"."""
    return _LEVELS.sub(lambda run: _LEVEL.sub(_write_level, run[0]), text)


def _write_level(level: re.Match[str]) -> str:
    letter, number = level[0].split(" ")
    return f"{letter}{VALUES[number]}"


def occurrences(text: str, phrase: str) -> Iterator[int]:
    """Where a phrase starts in a text as whole words."""
    start = text.find(phrase)
    while start >= 0:
        end = start + len(phrase)
        if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
            yield start
        start = text.find(phrase, end)


def _starts(text: str, found: Set[str]) -> Iterator[int]:
    for word in found:
        for start in occurrences(text, word):
            opener = _OPENER.search(text, max(0, start - 20), start)
            if opener and opener[0] == "a " and VALUES[word] < 100:
                opener = None  # "a hundred", but not "a two week trial"
            yield opener.start() if opener else start


def _word_before(text: str, start: int) -> str:
    match = _WORD_BEFORE.search(text, max(0, start - 20), start)
    return match[0] if match else ""


def _numbers(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Split a run at "and" into the longest pieces that are numbers: 100 and 250, not 102 and 50."""
    stops = [match.start() for match in _AND.finditer(text, start, end)] + [end]
    while stops:
        tried = ((n, _number(text, start, stops[n])) for n in reversed(range(len(stops))))
        n, number = next(((n, number) for n, number in tried if number is not None), (0, None))
        if number is not None:
            yield start, stops[n], number
        start = stops[n] + len(" and ")
        stops = stops[n + 1 :]


def _number(text: str, start: int, end: int) -> str | None:
    """The digits of a run that reads as one number where it stands, else None."""
    if not (_OPEN.search(text[max(0, start - 2) : start]) and _CLOSED.match(text, end)):
        return None
    words = _SPACE.split(text[start:end])
    before = _word_before(text, start)
    match = _WORD_AFTER.match(text, end)
    after = match[1] if match else ""
    kind = shape(words)
    if words == ["one"]:
        counts = after in _COUNTED or before in _NUMBERED or _OR_NUMBER.match(text, end)
        return "1" if counts else None
    if "." in kind:
        return decimal(words) if _is_decimal(words, before, after) else None
    if kind.endswith("&a/"):  # two and a half
        whole = cardinal(words[:-3])
        return whole and f"{whole}.5"
    if kind.endswith("r"):
        return ordinal(words) if not before[-1:].isdigit() else None
    if kind == "dod" or (kind[0] == "d" and _beside_over(text, start, end)):
        return two_parts(words) or cardinal(words)
    if words[0] in ("nineteen", "twenty") and before in _YEAR_CUES and after not in _COUNTED:
        return two_parts(words) or cardinal(words)
    if ("&" in kind and before == "between") or (kind[0] == "a" and before in ("half", "of")):
        return None  # "between one hundred and twenty", "half a million"
    return cardinal(words)


def _is_decimal(words: list[str], before: str, after: str) -> bool:
    """Not "at that point five" nor "at one point two": there, only a dose makes it a decimal."""
    if words[0] == "point":
        return after in DOSES and before not in _DETERMINERS and not before[-1:].isdigit()
    return after in DOSES or before != "at" or words[:2] != ["one", "point"]


def _beside_over(text: str, start: int, end: int) -> bool:
    return bool(_OVER_NUMBER.match(text, end) or _NUMBER_OVER.search(text, max(0, start - 20), start))
