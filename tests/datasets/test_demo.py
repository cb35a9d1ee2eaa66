"""The demonstration data are the truth that metrics are tested against: they must be sound themselves."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import soundfile

from scribeeval.io.visits import read_visits
from scribeeval.records import FINDING_KINDS, SEVERITIES

DEMO = Path(__file__).parents[2] / "datasets" / "demo"
VISITS = [f"V0{i}" for i in range(1, 7)]
MOVES = ("wrong_section", "duplicated")  # the mended note holds these words too, once and in the right place


def faults() -> list[dict[str, str]]:
    with (DEMO / "faults.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def note(visit_id: str, kind: str) -> str:
    return (DEMO / "notes" / f"{visit_id}.{kind}.txt").read_text(encoding="utf-8")


def script(visit_id: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((DEMO / "scripts" / f"{visit_id}.json").read_text(encoding="utf-8"))
    return parsed


def test_there_are_enough_faults_of_enough_kinds() -> None:
    rows = faults()
    assert len(rows) >= 40
    assert len({row["type"] for row in rows}) >= 12
    assert len({row["fault_id"] for row in rows}) == len(rows)


@pytest.mark.parametrize("row", faults(), ids=[row["fault_id"] for row in faults()])
def test_a_fault_stands_where_it_says_and_is_mended(row: dict[str, str]) -> None:
    draft, signed = note(row["visit_id"], "draft"), note(row["visit_id"], "signed")
    stands_in, mended = (draft, signed) if row["side"] == "hypothesis" else (signed, draft)
    assert row["type"] in FINDING_KINDS
    assert row["severity"] in SEVERITIES
    assert (row["side"] == "reference") == (row["type"] == "omitted_fact")
    assert stands_in[int(row["start"]) : int(row["end"])] == row["text"]
    assert stands_in.count(row["text"]) == 1
    if row["type"] not in MOVES:
        assert row["text"] not in mended
    if row["correction"]:
        assert row["correction"] in signed
    if row["evidence"]:
        assert any(row["evidence"] in turn["text"] for turn in script(row["visit_id"])["turns"])


@pytest.mark.parametrize("visit_id", VISITS)
def test_audio_transcript_and_script_agree(visit_id: str) -> None:
    info = soundfile.info(DEMO / "audio" / f"{visit_id}.ogg")
    assert (info.channels, info.samplerate) == (2, 16_000)
    assert 120 <= info.duration <= 210
    transcript = json.loads((DEMO / "transcripts" / f"{visit_id}.json").read_text(encoding="utf-8"))
    said = [(segment["speaker"], segment["text"]) for segment in transcript["segments"]]
    assert said == [(turn["speaker"], turn["text"]) for turn in script(visit_id)["turns"]]
    assert all(0 <= s["start_s"] < s["end_s"] <= info.duration + 0.01 for s in transcript["segments"])


def test_the_visits_are_those_that_were_asked_for() -> None:
    table = read_visits(DEMO / "visits.csv")
    assert table.problems == ()
    assert [visit.visit_id for visit in table.visits] == VISITS
    assert len({visit.specialty for visit in table.visits}) >= 5
    spoken = " ".join(visit.reference_transcript or "" for visit in table.visits)
    assert "my gums bleed when I brush my teeth" in spoken
    assert any(
        segment.speaker == "other" for visit in table.visits for segment in visit.reference_segments or ()
    )
    assert sum(path.stat().st_size for path in (DEMO / "audio").iterdir()) <= 12 * 2**20


def test_the_survey_has_a_row_for_each_scribe_clinician() -> None:
    with (DEMO / "survey.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["clinician_id"] for row in rows] == [f"S{i:03d}" for i in range(1, 47)]
    ranges = {"sus_": (1, 5), "nps": (0, 10), "tlx_": (0, 100), "burnout_": (1, 5)}
    for row in rows:
        for column, cell in row.items():
            for prefix, (low, high) in ranges.items():
                if column.startswith(prefix) and cell:
                    assert low <= int(cell) <= high, (row["clinician_id"], column)


def test_checksums() -> None:
    listed = {}
    for line in (DEMO / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        sha, name = line.split("  ", 1)
        listed[name] = sha
    files = {
        str(path.relative_to(DEMO))
        for path in DEMO.rglob("*")
        if path.is_file() and path.name not in ("SHA256SUMS", "README.md")
    }
    assert set(listed) == files
    for name, sha in listed.items():
        assert hashlib.sha256((DEMO / name).read_bytes()).hexdigest() == sha, name
