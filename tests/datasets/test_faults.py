"""The planted faults are what detectors are tuned on and reported on: they must be sound themselves."""

import csv
import hashlib
import importlib.util
import itertools
import re
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from scribeeval.io.visits import read_visits
from scribeeval.records import FINDING_KINDS, SEVERITIES
from scribeeval.text.sections import split_sections

ROOT = Path(__file__).parents[2]
FAULTS = ROOT / "datasets" / "faults"  # half to tune on, half to report
FURTHER = ROOT / "datasets" / "faults2"  # all to tune on
FOLDERS = (FAULTS, FURTHER)
MOVES = ("wrong_section", "duplicated")  # the mended note holds these words too, once and in the right place
FREQUENT = (
    "wrong_dose",
    "wrong_drug",
    "flipped_negation",
    "wrong_laterality",
    "invented_fact",
    "omitted_fact",
    "lay_term",
)


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = [row for folder in FOLDERS for row in table(folder, "faults.csv")]
REWORDINGS = [row for folder in FOLDERS for row in table(folder, "rewordings.csv")]
READ = {folder: read_visits(folder / "visits.csv") for folder in FOLDERS}
HOME = {visit.visit_id: folder for folder, read in READ.items() for visit in read.visits}
VISITS = {visit.visit_id: visit for read in READ.values() for visit in read.visits}


def note(visit_id: str, kind: str) -> str:
    return (HOME[visit_id] / "notes" / f"{visit_id}.{kind}.txt").read_bytes().decode()


def rows_of(folder: Path) -> list[dict[str, str]]:
    return [row for row in ROWS if HOME[row["visit_id"]] == folder]


def said(visit_id: str) -> list[str]:
    return [segment.text for segment in VISITS[visit_id].reference_segments or ()]


def section_at(text: str, offset: int) -> str:
    return next(s.name for s in split_sections(text) if s.header_start <= offset < s.end)


def mended(visit_id: str) -> str:
    """Apply every fault's mending and every rewording to the draft, from its end to its start."""
    changes: list[tuple[int, int, str]] = []
    for row in (r for r in ROWS + REWORDINGS if r["visit_id"] == visit_id):
        start, end = int(row["start"]), int(row["end"])
        kind = row.get("type", "")
        if kind == "omitted_fact":
            changes.append((int(row["mend_at"]), int(row["mend_at"]), row["text"]))
        elif kind == "wrong_section":
            changes += [(start, end, ""), (int(row["mend_at"]), int(row["mend_at"]), row["correction"])]
        else:
            changes.append((start, end, row["correction"]))
    text = note(visit_id, "draft")
    for start, end, words in sorted(changes, reverse=True):
        text = text[:start] + words + text[end:]
    return text


def unspaced(text: str) -> str:
    return "".join(text.split())


def test_there_are_enough_faults_of_every_kind_in_both_halves() -> None:
    rows = rows_of(FAULTS)
    english = Counter(row["type"] for row in rows if row["visit_id"].startswith("N"))
    assert english.total() >= 170
    assert set(english) == set(FINDING_KINDS)
    assert min(english.values()) >= 6
    assert min(english[kind] for kind in FREQUENT) >= 8
    assert len(rows) - english.total() >= 20
    halves = {split: Counter(r["type"] for r in rows if r["split"] == split) for split in ("tune", "report")}
    assert sum(half.total() for half in halves.values()) == len(rows)
    for kind in FINDING_KINDS:
        counts = [half[kind] for half in halves.values()]
        assert min(counts) >= 3, kind
        assert max(counts) <= 2 * min(counts), kind


def test_the_further_set_has_enough_of_every_kind_and_nothing_to_report() -> None:
    kinds = Counter(row["type"] for row in rows_of(FURTHER))
    assert set(kinds) == set(FINDING_KINDS)
    assert min(kinds.values()) >= 8
    assert {row["split"] for row in rows_of(FURTHER)} == {"tune"}


def test_identifiers_are_unique() -> None:
    assert len(VISITS) == sum(len(read.visits) for read in READ.values())
    assert len({row["fault_id"] for row in ROWS}) == len(ROWS)
    assert len({row["rewording_id"] for row in REWORDINGS}) == len(REWORDINGS) >= 60


@pytest.mark.parametrize("visit_id", VISITS)
def test_every_fault_stands_where_it_says_and_is_mended(visit_id: str) -> None:
    draft, signed, turns = note(visit_id, "draft"), note(visit_id, "signed"), said(visit_id)
    for row in (r for r in ROWS if r["visit_id"] == visit_id):
        name = row["fault_id"]
        here, there = (draft, signed) if row["side"] == "hypothesis" else (signed, draft)
        assert row["type"] in FINDING_KINDS, name
        assert row["severity"] in SEVERITIES, name
        assert row["split"] == VISITS[visit_id].labels["split"], name
        assert (row["side"] == "reference") == (row["type"] == "omitted_fact"), name
        assert (row["mend_at"] != "") == (row["type"] in ("omitted_fact", "wrong_section")), name
        assert here[int(row["start"]) : int(row["end"])] == row["text"] == row["text"].strip(), name
        assert here.count(row["text"]) == 1, name
        assert section_at(here, int(row["start"])) == row["section"], name
        if row["type"] not in MOVES:
            assert row["text"] not in there, name
        if row["correction"]:
            assert row["correction"] in signed, name
        if row["evidence"]:
            assert any(row["evidence"] in text for text in turns), name
        else:
            assert row["type"] in ("invented_fact", "duplicated", "verbose"), name


@pytest.mark.parametrize("visit_id", VISITS)
def test_all_mendings_turn_the_draft_into_the_signed_note(visit_id: str) -> None:
    assert unspaced(mended(visit_id)) == unspaced(note(visit_id, "signed"))


@pytest.mark.parametrize("visit_id", VISITS)
def test_a_rewording_stands_where_it_says_and_overlaps_no_fault(visit_id: str) -> None:
    draft, signed = note(visit_id, "draft"), note(visit_id, "signed")
    planted = [r for r in ROWS if r["visit_id"] == visit_id and r["side"] == "hypothesis"]
    for row in (r for r in REWORDINGS if r["visit_id"] == visit_id):
        start, end = int(row["start"]), int(row["end"])
        assert draft[start:end] == row["text"], row["rewording_id"]
        assert row["text"] not in signed, row["rewording_id"]
        assert row["correction"] != "", row["rewording_id"]
        assert row["correction"] in signed, row["rewording_id"]
        assert not any(start < int(r["end"]) and int(r["start"]) < end for r in planted), row["rewording_id"]


@pytest.mark.parametrize("visit_id", VISITS)
def test_a_wrong_section_is_another_section(visit_id: str) -> None:
    signed = note(visit_id, "signed")
    for row in (r for r in ROWS if r["visit_id"] == visit_id and r["type"] == "wrong_section"):
        assert section_at(signed, signed.index(row["correction"])) != row["section"], row["fault_id"]


def test_no_phrase_gives_faults_away() -> None:
    """No run of four words comes back in the padding or in the inventions of two faults."""
    for kind in ("verbose", "invented_fact"):
        runs: dict[tuple[str, ...], str] = {}
        for row in (r for r in ROWS if r["type"] == kind):
            words = re.findall(r"\w+", row["text"].lower())
            for run in {tuple(words[i : i + 4]) for i in range(len(words) - 3)}:
                assert runs.setdefault(run, row["fault_id"]) == row["fault_id"], run


@pytest.mark.parametrize("visit_id", VISITS)
def test_taking_words_out_left_no_scar(visit_id: str) -> None:
    for kind in ("draft", "signed"):
        text = note(visit_id, kind)
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert re.search(r"  | $|\t|\n{3}| [.,;:)]|\.\.|\[\[|\]\]|\|", text, re.MULTILINE) is None, kind


@pytest.mark.parametrize("visit_id", VISITS)
def test_the_chief_complaint_is_signed_in_the_words_of_the_patient(visit_id: str) -> None:
    signed = note(visit_id, "signed")
    section = next(s for s in split_sections(signed) if s.name == "chief_complaint")
    words = re.sub(r'\(보호자\)|["]', "", signed[section.start : section.end]).strip("- .\n")
    assert any(words.lower() in text.lower() for text in said(visit_id))


@pytest.mark.parametrize(("folder", "english", "korean"), [(FAULTS, 14, 3), (FURTHER, 7, 1)])
def test_the_visits_are_those_that_were_asked_for(folder: Path, english: int, korean: int) -> None:
    assert READ[folder].problems == ()
    visits = READ[folder].visits
    assert Counter(visit.labels["language"] for visit in visits) == {"en": english, "ko": korean}
    assert len({visit.specialty for visit in visits}) == len(visits)
    for visit in visits:
        segments = visit.reference_segments or ()
        assert 40 <= len(segments) <= 80, visit.visit_id
        assert {"clinician", "patient"} <= {segment.speaker for segment in segments}, visit.visit_id
        times = [(s.start_s, s.end_s) for s in segments if s.start_s is not None and s.end_s is not None]
        assert len(times) == len(segments), visit.visit_id
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(times)), visit.visit_id
        assert all(start_s < end_s for start_s, end_s in times), visit.visit_id
        if visit.labels["language"] == "en":
            assert 300 <= len(note(visit.visit_id, "signed").split()) <= 450, visit.visit_id


@pytest.mark.parametrize(("folder", "splits"), [(FAULTS, ("tune", "report")), (FURTHER, ("tune",))])
def test_the_readme_counts_what_is_there(folder: Path, splits: tuple[str, ...]) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    rows = rows_of(folder)
    for kind in (*FINDING_KINDS, "all"):
        counts = Counter(row["split"] for row in rows if kind in (row["type"], "all"))
        cells = [counts[split] for split in splits] + [counts.total()] * (len(splits) > 1)
        name = kind if kind == "all" else f"`{kind}`"
        assert f"| {' | '.join([name, *map(str, cells)])} |" in readme
    for visit in READ[folder].visits:
        count = sum(r["visit_id"] == visit.visit_id for r in rows)
        assert re.search(rf"\| {visit.visit_id} \| {visit.labels['split']} \|.*\| {count} \|", readme)


@pytest.mark.parametrize("folder", FOLDERS)
def test_checksums(folder: Path) -> None:
    listed = {}
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        sha, name = line.split("  ", 1)
        listed[name] = sha
    files = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("SHA256SUMS", "README.md")
    }
    assert set(listed) == files
    for name, sha in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha, name


HEAD = """visit_id: X1
clinician_id: D99
specialty: none
date: 2025-01-01
language: en
age_years: 40
split: tune
%%
C: Any fever?
P: No fever, and I take aspirin, 81.
%%
HISTORY OF PRESENT ILLNESS
"""


def planter() -> ModuleType:
    spec = importlib.util.spec_from_file_location("plant_faults", ROOT / "scripts" / "plant_faults.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_a_mark_becomes_a_fault_with_its_offsets() -> None:
    body = "Well.[[omi2|| No fever.|No fever]] Aspirin [[wdo3|810 mg|81 mg|aspirin, 81]] daily.\n"
    _, turns, draft, signed, rows = planter().plant(HEAD + body)
    assert draft == "HISTORY OF PRESENT ILLNESS\nWell. Aspirin 810 mg daily.\n"
    assert signed == "HISTORY OF PRESENT ILLNESS\nWell. No fever. Aspirin 81 mg daily.\n"
    assert turns[1] == ("patient", "No fever, and I take aspirin, 81.")
    omitted, dose = rows
    assert (omitted["side"], omitted["start"], omitted["mend_at"]) == ("reference", "33", "32")
    assert (dose["type"], dose["severity"], dose["start"], dose["end"]) == (
        "wrong_dose",
        "severe",
        "41",
        "47",
    )
    assert dose["section"] == "history_of_present_illness"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("Aspirin [[wdo3|810 mg|81 mg|aspirin, 82]].", "no turn holds its evidence"),
        ("No fever. No [[lay1|fever|pyrexia]].", "2 times"),
        ("[[neg1|fever|no fever]].", "stand in the other note"),
        ("Fever. [[inv1|Cough.]]", "shows where a mark was"),
        ("Fever. [[xyz1|Cough.]]", "not well formed"),
        ("Fever.[[toa| Cough.]]", "without their fault"),
    ],
)
def test_an_unsound_mark_is_refused(body: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        planter().plant(HEAD + body + "\n")
