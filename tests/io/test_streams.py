"""Streams of big tables: equal to the reader of small ones, and strict about a row's id alone."""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.io.streams import stream_table
from scribeeval.io.tables import read_table

# What a note can hold that a reader can trip over: quotes, commas, line ends, decomposed letters.
cells = st.text(st.sampled_from('ab,"\n\r =;한e\u0301\u2028'), max_size=12)
rows = st.lists(st.tuples(cells, cells), min_size=1, max_size=8)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@given(rows=rows)
def test_every_format_streams_what_the_small_reader_reads(
    tmp_path_factory: pytest.TempPathFactory, rows: Sequence[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    records = [{"visit_id": f"v{i}", "a": a, "b": b} for i, (a, b) in enumerate(rows)]
    lines = ["visit_id,a,b", *(f"{r['visit_id']},{quoted(r['a'])},{quoted(r['b'])}" for r in records)]
    (folder / "t.csv").write_bytes("\n".join(lines).encode())
    (folder / "t.jsonl").write_bytes("".join(json.dumps(record) + "\n" for record in records).encode())
    pq.write_table(pa.Table.from_pylist(records), folder / "t.parquet")
    for name in ("t.csv", "t.jsonl", "t.parquet"):
        table = read_table(folder / name)
        streamed = list(stream_table(folder / name, "visit_id", ["b", "a"]))
        assert [(r.visit_id, *r.texts) for r in streamed] == [
            (row["visit_id"], row["b"], row["a"]) for row in table.rows
        ]
        assert [r.number for r in streamed] == [i + table.first_row for i in range(len(rows))]
        assert not any(r.problems for r in streamed)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"visit_id,nota\nv1,x\n", "the column 'note' is missing; rename 'nota'?"),
        ("a.csv", b"visit_id,note,note\nv1,x,y\n", "the column 'note' is there twice"),
        ("a.csv", b"visit_id,note\nv1,x,y\n", "row 2 has 3 cells, the header has 2"),
        ("a.csv", b'visit_id,note\nv1,"x\n', "is not CSV"),
        ("a.csv", "visit_id,note\nv1,x\n".encode("utf-16"), "row 1 is not UTF-8 text"),
        ("a.csv", b"visit_id,note\nv\xff,x\n", "row 2: visit_id is not valid Unicode"),
        ("a.jsonl", b'{"visit_id": "v1", "note": "x"}\n[1]\n', "line 2 is not a JSON object"),
        ("a.jsonl", b'{"visit_id": "v1", "note": "x"}\n{"visit', "line 2 is not a JSON object"),
        ("a.jsonl", b'{"visit_id": "v1"}\n', "the column 'note' is missing"),
        ("a.jsonl", b'{"note": "x"}\n', "row 1: visit_id is empty"),
        ("a.jsonl", b'{"visit_id": true, "note": "x"}\n', "row 1: visit_id is not text"),
        ("a.parquet", b"PAR1", "cannot be read as Parquet"),
        ("a.xlsx", b"", "cannot be read as XLSX"),
        ("a.xls", b"", "not a table that is read here"),
    ],
)
def test_what_is_no_table_is_one_line(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        list(stream_table(path, "visit_id", ["note"]))
    assert len(error.value.problems) == 1
    assert message in str(error.value)
    assert str(error.value).startswith(str(path))


def test_cells_of_parquet_that_are_no_text(tmp_path: Path) -> None:
    texts = pa.array([b"x", b"\xff\xfe", None], pa.binary()).view(pa.string())
    columns = {
        "visit_id": pa.array([7, 8, 9]),
        "text": texts,
        "coded": pa.array(["a", None, "a"]).dictionary_encode(),
        "number": pa.array([1.5, float("nan"), None]),
        "list": pa.array([["a"], None, []]),
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")

    def read(column: str) -> list[tuple[str, str | None, bool]]:
        streamed = stream_table(tmp_path / "a.parquet", "visit_id", [column])
        return [(row.visit_id, row.texts[0], bool(row.problems)) for row in streamed]

    assert read("text") == [("7", "x", False), ("8", None, True), ("9", None, False)]
    assert read("coded") == [("7", "a", False), ("8", None, False), ("9", "a", False)]
    assert read("number") == [("7", None, True), ("8", None, False), ("9", None, False)]
    assert read("list") == [("7", None, True), ("8", None, False), ("9", None, True)]


def test_an_empty_column_of_pandas_is_empty(tmp_path: Path) -> None:
    frame = pd.DataFrame({"visit_id": ["v1"], "note": [float("nan")]})
    frame.to_parquet(tmp_path / "a.parquet")
    (row,) = stream_table(tmp_path / "a.parquet", "visit_id", ["note"])
    assert (row.texts, row.problems) == ((None,), ())
