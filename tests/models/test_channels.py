"""Copies, cross-talk and silence, made from the demonstration's spoken visits by mixing their channels."""

import numpy as np
import pytest

from models.sounds import Samples, demo, gain, music, noise
from scribeeval.models import channels, voice
from scribeeval.models.channels import CROSS_TALK, ONE_CHANNEL, SAME_SPEECH, SILENT_CHANNEL, prepare
from scribeeval.models.voice import Span, overlap_s, seconds, speech_spans, union

SECONDS = 40


@pytest.fixture(scope="module")
def visit() -> tuple[Samples, Samples]:
    return demo("V04", SECONDS)


@pytest.fixture(scope="module")
def said(visit: tuple[Samples, Samples]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """When each of the two really speaks: each channel of the demonstration holds one voice."""
    left, right = visit
    return speech_spans(left), speech_spans(right)


def room(samples: Samples, delay_ms: int) -> Samples:
    """The same voice across a room: later, with an echo."""
    delay = 16 * delay_ms
    response = np.zeros(delay + 2400)
    response[delay] = 1
    echo = np.random.default_rng(0).normal(size=2000) * np.exp(-np.arange(2000) / 600) * 0.04
    response[delay + 400 :] += echo
    return np.convolve(samples, response)[: len(samples)].astype(np.float32)


def foreign_s(found: tuple[Span, ...], own: tuple[Span, ...]) -> float:
    """Seconds that a channel seems to speak while its own speaker is silent."""
    own = tuple(Span(start - 0.2, end + 0.2) for start, end in own)
    return seconds(found) - sum(overlap_s(union(own), *span) for span in found)


def test_separate_channels_stay_as_they_are(visit: tuple[Samples, Samples]) -> None:
    sounds, flags = prepare([samples.copy() for samples in visit])
    assert flags == []
    assert [sound.speaker for sound in sounds] == ["clinician", "patient"]
    for sound, samples in zip(sounds, visit, strict=True):
        np.testing.assert_array_equal(sound.samples, samples)


def test_roles_can_be_swapped(visit: tuple[Samples, Samples]) -> None:
    sounds, _ = prepare([samples.copy() for samples in visit], swap_roles=True)
    assert [sound.speaker for sound in sounds] == ["clinician", "patient"]
    np.testing.assert_array_equal(sounds[0].samples, visit[1])


@pytest.mark.parametrize("decibels", [-8, -15, -30])
def test_cross_talk_is_muted_and_own_speech_stays(
    visit: tuple[Samples, Samples], said: tuple[tuple[Span, ...], ...], decibels: float
) -> None:
    left, right = visit
    hum = noise(SECONDS, level=1e-3)
    mixed = [left + gain(room(right, 8), decibels) + hum, right + gain(room(left, 8), decibels) + hum]
    before = [foreign_s(speech_spans(samples), own) for samples, own in zip(mixed, said, strict=True)]
    sounds, flags = prepare(mixed)
    assert flags == [CROSS_TALK]
    assert max(before) > 3, "else there was nothing to remove"
    for sound, own in zip(sounds, said, strict=True):
        assert foreign_s(sound.speech, own) < 1.5
        assert sum(overlap_s(sound.speech, *span) for span in own) > 0.9 * seconds(own)


def test_one_way_cross_talk_leaves_the_clean_channel_alone(visit: tuple[Samples, Samples]) -> None:
    left, right = visit
    sounds, flags = prepare([left.copy(), right + gain(left, -12)])
    assert flags == [CROSS_TALK]
    np.testing.assert_array_equal(sounds[0].samples, left)
    assert not np.array_equal(sounds[1].samples, right + gain(left, -12))


@pytest.mark.parametrize("decibels", [0, -12])
def test_two_who_talk_at_once_are_no_cross_talk(visit: tuple[Samples, Samples], decibels: float) -> None:
    left, right = visit
    shifted = gain(np.roll(right, 3 * voice.RATE_HZ), decibels)
    assert min(seconds(speech_spans(left)), seconds(speech_spans(shifted))) > 5
    sounds, flags = prepare([left.copy(), shifted.copy()])
    assert flags == []
    np.testing.assert_array_equal(sounds[1].samples, shifted)


def test_one_who_sits_far_from_the_microphone_is_no_cross_talk(visit: tuple[Samples, Samples]) -> None:
    _, flags = prepare([visit[0].copy(), gain(visit[1], -20)])
    assert flags == []


@pytest.mark.parametrize("kind", ["copy", "quieter", "late", "other polarity"])
def test_channels_with_the_same_speech_are_one(visit: tuple[Samples, Samples], kind: str) -> None:
    mixed = visit[0] + visit[1]
    other = {
        "copy": mixed,
        "quieter": gain(mixed, -6),
        "late": np.roll(mixed, 320),
        "other polarity": -mixed,
    }[kind]
    sounds, flags = prepare([mixed.copy(), other.copy()])
    assert flags == [SAME_SPEECH]
    assert [sound.speaker for sound in sounds] == [None]


def test_silent_channel_is_told(visit: tuple[Samples, Samples]) -> None:
    sounds, flags = prepare([visit[0].copy(), noise(SECONDS, level=1e-3)])
    assert flags == [SILENT_CHANNEL]
    assert sounds[0].speech
    assert sounds[1].speech == ()


def test_files_of_two_lengths(visit: tuple[Samples, Samples]) -> None:
    sounds, flags = prepare([visit[0].copy(), visit[1][: 20 * voice.RATE_HZ].copy()])
    assert flags == []
    assert len(sounds[0].samples) == len(sounds[1].samples)


def test_one_channel(visit: tuple[Samples, Samples]) -> None:
    sounds, flags = prepare([visit[0] + visit[1]])
    assert (len(sounds), sounds[0].speaker, flags) == (1, None, [ONE_CHANNEL])


@pytest.mark.parametrize("seed", [0, 1])
def test_music_and_noise_are_no_speech(seed: int) -> None:
    assert speech_spans(music(15, seed)) == ()
    assert speech_spans(noise(15, seed, level=0.2)) == ()
    assert speech_spans(np.zeros(100, np.float32)) == ()
    assert speech_spans(np.zeros(0, np.float32)) == ()


def test_long_recordings_are_heard_in_blocks(
    visit: tuple[Samples, Samples], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = speech_spans(visit[0])
    monkeypatch.setattr(voice, "BLOCK", 512 * 250)  # 8 s
    blocks = speech_spans(visit[0])
    assert abs(seconds(whole) - seconds(blocks)) < 0.05 * seconds(whole)
    assert sum(overlap_s(whole, *span) for span in blocks) > 0.95 * seconds(whole)


def test_without_the_model_the_level_decides(
    visit: tuple[Samples, Samples],
    said: tuple[tuple[Span, ...], ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(_: object) -> None:
        raise ModuleNotFoundError

    monkeypatch.setattr(voice, "_silero", missing)
    found = speech_spans(visit[0])
    assert sum(overlap_s(found, *span) for span in said[0]) > 0.8 * seconds(said[0])
    assert foreign_s(found, said[0]) < 2
    assert speech_spans(noise(10, level=0.1)) == ()
    assert speech_spans(np.zeros(16_000, np.float32)) == ()


def test_spans_join() -> None:
    assert union([Span(2, 3), Span(0, 1), Span(0.5, 2)]) == (Span(0, 3),)
    assert channels.mean_level_db(prepare([np.full(16_000, 0.1, np.float32)])[0][0], 0.2, 0.8) == (
        pytest.approx(-20, abs=0.01)
    )


def test_speech_begins_and_ends_at_two_probabilities(monkeypatch: pytest.MonkeyPatch) -> None:
    """By hand, frames of 32 ms: 20 of speech, 5 unsure (bridged), 20 of speech, 20 without, 5 (a cough)."""
    frames = [0.1] * 10 + [0.6] * 20 + [0.4] * 5 + [0.2] * 5 + [0.9] * 20 + [0.0] * 20 + [0.9] * 5 + [0.0] * 5
    monkeypatch.setattr(voice, "_silero", lambda _: [np.array(frames)])
    assert speech_spans(np.zeros(len(frames) * voice.FRAME, np.float32)) == (Span(0.32, 1.92),)
