"""scores.parquet: one row per visit and metric; a null value is an undefined one."""

import io
from collections.abc import Mapping, Sequence

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
