"""Numbers by hand, what is left out and counted, and files however they are written."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from imports.conftest import BODY, HEADER, LONG, NOTES, PHASES, ROWS, WIDE, closure, imported, problems, rows


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


@pytest.mark.parametrize(
    ("unit", "cell", "minutes"), [("s", "105", 1.75), ("h", "0.5", 30.0), ("min", "1.205", 1.205)]
)
def test_units_are_converted(tmp_path: Path, unit: str, cell: str, minutes: float) -> None:
    text = f"clinician_id,date,min,n\nA,2024-12-01,{cell},10\nA,2025-02-01,{cell},10\n"
    found = imported(tmp_path, LONG.replace('unit = "min"', f'unit = "{unit}"'), long_csv=text)
    assert set(found.frame["numerator"]) == {minutes}


def test_percent_and_fraction_become_counts(tmp_path: Path) -> None:
    text = "clinician_id,date,min,n\nA,2024-12-01,{0},20\nA,2025-02-01,{1},40\n"
    percent = imported(tmp_path, closure("percent"), long_csv=text.format("65", "72.5%"))
    fraction = imported(tmp_path, closure("fraction"), long_csv=text.format("0.65", "0.725"))
    assert percent.frame["numerator"].tolist() == pytest.approx([13, 29])
    pd.testing.assert_frame_equal(percent.frame, fraction.frame)


def test_percentages_below_one_pass_where_they_were_checked(tmp_path: Path) -> None:
    text = "clinician_id,date,min,n\nA,2024-12-01,0.5,20\nA,2025-02-01,0.7,40\n"
    (problem,) = problems(tmp_path, closure("percent"), long_csv=text)
    assert "units_checked" in problem
    found = imported(tmp_path, closure("percent") + "units_checked = true\n", long_csv=text)
    assert found.frame["numerator"].tolist() == pytest.approx([0.1, 0.28])


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
        wide = imported(
            tmp_path,
            WIDE,
            wide_csv=HEADER + BODY.replace("10.5,9,8", f"10.5,{rate},8").replace("20,20,30", "20,0,30"),
        )
        assert wide.notes["files"][0]["excluded_by_measure"][NOTES] == zero
        assert len(wide.frame) == 5


def test_a_rate_of_nothing_says_nothing_and_hours_of_no_day_are_none(tmp_path: Path) -> None:
    """Scheduled hours without appointments: minutes in notes are unknown, not 0.  No scheduled day: 0 h."""
    config = LONG.replace(NOTES, "note_time8_h").replace(
        'unit = "min" }\ndenominator = "n"',
        'unit = "min", times = "n" }\ndenominator = { metric = "h", unit = "h", times = "d" }',
    )
    text = (
        "clinician_id,date,min,n,h,d\nA,2024-11-01,0,0,4,8\nA,2024-12-01,12,10,4,8\n"
        "A,2025-02-01,9,10,4,8\nA,2025-03-01,,0,,0\n"
    )
    found = imported(tmp_path, config, long_csv=text)
    assert rows(found) == {
        ("A", "2024-12-01"): ("before", 2.0, 4.0),
        ("A", "2025-02-01"): ("after", 1.5, 4.0),
    }
    assert found.notes["files"][0]["excluded_by_measure"]["note_time8_h"] == {
        "denominator 0 (no appointment, day or note)": 1,
        "numerator missing": 1,
    }


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
