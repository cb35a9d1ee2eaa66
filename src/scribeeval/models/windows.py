"""Pack the speech of a channel into windows of the model's length, and map times back.

A recogniser pays for a whole window of 30 s whatever is in it; in a visit of two channels, each is
silent more than half of the time.  Stretches of speech are laid one after the other, a short silence
between them, so that no window is decoded for a single "yes".
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from scribeeval.models.voice import RATE_HZ, Span, as_float

if TYPE_CHECKING:
    from scribeeval.models.voice import Floats, Samples


@dataclass(frozen=True, slots=True)
class Window:
    """Stretches of one channel, as (first sample, end) in order; in the window, gap samples part them."""

    pieces: tuple[tuple[int, int], ...]
    gap: int

    @property
    def n_samples(self) -> int:
        """Length of the window with its gaps."""
        return sum(end - start for start, end in self.pieces) + self.gap * (len(self.pieces) - 1)

    def samples(self, channel: "Samples") -> "Floats":
        """Cut the window out of its channel."""
        silence = np.zeros(self.gap, dtype=np.float32)
        cut = [part for start, end in self.pieces for part in (silence, as_float(channel[start:end]))]
        return np.concatenate(cut[1:])

    def original_s(self, time_s: float) -> float:
        """Give the second of the recording for a second of the window; in a gap, the nearer edge."""
        offset = round(time_s * RATE_HZ)
        starts = self.starts()
        index = max(0, bisect_right(starts, offset) - 1)
        start, end = self.pieces[index]
        inside = offset - starts[index]
        if inside > end - start and index + 1 < len(self.pieces):
            beyond = inside - (end - start)
            return (self.pieces[index + 1][0] if 2 * beyond > self.gap else end) / RATE_HZ
        return min(start + max(0, inside), end) / RATE_HZ

    def placed_s(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Give a word's seconds of the recording: it lies in the piece that holds its middle.

        A recogniser lets a word begin where the one before ends: the first word of a piece would begin in
        the piece before, and its phrase would reach over all that was said between the two.
        """
        middle = round((start_s + end_s) / 2 * RATE_HZ)
        starts = self.starts()
        index = max(0, bisect_right(starts, middle + self.gap // 2) - 1)
        low, high = self.pieces[index]
        placed = (low + round(time_s * RATE_HZ) - starts[index] for time_s in (start_s, end_s))
        start, end = (min(max(at, low), high) / RATE_HZ for at in placed)
        return start, end

    def starts(self) -> list[int]:
        """Give the place of each piece in the window, in samples."""
        starts, at = [], 0
        for start, end in self.pieces:
            starts.append(at)
            at += end - start + self.gap
        return starts


def pack(
    spans: Iterable[Span], n_samples: int, *, longest_s: float, pad_s: float, gap_s: float
) -> tuple[Window, ...]:
    """Pack spans of speech into few windows, none longer than longest_s: each into the first with room.

    In a window the spans keep their order; a later window may hold an earlier span.
    n_samples: length of the channel.  pad_s: taken along on either side of a span, so that no sound is
    cut; spans whose pads meet become one.  A span longer than a window is cut.
    """
    longest, gap = int(longest_s * RATE_HZ), int(gap_s * RATE_HZ)
    windows: list[list[tuple[int, int]]] = []
    room: list[int] = []
    for start, end in _pieces(spans, n_samples, int(pad_s * RATE_HZ), longest):
        needed = end - start + gap
        chosen = next((i for i, left in enumerate(room) if needed <= left), len(windows))
        if chosen == len(windows):
            windows.append([])
            room.append(longest + gap)
        windows[chosen].append((start, end))
        room[chosen] -= needed
    return tuple(Window(tuple(pieces), gap) for pieces in windows)


def rest(window: Window, heard_until_s: float, at_least_s: float) -> Window | None:
    """Give what follows the last word heard; None where that is less than at_least_s.

    A shorter tail of the piece in which the last word ends is the pad, or breath, and counts as heard.
    """
    heard, at_least = round(heard_until_s * RATE_HZ), at_least_s * RATE_HZ
    pieces: list[tuple[int, int]] = []
    for (low, high), start in zip(window.pieces, window.starts(), strict=True):
        left = (low + max(0, heard - start), high)
        if start >= heard or left[1] - left[0] >= at_least:
            pieces.append(left)
    found = Window(tuple(pieces), window.gap)
    return found if pieces and found.n_samples >= at_least else None


def halves(window: Window) -> tuple[Window, ...]:
    """Split a window of several pieces into two."""
    middle = (len(window.pieces) + 1) // 2
    return tuple(Window(part, window.gap) for part in (window.pieces[:middle], window.pieces[middle:]))


def stretches(
    spans: Iterable[Span], n_samples: int, *, longest_s: float, pause_s: float = 2.0
) -> tuple[Window, ...]:
    """Cut a channel into stretches of speech as they were recorded, pauses up to pause_s left in.

    A window each: for a recogniser that gives no times of words, so that no phrase reaches over a
    longer silence, in which the other speaker may have answered.  Shorter pauses stay, because a
    recogniser mishears single words without those around them.
    """
    longest = int(longest_s * RATE_HZ)
    pieces = _pieces(spans, n_samples, int(pause_s * RATE_HZ / 2), longest)
    return tuple(Window((piece,), 0) for piece in pieces)


def _pieces(spans: Iterable[Span], n_samples: int, pad: int, longest: int) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for span in spans:
        start = max(0, int(span.start_s * RATE_HZ) - pad)
        end = min(n_samples, int(span.end_s * RATE_HZ) + pad)
        if joined and start <= joined[-1][1] and end - joined[-1][0] <= longest:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((max(start, joined[-1][1] if joined else 0), end))
    return [piece for start, end in joined for piece in _cut(start, end, longest)]


def _cut(start: int, end: int, longest: int) -> Sequence[tuple[int, int]]:
    """Cut a stretch that is longer than a window into equal parts that are not."""
    n_parts = max(1, -(-(end - start) // longest))
    edges = [start + (end - start) * part // n_parts for part in range(n_parts + 1)]
    return [(a, b) for a, b in pairwise(edges) if b > a]
