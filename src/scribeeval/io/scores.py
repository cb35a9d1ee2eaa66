"""Scores per visit as a table: visit_id, metric, value (null = undefined), counts (JSON)."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from scribeeval.errors import InputError
from scribeeval.io.files import to_json
from scribeeval.io.tables import write_csv
from scribeeval.metrics import VisitScore

COLUMNS = ("visit_id", "metric", "value", "counts")
ROW_GROUP = 100_000  # rows of Parquet held at a time

ScoreRow = tuple[str, str, float | None, str]


def scores_to_parquet(scores: Mapping[str, Sequence[VisitScore]]) -> bytes:
    """Write scores in memory, sorted by visit and metric."""
    sink = io.BytesIO()
    write_parquet(
        sink,
        sorted(
            (visit.visit_id, name, visit.value, to_json(dict(visit.counts), indent=None))
            for name, visits in scores.items()
            for visit in visits
        ),
    )
    return sink.getvalue()


def write_parquet(file: BinaryIO, rows: Iterable[ScoreRow]) -> None:
    """Write rows as Parquet, in the order given."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = (pa.string(), pa.string(), pa.float64(), pa.string())
    schema = pa.schema(list(zip(COLUMNS, types, strict=True)))
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        left: Iterator[ScoreRow] = iter(rows)
        while group := list(islice(left, ROW_GROUP)):
            arrays = map(pa.array, zip(*group, strict=True), types)
            writer.write_table(pa.Table.from_arrays(list(arrays), schema=schema))


def write_csv_scores(file: BinaryIO, rows: Iterable[ScoreRow]) -> None:
    """Write rows as CSV that a spreadsheet opens safely."""
    write_csv(file, COLUMNS, rows)


def write_json_scores(file: BinaryIO, rows: Iterable[ScoreRow]) -> None:
    """Write rows as one JSON array, one row a line, the counts as objects."""
    file.write(b"[")
    for place, (visit_id, metric, value, counts) in enumerate(rows):
        row = {"visit_id": visit_id, "metric": metric, "value": value, "counts": json.loads(counts)}
        file.write(("," * (place > 0) + "\n" + to_json(row, indent=None)).encode())
    file.write(b"\n]\n")


WRITERS: Mapping[str, Callable[[BinaryIO, Iterable[ScoreRow]], None]] = {
    "parquet": write_parquet,
    "csv": write_csv_scores,
    "json": write_json_scores,
}


def read_counts(path: Path) -> dict[str, dict[str, dict[str, float]]]:
    """Read the counts of scores.parquet: metric -> visit_id -> counts.

    Raises:
        InputError: not a scores.parquet.

    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    counts: dict[str, dict[str, dict[str, float]]] = {}
    try:
        rows = pq.read_table(path, columns=["visit_id", "metric", "counts"]).to_pylist()
    except (pa.ArrowException, OSError):
        raise InputError(f"{path}: not a scores.parquet of scribeeval; score again") from None
    for row in rows:
        counts.setdefault(row["metric"], {})[row["visit_id"]] = json.loads(row["counts"])
    return counts
