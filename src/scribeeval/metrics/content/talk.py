"""What a talk says of amounts, frequencies and sides, sentence by sentence; what is taken back is left out.

"I take fifty ... no, sorry, twenty-five milligrams": the fifty does not count.  A drug's doses are those said
after its name, up to the next drug, or else in the next lines.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from scribeeval.metrics.content.amounts import Amount, amounts_of
from scribeeval.metrics.content.index import Index
from scribeeval.terms import Mention
from scribeeval.terms.schedules import FREQUENCY, frequency_of

REACH = 160  # characters after a drug's name within which its doses stand
_TAKEN_BACK = re.compile(
    r"(?:[,.;…—-]|\.\.\.)\s*(?:oh|uh|um)?,?\s*(?:no|sorry|wait|rather|i mean|make that|scratch that)\b"
    r"[,.]?\s*(?:no\b|sorry|wait|i mean|make that|that's)?|아니,|아니 ",
    re.IGNORECASE,
)
_DOUBTED = re.compile(r"\? (?:no|nah)\b|(?:,|\.\.\.| -) (?:no|sorry|wait)\b", re.IGNORECASE)
_CORRECTED_WITHIN = 80
_SIDE = re.compile(
    r"(?P<left>\bleft\b(?! (?:the|it|him|her|a|an|on|in|at|for|us|me|my|his)\b)|좌측|왼쪽|왼\b)"
    r"|(?P<right>(?<!all )(?<!that's )(?<!you're )(?<!, )\bright\b"
    r"(?! (?:now|away|before|after|here|there|about|then|on)\b|[?]|,? (?:so|okay|and)\b)|우측|오른쪽|오른\b)"
    r"|(?P<bilateral>\bbilateral(?:ly)?\b|\bboth\b|양측|양쪽)",
    re.IGNORECASE,
)


_NEXT = re.compile(r"[,;] | and | plus |그리고|하고 ")  # what parts one drug with its doses from the next
_HE = re.compile(r"\b(?:he|his|him|man|boy|male|mr|gentleman)\b", re.IGNORECASE)
_SHE = re.compile(r"\b(?:she|her|woman|girl|female|mrs|ms|lady)\b", re.IGNORECASE)
_OF_HIM = re.compile(r"(?:and |but |so )?(?:he|his|he's)\b", re.IGNORECASE)
_OF_HER = re.compile(r"(?:and |but |so )?(?:she|her|she's)\b", re.IGNORECASE)


class Side(NamedTuple):
    """A side of the body as it is written, text[start:end]."""

    start: int
    end: int
    side: str


class Frequency(NamedTuple):
    """A frequency, text[start:end], as schedules.frequency_of writes it."""

    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk, with its amounts, frequencies and drugs in its order.

    owners: where an amount starts -> the drugs it is said of.  others: what a sentence about somebody else
    begins with; None where that cannot be told.
    """

    index: Index
    amounts: Sequence[Amount]
    frequencies: Sequence[Frequency]
    drugs: Sequence[Mention]
    owners: Mapping[int, Set[str]]
    others: re.Pattern[str] | None = None


def read_talk(index: Index, note: str = "") -> Talk:
    """Find what a talk says of amounts and frequencies.

    note: tells by its pronouns whether the patient is he or she; sentences that begin with the other one
    are of somebody else.
    """
    found = amounts_of(index.text, index.words)
    kept = [a for n, a in enumerate(found) if not _is_taken_back(index.text, a, found[n + 1 : n + 4])]
    frequencies = [
        Frequency(m.start(), m.end(), frequency_of(m))
        for m in FREQUENCY.finditer(index.text)
        if not _DOUBTED.match(index.text, m.end())
    ]
    he, she = len(_HE.findall(note)), len(_SHE.findall(note))
    others = None if he == she else _OF_HER if he > she else _OF_HIM
    drugs = [m for m in index.mentions if m.semantic_type == "drug"]
    owners: dict[int, set[str]] = {}
    for concept in sorted({m.concept for m in drugs}):
        for amount in within(_said_after(index, drugs, concept), kept):
            owners.setdefault(amount.start, set()).add(concept)
    return Talk(index, kept, frequencies, drugs, owners, others)


def _is_taken_back(text: str, amount: Amount, later: Sequence[Amount]) -> bool:
    mark = _TAKEN_BACK.search(text, amount.end, amount.end + 30)
    if mark is None or "\n" in text[amount.end : mark.end()]:
        return False
    for other in later:
        if (
            "\n" in text[mark.end() : other.start]
        ):  # "five hundred alongside. No codeine." "Come in two weeks."
            return False
        if mark.end() <= other.start < mark.end() + _CORRECTED_WITHIN:
            return amount.unit is None or other.unit in (None, amount.unit)
    return False


def said_after(talk: Talk, concept: str) -> list[tuple[int, int]]:
    """Stretches of the talk that speak of a drug: from its name to the next drug's, or a few lines on."""
    return _said_after(talk.index, talk.drugs, concept)


def _said_after(index: Index, drugs: Sequence[Mention], concept: str) -> list[tuple[int, int]]:
    others = [m for m in drugs if m.concept != concept]
    starts, ends = [m.start for m in others], [m.end for m in others]
    stretches = []
    for at, mention in index.concepts.get(concept, ()):
        after, before = bisect_right(starts, mention.start), bisect_right(ends, mention.start)
        high = starts[after] if after < len(starts) else len(index.text)
        low = max(index.starts[at], ends[before - 1] if before else 0)
        if low > index.starts[at]:  # "metformin five hundred twice a day, and lisinopril ten"
            parts = [m.end() for m in _NEXT.finditer(index.text, low, mention.start)]
            low = parts[-1] if parts else low
        stretches.append((min(low, mention.start), min(high, mention.end + REACH)))
    return stretches


class _Placed(Protocol):
    @property
    def start(self) -> int: ...


_T = TypeVar("_T", bound=_Placed)


def within(stretches: Sequence[tuple[int, int]], placed: Sequence[_T]) -> list[_T]:
    """List what stands in the stretches, in the order of the talk; placed: in its order, too."""
    starts = [one.start for one in placed]
    found = {n for low, high in stretches for n in range(bisect_left(starts, low), bisect_left(starts, high))}
    return [placed[n] for n in sorted(found)]


def sides_of(text: str, start: int, end: int) -> list[Side]:
    """List the sides of the body named in text[start:end]; not "right now", "left the house"."""
    return [Side(m.start(), m.end(), m.lastgroup or "") for m in _SIDE.finditer(text, start, end)]
