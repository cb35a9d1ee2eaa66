"""Black-box tests of the command line: they know the contract (help, exit codes, files), not the code."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import soundfile

DEMO = Path(__file__).resolve().parents[2] / "datasets" / "demo"
CONFIGS = DEMO.parents[1] / "configs"
SCRIPT = Path(sys.executable).with_name("scribeeval")
MARK = "ZZPATIENTMARK"  # stands in every planted note; no terminal may ever show it
CLIP_S = 5

TIME_IN_NOTES = "time_in_notes_min_per_appointment"
EHR_COLUMNS = ("clinician_id", "period_start", "phase", "measure", "numerator", "denominator")

SPEECH_CONFIG = """\
[run]
name = "pilot"
seed = 1
[visits]
table = "visits.csv"
[transcribe]
engine = "faster-whisper"
model = "tiny.en"
language = "en"
"""
NOTES_CONFIG = """\
[run]
name = "pilot"
seed = 1
[visits]
table = "visits.csv"
[draft]
drafters = ["vendor"]
[score]
"""


@dataclass(frozen=True)
class Answer:
    """What one command left: exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        """The lines that name a problem."""
        return [line for line in self.err.splitlines() if line.startswith("error: ")]

    def error(self, *words: str) -> str:
        """The single problem that holds every one of the words."""
        found = [line for line in self.errors if all(word in line for word in words)]
        assert len(found) == 1, (words, self.err)
        return found[0]

    @property
    def redone(self) -> set[str]:
        """The stages that this run did again, by its own account."""
        stages = ("transcribe", "draft", "score", "study", "report")
        said: dict[str, str] = {}
        for line in self.out.splitlines():
            stage, _, words = line.partition(": ")
            if stage in stages:
                said.setdefault(stage, words)  # the first line of a stage says whether it is fresh
        return {stage for stage, words in said.items() if not words.startswith("fresh")}


def scribeeval(
    *args: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
) -> Answer:
    """Run the command; no command may ever show a traceback, patient text or terminal codes in a pipe."""
    done = subprocess.run(
        [*prefix, str(SCRIPT), *map(str, args)],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        timeout=120,
        check=False,
    )
    answer = Answer(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
    assert "Traceback" not in answer.err, answer.err
    assert MARK not in answer.out + answer.err
    assert "\x1b" not in answer.out
    assert "\r" not in answer.out
    return answer


def side_by_side(commands: Mapping[str, Sequence[str | Path]]) -> dict[str, Answer]:
    """Run commands that have nothing to do with each other, two at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        answers = pool.map(lambda command: scribeeval(*command), commands.values())
        return dict(zip(commands, answers, strict=True))


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """Write a table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def write(path: Path, text: str | bytes) -> Path:
    """Write a file, and its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def read_json(path: Path) -> Any:
    """Read a JSON file in which NaN and infinity are errors."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{path.name} holds {constant}")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def read_lines(path: Path) -> dict[str, Any]:
    """Read a JSONL file by visit_id."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["visit_id"]: row for row in rows}


def contents(folder: Path, *without: str) -> dict[str, bytes]:
    """The bytes of every file of a run folder, hidden ones too, by relative path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    found = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    return {name: data for name, data in found.items() if name not in without}


def identities(folder: Path) -> dict[str, tuple[int, int]]:
    """Inode and time of every file: a file that was written again has another pair."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def search_first(folder: Path) -> dict[str, str]:
    """An environment in which modules of this folder come before all others."""
    rest = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": str(folder) if not rest else f"{folder}{os.pathsep}{rest}"}


def hide(folder: Path, *modules: str) -> dict[str, str]:
    """An environment in which these modules are not installed."""
    lines = ["import sys", *(f"sys.modules[{name!r}] = None" for name in modules)]
    write(folder / "sitecustomize.py", "\n".join(lines) + "\n")
    return search_first(folder)


@dataclass(frozen=True)
class Pilot:
    """A pilot's folder with its config, and the run folder made of it."""

    folder: Path
    run: Path

    @property
    def config(self) -> Path:
        """The config to run."""
        return self.folder / "config.toml"

    def again(self, env: Mapping[str, str] | None = None, prefix: Sequence[str] = ()) -> Answer:
        """Run it."""
        return scribeeval("run", self.config, "--out", self.run, env=env, prefix=prefix)

    def copy(self, folder: Path) -> "Pilot":
        """The same elsewhere, to be changed."""
        twin = Pilot(folder / "pilot", folder / "run")
        shutil.copytree(self.folder, twin.folder)
        if self.run.exists():
            shutil.copytree(self.run, twin.run)
        return twin


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first seconds of two demonstration visits: V01.wav and V02.wav, two channels."""
    folder = tmp_path_factory.mktemp("clips")
    for visit in ("V01", "V02"):
        rate = soundfile.info(DEMO / "audio" / f"{visit}.ogg").samplerate
        samples, _ = soundfile.read(DEMO / "audio" / f"{visit}.ogg", frames=CLIP_S * rate)
        soundfile.write(folder / f"{visit}.wav", samples, rate)
    return folder


@pytest.fixture(scope="session")
def unrun(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> Pilot:
    """A pilot of two visits with audio and notes, and a small EHR-use table; not run yet."""
    folder = tmp_path_factory.mktemp("unrun") / "pilot"
    rows = []
    for visit in ("V01", "V02"):
        (folder / "audio").mkdir(parents=True, exist_ok=True)
        shutil.copy(clips / f"{visit}.wav", folder / "audio")
        shutil.copy(DEMO / "transcripts" / f"{visit}.json", folder)
        for kind in ("draft", "signed"):
            note = (DEMO / "notes" / f"{visit}.{kind}.txt").read_text(encoding="utf-8")
            write(folder / f"{visit}.{kind}.txt", note + f"\n{MARK}\n")
        texts = (f"{visit}.json", f"{visit}.draft.txt", f"{visit}.signed.txt")
        rows.append((visit, f"C-{visit}", "cardiology", f"audio/{visit}.wav", *texts))
    columns = (
        "visit_id clinician_id specialty audio reference_transcript_path draft_note_path signed_note_path"
    )
    write_csv(folder / "visits.csv", columns.split(), rows)
    ehr = [
        (f"C{i}", day, phase, TIME_IN_NOTES, minutes * 10, 10)
        for i in range(6)
        for day, phase, minutes in (("2025-01-06", "before", 10 + i), ("2025-03-03", "after", 9 + i * 0.5))
    ]
    write_csv(folder / "ehr_use.csv", EHR_COLUMNS, ehr)
    study = f'[study]\nehr_use = "ehr_use.csv"\nmeasures = ["{TIME_IN_NOTES}"]\n'
    draft_and_score = NOTES_CONFIG[NOTES_CONFIG.index("[draft]") :] + "discarded_below = 0.2\n"
    write(folder / "config.toml", SPEECH_CONFIG + draft_and_score + study)
    return Pilot(folder, folder.parent / "run")


@pytest.fixture(scope="session")
def finished(unrun: Pilot, tmp_path_factory: pytest.TempPathFactory) -> Pilot:
    """The same pilot, run to its end without a problem.  Change a copy, never this one."""
    pilot = unrun.copy(tmp_path_factory.mktemp("finished"))
    answer = pilot.again()
    assert answer.code == 0, answer.err
    assert answer.redone == {"transcribe", "draft", "score", "study", "report"}
    return pilot


@pytest.fixture(scope="session")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The study of the demonstration's simulated pilot, done once: a `cli.studies.Pilot`."""
    from cli.studies import simulated_pilot

    return simulated_pilot(tmp_path_factory.mktemp("simulated"))
