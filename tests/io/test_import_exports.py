"""Exports -> tidy table: the examples agree, the numbers are those by hand, and every bad export is named."""

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from scribeeval.errors import InputError
from scribeeval.io.ehr_use import frame_to_csv, read_ehr_use
from scribeeval.io.imports.load import load_imports
from scribeeval.io.imports.units import MEASURE_UNITS
from scribeeval.stages.import_exports import Imported, import_frame, input_files
from scribeeval.stats.measures import COLUMNS, MEASURES

ROOT = Path(__file__).parents[2]
EXPORTS = ROOT / "datasets" / "exports"
CONFIGS = sorted(path.stem for path in EXPORTS.glob("*.toml"))
KEY = ["clinician_id", "period_start", "measure"]
NOTES = "time_in_notes_min_per_appointment"
PHASES = "[phases]\ntraining = 2025-01-01\nafter = 2025-02-01\n"
RATE = "Minutes In Notes/Letters Per Appointment"
COUNT = "Count Of Appointments"
MEASURE = f"""
[import.measures.{NOTES}]
numerator = {{ metric = "{RATE}", unit = "min", times = "{COUNT}" }}
denominator = "{COUNT}"
"""
WIDE = f"""{PHASES}
[[import]]
file = "wide.csv"
format = "epic_wide"
period = "month"
{MEASURE}"""
HEADER = "DE_ID,Grouper,Metric,24-Dec,25-Jan,25-Feb\n"
BODY = f"A,x,{RATE},10.5,9,8\nA,x,{COUNT},20,20,30\nB,x,{RATE},12,11,10.25\nB,x,{COUNT},10,12,16\n"

LONG = f"""{PHASES}
[[import]]
file = "long.csv"
format = "columns"
period = "month"
[import.measures.{NOTES}]
numerator = {{ metric = "min", unit = "min" }}
denominator = "n"
"""
ROWS = "clinician_id,date,min,n\nA,2024-12-01,105,10\nA,2025-02-01,90,10\nB,2024-12-01,120.5,10\nB,2025-02-01,99,11\n"


def imported(folder: Path, config: str, **files: str | bytes) -> Imported:
    """Import what stands in files, named NAME_csv for NAME.csv."""
    (folder / "import.toml").write_text(config, encoding="utf-8")
    for name, content in files.items():
        path = folder / name.replace("_csv", ".csv").replace("_tsv", ".tsv").replace("_xlsx", ".xlsx")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return import_frame(load_imports(folder / "import.toml"), folder / "import.toml")


def problems(folder: Path, config: str, **files: str | bytes) -> tuple[str, ...]:
    with pytest.raises(InputError) as error:
        imported(folder, config, **files)
    assert all("\n" not in problem for problem in error.value.problems)
    return error.value.problems


def rows(found: Imported) -> dict[tuple[str, str], tuple[str, float, float]]:
    frame = found.frame
    return {
        (r.clinician_id, r.period_start): (r.phase, r.numerator, r.denominator)
        for r in frame.itertuples(index=False)
    }


def test_every_known_measure_has_its_units() -> None:
    assert MEASURE_UNITS.keys() == MEASURES.keys()


# ------------------------------------------------------------------ the examples


@pytest.fixture(scope="module")
def examples() -> dict[str, Imported]:
    """Every committed example, imported."""
    return {n: import_frame(load_imports(EXPORTS / f"{n}.toml"), EXPORTS / f"{n}.toml") for n in CONFIGS}


def test_wide_long_columns_and_workbook_are_one_table(examples: dict[str, Imported]) -> None:
    wide = examples["epic_wide"].frame.set_index(KEY)
    assert len(wide) == 348
    for name in ("signal_long", "oracle_columns", "korean_columns", "workbook"):
        other = examples[name].frame.set_index(KEY)
        pd.testing.assert_frame_equal(other.loc[wide.index], wide, rtol=1e-12, obj=name)
        more = set(other.index.get_level_values("measure")) - set(wide.index.get_level_values("measure"))
        assert len(other) == len(wide) + 58 * len(more)


def test_audit_log_gives_the_same_months(examples: dict[str, Imported]) -> None:
    log = examples["epic_audit"].frame.set_index(KEY)
    assert set(log.index.get_level_values("period_start")) == {"2024-12-01", "2025-02-01"}
    assert len(log) == 60
    wide = examples["epic_wide"].frame.set_index(KEY)
    pd.testing.assert_frame_equal(log, wide.loc[log.index], rtol=1e-12)


@pytest.mark.parametrize("name", CONFIGS)
def test_the_table_is_one_that_the_study_reads(
    examples: dict[str, Imported], name: str, tmp_path: Path
) -> None:
    frame = examples[name].frame
    path = tmp_path / "ehr_use.csv"
    path.write_text(frame_to_csv(frame), encoding="utf-8")
    assert list(frame.columns) == list(COLUMNS)
    pd.testing.assert_frame_equal(read_ehr_use(path), frame)


@pytest.mark.parametrize("name", CONFIGS)
def test_one_sided_clinicians_are_listed(examples: dict[str, Imported], name: str) -> None:
    sides = examples[name].notes["clinicians_on_one_side"]
    assert sides == {"only_before": ["D006"], "only_after": ["D005"], "only_training": []}
    assert {"D005", "D006"} <= set(examples[name].frame["clinician_id"]), "listed, not dropped"


def test_what_is_left_over_and_left_out_is_said(examples: dict[str, Imported]) -> None:
    (file,) = examples["epic_wide"].notes["files"]
    assert file["unmapped"] == {"Count Of Saturday Minutes": 72}
    assert file["ignored_columns"] == ["Grouper"]
    left = file["excluded_by_measure"][NOTES]
    assert left == {"denominator 0 (no appointment, day or note)": 1, "no value in the export": 13}
    (log,) = examples["epic_audit"].notes["files"]
    assert set(log["unmapped"]) == {"Chart opened", "Order entered", "Results viewed"}
    (long,) = examples["signal_long"].notes["files"]
    assert set(long["unmapped"]) == {"Message Turnaround"}


@pytest.mark.parametrize("path", sorted(EXPORTS.glob("*.template.*")), ids=lambda path: path.name)
def test_a_template_has_the_header_of_its_example(path: Path) -> None:
    example = path.with_name(path.name.replace(".template", ""))
    if path.suffix == ".xlsx":
        head, whole = (list(load_workbook(p)["EHR use"].values) for p in (path, example))
        assert head == whole[:5]
    else:
        head, whole = (p.read_bytes().splitlines() for p in (path, example))
        assert len(head) == 3
        assert head == whole[:3]


def test_the_script_makes_the_committed_files(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make_exports.py"
    subprocess.run([sys.executable, script, tmp_path], check=True, capture_output=True)
    for made in tmp_path.glob("*.*"):
        if made.suffix == ".xlsx":  # its bytes are openpyxl's
            new, old = (list(load_workbook(p)["EHR use"].values) for p in (made, EXPORTS / made.name))
            assert new == old
        else:
            assert made.read_bytes() == (EXPORTS / made.name).read_bytes(), made.name


def test_checksums() -> None:
    lines = (EXPORTS / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {line.split("  ", 1)[1]: line.split("  ", 1)[0] for line in lines}
    files = {p.name: p for p in EXPORTS.iterdir() if p.name not in ("SHA256SUMS", "README.md")}
    assert listed == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


# ------------------------------------------------------------------ numbers by hand


def test_a_rate_times_its_denominator_is_the_total(tmp_path: Path) -> None:
    found = imported(tmp_path, WIDE, wide_csv=HEADER + BODY)
    assert rows(found) == {
        ("A", "2024-12-01"): ("before", 210.0, 20.0),
        ("A", "2025-01-01"): ("training", 180.0, 20.0),
        ("A", "2025-02-01"): ("after", 240.0, 30.0),
        ("B", "2024-12-01"): ("before", 120.0, 10.0),
        ("B", "2025-01-01"): ("training", 132.0, 12.0),
        ("B", "2025-02-01"): ("after", 164.0, 16.0),
    }
    before = found.notes["measures"][NOTES]["phases"]["before"]
    assert before["ratio_of_totals"] == pytest.approx(330 / 30), "a ratio of totals, not (10.5 + 12) / 2"


UNITS = {
    "s": ("105 s", "s", "105", 1.75),
    "h": ("hours", "h", "0.5", 30.0),
    "min": ("min", "min", "12", 12.0),
}  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_units_are_converted(tmp_path: Path, unit: str) -> None:
    _, name, cell, minutes = UNITS[unit]
    text = f"clinician_id,date,min,n\nA,2024-12-01,{cell},10\nA,2025-02-01,{cell},10\n"
    found = imported(tmp_path, LONG.replace('unit = "min"', f'unit = "{name}"'), long_csv=text)
    assert set(found.frame["numerator"]) == {minutes}


def closure(unit: str) -> str:
    config = LONG.replace(NOTES, "same_day_closure_rate")
    return config.replace('unit = "min" }', f'unit = "{unit}", times = "n" }}')


def test_percent_and_fraction_become_counts(tmp_path: Path) -> None:
    text = "clinician_id,date,min,n\nA,2024-12-01,{0},20\nA,2025-02-01,{1},40\n"
    percent = imported(tmp_path, closure("percent"), long_csv=text.format("65", "72.5%"))
    fraction = imported(tmp_path, closure("fraction"), long_csv=text.format("0.65", "0.725"))
    assert percent.frame["numerator"].tolist() == pytest.approx([13, 29])
    pd.testing.assert_frame_equal(percent.frame, fraction.frame)


def test_eight_scheduled_hours(tmp_path: Path) -> None:
    """Sinsky et al. 2020: 8 x (5 h on the EHR) / (6 scheduled h) = 6.67 h: 5 h over 6 / 8."""
    config = LONG.replace(NOTES, "ehr_time8_h").replace(
        'denominator = "n"', 'denominator = { metric = "n", unit = "h" }'
    )
    text = "clinician_id,date,min,n\nA,2024-12-01,300,6\nA,2025-02-01,240,6\n"
    found = imported(tmp_path, config, long_csv=text)
    assert rows(found)[("A", "2024-12-01")] == ("before", 5.0, 0.75)


def test_metrics_are_added_up_and_days_are_summed_to_weeks(tmp_path: Path) -> None:
    config = LONG.replace('metric = "min"', 'metric = ["sat", "sun"]').replace(
        'period = "month"', 'period = "week"\ndate = "day"'
    )
    text = (
        "clinician_id,date,sat,sun,n\n"
        "A,2024-12-02,1,2,3\nA,2024-12-08,4,8,1\nA,2024-12-09,16,0,2\nA,2025-02-03,1,1,1\n"
    )
    assert rows(imported(tmp_path, config, long_csv=text)) == {
        ("A", "2024-12-02"): ("before", 15.0, 4.0),
        ("A", "2024-12-09"): ("before", 16.0, 2.0),
        ("A", "2025-02-03"): ("after", 2.0, 1.0),
    }


def test_a_week_that_reaches_into_another_phase_is_left_out_and_counted(tmp_path: Path) -> None:
    config = LONG.replace('period = "month"', 'period = "week"')
    text = "clinician_id,date,min,n\nA,2024-12-02,1,1\nA,2024-12-30,1,1\nA,2025-01-27,1,1\nA,2025-02-03,1,1\n"
    found = imported(tmp_path, config, long_csv=text)
    assert list(rows(found)) == [("A", "2024-12-02"), ("A", "2025-02-03")]
    (file,) = found.notes["files"]
    assert file["excluded_by_measure"][NOTES] == {"period reaches into another phase": 2}
    kept = imported(tmp_path, config.replace("[import.m", 'straddling = "keep"\n[import.m', 1), long_csv=text)
    assert [row[0] for row in rows(kept).values()] == ["before", "before", "training", "after"]


def test_periods_outside_the_phases_are_counted(tmp_path: Path) -> None:
    config = LONG.replace("[phases]", "[phases]\nbefore = 2024-12-01\nend = 2025-03-01")
    text = ROWS + "A,2024-11-01,1,1\nB,2025-03-01,1,1\n"
    found = imported(tmp_path, config, long_csv=text)
    assert len(found.frame) == 4
    assert found.notes["files"][0]["excluded_by_measure"][NOTES] == {"period outside the phases": 2}


def test_a_phase_column_with_the_export_s_own_words(tmp_path: Path) -> None:
    config = LONG.replace(PHASES, "").replace(
        "[import.measures",
        'columns = { phase = "p" }\nphase_names = { Pre = "before", Post = "after" }\n[import.measures',
        1,
    )
    text = "clinician_id,date,p,min,n\nA,2024-12-01,Pre,105,10\nA,2025-02-01,Post,90,10\n"
    assert [row[0] for row in rows(imported(tmp_path, config, long_csv=text)).values()] == ["before", "after"]
    (problem,) = problems(tmp_path, config, long_csv=text.replace("Post", "Later"))
    assert "row 3, column 'p': is none of before, training, after; translate" in problem


def test_two_files_are_one_table_and_may_not_overlap(tmp_path: Path) -> None:
    second = LONG.replace(PHASES, "").replace("long.csv", "more.csv")
    more = "clinician_id,date,min,n\nC,2024-12-01,105,10\nC,2025-02-01,90,10\n"
    assert len(imported(tmp_path, LONG + second, long_csv=ROWS, more_csv=more).frame) == 6
    (problem,) = problems(tmp_path, LONG + second, long_csv=ROWS, more_csv=more.replace("C,2024", "A,2024"))
    assert "clinician 'A', period 2024-12-01 is given by another table too" in problem
    weeks = second.replace("month", "week")
    (problem,) = problems(tmp_path, LONG + weeks, long_csv=ROWS, more_csv=more)
    assert "by month and by week from monday" in problem


# ------------------------------------------------------------------ zero, missing, excluded


def test_a_period_without_appointments(tmp_path: Path) -> None:
    """A total of minutes without appointments stays in the phase's total; a rate of nothing says nothing."""
    text = ROWS + "A,2024-11-01,30,0\nB,2024-11-01,0,0\n"
    found = imported(tmp_path, LONG, long_csv=text)
    assert rows(found)[("A", "2024-11-01")] == ("before", 30.0, 0.0)
    assert found.notes["measures"][NOTES]["n_rows_with_zero_denominator"] == 1
    zero = {"denominator 0 (no appointment, day or note)": 1}
    assert found.notes["files"][0]["excluded_by_measure"][NOTES] == zero
    left = imported(tmp_path, LONG + 'zero_denominator = "exclude"\n', long_csv=text)
    assert len(left.frame) == 4
    for rate in ("0", "", "9.5"):
        wide = imported(tmp_path, WIDE, wide_csv=HEADER + BODY.replace("10.5,9,8", f"10.5,{rate},8").replace("20,20,30", "20,0,30"))  # fmt: skip
        assert wide.notes["files"][0]["excluded_by_measure"][NOTES] == zero
        assert len(wide.frame) == 5


def test_declared_missing_cells_are_counted_and_their_clinicians_listed(tmp_path: Path) -> None:
    config = LONG.replace("[import.m", 'missing = ["N/A", "<5"]\n[import.m', 1)
    text = ROWS + "C,2024-12-01,n/a,10\nC,2025-02-01,50,<5\n"
    found = imported(tmp_path, config, long_csv=text)
    assert found.notes["files"][0]["excluded_by_measure"][NOTES] == {
        "denominator missing": 1,
        "numerator missing": 1,
    }
    assert found.notes["clinicians_without_rows"] == ["C"], "nowhere in the table, yet not unsaid"
    assert found.notes["measures"][NOTES]["without_rows"] == ["C"]


def test_excluded_clinicians_and_rows_by_where(tmp_path: Path) -> None:
    keep = 'exclude_clinicians = "Total"\nwhere = { unit = "A1" }\n[import.m'
    text = (
        ROWS.replace("\n", ",A1\n").replace("n,A1", "n,unit", 1)
        + "Total,2024-12-01,9,9,A1\nZ,2024-12-01,1,1,B1\n"
    )
    found = imported(tmp_path, LONG.replace("[import.m", keep, 1), long_csv=text)
    assert set(found.frame["clinician_id"]) == {"A", "B"}
    excluded = found.notes["files"][0]["excluded"]
    assert excluded == {"clinician excluded by settings": 1, "row not kept by `where`": 1}


def test_one_clinician_is_a_table_with_a_warning(tmp_path: Path) -> None:
    text = "clinician_id,date,min,n\nA,2024-12-01,105,10\nA,2025-02-01,90,10\n"
    found = imported(tmp_path, LONG, long_csv=text)
    assert len(found.frame) == 2
    assert found.notes["warnings"] == ["only 1 with both phases; no interval and no test can be given"]


def test_one_clinician_in_another_unit_is_a_warning(tmp_path: Path) -> None:
    text = ROWS + "C,2024-12-01,101,10\nC,2025-02-01,90,10\nD,2024-12-01,1.75,10\nD,2025-02-01,1.5,10\n"
    (warning,) = imported(tmp_path, LONG, long_csv=text).notes["warnings"]
    assert "D: about 60 times" in warning


# ------------------------------------------------------------------ how files are written


def test_bom_crlf_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    config = LONG.replace("[import.m", 'delimiter = ";"\ndecimal = ","\n[import.m', 1)
    text = ROWS.replace(",", ";").replace(".", ",").replace("\n", "\r\n")
    found = imported(tmp_path, config, long_csv=text.encode("utf-8-sig"))
    pd.testing.assert_frame_equal(found.frame, imported(tmp_path, LONG, long_csv=ROWS).frame)


def test_tabs_banner_rows_and_declared_thousands(tmp_path: Path) -> None:
    config = LONG.replace("long.csv", "long.tsv").replace(
        "[import.m", 'delimiter = "\\t"\nheader_row = 3\nthousands = ","\n[import.m', 1
    )
    text = "EHR use, all sites\n\n" + ROWS.replace(",", "\t").replace("105", "1,105")
    assert rows(imported(tmp_path, config, long_tsv=text))[("A", "2024-12-01")][1] == 1105


def test_korean_in_cp949_is_read_where_it_is_declared(tmp_path: Path) -> None:
    config = LONG.replace('"min"', '"분"', 1).replace('metric = "min"', 'metric = "분"')
    text = ROWS.replace("min", "분").replace("A,", "김,").encode("cp949")
    (problem,) = problems(tmp_path, config, long_csv=text)
    assert "line 1 is not utf-8 text" in problem
    assert "cp949" in problem
    found = imported(tmp_path, config.replace("[import.m", 'encoding = "cp949"\n[import.m', 1), long_csv=text)
    assert set(found.frame["clinician_id"]) == {"김", "B"}


def test_excel_serials_are_dates_where_they_are_declared(tmp_path: Path) -> None:
    """45627 is 1 December 2024, 45689 is 1 February 2025."""
    text = ROWS.replace("2024-12-01", "45627").replace("2025-02-01", "45689")
    found = imported(
        tmp_path, LONG.replace("[import.m", 'date_format = "excel"\n[import.m', 1), long_csv=text
    )
    pd.testing.assert_frame_equal(found.frame, imported(tmp_path, LONG, long_csv=ROWS).frame)
    first, *_ = problems(tmp_path, LONG, long_csv=text)
    assert "row 2, column 'date': holds a number like an Excel date" in first
    assert 'date_format = "excel"' in first


def test_parquet_and_jsonl_are_read_too(tmp_path: Path) -> None:
    frame = pd.DataFrame(list(csv.DictReader(ROWS.splitlines()))).astype({"min": float, "n": int})
    frame.to_parquet(tmp_path / "long.parquet")
    (tmp_path / "long.jsonl").write_text(frame.to_json(orient="records", lines=True), encoding="utf-8")
    want = imported(tmp_path, LONG, long_csv=ROWS).frame
    for suffix in (".parquet", ".jsonl"):
        pd.testing.assert_frame_equal(imported(tmp_path, LONG.replace(".csv", suffix)).frame, want)


# ------------------------------------------------------------------ bad exports

LAST = "A,2025-02-01,90,10"
TEXT = "pain in the chest"
# name -> (config, file, words of the first problem)
BAD: dict[str, tuple[str, str | bytes, tuple[str, ...]]] = {
    "one phase missing": (LONG, ROWS.replace("2025-02", "2024-11"), ("no row is in phase 'after'", "[phases]")),
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
    "half an appointment": (LONG, ROWS.replace("105,10", "105,10.5"), ("row 2, column 'n'", "no whole number")),
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
    "misspelt metric": (WIDE, HEADER + BODY.replace("Count Of App", "Count of App"), ("metric", "did you mean")),
    "unknown wide column": (WIDE, (HEADER + BODY).replace("25-Jan", "Region"), ("column 'Region'", "`ignore`")),
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
}  # fmt: skip


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
    lines = [f"C{i},{day},N/A,10" if i % 2 == 0 else f"C{i},{day},50,10" for i in range(60) for day in ("2024-12-01", "2025-02-01")]  # fmt: skip
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
    text = SIGNAL_ROWS.replace("Appointments,10,", "Visits,10,count")
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
    "two kinds of phases": ("[import.m", 'columns = {phase = "p"}\nphases = {after = 2025-01-01}\n[import.m', ("not both",)),
}  # fmt: skip


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


# ------------------------------------------------------------------ workbooks


def workbook(path: Path, cells: list[list[Any]], formats: dict[str, str] | None = None) -> None:
    book = Workbook()
    for row in cells:
        book.active.append(row)
    for place, style in (formats or {}).items():
        book.active[place].number_format = style
    book.save(path)


XLSX = LONG.replace("long.csv", "long.xlsx")
TABLE: list[list[Any]] = [
    ["clinician_id", "date", "min", "n"],
    *[line.split(",") for line in ROWS.splitlines()[1:]],
]


def test_a_percentage_of_a_workbook_is_what_it_shows(tmp_path: Path) -> None:
    """Stored 0.665, shown 66.5 %: read as a percentage, and refused where a fraction is declared."""
    cells = [TABLE[0], [1001, "2024-12-01", 0.665, 20], [1001.0, "2025-02-01", 0.7, 20]]
    workbook(tmp_path / "long.xlsx", cells, {"C2": "0.0%", "C3": "0.0%"})
    config = closure("percent").replace("long.csv", "long.xlsx")
    found = imported(tmp_path, config)
    assert found.frame["numerator"].tolist() == pytest.approx([13.3, 14])
    assert set(found.frame["clinician_id"]) == {"1001"}
    first, *_ = problems(tmp_path, config.replace('"percent"', '"fraction"'))
    assert "carries a percent sign" in first or "above 1" in first


def test_formulas_without_values_broken_and_many_sheets(tmp_path: Path) -> None:
    workbook(tmp_path / "long.xlsx", [*TABLE[:2], ["A", "2025-02-01", "=1+1", 10]])
    (problem,) = problems(tmp_path, XLSX)
    assert "row 3, cell 3: holds a formula whose value was never saved" in problem
    book = Workbook()
    book.create_sheet("Data")
    book.save(tmp_path / "long.xlsx")
    (problem,) = problems(tmp_path, XLSX)
    assert "has 2 sheets (Sheet, Data); name one with `sheet`" in problem
    (problem,) = problems(tmp_path, XLSX.replace("[import.m", 'sheet = "Dat"\n[import.m', 1))
    assert "did you mean 'Data'" in problem
    whole = (EXPORTS / "workbook.xlsx").read_bytes()
    for n in (0, 100, len(whole) // 2, len(whole) - 30):
        (problem,) = problems(tmp_path, XLSX, long_xlsx=whole[:n])
        assert "XLSX" in problem or "breaks off" in problem


def test_a_month_that_excel_took_for_a_day_is_named(tmp_path: Path) -> None:
    """24-Jul, typed into Excel, is the 24th of July of the running year."""
    header = [
        "DE_ID",
        "Metric",
        pd.Timestamp("2025-12-24").to_pydatetime(),
        pd.Timestamp("2025-02-01").to_pydatetime(),
    ]
    workbook(tmp_path / "wide.xlsx", [header, ["A", RATE, 1, 1], ["A", COUNT, 1, 1]])
    (problem,) = problems(tmp_path, WIDE.replace("wide.csv", "wide.xlsx"))
    assert "2025-12-24 is not the start of a month" in problem
    assert "24-Jul" in problem
