"""Fit the edit-seconds estimate to a table of drafts, signed notes and measured seconds."""

from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.tables import read_table, require_columns
from scribeeval.metrics.edit_seconds_estimate import count_edits_and_typing
from scribeeval.records import Pair
from scribeeval.stats.edit_rates import FittedRates, fit_edit_rates

COLUMNS = ("visit_id", "draft_note", "signed_note", "edit_seconds")


def fit_rates(path: Path) -> FittedRates:
    """Fit the three rates to the rows of a table with the columns of COLUMNS.

    Raises:
        InputError: a column is missing, a cell is empty, edit_seconds is not a number, or too few rows.

    """
    table = read_table(path)
    require_columns(table, COLUMNS)
    problems, counts, seconds = [], [], []
    for index, row in enumerate(table.rows):
        empty = [name for name in COLUMNS if row.get(name) is None]
        if empty:
            problems.append(
                f"{table.where(index)}: {', '.join(empty)} is empty; fill it or leave the row out"
            )
            continue
        try:
            seconds.append(float(str(row["edit_seconds"])))
        except ValueError:
            problems.append(f"{table.where(index)}: edit_seconds is not a number; give seconds like 95.5")
            continue
        counts.append(
            count_edits_and_typing(
                Pair(str(row["visit_id"]), str(row["signed_note"]), str(row["draft_note"]))
            )
        )
    if problems:
        raise InputError(problems)
    words, edits, typed = (
        [count[name] for count in counts] for name in ("draft_words", "edits", "typed_chars")
    )
    return fit_edit_rates(words, edits, typed, seconds)
