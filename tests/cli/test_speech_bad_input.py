"""Recordings that users can put right: one line each, exit 2, the rest transcribed, nothing lost."""

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cli.conftest import Answer, read_json, read_lines, scribeeval, write_csv
from models.sounds import DEMO, write
from scribeeval.run import Journal

# visit -> (file, words of its one line)
BAD = {
    "zero": ("zero.wav", "cannot be read as audio"),
    "text": ("text.wav", "cannot be read as audio"),
    "nan": ("nan.wav", "no numbers"),
    "seven": ("seven.wav", "7 channels"),
    "cut": ("cut.opus", "words are missing"),
    "film": ("film.mp4", "no audio track"),
    "rttm": ("also_good.wav", "no RTTM"),
}
SHARED = ("first", "second")  # two visits that name one file


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """One visit of every kind and two good ones, transcribed once."""
    folder = tmp_path_factory.mktemp("bad speech")
    samples, rate = soundfile.read(DEMO / "audio" / "V01.ogg", frames=16_000 * 3, dtype="float32")
    for name in ("good.wav", "also_good.wav", "shared.wav"):
        soundfile.write(folder / name, samples, rate)
    write(folder / "진료 녹음 (1).wav", np.repeat(samples.T, 12, axis=1), 192_000)
    (folder / "zero.wav").touch()
    (folder / "text.wav").write_text("visit_id,note\nA,nobody\n")
    broken = samples.copy()
    broken[8000] = np.nan
    soundfile.write(folder / "nan.wav", broken, rate, subtype="FLOAT")
    write(folder / "seven.wav", np.zeros((7, 16_000), np.float32), 16_000)
    whole = write(folder / "whole.opus", np.repeat(samples.T, 3, axis=1), 48_000).read_bytes()
    (folder / "cut.opus").write_bytes(whole[: len(whole) * 3 // 4])
    silent_film(folder / "film.mp4")
    (folder / "bad.rttm").write_text("SPEAKER visit one\n")
    soundfile.write(folder / "mono.wav", samples.sum(axis=1), rate)
    (folder / "mono.rttm").write_text("SPEAKER mono 1 0.0 3.0 <NA> <NA> doctor <NA> <NA>\n")
    rows = [["good", "good.wav", ""], ["fast", "진료 녹음 (1).wav", ""], ["mono", "mono.wav", "mono.rttm"]]
    rows += [[visit, file, "bad.rttm" if visit == "rttm" else ""] for visit, (file, _) in BAD.items()]
    rows += [[visit, "shared.wav", ""] for visit in SHARED]
    write_csv(folder / "visits.csv", ["visit_id", "audio", "diarisation"], rows)
    return folder, scribeeval("transcribe", folder / "visits.csv", "--out", folder / "run")


def silent_film(path: Path) -> None:
    """A picture track and nothing else."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")))
        container.mux(stream.encode(None))


@pytest.mark.parametrize("visit", BAD)
def test_each_is_one_line(bad: tuple[Path, Answer], visit: str) -> None:
    _, answer = bad
    assert answer.error(f"'{visit}'", BAD[visit][1])


def test_one_file_for_two_visits_names_both(bad: tuple[Path, Answer]) -> None:
    _, answer = bad
    for visit, other in (SHARED, SHARED[::-1]):
        assert answer.error(f"visit '{visit}': shared.wav", f"for visit '{other}' too", "give each its own")


def test_exit_2_and_nothing_else_is_said(bad: tuple[Path, Answer]) -> None:
    _, answer = bad
    assert answer.code == 2
    assert len(answer.errors) == len(BAD) + len(SHARED)


def test_the_rest_is_transcribed(bad: tuple[Path, Answer]) -> None:
    folder, _ = bad
    transcripts = read_lines(folder / "run" / "transcripts.jsonl")
    assert transcripts.keys() == {"good", "fast", "mono", "cut"}
    for visit in ("good", "fast"):
        first = transcripts[visit]["segments"][0]
        assert first["speaker"] == "clinician"
        assert "morning" in first["text"].lower()
    assert {segment["speaker"] for segment in transcripts["mono"]["segments"]} == {"clinician"}
    assert "cut_short" in transcripts["cut"]["flags"]
    assert transcripts["cut"]["segments"], "what there is of it is kept"


def test_second_run_says_it_again_and_redoes_nothing(bad: tuple[Path, Answer]) -> None:
    folder, first = bad
    before = (folder / "run" / "transcripts.jsonl").read_bytes()
    again = scribeeval("transcribe", folder / "visits.csv", "--out", folder / "run")
    assert again.code == 2
    assert sorted(again.errors) == sorted(first.errors)
    assert (folder / "run" / "transcripts.jsonl").read_bytes() == before
    failures = read_json(folder / "run" / "manifest.json")["stages"]["transcribe"]["failures"]
    assert {failure["visit_id"] for failure in failures} == set(BAD)


LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
os.execv(sys.argv[2], sys.argv[2:])
"""


def test_no_room_to_write_is_one_line_and_loses_no_finished_visit(tmp_path: Path) -> None:
    """The system refuses to let files grow, as on a full disk, after the first visit is in the journal."""
    samples, rate = soundfile.read(DEMO / "audio" / "V01.ogg", frames=16_000 * 3, dtype="float32")
    for visit in ("A", "B"):
        soundfile.write(tmp_path / f"{visit}.wav", samples[:, :: 1 if visit == "A" else -1], rate)
    write_csv(tmp_path / "visits.csv", ["visit_id", "audio"], [(v, f"{v}.wav") for v in ("A", "B")])
    command = ("transcribe", tmp_path / "visits.csv", "--out", tmp_path / "run")
    full = scribeeval(*command, prefix=(sys.executable, "-c", LIMITED, "1000"))
    assert full.code == 2
    assert full.error("cannot be written", "free space")
    (journal,) = [path for path in (tmp_path / "run").iterdir() if path.suffix == ".journal"]
    lines = journal.read_bytes().splitlines(keepends=True)
    assert len(lines) == 1
    assert lines[0].endswith(b"\n"), "half a line would spoil the next one"
    assert not (tmp_path / "run" / "transcripts.jsonl").exists()
    assert [row["transcript"]["visit_id"] for row in Journal(journal).read()] == ["A"]
