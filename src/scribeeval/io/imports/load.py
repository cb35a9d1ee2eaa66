"""A TOML file with [[import]] tables -> checked settings, with every wrong key named."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from scribeeval.config import load_toml
from scribeeval.config_study import PhaseTable
from scribeeval.errors import InputError, not_known
from scribeeval.import_settings import (
    AfterHours,
    AuditTable,
    ColumnMap,
    ImportSettings,
    ImportTable,
    MeasureMap,
    Quantity,
    ScheduleTable,
)
from scribeeval.io.imports.readings import uses


def load_imports(path: Path) -> ImportSettings:
    """Read and check the [[import]] tables of a TOML file.

    Raises:
        InputError: one line for each key that is unknown, missing or of a wrong value.

    """
    data = load_toml(path)
    unknown = [key for key in data if key not in ("import", "phases")]
    if unknown:
        raise InputError(f"{path}: {not_known('table', key, ('import', 'phases'))}" for key in unknown)
    tables = data.get("import")
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        raise InputError(f"{path}: has no [[import]] table; datasets/exports holds one for each format")
    checked: list[ImportTable] = []
    problems: list[str] = []
    for number, table in enumerate(tables, start=1):
        if "phases" in data and "phases" not in table and "phase" not in table.get("columns", {}):
            table = {**table, "phases": data["phases"]}
        try:
            checked.append(ImportTable.model_validate(table))
        except ValidationError as error:
            where = f"{path}: [[import]] {number}"
            problems += [line for problem in error.errors() for line in _lines(where, problem)]
    problems += _two_units(path, checked)
    if problems:
        raise InputError(problems)
    return ImportSettings(tuple(checked))


def _two_units(path: Path, tables: list[ImportTable]) -> list[str]:
    """A metric of one file (of its rows, where `where` keeps some) has one unit, a measure one period."""
    units: dict[tuple[str, str, str, str], set[str]] = {}
    periods: dict[str, set[str]] = {}
    for table in tables:
        rows = str(sorted(table.where.items()))
        for (metric, part), declared in uses(table).items():
            units.setdefault((table.file, metric, part, rows), set()).update(declared)
        for name in table.measures:
            own = table.period if table.period == "month" else f"week from {table.week_starts}"
            periods.setdefault(name, set()).add(own)
    problems = [
        f"{path}: measure {name!r} is given by {' and by '.join(sorted(found))}; "
        "give it in one kind of period"
        for name, found in periods.items()
        if len(found) > 1
    ]
    return problems + [
        f"{path}: {file}: metric {metric!r} is given in {' and in '.join(sorted(found))}; "
        "a metric has one unit"
        for (file, metric, _, _), found in units.items()
        if len(found) > 1
    ]


def _lines(where: str, problem: Any) -> list[str]:
    place = ".".join(str(part) for part in problem["loc"])
    *tables, last = [str(part) for part in problem["loc"]] or [""]
    if problem["type"] == "extra_forbidden":
        inner = f" {'.'.join(tables)}:" if tables else ""
        return [f"{where}:{inner} {not_known('key', last, _keys(tables))}"]
    if problem["type"] == "missing":
        return [f"{where}: key {place!r} is missing; add it"]
    messages = problem["msg"].removeprefix("Value error, ").split("\n")
    return [f"{where}: {f'{place}: ' if place else ''}{m[0].lower()}{m[1:]}" for m in messages]


_MODELS: Mapping[str, type[BaseModel]] = {
    "columns": ColumnMap,
    "numerator": Quantity,
    "denominator": Quantity,
    "audit": AuditTable,
    "after_hours": AfterHours,
    "schedule": ScheduleTable,
    "phases": PhaseTable,
}


def _keys(tables: list[str]) -> list[str]:
    """The keys that the innermost table may have."""
    if not tables:
        return list(ImportTable.model_fields)
    if len(tables) == 2 and tables[0] == "measures":
        return list(MeasureMap.model_fields)
    return list(_MODELS.get(tables[-1], MeasureMap).model_fields)
