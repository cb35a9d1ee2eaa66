"""Longest common subsequences (LCS): their length, and their union over lines, which ROUGE-Lsum needs.

The union depends on which of several longest subsequences is taken.  Taken is rouge_score's, found by
a walk from the ends of both lines; with t[i][j] the LCS length of the first i and the first j tokens,

    equal tokens: take i, go to (i - 1, j - 1);  t[i][j - 1] > t[i - 1][j]: go to j - 1;  else to i - 1

Here all lines of the reference are one long integer, one bit per token, and column j of all their
tables is its bits where t[i][j] > t[i - 1][j], the steps (Crochemore et al. 2001, "A fast and practical
bit-vector algorithm for the longest common subsequence problem"; Hyyrö 2004).  The walk goes down a
column while there is neither a step nor an equal token, and leaves it at the first of them.  So it
only needs the highest such bit of each line: a few operations on integers for all lines together.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

# Tokens of the reference, and columns, that are held at a time: they bound the memory for a note of any
# length, and change no number.
GROUP = 4096
CHUNK = 1024

_MIRRORED_BYTES = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def lcs_length(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """Give the length of a longest common subsequence, 0 to the length of the shorter side."""
    return LCSseq.similarity(reference, hypothesis)


def union_lcs(reference: Iterable[Sequence[str]], hypothesis: Sequence[Sequence[str]]) -> Counter[str]:
    """Count the tokens of the reference that are in the LCS of their line with any hypothesis line.

    Time: tokens of the one side x tokens of the other.
    """
    shared = {token for line in hypothesis for token in line}
    counts: Counter[str] = Counter()
    # No token of one side alone is ever taken, nor changes what is.
    for group in _groups([token for token in line if token in shared] for line in reference):
        lines = _as_bits(group)
        union = 0
        for line in hypothesis:
            union |= _taken(lines, line)
        counts.update({token: (union & bits).bit_count() for token, bits in lines.mirrored.items()})
    return counts


def _groups(lines: Iterable[list[str]]) -> Iterator[list[list[str]]]:
    """Lines to be done together; a note is one group."""
    group: list[list[str]] = []
    length = 0
    for line in lines:
        if length + len(line) > GROUP and group:
            yield group
            group, length = [], 0
        group.append(line)
        length += len(line)
    yield group


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines as bits, the first token lowest, with a gap bit below and above each line.

    mirrored, gaps and starts have their bits in reverse, so that a line's last token is its lowest
    bit: subtraction finds the lowest bit, and nothing so cheap finds the highest.
    """

    places: dict[str, int]  # the bits of each token
    tokens: int  # the bits of all tokens
    n_bytes: int
    mirrored: dict[str, int]  # places
    gaps: int
    starts: int  # the lowest bit of each line


def _as_bits(lines: Iterable[Sequence[str]]) -> _Lines:
    places: dict[str, int] = {}
    gaps, bit = 1, 2
    for line in lines:
        for token in line:
            places[token] = places.get(token, 0) | bit
            bit <<= 1
        gaps |= bit
        bit <<= 1
    n_bytes = (bit.bit_length() + 7) // 8
    mirrored = {token: _mirror(bits, n_bytes) for token, bits in places.items()}
    mirrored_gaps = _mirror(gaps, n_bytes)
    tokens = (bit - 1) ^ gaps
    starts = _mirror(tokens, n_bytes) & (mirrored_gaps << 1)
    return _Lines(places, tokens, n_bytes, mirrored, mirrored_gaps, starts)


def _mirror(bits: int, n_bytes: int) -> int:
    """Reverse the order of the bits."""
    return int.from_bytes(bits.to_bytes(n_bytes, "little").translate(_MIRRORED_BYTES), "big")


def _taken(lines: _Lines, other: Sequence[str]) -> int:
    """The mirrored bits of the tokens in the LCS of their line with the other line."""
    if not other:
        return 0
    chunks = [other[at : at + CHUNK] for at in range(0, len(other), CHUNK)]
    befores = [lines.tokens]
    for chunk in chunks[:-1]:
        befores.append(_columns(lines, chunk, befores[-1])[-1])
    taken = 0
    here = lines.starts  # where the walk of each line is; at the gap above, it is over
    for chunk, before in zip(reversed(chunks), reversed(befores), strict=True):
        columns = _columns(lines, chunk, before)
        for token, flat in zip(reversed(chunk), reversed(columns), strict=True):
            equal = lines.mirrored.get(token, 0)
            ahead = lines.gaps - here  # a gap minus a lower bit: all bits from that one to the gap
            stops = (ahead & (equal | ~_mirror(flat, lines.n_bytes))) | lines.gaps
            stop = stops & ~(stops - here)  # the first
            hit = stop & equal
            taken |= hit
            here = stop + hit  # a bit plus itself: the next bit
    return taken


def _columns(lines: _Lines, other: Sequence[str], before: int) -> list[int]:
    """The tokens that are no step, for each column of a stretch of the other line."""
    columns = []
    flat = before
    for token in other:
        equal = flat & lines.places.get(token, 0)
        # The sum carries a step up to the next equal token; a carry into a gap is dropped.
        flat = ((flat + equal) | (flat ^ equal)) & lines.tokens
        columns.append(flat)
    return columns
