"""Tables in every format, and one line that says what is wrong with a bad one."""

import csv
import io
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from scribeeval.errors import InputError
from scribeeval.io.ehr_use import PhaseDates, read_clinicians, read_ehr_use
from scribeeval.io.files import inside, write_whole
from scribeeval.io.streams import stream_table
from scribeeval.io.tables import read_table, to_csv
from scribeeval.io.validate import kind_of, validate
from scribeeval.io.visits import read_visits

EHR = "clinician_id,period_start,phase,measure,numerator,denominator\n"
ROW = "c1,2024-01-01,before,same_day_closure_rate,3,4\n"


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def problems(read: Callable[[Path], object], path: Path) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        read(path)
    return caught.value.problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_with_mark_crlf_and_line_breaks_in_cells(tmp_path: Path, encoding: str) -> None:
    text = 'visit_id,note\r\nv1,"하나,\r\n둘"\r\nv2,\r\n'
    table = read_table(written(tmp_path / "a.csv", text.encode(encoding)))
    assert table.rows == ({"visit_id": "v1", "note": "하나,\n둘"}, {"visit_id": "v2", "note": None})
    assert table.where(1).endswith("row 3")


def test_the_three_formats_read_alike(tmp_path: Path) -> None:
    csv_table = read_table(written(tmp_path / "a.csv", "visit_id,n\nv1,5\nv2,\n"))
    lines = '{"visit_id": "v1", "n": 5}\n\n{"visit_id": "v2", "n": null}\n'
    jsonl = read_table(written(tmp_path / "a.jsonl", lines))
    pq.write_table(pa.table({"visit_id": ["v1", "v2"], "n": ["5", None]}), tmp_path / "a.parquet")
    parquet = read_table(tmp_path / "a.parquet")
    assert csv_table.rows == jsonl.rows == parquet.rows


BAD_FILES: list[tuple[str, bytes, str]] = [
    ("a.csv", "visit_id\nÖ\n".encode("latin-1"), "line 2 is not UTF-8"),
    ("a.csv", "visit_id\nv1\n".encode("utf-16"), "is not UTF-8"),
    ("a.csv", b"", "the file is empty"),
    ("a.csv", b"visit_id,note\nv1,a,b\n", "row 2 has 3 cells, the header has 2"),
    ("a.csv", b'visit_id,note\nv1,"open\n', "is not CSV"),
    ("a.csv", b"visit_id,visit_id\nv1,v1\n", "'visit_id' is there twice"),
    ("a.csv", b"visit_id\nv\x001\n", "NUL byte"),
    ("a.jsonl", b'{"visit_id": "v1"}\n[1]\n', "line 2 is not a JSON object"),
    ("a.parquet", b"PAR1 and no more", "cannot be read as Parquet"),
    ("a.xls", b"", "not a table that is read here"),
    ("a.xlsx", b"PK and no more", "cannot be read as XLSX"),
]


@pytest.mark.parametrize(("name", "content", "message"), BAD_FILES, ids=[row[2] for row in BAD_FILES])
def test_a_bad_file_is_named_in_one_line(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = written(tmp_path / name, content)
    (problem,) = problems(read_table, path)
    assert problem.startswith(str(path))
    assert message in problem
    assert "\n" not in problem


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for name in ("a.csv", "a.jsonl", "a.parquet"):
        (problem,) = problems(read_table, tmp_path / name)
        assert "check the path" in problem


def test_half_a_parquet_file_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"visit_id": [f"v{i}" for i in range(1000)]}), path)
    written(path, path.read_bytes()[: path.stat().st_size // 2])
    assert "cannot be read as Parquet" in problems(read_table, path)[0]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8), min_size=1, max_size=5))
def test_written_cells_read_back_and_run_no_formula(cells: list[str]) -> None:
    (row,) = list(csv.reader(io.StringIO(to_csv(["x"], [cells]))))[1:]
    for cell, back in zip(cells, row, strict=True):
        assert back == (f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell)


def test_a_path_may_not_leave_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    written(tmp_path / "out.txt", "x")
    (folder / "link.txt").symlink_to(tmp_path / "out.txt")
    for path in ("../out.txt", str(tmp_path / "out.txt"), "link.txt", "a/../../out.txt"):
        with pytest.raises(InputError, match="leaves the table's folder"):
            inside(folder, path)
    assert inside(folder, "a b/한글.txt") == folder / "a b" / "한글.txt"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "old")
    with pytest.raises(InputError, match="cannot be written"):
        write_whole(tmp_path / "a.txt" / "b.txt", "new")
    assert path.read_text(encoding="utf-8") == "old"
    write_whole(path, "새")
    assert path.read_text(encoding="utf-8") == "새"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.txt", "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="no space left on device"):
        write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_visits_keep_what_can_be_read_and_name_the_rest(tmp_path: Path) -> None:
    written(tmp_path / "empty.txt", " \n")
    header = "visit_id,draft_note,signed_note_path,audio,ward\n"
    rows = "v1,text,empty.txt,,A\nv2,a,,gone.wav,\nv2,b,,,\n,c,,,\nv3,d,,,B\n"
    table = read_visits(written(tmp_path / "visits.csv", header + rows))
    assert [(v.visit_id, v.draft_note, dict(v.labels)) for v in table.visits] == [
        ("v1", "text", {"ward": "A"}),
        ("v3", "d", {"ward": "B"}),
    ]
    said = [(p.visit_id, p.message.removeprefix("visits.csv: ")) for p in table.problems]
    assert [visit_id for visit_id, _ in said] == ["v1", "v2", "v2", "v2", None]
    assert said[0][1].startswith("row 2, visit 'v1': signed_note: the text is empty")
    assert said[1][1].startswith("row 3, visit 'v2': audio: gone.wav is not there")
    assert said[2][1].startswith("row 3: visit_id 'v2' is there 2 times")
    assert said[4][1].startswith("row 5: visit_id is empty")


EHR_FAULTS = [
    ("c1,2024-01-01,befor,m,3,4\n", "row 3, column 'phase'"),
    ("c1,2024-13-01,before,m,3,4\n", "row 3, column 'period_start'"),
    ("c1,45292,before,m,3,4\n", "row 3, column 'period_start'"),
    ('c1,2024-01-08,before,m,"3,5",4\n', "row 3, column 'numerator': is not a number"),
    ("c1,2024-01-08,before,m,-3,4\n", "row 3, column 'numerator': is negative"),
    ("c1,2024-01-08,before,m,3,inf\n", "row 3, column 'denominator': is not a number"),
    ("c1,2024-01-08,before,m,,4\n", "row 3, column 'numerator': is empty"),
    (ROW, "row 3, column 'measure': repeats a clinician's period"),
]


@pytest.mark.parametrize(("row", "message"), EHR_FAULTS, ids=[message for _, message in EHR_FAULTS])
def test_a_bad_cell_of_ehr_use_is_named_by_row_and_column(tmp_path: Path, row: str, message: str) -> None:
    path = written(tmp_path / "ehr.csv", EHR + ROW + row)
    found = problems(read_ehr_use, path)
    assert [problem for problem in found if message in problem]


def test_a_missing_column_names_the_nearest(tmp_path: Path) -> None:
    path = written(tmp_path / "ehr.csv", EHR.replace("numerator", "numerater") + ROW)
    assert problems(read_ehr_use, path) == (
        f"{path}: the column 'numerator' is missing; rename 'numerater'?",
    )


def test_phases_by_dates_replace_the_column_and_cut_the_ends(tmp_path: Path) -> None:
    days = ["2023-12-25", "2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]
    text = "clinician_id,period_start,measure,numerator,denominator\n"
    path = written(tmp_path / "ehr.csv", text + "".join(f"c1,{day},m,1,2\n" for day in days))
    frame = read_ehr_use(path, PhaseDates("2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"))
    assert list(frame["phase"]) == ["before", "training", "after"]
    assert list(read_ehr_use(path, PhaseDates(None, None, "2024-03-01", None))["phase"]) == (
        ["before"] * 3 + ["after"] * 2
    )


def test_clinicians_are_checked(tmp_path: Path) -> None:
    text = "clinician_id,group,years,scribe_visits,eligible_visits\nc1,scribe,5,3,9\nc1,users,x,9,3\n"
    path = written(tmp_path / "clinicians.csv", text)
    found = "\n".join(problems(read_clinicians, path))
    for message in (
        "'clinician_id': is there before",
        "'group': is none of",
        "'scribe_visits': is more than",
    ):
        assert message in found
    good = read_clinicians(written(path, text.replace("c1,users,x,9,3", "c2,control,7,0,3")))
    assert list(good["years"]) == [5.0, 7.0]


def test_kinds_of_tables(tmp_path: Path) -> None:
    assert kind_of(written(tmp_path / "v.csv", "visit_id\nv1\n")) == "visits"
    assert kind_of(written(tmp_path / "e.csv", EHR)) == "EHR use"
    assert kind_of(written(tmp_path / "c.csv", "clinician_id\nc1\n")) == "clinicians"
    assert "neither visits" in problems(kind_of, written(tmp_path / "x.csv", "a,b\n"))[0]
    assert validate(tmp_path / "c.csv") == ("clinicians", 1)


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_workbook_reads_like_the_csv(tmp_path: Path) -> None:
    header = EHR.strip().split(",")
    day = datetime.fromisoformat("2024-01-01")
    rows: list[list[object]] = [
        [*header, None],
        ["c1", day, "before", "same_day_closure_rate", 3, 4.0],
        [None] * 6,
    ]
    path = workbook(tmp_path / "a.xlsx", rows)
    assert read_table(path).rows == read_table(written(tmp_path / "a.csv", EHR + ROW)).rows
    assert kind_of(path) == "EHR use"
    assert validate(path) == ("EHR use", 1)
    (row,) = list(stream_table(path, "clinician_id", ["measure", "numerator"]))
    assert row == (2, "c1", ("same_day_closure_rate", "3"), ())


BAD_BOOKS: list[tuple[list[list[object]], str]] = [
    ([[]], "the file is empty"),
    ([["visit_id", None, "b"]], "the first row must name every column"),
    ([["visit_id", "a", "a"]], "'a' is there twice"),
    ([["visit_id"], ["v1", "x"]], "row 2 has 2 cells, the header has 1"),
    ([["visit_id"], ["=1+1"]], "a formula whose value was never saved"),
]


@pytest.mark.parametrize(("rows", "message"), BAD_BOOKS, ids=[row[1] for row in BAD_BOOKS])
def test_a_bad_workbook_is_named(tmp_path: Path, rows: list[list[object]], message: str) -> None:
    (problem,) = problems(read_table, workbook(tmp_path / "a.xlsx", rows))
    assert message in problem
