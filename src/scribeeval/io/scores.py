"""Scores per visit as a table: visit_id, metric, value (null = undefined), counts (JSON)."""

import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from scribeeval.errors import InputError
from scribeeval.io.files import to_json
from scribeeval.io.tables import write_csv
from scribeeval.metrics import VisitScore

COLUMNS = ("visit_id", "metric", "value", "counts")
PANEL = "panel.parquet"  # the scores of every drafter of a run, with one more column
PANEL_COLUMNS = ("drafter", *COLUMNS)
ROW_GROUP = 100_000  # rows of Parquet held at a time

ScoreRow = tuple[str, str, float | None, str]
Counts = dict[str, dict[str, dict[str, float]]]  # metric -> visit_id -> counts


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


def panel_to_parquet(scores: Mapping[str, Mapping[str, Sequence[VisitScore]]]) -> bytes:
    """Write the scores of several drafters in memory, sorted by drafter, visit and metric."""
    sink = io.BytesIO()
    rows = (
        (drafter, visit.visit_id, name, visit.value, to_json(dict(visit.counts), indent=None))
        for drafter, metrics in scores.items()
        for name, visits in metrics.items()
        for visit in visits
    )
    _write(sink, PANEL_COLUMNS, sorted(rows, key=lambda row: row[:3]))
    return sink.getvalue()


def write_parquet(file: BinaryIO, rows: Iterable[ScoreRow]) -> None:
    """Write rows as Parquet, in the order given."""
    _write(file, COLUMNS, rows)


def _write(file: BinaryIO, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = [pa.float64() if column == "value" else pa.string() for column in columns]
    schema = pa.schema(list(zip(columns, types, strict=True)))
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        left = iter(rows)
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


def read_counts(path: Path) -> Counts:
    """Read the counts of scores.parquet: metric -> visit_id -> counts.

    Raises:
        InputError: not a scores.parquet.

    """
    counts: Counts = {}
    for row in _read(path, ["visit_id", "metric", "counts"]):
        counts.setdefault(row["metric"], {})[row["visit_id"]] = json.loads(row["counts"])
    return counts


def read_panel(path: Path) -> dict[str, Counts]:
    """Read the counts of panel.parquet: drafter -> metric -> visit_id -> counts.

    Raises:
        InputError: not a panel.parquet.

    """
    panel: dict[str, Counts] = {}
    for row in _read(path, ["drafter", "visit_id", "metric", "counts"]):
        metrics = panel.setdefault(row["drafter"], {})
        metrics.setdefault(row["metric"], {})[row["visit_id"]] = json.loads(row["counts"])
    return panel


def _read(path: Path, columns: list[str]) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows: list[dict[str, Any]] = pq.read_table(path, columns=columns).to_pylist()
    except (pa.ArrowException, OSError):
        raise InputError(f"{path}: not a {path.name} of scribeeval; score again") from None
    return rows
