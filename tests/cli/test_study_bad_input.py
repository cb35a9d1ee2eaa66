"""What a stranger's tables get wrong: exit 2, lines that say where and what to do, nothing half-written."""

import random
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import (
    DEMO,
    EHR_COLUMNS,
    TIME_IN_NOTES,
    Answer,
    contents,
    write,
    write_csv,
)
from cli.studies import CLOSURE, one_after_another

AFTER_HOURS = "after_hours_min_per_workday"
MISSPELT = "time_in_notes_min_per_appt"
PEOPLE = ("clinician_id", "group", "specialty", "years", "months", "scribe_visits", "eligible_visits")
CONFIG = f"""\
[study]
ehr_use = "ehr_use.csv"
clinicians = "clinicians.csv"
measures = ["{TIME_IN_NOTES}", "{CLOSURE}"]
resamples = 100
"""
ALONE = CONFIG.replace('clinicians = "clinicians.csv"\n', "")
Row = list[Any]


def ehr_use(n: int = 8) -> list[Row]:
    """Two weeks before and two after of n clinicians; 8 rows each."""
    draw = random.Random(3)
    weeks = {"before": ("2025-01-06", "2025-01-13"), "after": ("2025-03-03", "2025-03-10")}
    rows: list[Row] = []
    for i in range(n):
        for phase, starts in weeks.items():
            for week in starts:
                visits = draw.randint(20, 40)
                minutes = round(visits * (8 + i) * draw.uniform(0.7, 1.1), 1)
                rows.append([f"C{i}", week, phase, TIME_IN_NOTES, minutes, visits])
                rows.append([f"C{i}", week, phase, CLOSURE, draw.randint(10, visits), visits])
    return rows


def people(n: int = 8) -> list[Row]:
    """As many clinicians; months are years in another unit."""
    return [[f"C{i}", "scribe", "ab"[i % 2], 3 + i, 36 + 12 * i, 20 + i, 60] for i in range(n)]


def changed(rows: list[Row], cells: dict[tuple[int, str], Any], columns: Sequence[str]) -> list[Row]:
    """The rows with some cells changed; rows count as in the file, from 2."""
    for (row, column), value in cells.items():
        rows[row - 2][columns.index(column)] = value
    return rows


def with_use(**cells: Any) -> list[Row]:
    """The EHR use with the same cell in every row."""
    return [[cells.get(c, v) for c, v in zip(EHR_COLUMNS, row, strict=True)] for row in ehr_use()]


def with_person(column: str, *values: Any) -> list[Row]:
    """The clinicians, the first of them with other values of a column."""
    return changed(people(), {(k + 2, column): value for k, value in enumerate(values)}, PEOPLE)


# Every kind of bad cell in one table: (row, column) -> cell, what is said.
CELLS = {
    (2, "period_start"): ("45663", "is not a date like"),
    (4, "period_start"): ("01/06/2025", "is not a date like"),
    (6, "phase"): ("pre", "is none of before, training, after"),
    (8, "numerator"): ("210,5", "use a point for decimals"),
    (10, "numerator"): ("1,234.5", "use a point for decimals"),
    (12, "numerator"): ("12 min", "no units"),
    (14, "numerator"): ("N/A", "is not a number"),
    (16, "numerator"): (-5, "is negative"),
    (17, "numerator"): (99, "is above the denominator of a share"),
    (18, "denominator"): ("", "is empty; fill it or leave the row out"),
    (20, "denominator"): ("inf", "is not a number"),
    (22, "numerator"): (1e300, "is no plausible amount"),
}
GUILTY = {
    (2, "clinician_id"): ("C1", 3, "is there before; keep one row each"),
    (4, "group"): ("Scribe", 4, "is none of scribe, control"),
    (5, "scribe_visits"): (61, 5, "is more than eligible_visits"),
    (9, "clinician_id"): ("", 9, "is empty"),
}

NO_ZERO = [[*row[:4], 0 if row[3] == CLOSURE else row[4], 0] for row in ehr_use()]
# name: config, EHR use, clinicians, the words of the one line
BAD: dict[str, tuple[str, list[Row] | None, list[Row] | None, tuple[str, ...]]] = {
    "primary": (f'{CONFIG}primary = "{AFTER_HOURS}"\n', None, None, ("study.toml", "primary", CLOSURE)),
    "sources": (f'{CONFIG}imports = "i.toml"\n', None, None, ("study.toml", "ehr_use", "imports", "one of")),
    "link": (f'{CONFIG}links = [{{outcome = "{AFTER_HOURS}"}}]\n', None, None, ("links", AFTER_HOURS)),
    "by_alone": (f'{ALONE}by = ["years"]\n', None, None, ("by", "clinicians table", "give")),
    "order": (
        f"{CONFIG}[study.phases]\ntraining = 2025-03-01\nafter = 2025-02-01\n",
        *(None, None, ("phases", "order before, training, after, end")),
    ),
    "outside": (
        f"{CONFIG}[study.phases]\nbefore = 2026-01-01\nafter = 2026-02-01\n",
        *(None, None, ("ehr_use.csv", "outside the phases", "check")),
    ),
    "twice": (
        CONFIG.replace(CLOSURE, TIME_IN_NOTES),
        None,
        None,
        (TIME_IN_NOTES, "named twice; name it once"),
    ),
    "zeros": (CONFIG, NO_ZERO, None, (TIME_IN_NOTES, "denominator of 0", "check")),
    "misspelt": (f'{CONFIG}covariates = ["yaers"]\n', None, None, ("'yaers'", "did you mean 'years'")),
    "by": (f'{CONFIG}by = ["speciality"]\n', None, None, ("'speciality'", "did you mean 'specialty'")),
    "collinear": (
        f'{CONFIG}covariates = ["years", "months"]\n',
        *(None, None, ("months follows exactly from years", "leave one")),
    ),
    "text": (
        f'{CONFIG}covariates = ["years"]\n',
        *(None, with_person("years", 3, 4, "N/A"), ("clinicians.csv", "row 4", "'years'", "not a number")),
    ),
    "lacking": (CONFIG, None, people()[:6], ("2 clinicians", "C6, C7", "add a row for each")),
    "controls": (CONFIG, None, with_person("group", *["control"] * 8), ("'scribe'", "check")),
}


@dataclass(frozen=True)
class Bad:
    """Where each bad study stands, and what it answered."""

    folder: Path
    answers: dict[str, Answer]


def lay_out(folder: Path, config: str, use: list[Row] | None = None, who: list[Row] | None = None) -> None:
    """Write a study's folder; the good tables where none is given."""
    write_csv(folder / "ehr_use.csv", EHR_COLUMNS, ehr_use() if use is None else use)
    write_csv(folder / "clinicians.csv", PEOPLE, people() if who is None else who)
    write(folder / "study.toml", config)


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Bad:
    """All of them, once."""
    folder = tmp_path_factory.mktemp("bad")
    for name, (config, use, who, _) in BAD.items():
        lay_out(folder / name, config, use, who)
    use = changed(ehr_use(), {at: cell for at, (cell, _) in CELLS.items()}, EHR_COLUMNS)
    lay_out(folder / "cells", CONFIG, [*use, use[30]])
    lay_out(folder / "who", CONFIG, who=changed(people(), {at: v[0] for at, v in GUILTY.items()}, PEOPLE))
    lay_out(folder / "column", CONFIG, [[*row[:4], "3,5", 7] for row in ehr_use(40)], people(40))
    lay_out(folder / "utf16", CONFIG)
    text = (folder / "utf16" / "ehr_use.csv").read_text(encoding="utf-8")
    write(folder / "utf16" / "ehr_use.csv", text.encode("utf-16"))
    misspelt = {(row, "measure"): MISSPELT for row in range(2, 18, 2)}
    lay_out(folder / "measure", CONFIG, changed(ehr_use(), misspelt, EHR_COLUMNS))
    names = (*BAD, "cells", "who", "column", "utf16", "measure")
    commands = {n: ("study", folder / n / "study.toml", "--out", folder / n / "run") for n in names}
    return Bad(folder, one_after_another(commands))


@pytest.mark.parametrize("name", BAD)
def test_one_line_says_what_and_what_to_do(bad: Bad, name: str) -> None:
    answer = bad.answers[name]
    assert answer.code == 2
    assert len(answer.errors) == 1, answer.err
    assert answer.error(*BAD[name][3])


def test_nothing_is_half_written(bad: Bad) -> None:
    for name in bad.answers.keys() - {"measure"}:
        run = bad.folder / name / "run"
        assert not run.exists() or set(contents(run)) <= {"config.toml"}


def test_every_bad_cell_is_named_by_row_and_column(bad: Bad) -> None:
    answer = bad.answers["cells"]
    assert answer.code == 2
    for (row, column), (cell, what) in CELLS.items():
        line = answer.error("ehr_use.csv", f"row {row}, column {column!r}: ", what)
        if isinstance(cell, str) and cell:
            assert cell not in line.replace("2024-01-31", "")
    assert answer.error("row 66, column 'measure'", "keep one row each"), "a week given twice"
    assert {int(row) for row in re.findall(r"row (\d+),", answer.err)} == {66} | {row for row, _ in CELLS}


def test_every_bad_clinician_is_named_by_row_and_column(bad: Bad) -> None:
    answer = bad.answers["who"]
    assert answer.code == 2
    for (_, column), (_, row, what) in GUILTY.items():
        assert answer.error("clinicians.csv", f"row {row}, column {column!r}: {what}")
    assert len(answer.errors) == len(GUILTY)


def test_a_whole_bad_column_does_not_flood_the_terminal(bad: Bad) -> None:
    """320 rows with decimal commas; a million rows would be 50 MB of lines."""
    errors = bad.answers["column"].errors
    assert len(errors) == 101
    assert "and 220 more problems" in errors[-1]


def test_another_encoding_is_named(bad: Bad) -> None:
    assert bad.answers["utf16"].code == 2
    assert bad.answers["utf16"].error("ehr_use.csv", "line 1", "save the file as UTF-8")


def test_a_measure_misspelt_in_some_rows_is_named(bad: Bad) -> None:
    answer = bad.answers["measure"]
    assert MISSPELT in answer.out + answer.err


EXPORTS = DEMO.parent / "exports"
# name: example, its file, what is replaced (once) by what, words
IMPORTS = {
    "units": (
        *("signal_long", "signal_long.csv", "210,21,Minutes", "3.5,21,Hours"),
        ("'Time in Notes per Appointment'", "Hours (1 rows), Minutes (58 rows)", "convert"),
    ),
    "zones": (
        *("epic_audit", "epic_audit.csv", "2024-12-03 08:04:00", "2024-12-03 08:04:00-05:00"),
        ("'ACCESS_TIME'", "1 times have an offset", "first row without: 2", "export all"),
    ),
    "serial": (
        *("oracle_columns", "oracle_columns.csv", "31-Jul-2024", "45504"),
        ("row 2, column 'Month Ending'", 'date_format = "excel"'),
    ),
    "text": (
        *("epic_wide", "epic_wide.csv", "21,24,23", "21,<5,23"),
        ("row 2, column '24-Aug'", "`missing`"),
    ),
    "separators": (
        *("korean_columns", "korean_columns.toml", 'decimal = ","', ""),
        ("row 2, column '기록작성시간(분)'", "declare `decimal` and `thousands`"),
    ),
}


@pytest.fixture(scope="module")
def imports(tmp_path_factory: pytest.TempPathFactory) -> Bad:
    """Each export damaged in one place, and imported."""
    folder = tmp_path_factory.mktemp("imports")
    commands: dict[str, Sequence[str | Path]] = {}
    for name, (example, file, old, new, _) in IMPORTS.items():
        shutil.copytree(EXPORTS, folder / name)
        text = (folder / name / file).read_text(encoding="utf-8")
        assert old in text
        write(folder / name / file, text.replace(old, new, 1))
        commands[name] = ("import", folder / name / f"{example}.toml", "--out", folder / name / "out.csv")
    return Bad(folder, one_after_another(commands))


@pytest.mark.parametrize("name", IMPORTS)
def test_damaged_exports_are_told_and_not_guessed(imports: Bad, name: str) -> None:
    answer = imports.answers[name]
    assert answer.code == 2
    assert [line for line in answer.errors if all(word in line for word in IMPORTS[name][4])]
    assert not list((imports.folder / name).glob("out*"))


def test_a_problem_is_told_once(imports: Bad) -> None:
    assert len(imports.answers["units"].errors) == 1
