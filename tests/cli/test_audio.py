"""Recordings that are unusual but right: one channel, silence; and the transcribe command alone."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from cli.conftest import SPEECH_CONFIG, Answer, Pilot, read_json, read_lines, scribeeval, write, write_csv


@pytest.fixture(scope="module")
def unusual(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> tuple[Path, Answer]:
    """A visit in one channel and a silent one, run once; the folder holds `run`."""
    folder = tmp_path_factory.mktemp("unusual")
    samples, rate = soundfile.read(clips / "V01.wav")
    (folder / "audio").mkdir()
    soundfile.write(folder / "audio" / "mono.wav", samples.sum(axis=1), rate)
    soundfile.write(folder / "audio" / "silence.wav", np.zeros((3 * rate, 2)), rate)
    rows = [("mono", "audio/mono.wav"), ("quiet", "audio/silence.wav")]
    write_csv(folder / "visits.csv", ["visit_id", "audio"], rows)
    write(folder / "config.toml", SPEECH_CONFIG)
    return folder, scribeeval("run", folder / "config.toml", "--out", folder / "run")


def test_unusual_recordings_exit_0(unusual: tuple[Path, Answer]) -> None:
    _, answer = unusual
    assert answer.code == 0
    assert answer.errors == []


def test_one_channel_has_no_speakers_and_a_warning(unusual: tuple[Path, Answer]) -> None:
    folder, answer = unusual
    mono = read_lines(folder / "run" / "transcripts.jsonl")["mono"]
    assert "morning" in " ".join(segment["text"] for segment in mono["segments"]).lower()
    assert {segment["speaker"] for segment in mono["segments"]} == {None}
    assert mono["flags"]
    assert [line for line in answer.err.splitlines() if "warning" in line and "mono" in line]


def test_silence_is_an_empty_flagged_transcript(unusual: tuple[Path, Answer]) -> None:
    folder, answer = unusual
    quiet = read_lines(folder / "run" / "transcripts.jsonl")["quiet"]
    assert quiet["segments"] == []
    assert quiet["flags"]
    assert [line for line in answer.err.splitlines() if "warning" in line and "quiet" in line]


def test_two_channels_have_their_speakers(finished: Pilot) -> None:
    """V01 opens with the clinician on the left: "Good morning, Mrs. Okafor" (datasets/demo/transcripts)."""
    transcripts = read_lines(finished.run / "transcripts.jsonl")
    first = transcripts["V01"]["segments"][0]
    assert first["speaker"] == "clinician"
    assert "morning" in first["text"].lower()
    speakers = {segment["speaker"] for row in transcripts.values() for segment in row["segments"]}
    assert speakers <= {"clinician", "patient"}


def test_transcribe_alone_gives_the_same_bytes(unusual: tuple[Path, Answer], tmp_path: Path) -> None:
    folder, _ = unusual
    options = ["--engine", "faster-whisper", "--model", "tiny.en", "--language", "en"]
    answer = scribeeval("transcribe", folder / "visits.csv", *options, "--out", tmp_path / "alone")
    assert answer.code == 0
    alone = (tmp_path / "alone" / "transcripts.jsonl").read_bytes()
    assert alone == (folder / "run" / "transcripts.jsonl").read_bytes()
    assert "transcribe" in read_json(tmp_path / "alone" / "manifest.json")["stages"]
