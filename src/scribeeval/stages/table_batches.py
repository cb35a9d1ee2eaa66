"""Two plain tables -> batches of pairs, in the order of the references, in bounded memory."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.pair_store import PairStore
from scribeeval.io.streams import TextRow, stream_table
from scribeeval.records import Pair

# A batch is closed by whichever comes first: enough pairs to outweigh the way to a worker and back,
# or enough text to bound the memory.
BATCH_PAIRS = 25
BATCH_CHARS = 4_000_000
LONG_CHARS = 1_000_000  # a text that is longer is scored like any other, but not in no time


@dataclass(frozen=True, slots=True)
class Tables:
    """Two tables (or one, named twice), and the columns that hold the ids and the texts.

    source: the column of the transcript, in the references table.
    """

    references: Path
    hypotheses: Path
    visit_id: str
    reference: str
    hypothesis: str
    source: str | None = None

    @property
    def one_file(self) -> bool:
        """Tell whether both texts are columns of the same table."""
        return self.references.samefile(self.hypotheses)

    def reference_rows(self) -> Iterator[TextRow]:
        """Read the references, with their sources."""
        return stream_table(self.references, self.visit_id, self._reference_columns())

    def hypothesis_rows(self) -> Iterator[TextRow]:
        """Read the hypotheses."""
        return stream_table(self.hypotheses, self.visit_id, [self.hypothesis])

    def all_rows(self) -> Iterator[TextRow]:
        """Read the references, their sources and the hypotheses of one file."""
        return stream_table(self.references, self.visit_id, [*self._reference_columns(), self.hypothesis])

    def _reference_columns(self) -> list[str]:
        return [self.reference] if self.source is None else [self.reference, self.source]


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs that are scored together.

    places: where each pair's reference stands in its table, from 0.  failures: (place, problem) of
    rows that hold no pair.  end: the place after the last row.
    """

    pairs: list[Pair]
    places: list[int]
    failures: list[tuple[int, str]]
    end: int


def load_ids(store: PairStore, tables: Tables) -> None:
    """Read the ids of both tables into the store, and check that they can be paired.

    Raises:
        InputError: an id is there twice, or on one side only; a visit left out must not raise the score.

    """
    if tables.one_file:
        store.load("reference", tables.all_rows())
        store.load_same()
    else:
        store.load("reference", tables.reference_rows())
        store.load("hypothesis", tables.hypothesis_rows())
    _check(store, tables)
    if not store.same_order:
        store.load_texts(tables.hypothesis_rows())
    store.keep_ids()


def _check(store: PairStore, tables: Tables) -> None:
    doubled = {tables.references: store.doubled("reference"), tables.hypotheses: store.doubled("hypothesis")}
    problems = [
        f"{path}: {n:,} ids are there more than once (first 5: {_list(first)}); make ids unique"
        for path, (n, first) in doubled.items()
        if n
    ]
    if problems:
        raise InputError(problems)
    n_only_left, only_left = store.lacking("hypothesis")
    n_only_right, only_right = store.lacking("reference")
    if n_only_left or n_only_right:
        raise InputError(
            f"{n_only_left:,} ids are only in {tables.references} (first 5: {_list(only_left)}), "
            f"{n_only_right:,} only in {tables.hypotheses} (first 5: {_list(only_right)}); "
            "a text left out must not raise the score: give both sides of every id"
        )


def _list(ids: list[str]) -> str:
    return ", ".join(map(repr, ids)) or "none"


def batches(store: PairStore, tables: Tables, warn: Callable[[str], None]) -> Iterator[Batch]:
    """Yield what is not scored yet; warn of texts that take long."""
    pairs: list[Pair] = []
    places: list[int] = []
    failures: list[tuple[int, str]] = []
    chars, place, start = 0, -1, store.n_done
    for place, (left, right) in enumerate(_rows(store, tables)):
        if place < start:
            continue
        problems = dict.fromkeys((*left.problems, *right.problems))  # one cell can be both sides
        if problems:
            failures += [(place, problem) for problem in problems]
        else:
            pair = _pair(left, right, tables)
            pairs.append(pair)
            places.append(place)
            length = n_chars(pair)
            if length > LONG_CHARS:
                warn(f"visit {pair.visit_id!r}: {length:,} characters; scored like any other, but takes long")
            chars += length
        if len(pairs) + len(failures) >= BATCH_PAIRS or chars >= BATCH_CHARS:
            yield Batch(pairs, places, failures, place + 1)
            pairs, places, failures, chars = [], [], [], 0
    if place + 1 != store.n_visits:
        raise _changed(tables)
    if pairs or failures:
        yield Batch(pairs, places, failures, place + 1)


def sample_pairs(store: PairStore, tables: Tables, places: Collection[int]) -> list[Pair]:
    """Read the pairs at some places again, without those that failed or take long."""
    last = max(places, default=-1)
    rows = enumerate(islice(_rows(store, tables), last + 1))
    readable = (sides for place, sides in rows if place in places and not any(r.problems for r in sides))
    pairs = (_pair(*sides, tables) for sides in readable)
    return [pair for pair in pairs if not takes_long(pair)]


def _pair(left: TextRow, right: TextRow, tables: Tables) -> Pair:
    source = left.texts[1] if tables.source is not None else None
    return Pair(left.visit_id, left.texts[0] or "", right.texts[0] or "", source)


def takes_long(pair: Pair) -> bool:
    """Tell whether a pair is scored, but not in no time."""
    return n_chars(pair) > LONG_CHARS


def n_chars(pair: Pair) -> int:
    """Count the characters of all texts of a pair."""
    return len(pair.reference) + len(pair.hypothesis) + len(pair.source or "")


def _rows(store: PairStore, tables: Tables) -> Iterator[tuple[TextRow, TextRow]]:
    """Pair the rows: side by side where the order is the same, else by a look-up on disk."""
    sides: Iterable[tuple[TextRow | None, TextRow | None]]
    if tables.one_file:
        sides = map(_both_sides, tables.all_rows())
    elif store.same_order:
        sides = zip_longest(tables.reference_rows(), tables.hypothesis_rows())
    else:
        sides = ((left, store.hypothesis(left.visit_id)) for left in tables.reference_rows())
    for left, right in sides:
        if left is None or right is None or left.visit_id != right.visit_id:
            raise _changed(tables)
        yield left, right


def _both_sides(row: TextRow) -> tuple[TextRow, TextRow]:
    """Part a row of all_rows; a problem of it is one of both sides."""
    return row._replace(texts=row.texts[:-1]), row._replace(texts=row.texts[-1:])


def _changed(tables: Tables) -> InputError:
    return InputError(f"{tables.references}, {tables.hypotheses}: changed while they were scored; run again")
