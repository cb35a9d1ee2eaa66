"""Active time from events: a day worked out by hand, and a slow second-by-second count as the oracle."""

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.stats.active_time import DAY, MINUTE, SECOND, Pieces, active_pieces, in_window, outside

FRIDAY = int(datetime(2025, 3, 7, tzinfo=UTC).timestamp()) * SECOND


def clock(text: str, day: int = 0) -> int:
    """A local time of the Friday, or of days after it, in microseconds."""
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return FRIDAY + day * DAY + (hours * 3600 + minutes * 60 + seconds) * SECOND


def found(times: list[int], cutoff_s: int = 300, who: list[int] | None = None) -> Pieces:
    local = np.array(times, np.int64)
    clinicians = np.zeros(local.size, np.int64) if who is None else np.array(who, np.int64)
    return active_pieces(clinicians, local, local, cutoff_s * SECOND)


# By hand, cut-off 300 s.  Gaps: 240 counts, 300 counts (not longer than the cut-off), 301 does not, 0 adds
# nothing, 60 counts; the last event begins nothing.  240 + 300 + 60 = 600 s.
HAND = [clock(t) for t in ("17:24:00", "17:28:00", "17:33:00", "17:38:01", "17:38:01", "17:39:01")]


def test_a_day_by_hand() -> None:
    pieces = found(HAND)
    assert pieces.length.sum() == 600 * SECOND
    assert sorted((pieces.length // SECOND).tolist()) == [60, 240, 300]


def test_order_of_rows_does_not_matter_and_clinicians_are_apart() -> None:
    shuffled = [HAND[i] for i in (3, 0, 5, 2, 4, 1)]
    assert found(shuffled).length.sum() == 600 * SECOND
    # Every second event is another's: 17:24 - 17:33 and 17:33 - 17:38:01 are too long for the one, ...
    apart = found(HAND, who=[0, 1, 0, 1, 0, 1])
    # ... 17:33:00 - 17:38:01 is 301 s; the other has 17:28 - 17:38:01 (too long) and 17:38:01 - 17:39:01.
    assert apart.length.sum() == 60 * SECOND
    assert set(apart.clinician.tolist()) == {1}


def test_a_gap_belongs_to_the_event_that_begins_it() -> None:
    pieces = found(HAND)
    begun = {int(e): int(n) // SECOND for e, n in zip(pieces.event, pieces.length, strict=True)}
    assert {0: 240, 1: 300}.items() <= begun.items()
    assert set(begun) == {0, 1, 4}, "of events at one time, the last of the file begins the gap"


def test_window_splits_the_gap_that_crosses_its_edge() -> None:
    """17:28 to 17:33 crosses 17:30: 3 of its 5 minutes are after it, and so is the last minute."""
    after = in_window(found(HAND), 17 * 60 * MINUTE + 30 * MINUTE, 7 * 60 * MINUTE, weekends=False)
    assert after.sum() == (180 + 60) * SECOND


def test_window_over_midnight_and_weekend() -> None:
    """Friday 23:58 - Saturday 00:02, Saturday 06:58 - 07:02, Saturday 12:00 - 12:04."""
    times = [
        clock("23:58:00"),
        clock("00:02:00", 1),
        clock("06:58:00", 1),
        clock("07:02:00", 1),
        clock("12:00:00", 1),
        clock("12:04:00", 1),
    ]
    pieces = found(times)
    assert pieces.length.sum() == 12 * MINUTE
    assert np.unique(pieces.day).size == 2, "midnight splits a gap between two days"
    night = in_window(pieces, 19 * 60 * MINUTE, 7 * 60 * MINUTE, weekends=False)
    assert night.sum() == (4 + 2) * MINUTE
    with_weekend = in_window(pieces, 19 * 60 * MINUTE, 7 * 60 * MINUTE, weekends=True)
    assert with_weekend.sum() == 12 * MINUTE
    noon = in_window(pieces, 12 * 60 * MINUTE, 12 * 60 * MINUTE + 3 * MINUTE, weekends=False)
    assert noon.sum() == 3 * MINUTE


def test_outside_hours_of_the_own_day() -> None:
    """Scheduled from 17:26 to 17:32: of 17:24 - 17:33, 2 and 1 minutes are outside, and the last minute."""
    pieces = found(HAND)
    start, end = (np.full(pieces.day.size, (17 * 60 + m) * MINUTE) for m in (26, 32))
    assert outside(pieces, start, end).sum() == (2 + 1 + 1) * MINUTE


def test_a_change_of_the_clocks_keeps_true_lengths() -> None:
    """In the autumn 01:58 is followed, four minutes later, by 01:02."""
    instant = np.array([0, 4 * MINUTE], np.int64) + FRIDAY
    local = np.array([clock("01:58:00"), clock("01:02:00")], np.int64)
    pieces = active_pieces(np.zeros(2, np.int64), instant, local, 300 * SECOND)
    assert pieces.length.tolist() == [4 * MINUTE]


@pytest.mark.parametrize("cutoff", [0, -1, 3601])
def test_cutoff_out_of_range_is_refused(cutoff: int) -> None:
    with pytest.raises(ValueError, match="cutoff"):
        found(HAND, cutoff)


def test_window_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        in_window(found(HAND), 5, 5, weekends=False)


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3 * 86_400)), max_size=12),
    st.integers(1, 3600),
    st.tuples(st.integers(0, 86_399), st.integers(0, 86_399)).filter(lambda w: w[0] != w[1]),
    st.booleans(),
)
def test_equal_to_counting_second_by_second(
    events: list[tuple[int, int]], cutoff: int, window: tuple[int, int], weekends: bool
) -> None:
    local = np.array([FRIDAY + s * SECOND for _, s in events], np.int64)
    who = np.array([w for w, _ in events], np.int64)
    pieces = active_pieces(who, local, local, cutoff * SECOND)
    inside = in_window(pieces, window[0] * SECOND, window[1] * SECOND, weekends=weekends)
    total = after = 0
    for clinician in (0, 1):
        times = sorted(s for w, s in events if w == clinician)
        for first, second in pairwise(times):
            if second - first > cutoff:
                continue
            total += second - first
            seconds = np.arange(first, second)
            day, of_day = seconds // 86_400, seconds % 86_400
            start, end = window
            hit = (of_day >= start) & (of_day < end) if start < end else (of_day >= start) | (of_day < end)
            after += int((hit | (weekends & ((4 + day) % 7 >= 5))).sum())
    assert pieces.length.sum() == total * SECOND
    assert inside.sum() == after * SECOND
    assert ((pieces.start >= 0) & (pieces.end <= DAY) & (pieces.length > 0)).all()
