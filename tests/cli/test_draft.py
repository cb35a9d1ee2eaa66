"""`scribeeval draft` as it is called: its lines, a panel from a config, and Ctrl-C."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.conftest import MARK, SCRIPT, Answer, read_json, scribeeval, write, write_csv
from drafting import note, said, served
from models.chat.stub_server import Stub, answer, slow, stub_server
from scribeeval.cli import main
from scribeeval.metrics.floors import FLOORS

COLUMNS = ["visit_id", "reference_transcript", "draft_note", "signed_note"]
IDS = [f"V{i}" for i in range(1, 5)]


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server() as server:
        yield server


@pytest.fixture
def visits(tmp_path: Path) -> Path:
    rows = [
        (
            v,
            f"Doctor: How is the knee since {v} began?\nPatient: It hurts on stairs. {MARK}",
            f"SUBJECTIVE\nVendor's knee pain {v}. {MARK}\n\nPLAN\nRest.",
            f"SUBJECTIVE\nKnee pain on stairs in {v}. {MARK}\n\nPLAN\nRest and ice.",
        )
        for v in IDS
    ]
    return write_csv(tmp_path / "visits.csv", COLUMNS, rows)


class Command:
    """`scribeeval draft` in this process: a new one takes seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch = monkeypatch
        self.capsys = capsys

    def __call__(self, *args: str | Path) -> Answer:
        self.monkeypatch.setattr(sys, "argv", ["scribeeval", "draft", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self.capsys.readouterr()
        assert MARK not in out + err
        return Answer(int(ended.value.code or 0), out, err)

    def by_server(self, stub: Stub, visits: Path, *more: str | Path) -> Answer:
        options = ("--drafter", "openai-compatible", "--model", "m", "--endpoint", stub.url, "--tries", "1")
        return self(visits, *options, "--out", visits.parent / "run", *more)


@pytest.fixture
def draft(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def notes(run: Path) -> dict[tuple[str, str], str]:
    rows = [json.loads(line) for line in (run / "notes.jsonl").read_text(encoding="utf-8").splitlines()]
    return {(row["producer"]["name"], row["visit_id"]): row["text"] for row in rows}


def test_what_fails_is_a_line_each_and_exit_2(stub: Stub, visits: Path, draft: Command) -> None:
    answers = served(stub)
    answers.visits = {"V2": answer(500, MARK.encode()), "V3": said(f"SUBJECTIVE\n{MARK}", "length")}
    failed = draft.by_server(stub, visits)
    assert failed.code == 2
    assert len(failed.errors) == 2
    failed.error("visit 'V2', drafter 'openai-compatible': ", "status 500", "run again later")
    failed.error("visit 'V3', drafter 'openai-compatible': ", "cut at max_tokens = 1024; raise it")
    assert "2 problems, named above; everything else was done" in failed.err
    assert {v for _, v in notes(visits.parent / "run")} == {"V1", "V4"}
    assert "4 asked; 0 answered before; 2,000 tokens in, 40 out" in failed.out

    answers.visits.clear()
    answers.taken()
    assert draft.by_server(stub, visits).code == 2
    assert answers.taken() == ["V2"]
    assert draft.by_server(stub, visits, "--retry-errors").code == 0
    assert answers.taken() == ["V3"]
    assert "draft: fresh" in draft.by_server(stub, visits).out
    assert answers.taken() == []


def test_wrong_options_are_one_line(visits: Path, tmp_path: Path, draft: Command) -> None:
    def line(*options: str | Path) -> str:
        refused = draft(visits, *options, "--out", tmp_path / "run")
        assert refused.code == 2
        (found,) = refused.errors
        return found.removeprefix("error: ")

    assert line("--drafter", "extractve") == "drafter 'extractve' is not known; did you mean 'extractive'?"
    assert line("--model", "m").startswith("--model: vendor asks no model; name one that does with --drafter")
    assert "'drafters': names one twice; name each once" in line(*["--drafter", "extractive"] * 2)
    far = ("--drafter", "openai-compatible", "--model", "m", "--endpoint", "https://far.example/v1")
    assert "endpoint host 'far.example' is another machine; nothing was sent" in line(*far)
    assert "allow_remote" in line(*far)
    config = write(tmp_path / "c.toml", '[run]\nname = "y"\n')
    assert (
        line("--config", config, "--timeout", "3") == "--timeout: stands in the config; give one of the two"
    )
    refused = draft("--drafter", "extractive", "--out", tmp_path / "run")
    refused.error("draft: name a table of visits, or a config with --config")


PANEL = """\
[run]
name = "panel"
seed = 1
[visits]
table = "visits.csv"
product = "Scribe 2.1"
[draft]
drafters = ["small", "vendor", "extractive", "other", "old"]
[draft.models.small]
drafter = "openai-compatible"
model = "m"
endpoint = "{url}"
input_price = 1000.0
output_price = 50000.0
[draft.models.other]
drafter = "openai-compatible"
model = "m2"
template = "follow_up"
endpoint = "{url}"
[draft.models.old]
drafter = "replay"
model = "old.csv"
[score]
metrics = ["rouge1"]
resamples = 100
"""


def test_a_panel_from_a_config(stub: Stub, visits: Path, draft: Command) -> None:
    answers = served(stub)
    folder = visits.parent
    write_csv(folder / "old.csv", ["visit_id", "text"], [(v, f"PLAN\nRest {v}. {MARK}") for v in IDS[:3]])
    write(folder / "panel.toml", PANEL.format(url=stub.url))
    drafted = draft("--config", folder / "panel.toml", "--out", folder / "run")
    assert drafted.code == 2
    drafted.error("visit 'V4', drafter 'old': old.csv has no note of visit 'V4'; record it first")
    assert answers.taken() == sorted(IDS * 2)
    facts = read_json(folder / "run" / "manifest.json")["stages"]["draft"]["facts"]["drafters"]
    assert facts["small"]["cost"] == 8.0  # (4 x 1000 x 1,000 + 4 x 20 x 50,000) / 1e6
    assert facts["other"]["cost"] is None
    assert facts["small"]["s_per_note"] > 0
    made = (folder / "run" / "notes.jsonl").read_bytes()

    ran = scribeeval("run", folder / "panel.toml", "--out", folder / "run")
    assert ran.code == 2
    assert answers.taken() == []
    assert (folder / "run" / "notes.jsonl").read_bytes() == made
    found = notes(folder / "run")
    names = ("small", "vendor", "extractive", "other", "old")
    assert found.keys() == {(d, v) for d in names for v in IDS} - {("old", "V4")}
    assert found["small", "V1"] == note("V1")
    assert found["vendor", "V1"].startswith("SUBJECTIVE\nVendor's knee pain V1.")

    summary = read_json(folder / "run" / "summary.json")
    assert summary["system"] == "small"
    scored = {"small": summary["metrics"]["rouge1"]}
    scored |= {name: block["metrics"]["rouge1"] for name, block in summary["systems"].items()}
    assert {name: row["n_visits"] for name, row in scored.items()} == {**dict.fromkeys(names, 4), "old": 3}
    for name, row in scored.items():
        assert row["floors"].keys() == set(FLOORS), name
        assert 0 < row["value"] < 1, name


def test_ctrl_c_keeps_what_was_answered(stub: Stub, visits: Path, draft: Command) -> None:
    answers = served(stub)
    answers.visits["V3"] = slow(30)
    out = visits.parent / "run"
    options = ["--drafter", "openai-compatible", "--model", "m", "--endpoint", stub.url, "--concurrency", "1"]
    process = subprocess.Popen(
        [str(SCRIPT), "draft", str(visits), *options, "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    until = time.monotonic() + 60
    while "V3" not in answers.asked and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode != 0
    assert b"Traceback" not in err
    assert MARK.encode() not in err
    assert len((out / ".answers.journal").read_text().splitlines()) == 2
    assert answers.taken() == ["V1", "V2", "V3"]
    answers.visits.clear()
    assert draft.by_server(stub, visits).code == 0
    assert answers.taken() == ["V3", "V4"]
    assert len(notes(out)) == 4
