"""`scribeeval score` on plain tables: the numbers, the ids, the encodings, and what it must not import."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from cli.conftest import MARK, SCRIPT, contents, read_json, scribeeval, side_by_side, write, write_csv

# By hand: (visit, reference, hypothesis, WER).  Visit 1 loses 3 of its 7 words ("twice daily" is one,
# bid), 2 has one of 3 replaced,
# 3 has no reference word, so that its rate is undefined.
ROWS: list[tuple[str, str, str, float | None]] = [
    ("001", 'Take metformin 500 mg, twice daily.\nReview "soon".', "Take metformin 500 mg", 3 / 7),
    ("한글", "환자는 두통을 호소한다", "환자는 두통을 호소", 1 / 3),
    ("NA", "", "some words here", None),
    ("1", "none, NA", "none, NA", 0.0),
]
REFERENCES = pd.DataFrame([(i, r) for i, r, _, _ in ROWS], columns=["visit_id", "ref"])
HYPOTHESES = pd.DataFrame([(i, h) for i, _, h, _ in ROWS[::-1]], columns=["visit_id", "hyp"])


def score(references: Path, hypotheses: Path, out: Path, *options: str) -> list[str | Path]:
    """The command that scores tables with the column names of those above."""
    tables: list[str | Path] = ["--references", references, "--hypotheses", hypotheses]
    columns = ["--reference-column", "ref", "--hypothesis-column", "hyp"]
    return ["score", *tables, *columns, *options, "--out", out]


def save(frame: pd.DataFrame, path: Path, kind: str) -> Path:
    """Save a table in one of the formats and dialects."""
    match kind:
        case "csv":
            frame.to_csv(path, index=False)
        case "csv_bom_crlf":
            frame.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
        case "jsonl":
            frame.to_json(path, orient="records", lines=True, force_ascii=False)
        case "parquet":
            frame.to_parquet(path)
    return path


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same texts from each kind of table, scored."""
    folder = tmp_path_factory.mktemp("score")
    commands = {}
    for kind in ("csv", "csv_bom_crlf", "jsonl", "parquet"):
        suffix = kind.split("_")[0]
        references = save(REFERENCES, folder / f"{kind}-ref.{suffix}", kind)
        hypotheses = save(HYPOTHESES, folder / f"{kind}-hyp.{suffix}", kind)
        commands[kind] = score(references, hypotheses, folder / kind, "--metrics", "wer,edit_distance_chars")
    for answer in side_by_side(commands).values():
        assert answer.code == 0, answer.err
        assert "wer" in answer.out
    return {kind: folder / kind for kind in commands}


def test_every_format_gives_the_same_bytes(scored: dict[str, Path]) -> None:
    first = contents(scored["csv"], "manifest.json")
    assert first.keys() == {"scores.parquet", "summary.json"}
    for kind, run in scored.items():
        assert contents(run, "manifest.json") == first, kind


def test_values_by_hand_and_undefined_is_null(scored: dict[str, Path]) -> None:
    table = pq.read_table(scored["csv"] / "scores.parquet")
    assert table.column_names == ["visit_id", "metric", "value", "counts"]
    rows = table.to_pylist()
    assert [(row["visit_id"], row["metric"]) for row in rows] == sorted(
        (visit, metric) for visit, *_ in ROWS for metric in ("wer", "edit_distance_chars")
    )
    values = {row["visit_id"]: row["value"] for row in rows if row["metric"] == "wer"}
    assert values == {visit: wer if wer is None else pytest.approx(wer) for visit, _, _, wer in ROWS}
    counts = {row["visit_id"]: json.loads(row["counts"]) for row in rows if row["metric"] == "wer"}
    assert counts["001"] == {"hits": 4, "substitutions": 0, "deletions": 3, "insertions": 0}


def test_undefined_is_counted_and_the_signature_shown(scored: dict[str, Path]) -> None:
    summary = read_json(scored["csv"] / "summary.json")
    assert summary["n_visits"] == 4
    wer = summary["metrics"]["wer"]
    assert wer["n_undefined"] == 1
    assert wer["value"] == pytest.approx((3 + 1 + 3 + 0) / (7 + 3 + 0 + 2)), "counts add, over all visits"
    assert wer["signature"].startswith("wer|")
    assert wer["signature"].split("|")[-1].startswith("scribeeval:")
    assert wer["interval"]["low"] <= wer["value"] <= wer["interval"]["high"]


def test_all_undefined_prints_undefined(tmp_path: Path) -> None:
    write_csv(tmp_path / "ref.csv", ["visit_id", "ref"], [("A", "")])
    write_csv(tmp_path / "hyp.csv", ["visit_id", "hyp"], [("A", "words")])
    answer = scribeeval(
        *score(tmp_path / "ref.csv", tmp_path / "hyp.csv", tmp_path / "run", "--metrics", "wer")
    )
    assert answer.code == 0
    assert "undefined" in answer.out
    assert read_json(tmp_path / "run" / "summary.json")["metrics"]["wer"]["value"] is None


def test_ids_on_one_side_only(tmp_path: Path) -> None:
    write_csv(
        tmp_path / "ref.csv", ["visit_id", "ref"], [("both", MARK), *((f"r{i}", MARK) for i in range(7))]
    )
    write_csv(tmp_path / "hyp.csv", ["visit_id", "hyp"], [("both", MARK), ("h1", MARK), ("h2", MARK)])
    answer = scribeeval(*score(tmp_path / "ref.csv", tmp_path / "hyp.csv", tmp_path / "run"))
    assert answer.code == 2
    line = answer.error("ref.csv", "hyp.csv")
    assert "7" in line
    assert "'r0', 'r1', 'r2', 'r3', 'r4')" in line, "the first five"
    assert "'h1', 'h2'" in line
    assert not (tmp_path / "run" / "scores.parquet").exists()


def test_doubled_id(tmp_path: Path) -> None:
    write_csv(tmp_path / "ref.csv", ["visit_id", "ref"], [("A", MARK), ("B", MARK)])
    write_csv(tmp_path / "hyp.csv", ["visit_id", "hyp"], [("A", MARK), ("B", MARK), ("B", MARK)])
    answer = scribeeval(*score(tmp_path / "ref.csv", tmp_path / "hyp.csv", tmp_path / "run"))
    assert answer.code == 2
    assert all("hyp.csv" in line and "'B'" in line for line in answer.errors)
    assert len(answer.errors) in (1, 2)


WRONG_NAMES: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "id": (["--id", "visit"], ("'visit'", "visit_id")),
    "reference": (["--reference-column", "reff"], ("'reff'", "'ref'")),
    "source": (["--source-column", "talk"], ("'talk'",)),
    "metric": (["--metrics", "werr"], ("'werr'", "wer")),
}


def test_wrong_names(tmp_path: Path) -> None:
    write_csv(tmp_path / "ref.csv", ["visit_id", "ref"], [("A", MARK)])
    write_csv(tmp_path / "hyp.csv", ["visit_id", "hyp"], [("A", MARK)])
    tables = (tmp_path / "ref.csv", tmp_path / "hyp.csv")
    commands = {k: score(*tables, tmp_path / k, *options) for k, (options, _) in WRONG_NAMES.items()}
    answers = side_by_side(commands)
    for name, answer in answers.items():
        assert answer.code == 2, name
        assert len(answer.errors) == 1
        assert answer.error(*WRONG_NAMES[name][1])


def test_whole_number_ids_and_a_cell_longer_than_the_csv_modules_limit(tmp_path: Path) -> None:
    long = "word " * 40_000
    pd.DataFrame({"visit_id": [7, 8], "ref": ["a b", long]}).to_parquet(tmp_path / "ref.parquet")
    write_csv(tmp_path / "hyp.csv", ["visit_id", "hyp"], [("8", long), ("7", "a")])
    command = score(tmp_path / "ref.parquet", tmp_path / "hyp.csv", tmp_path / "run", "--metrics", "wer")
    assert scribeeval(*command).code == 0
    rows = pq.read_table(tmp_path / "run" / "scores.parquet").to_pylist()
    assert {row["visit_id"]: row["value"] for row in rows} == {"7": 0.5, "8": 0.0}


def test_text_cell_that_is_no_text(tmp_path: Path) -> None:
    write(tmp_path / "ref.jsonl", f'{{"visit_id": "A", "ref": ["{MARK}", "b"]}}\n')
    write(tmp_path / "hyp.jsonl", '{"visit_id": "A", "hyp": "b"}\n')
    answer = scribeeval(
        *score(tmp_path / "ref.jsonl", tmp_path / "hyp.jsonl", tmp_path / "run", "--metrics", "wer")
    )
    assert answer.code == 2
    assert answer.error("ref.jsonl", "ref")


def test_imports_no_model_library(tmp_path: Path) -> None:
    save(REFERENCES, tmp_path / "ref.csv", "csv")
    save(HYPOTHESES, tmp_path / "hyp.csv", "csv")
    command = [sys.executable, "-X", "importtime", str(SCRIPT), "score", "--references", "ref.csv"]
    command += ["--hypotheses", "hyp.csv", "--reference-column", "ref", "--hypothesis-column", "hyp"]
    done = subprocess.run(
        [*command, "--out", "run"], cwd=tmp_path, capture_output=True, text=True, check=True, env=os.environ
    )
    imported = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "scribeeval" in imported, "the list is of this run"
    heavy = {
        "torch",
        "whisper",
        "faster_whisper",
        "ctranslate2",
        "transformers",
        "evaluate",
        "ray",
        "fastapi",
    }
    assert imported.isdisjoint(heavy)


# The paper's own table (ACI-BENCH, Yim et al. 2023): ROUGE-1, ROUGE-2 and, as "ROUGE-L", rougeLsum.
PUBLISHED = {
    "BART_large_clinicalnlp_taskB_test1_full": (41.76, 19.20, 34.70),
    "bart-large-xsum-samsum_clinicalnlp_taskB_test1_division_combined": (53.46, 25.08, 48.62),
    "UMLS_similarity_clinicalnlp_taskB_test1": (43.87, 17.55, 40.47),
}


def test_the_published_rouge_table_comes_out_of_the_command_line(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "aci-bench"
    tables: list[str | Path] = [
        "--references",
        folder / "clinicalnlp_taskB_test1.csv",
        "--id",
        "encounter_id",
    ]
    columns = ["--reference-column", "note", "--hypothesis-column", "note", "--source-column", "dialogue"]
    commands: dict[str, list[str | Path]] = {
        system: [
            *("score", *tables, *columns, "--hypotheses", folder / "predictions" / f"{system}.csv"),
            *("--metrics", "rouge1,rouge2,rougeLsum", "--out", tmp_path / system),
        ]
        for system in PUBLISHED
    }
    for system, answer in side_by_side(commands).items():
        assert answer.code == 0, answer.err
        rows = read_json(tmp_path / system / "summary.json")["metrics"]
        values = [round(100 * rows[name]["value"], 2) for name in ("rouge1", "rouge2", "rougeLsum")]
        assert tuple(values) == PUBLISHED[system]
        assert rows["rouge1"]["floors"]["empty_note"] == 0
        assert "another visits note" in answer.out
