"""`scribeeval validate-metric`: the page of the docs, the numbers by hand, and what is left out."""

import io
import re
import shlex
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from cli.conftest import MARK, Answer, contents, read_json, scribeeval, write, write_csv
from scribeeval.cli import main

DOCS = Path(__file__).parents[2] / "docs" / "validate-metric.md"
COLUMNS = ["visit_id", "system", "dialogue", "reference", "hypothesis", "score", "wrong"]


def block(kind: str) -> str:
    """The first block of that kind on the page."""
    found = re.search(rf"^```{kind}\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.M | re.S)
    assert found is not None
    return found[1]


def rate(table: Path, *options: str) -> Answer:
    """Validate `score` of a table into the folder `run` beside it; two metrics, few resamples."""
    how = ["--metrics", "wer,kept_words_share", "--resamples", "100", "--out", str(table.with_name("run"))]
    return in_process("validate-metric", str(table), "--judgement-column", "score", *how, *options)


def in_process(*args: str) -> Answer:
    """Run the command here: a process a command would make these tests slow."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["scribeeval", *args])
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    answer = Answer(code, out.getvalue(), err.getvalue())
    assert MARK not in answer.out + answer.err
    return answer


def rows(n: int = 8) -> list[list[object]]:
    """Notes that lose i of their ten words; the score is 10 - i."""
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    return [
        [f"v{i}", "ABCD"[i % 4], f"d{i // 4}", " ".join(words), " ".join(words[i:]), 10 - i, int(i > 3)]
        for i in range(n)
    ]


def test_the_page_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "ratings.csv", block("csv"))
    program, *command = shlex.split(block("bash"))
    assert program == "scribeeval"
    answer = scribeeval(*command, cwd=tmp_path)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == block("text")
    found = read_json(tmp_path / "validation" / "validation.json")
    assert found["n_dropped"] == {"reference": 0, "draft": 1, "transcript": 0}
    first = contents(tmp_path / "validation", "manifest.json")
    monkeypatch.chdir(tmp_path)
    assert "fresh" in in_process(*command).out
    in_process(*(part if part != "validation" else "again" for part in command))
    assert contents(tmp_path / "again", "manifest.json") == first


def test_the_numbers_are_those_of_the_table(tmp_path: Path) -> None:
    """WER = i / 10 by construction: each loss is one deletion; the judgement falls by one each time."""
    table = write_csv(tmp_path / "t.csv", COLUMNS, rows())
    answer = rate(table, "--judgement-column", "wrong", "--above", "score=6", "--system-column", "system")
    assert answer.code == 0, answer.err
    found = read_json(tmp_path / "run" / "validation.json")
    score, wrong = found["judgements"]["score"], found["judgements"]["wrong"]
    wer = score["measures"]["wer"]
    assert wer["by_item"]["n"] == 8
    for name in ("pearson", "spearman", "kendall"):
        assert wer["by_item"][name]["value"] == pytest.approx(-1)
    assert wer["by_item"]["auc"]["value"] == 0, "raw: positive notes have the lower error rate"
    assert wrong["measures"]["wer"]["by_item"]["auc"]["value"] == 1
    expected = stats.spearmanr([i / 10 for i in range(8)], [0] * 4 + [1] * 4).statistic
    assert wrong["measures"]["wer"]["by_item"]["spearman"]["value"] == pytest.approx(expected)
    assert (score["n_positive"], wrong["n_positive"]) == (4, 4)
    assert found["measures"]["wer"]["better"] == "lower"
    assert found["measures"]["wer"]["floors"]["empty_note"] == 1
    assert wer["by_system"]["n"] == 4
    assert wer["by_system"]["pearson"]["value"] == pytest.approx(-1)
    plain = score["measures"]["length_ratio"]["by_item"]
    assert plain["pearson"]["value"] == pytest.approx(1)
    new_words = score["measures"]["new_words_share"]["by_item"]
    assert (new_words["n"], new_words["pearson"]["why"]) == (0, "fewer_than_3_items"), "no source"
    csv = pd.read_csv(tmp_path / "run" / "tables" / "validation.csv")
    one = csv[(csv.judgement == "wrong") & (csv.measure == "wer") & (csv.statistic == "spearman")]
    assert one.set_index("level").loc["item", "value"] == pytest.approx(expected)


def test_rows_that_lack_something_are_counted(tmp_path: Path) -> None:
    table = rows()
    table[0][3] = table[1][4] = table[2][5] = ""
    answer = rate(write_csv(tmp_path / "t.csv", COLUMNS, table))
    assert answer.code == 0, answer.err
    assert "rows: 8, left out: 1 without reference, 1 without hypothesis\n" in answer.out
    assert "score: 5 judged, 1 not\n" in answer.out
    found = read_json(tmp_path / "run" / "validation.json")
    assert found["judgements"]["score"]["measures"]["wer"]["by_item"]["n"] == 5


def test_undefined_says_why(tmp_path: Path) -> None:
    answer = rate(write_csv(tmp_path / "t.csv", COLUMNS, rows(2)))
    assert answer.code == 0
    assert "no value or no interval: fewer than 3 items have both values (all)" in answer.out
    same = [[*row[:5], 7, 0] for row in rows()]
    answer = rate(write_csv(tmp_path / "same" / "t.csv", COLUMNS, same))
    assert "the judgement is the same for all (" in answer.out


def test_clusters_are_resampled_whole_and_missing_ones_are_warned_of(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "t.csv", COLUMNS, rows())
    unnamed = rate(table)
    assert "warning: rows share a reference" in unnamed.err
    named = rate(table, "--cluster-column", "dialogue")
    assert named.err == ""
    assert "resamples of 2 units (dialogue)" in named.out


def test_several_systems_may_share_an_id(tmp_path: Path) -> None:
    table = [["v" + str(i // 4), *row[1:]] for i, row in enumerate(rows())]
    path = write_csv(tmp_path / "t.csv", COLUMNS, table)
    answer = rate(path)
    assert answer.code == 2
    assert "--system-column" in answer.error("2 items", "'v0', 'v1'")
    answer = rate(path, "--system-column", "system")
    assert (answer.code, answer.err) == (0, "")
    assert "of 2 units (visit_id)" in answer.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--reference-column", "referense"], ("column 'referense' is missing", "rename 'reference'?")),
        (["--judgement-column", "reference"], ("'reference' is named twice",)),
        (["--judgement-column", "note"], ("t.csv: row 3: note is not a number",)),
        (["--above", "high"], ("--above 'high'", "not a number")),
        (["--above", "grade=1"], ("'grade' is no --judgement-column",)),
        (["--metrics", "wre"], ("metric 'wre' is not known",)),
        (["--second-opinion", "nowhere"], ("'nowhere'", "none of the metrics chosen takes one")),
        (["--cluster-column", "empty"], ("t.csv: row 2: empty is empty",)),
        (["--source-column", "empty"], ("no row has all texts",)),
    ],
)
def test_what_the_user_can_put_right(tmp_path: Path, options: list[str], words: tuple[str, ...]) -> None:
    table = [[*row, "", MARK if i == 1 else 1] for i, row in enumerate(rows(3))]
    answer = rate(write_csv(tmp_path / "t.csv", [*COLUMNS, "empty", "note"], table), *options)
    assert answer.code == 2
    assert answer.errors, answer.err
    assert all(word in answer.errors[0] for word in words), answer.err
    assert not (tmp_path / "run" / "validation.json").exists()


def test_a_judgement_of_not_a_number_is_a_missing_one(tmp_path: Path) -> None:
    """What pandas writes into Parquet for an empty cell."""
    frame = pd.DataFrame(rows(), columns=COLUMNS).astype({"score": float})
    frame.loc[2, "score"] = float("nan")
    frame.to_parquet(tmp_path / "t.parquet")
    answer = rate(tmp_path / "t.parquet")
    assert answer.code == 0, answer.err
    assert "score: 7 judged, 1 not" in answer.out
