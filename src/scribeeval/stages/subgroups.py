"""Scores by subgroup of visits; small subgroups are suppressed, so that nobody can be made out."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from scribeeval.metrics import Bootstrap, Metric, VisitScore
from scribeeval.records import Visit
from scribeeval.stats.changes import MIN_CLINICIANS

MIN_VISITS = 11


def subgroups(
    visits: Sequence[Visit],
    scored: Sequence[tuple[Metric, Sequence[VisitScore]]],
    columns: Sequence[str],
    bootstrap: Bootstrap,
) -> dict[str, dict[str, Any]]:
    """Score each value of each column; below MIN_CLINICIANS or MIN_VISITS only the fact is told.

    A visit without a value of the column is in no subgroup.
    """
    result: dict[str, dict[str, Any]] = {}
    for column in columns:
        groups: dict[str, list[Visit]] = {}
        for visit in visits:
            label = visit.specialty if column == "specialty" else visit.labels.get(column)
            if label is not None:
                groups.setdefault(label, []).append(visit)
        result[column] = {label: _subgroup(groups[label], scored, bootstrap) for label in sorted(groups)}
    return result


def _subgroup(
    visits: Sequence[Visit], scored: Sequence[tuple[Metric, Sequence[VisitScore]]], bootstrap: Bootstrap
) -> dict[str, Any]:
    clinicians = {visit.visit_id: visit.clinician_id for visit in visits if visit.clinician_id is not None}
    n_clinicians = len(set(clinicians.values()))
    if n_clinicians < MIN_CLINICIANS or len(visits) < MIN_VISITS:
        return {"suppressed": True, "metrics": {}}
    ids = {visit.visit_id for visit in visits}
    clusters = clinicians if len(clinicians) == len(visits) else None
    metrics = {}
    for metric, scores in scored:
        result = metric.summarize([score for score in scores if score.visit_id in ids], bootstrap, clusters)
        metrics[metric.name] = {
            "value": result.value,
            "interval": None if result.interval is None else asdict(result.interval),
            "n_visits": result.n_visits,
            "n_undefined": result.n_undefined,
        }
    return {"n_visits": len(visits), "n_clinicians": n_clinicians, "suppressed": False, "metrics": metrics}
