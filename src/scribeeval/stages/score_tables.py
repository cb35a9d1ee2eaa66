"""Score plain tables of any size: references and hypotheses joined by id.

Ids are read first, so that nothing is scored where they do not match.  What is scored is kept on disk
in the run folder, so that a killed call goes on where it was; at the end it is read back in the order
of the ids.  Equal tables and settings give equal bytes, whatever the workers and the kills.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from itertools import islice
from typing import Any, BinaryIO

from scribeeval.errors import InputError
from scribeeval.io.files import make_folder, sha256_of, to_json, to_jsonl, whole_file
from scribeeval.io.pair_store import PairStore, SortedRow, open_store, remove_store
from scribeeval.io.scores import WRITERS
from scribeeval.io.tables import write_csv
from scribeeval.metrics import DEFAULT_OPTIONS, Bootstrap, MetricOptions
from scribeeval.records import Score
from scribeeval.run import Failure, Reporter, Run, stage_key
from scribeeval.stages.summary import score_row
from scribeeval.stages.table_batches import Tables, batches, load_ids
from scribeeval.stages.table_floors import FloorSample, FloorValues, table_floors
from scribeeval.stages.tally import Tally
from scribeeval.stages.workers import Recipe, Workers, score_batch

STAGE = "score_tables"
STORE = ".score_tables.sqlite"
FINDINGS = "findings.jsonl"
FAILED = "tables/failed_visits.csv"
SECONDS_PER_COMMIT = 2  # what a kill can cost
MAX_SHOWN = 20  # failures; all of them are in FAILED


def score_tables(
    run: Run,
    tables: Tables,
    metrics: Sequence[str],
    bootstrap: Bootstrap,
    reporter: Reporter,
    *,
    options: MetricOptions = DEFAULT_OPTIONS,
    file_format: str = "parquet",
    workers: int = 1,
) -> tuple[dict[str, Any], tuple[Failure, ...]]:
    """Score two tables into scores.parquet (or .csv, .json), summary.json and findings.jsonl.

    Returns what summary.json says, and the rows that could not be scored.

    Raises:
        InputError: an unknown format, an unreadable table, ids that are missing, doubled or do not match.

    """
    if file_format not in WRITERS:
        raise InputError(f"format {file_format!r} is not known; known: {', '.join(WRITERS)}")
    started = time.monotonic()
    recipe = Recipe(tuple(metrics), options)
    key = stage_key(
        STAGE,
        tables=[sha256_of(tables.references), sha256_of(tables.hypotheses)],
        columns=[tables.visit_id, tables.reference, tables.hypothesis, tables.source],
        metrics=[metric.signature for metric in recipe.metrics()],
        bootstrap=asdict(bootstrap),
        format=file_format,
    )
    record = run.record(STAGE)
    # Unlike Run.fresh: rows that failed would fail again, as long as the tables are the same.
    if record is not None and record.key == key and run.stands(record.outputs):
        reporter.say("score: fresh")
        remove_store(run.path(STORE))
        _tell(record.failures, reporter)
        return run.read_json("summary.json"), record.failures
    with open_store(run.path(STORE), key) as store, Workers(workers) as pool:
        _load(store, tables, reporter)
        sample = FloorSample(store, bootstrap.seed)
        _score(store, tables, recipe, pool, sample, reporter)
        floors = table_floors(sample.read(store, tables), recipe, bootstrap.seed, pool, reporter)
        outputs, failures = _write(run, store, recipe, bootstrap, file_format, floors)
        n_visits = store.n_visits
    for old in set(record.outputs if record is not None else ()) - set(outputs):
        run.path(old).unlink(missing_ok=True)
    run.finish(STAGE, key, outputs, started=started, failures=failures)
    remove_store(run.path(STORE))
    reporter.say(f"score: {len(metrics)} metrics over {n_visits:,} visits")
    _tell(failures, reporter)
    return run.read_json("summary.json"), failures


def _tell(failures: Sequence[Failure], reporter: Reporter) -> None:
    for failure in failures:
        reporter.fail(failure.message)


def _load(store: PairStore, tables: Tables, reporter: Reporter) -> None:
    if store.loaded:
        reporter.say(f"score: {store.n_done:,} of {store.n_visits:,} visits were done before")
    else:
        reporter.say("score: reading the ids")
        load_ids(store, tables)


def _score(
    store: PairStore,
    tables: Tables,
    recipe: Recipe,
    pool: Workers,
    sample: FloorSample,
    reporter: Reporter,
) -> None:
    """Score what is not scored yet, and keep it."""
    done, committed = store.n_done, time.monotonic()
    todo = map(sample.passing, batches(store, tables, reporter.warn))
    with reporter.progress("score", store.n_visits, done) as advance:
        for scored in pool.map_in_order(partial(score_batch, recipe), todo):
            store.add(scored.rows, scored.failures, scored.end)
            if time.monotonic() - committed > SECONDS_PER_COMMIT:
                store.commit()
                committed = time.monotonic()
            advance(scored.end - done)
            done = scored.end
    store.commit()


def _write(
    run: Run,
    store: PairStore,
    recipe: Recipe,
    bootstrap: Bootstrap,
    file_format: str,
    floors: tuple[FloorValues, dict[str, Any]],
) -> tuple[list[str], tuple[Failure, ...]]:
    """Write the tables and the summary; returns their names, and the first failures."""
    n_failed = store.n_failed
    n_visits = store.n_visits - n_failed
    metrics = recipe.metrics()
    tally = Tally(metrics, n_visits, bootstrap.seed)
    floor_values, sampled = floors
    outputs = [f"scores.{file_format}", "summary.json"]
    kinds: dict[str, Counter[str]] = {metric.name: Counter() for metric in metrics}
    with ExitStack() as files:
        file, rows = files.enter_context(whole_file(run.path(outputs[0]))), store.scores()
        if any(metric.find for metric in metrics):
            outputs.append(FINDINGS)
            rows = _writing_findings(rows, files.enter_context(whole_file(run.path(FINDINGS))), kinds)
        WRITERS[file_format](file, tally.count(rows))
    summary = {
        "n_visits": n_visits,
        "n_failed": n_failed,
        "intervals": tally.describe(bootstrap),
        "floors": sampled,
        "metrics": {
            metric.name: _row(tally.score(metric, bootstrap), floor_values.get(metric.name, {}))
            | {"findings": dict(sorted(kinds[metric.name].items()))}
            for metric in metrics
        },
    }
    run.write(outputs[1], to_json(summary) + "\n")
    if not n_failed:
        return outputs, ()
    make_folder(run.path(FAILED).parent)
    with whole_file(run.path(FAILED)) as file:
        write_csv(file, ["visit_id", "problem"], store.failures())
    failures = [Failure(STAGE, *row) for row in islice(store.failures(), MAX_SHOWN)]
    if n_failed > MAX_SHOWN:
        message = f"{n_failed:,} visits failed, {MAX_SHOWN} problems are shown; all are in {run.path(FAILED)}"
        failures.append(Failure(STAGE, None, message))
    return [*outputs, FAILED], tuple(failures)


def _writing_findings(
    rows: Iterable[SortedRow], file: BinaryIO, kinds: Mapping[str, Counter[str]]
) -> Iterator[SortedRow]:
    """Pass the rows on, write their findings and count them by kind."""
    for row in rows:
        for finding in json.loads(row.findings) if row.findings else ():
            kinds[row.metric][finding["kind"]] += 1
            file.write(to_jsonl([finding]).encode())
        yield row


def _row(score: Score, floors: dict[str, float | None]) -> dict[str, Any]:
    return score_row(score) | {
        "floors": floors,
        "parts": {name: {"value": value} for name, value in score.parts.items()},
    }
