"""Where somebody speaks in one channel: the first guard against words that nobody said.

Silero's voice activity model, which faster-whisper brings along; without it, the level above the
channel's own noise, which takes music and loud breathing for speech too.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    Values = NDArray[np.float64]

RATE_HZ = 16_000
FRAME = 512  # samples, 32 ms: what the model was trained on
BLOCK = 512 * 10_000  # samples, 320 s: an hour is not copied whole
WARM_UP = 512 * 32  # samples, 1 s: the model hears them before a block, for its memory of the last words

SPEECH_BEGINS = 0.5  # probability of speech; the model's authors' value
SPEECH_ENDS = 0.35
BRIDGED_S = 0.3  # a shorter pause is part of the speech
SHORTEST_S = 0.25  # a shorter sound is a cough, a chair, a note of music
ABOVE_NOISE_DB = 12.0
AUDIBLE_DB = -55.0  # of full scale; a quieter channel holds nobody


class Span(NamedTuple):
    """A stretch of time in seconds, start_s < end_s."""

    start_s: float
    end_s: float


def speech_spans(samples: "Samples") -> tuple[Span, ...]:
    """Find the stretches of speech of one channel at 16 kHz, in order, apart from each other."""
    try:
        probability = _silero(samples)
    except ModuleNotFoundError:
        probability = _by_level(samples)
    return _spans(probability, len(samples) / RATE_HZ)


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


def _silero(samples: "Samples") -> "Values":
    """Probability of speech, one value a frame."""
    from faster_whisper.vad import get_vad_model

    model = get_vad_model()
    found = []
    for start in range(0, len(samples), BLOCK):
        begin = max(0, start - WARM_UP)
        block = samples[begin : start + BLOCK]
        padded = np.pad(block, (0, -len(block) % FRAME))
        found.append(np.ravel(model(padded))[(start - begin) // FRAME :])
    return np.concatenate(found).astype(np.float64) if found else np.zeros(0)


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
