"""Import: vendor exports and a config of [[import]] tables -> the tidy EHR-use table and its account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from scribeeval import __version__
from scribeeval.config import relative
from scribeeval.errors import InputError
from scribeeval.import_settings import Format, ImportSettings, ImportTable
from scribeeval.io.ehr_use import frame_to_csv
from scribeeval.io.files import make_folder, sha256_of, to_json, write_whole
from scribeeval.io.imports.epic_audit import read_epic_audit
from scribeeval.io.imports.epic_wide import read_epic_wide
from scribeeval.io.imports.grid import Grid, Source, kept_rows, read_grid
from scribeeval.io.imports.load import load_imports
from scribeeval.io.imports.long_rows import read_columns, read_signal_long
from scribeeval.io.imports.readings import Readings
from scribeeval.io.imports.tidy import Part, account, put_together, tidy_part
from scribeeval.run import Reporter
from scribeeval.stages.import_preview import preview_lines

Reader: TypeAlias = Callable[[Grid, ImportTable, Path], Readings]

READERS: Mapping[Format, Reader] = {
    "epic_wide": read_epic_wide,
    "signal_long": read_signal_long,
    "epic_audit": read_epic_audit,
    "columns": read_columns,
}
SHOWN = 20  # problems; the rest is counted
NOT_KEPT = "row not kept by `where`"


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """frame: the tidy table, as read_ehr_use gives it.  notes: the account of it, JSON values."""

    frame: pd.DataFrame
    notes: Mapping[str, Any]


def import_frame(settings: ImportSettings, config: Path) -> Imported:
    """Read all exports of a config; config: the file that their paths are relative to.

    Raises:
        InputError: the first SHOWN problems of all files, and how many more there are.

    """
    parts: list[Part] = []
    problems: list[str] = []
    for table in settings.tables:
        try:
            parts.append(_part(table, config))
        except InputError as error:
            problems += error.problems
    if problems:
        raise _shortened(problems)
    try:
        frame = put_together(parts)
    except InputError as error:
        raise _shortened([f"{config}: {problem}" for problem in error.problems]) from None
    inputs = {name: sha256_of(relative(config, name)) for name in _names(settings)}
    return Imported(frame, {"inputs": inputs, **account(parts, frame, config.parent)})


def input_files(settings: ImportSettings, config: Path) -> tuple[Path, ...]:
    """Every file that an import reads, exports and schedules, for a stage's key."""
    return tuple(relative(config, name) for name in _names(settings))


def _names(settings: ImportSettings) -> list[str]:
    schedules = (table.audit.schedule for table in settings.tables if table.audit is not None)
    names = [table.file for table in settings.tables]
    return list(dict.fromkeys([*names, *(schedule.file for schedule in schedules if schedule is not None)]))


def _part(table: ImportTable, config: Path) -> Part:
    path = relative(config, table.file)
    grid = read_grid(Source(path, table.sheet, table.encoding, table.delimiter, table.header_row))
    grid, left_out = kept_rows(grid, table.where)
    part = tidy_part(READERS[table.format](grid, table, config), table)
    if left_out:
        return Part(
            part.readings, part.table, part.rows, {**part.excluded, NOT_KEPT: left_out}, part.by_measure
        )
    return part


def _shortened(problems: list[str]) -> InputError:
    problems = list(dict.fromkeys(problems))  # a metric of two measures is wrong once
    shown = problems[:SHOWN]
    if len(problems) > SHOWN:
        shown.append(f"and {len(problems) - SHOWN} more problems; nothing was written")
    return InputError(shown)


def import_exports(config: Path, out: Path | None, preview: bool, reporter: Reporter) -> None:
    """Write the tidy table and, beside it, NAME.import.json; with preview only show what would be written.

    Raises:
        InputError: a problem of config or exports, or neither `out` nor preview is given.

    """
    if out is None and not preview:
        raise InputError("give --out FILE.csv to write the table, or --preview to look at it")
    if out is not None and out.suffix.lower() != ".csv":
        raise InputError(f"{out}: the table is written as CSV; give --out a name that ends with .csv")
    imported = import_frame(load_imports(config), config)
    for warning in imported.notes["warnings"]:
        reporter.warn(warning)
    for line in preview_lines(imported.frame, imported.notes, rows=preview):
        reporter.say(line)
    if preview or out is None:
        reporter.say("preview: nothing was written")
        return
    make_folder(out.parent)
    notes = {"scribeeval": __version__, "config_sha256": sha256_of(config), **imported.notes}
    write_whole(out, frame_to_csv(imported.frame))
    write_whole(out.with_suffix(".import.json"), to_json(notes) + "\n")
    reporter.say(f"written: {out} ({len(imported.frame)} rows), {out.with_suffix('.import.json')}")
