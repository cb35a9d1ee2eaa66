"""Sums of scores that pass by once, sorted by visit: corpus values and intervals of any number of visits."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from math import fsum
from typing import Any

from scribeeval.io.pair_store import SortedRow
from scribeeval.io.scores import ScoreRow
from scribeeval.metrics import Bootstrap, Counts, Metric, VisitScore
from scribeeval.records import Score
from scribeeval.stats.bootstrap import random_groups

# Up to here each visit is resampled by itself.  More visits are put at random into so many groups of
# equal size, and the groups are resampled: the cost of the bootstrap stops growing, and the standard
# error it gives is off by about 1 / sqrt(2 x 5000) = 1 %, less than what 2000 resamples leave.
MAX_UNITS = 5000

Sums = dict[str, int | float]
Partials = dict[str, list[int | float]]  # of each name, numbers whose sum is exact


@dataclass
class _MetricTally:
    units: list[Sums]
    total: Partials = field(default_factory=dict)
    parts: dict[str, Partials] = field(default_factory=dict)
    n_visits: int = 0
    n_undefined: int = 0


class Tally:
    """The sums of every metric over all visits, and over each unit of the bootstrap."""

    def __init__(self, metrics: Sequence[Metric], n_visits: int, seed: int) -> None:
        self.n_units = min(n_visits, MAX_UNITS)
        self._unit_of = random_groups(n_visits, self.n_units, seed) if n_visits > MAX_UNITS else None
        self._tallies = {m.name: _MetricTally([{} for _ in range(self.n_units)]) for m in metrics}

    def count(self, rows: Iterable[SortedRow]) -> Iterator[ScoreRow]:
        """Pass the rows on and add them up."""
        visit_id, place = None, -1
        for row in rows:
            if row.visit_id != visit_id:
                visit_id, place = row.visit_id, place + 1
            tally = self._tallies[row.metric]
            counts = json.loads(row.counts)
            _add_exactly(tally.total, counts)
            unit = tally.units[place if self._unit_of is None else self._unit_of[place]]
            for name, n in counts.items():
                unit[name] = unit.get(name, 0) + n
            for name, part in json.loads(row.parts).items() if row.parts else ():
                _add_exactly(tally.parts.setdefault(name, {}), part)
            tally.n_visits += 1
            tally.n_undefined += row.value is None
            yield row.visit_id, row.metric, row.value, row.counts

    def score(self, metric: Metric, bootstrap: Bootstrap) -> Score:
        """Make the score of one metric; up to MAX_UNITS visits just what metric.score gives."""
        tally = self._tallies[metric.name]
        units = [VisitScore(f"{i:06}", None, Counts(sums), {}) for i, sums in enumerate(tally.units)]
        parts = {part: _rounded(partials) for part, partials in tally.parts.items()}
        whole = [VisitScore("all", None, _rounded(tally.total), parts)] if tally.n_visits else []
        return replace(
            metric.summarize(whole),
            interval=metric.summarize(units, bootstrap).interval,
            n_visits=tally.n_visits,
            n_undefined=tally.n_undefined,
        )

    def describe(self, bootstrap: Bootstrap) -> dict[str, Any]:
        """Say how the intervals are made."""
        return {
            **asdict(bootstrap),
            "unit": "visit" if self._unit_of is None else "random group of visits",
            "n_units": self.n_units,
        }


def _add_exactly(sums: Partials, counts: Sums) -> None:
    """Add without rounding, as math.fsum does over a list that would not fit here (Shewchuk 1997)."""
    for name, n in counts.items():
        partials, kept = sums.setdefault(name, []), 0
        for partial in partials:
            small, large = sorted((n, partial), key=abs)
            n = large + small
            lost = small - (n - large)
            if lost:
                partials[kept] = lost
                kept += 1
        partials[kept:] = [n]


def _rounded(sums: Partials) -> Counts:
    """Round each sum once, like metrics.base.sum_counts; whole numbers stay whole."""
    return Counts(
        {name: (fsum if float in map(type, partials) else sum)(partials) for name, partials in sums.items()}
    )
