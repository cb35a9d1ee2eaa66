"""Check a table of any kind and name its problems at once."""

from pathlib import Path
from typing import Literal

from scribeeval.errors import InputError
from scribeeval.io.ehr_use import read_clinicians, read_ehr_use
from scribeeval.io.tables import read_table
from scribeeval.io.visits import read_visits

Kind = Literal["visits", "EHR use", "clinicians"]


def kind_of(path: Path) -> Kind:
    """Tell by its columns what kind of table a file holds.

    Raises:
        InputError: no kind fits.

    """
    columns = set(read_table(path).columns)
    if "visit_id" in columns:
        return "visits"
    if {"measure", "numerator"} & columns or {"phase", "period_start"} & columns:
        return "EHR use"
    if "clinician_id" in columns:
        return "clinicians"
    raise InputError(
        f"{path}: neither visits (visit_id), nor EHR use (clinician_id, period_start, phase, measure, "
        "numerator, denominator), nor clinicians (clinician_id); name the columns so"
    )


def validate(path: Path) -> tuple[Kind, int]:
    """Check a table; returns its kind and its number of rows.

    Raises:
        InputError: the problems of the table, one line each, with row and column; many are counted.

    """
    kind = kind_of(path)
    if kind == "EHR use":
        return kind, len(read_ehr_use(path))
    if kind == "clinicians":
        return kind, len(read_clinicians(path))
    table = read_visits(path)
    if table.problems:
        raise InputError(problem.message for problem in table.problems)
    return kind, len(table.visits)
