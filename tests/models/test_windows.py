"""Speech packed into windows: nothing lost, nothing twice, times mapped back.  Values by hand."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.models.voice import RATE_HZ, Span
from scribeeval.models.windows import Window, halves, pack, rest, stretches

LENGTH_S = 100


def windows_of(spans: list[Span], gap_s: float = 0.5, pad_s: float = 0.0) -> tuple[Window, ...]:
    return pack(spans, LENGTH_S * RATE_HZ, longest_s=30, pad_s=pad_s, gap_s=gap_s)


def in_seconds(window: Window) -> list[tuple[float, float]]:
    return [(start / RATE_HZ, end / RATE_HZ) for start, end in window.pieces]


def test_short_stretches_share_a_window_and_its_gap_is_silent() -> None:
    (window,) = windows_of([Span(1.0, 2.0), Span(50.0, 52.0)])
    assert in_seconds(window) == [(1.0, 2.0), (50.0, 52.0)]
    channel = np.arange(LENGTH_S * RATE_HZ, dtype=np.float32)
    cut = window.samples(channel)
    assert len(cut) == window.n_samples == 3.5 * RATE_HZ
    assert cut[0] == RATE_HZ
    assert not cut[RATE_HZ : round(1.5 * RATE_HZ)].any()
    assert cut[-1] == 52 * RATE_HZ - 1


@pytest.mark.parametrize(
    ("window_s", "original_s"),
    [(0.0, 1.0), (0.5, 1.5), (1.0, 2.0), (1.2, 2.0), (1.3, 50.0), (1.5, 50.0), (2.5, 51.0), (9.0, 52.0)],
)
def test_a_time_of_the_window_is_a_time_of_the_recording(window_s: float, original_s: float) -> None:
    (window,) = windows_of([Span(1.0, 2.0), Span(50.0, 52.0)])
    assert window.original_s(window_s) == original_s


@pytest.mark.parametrize(
    ("word", "placed"),
    [
        ((0.2, 0.6), (1.2, 1.6)),
        ((0.7, 1.2), (1.7, 2.0)),  # the last word of a piece rings out
        ((0.9, 2.2), (50.0, 50.7)),  # the first of the next is said to begin where the last one ended
        ((1.1, 1.2), (2.0, 2.0)),
        ((1.3, 1.4), (50.0, 50.0)),
        ((2.4, 9.0), (50.9, 52.0)),
    ],
)
def test_a_word_lies_in_one_piece(word: tuple[float, float], placed: tuple[float, float]) -> None:
    (window,) = windows_of([Span(1.0, 2.0), Span(50.0, 52.0)])
    assert window.placed_s(*word) == pytest.approx(placed)


def test_a_window_is_full_at_thirty_seconds() -> None:
    windows = windows_of([Span(0.0, 20.0), Span(25.0, 34.5), Span(40.0, 41.0)])
    assert [in_seconds(window) for window in windows] == [[(0.0, 20.0), (25.0, 34.5)], [(40.0, 41.0)]]


def test_a_stretch_longer_than_a_window_is_cut_into_equal_parts() -> None:
    windows = windows_of([Span(10.0, 80.0)])
    assert [window.n_samples for window in windows] == [373_333, 373_333, 373_334]  # 70 s / 3
    assert windows[0].pieces[0][0] == 10 * RATE_HZ
    assert windows[-1].pieces[-1][1] == 80 * RATE_HZ


def test_pads_that_meet_make_one_piece_and_do_not_leave_the_recording() -> None:
    (window,) = windows_of([Span(0.1, 1.0), Span(1.3, 2.0), Span(99.9, 100.0)], pad_s=0.2)
    assert in_seconds(window) == [(0.0, 2.2), (pytest.approx(99.7), 100.0)]


def test_stretches_keep_pauses_as_they_were_and_never_span_a_longer_one() -> None:
    windows = stretches([Span(1, 2), Span(2.9, 4), Span(6, 7)], LENGTH_S * RATE_HZ, longest_s=30, pause_s=1.0)
    assert [in_seconds(window) for window in windows] == [[(0.5, 4.5)], [(5.5, 7.5)]]


def test_what_follows_the_last_word_is_left_if_it_is_enough() -> None:
    (window,) = windows_of([Span(1.0, 3.0), Span(50.0, 52.0), Span(60.0, 62.0)], gap_s=0.0)
    left = rest(window, 1.5, 3.0)
    assert left is not None
    assert in_seconds(left) == [(50.0, 52.0), (60.0, 62.0)]
    assert rest(window, 2.5, 3.0) is None
    assert rest(window, 6.0, 0.1) is None


def test_a_long_tail_of_the_piece_with_the_last_word_is_left_too() -> None:
    (window,) = windows_of([Span(1.0, 9.0), Span(50.0, 52.0)], gap_s=0.0)
    left = rest(window, 2.0, 3.0)
    assert left is not None
    assert in_seconds(left) == [(3.0, 9.0), (50.0, 52.0)]


def test_halves_hold_every_piece_once() -> None:
    (window,) = windows_of([Span(1.0, 3.0), Span(50.0, 52.0), Span(60.0, 62.0)])
    first, second = halves(window)
    assert first.pieces + second.pieces == window.pieces
    assert first.pieces
    assert second.pieces


def test_a_piece_goes_into_the_first_window_with_room() -> None:
    windows = windows_of([Span(0.0, 20.0), Span(30.0, 55.0), Span(60.0, 65.0), Span(70.0, 74.0)], gap_s=0.0)
    assert [in_seconds(window) for window in windows] == [
        [(0.0, 20.0), (60.0, 65.0), (70.0, 74.0)],
        [(30.0, 55.0)],
    ]


@given(
    st.lists(st.floats(0.05, 20), min_size=1, max_size=40),
    st.sampled_from([0.0, 0.2, 0.5]),
    st.sampled_from([0.0, 0.3]),
)
def test_every_sample_of_speech_is_in_one_window(lengths: list[float], pad_s: float, gap_s: float) -> None:
    edges = np.cumsum(lengths)
    spans = [Span(float(a), float(b)) for a, b in list(pairwise(edges))[::2]]
    n_samples = int(edges[-1] * RATE_HZ) + 1
    windows = pack(spans, n_samples, longest_s=30, pad_s=pad_s, gap_s=gap_s)
    covered = np.zeros(n_samples, dtype=int)
    for window in windows:
        assert window.n_samples <= 30 * RATE_HZ
        for start, end in window.pieces:
            covered[start:end] += 1
    assert covered.max(initial=0) <= 1
    assert all(covered[int(s.start_s * RATE_HZ) : int(s.end_s * RATE_HZ)].all() for s in spans)
