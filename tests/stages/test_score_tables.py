"""`scribeeval score` on plain tables: equal to the core, whatever the order, format, workers and kills."""

import csv
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scribeeval.errors import InputError
from scribeeval.io.files import to_jsonl
from scribeeval.io.pair_store import open_store
from scribeeval.metrics import METRICS, Bootstrap, Metric, MetricOptions
from scribeeval.metrics.floors import FLOORS, floor_pairs
from scribeeval.records import Finding, Pair, in_order
from scribeeval.run import Failure, Silent, open_run
from scribeeval.stages import score_tables as stage
from scribeeval.stages import table_batches, table_floors, tally
from scribeeval.stages.score_frame import choose
from scribeeval.stages.score_tables import score_tables
from scribeeval.stages.table_batches import Batch, Tables, load_ids
from scribeeval.stages.workers import Recipe, Scored, score_batch
from scribeeval.stats.bootstrap import random_sample

BOOTSTRAP = Bootstrap(resamples=200, seed=5)
OUTPUTS = ("scores.parquet", "summary.json")
FINDINGS = "findings.jsonl"  # where a metric has some
WORDS = ["fever", "cough", "no", "5", "mg", "metformin", "daily", "denies", "기침", "left"]


def visits(n: int, seed: int = 0) -> list[Pair]:
    """Unlike notes, some of them empty, with ids that do not sort as they are numbered."""
    rng = random.Random(seed)
    texts = [" ".join(rng.choices(WORDS, k=rng.randrange(12))) for _ in range(2 * n)]
    return [Pair(f"v{i}", texts[i], texts[n + i], texts[i]) for i in range(n)]


def write(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return path


def tables(folder: Path, pairs: Sequence[Pair], suffix: str = ".csv", shuffle: int = 0) -> Tables:
    left = [{"visit_id": p.visit_id, "note": p.reference, "said": p.source} for p in pairs]
    right = [{"visit_id": p.visit_id, "note": p.hypothesis} for p in pairs]
    if shuffle:
        random.Random(shuffle).shuffle(right)
    references = write(folder / f"references{suffix}", left)
    hypotheses = write(folder / f"hypotheses{shuffle}{suffix}", right)
    return Tables(references, hypotheses, "visit_id", "note", "note", "said")


def score(
    out: Path,
    inputs: Tables,
    names: Sequence[str] | None = None,
    bootstrap: Bootstrap = BOOTSTRAP,
    **options: Any,
) -> tuple[dict[str, Any], tuple[Failure, ...]]:
    with open_run(out) as run:
        return score_tables(run, inputs, choose(names), bootstrap, Silent(), **options)


def contents(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in (*OUTPUTS, FINDINGS) if (out / name).exists()}


def summary(out: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return read


def expected_floors(metric: Metric, pairs: Sequence[Pair]) -> dict[str, float | None]:
    """What `scribeeval run` says beside the same metric; an empty cell is no transcript."""
    pairs = [replace(pair, source=pair.source or None) for pair in pairs]
    if metric.compares == "speech":
        return {}
    return {floor: metric.score(floor_pairs(floor, pairs)).value for floor in FLOORS}


def found(metric: Metric, pairs: Sequence[Pair]) -> list[Finding]:
    return [finding for pair in pairs for finding in (metric.find(pair) if metric.find else ())]


def command(out: Path, inputs: Tables, *options: str, before: str = "") -> list[str]:
    arguments = ["--references", str(inputs.references), "--hypotheses", str(inputs.hypotheses)]
    arguments += ["--reference-column", inputs.reference, "--hypothesis-column", inputs.hypothesis]
    arguments += ["--resamples", "200", "--out", str(out), *options]
    code = f"{before}\nfrom scribeeval.cli import main; main()"
    return [sys.executable, "-c", code, "score", *arguments]


def test_the_numbers_are_those_of_the_core(tmp_path: Path) -> None:
    pairs = visits(200)
    read, failures = score(tmp_path / "out", tables(tmp_path, pairs))
    ordered = sorted(pairs, key=lambda pair: pair.visit_id)
    rows = pq.read_table(tmp_path / "out" / "scores.parquet").to_pylist()
    expected = []
    findings: list[Finding] = []
    for name, metric in METRICS.items():
        core = metric.score(ordered, BOOTSTRAP)
        row = summary(tmp_path / "out")["metrics"][name]
        interval = None if core.interval is None else asdict(core.interval)
        assert row == {
            "value": core.value,
            "interval": interval,
            "n_visits": 200,
            "n_undefined": core.n_undefined,
            "signature": core.signature,
            "floors": expected_floors(metric, ordered),
            "parts": {part: {"value": value} for part, value in core.parts.items()},
            "findings": dict(sorted(Counter(finding.kind for finding in found(metric, ordered)).items())),
        }
        findings += found(metric, ordered)
        assert read["metrics"][name] == row
        expected += [(v.visit_id, name, v.value, dict(v.counts)) for v in metric.score_visits(ordered)]
    assert [(r["visit_id"], r["metric"], r["value"], json.loads(r["counts"])) for r in rows] == sorted(
        expected, key=lambda row: row[:2]
    )
    assert any(row["value"] is None for row in rows), "undefined is null"
    assert read["metrics"]["wer"]["value"] is not None
    assert summary(tmp_path / "out")["metrics"]["wer"]["interval"] is not None
    lines = (tmp_path / "out" / FINDINGS).read_text(encoding="utf-8").splitlines()
    assert lines == to_jsonl(asdict(finding) for finding in sorted(findings, key=in_order)).splitlines()
    assert len(lines) > 100
    assert failures == ()


def test_order_format_and_workers_change_no_byte(tmp_path: Path) -> None:
    pairs = visits(250)
    score(tmp_path / "plain", tables(tmp_path, pairs))
    first = contents(tmp_path / "plain")
    others: dict[str, tuple[Tables, dict[str, Any]]] = {
        "two": (tables(tmp_path, pairs), {"workers": 2}),
        "shuffled": (tables(tmp_path, pairs, shuffle=1), {}),
        "both": (tables(tmp_path, random.Random(2).sample(pairs, 250), ".jsonl", shuffle=3), {"workers": 2}),
        "parquet": (tables(tmp_path, pairs, ".parquet", shuffle=1), {}),
    }
    for name, (inputs, options) in others.items():
        score(tmp_path / name, inputs, **options)
        assert contents(tmp_path / name) == first, name


def test_two_columns_of_one_file(tmp_path: Path) -> None:
    pairs = visits(30)
    score(tmp_path / "two", tables(tmp_path, pairs), ["wer"])
    rows = [{"visit_id": p.visit_id, "a": p.reference, "b": p.hypothesis} for p in pairs]
    for suffix in (".csv", ".jsonl", ".parquet"):
        path = write(tmp_path / f"one{suffix}", rows)
        score(tmp_path / suffix[1:], Tables(path, path, "visit_id", "a", "b"), ["wer"])
        assert contents(tmp_path / suffix[1:]) == contents(tmp_path / "two")
        with pytest.raises(InputError, match="the column 'c' is missing"):
            score(tmp_path / "bad", Tables(path, path, "visit_id", "a", "c"), ["wer"])


def test_the_three_formats_say_the_same(tmp_path: Path) -> None:
    pairs = [Pair("=1+1", "fever", "fever 5"), Pair("b", "", "cough"), Pair("하나", "no", "no")]
    inputs = tables(tmp_path, pairs)
    out = tmp_path / "out"
    score(out, inputs, ["wer"])
    parquet = [tuple(row.values()) for row in pq.read_table(out / "scores.parquet").to_pylist()]
    score(out, inputs, ["wer"], file_format="json")
    rows = json.loads((out / "scores.json").read_text(encoding="utf-8"))
    assert [(*list(row.values())[:3], json.dumps(row["counts"])) for row in rows] == parquet
    score(out, inputs, ["wer"], file_format="csv")
    with (out / "scores.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    assert table[1][0] == "'=1+1", "a spreadsheet must not run it"
    assert [row[2] for row in table[1:]] == ["1.0", "", "0.0"]
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "scores.csv", "summary.json"]


def test_floors_of_many_visits_are_those_of_a_random_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_floors, "MAX_VISITS", 20)
    inputs = tables(tmp_path, visits(90), shuffle=3)
    names = ["wer", "kept_words_share", "rouge1"]
    read, _ = score(tmp_path / "out", inputs, names)
    assert read["floors"] == {"n_visits": 20, "seed": BOOTSTRAP.seed}
    ordered = sorted(visits(90), key=lambda pair: pair.visit_id)
    sampled = [ordered[rank] for rank in random_sample(90, 20, BOOTSTRAP.seed)]
    for name in names:
        assert read["metrics"][name]["floors"] == expected_floors(METRICS[name], sampled)
    other, _ = score(tmp_path / "other", inputs, names, replace(BOOTSTRAP, seed=6))
    assert other["metrics"]["rouge1"]["floors"] != read["metrics"]["rouge1"]["floors"]
    score(tmp_path / "two", inputs, names, workers=2)
    assert contents(tmp_path / "two") == contents(tmp_path / "out")


def test_floors_leave_out_visits_that_failed_or_take_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_batches, "LONG_CHARS", 200)
    pairs = [
        *visits(30),
        Pair("broken", "fever", "fev\x00er", "fever"),
        Pair("long", "fever " * 90, "a", "a"),
    ]
    read, failures = score(tmp_path / "out", tables(tmp_path, pairs), ["rouge1"])
    assert [failure.visit_id for failure in failures] == ["broken"]
    assert read["floors"]["n_visits"] == 30
    assert read["metrics"]["rouge1"]["floors"] == expected_floors(METRICS["rouge1"], visits(30))


def test_a_floor_without_its_transcript_is_undefined(tmp_path: Path) -> None:
    read, _ = score(tmp_path / "out", replace(tables(tmp_path, visits(9)), source=None), ["rouge1"])
    floors = read["metrics"]["rouge1"]["floors"]
    assert {floor for floor, value in floors.items() if value is None} == {
        "transcript_copied",
        "first_n_words",
    }


def test_options_change_the_numbers_and_the_signature(tmp_path: Path) -> None:
    pairs = [Pair("v1", "두통 없음", "두통 있음"), Pair("v2", "coughing", "coughs")]
    inputs = tables(tmp_path, pairs)
    names = ["rouge1", "wer"]
    plain, _ = score(tmp_path / "out", inputs, names)
    chosen, _ = score(tmp_path / "out", inputs, names, options=MetricOptions("unicode", True))
    assert plain["metrics"]["rouge1"]["value"] == 0, "no word of v1, none in common in v2"
    assert plain["metrics"]["rouge1"]["n_undefined"] == 1
    assert chosen["metrics"]["rouge1"]["value"] == (0.5 + 1) / 2, "by hand: 1 of 2 words; one stem"
    assert chosen["metrics"]["rouge1"]["signature"].startswith("rouge1|tok:unicode|stem:porter|")
    assert chosen["metrics"]["wer"] == plain["metrics"]["wer"]


def test_a_second_call_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = tables(tmp_path, visits(20))
    first = score(tmp_path / "out", inputs)
    monkeypatch.setattr(stage, "score_batch", None)
    assert score(tmp_path / "out", inputs) == first
    with pytest.raises(TypeError, match="callable"):
        score(tmp_path / "out", inputs, bootstrap=Bootstrap(resamples=201))


class StoppedError(Exception):
    """What stands for a kill where the test stays alive."""


class StopAfter(Silent):
    def __init__(self, n: int) -> None:
        self.left = n

    @contextmanager
    def progress(self, title: str, total: int, done: int = 0) -> Iterator[Callable[[int], object]]:
        def advance(_: int) -> None:
            self.left -= 1
            if not self.left:
                raise StoppedError

        yield advance


@pytest.mark.parametrize("shuffle", [0, 1])
def test_what_was_scored_is_not_scored_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shuffle: int
) -> None:
    monkeypatch.setattr(stage, "SECONDS_PER_COMMIT", -1)
    monkeypatch.setattr(table_batches, "BATCH_PAIRS", 7)
    inputs = tables(tmp_path, visits(60), shuffle=shuffle)
    score(tmp_path / "whole", inputs)
    with open_run(tmp_path / "out") as run, pytest.raises(StoppedError):
        score_tables(run, inputs, choose(None), BOOTSTRAP, StopAfter(4))
    store = tmp_path / "out" / stage.STORE
    assert store.stat().st_mode & 0o777 == 0o600
    scored: list[str] = []

    def noting(recipe: Recipe, batch: Batch) -> Scored:
        scored.extend(pair.visit_id for pair in batch.pairs)
        return score_batch(recipe, batch)

    monkeypatch.setattr(stage, "score_batch", noting)
    score(tmp_path / "out", inputs)
    assert scored == [f"v{i}" for i in range(28, 60)]
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert not store.exists()


def test_other_settings_start_from_the_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "SECONDS_PER_COMMIT", -1)
    inputs = tables(tmp_path, visits(40))
    with open_run(tmp_path / "out") as run, pytest.raises(StoppedError):
        score_tables(run, inputs, ["wer"], BOOTSTRAP, StopAfter(1))
    score(tmp_path / "out", inputs, ["kept_words_share"])
    score(tmp_path / "whole", inputs, ["kept_words_share"])
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


@pytest.mark.parametrize("shuffle", [0, pytest.param(1, marks=pytest.mark.validation)])
def test_killed_at_any_moment_it_ends_with_the_same_bytes(tmp_path: Path, shuffle: int) -> None:
    rng = random.Random(11 + shuffle)
    pairs = [Pair(p.visit_id, p.reference * 40, p.hypothesis * 40) for p in visits(400)]
    inputs = tables(tmp_path, pairs, shuffle=shuffle)
    some = ["wer", "rougeL", "term_recall"]  # with findings and without
    score(tmp_path / "whole", inputs, some, bootstrap=Bootstrap(resamples=200))
    often = "import scribeeval.stages.score_tables as s; s.SECONDS_PER_COMMIT = -1"
    options = ["--source-column", "said", "--workers", "2", "--metrics", ",".join(some)]
    run = command(tmp_path / "out", inputs, *options, before=often)
    for kill in range(2):
        process = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while kill % 2 and process.poll() is None and not n_done(tmp_path / "out"):
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 1.5))
        workers = children(process.pid)
        process.kill()
        process.wait()
        gone = time.monotonic() + 20
        while any(Path(f"/proc/{worker}").exists() for worker in workers):
            assert time.monotonic() < gone, "workers outlive the command"
            time.sleep(0.05)
        for path in (tmp_path / "out").glob(".*"):
            assert path.stat().st_mode & 0o077 == 0
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [FINDINGS, "manifest.json", *OUTPUTS]


def n_done(out: Path) -> int:
    """How many visits a command that runs has kept."""
    try:
        with closing(sqlite3.connect(f"file:{out / stage.STORE}?mode=ro", uri=True, timeout=10)) as store:
            return int(store.execute("SELECT done FROM state").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return 0


def children(process: int) -> list[int]:
    path = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in path.read_text(encoding="ascii").split()] if path.exists() else []


def test_rows_that_cannot_be_scored_are_named_and_the_others_finish(tmp_path: Path) -> None:
    good = {"visit_id": "ok", "note": "fever"}
    bad = [{"visit_id": "nul", "note": "fe\0ver"}, {"visit_id": "half", "note": "\ud83d secret"}]
    left = write(tmp_path / "a.jsonl", [*bad, good, {"visit_id": "list", "note": ["secret"]}])
    right = write(
        tmp_path / "b.csv", [{"visit_id": v, "note": "cough"} for v in ("half", "list", "nul", "ok")]
    )
    right.write_bytes(right.read_bytes().replace(b"nul,cough", b"nul,\xff secret"))
    inputs = Tables(left, right, "visit_id", "note", "note")
    done = subprocess.run(command(tmp_path / "out", inputs), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    expected = [
        f"{left}: row 2, visit 'half': note is not valid Unicode",
        f"{left}: row 4, visit 'list': note is not text",
        f"{left}: row 1, visit 'nul': note holds a NUL byte",
        f"{right}: row 4, visit 'nul': note is not valid Unicode",
    ]
    for message in expected:
        assert f"error: {message}" in done.stderr
    assert "Traceback" not in done.stderr
    found = summary(tmp_path / "out")
    assert (found["n_visits"], found["n_failed"]) == (1, 3)
    assert pq.read_table(tmp_path / "out" / "scores.parquet")["visit_id"].unique().to_pylist() == ["ok"]
    with (tmp_path / "out" / stage.FAILED).open(encoding="utf-8", newline="") as file:
        assert [row[0] for row in csv.reader(file)] == ["visit_id", "half", "list", "nul", "nul"]
    everything = b"".join(p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert b"secret" not in everything + done.stderr.encode() + done.stdout.encode()
    again = subprocess.run(command(tmp_path / "out", inputs), capture_output=True, text=True, check=False)
    assert (again.returncode, again.stderr) == (2, done.stderr)
    assert "score: fresh" in again.stdout


def test_many_failures_are_counted_and_some_are_shown(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [{"visit_id": f"v{i}", "note": i} for i in range(50)])
    _, failures = score(tmp_path / "out", Tables(path, path, "visit_id", "note", "note"), ["wer"])
    assert len(failures) == stage.MAX_SHOWN + 1
    assert failures[-1].message.startswith("50 visits failed")
    assert summary(tmp_path / "out")["metrics"]["wer"]["value"] is None


IDS = [
    (
        ["a", "b", "c"],
        ["b", "x", "y", "z", "z1", "z2", "z3"],
        "2 ids are only in {left} (first 5: 'a', 'c'), "
        "6 only in {right} (first 5: 'x', 'y', 'z', 'z1', 'z2'); a text left out",
    ),
    (["a", "b", "a", "a"], ["a", "b"], "{left}: 1 ids are there more than once (first 5: 'a')"),
    (["a", "b"], ["b", "b", "a", "a"], "{right}: 2 ids are there more than once (first 5: 'a', 'b')"),
    (["a", ""], ["a", "b"], "{left}: row 3: visit_id is empty; give the row an id"),
    (["a", "b\0"], ["a", "b"], "{left}: row 3: visit_id holds a NUL byte"),
]


@pytest.mark.parametrize(("left", "right", "message"), IDS)
def test_ids_that_do_not_fit_stop_everything(
    tmp_path: Path, left: list[str], right: list[str], message: str
) -> None:
    a = write(tmp_path / "a.csv", [{"visit_id": i, "note": "fever"} for i in left])
    b = write(tmp_path / "b.csv", [{"visit_id": i, "note": "fever"} for i in right])
    with pytest.raises(InputError) as error:
        score(tmp_path / "out", Tables(a, b, "visit_id", "note", "note"), ["wer"])
    assert message.format(left=a, right=b) in str(error.value)
    assert list((tmp_path / "out").iterdir()) == [], "nothing scored, nothing left"


def test_a_parquet_file_that_was_cut_is_one_line(tmp_path: Path) -> None:
    inputs = tables(tmp_path, visits(200), ".parquet")
    whole = inputs.references.read_bytes()
    for share in (0, 0.01, 0.5, 0.99):
        inputs.references.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(InputError, match=r"references.parquet: cannot be read as Parquet") as error:
            score(tmp_path / "out", inputs)
        assert len(error.value.problems) == 1


def test_many_empty_rows_are_undefined_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [{"visit_id": i, "a": "", "b": ""} for i in range(10_000)])
    score(tmp_path / "out", Tables(path, path, "visit_id", "a", "b"), ["wer"])
    row = summary(tmp_path / "out")["metrics"]["wer"]
    assert (row["value"], row["interval"], row["n_visits"], row["n_undefined"]) == (
        None,
        None,
        10_000,
        10_000,
    )


def test_a_note_of_five_megabytes_is_scored_with_a_warning(tmp_path: Path) -> None:
    rows = [
        {"visit_id": "long", "a": "fever " * 850_000, "b": "fever"},
        {"visit_id": "x", "a": "b", "b": "b"},
    ]
    path = write(tmp_path / "a.csv", rows)
    inputs = Tables(path, path, "visit_id", "a", "b")
    options = ["--metrics", "edit_distance_chars"]
    done = subprocess.run(
        command(tmp_path / "out", inputs, *options), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stderr == (
        "warning: visit 'long': 5,100,005 characters; scored like any other, but takes long\n"
    )
    values = pq.read_table(tmp_path / "out" / "scores.parquet")["value"].to_pylist()
    assert values == [5_099_995.0, 0.0]  # by hand: 850,000 x 6 characters less the 5 that stay


def test_a_table_that_changes_meanwhile_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = visits(30)
    inputs = tables(tmp_path, pairs)

    def and_drop_a_row(*arguments: Any) -> None:
        load_ids(*arguments)
        tables(tmp_path, pairs[:-1])

    monkeypatch.setattr(stage, "load_ids", and_drop_a_row)
    with pytest.raises(InputError, match="changed while they were scored"):
        score(tmp_path / "out", inputs)


def test_intervals_of_random_groups_are_those_of_visits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Groups make a standard error that is off by 1 / sqrt(2 x 1000) = 2 %: 4 of those are allowed."""
    pairs = visits(4000)
    bootstrap = Bootstrap(resamples=4000, seed=1)
    inputs = tables(tmp_path, pairs)
    score(tmp_path / "visits", inputs, ["wer", "kept_words_share"], bootstrap)
    monkeypatch.setattr(tally, "MAX_UNITS", 1000)
    score(tmp_path / "groups", inputs, ["wer", "kept_words_share"], bootstrap)
    exact, grouped = summary(tmp_path / "visits"), summary(tmp_path / "groups")
    assert exact["intervals"]["unit"] == "visit"
    assert grouped["intervals"] | {"unit": "", "n_units": 0} == exact["intervals"] | {
        "unit": "",
        "n_units": 0,
    }
    assert (grouped["intervals"]["unit"], grouped["intervals"]["n_units"]) == ("random group of visits", 1000)
    for name, row in exact["metrics"].items():
        ends = [(r["interval"]["low"], r["interval"]["high"]) for r in (row, grouped["metrics"][name])]
        assert row["value"] == grouped["metrics"][name]["value"]
        assert (ends[1][1] - ends[1][0]) / (ends[0][1] - ends[0][0]) == pytest.approx(1, abs=0.1)
        assert sum(ends[1]) / 2 == pytest.approx(row["value"], abs=0.2 * (ends[0][1] - ends[0][0]))


def test_a_damaged_store_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / stage.STORE).write_bytes(b"x" * 5000)
    with pytest.raises(InputError, match="file is not a database; free space and run again, or delete"):
        score(tmp_path / "out", tables(tmp_path, visits(3)))


def test_the_index_sorts_and_no_memory(tmp_path: Path) -> None:
    """Where SQLite has no index to sort by, it says TEMP B-TREE, in memory that nobody bounds."""
    with open_store(tmp_path / "store.sqlite", "key") as store:
        asked: list[str] = []
        store._connection.set_trace_callback(asked.append)
        list(store.scores())
        list(store.failures())
        store.doubled("reference")
        store._connection.set_trace_callback(None)
        plans = [store._connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall() for query in asked]
    assert len(plans) == 4
    assert "TEMP B-TREE FOR ORDER BY" not in str(plans)  # the few rows of one visit may be


def test_ctrl_c_leaves_what_was_scored(tmp_path: Path) -> None:
    pairs = [Pair(p.visit_id, p.reference * 40, p.hypothesis * 40) for p in visits(1500)]
    inputs = tables(tmp_path, pairs)
    often = "import scribeeval.stages.score_tables as s; s.SECONDS_PER_COMMIT = -1"
    run = command(tmp_path / "out", inputs, "--workers", "2", "--metrics", "wer,rougeL,cer", before=often)
    # As a terminal does it: the signal reaches every process of the group.
    with subprocess.Popen(
        run, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while not n_done(tmp_path / "out"):
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        _, error = process.communicate(timeout=60)
    assert process.returncode not in (0, 2)
    assert "Traceback" not in error
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert "visits were done before" in done.stdout
