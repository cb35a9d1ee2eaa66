"""Patient text stays where it belongs, and text from outside is data: nothing of it runs anywhere."""

import csv
from pathlib import Path

import pytest

from cli.conftest import MARK, NOTES_CONFIG, Answer, contents, read_json, scribeeval, write, write_csv

FORMULA = '=HYPERLINK("http://example.org")'
SCRIPT_TAG = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """Two subgroups, one of 12 visits but a single clinician, one of 12 visits and 6 clinicians."""
    folder = tmp_path_factory.mktemp("hostile")
    rows: list[tuple[str, ...]] = []
    for i in range(24):
        who = (FORMULA, SCRIPT_TAG) if i < 12 else (f"C{i % 6}", "cardiology")
        draft = f"HISTORY\n{MARK} takes lisinopril {i} mg daily."
        rows.append((f"V{i:02}", *who, draft, f"HISTORY\n{MARK} takes lisinopril 10 mg daily."))
    rows.append(("환자", "C1", "cardiology", "", "No draft for this one."))
    columns = ["visit_id", "clinician_id", "specialty", "draft_note", "signed_note"]
    write_csv(folder / "visits.csv", columns, rows)
    write(folder / "config.toml", f"{NOTES_CONFIG}by = ['specialty']\n".replace("pilot", "hostile"))
    # A locale that is not UTF-8, as on a hospital's server, changes nothing.
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    return folder / "run", scribeeval("run", folder / "config.toml", "--out", folder / "run", env=env)


def test_run_is_good_whatever_the_locale(hostile: tuple[Path, Answer]) -> None:
    run, answer = hostile
    assert answer.code == 0, answer.err
    use = read_json(run / "summary.json")["draft_use"]["total"]
    assert (use["no_draft"], sum(use.values())) == (1, 25)


def test_note_text_is_in_notes_and_findings_only(hostile: tuple[Path, Answer]) -> None:
    run, _ = hostile
    holders = {name for name, data in contents(run).items() if MARK.encode() in data}
    assert "notes.jsonl" in holders
    assert holders <= {"notes.jsonl", "findings.jsonl", "transcripts.jsonl"}


def test_html_is_escaped(hostile: tuple[Path, Answer]) -> None:
    run, _ = hostile
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in page
    assert SCRIPT_TAG not in page
    assert "http://" not in page.replace("http://www.w3.org", "").replace("http://example.org", "")
    assert "https://" not in page


def test_formulas_are_neutralised(hostile: tuple[Path, Answer]) -> None:
    run, _ = hostile
    cells = []
    for path in (run / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells += [cell for row in csv.reader(file) for cell in row]
    assert any(FORMULA in cell for cell in cells), "the clinician is in a table"
    assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == []


def test_small_subgroups_are_suppressed(hostile: tuple[Path, Answer]) -> None:
    run, _ = hostile
    groups = read_json(run / "summary.json")["by"]["specialty"]
    shown = {name for name, group in groups.items() if group["metrics"]}
    assert shown == {"cardiology"}


def test_subgroups_from_5_clinicians_and_11_visits(tmp_path: Path) -> None:
    rows = [
        (f"{group}{i}", f"{group}-C{i % n_clinicians}", group, "a b", "a b")
        for group, n_visits, n_clinicians in (("shown", 11, 5), ("few visits", 10, 5), ("few people", 11, 4))
        for i in range(n_visits)
    ]
    columns = ["visit_id", "clinician_id", "specialty", "draft_note", "signed_note"]
    write_csv(tmp_path / "visits.csv", columns, rows)
    write(tmp_path / "config.toml", NOTES_CONFIG + 'metrics = ["kept_words_share"]\nby = ["specialty"]\n')
    answer = scribeeval("run", tmp_path / "config.toml", "--out", tmp_path / "run")
    assert answer.code == 0
    groups = read_json(tmp_path / "run" / "summary.json")["by"]["specialty"]
    assert groups.keys() == {"shown", "few visits", "few people"}
    assert {name for name, group in groups.items() if group["metrics"]} == {"shown"}
