"""Columns read by Arrow hold what read_table reads, and what Arrow does not like is named all the same."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.io import columns
from scribeeval.io.columns import read_columns
from scribeeval.io.tables import read_table, to_csv

CELLS = st.sampled_from(
    ["", "a", "기침", "기침", "NA", "null", "1", "007", "two\nlines", 'a "b"', " c ", "c,d"]
)


def assert_equal_to_rows(path: Path) -> None:
    rows, read = read_table(path), read_columns(path, ["id", "note"], ["n"])
    assert read.n_rows == len(rows.rows)
    assert read.first_row == rows.first_row
    for name in ("id", "note"):
        assert list(read.text[name].cells()) == [row[name] for row in rows.rows]
        assert len(set(read.text[name].words)) == len(read.text[name].words)
    numbers = pd.to_numeric(pd.Series([row["n"] for row in rows.rows], dtype=object), errors="coerce")
    np.testing.assert_array_equal(read.numbers["n"].values, numbers.to_numpy(float))
    assert list(read.numbers["n"].given) == [row["n"] is not None for row in rows.rows]


@given(
    st.lists(st.tuples(CELLS, CELLS, st.sampled_from(["", "1", "2.5", "-3", "1e3", "x", "1,5"])), min_size=1)
)
def test_csv_cells_are_those_of_read_table(
    tmp_path_factory: pytest.TempPathFactory, rows: Sequence[tuple[str, str, str]]
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.csv"
    path.write_text(to_csv(["id", "other", "note", "n"], [(a, "x", b, c) for a, b, c in rows]), "utf-8")
    assert_equal_to_rows(path)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfid,note,n\r\na,b,1\r\n\r\nc,d,2\r\n",
        b'"id","note","n"\na,"b",1\n',
        b"id ,note, n\na,b,1\n",
        b"n,note,id\n1,b,a",
    ],
    ids=["BOM, CRLF and a blank line", "quoted header", "spaces in the header", "another order"],
)
def test_dialects(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    assert_equal_to_rows(path)


@pytest.mark.parametrize("values", [[1, 2], [1.5, 2.0], ["1", "x"], [None, "2"]])
def test_parquet_and_jsonl(tmp_path: Path, values: list[object]) -> None:
    frame = pd.DataFrame({"id": ["a", None], "note": ["기침", "기침"], "n": values})
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_json(tmp_path / "t.jsonl", orient="records", lines=True, force_ascii=False)
    for suffix in ("parquet", "jsonl"):
        assert_equal_to_rows(tmp_path / f"t.{suffix}")


def test_a_well_formed_table_takes_the_fast_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,note,n\na,b,1\n", encoding="utf-8")
    monkeypatch.setattr(columns, "read_table", None)
    assert read_columns(path, ["id"], ["n"]).n_rows == 1
    with pytest.raises(TypeError, match="callable"):
        read_columns(path, ["id", "lacks"], ["n"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"id,note,n\na,b\n", "row 2 has 2 cells, the header has 3"),
        (b"id,note,n,n\na,b,1,2\n", "the column 'n' is there twice"),
        (b"id,note,m\na,b,1\n", "the column 'n' is missing"),
        (b"id,note,n\na,\xff,1\n", "line 2 is not UTF-8 text"),
        (b"id,note,n\na,b\x00c,1\n", "holds a NUL byte"),
        (b"", "the file is empty"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_columns(path, ["id", "note"], ["n"])
    with pytest.raises(InputError, match=r"is missing|cannot be read"):
        read_columns(tmp_path / "none.csv", ["id"], [])
