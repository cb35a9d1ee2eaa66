"""From channels to segments, with an engine that says what the test lets it say."""

import numpy as np
import pytest

from models.sounds import Samples, demo, gain, music, noise
from scribeeval.io.diarisation import Turn
from scribeeval.models.engines import Phrase, Transcriber
from scribeeval.models.hearing import FLAGS, Heard, hear
from scribeeval.models.voice import RATE_HZ
from scribeeval.records import Producer, Transcript
from scribeeval.stages.transcription import transcription

VISIT_S = 20


def engine(*answers: tuple[Phrase, ...]) -> Transcriber:
    """An engine that gives these answers, channel after channel; more channels are an error."""
    left = list(answers)

    def transcribe(samples: object, speech: object) -> tuple[Phrase, ...]:
        return left.pop(0)

    return Transcriber(Producer("test", "1", ""), {}, transcribe)


@pytest.fixture(scope="module")
def visit() -> tuple[Samples, Samples]:
    """V04: the clinician says hello at once, the patient answers after some 4 s."""
    return demo("V04", VISIT_S)


def heard(channels: tuple[Samples, ...], *answers: tuple[Phrase, ...]) -> Heard:
    return hear([samples.copy() for samples in channels], engine(*answers), "en")


@pytest.mark.parametrize("sound", [np.zeros(RATE_HZ * 8, np.float32), noise(8), music(8)])
def test_where_nobody_speaks_the_engine_is_not_asked(sound: Samples) -> None:
    for channels in ((sound,), (sound, sound)):
        found = heard(channels)  # an engine without an answer: asking it would fail
        assert found.segments == ()
        assert "no_speech" in found.flags
        assert found.facts["speech_s"] == 0


def test_segments_interleave_and_ties_keep_their_order(visit: tuple[Samples, Samples]) -> None:
    left = (Phrase(1.0, 2.0, "one"), Phrase(1.0, 1.5, "two"), Phrase(2.2, 2.5, "five"))
    right = (Phrase(1.0, 1.2, "three"), Phrase(2.0, 2.5, "four"))
    found = hear([visit[0].copy(), demo("V02", VISIT_S)[0]], engine(left, right), "en")
    assert [s.text for s in found.segments] == ["one", "two", "three", "four", "five"]


def test_what_is_invented_is_told_and_counted(visit: tuple[Samples, Samples]) -> None:
    mine = (Phrase(0.7, 3.0, "Good morning. Thanks for watching!"),)
    found = heard(visit, mine, ())
    assert [s.text for s in found.segments] == ["Good morning."]
    assert found.flags == ("invented_words", "low_coverage")
    assert found.facts["phantom_words"] == 3
    assert 0 < found.facts["transcribed_s"] < found.facts["speech_s"]
    summary = transcription([Transcript("v", found.segments, Producer("", "", ""), found.flags, found.facts)])
    assert summary["hallucinated_words_per_hour"] == pytest.approx(3 * 3600 / VISIT_S)
    assert summary["coverage"] == pytest.approx(found.facts["transcribed_s"] / found.facts["speech_s"])
    assert summary["flags"] == {"invented_words": 1, "low_coverage": 1}


def test_numbers_of_several_visits_add_up() -> None:
    def visit_of(audio_s: float, speech_s: float, transcribed_s: float, words: int) -> Transcript:
        facts = {
            "audio_s": audio_s,
            "speech_s": speech_s,
            "transcribed_s": transcribed_s,
            "loop_words": words,
        }
        return Transcript("v", (), Producer("", "", ""), (), facts)

    found = transcription([visit_of(1800, 100, 90, 6), visit_of(5400, 300, 300, 0)])
    assert found["coverage"] == pytest.approx(390 / 400)
    assert found["hallucinated_words_per_hour"] == pytest.approx(3.0)
    assert found["hallucinated_words"]["loop"] == 6
    imported = transcription([Transcript("v", (), Producer("", "", ""))])
    assert (imported["coverage"], imported["hallucinated_words_per_hour"]) == (None, None)


def test_same_speech_is_transcribed_once(visit: tuple[Samples, Samples]) -> None:
    mixed = visit[0] + visit[1]
    found = heard((mixed, gain(mixed, -3)), (Phrase(1.0, 2.0, "Good morning"),))
    assert [(s.speaker, s.text) for s in found.segments] == [(None, "Good morning")]
    assert "same_speech" in found.flags


def test_diarisation_of_one_channel(visit: tuple[Samples, Samples]) -> None:
    mixed = visit[0] + visit[1]
    said = (Phrase(1.0, 2.0, "Good morning"), Phrase(6.0, 8.0, "Hello doctor"))
    turns = [Turn(0.5, 3, "d", "clinician"), Turn(5, 9, "p", "patient")]
    found = hear([mixed.copy()], engine(said), "en", turns=turns)
    assert [s.speaker for s in found.segments] == ["clinician", "patient"]
    assert "one_channel" not in found.flags
    half = hear([mixed.copy()], engine(said), "en", turns=turns[:1])
    assert [s.speaker for s in half.segments] == ["clinician", None]
    assert "one_channel" in half.flags
    apart = hear([s.copy() for s in visit], engine((), ()), "en", turns=turns)
    assert "unused_diarisation" in apart.flags


def test_swapped_roles_are_told_and_not_mended(visit: tuple[Samples, Samples]) -> None:
    asks = (Phrase(1.0, 9.0, "How long have you had this? Any fever? Let me check your knee. Does it hurt?"),)
    tells = (Phrase(1.0, 9.0, "I've been limping, doctor. My knee hurts. I can't sleep, my wife told me."),)
    channels = (visit[0], visit[0][::-1])
    found = hear([s.copy() for s in channels], engine(tells, asks), "en")
    assert "roles_swapped" in found.flags
    assert {s.speaker for s in found.segments if "knee hurts" in s.text} == {"clinician"}
    mended = hear([s.copy() for s in channels], engine(asks, tells), "en", swap_roles=True)
    assert "roles_swapped" not in mended.flags


def test_every_flag_is_named_for_the_terminal_and_the_report() -> None:
    from scribeeval.report.languages import load

    for code in ("en", "ko"):
        assert all(f"flag.{flag}" in load(code).strings for flag in FLAGS)
