"""Equal inputs give equal bytes, without the network, in files that only their owner reads."""

import subprocess
from pathlib import Path

from cli.conftest import NOTES_CONFIG, Pilot, contents, scribeeval, search_first, write, write_csv

NO_NETWORK = """\
import socket


def refuse(*args, **kwargs):
    raise OSError("the network is cut off")


socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
"""


def test_second_folder_without_network_has_the_same_bytes(
    unrun: Pilot, finished: Pilot, tmp_path: Path
) -> None:
    pilot = unrun.copy(tmp_path)
    cut_off = ["unshare", "-rn"]
    may_unshare = subprocess.run([*cut_off, "true"], capture_output=True, check=False).returncode == 0
    write(tmp_path / "site" / "sitecustomize.py", NO_NETWORK)  # where unshare is not permitted, this alone
    answer = pilot.again(env=search_first(tmp_path / "site"), prefix=cut_off if may_unshare else [])
    assert answer.code == 0, answer.err
    assert answer.redone == {"transcribe", "draft", "score", "study", "report"}
    once, twice = contents(finished.run, "manifest.json"), contents(pilot.run, "manifest.json")
    assert once.keys() == twice.keys()
    assert [name for name in once if once[name] != twice[name]] == []


def test_run_folder_holds_what_the_contract_lists(finished: Pilot) -> None:
    files = (
        "config.toml manifest.json transcripts.jsonl notes.jsonl scores.parquet findings.jsonl summary.json"
    )
    assert {*files.split(), "study.json", "report.html"} <= contents(finished.run).keys()
    assert (finished.run / "config.toml").read_bytes() == finished.config.read_bytes()


def test_files_are_for_their_owner_only(finished: Pilot) -> None:
    modes = {path: path.stat().st_mode & 0o777 for path in [finished.run, *finished.run.rglob("*")]}
    assert [str(path) for path, mode in modes.items() if mode != (0o700 if path.is_dir() else 0o600)] == []


def test_failures_do_not_spell_the_working_directory_into_the_artifacts(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = tmp_path / name / "pilot"
        rows = [("A", "gone.txt", "a note"), ("B", "latin.txt", "b note"), ("C", "c.txt", "c note")]
        write_csv(folder / "visits.csv", ["visit_id", "draft_note_path", "signed_note"], rows)
        write(folder / "latin.txt", "caf\xe9".encode("latin-1"))
        write(folder / "c.txt", "c note")
        write(folder / "config.toml", NOTES_CONFIG)
    first = scribeeval("run", tmp_path / "one" / "pilot" / "config.toml", "--out", tmp_path / "r1")
    second = scribeeval("run", "config.toml", "--out", tmp_path / "r2", cwd=tmp_path / "two" / "pilot")
    assert first.code == second.code == 2
    one, two = contents(tmp_path / "r1", "manifest.json"), contents(tmp_path / "r2", "manifest.json")
    assert [name for name in one if one[name] != two[name]] == []
