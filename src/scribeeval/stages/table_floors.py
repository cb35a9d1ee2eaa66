"""Floors of plain tables: what texts that nobody wrote for the visit would score, on a sample of visits.

Floors take longer than the scores and need no million of visits: above MAX_VISITS a random sample of
that size stands for all.  Up to there they are those that `scribeeval run` prints.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from scribeeval.io.pair_store import PairStore
from scribeeval.metrics import Counts, VisitScore
from scribeeval.metrics.base import score_together
from scribeeval.metrics.floors import FLOORS, floor_pairs
from scribeeval.records import Pair
from scribeeval.run import Reporter
from scribeeval.stages.table_batches import Batch, Tables, sample_pairs, takes_long
from scribeeval.stages.workers import Recipe, Workers
from scribeeval.stats.bootstrap import random_sample

MAX_VISITS = 200
PAIRS_PER_TASK = 50

FloorValues = dict[str, dict[str, float | None]]  # metric -> floor -> value


class _Task(NamedTuple):
    floor: str
    pairs: list[Pair]


class FloorSample:
    """A random sample of the visits, kept while they pass by to be scored."""

    def __init__(self, store: PairStore, seed: int) -> None:
        ranks = random_sample(store.n_visits, MAX_VISITS, seed) if store.n_visits else ()
        # By the order of the ids: the order of the tables' rows must not change the sample.
        self._places = frozenset(store.places(frozenset(map(int, ranks))))
        self._first = store.n_done
        self._pairs: list[Pair] = []

    def passing(self, batch: Batch) -> Batch:
        """Keep what is of the sample, but for texts that take long."""
        for place, pair in zip(batch.places, batch.pairs, strict=True):
            if place in self._places and not takes_long(pair):
                self._pairs.append(pair)
        return batch

    def read(self, store: PairStore, tables: Tables) -> list[Pair]:
        """Give the sample; what was scored before a kill is read again."""
        before = frozenset(place for place in self._places if place < self._first)
        return sample_pairs(store, tables, before) + self._pairs


def table_floors(
    pairs: list[Pair], recipe: Recipe, seed: int, workers: Workers, reporter: Reporter
) -> tuple[FloorValues, dict[str, Any]]:
    """Score the floors of every metric that compares notes; returns them, and what they were made of.

    A floor that needs a transcript is undefined (None) where the tables name no source.
    """
    recipe = recipe._replace(names=tuple(m.name for m in recipe.metrics() if m.compares != "speech"))
    described = {"n_visits": len(pairs), "seed": seed}
    if not recipe.names:
        return {}, described
    scored: dict[str, dict[str, list[VisitScore]]] = {n: {f: [] for f in FLOORS} for n in recipe.names}
    tasks = list(_tasks(pairs))
    with reporter.progress("floors", sum(len(task.pairs) for task in tasks)) as advance:
        done = workers.map_in_order(partial(_score, recipe), tasks)
        for task, visits_of in zip(tasks, done, strict=True):
            for name, visits in visits_of.items():
                scored[name][task.floor] += [VisitScore(i, v, Counts(c), {}) for i, v, c in visits]
            advance(len(task.pairs))
    values = {
        metric.name: {floor: metric.summarize(scored[metric.name][floor]).value for floor in FLOORS}
        for metric in recipe.metrics()
    }
    return values, described


def _tasks(pairs: list[Pair]) -> Iterator[_Task]:
    for floor in FLOORS:
        replaced = floor_pairs(floor, pairs)
        for start in range(0, len(replaced), PAIRS_PER_TASK):
            yield _Task(floor, replaced[start : start + PAIRS_PER_TASK])


def _score(recipe: Recipe, task: _Task) -> dict[str, list[tuple[str, float | None, dict[str, float]]]]:
    """Score in a worker; plain tuples, because Counts cannot be sent."""
    scores = score_together(recipe.metrics(), task.pairs)
    return {name: [(v.visit_id, v.value, dict(v.counts)) for v in visits] for name, visits in scores.items()}
