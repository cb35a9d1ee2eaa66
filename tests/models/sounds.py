"""Sounds for the tests: made by rule, or cut from the demonstration's recordings; and files of them."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from scribeeval.models.audio import SAMPLE_RATE_HZ, decode
from scribeeval.models.voice import as_float

DEMO = Path(__file__).parents[2] / "datasets" / "demo"
Samples = NDArray[np.float32]

CODECS = {
    "wav": "pcm_s16le",
    "flac": "flac",
    "mp3": "libmp3lame",
    "m4a": "aac",
    "ogg": "libopus",
    "opus": "libopus",
    "webm": "libopus",
    "mkv": "aac",
    "mp4": "aac",
}


def demo(visit: str, seconds: float) -> tuple[Samples, Samples]:
    """The first seconds of a visit that was really spoken: clinician, patient."""
    left, right = decode(DEMO / "audio" / f"{visit}.ogg")
    n = int(seconds * SAMPLE_RATE_HZ)
    return as_float(left[:n]), as_float(right[:n])


def gain(samples: Samples, decibels: float) -> Samples:
    """Make louder or quieter."""
    return (samples * 10 ** (decibels / 20)).astype(np.float32)


def noise(seconds: float, seed: int = 1, level: float = 0.02) -> Samples:
    """White noise."""
    n = int(seconds * SAMPLE_RATE_HZ)
    return np.random.default_rng(seed).normal(0, level, n).astype(np.float32)


def music(seconds: float, seed: int = 0) -> Samples:
    """Chords with vibrato over drums."""
    rng = np.random.default_rng(seed)
    out = np.zeros(int((seconds + 3) * SAMPLE_RATE_HZ))
    position = 0
    while position < seconds * SAMPLE_RATE_HZ:
        length = float(rng.choice([0.25, 0.5, 1.0]))
        t = np.arange(int(length * 1.2 * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
        for pitch in rng.choice([220, 246.9, 261.6, 329.6, 392, 440], size=3, replace=False):
            phase = 2 * np.pi * pitch * np.cumsum(1 + 0.006 * np.sin(2 * np.pi * 5.5 * t)) / SAMPLE_RATE_HZ
            tone = np.sum([np.sin(k * phase) / k for k in range(1, 10)], axis=0)
            out[position : position + len(t)] += tone * np.minimum(1, t * 5)
        position += int(length * SAMPLE_RATE_HZ)
    for beat in range(int(seconds * 2)):
        start = beat * SAMPLE_RATE_HZ // 2
        out[start : start + 2000] += rng.normal(size=2000) * np.exp(-np.arange(2000) / 300)
    out = out[: int(seconds * SAMPLE_RATE_HZ)]
    loud: Samples = (out / np.abs(out).max() * 0.6).astype(np.float32)
    return loud


def tone(seconds: float, rate_hz: int, n_channels: int) -> Samples:
    """A tone of 440 Hz at half of full scale in every channel: (channels, samples)."""
    t = np.arange(int(seconds * rate_hz)) / rate_hz
    wave = np.sin(2 * np.pi * 440 * t).astype(np.float32) / 2
    return np.tile(wave, (n_channels, 1))


def write(path: Path, samples: Samples, rate_hz: int, *, film: bool = False) -> Path:
    """Encode samples (channels, samples) as the suffix says; film: with a picture track."""
    suffix = path.suffix.removeprefix(".")
    layout = {1: "mono", 2: "stereo", 7: "6.1"}[len(samples)]
    with av.open(str(path), "w", format={"m4a": "mp4", "mkv": "matroska"}.get(suffix)) as container:
        stream: Any = container.add_stream(CODECS[suffix], rate=rate_hz)
        stream.layout = layout
        if film:
            picture: Any = container.add_stream("mpeg4", rate=5)
            picture.width = picture.height = 32
            picture.pix_fmt = "yuv420p"
            for index in range(int(5 * samples.shape[1] / rate_hz)):
                image = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
                image.pts = index
                image.time_base = Fraction(1, 5)
                container.mux(picture.encode(image))
            container.mux(picture.encode(None))
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
        frame.sample_rate = rate_hz
        frame.pts = 0
        frame.time_base = Fraction(1, rate_hz)
        resampler = av.AudioResampler(
            format=stream.codec_context.format,
            layout=layout,
            rate=rate_hz,
            frame_size=stream.codec_context.frame_size or 1024,
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path
