"""Compare two run folders, metric by metric, on the visits that both have."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scribeeval.errors import InputError
from scribeeval.io.files import read_text
from scribeeval.io.scores import read_counts
from scribeeval.metrics import METRICS, Metric
from scribeeval.records import Interval
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.compare import Difference, compare_counts
from scribeeval.stats.multiplicity import holm


@dataclass(frozen=True, slots=True)
class Compared:
    """One metric of run A and run B; difference = B minus A; p_adjusted: Holm over the metrics."""

    metric: str
    n_visits: int
    n_only_a: int
    n_only_b: int
    value_a: float | None
    value_b: float | None
    difference: float | None
    interval: Interval | None
    p_value: float | None
    p_adjusted: float | None
    unit: str


def compare_runs(
    a: Path, b: Path, *, force: bool, level: float = 0.95, resamples: int = 2000, seed: int = 0
) -> list[Compared]:
    """Compare the metrics that both runs hold.

    Clusters are clinicians where both runs know them for every visit, else visits.

    Raises:
        InputError: no scores, no common metric or visit, or different signatures without force.

    """
    signatures_a, signatures_b = _signatures(a), _signatures(b)
    common = [name for name in signatures_a if name in signatures_b and name in METRICS]
    if not common:
        raise InputError(f"{a} and {b} have no metric in common; score both with the same metrics")
    different = [
        f"metric {name!r}: {a} has signature {signatures_a[name]}, {b} has {signatures_b[name]}; "
        "they are not comparable: score both alike, or compare them anyway with --force"
        for name in common
        if signatures_a[name] != signatures_b[name]
    ]
    if different and not force:
        raise InputError(different)
    counts_a, counts_b = read_counts(a / "scores.parquet"), read_counts(b / "scores.parquet")
    clinicians = _clinicians(a) | _clinicians(b)
    rows = []
    for name in common:
        in_a, in_b = counts_a.get(name, {}), counts_b.get(name, {})
        both = sorted(in_a.keys() & in_b.keys())
        known = all(visit in clinicians for visit in both)
        clusters = [clinicians[visit] if known else visit for visit in both]
        found = _compare(METRICS[name], both, in_a, in_b, clusters, level, resamples, seed)
        rows.append(
            (
                name,
                len(both),
                len(in_a) - len(both),
                len(in_b) - len(both),
                "clinician" if known else "visit",
                found,
            )
        )
    if not any(n_visits for _, n_visits, *_ in rows):
        raise InputError(f"{a} and {b} have no visit in common; compare runs over the same visits")
    adjusted = holm([found.p_value for *_, found in rows])
    return [
        Compared(
            name,
            n,
            only_a,
            only_b,
            found.value_a,
            found.value_b,
            found.difference,
            found.interval,
            found.p_value,
            p,
            unit,
        )
        for (name, n, only_a, only_b, unit, found), p in zip(rows, adjusted, strict=True)
    ]


def compared_row(one: Compared) -> dict[str, Any]:
    """Give the JSON of one comparison."""
    return asdict(one)


def _compare(
    metric: Metric,
    visits: list[str],
    a: Mapping[str, Mapping[str, float]],
    b: Mapping[str, Mapping[str, float]],
    clusters: list[str],
    level: float,
    resamples: int,
    seed: int,
) -> Difference:
    if not visits:
        return Difference(None, None, None, None, None, 0)
    names = sorted({name for side in (a, b) for visit in visits for name in side[visit]})

    def table(side: Mapping[str, Mapping[str, float]]) -> FloatArray:
        return np.array([[side[visit].get(name, 0) for name in names] for visit in visits], dtype=np.float64)

    def statistic(sums: FloatArray) -> float | None:
        return metric.value(dict(zip(names, sums.tolist(), strict=True)))

    return compare_counts(
        table(a), table(b), clusters, statistic, level=level, resamples=resamples, seed=seed
    )


def _signatures(run: Path) -> dict[str, str]:
    path = run / "summary.json"
    if not path.is_file() or not (run / "scores.parquet").is_file():
        raise InputError(f"{run}: holds no scores; run `scribeeval run` or `scribeeval score` into it first")
    summary = json.loads(read_text(path))
    return {name: row["signature"] for name, row in summary["metrics"].items()}


def _clinicians(run: Path) -> dict[str, str]:
    path = run / "tables" / "visits.csv"
    if not path.is_file():
        return {}
    rows = csv.DictReader(io.StringIO(read_text(path)))
    return {row["visit_id"]: row["clinician_id"] for row in rows if row["clinician_id"]}
