"""Whose voice a channel carries: copies of one channel, cross-talk, a channel without a voice.

Two channels are the clinician (left) and the patient (right).  All that follows compares levels in
time, in frames of 20 ms:

* the same speech: the difference of the two levels hardly varies while somebody speaks (dual mono, a
  stereo copy, one microphone with two capsules).  Then one channel is transcribed, speaker None.
* cross-talk: while the other channel is louder, this one rises and falls with it.  Those frames are
  muted before the engine hears them; what rises above the cross-talk stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scribeeval.models.voice import RATE_HZ, Span, levels_db, overlap_s, seconds, speech_of, speech_spans
from scribeeval.records import Speaker

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scribeeval.models.voice import Samples

    Values = NDArray[np.float64]
    Marks = NDArray[np.bool_]

ONE_CHANNEL = "one_channel"
SAME_SPEECH = "same_speech"
CROSS_TALK = "cross_talk"
SILENT_CHANNEL = "silent_channel"
ROLES: tuple[Speaker, ...] = ("clinician", "patient")

FRAME = 320  # samples, 20 ms
FRAMES_PER_S = RATE_HZ // FRAME
SMOOTH = 5  # frames, 100 ms: about a syllable, and longer than sound takes across a room
SPREAD_DB = 10.0  # between the tenth and the ninetieth percentile of the difference of copies
COPY_DB = 10.0  # a copy that is quieter than that may as well be cross-talk
COPY_S = 60.0  # unless it goes on for so long: a visit in which one of two says nothing is none
LOUDER_DB = 4.0  # the other channel is clearly nearer to the speaker
WINDOW = 25  # frames, 0.5 s: in which levels rise and fall together
TOGETHER = 0.7  # correlation of the two levels; of two people who talk at once about 0
MOSTLY = 0.6  # share of the louder frames: 0.8 and more in cross-talk, 0.4 and less in double talk
EXPLAINED_DB = 6.0  # this much above the usual cross-talk is a voice of the channel's own
CROSS_TALK_S = 0.3  # less is nobody's word
RAMP = 80  # samples, 5 ms: a cut without a click


@dataclass(frozen=True, slots=True)
class Sound:
    """One channel to transcribe.  level_db: of each 20 ms; speech: where somebody speaks."""

    speaker: Speaker | None
    samples: "Samples"
    speech: tuple[Span, ...]
    level_db: "Values"


def prepare(channels: "Sequence[Samples]", *, swap_roles: bool = False) -> tuple[list[Sound], list[str]]:
    """Decide what to transcribe of one or two channels at 16 kHz, and what a reader must know of them.

    swap_roles: the patient is the first channel.  Cross-talk is muted in the arrays given.  Returns
    the sounds, clinician first, and flags.
    """
    channels = [_padded(samples, channels) for samples in channels]
    sounds = [
        Sound(None, samples, speech, _smooth(levels_db(samples, FRAME)))
        for samples, speech in zip(channels, speech_of(channels), strict=True)
    ]
    if len(sounds) == 1:
        return sounds, [ONE_CHANNEL]
    first, second = sounds
    if _same_speech(first, second):
        louder = second if _speech_level(second) > _speech_level(first) + 1 else first
        return [louder], [SAME_SPEECH]
    clinician, patient = (second, first) if swap_roles else (first, second)
    muted = [_cross_talk(clinician, patient), _cross_talk(patient, clinician)]
    sounds = [
        _without(sound, role, frames)
        for sound, role, frames in zip((clinician, patient), ROLES, muted, strict=True)
    ]
    flags = [CROSS_TALK] if any(frames.any() for frames in muted) else []
    if sum(not sound.speech for sound in sounds) == 1:
        flags.append(SILENT_CHANNEL)
    return sounds, flags


def mean_level_db(sound: Sound, start_s: float, end_s: float) -> float:
    """Give the mean power of a stretch of a channel as it was recorded, in dB; -100 is silence."""
    part = sound.level_db[int(start_s * FRAMES_PER_S) : int(end_s * FRAMES_PER_S) + 1]
    return float(10 * np.log10(np.mean(10 ** (part / 10)))) if len(part) else -100.0


def _padded(samples: "Samples", channels: "Sequence[Samples]") -> "Samples":
    """Two files may differ in length: the shorter one is silent at its end."""
    missing = max(map(len, channels)) - len(samples)
    if not missing:
        return samples
    return np.concatenate([samples, np.zeros(missing, dtype=samples.dtype)])


def _smooth(level_db: "Values", frames: int = SMOOTH) -> "Values":
    if len(level_db) < frames:
        return level_db
    power = np.convolve(10 ** (level_db / 10), np.full(frames, 1 / frames), "same")
    smoothed: Values = 10 * np.log10(np.maximum(power, 1e-10))
    return smoothed


def _speaking(sound: Sound) -> "Marks":
    """Which frames lie in the channel's speech."""
    marks = np.zeros(len(sound.level_db), dtype=np.bool_)
    for start_s, end_s in sound.speech:
        marks[int(start_s * FRAMES_PER_S) : int(np.ceil(end_s * FRAMES_PER_S))] = True
    return marks


def _speech_level(sound: Sound) -> float:
    marks = _speaking(sound)
    return float(np.mean(sound.level_db[marks])) if marks.any() else -100.0


def _same_speech(first: Sound, second: Sound) -> bool:
    """Tell whether two channels carry the same voices at a constant difference of levels."""
    speaking = _speaking(first) | _speaking(second)
    if not speaking.any() or not (first.speech and second.speech):
        return False
    # Over half a second, because a copy may be late by some frames.
    difference = (_smooth(first.level_db, WINDOW) - _smooth(second.level_db, WINDOW))[speaking]
    low, middle, high = np.percentile(difference, [10, 50, 90])
    long_enough = min(seconds(first.speech), seconds(second.speech)) >= COPY_S
    return bool(high - low <= SPREAD_DB and (abs(middle) <= COPY_DB or long_enough))


def _cross_talk(sound: Sound, other: Sound) -> "Marks":
    """Which frames of a channel carry only what is heard, louder, in the other one."""
    none = np.zeros(len(sound.level_db), dtype=np.bool_)
    excess = other.level_db - sound.level_db
    suspect = _speaking(sound) & _speaking(other) & (excess >= LOUDER_DB)
    together = suspect & _rise_and_fall_together(sound.level_db, other.level_db)
    if together.sum() < max(CROSS_TALK_S * FRAMES_PER_S, MOSTLY * suspect.sum()):
        return none
    usual_db = float(np.median(excess[together]))
    # Not only where this channel seems to speak: cross-talk just below that would be the next to be heard.
    explained = _speaking(other) & (excess >= max(LOUDER_DB / 2, usual_db - EXPLAINED_DB))
    if (explained & _speaking(sound)).sum() < CROSS_TALK_S * FRAMES_PER_S:
        return none
    return explained


def _rise_and_fall_together(left: "Values", right: "Values") -> "Marks":
    """Which frames lie in a window of 0.5 s in which the two levels are correlated."""
    marks = np.zeros(len(left), dtype=np.bool_)
    if len(left) < WINDOW:
        return marks
    a = np.lib.stride_tricks.sliding_window_view(left, WINDOW)[:: WINDOW // 2]
    b = np.lib.stride_tricks.sliding_window_view(right, WINDOW)[:: WINDOW // 2]
    a = a - a.mean(axis=1, keepdims=True)
    b = b - b.mean(axis=1, keepdims=True)
    product = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    correlation = (a * b).sum(axis=1) / np.maximum(product, 1e-9)
    for index in np.flatnonzero(correlation >= TOGETHER):
        begin = int(index) * (WINDOW // 2)
        marks[begin : begin + WINDOW] = True
    return marks


def _without(sound: Sound, speaker: Speaker, muted: "Marks") -> Sound:
    """The channel with some frames silent; its speech is found anew."""
    if not muted.any():
        return Sound(speaker, sound.samples, sound.speech, sound.level_db)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], muted.astype(np.int8), [0]])))
    fade = np.linspace(1, 0, RAMP, dtype=np.float32)
    samples = sound.samples
    for begin, end in zip((edges[::2] * FRAME).tolist(), (edges[1::2] * FRAME).tolist(), strict=True):
        _multiply(samples[begin : begin + RAMP], fade)
        samples[begin + RAMP : end - RAMP] = 0
        _multiply(samples[end - RAMP : end], fade[::-1])
    speech = tuple(s for s in speech_spans(samples) if overlap_s(sound.speech, *s) > 0)
    return Sound(speaker, samples, speech, sound.level_db)


def _multiply(samples: "Samples", gain: "NDArray[np.float32]") -> None:
    samples[:] = (samples * gain[: len(samples)]).astype(samples.dtype)
