"""A second run redoes what is stale and nothing else, says so, and a kill loses nothing that was finished."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from cli.conftest import MARK, SCRIPT, Pilot, contents, identities, read_lines, write


def test_second_run_does_nothing_and_says_so(finished: Pilot, tmp_path: Path) -> None:
    pilot = finished.copy(tmp_path)
    for path in pilot.folder.rglob("*"):
        os.utime(path, (1e9, 1e9))  # a copy has other times, and that is no change
    before = identities(pilot.run)
    answer = pilot.again()
    assert answer.code == 0
    assert answer.redone == set()
    for stage in ("transcribe", "draft", "score", "study", "report"):
        assert f"{stage}: fresh" in answer.out
    after = identities(pilot.run)
    written = {name for name in before | after if before.get(name) != after.get(name)}
    assert written <= {"manifest.json", "config.toml"}


def test_changed_score_setting_redoes_score_and_report(finished: Pilot, tmp_path: Path) -> None:
    pilot = finished.copy(tmp_path)
    text = pilot.config.read_text(encoding="utf-8")
    write(pilot.config, text.replace("discarded_below = 0.2", "discarded_below = 0.9"))
    before = identities(pilot.run)
    answer = pilot.again()
    assert answer.code == 0
    assert answer.redone == {"score", "report"}
    after = identities(pilot.run)
    for untouched in ("transcripts.jsonl", "notes.jsonl", "study.json"):
        assert before[untouched] == after[untouched]
    assert '"discarded_below": 0.9' in (pilot.run / "summary.json").read_text(encoding="utf-8")


def test_changed_draft_redoes_no_transcription(finished: Pilot, tmp_path: Path) -> None:
    pilot = finished.copy(tmp_path)
    write(pilot.folder / "V01.draft.txt", f"HISTORY\n{MARK} takes warfarin 5 mg daily.\n")
    before = (pilot.run / "transcripts.jsonl").stat().st_mtime_ns
    answer = pilot.again()
    assert answer.code == 0
    assert answer.redone == {"draft", "score", "report"}
    assert (pilot.run / "transcripts.jsonl").stat().st_mtime_ns == before
    assert "warfarin 5 mg daily" in read_lines(pilot.run / "notes.jsonl")["V01"]["text"]


def test_changed_ehr_table_redoes_the_study_alone(finished: Pilot, tmp_path: Path) -> None:
    pilot = finished.copy(tmp_path)
    table = pilot.folder / "ehr_use.csv"
    write(table, table.read_text(encoding="utf-8").replace("before", "training", 1))
    assert pilot.again().redone == {"study", "report"}


@pytest.mark.parametrize(
    ("outputs", "stages"),
    [
        (("notes.jsonl", "tables/metrics.csv"), {"draft", "score"}),
        (("study.json", "report.html"), {"study", "report"}),
    ],
)
def test_deleted_outputs_are_made_again_with_the_same_bytes(
    finished: Pilot, tmp_path: Path, outputs: tuple[str, ...], stages: set[str]
) -> None:
    pilot = finished.copy(tmp_path)
    for output in outputs:
        (pilot.run / output).unlink()
    answer = pilot.again()
    assert answer.code == 0
    assert answer.redone == stages
    assert contents(pilot.run, "manifest.json") == contents(finished.run, "manifest.json")


def test_changed_audio_redoes_that_visit_alone(finished: Pilot, tmp_path: Path) -> None:
    pilot = finished.copy(tmp_path)
    shutil.copy(pilot.folder / "audio" / "V02.wav", pilot.folder / "audio" / "V01.wav")
    answer = pilot.again()
    assert answer.code == 0
    assert "1 of 2 visits to do, 1 done before" in answer.out
    transcripts = read_lines(pilot.run / "transcripts.jsonl")
    assert transcripts["V01"]["segments"] == transcripts["V02"]["segments"] != []


@pytest.fixture(scope="module")
def killed(unrun: Pilot, tmp_path_factory: pytest.TempPathFactory) -> Pilot:
    """A run that was killed (-9) between its first and its second transcript."""
    pilot = unrun.copy(tmp_path_factory.mktemp("killed"))
    command = [str(SCRIPT), "run", str(pilot.config), "--out", str(pilot.run)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "1/2" in line:
                break
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not (pilot.run / "transcripts.jsonl").exists(), "a half-done stage shows no output"
    return pilot


def test_killed_run_resumes_to_the_same_bytes(killed: Pilot, finished: Pilot, tmp_path: Path) -> None:
    pilot = killed.copy(tmp_path)
    (journal,) = [path for path in pilot.run.iterdir() if "journal" in path.name]
    write(journal, journal.read_bytes() + b'{"visit_id": "V02", "segm')  # torn by the kill
    answer = pilot.again()
    assert answer.code == 0
    assert "1 of 2 visits to do, 1 done before" in answer.out
    assert contents(pilot.run, "manifest.json") == contents(finished.run, "manifest.json")


def test_audio_changed_after_the_kill_is_transcribed_anew(killed: Pilot, tmp_path: Path) -> None:
    pilot = killed.copy(tmp_path)
    shutil.copy(pilot.folder / "audio" / "V02.wav", pilot.folder / "audio" / "V01.wav")
    answer = pilot.again()
    assert answer.code == 0
    transcripts = read_lines(pilot.run / "transcripts.jsonl")
    assert transcripts["V01"]["segments"] == transcripts["V02"]["segments"] != []
