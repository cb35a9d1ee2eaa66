"""Where two tables meet on disk: join by id, sort by id, and keep what was scored.

SQLite, because the standard library has it and it does all three in bounded memory: an index on the
ids joins rows of any order and gives them back sorted, and a commit outlives a kill or never was.
"""

import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from scribeeval.errors import InputError
from scribeeval.io.files import PRIVATE_FILE
from scribeeval.io.streams import TextRow

CACHE_KIB = 65_536
EXAMPLES = 5  # ids that an error names

# at: the place of a row in its table, from 0.  Where both tables have the same order, places agree.
SCHEMA = """
CREATE TABLE visit (
    visit_id TEXT PRIMARY KEY, reference_at INTEGER, hypothesis_at INTEGER,
    n_reference INTEGER DEFAULT 0, n_hypothesis INTEGER DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE hypothesis (at INTEGER PRIMARY KEY, number INTEGER, text TEXT, problems TEXT);
CREATE TABLE score (
    at INTEGER, metric TEXT, value REAL, counts TEXT, parts TEXT, findings TEXT, PRIMARY KEY (at, metric)
) WITHOUT ROWID;
CREATE TABLE failure (at INTEGER, message TEXT, PRIMARY KEY (at, message)) WITHOUT ROWID;
CREATE TABLE state (key TEXT, done INTEGER);
"""

Table = Literal["reference", "hypothesis"]


class MetricRow(NamedTuple):
    """One metric of one visit, as kept: JSON, parts and findings None where there are none."""

    at: int
    metric: str
    value: float | None
    counts: str
    parts: str | None
    findings: str | None


class SortedRow(NamedTuple):
    """As MetricRow, with the id in the place of the row."""

    visit_id: str
    metric: str
    value: float | None
    counts: str
    parts: str | None
    findings: str | None


@contextmanager
def open_store(path: Path, key: str) -> Iterator["PairStore"]:
    """Open the store of a run folder, with what an earlier call with the same key kept in it.

    Raises:
        InputError: the disk is full, or the file is damaged.

    """
    store = None
    try:
        store = PairStore(path, key)
        yield store
    except sqlite3.DatabaseError as error:
        if type(error) not in (sqlite3.DatabaseError, sqlite3.OperationalError):
            raise  # the others are bugs of ours
        raise InputError(
            f"{path}: {error}; free space and run again, or delete the file to score from the start"
        ) from None
    finally:
        if store is not None:
            store.close()
            if not store.loaded:
                remove_store(path)


def remove_store(path: Path) -> None:
    """Delete a store that is closed."""
    for file in (path, path.with_name(f"{path.name}-journal")):
        file.unlink(missing_ok=True)


class PairStore:
    """Ids and scores of two tables, in one file that its owner alone can read.

    loaded: the ids of both tables are there, checked.
    """

    def __init__(self, path: Path, key: str) -> None:
        self.key = key
        self._connect(path)
        self.loaded = self._state() == key
        if not self.loaded:
            self.close()
            remove_store(path)
            self._connect(path)
            self._connection.executescript(SCHEMA)

    def _connect(self, path: Path) -> None:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE_FILE))  # SQLite would leave it to umask
        self._connection = sqlite3.connect(path)
        self._connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._connection.execute("PRAGMA temp_store = MEMORY")  # never a file outside the run folder

    def _state(self) -> str | None:
        if self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'state'").fetchone() is None:
            return None
        row = self._connection.execute("SELECT key FROM state").fetchone()
        return None if row is None else str(row[0])

    def close(self) -> None:
        """Close the file; what was not committed is forgotten."""
        self._connection.close()

    def load(self, table: Table, rows: Iterable[TextRow]) -> None:
        """Add the ids of one table; they stay only if `keep_ids` follows."""
        self._connection.executemany(
            f"INSERT INTO visit (visit_id, {table}_at, n_{table}) VALUES (?1, ?2, 1)"  # noqa: S608
            f" ON CONFLICT (visit_id) DO UPDATE SET {table}_at = ?2, n_{table} = n_{table} + 1",
            ((row.visit_id, at) for at, row in enumerate(rows)),
        )

    def load_same(self) -> None:
        """Take the ids of the references for the hypotheses too: both are columns of one table."""
        self._connection.execute("UPDATE visit SET hypothesis_at = reference_at, n_hypothesis = n_reference")

    def load_texts(self, rows: Iterable[TextRow]) -> None:
        """Keep the hypotheses themselves, so that they can be read in the order of the references."""
        self._connection.executemany(
            "INSERT INTO hypothesis VALUES (?, ?, ?, ?)",
            ((at, row.number, row.texts[0], "\n".join(row.problems)) for at, row in enumerate(rows)),
        )

    def keep_ids(self) -> None:
        """Commit the loaded tables."""
        self._connection.execute("INSERT INTO state VALUES (?, 0)", (self.key,))
        self._connection.commit()
        self.loaded = True

    def doubled(self, table: Table) -> tuple[int, list[str]]:
        """Count the ids that a table has more than once; with the first five."""
        return self._ids(f"n_{table} > 1")

    def lacking(self, table: Table) -> tuple[int, list[str]]:
        """Count the ids that a table lacks and the other has; with the first five."""
        return self._ids(f"n_{table} = 0")

    def _ids(self, where: str) -> tuple[int, list[str]]:
        (n,) = self._connection.execute(f"SELECT count(*) FROM visit WHERE {where}").fetchone()  # noqa: S608
        first = self._connection.execute(
            f"SELECT visit_id FROM visit WHERE {where} ORDER BY visit_id LIMIT {EXAMPLES}"  # noqa: S608
        )
        return n, [visit_id for (visit_id,) in first]

    @property
    def n_visits(self) -> int:
        """How many visits the tables share."""
        return int(self._connection.execute("SELECT count(*) FROM visit").fetchone()[0])

    @property
    def same_order(self) -> bool:
        """Tell whether both tables have their rows in the same order."""
        other = "SELECT EXISTS (SELECT 1 FROM visit WHERE reference_at IS NOT hypothesis_at)"
        return not self._connection.execute(other).fetchone()[0]

    def places(self, ranks: Collection[int]) -> list[int]:
        """Give the places in the references table of visits by their rank in the order of the ids."""
        rows = self._connection.execute("SELECT reference_at FROM visit ORDER BY visit_id")
        return [place for rank, (place,) in enumerate(rows) if rank in ranks]

    def hypothesis(self, visit_id: str) -> TextRow | None:
        """Look up a hypothesis that `load_texts` kept."""
        row = self._connection.execute(
            "SELECT number, text, problems FROM visit JOIN hypothesis ON at = hypothesis_at"
            " WHERE visit_id = ?",
            (visit_id,),
        ).fetchone()
        if row is None:
            return None
        number, text, problems = row
        return TextRow(number, visit_id, (text,), tuple(problems.split("\n")) if problems else ())

    @property
    def n_done(self) -> int:
        """How many rows of the references are done, from the first."""
        return int(self._connection.execute("SELECT done FROM state").fetchone()[0])

    def add(self, scores: Sequence[MetricRow], failures: Sequence[tuple[int, str]], done: int) -> None:
        """Add what the next rows gave, up to row `done`; it stays from the next `commit` on."""
        self._connection.executemany("INSERT INTO score VALUES (?, ?, ?, ?, ?, ?)", scores)
        self._connection.executemany("INSERT INTO failure VALUES (?, ?)", failures)
        self._connection.execute("UPDATE state SET done = ?", (done,))

    def commit(self) -> None:
        """Wait until the disk has everything that was added."""
        self._connection.commit()

    @property
    def n_failed(self) -> int:
        """How many visits failed."""
        return int(self._connection.execute("SELECT count(DISTINCT at) FROM failure").fetchone()[0])

    def failures(self) -> Iterator[tuple[str, str]]:
        """Yield (visit_id, message), sorted."""
        # CROSS JOIN: SQLite keeps this order of loops, so that the index sorts and no temporary file does.
        yield from self._connection.execute(
            "SELECT visit_id, message FROM visit CROSS JOIN failure ON at = reference_at"
            " ORDER BY visit_id, message"
        )

    def scores(self) -> Iterator[SortedRow]:
        """Yield the scores, sorted by visit and metric."""
        rows = self._connection.execute(
            "SELECT visit_id, metric, value, counts, parts, findings"
            " FROM visit CROSS JOIN score ON at = reference_at ORDER BY visit_id, metric"
        )
        yield from map(SortedRow._make, rows)
