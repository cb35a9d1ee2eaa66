"""A text read for looking up: its segments, its terms and its words, each with its place.

A note's segments are its statements, a transcript's are the sentences of its lines.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from scribeeval.metrics.content.transcript import read_transcript, sentences
from scribeeval.metrics.term_counts import PACKAGED
from scribeeval.terms import Mention
from scribeeval.text.content_words import Word, content_words
from scribeeval.text.sections import chart_blocks
from scribeeval.text.statements import Statement, split_statements

_START = attrgetter("start")
_RUN, _RUN_COMMA = 200, 60  # characters: a sentence so long, with fewer than a comma for so many
FAMILY_LETTERS = 5  # letters that two words of one family share: "diagnosed", "diagnosis"


@dataclass(frozen=True, slots=True)
class Index:
    """A text's segments, mentions and words, and in which segments each concept, word and family stands."""

    text: str
    segments: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]
    mentions: tuple[Mention, ...]
    words: tuple[Word, ...]
    concepts: dict[str, list[tuple[int, Mention]]]
    keys: dict[str, list[int]]
    families: dict[str, list[int]]

    def segment_at(self, position: int) -> int:
        """Give the number of the segment in which a position lies, or that ended before it."""
        return max(0, bisect_right(self.starts, position) - 1)

    def words_in(self, start: int, end: int) -> Sequence[Word]:
        """Give the words that start in text[start:end]."""
        return self.words[_first(self.words, start) : _first(self.words, end)]

    def mentions_in(self, start: int, end: int) -> Sequence[Mention]:
        """Give the mentions that start in text[start:end]."""
        return self.mentions[_first(self.mentions, start) : _first(self.mentions, end)]

    def is_question(self, segment: int) -> bool:
        """Tell whether a segment ends in a question mark."""
        start, end = self.segments[segment]
        return self.text.endswith("?", start, end)

    def is_run(self, segment: int) -> bool:
        """Tell whether a segment is speech run together: without punctuation, what goes with what is open."""
        start, end = self.segments[segment]
        return end - start > _RUN and _RUN_COMMA * self.text.count(",", start, end) < end - start


def _first(placed: Sequence[Word] | Sequence[Mention], position: int) -> int:
    return bisect_left(placed, position, key=_START)


def _make_index(text: str, segments: tuple[tuple[int, int], ...], mentions: Iterable[Mention]) -> Index:
    starts = tuple(start for start, _ in segments)
    index = Index(text, segments, starts, tuple(mentions), tuple(content_words(text)), {}, {}, {})
    if not segments:
        return index
    for mention in index.mentions:
        index.concepts.setdefault(mention.concept, []).append((index.segment_at(mention.start), mention))
    for word in index.words:
        at = index.segment_at(word.start)
        index.keys.setdefault(word.key, []).append(at)
        if not word.number and len(word.key) >= FAMILY_LETTERS:
            index.families.setdefault(word.key[:FAMILY_LETTERS], []).append(at)
    return index


def own_statements(note: str) -> tuple[Statement, ...]:
    """List the statements of a note, without those of blocks pulled in from the chart: no visit says them."""
    blocks = chart_blocks(note)
    return tuple(s for s in split_statements(note) if not any(a <= s.start < b for a, b in blocks))


@lru_cache(maxsize=8)
def index_transcript(source: str) -> Index:
    """Index a visit's transcript by the sentences of its lines.  Cached, because metrics share it."""
    transcript = read_transcript(source)
    segments = tuple(
        segment for line in transcript.lines for segment in sentences(source, line.start, line.end)
    )
    return _make_index(source, segments, transcript.mentions)


@lru_cache(maxsize=8)
def index_note(note: str) -> Index:
    """Index a note by its statements.  Cached, because metrics share it."""
    return _make_index(note, tuple((s.start, s.end) for s in own_statements(note)), PACKAGED.find(note))
