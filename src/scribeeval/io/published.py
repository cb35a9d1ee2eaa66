"""A published before/after table, one row a measure, as printed -> rows with their printed decimals."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.tables import Table, read_table, require_columns
from scribeeval.stats.recompute import PublishedRow

COLUMNS = ("measure", "unit", "before", "after")
FIGURES = "change_"  # starts the name of each column of published percent changes
PERCENT, SHARE = "%", "share"  # "% of appointments" as printed is our unit "share of appointments"


def read_published_means(path: Path) -> tuple[list[PublishedRow], dict[str, str]]:
    """Read a table of published means; returns its rows, and the notes by measure where there are some.

    before, after: with all printed decimals, a "0" at the end too; where the unit starts with "%" they
    are shares in percent and come out as fractions, with a unit of "share ...".  Columns that start with
    change_: percent changes as printed.

    Raises:
        InputError: a column is missing, a measure is there twice, or a cell is no number as printed.

    """
    table = read_table(path)
    require_columns(table, COLUMNS)
    figures = [name for name in table.columns if name.startswith(FIGURES)]
    problems = list(_problems(path, table, figures))
    if problems:
        raise InputError(problems)
    rows = [_row(cells, figures) for cells in table.rows]
    notes = {str(cells["measure"]): note for cells in table.rows if (note := cells.get("note"))}
    return rows, notes


def _problems(path: Path, table: Table, figures: list[str]) -> Iterator[str]:
    if not figures:
        yield f"{path}: no column starts with {FIGURES!r}; name the columns of published changes so"
    if not table.rows:
        yield f"{path}: has no row; give one measure a row"
    seen: set[str | None] = set()
    for i, cells in enumerate(table.rows):
        where = f"{path}: row {i + table.first_row}"
        for name in COLUMNS:
            if cells[name] is None:
                yield f"{where}, column {name!r}: is empty; give what the publication prints"
        if cells["measure"] in seen:
            yield f"{where}, column 'measure': is there twice; give one row a measure"
        seen.add(cells["measure"])
        for name in ("before", "after", *figures):
            if cells[name] is not None and _number(cells[name]) is None:
                yield f"{where}, column {name!r}: is no number; write it like 10.3, without commas"


def _row(cells: Mapping[str, str | None], figures: list[str]) -> PublishedRow:
    unit = str(cells["unit"])
    before, after = (_number(cells[name]) for name in ("before", "after"))
    places = -2 if unit.startswith(PERCENT) else 0
    printed = {name: number for name in figures if (number := _number(cells[name])) is not None}
    return PublishedRow(
        measure=str(cells["measure"]),
        unit=SHARE + unit.removeprefix(PERCENT) if places else unit,
        # scaleb keeps the printed decimals, where a division would drop the 0 of -30.0.
        before=Decimal(before or 0).scaleb(places),
        after=Decimal(after or 0).scaleb(places),
        figures={name: number.scaleb(-2) for name, number in printed.items()},
    )


def _number(cell: str | None) -> Decimal | None:
    try:
        number = None if cell is None else Decimal(cell.strip())
    except InvalidOperation:
        return None
    return number if number is None or number.is_finite() else None
