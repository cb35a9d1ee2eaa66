"""Every bad export and every bad config is named, and nothing is quoted."""

import json
from pathlib import Path

import pytest

from imports.conftest import (
    BODY,
    COUNT,
    EXPORTS,
    HEADER,
    LONG,
    NOTES,
    PHASES,
    ROWS,
    WIDE,
    closure,
    imported,
    problems,
    rows,
)
from scribeeval.io.imports.load import load_imports
from scribeeval.stages.import_exports import input_files

LAST = "A,2025-02-01,90,10"
TEXT = "pain in the chest"
# name -> (config, file, words of the first problem)
BAD: dict[str, tuple[str, str | bytes, tuple[str, ...]]] = {
    "one phase missing": (
        LONG,
        ROWS.replace("2025-02", "2024-11"),
        ("no row is in phase 'after'", "[phases]"),
    ),
    "all outside": (
        LONG.replace("[phases]", "[phases]\nend = 2025-02-02"),
        ROWS,
        ("no row is in phase 'after'", "2 x period reaches into another phase"),
    ),
    "negative minutes": (LONG, ROWS.replace("105", "-105"), ("row 2, column 'min'", "is negative")),
    "percent above 100": (closure("percent"), ROWS, ("row 2, column 'min'", "above 100")),
    "fraction above 1": (closure("fraction"), ROWS, ("row 2, column 'min'", "above 1", "`unit`")),
    "fraction said to be percent": (
        closure("percent"),
        "clinician_id,date,min,n\nA,2024-12-01,0.65,20\nA,2025-02-01,0.7,20\n",
        ("'min'", "no value is above 1", "fraction"),
    ),
    "share above 1": (
        LONG.replace(NOTES, "same_day_closure_rate").replace('unit = "min"', 'unit = "count"'),
        "clinician_id,date,min,n\nA,2024-12-01,21,20\nA,2025-02-01,7,20\n",
        ("clinician 'A', month 2024-12-01", "above the denominator of a share"),
    ),
    "percent sign on minutes": (LONG, ROWS.replace("105", "105%"), ("row 2", "percent sign")),
    "half an appointment": (
        LONG,
        ROWS.replace("105,10", "105,10.5"),
        ("row 2, column 'n'", "no whole number"),
    ),
    "more minutes than a month": (LONG, ROWS.replace("105", "50000"), ("month 2024-12-01", "more time")),
    "more days than a month": (
        LONG.replace(NOTES, "after_hours_min_per_workday"),
        ROWS.replace("105,10", "105,40"),
        ("month 2024-12-01", "more days than the period"),
    ),
    "same week twice": (LONG, ROWS + LAST + "\n", ("row 6", "repeats clinician 'A'", "of row 3")),
    "undeclared serial": (LONG, ROWS.replace("2024-12-01", "45627"), ("row 2, column 'date'", "excel")),
    "mid-month": (LONG, ROWS.replace("2024-12-01", "2024-12-15"), ("2024-12-15", "not the start of a month")),
    "wrong weekday": (
        LONG.replace('"month"', '"week"'),
        ROWS.replace("2024-12-01", "2024-12-03"),
        ("a Tuesday,", "week_starts"),
    ),
    "decimal comma": (LONG, ROWS.replace("105", '"10,5"'), ("row 2, column 'min'", "separator", "decimal")),
    "thousands": (LONG, ROWS.replace("105", '"1,234"'), ("row 2", "separator", "thousands")),
    "thousands by points": (LONG, ROWS.replace("120.5", "1.205"), ("'min'", "1.234", "declare")),
    "placeholder": (LONG, ROWS.replace("105", "N/A"), ("row 2", "'N/A'", "`missing`")),
    "suppressed": (LONG, ROWS.replace("99", "<5"), ("row 5", "'<5'", "`missing`")),
    "dash": (LONG, ROWS.replace("99", "-"), ("row 5", "'-'", "`missing`")),
    "text of a patient": (LONG, ROWS.replace("99", TEXT), ("row 5", "text of 17 characters")),
    "no clinician": (LONG, ROWS.replace("B,2024", ",2024"), ("row 4, column 'clinician_id'", "is empty")),
    "row of totals": (LONG, ROWS + "Total,2025-02-01,1,1\n", ("row 6", "'Total'", "exclude_clinicians")),
    "합계": (LONG, ROWS + "합계,2025-02-01,1,1\n", ("row 6", "'합계'", "exclude_clinicians")),
    "cut off": (LONG, ROWS[:-8], ("row 5 has 2 cells", "the last: the file may be cut off")),
    "cut off in a quote": (LONG, ROWS + 'C,"2024', ("line 6 is not CSV", "cut off")),
    "doubled header": (LONG, ROWS.replace("min,n", "min,min"), ("'min' is there 2 times",)),
    "header without a name": (LONG, ROWS.replace("date,min", ",min"), ("column 2 holds cells", "header_row")),
    "semicolons": (LONG, ROWS.replace(",", ";"), ("delimiter = ';'",)),
    "utf-16": (LONG, ROWS.encode("utf-16"), ("mark of utf-16", 'encoding = "utf-16"')),
    "another encoding": (LONG, ROWS.replace("A", "É").encode("latin-1"), ("line 2 is not utf-8", "cp1252")),
    "empty": (LONG, "", ("row 1 is empty",)),
    "header only": (LONG, "clinician_id,date,min,n\n", ("a header and no rows",)),
    "misspelt column": (LONG, ROWS.replace("date", "dat"), ("'date' is missing", "rename 'dat'")),
    "misspelt metric": (
        WIDE,
        HEADER + BODY.replace("Count Of App", "Count of App"),
        ("metric", "did you mean"),
    ),
    "unknown wide column": (WIDE, (HEADER + BODY).replace("25-Jan", "Region"), ("'Region'", "`ignore`")),
    "month twice": (
        WIDE.replace("[import.m", 'date_format = ["%y-%b", "iso"]\n[import.m', 1),
        (HEADER + BODY).replace("25-Jan", "2024-12-01"),
        ("'24-Dec' and '2024-12-01' are the same month",),
    ),
    "metric twice": (WIDE, HEADER + BODY + f"A,y,{COUNT},1,1,1\n", ("row 6", "repeats", "`where`")),
    "unit changes": (
        LONG,
        ROWS.replace("105,10", "6000,10").replace("120.5,10", "6600,10"),
        ("2024-12-01 is 70 times that of 2025-02-01", "units_checked"),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_export_is_named(tmp_path: Path, name: str) -> None:
    config, content, words = BAD[name]
    file = "wide_csv" if config.startswith(WIDE[:60]) and "epic_wide" in config else "long_csv"
    first, *_ = problems(tmp_path, config, **{file: content})
    for word in words:
        assert word in first
    assert TEXT not in first


def test_units_that_were_checked_pass(tmp_path: Path) -> None:
    config, content, _ = BAD["unit changes"]
    assert len(imported(tmp_path, config + "units_checked = true\n", long_csv=content).frame) == 4


def test_declared_marks_settle_what_is_ambiguous(tmp_path: Path) -> None:
    config, content, _ = BAD["thousands by points"]
    point = imported(tmp_path, config.replace("[import.m", 'decimal = "."\n[import.m', 1), long_csv=content)
    comma = imported(
        tmp_path,
        config.replace("[import.m", 'decimal = ","\nthousands = "."\n[import.m', 1),
        long_csv=content,
    )
    key = ("B", "2024-12-01")
    assert (rows(point)[key][1], rows(comma)[key][1]) == (1.205, 1205)


def test_one_cell_in_a_hundred_is_text(tmp_path: Path) -> None:
    lines = [
        f"C{i},{day},N/A,10" if i % 2 == 0 else f"C{i},{day},50,10"
        for i in range(60)
        for day in ("2024-12-01", "2025-02-01")
    ]
    found = problems(tmp_path, LONG, long_csv="clinician_id,date,min,n\n" + "\n".join(lines) + "\n")
    assert len(found) == 21
    assert all("column 'min': holds 'N/A'" in problem for problem in found[:20])
    assert found[-1] == "and 40 more problems; nothing was written"


def test_a_file_without_its_last_line_end_is_a_warning(tmp_path: Path) -> None:
    (warning,) = imported(tmp_path, LONG, long_csv=ROWS.rstrip("\n")).notes["warnings"]
    assert warning == "long.csv: the last line has no line end; check that the export is complete"


SIGNAL = f"""{PHASES}
[[import]]
file = "long.csv"
format = "signal_long"
period = "month"
columns = {{ value = "value", unit = "unit" }}
[import.measures.{NOTES}]
numerator = {{ metric = "Notes", unit = "min" }}
denominator = "Appointments"
"""
SIGNAL_ROWS = "clinician_id,date,metric,value,unit\n" + "".join(
    f"A,{day},Notes,{v},minutes\nA,{day},Appointments,10,\n"
    for day, v in (("2024-12-01", 100), ("2025-02-01", 80))
)


def test_a_measure_in_two_units_is_named_with_both(tmp_path: Path) -> None:
    config = SIGNAL.replace("Appointments", "Visits")
    text = SIGNAL_ROWS.replace("Appointments", "Visits")
    assert len(imported(tmp_path, config, long_csv=text).frame) == 2
    (problem,) = problems(tmp_path, config, long_csv=text.replace("80,minutes", "1.3,hours"))
    assert "'Notes' is in more than one unit: hours (1 rows), minutes (1 rows)" in problem
    (problem,) = problems(tmp_path, config, long_csv=text.replace("minutes", "hours"))
    assert "declared in min, its column of units says hours (2 rows)" in problem


def test_two_units_in_the_config_are_refused(tmp_path: Path) -> None:
    config = (
        LONG
        + '[import.measures.ehr_time8_h]\nnumerator = { metric = "min", unit = "h" }\n'
        + ('denominator = { metric = "n", unit = "h" }\n')
    )
    first, *_ = problems(tmp_path, config, long_csv=ROWS)
    assert "'min' is given in h and in min; a metric has one unit" in first


# name -> (what stands in LONG, what stands there instead, words of the only problem)
BAD_CONFIGS = {
    "key": ("period =", "perod =", ("'perod'", "did you mean 'period'")),
    "key of a side": ('unit = "min"', 'unti = "min"', ("'unti'", "did you mean 'unit'")),
    "key of a measure": ('denominator = "n"', 'denominater = "n"', ("'denominater'", "'denominator'")),
    "measure": (NOTES, "time_in_notes", ("measure 'time_in_notes' is not known", NOTES, "target_unit")),
    "no unit": (', unit = "min"', "", ("numerator: count gives a count, needed is a time", "`unit`")),
    "a rate alone": ('unit = "min"', 'unit = "percent"', ("percent gives a share, needed is a time",)),
    "no phases": (PHASES, "", ("has no phases",)),
    "order of phases": ("2025-01-01", "2025-03-01", ("not in the order",)),
    "encoding": ("[import.m", 'encoding = "hex"\n[import.m', ("encoding", "no known encoding")),
    "marks": ("[import.m", 'thousands = "."\n[import.m', ("thousands and decimal are both",)),
    "audit without its table": ('"columns"', '"epic_audit"', ("needs an [import.audit] table",)),
    "table": ("[[import]]", "[[imports]]", ("'imports'", "did you mean 'import'")),
    "two kinds of phases": (
        "[import.m",
        'columns = {phase = "p"}\nphases = {after = 2025-01-01}\n[import.m',
        ("not both",),
    ),
}


@pytest.mark.parametrize("name", BAD_CONFIGS)
def test_a_bad_config_is_named(tmp_path: Path, name: str) -> None:
    old, new, words = BAD_CONFIGS[name]
    found = problems(tmp_path, LONG.replace(old, new, 1 if name != "table" else -1), long_csv=ROWS)
    line = next(problem for problem in found if words[0] in problem)
    for word in words:
        assert word in line


def test_a_measure_of_the_site_s_own(tmp_path: Path) -> None:
    config = LONG.replace(NOTES, "inbox_min_per_message") + 'target_unit = "min"\n'
    assert set(imported(tmp_path, config, long_csv=ROWS).frame["measure"]) == {"inbox_min_per_message"}


def test_input_files_are_those_that_a_stage_depends_on() -> None:
    config = EXPORTS / "epic_audit.toml"
    names = [path.name for path in input_files(load_imports(config), config)]
    assert names == ["epic_audit.csv", "audit_schedule.csv"]


def test_notes_are_json_and_equal_for_equal_inputs(tmp_path: Path) -> None:
    first, second = (json.dumps(imported(tmp_path, LONG, long_csv=ROWS).notes, allow_nan=False) for _ in "ab")
    assert first == second
