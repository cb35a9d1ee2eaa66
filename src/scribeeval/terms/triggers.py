"""The trigger phrases of ConText: package data, found in one pass by a trie written as a regular expression.

triggers.csv holds one group of phrases a row: language, kind, direction, the published source of the
category (NegEx, ConText) and the phrases, separated by "|"; "{a;b;} c" stands for "a c", "b c" and "c".
Sources: Chapman et al. (2001), "A simple algorithm for identifying negated findings and diseases in
discharge summaries"; Harkema et al. (2009) and Chapman et al. (2011), "ConText".
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

# What a trigger says of the terms in its scope: absent, possible, present, family, hypothetical; historical
# gives way to a mark of a lasting illness (chronic), past does not.  annul takes a negation before it upon
# itself ("no change in"), backs turns it round ("not seen"), slots are the signs of (-/+), opens counts
# at the head of a clause only ("Should he ...").  pseudo: looks
# like a trigger and is none.  pause, stop and halt end scopes: polarity's; all but hypothetical's; all.
KINDS = (
    "absent",
    "possible",
    "present",
    "family",
    "historical",
    "past",
    "hypothetical",
    "chronic",
    "annul",
    "backs",
    "opens",
    "slots",
    "pseudo",
    "pause",
    "stop",
    "halt",
)
DIRECTIONS = ("forward", "backward", "either", "both")  # either: forward where words follow
_GROUP = re.compile(r"\{([^}]*)\}")
_HANGUL = re.compile(r"[가-힣]")
# What runs over a whole text starts with a set of characters or a boundary: that makes it fast.
_SIGNS = re.compile(
    r"[(?12](?:(?<=\()[-−–+±](?:\s?[/,]\s?[-−–+±])*\)|(?<=\?)|(?<=1)9\d\d(?!\d)|(?<=2)0\d\d(?!\d))"
)
_CLOSED = re.compile(r"\s*(?:[.,;)\n]|$)")
_DATED = re.compile(r"(?:\b(?:in|since)|[(,])\s+(?:[a-z]{3,9}\s+)?$|\($|(?<=\w)\s$")
_SIGN = re.compile(r"[-−–+±]")


class Hit(NamedTuple):
    """A trigger in a text: text[start:end], in code points; kind as in KINDS, direction of its scope."""

    start: int
    end: int
    kind: str
    direction: str


@dataclass(frozen=True, slots=True)
class Triggers:
    """Phrases -> (kind, direction); the expressions that find the English, marked (": none"), Korean ones."""

    phrases: Mapping[str, tuple[str, str]]
    english: re.Pattern[str]
    marked: re.Pattern[str]
    korean: re.Pattern[str]


@cache
def load_triggers() -> Triggers:
    """Read the packaged triggers.  Cached: it is constant package data.

    Where a phrase stands in two rows the later row holds: it is the closer description.
    """
    table = resources.files("scribeeval.terms") / "data" / "triggers.csv"
    phrases: dict[str, dict[str, tuple[str, str]]] = {"en": {}, "ko": {}}
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        for pattern in row["patterns"].split("|"):
            for phrase in filter(None, expand(pattern)):
                phrases[row["language"]][phrase] = (row["kind"], row["direction"])
    worded = [phrase for phrase in phrases["en"] if phrase[0].isalnum()]
    marked = [phrase for phrase in phrases["en"] if not phrase[0].isalnum()]  # ": none", ", he has"
    return Triggers(
        {**phrases["en"], **phrases["ko"]},
        re.compile(rf"\b(?:{trie_pattern(worded)})(?!['\w]|-\w)"),
        re.compile(trie_pattern(marked)),
        re.compile(trie_pattern(phrases["ko"])),
    )


@cache
def lifelong_stems() -> re.Pattern[str]:
    """Find the name of an illness that lasts, in folded text: "history of asthma" is asthma today."""
    table = resources.files("scribeeval.terms") / "data" / "lifelong.csv"
    rows = {r["language"]: r["stems"] for r in csv.DictReader(table.read_text(encoding="utf-8").splitlines())}
    return re.compile(rf"\b(?:{rows['en']})|{rows['ko']}")


def expand(pattern: str) -> Iterator[str]:
    """Write out the alternatives of a pattern; outer blanks are dropped where the language has words.

    >>> list(expand("{is;was} {;not }seen"))
    ['is seen', 'is not seen', 'was seen', 'was not seen']
    """
    group = _GROUP.search(pattern)
    if group is None:
        yield pattern if _HANGUL.search(pattern) else " ".join(pattern.split())
        return
    for alternative in group[1].split(";"):
        yield from expand(pattern[: group.start()] + alternative + pattern[group.end() :])


def trie_pattern(phrases: Iterable[str]) -> str:
    """Write phrases as one expression that finds the longest; a blank stands for any white space.

    >>> trie_pattern(["no", "not", "no change"])
    'no(?:\\\\s+change|t)?'
    """
    tails: dict[str, list[str]] = {}
    ends = False
    for phrase in phrases:
        if phrase:
            tails.setdefault(phrase[0], []).append(phrase[1:])
        else:
            ends = True
    branches = [
        (r"\s+" if first == " " else re.escape(first)) + trie_pattern(rest)
        for first, rest in sorted(tails.items())
    ]
    if not branches:
        return ""
    joined = branches[0] if len(branches) == 1 and not ends else f"(?:{'|'.join(branches)})"
    return joined + "?" if ends else joined


def fold(text: str) -> str:
    """Lower the case and straighten apostrophes without moving an offset ("İ" has a longer lower case)."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    return lowered.replace("’", "'").replace("\r", "\n").replace("\t", " ").replace("\xa0", " ")


def find_hits(folded: str, start: int, end: int) -> list[Hit]:
    """Find the triggers of folded[start:end] in its order; pseudo-triggers are kept, to be shown."""
    triggers = load_triggers()
    phrases = triggers.phrases
    hits = []
    for match in triggers.english.finditer(folded, start, end):
        at, after = match.span()
        if at and folded[at - 1] in "'/-":
            continue
        phrase = match[0]
        known = phrases.get(phrase) or phrases[" ".join(phrase.split())]
        hits.append(Hit(at, after, *known))
    found = len(hits)
    hits += _marked_hits(folded, start, end, triggers)
    hits += _sign_hits(folded, start, end)
    if not folded.isascii() and _HANGUL.search(folded, start, end):
        for match in triggers.korean.finditer(folded, start, end):
            known = phrases.get(match[0]) or phrases[_one_blank(match[0])]
            hits.append(Hit(match.start(), match.end(), *known))
    if len(hits) > found:
        hits.sort()
    return hits


def _marked_hits(folded: str, start: int, end: int, triggers: Triggers) -> list[Hit]:
    """Phrases that open with a mark: "Cough: none" closes with its phrase, "Neck: no masses" does not."""
    hits = []
    for match in triggers.marked.finditer(folded, start, end):
        at, after = match.span()
        if folded[at] in ":-" and folded[at + 1] == " ":
            if _CLOSED.match(folded, after) is None:
                continue
        elif folded[after : after + 1].isalnum():
            continue
        hits.append(Hit(at, after, *triggers.phrases[" ".join(match[0].split())]))
    return hits


def _one_blank(phrase: str) -> str:
    return re.sub(r"\s+", " ", phrase)


def _sign_hits(folded: str, start: int, end: int) -> list[Hit]:
    """Signs: fever (-), fever/chills (-/+), ?pneumonia, pneumonia?, hysterectomy in 1996."""
    hits = []
    for match in _SIGNS.finditer(folded, start, end):
        at, after = match.span()
        signs = _SIGN.findall(match[0])
        if len(signs) > 1:
            hits.append(Hit(at, after, "slots", "backward"))
        elif signs:
            kind = {"+": "present", "±": "possible"}.get(signs[0], "absent")
            hits.append(Hit(at, after, kind, "either"))
        elif match[0] == "?":
            hits.append(Hit(at, after, "possible", "forward" if asks_before(folded, at) else "backward"))
        elif folded.startswith("년", after):
            hits.append(Hit(at, after + 1, "historical", "forward"))
        elif _DATED.search(folded, max(0, at - 14), at):
            hits.append(Hit(at, after, "historical", "backward"))
    return hits


def asks_before(folded: str, at: int) -> bool:
    """Tell whether the question mark at an offset stands before its term: "?pneumonia", "cough, ? asthma"."""
    if folded[at + 1 : at + 2].isalnum():
        return True
    return (
        folded[:at].rstrip(" ")[-1:] in ("", ",", ":", "(", "-", "\n", "•")
        and folded[at + 2 : at + 3].isalnum()
    )
