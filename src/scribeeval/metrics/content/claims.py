"""A note's statements beside the places of the talk that hold most of them, and what contradicts them."""

from collections.abc import Sequence
from typing import NamedTuple

from scribeeval.metrics.content.facts import Fact
from scribeeval.metrics.content.grounding import Read, best_segments
from scribeeval.metrics.content.index import Index
from scribeeval.terms import Mention

NEAR = 2  # sentences beside the one that holds most of a statement


class Contradiction(NamedTuple):
    """A span of the note that the talk says otherwise, and the span that says so.

    kind: a key of FINDING_KINDS; suggestion: what the talk says in its place, where that is known.
    """

    start: int
    end: int
    kind: str
    suggestion: str | None
    said: tuple[int, int]


class Claim(NamedTuple):
    """A statement of the note, text[start:end], its terms and facts, and where the talk holds them.

    held: for each fact the sentences of the talk that hold it; best: those that hold most of the statement.
    """

    text: str
    start: int
    end: int
    section: str
    mentions: Sequence[Mention]
    facts: Sequence[Fact]
    held: Sequence[Sequence[int]]
    best: Sequence[int]

    def is_near(self, segment: int) -> bool:
        """Tell whether a sentence of the talk stands by those that hold most of the statement."""
        return any(abs(segment - best) <= NEAR for best in self.best)

    def clause(self, position: int) -> tuple[int, int]:
        """Give the stretch between commas and semicolons in which a position of the statement lies."""
        low = max(self.text.rfind(mark, self.start, position) + 1 for mark in ",;")
        ends = [at for mark in ",;" if (at := self.text.find(mark, position, self.end)) >= 0]
        return max(low, self.start), min(ends, default=self.end)


def read_claim(note: Index, read: Read) -> Claim:
    """Hold a statement of a note beside the places of the talk."""
    start, end = read.statement.start, read.statement.end
    mentions = note.mentions_in(start, end)
    held = [one.segments for one in read.found]
    best = best_segments(read.facts, read.found, 2)
    return Claim(note.text, start, end, read.statement.section, mentions, read.facts, held, best)
