"""Where somebody speaks in one channel: the first guard against words that nobody said.

Silero's voice activity model, which faster-whisper brings along; without it, the level above the
channel's own noise, which takes music and loud breathing for speech too.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scribeeval.models.hardware import cores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float32] | NDArray[np.int16]
    Floats = NDArray[np.float32]
    Values = NDArray[np.float64]

RATE_HZ = 16_000
FULL_SCALE = 32_768  # of int16
FRAME = 512  # samples, 32 ms: what the model was trained on
BLOCK = 512 * 4_000  # samples, 128 s: an hour is not copied whole, and every core has work
WARM_UP = 512 * 32  # samples, 1 s: the model hears them before a block, for its memory of the last words

SPEECH_BEGINS = 0.5  # probability of speech; the model's authors' value
SPEECH_ENDS = 0.35
BRIDGED_S = 0.3  # a shorter pause is part of the speech
SHORTEST_S = 0.25  # a shorter sound is a cough, a chair, a note of music
ABOVE_NOISE_DB = 12.0
AUDIBLE_DB = -55.0  # of full scale; a quieter channel holds nobody
STILL_DB = -60.0  # frames that are quieter, and half a second away from louder ones, are not asked about
AROUND = 16  # frames


class Span(NamedTuple):
    """A stretch of time in seconds, start_s < end_s."""

    start_s: float
    end_s: float


def as_float(samples: "Samples") -> "Floats":
    """Give samples in -1..1, as models take them; a recording is kept as int16, which is half as large."""
    if samples.dtype == np.int16:
        return np.divide(samples, FULL_SCALE, dtype=np.float32)
    return samples.astype(np.float32, copy=False)


def speech_spans(samples: "Samples") -> tuple[Span, ...]:
    """Find the stretches of speech of one channel at 16 kHz, in order, apart from each other."""
    return speech_of([samples])[0]


def speech_of(channels: "Sequence[Samples]") -> list[tuple[Span, ...]]:
    """Find the stretches of speech of several channels at once, on every core."""
    try:
        probabilities = _silero(channels)
    except ModuleNotFoundError:
        probabilities = [_by_level(samples) for samples in channels]
    return [
        _spans(probability, len(samples) / RATE_HZ)
        for probability, samples in zip(probabilities, channels, strict=True)
    ]


def seconds(spans: Iterable[Span]) -> float:
    """Add up the length of spans that do not overlap."""
    return sum(end - start for start, end in spans)


def overlap_s(spans: Sequence[Span], start_s: float, end_s: float) -> float:
    """Give the seconds of start_s..end_s that lie in the spans."""
    return sum(max(0.0, min(end, end_s) - max(start, start_s)) for start, end in spans)


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans that overlap or touch."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start_s <= joined[-1].end_s:
            joined[-1] = Span(joined[-1].start_s, max(joined[-1].end_s, span.end_s))
        else:
            joined.append(span)
    return tuple(joined)


def _silero(channels: "Sequence[Samples]") -> "list[Values]":
    """Probability of speech, one value a frame, channel by channel."""
    from faster_whisper.vad import get_vad_model

    model = get_vad_model()

    def probability(block: tuple[int, int]) -> "Values":
        channel, start = block
        begin = max(0, start - WARM_UP)
        part = as_float(channels[channel][begin : start + BLOCK])
        frames = np.pad(part, (0, -len(part) % FRAME)).reshape(-1, FRAME)
        loud = levels_db(frames.ravel(), FRAME) >= STILL_DB
        asked = np.convolve(loud, np.ones(2 * AROUND + 1), "full")[AROUND:-AROUND] > 0
        found = np.zeros(len(frames))
        if asked.any():
            found[asked] = np.ravel(model(frames[asked].ravel()))
        return found[(start - begin) // FRAME :]

    blocks = [(i, start) for i, samples in enumerate(channels) for start in range(0, len(samples), BLOCK)]
    with ThreadPoolExecutor(cores()) as pool:
        found = list(pool.map(probability, blocks))
    return [
        np.concatenate([np.zeros(0), *(p for p, block in zip(found, blocks, strict=True) if block[0] == i)])
        for i in range(len(channels))
    ]


def _by_level(samples: "Samples") -> "Values":
    """1.0 for frames clearly above the channel's quietest tenth, else 0.0."""
    level = levels_db(samples, FRAME)
    if not len(level):
        return np.zeros(0)
    threshold = max(float(np.percentile(level, 10)) + ABOVE_NOISE_DB, AUDIBLE_DB)
    return np.where(level > threshold, 1.0, 0.0)


def levels_db(samples: "Samples", frame: int) -> "Values":
    """Mean power of each whole frame in dB of full scale; -100 is digital silence."""
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    power = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / frame
    if samples.dtype == np.int16:
        power /= FULL_SCALE**2
    decibels: Values = 10 * np.log10(np.maximum(power, 1e-10))
    return decibels


def _spans(probability: "Values", length_s: float) -> tuple[Span, ...]:
    """Speech begins above one probability, ends below a lower one; short pauses are bridged."""
    frame_s = FRAME / RATE_HZ
    spans: list[Span] = []
    start: int | None = None
    for index, value in enumerate([*probability.tolist(), 0.0]):
        if start is None and value >= SPEECH_BEGINS:
            start = index
        elif start is not None and value < SPEECH_ENDS:
            begin_s, end_s = start * frame_s, min(index * frame_s, length_s)
            if spans and begin_s - spans[-1].end_s < BRIDGED_S:
                begin_s = spans.pop().start_s
            spans.append(Span(round(begin_s, 3), round(end_s, 3)))
            start = None
    return tuple(span for span in spans if span.end_s - span.start_s >= SHORTEST_S)
