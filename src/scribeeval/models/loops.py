"""Loops: the same words again and again, which greedy decoders fall into."""

from collections.abc import Sequence
from typing import NamedTuple

LONGEST = 40  # words of one round
# Rounds in a row: from which it looks like a loop, and from which nobody says it; by words of a round.
ONE_WORD = (8, 12)  # "no no no no no no" is said
FEW_WORDS = (4, 8)
MANY_WORDS = (3, 4)
MANY = 6


class Loop(NamedTuple):
    """Words start..end repeat their first `period` words; sure: nobody says that so often."""

    start: int
    end: int
    period: int
    sure: bool

    @property
    def again(self) -> int:
        """How many words there are after the first round."""
        return self.end - self.start - self.period


def find_loops(words: Sequence[str]) -> list[Loop]:
    """Find the loops of a sequence of words, in order; of loops that overlap the one that begins first.

    >>> find_loops("so i see i see i see i see i see then".split())
    [Loop(start=1, end=11, period=2, sure=False)]
    """
    found = [loop for period in range(1, LONGEST + 1) for loop in _of_period(words, period)]
    loops: list[Loop] = []
    for loop in sorted(found, key=lambda loop: (loop.start, loop.period)):
        if not loops or loop.start >= loops[-1].end:
            loops.append(loop)
    return loops


def _of_period(words: Sequence[str], period: int) -> list[Loop]:
    least, sure = ONE_WORD if period == 1 else FEW_WORDS if period < MANY else MANY_WORDS
    loops: list[Loop] = []
    start = 0
    for index in range(period, len(words) + 1):
        if index < len(words) and words[index] == words[index - period]:
            continue
        rounds = (index - start) // period
        if rounds >= least:
            # What began another round and went elsewhere is the next thing that was said.
            end = index if index == len(words) else start + rounds * period
            loops.append(Loop(start, end, period, rounds >= sure))
        start = index - period + 1
    return loops
