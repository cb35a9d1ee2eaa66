"""A visit's turns, and its parts where it is longer than a model's window."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby

from scribeeval.models.prompts.fencing import neutral
from scribeeval.records import Segment

_SENTENCE_END = re.compile(r"(?<=[.?!。])\s+")

Fits = Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said at one time, as the sentences that a long turn may be split at.

    label: before its line; "" = nobody knows who spoke.
    """

    label: str
    sentences: tuple[str, ...]

    @property
    def line(self) -> str:
        """The turn on one line."""
        text = " ".join(self.sentences)
        return f"{self.label}: {text}" if self.label else text


def turns_of(segments: Sequence[Segment], labels: Mapping[str, str]) -> tuple[Turn, ...]:
    """Join what a known speaker says in a row; of an unknown one each line is a turn.  No turn is blank."""
    turns: list[Turn] = []
    for speaker, run in groupby(segments, key=lambda segment: segment.speaker):
        lines = [neutral(line) for segment in run for line in segment.text.splitlines()]
        sentences = [tuple(_SENTENCE_END.split(line)) for line in lines if line]
        if speaker is None:
            turns += [Turn("", line) for line in sentences]
        elif sentences:
            turns.append(Turn(labels[speaker], tuple(s for line in sentences for s in line)))
    return tuple(turns)


def split_long_turns(turns: Sequence[Turn], fits: Fits) -> tuple[Turn, ...] | None:
    """Split each turn that does not fit alone at its sentences, and a sentence that does not at its words.

    Speech that was recognised without punctuation is one long sentence.  None where a word does not fit.
    """
    pieces: list[Turn] = []
    for turn in turns:
        units = [
            unit
            for sentence in turn.sentences
            for unit in ([sentence] if fits([Turn(turn.label, (sentence,)).line]) else sentence.split(" "))
        ]
        done = 0
        while done < len(units):
            room = partial(_fits_units, fits, turn.label, units, done)
            if not room(done + 1):
                return None
            end = _longest(done + 1, len(units), room)
            pieces.append(Turn(turn.label, tuple(units[done:end])))
            done = end
    return tuple(pieces)


def _fits_units(fits: Fits, label: str, units: Sequence[str], start: int, end: int) -> bool:
    return fits([Turn(label, tuple(units[start:end])).line])


def parts_of(lines: Sequence[str], overlap: int, fits: Fits) -> tuple[range, ...]:
    """Split a visit's lines, each of which fits alone, into as few parts as it takes one after another.

    A part begins `overlap` lines before the end of the one before it, later where there would be no room
    for a new line.  Each part fits and holds a line that none before it has.  Parts are of similar length:
    a short rest at the end tempts a model to make things up.
    """
    ends = [0]
    for line in lines:
        ends.append(ends[-1] + len(line) + 1)

    @cache
    def fit(start: int, end: int) -> bool:
        return fits(lines[start:end])

    def within(most: int) -> tuple[range, ...]:
        """Take parts from the front; most: characters that none exceeds unless one new line does."""
        parts: list[range] = []
        done = 0
        while done < len(lines):
            start = next(
                at for at in range(max(0, done - overlap), done + 1) if at == done or fit(at, done + 1)
            )
            room = partial(lambda start, end: ends[end] - ends[start] <= most and fit(start, end), start)
            done = _longest(done + 1, len(lines), room)
            parts.append(range(start, done))
        return tuple(parts)

    parts = within(ends[-1])
    low, high = 0, ends[-1]
    while high - low > 1 + ends[-1] // 100:  # the least length that takes no more parts, to 1 %
        middle = (low + high) // 2
        shorter = within(middle)
        if len(shorter) <= len(parts):
            parts, high = shorter, middle
        else:
            low = middle
    return parts


def _longest(least: int, most: int, fits: Callable[[int], bool]) -> int:
    """Give the largest end in [least, most] that fits, if what is longer fits less; least where none does."""
    low, step = least, 1
    while low < most and fits(min(low + step, most)):
        low, step = min(low + step, most), 2 * step
    high = min(low + step, most + 1)  # does not fit, or is past the end
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
