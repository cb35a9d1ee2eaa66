"""Active time from a log of events: gaps between events, cut at an inactivity limit, placed on the clock.

    active time of a clinician = sum of the gaps g between consecutive events with g <= cutoff

A gap counts whole or not at all: one longer than the cut-off adds nothing, not the cut-off, and nothing is
added after the last event.  A gap belongs to the activity of the event that begins it; of events at one
time, to the last in the input.  Events of all of a clinician's workstations are taken together.  Listening
is not seen.

Epic's own active time uses mouse and key events and a cut-off of 5 s (JGIM 2024).  A log that holds only
actions such as "note opened" is far sparser and needs a longer one; the choice moves every minute, so it
is the user's and is stated.

Times are int64 microseconds: absolute ones since 1970 for gaps, local ones (absolute + the zone's offset)
for days and windows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND
MAX_CUTOFF = 3600 * SECOND  # so that a gap meets one midnight at most


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Active time in pieces that lie within one local day; all of shape (n pieces,).

    clinician: code.  day: local days since 1970-01-01.  start, end: microseconds of that day, end > start.
    event: index, in the input, of the event that begins the gap.
    """

    clinician: Ints
    day: Ints
    start: Ints
    end: Ints
    event: Ints

    @property
    def length(self) -> Ints:
        """Microseconds of each piece."""
        return self.end - self.start


def active_pieces(clinician: Ints, instant: Ints, local: Ints, cutoff: int) -> Pieces:
    """Find the gaps that count, split at midnight.

    clinician, instant, local: shape (n events,), in any order.  cutoff: microseconds, at most an hour.
    A gap that meets a change of the clocks keeps its true length and the clock of its first event.

    Raises:
        ValueError: cutoff outside (0, MAX_CUTOFF].

    """
    if not 0 < cutoff <= MAX_CUTOFF:
        raise ValueError(f"cutoff {cutoff} is outside (0, {MAX_CUTOFF}] microseconds")
    order = np.lexsort((instant, clinician))
    who, when = clinician[order], instant[order]
    gap = np.diff(when)
    first = np.flatnonzero((who[1:] == who[:-1]) & (gap > 0) & (gap <= cutoff))
    event = order[first].astype(np.int64)
    begin = local[event]
    end = begin + gap[first]
    day = begin // DAY
    midnight = (day + 1) * DAY
    late = np.flatnonzero(end > midnight)
    return Pieces(
        clinician=np.concatenate([clinician[event], clinician[event[late]]]),
        day=np.concatenate([day, day[late] + 1]),
        start=np.concatenate([begin - day * DAY, np.zeros(late.size, np.int64)]),
        end=np.concatenate([np.minimum(end, midnight) - day * DAY, (end - midnight)[late]]),
        event=np.concatenate([event, event[late]]),
    )


def in_window(pieces: Pieces, start: int, end: int, *, weekends: bool) -> Ints:
    """Microseconds of each piece inside a daily window, which may pass midnight; split at its edges.

    start, end: microseconds of the day, the window is [start, end).  weekends: Saturdays and Sundays
    count whole.

    Raises:
        ValueError: start and end are the same.

    """
    if start == end:
        raise ValueError("the window has no length")
    inside = _before(pieces.end, start, end) - _before(pieces.start, start, end)
    return np.where(_weekend(pieces.day), pieces.length, inside) if weekends else inside


def _before(moment: Ints, start: int, end: int) -> Ints:
    """Microseconds of the window in [0, moment) of a day."""
    if start < end:
        return np.clip(moment, start, end) - start
    return np.minimum(moment, end) + np.maximum(moment - start, 0)


def _weekend(day: Ints) -> Bools:
    """1970-01-01 was a Thursday."""
    weekend: Bools = (day + 3) % 7 >= 5
    return weekend


def outside(pieces: Pieces, start: Ints, end: Ints) -> Ints:
    """Microseconds of each piece outside its own [start, end) of the day; shapes (n pieces,)."""
    return pieces.length - (np.clip(pieces.end, start, end) - np.clip(pieces.start, start, end))
