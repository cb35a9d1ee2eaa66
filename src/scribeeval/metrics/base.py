"""What a metric is: two functions and a few words about itself.

A metric counts one pair of texts; counts of visits add; a value is made of counts.  From that the
corpus value, the values per visit, the interval and the signature follow, once for all metrics.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from types import MappingProxyType
from typing import Literal

import numpy as np

from scribeeval import __version__
from scribeeval.records import Comparison, Finding, Interval, Pair, Score
from scribeeval.stats.bootstrap import (
    MAX_UNDEFINED_RESAMPLES,
    FloatArray,
    bca_interval,
    cluster_sums,
    leave_one_out_sums,
    percentile_interval,
    resampled_sums,
)


class Counts(Mapping[str, int | float]):
    """Named sums over one or more visits.  Frozen; a name that one side lacks counts as 0 there."""

    __slots__ = ("_sums",)

    def __init__(self, sums: Mapping[str, int | float]) -> None:
        self._sums = MappingProxyType(dict(sums))

    def __getitem__(self, name: str) -> int | float:
        return self._sums[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sums)

    def __len__(self) -> int:
        return len(self._sums)

    def __add__(self, other: "Counts") -> "Counts":
        names = dict.fromkeys((*self, *other))
        return Counts({name: self.get(name, 0) + other.get(name, 0) for name in names})

    def __repr__(self) -> str:
        return f"Counts({dict(self._sums)})"


@dataclass(frozen=True, slots=True)
class VisitScore:
    """One metric on one visit: the counts, and the value they give (None = undefined)."""

    visit_id: str
    value: float | None
    counts: Counts
    parts: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """How an interval is made: level as a fraction, resamples, the seed of the generator, and method.

    "bca" corrects for bias and skew (Efron 1987) and suits smooth metrics over some twenty groups or
    more; "percentile" is the plain one.
    """

    level: float = 0.95
    resamples: int = 2000
    seed: int = 0
    method: Literal["percentile", "bca"] = "percentile"


@dataclass(frozen=True)
class Metric:
    """One metric.  Its settings are part of its signature; to change one is to make another metric.

    compares: "speech" (reference transcript, recognised transcript), "edit" (signed note, draft) or
    "content" (expert or signed note, draft, and the transcript as source).
    unit: what a value is, for display.  higher_is_better: None = neither direction is good by itself.
    parts: named counts whose values are shown beside the whole (per semantic type, per speaker).
    views: further readings of the same counts (inserted words of all edits, precision of an F1).
    blind_to: floors that do as well as a good draft by what the metric measures: a copied transcript is
    all supported, another visit's note is well worded.  A system need not beat those.
    by_section: False where one section of a note by itself means nothing.
    family: counts several metrics that share work in one pass; metrics of equal families are relatives.
    """

    name: str
    title: str
    compares: Comparison
    higher_is_better: bool | None
    unit: Literal["share", "characters", "words", "seconds", "ratio", "edits"]
    settings: Mapping[str, str]
    count: Callable[[Pair], Counts]
    value: Callable[[Mapping[str, int | float]], float | None]
    find: Callable[[Pair], tuple[Finding, ...]] | None = None
    parts: Callable[[Pair], Mapping[str, Counts]] | None = None
    views: Mapping[str, Callable[[Mapping[str, int | float]], float | None]] = field(default_factory=dict)
    blind_to: Collection[str] = ()
    by_section: bool = True
    family: Callable[[Pair, Collection[str]], Mapping[str, Counts]] | None = None

    @property
    def signature(self) -> str:
        """The recipe of the number: name, settings and version."""
        settings = [f"{key}:{value}" for key, value in self.settings.items()]
        return "|".join([self.name, *settings, f"scribeeval:{__version__}"])

    def score_visits(self, pairs: Iterable[Pair]) -> list[VisitScore]:
        """Count and score each visit by itself, in the order given."""
        return [self._score_visit(pair, self.count(pair)) for pair in pairs]

    def _score_visit(self, pair: Pair, counts: Counts) -> VisitScore:
        parts = self.parts(pair) if self.parts is not None else {}
        return VisitScore(pair.visit_id, self.value(counts), counts, parts)

    def score(
        self,
        pairs: Iterable[Pair],
        bootstrap: Bootstrap | None = None,
        clusters: Mapping[str, str] | None = None,
    ) -> Score:
        """Score a set of visits: the value of their summed counts, not a mean of values.

        Args:
            pairs: one per visit.
            bootstrap: how to make the interval; None gives none.
            clusters: visit_id -> clinician_id; visits of one clinician are resampled together,
                because they are not independent.  None resamples visits.

        """
        return self.summarize(self.score_visits(pairs), bootstrap, clusters)

    def summarize(
        self,
        visits: Sequence[VisitScore],
        bootstrap: Bootstrap | None = None,
        clusters: Mapping[str, str] | None = None,
    ) -> Score:
        """Make the score of visits that were counted before."""
        visits = sorted(visits, key=lambda visit: visit.visit_id)  # fractions add up to the same last bit
        total = sum_counts(visit.counts for visit in visits)
        interval = None
        if bootstrap is not None:
            groups = [clusters[v.visit_id] if clusters else v.visit_id for v in visits]
            interval = self._interval([v.counts for v in visits], groups, bootstrap)
        names = sorted({name for visit in visits for name in visit.parts})
        parts = {name: sum_counts(v.parts[name] for v in visits if name in v.parts) for name in names}
        return Score(
            metric=self.name,
            value=self.value(total) if visits else None,
            interval=interval,
            n_visits=len(visits),
            n_undefined=sum(visit.value is None for visit in visits),
            signature=self.signature,
            parts={name: view(total) if visits else None for name, view in self.views.items()}
            | {name: self.value(counts) for name, counts in parts.items()},
        )

    def _interval(
        self, counts: Sequence[Counts], groups: Sequence[str], bootstrap: Bootstrap
    ) -> Interval | None:
        """Bootstrap the value over groups (Efron & Tibshirani 1993, chapters 13 and 14).

        None with fewer than 2 groups, where all resamples agree, where more than 5 % of them have no
        value, or where the BCa correction breaks down.
        """
        names = list(dict.fromkeys(name for count in counts for name in count))
        rows = np.array([[count.get(name, 0) for name in names] for count in counts], dtype=np.float64)
        if len(set(groups)) < 2:
            return None
        sums = cluster_sums(rows, groups)

        def values(rows: FloatArray) -> list[float]:
            found = (self.value(dict(zip(names, row, strict=True))) for row in rows.tolist())
            return [value for value in found if value is not None]

        drawn = values(resampled_sums(sums, bootstrap.resamples, bootstrap.seed))
        if len(drawn) < (1 - MAX_UNDEFINED_RESAMPLES) * bootstrap.resamples:
            return None
        if bootstrap.method == "percentile":
            return percentile_interval(drawn, bootstrap.level)
        whole, left_out = values(sums.sum(axis=0, keepdims=True)), values(leave_one_out_sums(sums))
        if not whole or len(left_out) < len(sums):
            return None
        return bca_interval(whole[0], drawn, left_out, bootstrap.level)


def score_together(metrics: Sequence[Metric], pairs: Iterable[Pair]) -> dict[str, list[VisitScore]]:
    """Score each visit by several metrics: equal to score_visits of each, but relatives share a pass."""
    scores: dict[str, list[VisitScore]] = {metric.name: [] for metric in metrics}
    for pair in pairs:
        counts: dict[str, Counts] = {}
        for metric in metrics:
            if metric.family is None:
                counts[metric.name] = metric.count(pair)
            elif metric.name not in counts:
                relatives = [other.name for other in metrics if other.family == metric.family]
                counts |= metric.family(pair, relatives)
            scores[metric.name].append(metric._score_visit(pair, counts[metric.name]))
    return scores


def sum_counts(counts: Iterable[Counts]) -> Counts:
    """Add counts; nothing adds to the empty Counts.  The order of the visits changes no bit of the sums."""
    columns: dict[str, list[int | float]] = {}
    for count in counts:
        for name, n in count.items():
            columns.setdefault(name, []).append(n)
    return Counts({name: (fsum if float in map(type, ns) else sum)(ns) for name, ns in columns.items()})


def ratio(numerator: int | float, denominator: int | float) -> float | None:
    """Divide; None where the denominator is 0, because no number is right there."""
    return numerator / denominator if denominator else None
