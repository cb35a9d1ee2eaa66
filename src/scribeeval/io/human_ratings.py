"""People's marks of notes by a rubric: a long table, one mark a row.

Columns: visit_id, rater, item, value; drafter, where the run holds notes of several; statement, with a
rubric per statement: its number in the note, from 1.  An empty value is a mark that was not given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scribeeval.errors import InputError, not_known
from scribeeval.io.tables import Table, read_table, require_columns

MAX_SHOWN = 20  # problems; more would hide the others


@dataclass(frozen=True, slots=True)
class HumanMark:
    """One mark.  drafter None: the table has no such column.  statement None: of the whole note."""

    visit_id: str
    drafter: str | None
    rater: str
    item: str
    statement: int | None
    value: float


def read_human_ratings(
    path: Path, scales: Mapping[str, tuple[float, float]], *, per_statement: bool = False
) -> tuple[HumanMark, ...]:
    """Read people's marks (.csv, .jsonl, .parquet, .xlsx).  scales: item -> its lowest and highest mark.

    A mark may lie between two marks of the scale.

    Raises:
        InputError: as read_table; a column is missing, a cell that names something is empty, an item is
            not in the rubric, a value is no number of the scale, or a rater marks one thing twice.

    """
    table = read_table(path)
    require_columns(table, ["visit_id", "rater", "item", "value", *(["statement"] if per_statement else [])])
    problems: list[str] = []
    marks: list[HumanMark] = []
    seen: set[tuple[object, ...]] = set()
    for index, row in enumerate(table.rows):
        found = _mark(row, scales, table, per_statement)
        if isinstance(found, str):
            problems.append(f"{table.where(index)}: {found}")
        elif found is not None:
            key = (found.visit_id, found.drafter, found.rater, found.item, found.statement)
            if key in seen:
                problems.append(f"{table.where(index)}: this rater marks this item a second time; keep one")
            seen.add(key)
            marks.append(found)
    if problems:
        raise InputError(_first(problems))
    return tuple(marks)


def _mark(
    row: Mapping[str, str | None],
    scales: Mapping[str, tuple[float, float]],
    table: Table,
    per_statement: bool,
) -> HumanMark | str | None:
    needed = ["visit_id", "rater", "item", *(["drafter"] if "drafter" in table.columns else [])]
    empty = [name for name in needed if row.get(name) is None]
    if empty:
        return f"{empty[0]} is empty; fill it or leave the row out"
    item, cell = str(row["item"]), row.get("value")
    if item not in scales:
        return not_known("item", item, scales)
    statement = None
    if per_statement:
        number = row.get("statement") or ""
        if not number.isdecimal() or int(number) < 1:
            return "statement is no number; give the statement's place in the note, from 1"
        statement = int(number)
    if cell is None or cell.strip().lower() == "nan":
        return None
    low, high = scales[item]
    try:
        value = float(cell)
    except ValueError:
        value = float("inf")
    if not low <= value <= high:
        return f"value is no mark of {item!r}; give a number from {low:g} to {high:g}, or leave it empty"
    return HumanMark(str(row["visit_id"]), row.get("drafter"), str(row["rater"]), item, statement, value)


def _first(problems: Sequence[str]) -> list[str]:
    more = len(problems) - MAX_SHOWN
    return [*problems[:MAX_SHOWN], *([f"and {more:,} more"] if more > 0 else [])]
