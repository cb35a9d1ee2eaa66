"""Score batches of pairs, in this process or in several; the results come in order all the same."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import NamedTuple, TypeVar

from scribeeval.errors import InputError
from scribeeval.io.files import to_json
from scribeeval.io.pair_store import MetricRow
from scribeeval.metrics import Metric, MetricOptions
from scribeeval.metrics.base import VisitScore, score_together
from scribeeval.records import Pair, in_order
from scribeeval.stages.metric_choice import chosen_metrics
from scribeeval.stages.table_batches import Batch

Item = TypeVar("Item")
Result = TypeVar("Result")


class Scored(NamedTuple):
    """What a batch gave.  failures: (place, problem) of its rows."""

    rows: list[MetricRow]
    failures: list[tuple[int, str]]
    end: int


class Recipe(NamedTuple):
    """Which metrics, and how: what a worker is sent, since metrics hold functions that cannot be."""

    names: tuple[str, ...]
    options: MetricOptions

    def metrics(self) -> list[Metric]:
        """Make the metrics."""
        return chosen_metrics(self.names, self.options)


def score_batch(recipe: Recipe, batch: Batch) -> Scored:
    """Score every pair of a batch by every metric; a pair's metrics share what they read of its texts."""
    metrics = recipe.metrics()
    rows = [
        _row(place, metric, visit, pair)
        for place, pair in zip(batch.places, batch.pairs, strict=True)
        for metric, (visit,) in zip(metrics, score_together(metrics, [pair]).values(), strict=True)
    ]
    return Scored(rows, batch.failures, batch.end)


def _row(place: int, metric: Metric, visit: VisitScore, pair: Pair) -> MetricRow:
    parts = {part: dict(counts) for part, counts in visit.parts.items()}
    findings = sorted(metric.find(pair), key=in_order) if metric.find else []
    return MetricRow(
        place,
        metric.name,
        visit.value,
        to_json(dict(visit.counts), indent=None),
        to_json(parts, indent=None) if parts else None,
        to_json([asdict(finding) for finding in findings], indent=None) if findings else None,
    )


class Workers:
    """Processes that are started once, with the first item, and serve every call until the block ends.

    They are spawned, not forked: Arrow runs threads here, whose locks a fork would copy.
    """

    def __init__(self, n: int) -> None:
        self._n = n
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def map_in_order(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Apply a function to items, n at a time; few wait, so that the memory is bounded.

        Raises:
            InputError: a worker was killed, most often because the memory was full.

        """
        if self._n == 1:
            yield from map(function, items)
            return
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._n, get_context("spawn"), initializer=_start_worker)
        waiting: deque[Future[Result]] = deque()
        try:
            for item in items:
                with _without_interrupts():  # a worker may be started here
                    waiting.append(self._pool.submit(function, item))
                if len(waiting) > 2 * self._n:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise InputError(
                "a worker process was killed (memory full?); run again, with fewer --workers: "
                "what was scored is kept"
            ) from None
        finally:
            for future in waiting:
                future.cancel()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Put Ctrl-C off: a process started meanwhile never hears it, not even while it imports."""
    mask = getattr(signal, "pthread_sigmask", None)
    if mask is None:  # Windows
        yield
        return
    before = mask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        mask(signal.SIG_SETMASK, before)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and end when the parent is killed: nobody else would end a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
