"""Score plain tables: references and hypotheses joined by id, without floors and intervals by clinician."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of, to_json
from scribeeval.io.scores import scores_to_parquet
from scribeeval.io.tables import read_table, require_columns
from scribeeval.metrics import METRICS, Bootstrap
from scribeeval.records import Pair
from scribeeval.run import Reporter, Run, stage_key
from scribeeval.stages.summary import score_row

if TYPE_CHECKING:
    import pandas as pd

STAGE = "score_tables"
OUTPUTS = ("scores.parquet", "summary.json")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table keeps what."""

    visit_id: str
    reference: str
    hypothesis: str
    source: str | None


def choose(names: Sequence[str] | None) -> list[str]:
    """Check metric names; None = all.

    Raises:
        InputError: a name is not known.

    """
    unknown = [name for name in names or () if name not in METRICS]
    if unknown:
        raise InputError(f"metric {unknown[0]!r} is not known; known: {', '.join(METRICS)}")
    return list(names or METRICS)


def score_tables(
    run: Run,
    references: Path,
    hypotheses: Path,
    columns: Columns,
    metrics: Sequence[str],
    bootstrap: Bootstrap,
    reporter: Reporter,
) -> dict[str, float | None]:
    """Score two tables and write scores.parquet and summary.json; returns the corpus values.

    Raises:
        InputError: ids that do not match, doubled ids, empty texts, or an unreadable table.

    """
    started = time.monotonic()
    pairs = _pairs(references, hypotheses, columns)
    key = stage_key(
        STAGE,
        tables=[sha256_of(references), sha256_of(hypotheses)],
        columns=[columns.visit_id, columns.reference, columns.hypothesis, columns.source],
        metrics=[METRICS[name].signature for name in metrics],
        bootstrap=[bootstrap.level, bootstrap.resamples, bootstrap.seed],
    )
    scores = {name: METRICS[name].score_visits(pairs) for name in reporter.track(list(metrics), "score")}
    rows = {name: score_row(METRICS[name].summarize(visits, bootstrap)) for name, visits in scores.items()}
    run.write("scores.parquet", scores_to_parquet(scores))
    run.write("summary.json", to_json({"n_visits": len(pairs), "metrics": rows}) + "\n")
    run.finish(STAGE, key, OUTPUTS, started=started)
    return {name: row["value"] for name, row in rows.items()}


def _pairs(references: Path, hypotheses: Path, columns: Columns) -> list[Pair]:
    wanted = columns.reference if columns.source is None else (columns.reference, columns.source)
    left = _read(references, columns.visit_id, wanted if isinstance(wanted, tuple) else (wanted,))
    right = _read(hypotheses, columns.visit_id, (columns.hypothesis,))
    only_left, only_right = sorted(left.keys() - right.keys()), sorted(right.keys() - left.keys())
    if only_left or only_right:
        raise InputError(
            f"{len(only_left)} ids are only in {references} (first 5: {', '.join(only_left[:5]) or 'none'}), "
            f"{len(only_right)} only in {hypotheses} (first 5: {', '.join(only_right[:5]) or 'none'}); "
            "a text left out must not raise the score: give both sides of every id"
        )
    return [
        Pair(
            visit_id,
            reference=left[visit_id][columns.reference] or "",
            hypothesis=right[visit_id][columns.hypothesis] or "",
            source=None if columns.source is None else left[visit_id][columns.source],
        )
        for visit_id in sorted(left)
    ]


def _read(path: Path, visit_id: str, columns: Sequence[str]) -> dict[str, Mapping[str, str | None]]:
    """Rows by id; an empty cell is an empty text."""
    table = read_table(path)
    require_columns(table, [visit_id, *columns])
    ids = Counter(row.get(visit_id) for row in table.rows)
    problems = []
    for i, row in enumerate(table.rows):
        value = row.get(visit_id)
        if value is None:
            problems.append(f"{table.where(i)}: {visit_id} is empty; give the row an id")
        elif ids[value] > 1:
            problems.append(
                f"{table.where(i)}: {visit_id} {value!r} is there {ids[value]} times; make ids unique"
            )
    if problems:
        raise InputError(problems)
    return {str(row[visit_id]): {column: row.get(column) for column in columns} for row in table.rows}


def score_frame(frame: "pd.DataFrame", metrics: Sequence[str] | None = None) -> "pd.DataFrame":
    """Score a frame with the columns visit_id, reference, hypothesis and, if metrics need it, source.

    Returns one row per visit and metric, sorted: visit_id, metric, value (nullable; <NA> = undefined).

    Raises:
        InputError: a column is missing, an id is doubled, a text is not a string, a metric is unknown.

    """
    import pandas as pd

    names = choose(metrics)
    missing = [name for name in ("visit_id", "reference", "hypothesis") if name not in frame.columns]
    if missing:
        raise InputError(f"the frame lacks the columns {', '.join(missing)}; name them so")
    doubled = frame.loc[frame["visit_id"].duplicated(), "visit_id"].astype(str).tolist()
    if doubled:
        raise InputError(
            f"{len(doubled)} ids are there twice (first 5: {', '.join(doubled[:5])}); make ids unique"
        )
    pairs = []
    sources = frame["source"] if "source" in frame.columns else [None] * len(frame)
    for visit_id, reference, hypothesis, source in zip(
        frame["visit_id"], frame["reference"], frame["hypothesis"], sources, strict=True
    ):
        if not (isinstance(reference, str) and isinstance(hypothesis, str)):
            raise InputError(f"visit {str(visit_id)!r}: a text is missing or not a string; give both texts")
        pairs.append(Pair(str(visit_id), reference, hypothesis, source if isinstance(source, str) else None))
    rows = sorted(
        (visit.visit_id, name, visit.value) for name in names for visit in METRICS[name].score_visits(pairs)
    )
    result = pd.DataFrame(rows, columns=["visit_id", "metric", "value"])
    return result.astype({"value": "Float64"})
