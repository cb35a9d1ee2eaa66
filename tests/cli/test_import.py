"""scribeeval import: what it writes, what it only shows; when something is wrong it writes nothing."""

import shutil
from pathlib import Path

import pytest

from cli.conftest import DEMO, TIME_IN_NOTES, contents, read_json, scribeeval, side_by_side, write

EXPORTS = DEMO.parent / "exports"


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example exports."""
    folder = tmp_path_factory.mktemp("import") / "exports"
    shutil.copytree(EXPORTS, folder)
    return folder


def test_a_table_and_its_account_are_written_with_equal_bytes(exports: Path, tmp_path: Path) -> None:
    config = exports / "epic_wide.toml"
    answers = side_by_side(
        {name: ("import", config, "--out", tmp_path / name / "ehr_use.csv") for name in ("a", "b")}
    )
    assert [answer.code for answer in answers.values()] == [0, 0]
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a").keys() == {"ehr_use.csv", "ehr_use.import.json"}
    assert str(tmp_path) not in (tmp_path / "a" / "ehr_use.import.json").read_text(encoding="utf-8")
    account = read_json(tmp_path / "a" / "ehr_use.import.json")
    assert account["clinicians_on_one_side"]["only_before"] == ["D006"]
    assert account["files"][0]["file"] == "epic_wide.csv"
    out = answers["a"].out
    for words in (
        "metrics that nothing uses: Count Of Saturday Minutes (72)",
        "only after: 1 clinician: D005",
    ):
        assert words in out
    study = f'[study]\nehr_use = "ehr_use.csv"\nmeasures = ["{TIME_IN_NOTES}"]\n'
    write(tmp_path / "a" / "study.toml", study)
    answer = scribeeval("study", tmp_path / "a" / "study.toml", "--out", tmp_path / "run")
    assert answer.code == 0, answer.err
    measure = read_json(tmp_path / "run" / "study.json")["measures"][TIME_IN_NOTES]
    assert (measure["n_clinicians"], measure["n_dropped"]) == (4, 2)
    assert measure["difference"]["estimate"] < 0


def test_a_preview_writes_nothing(exports: Path) -> None:
    before = contents(exports)
    answer = scribeeval("import", exports / "epic_audit.toml", "--preview", "--out", exports / "ehr_use.csv")
    assert answer.code == 0
    assert contents(exports) == before
    assert "first 6 rows:\n  clinician_id,period_start,phase,measure,numerator,denominator\n" in answer.out
    assert "activities outside notes: Chart opened" in answer.out
    assert answer.out.rstrip().endswith("preview: nothing was written")


def test_problems_are_lines_and_nothing_is_written(exports: Path, tmp_path: Path) -> None:
    text = (EXPORTS / "oracle_columns.csv").read_text(encoding="utf-8")
    write(tmp_path / "oracle_columns.csv", text.replace('"1', '"N/A 1'))
    shutil.copy(exports / "oracle_columns.toml", tmp_path)
    answer = scribeeval("import", tmp_path / "oracle_columns.toml", "--out", tmp_path / "ehr_use.csv")
    assert answer.code == 2
    assert len(answer.errors) == 21
    assert answer.error("and", "more problems", "nothing was written")
    assert not (tmp_path / "ehr_use.csv").exists()
    assert not (tmp_path / "ehr_use.import.json").exists()


def test_wrong_calls_are_one_line(exports: Path, tmp_path: Path) -> None:
    config = exports / "epic_wide.toml"
    write(tmp_path / "empty.toml", "")
    answers = side_by_side(
        {
            "neither": ("import", config),
            "parquet": ("import", config, "--out", tmp_path / "ehr_use.parquet"),
            "no config": ("import", tmp_path / "nowhere.toml", "--preview"),
            "empty": ("import", tmp_path / "empty.toml", "--preview"),
        }
    )
    words = {
        "neither": "--preview",
        "parquet": "ends with .csv",
        "no config": "check the path",
        "empty": "has no [[import]] table",
    }
    for name, answer in answers.items():
        assert answer.code == 2
        assert len(answer.errors) == 1
        assert answer.error(words[name])
