"""Compare two run folders, or the drafters of one, metric by metric, on the visits that both have."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from scribeeval.errors import InputError
from scribeeval.io.files import read_text
from scribeeval.io.scores import PANEL, read_counts, read_panel
from scribeeval.metrics import METRICS, Metric
from scribeeval.records import Interval
from scribeeval.run import Run
from scribeeval.stages.draft_one import STAGE as DRAFT
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.compare import Difference, compare_counts
from scribeeval.stats.multiplicity import holm

COSTS = ("n_asked", "n_answered_before", "s_per_note", "input_tokens", "output_tokens", "cost", "currency")

VisitCounts = Mapping[str, Mapping[str, float]]  # visit_id -> counts


@dataclass(frozen=True, slots=True)
class How:
    """How differences are resampled and tested."""

    level: float = 0.95
    resamples: int = 2000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Compared:
    """One metric of A and B; difference = B minus A; p_adjusted: Holm over all rows of one comparison.

    system_a, system_b: the drafters; None where a run does not say.
    """

    metric: str
    system_a: str | None
    system_b: str | None
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


@dataclass(frozen=True, slots=True)
class Panel:
    """The drafters of one run.  rows: each of the others as B against the first as A.

    drafters: name -> notes, failures and COSTS, None where unknown.  floors: of the first drafter, by metric.
    """

    rows: tuple[Compared, ...]
    drafters: Mapping[str, Mapping[str, Any]]
    floors: Mapping[str, Mapping[str, float | None]]


def compare_runs(a: Path, b: Path, how: How, *, force: bool) -> list[Compared]:
    """Compare the metrics that both runs hold.

    Clusters are clinicians where both runs know them for every visit, else visits.

    Raises:
        InputError: no scores, no common metric or visit, or different signatures without force.

    """
    summary_a, summary_b = _summary(a), _summary(b)
    signatures_a, signatures_b = _signatures(summary_a), _signatures(summary_b)
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
    systems = summary_a.get("system"), summary_b.get("system")
    rows = [
        _compared(METRICS[name], systems, counts_a.get(name, {}), counts_b.get(name, {}), clinicians, how)
        for name in common
    ]
    if not any(row.n_visits for row in rows):
        raise InputError(f"{a} and {b} have no visit in common; compare runs over the same visits")
    return _adjusted(rows)


def compare_drafters(folder: Path, how: How) -> Panel:
    """Compare each further drafter of a run with its first, on the metrics that all have.

    Raises:
        InputError: no scores, or of one drafter only.

    """
    summary = _summary(folder)
    others = summary.get("systems") or {}
    if not others:
        raise InputError(
            f"{folder}: holds the scores of one drafter; name several in [draft] drafters, or compare it "
            "with a second run"
        )
    if not (folder / PANEL).is_file():
        raise InputError(f"{folder}: has no {PANEL}; run `scribeeval run` into it again")
    counts, first, clinicians = read_panel(folder / PANEL), str(summary["system"]), _clinicians(folder)
    names = [name for name in next(iter(others.values()))["metrics"] if name in METRICS]
    rows = [
        _compared(
            METRICS[name],
            (first, other),
            counts.get(first, {}).get(name, {}),
            counts.get(other, {}).get(name, {}),
            clinicians,
            how,
        )
        for other in others
        for name in names
    ]
    floors = {name: summary["metrics"][name]["floors"] for name in names}
    return Panel(tuple(_adjusted(rows)), _drafters(folder, summary), floors)


def _drafters(folder: Path, summary: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What each drafter made, and what its asking took by the manifest of the run's last drafting."""
    record = Run(folder).record(DRAFT)
    facts: Mapping[str, Any] = record.facts.get("drafters", {}) if record is not None else {}
    return {
        name: {**about, **{cost: facts.get(name, {}).get(cost) for cost in COSTS}}
        for name, about in summary["drafters"].items()
    }


def _compared(
    metric: Metric,
    systems: tuple[str | None, str | None],
    in_a: VisitCounts,
    in_b: VisitCounts,
    clinicians: Mapping[str, str],
    how: How,
) -> Compared:
    """Compare one metric; p_adjusted is left open."""
    both = sorted(in_a.keys() & in_b.keys())
    known = bool(both) and all(visit in clinicians for visit in both)
    clusters = [clinicians[visit] if known else visit for visit in both]
    found = _difference(metric, both, in_a, in_b, clusters, how)
    return Compared(
        metric=metric.name,
        system_a=systems[0],
        system_b=systems[1],
        n_visits=len(both),
        n_only_a=len(in_a) - len(both),
        n_only_b=len(in_b) - len(both),
        value_a=found.value_a,
        value_b=found.value_b,
        difference=found.difference,
        interval=found.interval,
        p_value=found.p_value,
        p_adjusted=None,
        unit="clinician" if known else "visit",
    )


def _adjusted(rows: list[Compared]) -> list[Compared]:
    adjusted = holm([row.p_value for row in rows])
    return [replace(row, p_adjusted=p) for row, p in zip(rows, adjusted, strict=True)]


def _difference(
    metric: Metric, visits: list[str], a: VisitCounts, b: VisitCounts, clusters: list[str], how: How
) -> Difference:
    if not visits:
        return Difference(None, None, None, None, None, 0)
    names = sorted({name for side in (a, b) for visit in visits for name in side[visit]})

    def table(side: VisitCounts) -> FloatArray:
        return np.array([[side[visit].get(name, 0) for name in names] for visit in visits], dtype=np.float64)

    def statistic(sums: FloatArray) -> float | None:
        return metric.value(dict(zip(names, sums.tolist(), strict=True)))

    return compare_counts(table(a), table(b), clusters, statistic, **asdict(how))


def _summary(run: Path) -> dict[str, Any]:
    path = run / "summary.json"
    if not path.is_file() or not (run / "scores.parquet").is_file():
        raise InputError(f"{run}: holds no scores; run `scribeeval run` or `scribeeval score` into it first")
    summary: dict[str, Any] = json.loads(read_text(path))
    return summary


def _signatures(summary: Mapping[str, Any]) -> dict[str, str]:
    return {name: row["signature"] for name, row in summary["metrics"].items()}


def _clinicians(run: Path) -> dict[str, str]:
    path = run / "tables" / "visits.csv"
    if not path.is_file():
        return {}
    rows = csv.DictReader(io.StringIO(read_text(path)))
    return {row["visit_id"]: row["clinician_id"] for row in rows if row["clinician_id"]}
