"""Ratings: a table of texts that people judged, one row an item (a note by one system)."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.tables import Table, read_table, require_columns
from scribeeval.records import Pair

MAX_SHOWN = 20  # problems of one kind; more would hide the others


@dataclass(frozen=True, slots=True)
class RatingColumns:
    """The columns of a table of ratings.  An item is an id, or an id and a system where one is named.

    cluster: what items share that makes them alike (a dialogue, a clinician); without it, items of one
    id share the id.
    """

    item: str
    reference: str
    hypothesis: str
    judgements: tuple[str, ...]
    source: str | None = None
    system: str | None = None
    cluster: str | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns of the texts."""
        return (self.reference, self.hypothesis, *filter(None, [self.source]))

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns that name things: id, system, cluster."""
        return (self.item, *filter(None, [self.system, self.cluster]))


@dataclass(frozen=True, slots=True)
class Ratings:
    """Items in the order of the table, those without a text left out.

    judgements: column -> a number or None (not judged) for each item.  systems: None = no column.
    dropped: column -> rows that were left out because this is the first text they lack.
    """

    n_rows: int
    pairs: tuple[Pair, ...]
    clusters: tuple[str, ...]
    systems: tuple[str, ...] | None
    judgements: Mapping[str, tuple[float | None, ...]]
    dropped: Mapping[str, int]


def read_ratings(path: Path, columns: RatingColumns) -> Ratings:
    """Read a table of ratings (.csv, .jsonl, .parquet, .xlsx).

    An empty cell is a missing text or judgement; so is the NaN that some programs write for it.

    Raises:
        InputError: as read_table; a column is missing or has two roles, an id, system or cluster is
            empty, an item is there twice, a judgement is no number.

    """
    doubled = [n for n, k in Counter((*columns.labels, *columns.texts, *columns.judgements)).items() if k > 1]
    doubled = [name for name in doubled if (name, name) != (columns.item, columns.cluster)]
    if doubled:
        raise InputError(f"the column {doubled[0]!r} is named twice; give each column one role")
    table = read_table(path)
    require_columns(table, [*columns.labels, *columns.texts, *columns.judgements])
    problems = [*_empty_labels(table, columns), *_doubled_items(table, columns)]
    judgements: dict[str, list[float | None]] = {}
    for name in columns.judgements:
        judgements[name], unreadable = _numbers(table, name)
        problems += unreadable
    if problems:
        raise InputError(problems)
    lacks = [next((c for c in columns.texts if row.get(c) is None), None) for row in table.rows]
    kept = [index for index, missing in enumerate(lacks) if missing is None]
    rows = [table.rows[index] for index in kept]
    return Ratings(
        n_rows=len(table.rows),
        pairs=tuple(_pair(row, columns) for row in rows),
        clusters=tuple(str(row[columns.cluster or columns.item]) for row in rows),
        systems=None if columns.system is None else tuple(str(row[columns.system]) for row in rows),
        judgements={name: tuple(values[i] for i in kept) for name, values in judgements.items()},
        dropped={name: lacks.count(name) for name in columns.texts},
    )


def _pair(row: Mapping[str, str | None], columns: RatingColumns) -> Pair:
    reference, hypothesis, *source = (str(row[name]) for name in columns.texts)
    return Pair(_item(row, columns), reference, hypothesis, source[0] if source else None)


def _item(row: Mapping[str, str | None], columns: RatingColumns) -> str:
    item = str(row.get(columns.item))
    return item if columns.system is None else f"{item} / {row.get(columns.system)}"


def _empty_labels(table: Table, columns: RatingColumns) -> list[str]:
    problems = [
        f"{table.where(index)}: {name} is empty; fill it or leave the row out"
        for index, row in enumerate(table.rows)
        for name in columns.labels
        if row.get(name) is None
    ]
    return _first(problems)


def _doubled_items(table: Table, columns: RatingColumns) -> list[str]:
    counts = Counter(_item(row, columns) for row in table.rows)
    doubled = [item for item, n in counts.items() if n > 1]
    if not doubled:
        return []
    shown = ", ".join(map(repr, doubled[:5]))
    way_out = (
        "make them unique, or name the column that tells the systems apart with --system-column"
        if columns.system is None
        else "give one row per id and system"
    )
    return [f"{table.path}: {len(doubled):,} items are there more than once (first 5: {shown}); {way_out}"]


def _numbers(table: Table, name: str) -> tuple[list[float | None], list[str]]:
    values: list[float | None] = []
    problems = []
    for index, row in enumerate(table.rows):
        value = _number(row.get(name))
        if value is not None and not math.isfinite(value):
            problems.append(
                f"{table.where(index)}: {name} is not a number; give one, or leave the cell empty"
            )
        values.append(value)
    return values, _first(problems)


def _number(cell: str | None) -> float | None:
    """Read a number; None = missing, infinity = not a number.  The cell itself may be a patient's text."""
    if cell is None or cell.strip().lower() in ("", "nan"):
        return None
    try:
        return float(cell)
    except ValueError:
        return math.inf


def _first(problems: Sequence[str]) -> list[str]:
    more = len(problems) - MAX_SHOWN
    return [*problems[:MAX_SHOWN], *([f"and {more:,} more of that kind"] if more > 0 else [])]
