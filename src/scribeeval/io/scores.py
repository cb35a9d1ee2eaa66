"""scores.parquet: one row per visit and metric; a null value is an undefined one."""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.files import to_json
from scribeeval.metrics import VisitScore


def scores_to_parquet(scores: Mapping[str, Sequence[VisitScore]]) -> bytes:
    """Write visit_id, metric, value, counts (JSON), sorted by visit and metric."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = sorted(
        (visit.visit_id, name, visit.value, to_json(dict(visit.counts), indent=None))
        for name, visits in scores.items()
        for visit in visits
    )
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    table = pa.table(
        {
            "visit_id": pa.array(columns[0], pa.string()),
            "metric": pa.array(columns[1], pa.string()),
            "value": pa.array(columns[2], pa.float64()),
            "counts": pa.array(columns[3], pa.string()),
        }
    )
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


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
