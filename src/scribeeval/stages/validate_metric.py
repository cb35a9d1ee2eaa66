"""Validate metrics: how each agrees with human judgements, beside lengths, word overlap and floors.

Writes validation.json (everything, not rounded) and tables/validation.csv (one statistic a row).
"""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of, to_json
from scribeeval.io.ratings import RatingColumns, Ratings, read_ratings
from scribeeval.io.tables import to_csv
from scribeeval.metrics import DEFAULT_OPTIONS, Metric, MetricOptions
from scribeeval.metrics.base import VisitScore, score_together
from scribeeval.metrics.floors import FLOORS, floor_pairs
from scribeeval.metrics.plain import PLAIN
from scribeeval.records import Pair
from scribeeval.run import Reporter, Run, stage_key
from scribeeval.stages.metric_choice import chosen_metrics
from scribeeval.stats.agreement import CORRELATIONS, WHY, Agreement, by_item, by_system
from scribeeval.stats.bootstrap import random_sample

STAGE = "validate_metric"
OUTPUTS = ("validation.json", "tables/validation.csv")
MAX_FLOOR_VISITS = 200
DIRECTIONS = {True: "higher", False: "lower", None: "neither"}

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Resampling:
    """How the percentile intervals are made."""

    level: float = 0.95
    resamples: int = 2000
    seed: int = 0


def validate_metric(
    run: Run,
    path: Path,
    columns: RatingColumns,
    metrics: Sequence[str],
    above: Mapping[str, float],
    resampling: Resampling,
    reporter: Reporter,
    options: MetricOptions = DEFAULT_OPTIONS,
) -> dict[str, Any]:
    """Correlate metrics with the judgements of a table of ratings; returns what validation.json says.

    above: judgement -> the threshold above which an item is positive for the AUC.

    Raises:
        InputError: as read_ratings and chosen_metrics; no row is left.

    """
    started = time.monotonic()
    chosen = chosen_metrics(metrics, options)
    key = stage_key(
        STAGE,
        table=sha256_of(path),
        columns=asdict(columns),
        metrics=[metric.signature for metric in chosen],
        above=dict(above),
        resampling=asdict(resampling),
    )
    if run.fresh(STAGE, key):
        reporter.say("validate-metric: fresh")
        return dict(run.read_json(OUTPUTS[0]))
    ratings = read_ratings(path, columns)
    if not ratings.pairs:
        raise InputError(f"{path}: no row has all texts; fill {', '.join(columns.texts)}")
    if columns.cluster is None and len(set(ratings.clusters)) == len(ratings.pairs) > _n_visits(ratings):
        reporter.warn(
            "rows share a reference, and are resampled as if they did not; "
            "name what they share (dialogue, visit) with --cluster-column"
        )
    scores = _score(chosen, ratings.pairs, reporter)
    values: dict[str, Values] = {name: [one.value for one in ones] for name, ones in scores.items()}
    values |= {name: [measure(pair) for pair in ratings.pairs] for name, (_, measure) in PLAIN.items()}
    visits = _floor_visits(ratings, resampling.seed)
    result = {
        "table": path.name,
        "columns": asdict(columns),
        "n_rows": ratings.n_rows,
        "n_items": len(ratings.pairs),
        "n_dropped": dict(ratings.dropped),
        "n_units": len(set(ratings.clusters)),
        "resampling": {"method": "percentile", "unit": columns.cluster or columns.item, **asdict(resampling)},
        "floors": {"n_visits": len(visits)},
        "measures": {metric.name: _about(metric, scores[metric.name], visits) for metric in chosen}
        | {name: _about_plain(title) for name, (title, _) in PLAIN.items()},
        "judgements": {
            name: _agreements(ratings, judged, values, above.get(name), resampling)
            for name, judged in ratings.judgements.items()
        },
    }
    run.write(OUTPUTS[0], to_json(result) + "\n")
    run.write(OUTPUTS[1], to_csv(CSV_COLUMNS, _csv_rows(result)))
    run.finish(STAGE, key, OUTPUTS, started=started)
    reporter.say(f"validate-metric: {len(chosen)} metrics over {len(ratings.pairs):,} items")
    return result


def read_thresholds(given: Sequence[str], judgements: Sequence[str]) -> dict[str, float]:
    """Read --above: "0" for all judgements, or "COLUMN=0" for one; the latter go first.

    Raises:
        InputError: no number, or not the name of a judgement column.

    """
    for_all: dict[str, float] = {}
    for_one: dict[str, float] = {}
    for text in given:
        name, _, number = text.rpartition("=")
        try:
            threshold = float(number)
        except ValueError:
            threshold = math.nan
        if not math.isfinite(threshold):
            raise InputError(f"--above {text!r}: not a number; give one, or COLUMN=number")
        if name and name not in judgements:
            raise InputError(f"--above {text!r}: {name!r} is no --judgement-column; name it as one")
        if name:
            for_one[name] = threshold
        else:
            for_all = dict.fromkeys(judgements, threshold)
    return for_all | for_one


def _n_visits(ratings: Ratings) -> int:
    return len({(pair.reference, pair.source) for pair in ratings.pairs})


def _score(
    metrics: Sequence[Metric], pairs: Sequence[Pair], reporter: Reporter
) -> dict[str, list[VisitScore]]:
    scores: dict[str, list[VisitScore]] = {metric.name: [] for metric in metrics}
    with reporter.progress("validate-metric", len(pairs)) as advance:
        for pair in pairs:
            for name, scored in score_together(metrics, [pair]).items():
                scores[name] += scored
            advance(1)
    return scores


def _floor_visits(ratings: Ratings, seed: int) -> list[Pair]:
    """Give one pair per visit: several systems share its reference, and a floor has no system."""
    visits: dict[tuple[str, str | None], Pair] = {}
    for pair in sorted(ratings.pairs, key=lambda pair: pair.visit_id):
        visits.setdefault((pair.reference, pair.source), pair)
    pairs = list(visits.values())
    return [pairs[place] for place in random_sample(len(pairs), MAX_FLOOR_VISITS, seed)]


def _about(metric: Metric, scored: Sequence[VisitScore], visits: Sequence[Pair]) -> dict[str, Any]:
    score = metric.summarize(scored)
    return {
        "kind": "metric",
        "title": metric.title,
        "better": DIRECTIONS[metric.higher_is_better],
        "signature": metric.signature,
        "value": score.value,
        "n_undefined": score.n_undefined,
        "floors": {floor: metric.score(floor_pairs(floor, visits)).value for floor in FLOORS},
    }


def _about_plain(title: str) -> dict[str, Any]:
    return {"kind": "plain", "title": title, "better": DIRECTIONS[None]}


def _agreements(
    ratings: Ratings,
    judged: Values,
    values: Mapping[str, Values],
    above: float | None,
    resampling: Resampling,
) -> dict[str, Any]:
    given = [value for value in judged if value is not None]
    threshold = 0.5 if above is None and set(given) <= {0.0, 1.0} else above
    return {
        "n": len(given),
        "n_missing": len(judged) - len(given),
        "above": above,
        "n_positive": None if threshold is None else sum(value > threshold for value in given),
        "measures": {
            name: _one(ratings, judged, measured, above, resampling) for name, measured in values.items()
        },
    }


def _one(
    ratings: Ratings,
    judged: Values,
    measured: Values,
    above: float | None,
    resampling: Resampling,
) -> dict[str, Any]:
    """Correlate one measure with one judgement over the items that have both."""
    pairs = zip(measured, judged, strict=True)
    both = [i for i, (x, y) in enumerate(pairs) if x is not None and y is not None]
    x, y = (np.array([column[i] for i in both], dtype=np.float64) for column in (measured, judged))
    units = _codes([ratings.clusters[i] for i in both])
    how = asdict(resampling)
    n_systems = 0
    if ratings.systems is None:
        systems = dict.fromkeys(CORRELATIONS, Agreement(why="no_systems"))
    else:
        named = [ratings.systems[i] for i in both]
        n_systems = len(set(named))
        systems = by_system(x, y, _codes(named), units, **how)
    return {
        "by_item": {"n": len(both), "n_units": len(set(units.tolist()))}
        | _rows(by_item(x, y, units, above=above, **how)),
        "by_system": {"n": n_systems} | _rows(systems),
    }


def _codes(labels: Sequence[str]) -> NDArray[np.int64]:
    """Number labels in the order of their names: the order of the rows must not change the draws."""
    place = {label: i for i, label in enumerate(sorted(set(labels)))}
    return np.array([place[label] for label in labels], dtype=np.int64)


def _rows(found: Mapping[str, Agreement]) -> dict[str, Any]:
    return {name: asdict(agreement) for name, agreement in found.items()}


CSV_COLUMNS = (
    "judgement",
    "measure",
    "kind",
    "better",
    "level",
    "n",
    "statistic",
    "value",
    "low",
    "high",
    "interval_level",
    "why",
    "signature",
)


def _csv_rows(result: Mapping[str, Any]) -> Iterator[list[Any]]:
    interval_level = result["resampling"]["level"]
    for judgement, block in result["judgements"].items():
        for name, levels in block["measures"].items():
            about = result["measures"][name]
            for level, row in levels.items():
                for statistic in (*CORRELATIONS, *(["auc"] if level == "by_item" else [])):
                    found = row[statistic]
                    yield [
                        judgement,
                        name,
                        about["kind"],
                        about["better"],
                        level.removeprefix("by_"),
                        row["n"],
                        statistic,
                        found["value"],
                        found["low"],
                        found["high"],
                        None if found["low"] is None else interval_level,
                        None if found["why"] is None else WHY[found["why"]],
                        about.get("signature"),
                    ]
