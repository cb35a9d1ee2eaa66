"""Decoding: every common format without an ffmpeg binary, and what is no sound or not all of it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from models.sounds import Samples, tone, write
from scribeeval.errors import InputError
from scribeeval.models import audio
from scribeeval.models.audio import SAMPLE_RATE_HZ, decode, is_cut_short
from scribeeval.models.voice import as_float


def pitch_hz(samples: Samples) -> float:
    """The loudest frequency."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * SAMPLE_RATE_HZ / len(samples))


@pytest.mark.parametrize(
    ("name", "rate_hz", "n_channels"),
    [
        ("a.wav", 8_000, 1),
        ("a.wav", 48_000, 2),
        ("a.wav", 192_000, 2),
        ("a.flac", 44_100, 2),
        ("a.flac", 22_050, 1),
        ("a.mp3", 44_100, 2),
        ("a.mp3", 16_000, 1),
        ("a.m4a", 48_000, 2),
        ("a.m4a", 11_025, 1),
        ("a.ogg", 48_000, 1),
        ("a.opus", 16_000, 2),
        ("a.webm", 48_000, 2),
        ("a.mkv", 44_100, 1),
        ("진료 녹음 1.mp3", 24_000, 1),
    ],
)
def test_common_formats_rates_and_channels(tmp_path: Path, name: str, rate_hz: int, n_channels: int) -> None:
    path = write(tmp_path / name, tone(3, rate_hz, n_channels), rate_hz)
    channels = decode(path)
    assert len(channels) == n_channels
    for kept in channels:
        assert kept.dtype == np.int16
        samples = as_float(kept)
        assert len(samples) / SAMPLE_RATE_HZ == pytest.approx(3, abs=0.12)  # encoders pad by a frame or two
        assert pitch_hz(samples) == pytest.approx(440, abs=1)
        assert np.abs(samples[4000:-4000]).max() == pytest.approx(0.5, abs=0.05)
    assert not is_cut_short(path, len(channels[0]) / SAMPLE_RATE_HZ)


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv"])
def test_sound_of_a_film(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, tone(3, 48_000, 2), 48_000, film=True)
    left, _ = decode(path)
    assert pitch_hz(as_float(left)) == pytest.approx(440, abs=1)
    assert not is_cut_short(path, len(left) / SAMPLE_RATE_HZ)


def test_film_without_sound_is_named(tmp_path: Path) -> None:
    import av

    with av.open(str(tmp_path / "a.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(InputError, match="has no audio track"):
        decode(tmp_path / "a.mp4")


def test_left_stays_left(tmp_path: Path) -> None:
    both = np.stack([tone(1, 16_000, 1)[0], np.zeros(16_000, np.float32)])
    left, right = decode(write(tmp_path / "a.wav", both, 16_000))
    assert np.abs(left).max() > 0.4
    assert np.abs(right).max() == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("rate_hz", [16_000, 48_000])
def test_samples_that_are_no_numbers_are_refused(tmp_path: Path, bad: float, rate_hz: int) -> None:
    samples = tone(2, rate_hz, 1)[0]
    samples[rate_hz] = bad
    soundfile.write(tmp_path / "a.wav", samples, rate_hz, subtype="FLOAT")
    with pytest.raises(InputError, match=r"a\.wav: holds samples that are no numbers"):
        decode(tmp_path / "a.wav")


@pytest.mark.parametrize("name", ["a.wav", "a.ogg", "a.flac", "a.mp3"])
def test_recording_that_lacks_its_end(tmp_path: Path, name: str) -> None:
    data = write(tmp_path / name, tone(10, 48_000, 1), 48_000).read_bytes()
    (tmp_path / f"cut_{name}").write_bytes(data[: len(data) // 2])
    (samples,) = decode(tmp_path / f"cut_{name}")
    length_s = len(samples) / SAMPLE_RATE_HZ
    assert 3 < length_s < 7
    assert is_cut_short(tmp_path / f"cut_{name}", length_s)


def test_longer_than_its_header_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recorder that was still writing: the buffer must grow without a gap."""
    path = write(tmp_path / "a.wav", tone(9, 16_000, 2), 16_000)
    whole = decode(path)
    monkeypatch.setattr(audio, "LONGEST_BUFFER_S", 0.5)
    for short, long in zip(decode(path), whole, strict=True):
        np.testing.assert_array_equal(short, long)
