"""The run folder: fresh or stale, journals that survive a kill, one process at a time."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scribeeval.errors import InputError
from scribeeval.io.files import whole_file
from scribeeval.run import Failure, open_run, stage_key

NOTHING: dict[str, bytes] = {}


def test_a_stage_is_fresh_until_an_input_or_an_output_changes(tmp_path: Path) -> None:
    with open_run(tmp_path / "run") as run:
        key = stage_key("score", text="a")
        assert not run.fresh("score", key)
        run.write("out.json", "{}")
        run.finish("score", key, ["out.json"], started=time.monotonic())
        assert run.fresh("score", key)
        assert not run.fresh("score", stage_key("score", text="b"))
        run.write("out.json", "{ }")
        assert not run.fresh("score", key)
        run.write("out.json", "{}")
        assert run.fresh("score", key)
        run.path("out.json").unlink()
        assert not run.fresh("score", key)


def test_a_stage_with_failures_is_never_fresh(tmp_path: Path) -> None:
    with open_run(tmp_path / "run") as run:
        run.write("out.json", "{}")
        failure = Failure("transcribe", "v1", "unreadable")
        run.finish("transcribe", "key", ["out.json"], started=time.monotonic(), failures=[failure])
        assert not run.fresh("transcribe", "key")
        record = run.record("transcribe")
        assert record is not None
        assert record.failures == (failure,)


def test_a_torn_last_line_of_a_journal_is_left_out(tmp_path: Path) -> None:
    with open_run(tmp_path / "run") as run:
        journal = run.journal("transcribe")
        journal.append({"visit": "하나"})
        journal.append({"visit": 2})
        whole = journal.path.read_bytes()
        for cut in range(1, len(b'{"visit": 2}\n') + 1):
            journal.path.write_bytes(whole[:-cut])
            assert journal.read() == [{"visit": "하나"}]
            journal.append({"visit": 3})
            assert journal.read() == [{"visit": "하나"}, {"visit": 3}], "half a line before it is taken off"
        journal.path.write_bytes(whole[:5])
        journal.append({"visit": 4})
        assert journal.read() == [{"visit": 4}]
        assert journal.path.stat().st_mode & 0o777 == 0o600


def test_a_folder_with_other_things_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="holds files but no run"), open_run(tmp_path):
        pass
    with pytest.raises(InputError, match="is a file"), open_run(tmp_path / "thesis.docx"):
        pass


def test_a_folder_whose_first_stage_failed_is_taken_again(tmp_path: Path) -> None:
    with open_run(tmp_path / "run") as run:
        run.write("config.toml", "")
    with open_run(tmp_path / "run"):
        pass
    (tmp_path / "run" / "thesis.docx").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="holds files but no run"), open_run(tmp_path / "run"):
        pass


def test_a_folder_of_a_stage_killed_before_its_first_record_is_taken_again(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    code = "import os, signal, sys; from pathlib import Path; from scribeeval.run import open_run\n\
with open_run(Path(sys.argv[1])) as run: run.write('notes.jsonl', ''); os.kill(os.getpid(), signal.SIGKILL)"
    done = subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    with open_run(folder) as run:
        run.finish("draft", "key", ["notes.jsonl"], started=0.0)
    assert {path.name for path in folder.iterdir()} == {"notes.jsonl", "manifest.json"}


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    with open_run(tmp_path / "run") as run:
        run.write("tables/a.csv", "whole")
    for name in (".summary.json.x1.unfinished", "tables/.a.csv.x2.unfinished"):
        (tmp_path / "run" / name).write_text("half", encoding="utf-8")
    with open_run(tmp_path / "run"):
        pass
    assert [p.name for p in (tmp_path / "run").rglob("*") if p.is_file()] == ["a.csv"]


def test_a_file_that_could_not_be_finished_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old", encoding="utf-8")
    with pytest.raises(KeyError), whole_file(tmp_path / "a.csv") as file:
        file.write(NOTHING["bytes"])
    assert {p.name: p.read_text(encoding="utf-8") for p in tmp_path.iterdir()} == {"a.csv": "old"}


def test_two_processes_cannot_share_a_run(tmp_path: Path) -> None:
    with open_run(tmp_path / "run"):
        code = f"from pathlib import Path\nfrom scribeeval.run import open_run\n\
with open_run(Path({str(tmp_path / 'run')!r})): pass"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "another process works in this run folder" in done.stderr


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    with open_run(tmp_path / "run") as run:
        run.write("manifest.json", "{")
        with pytest.raises(InputError, match="damaged"):
            run.record("score")
