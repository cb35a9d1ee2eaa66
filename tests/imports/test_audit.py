"""Audit logs: minutes worked out by hand, clocks of every kind, and periods that the log does not cover."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imports.conftest import imported, problems

CONFIG = """
[phases]
after = 2024-11-18
[[import]]
file = "log.csv"
format = "epic_audit"
period = "week"
[import.audit]
first_day = 2024-11-04
last_day = 2024-11-24
inactivity_cutoff_s = 300
time_zone = "America/New_York"
note_activities = "Note edited"
after_hours = { start = "17:30", end = "07:00", weekends = true }
[import.audit.schedule]
file = "schedule.csv"
appointments = "n"
scheduled_h = "h"
start = "from"
end = "to"
[import.measures.time_in_notes_min_per_appointment]
numerator = { metric = "active_min_in_notes", unit = "min" }
denominator = { metric = "appointments", unit = "number" }
[import.measures.after_hours_min_per_workday]
numerator = { metric = "active_min_after_hours", unit = "min" }
denominator = "workdays"
[import.measures.time_outside_scheduled_hours_min_per_day]
numerator = { metric = ["active_min_outside_schedule", "active_min_on_unscheduled_days"], unit = "min" }
denominator = "workdays"
[import.measures.ehr_time8_h]
numerator = { metric = "active_min", unit = "min" }
denominator = { metric = "scheduled_h", unit = "h" }
"""
SCHEDULE = "clinician_id,date,n,h,from,to\n" + "".join(
    f"A,{day},10,8,08:00,17:00\n" for day in ("2024-11-04", "2024-11-05", "2024-11-18")
)
# By hand, Monday 4 November: 17:27 - 17:29 - 17:33 in notes, 4 + 2 = 6 min, of which 3 from 17:30 on; buffer
# until 17:30.  17:33 - 17:37 reading: 4 min.  17:42:01 is 301 s later: nothing.  Saturday 9th: 10:00 - 10:05
# in notes, weekend and unscheduled.  Monday 18th: 08:00 - 08:04 in notes.
EVENTS = [
    ("2024-11-04 17:27:00", "Note edited"),
    ("2024-11-04 17:29:00", "Note edited"),
    ("2024-11-04 17:33:00", "Chart opened"),
    ("2024-11-04 17:37:00", "Note edited"),
    ("2024-11-04 17:42:01", "Note edited"),
    ("2024-11-09 10:00:00", "Note edited"),
    ("2024-11-09 10:05:00", "Chart opened"),
    ("2024-11-18 08:00:00", "Note edited"),
    ("2024-11-18 08:04:00", "Chart opened"),
]


def log(events: list[tuple[str, str]], clinician_id: str = "A") -> str:
    lines = [f"{activity},1,{moment},{clinician_id}" for moment, activity in events]
    return "METRIC_NAME,METRIC_ID,ACCESS_TIME,USER_ID\n" + "\n".join(lines) + "\n"


def values(
    folder: Path, config: str = CONFIG, text: str = log(EVENTS), schedule: str = SCHEDULE
) -> dict[str, float]:
    frame = imported(folder, config, log_csv=text, schedule_csv=schedule).frame
    first = frame[frame["period_start"] == frame["period_start"].min()].set_index("measure")["numerator"]
    return {str(name): float(minutes) for name, minutes in first.items()}


BY_HAND = {
    "time_in_notes_min_per_appointment": 2 + 4 + 5,
    "after_hours_min_per_workday": 3 + 4 + 5,
    "time_outside_scheduled_hours_min_per_day": 3 + 4 + 5,
    "ehr_time8_h": (2 + 4 + 4 + 5) / 60,
}


def test_a_week_by_hand(tmp_path: Path) -> None:
    found = imported(tmp_path, CONFIG, log_csv=log(EVENTS), schedule_csv=SCHEDULE)
    assert values(tmp_path) == pytest.approx(BY_HAND)
    denominators = found.frame.set_index(["period_start", "measure"])["denominator"]
    assert denominators["2024-11-04", "time_in_notes_min_per_appointment"] == 20
    assert denominators["2024-11-04", "after_hours_min_per_workday"] == 2
    assert denominators["2024-11-04", "ehr_time8_h"] == 16 / 8
    (file,) = found.notes["files"]
    assert file["unmapped"] == {"Chart opened": 3}
    assert file["clock"] == "no offsets: clock of America/New_York"


@pytest.mark.parametrize(("cutoff", "minutes"), [(301, 15 / 60 + 301 / 3600), (240, 10 / 60), (120, 2 / 60)])
def test_the_cutoff_is_the_user_s(tmp_path: Path, cutoff: int, minutes: float) -> None:
    config = CONFIG.replace("cutoff_s = 300", f"cutoff_s = {cutoff}")
    assert values(tmp_path, config)["ehr_time8_h"] == pytest.approx(minutes)


def test_the_buffer_and_the_weekend_are_the_user_s(tmp_path: Path) -> None:
    wide = CONFIG.replace("[import.audit.schedule]", "schedule_buffer_min = 35\n[import.audit.schedule]")
    assert values(tmp_path, wide)["time_outside_scheduled_hours_min_per_day"] == pytest.approx(2 + 5)
    assert values(tmp_path, CONFIG.replace("weekends = true", "weekends = false"))[
        "after_hours_min_per_workday"
    ] == pytest.approx(3 + 4)


def test_offsets_are_converted_to_the_zone(tmp_path: Path) -> None:
    """The same instants in UTC and, in turns, with New York's own offset: two offsets, one truth."""
    local = pd.DatetimeIndex([moment for moment, _ in EVENTS]).tz_localize("America/New_York")
    names = [activity for _, activity in EVENTS]
    utc = [str(t).replace(" ", "T").replace("+00:00", "Z") for t in local.tz_convert("UTC")]
    mixed = [u if i % 2 else str(t) for i, (u, t) in enumerate(zip(utc, local, strict=True))]
    for moments in (utc, mixed):
        text = log(list(zip(moments, names, strict=True)))
        assert values(tmp_path, text=text) == pytest.approx(BY_HAND)
    found = imported(
        tmp_path,
        CONFIG.replace("America/New_York", "Asia/Seoul"),
        log_csv=log(list(zip(utc, names, strict=True))),
        schedule_csv=SCHEDULE,
    )
    assert found.notes["files"][0]["clock"] == "offsets converted to Asia/Seoul"
    seoul = found.frame.set_index(["period_start", "measure"])["numerator"]
    assert seoul["2024-11-04", "after_hours_min_per_workday"] == pytest.approx(5), (
        "07:27, and Sunday at 00:00"
    )
    assert seoul["2024-11-18", "after_hours_min_per_workday"] == pytest.approx(4), "22:00"


def test_the_repeated_hour_is_left_out_and_counted_where_no_offset_tells(tmp_path: Path) -> None:
    """New York sets its clocks back on 3 November 2024 at 02:00: 01:30 is there twice."""
    config = CONFIG.replace("first_day = 2024-11-04", "first_day = 2024-10-28")
    night = [
        ("2024-11-03 00:58:00", "Note edited"),
        ("2024-11-03 01:02:00", "Note edited"),
        ("2024-11-03 02:01:00", "Note edited"),
    ]
    found = imported(tmp_path, config, log_csv=log(night + EVENTS), schedule_csv=SCHEDULE)
    assert found.notes["files"][0]["excluded"] == {"event in the hour that the clocks repeat": 1}
    told = [("2024-11-03 01:58:00-04:00", "Note edited"), ("2024-11-03 01:02:00-05:00", "Note edited")]
    told += [(f"{moment}-05:00", activity) for moment, activity in EVENTS]
    week = SCHEDULE + "A,2024-10-28,1,8,08:00,17:00\n"
    numbers = values(tmp_path, config, log(told), week)
    assert numbers["time_in_notes_min_per_appointment"] == pytest.approx(4), "four minutes, not minus 56"
    assert numbers["after_hours_min_per_workday"] == pytest.approx(4)


def test_weeks_that_the_log_covers_in_part_are_left_out(tmp_path: Path) -> None:
    config = CONFIG.replace("last_day = 2024-11-24", "last_day = 2024-11-25")
    events = [*EVENTS, ("2024-11-25 09:00:00", "Note edited"), ("2024-11-26 09:00:00", "Note edited")]
    found = imported(tmp_path, config, log_csv=log(events), schedule_csv=SCHEDULE)
    assert set(found.frame["period_start"]) == {"2024-11-04", "2024-11-18"}
    assert found.notes["files"][0]["excluded"] == {
        "event outside first_day to last_day": 1,
        "the log covers only a part of the period": 1,
    }


def test_a_scheduled_clinician_without_events_is_no_zero(tmp_path: Path) -> None:
    schedule = SCHEDULE + "A,2024-11-11,10,8,08:00,17:00\nB,2024-11-04,10,8,08:00,17:00\n"
    found = imported(tmp_path, CONFIG, log_csv=log(EVENTS), schedule_csv=schedule)
    assert found.notes["files"][0]["excluded"] == {"scheduled period without an event in the log": 2}
    assert found.notes["files"][0]["excluded_by_measure"] == {}, "said once"
    assert found.notes["clinicians_without_rows"] == ["B"]


def test_a_clinician_who_is_not_in_the_schedule_has_no_denominator(tmp_path: Path) -> None:
    text = log(EVENTS) + "".join(log(EVENTS, "B").splitlines(keepends=True)[1:])
    found = imported(tmp_path, CONFIG, log_csv=text, schedule_csv=SCHEDULE)
    reasons = found.notes["files"][0]["excluded_by_measure"]["time_in_notes_min_per_appointment"]
    assert reasons == {"denominator missing": 2}
    assert found.notes["clinicians_without_rows"] == ["B"]


NAIVE = log(EVENTS)
# name -> (config, log, schedule, words of the first problem)
BAD: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "naive and offset": (
        CONFIG,
        NAIVE.replace("17:33:00", "17:33:00-05:00"),
        SCHEDULE,
        ("1 times have an offset from UTC and 8 have none", "first row without: 2"),
    ),
    "no zone": (
        CONFIG.replace('time_zone = "America/New_York"\n', ""),
        NAIVE,
        SCHEDULE,
        ("'audit.time_zone' is missing",),
    ),
    "unknown zone": (
        CONFIG.replace("America/New_York", "New York"),
        NAIVE,
        SCHEDULE,
        ("no known time zone",),
    ),
    "skipped hour": (
        CONFIG.replace("2024-11", "2024-03"),
        log([("2024-03-10 02:30:00", "Note edited")]),
        SCHEDULE,
        ("row 2, column 'ACCESS_TIME'", "the clocks of America/New_York skip", "time_zone"),
    ),
    "no time": (CONFIG, NAIVE.replace("2024-11-04 17:33:00", "yesterday"), SCHEDULE, ("row 4", "is no time")),
    "empty time": (CONFIG, NAIVE.replace("2024-11-04 17:33:00", ""), SCHEDULE, ("row 4", "is no time")),
    "serial time": (
        CONFIG,
        NAIVE.replace("2024-11-04 17:33:00", "45600.73"),
        SCHEDULE,
        ("row 4", "is no time"),
    ),
    "days only": (
        CONFIG,
        log([(moment[:10], activity) for moment, activity in EVENTS]),
        SCHEDULE,
        ("days without a clock time",),
    ),
    "whole minutes": (
        CONFIG.replace("cutoff_s = 300", "cutoff_s = 5"),
        NAIVE.replace("17:42:01", "17:42:00"),
        SCHEDULE,
        ("whole minutes, too coarse for a cut-off of 5 s",),
    ),
    "other year": (CONFIG, NAIVE.replace("2024-", "2023-"), SCHEDULE, ("no event lies between",)),
    "activity": (
        CONFIG.replace("Note edited", "Note edit"),
        NAIVE,
        SCHEDULE,
        ("did you mean 'Note edited'",),
    ),
    "cut-off of a day": (CONFIG.replace("= 300", "= 86400"), NAIVE, SCHEDULE, ("audit.inactivity_cutoff_s",)),
    "window without length": (
        CONFIG.replace("07:00", "17:30"),
        NAIVE,
        SCHEDULE,
        ("the window has no length",),
    ),
    "no window": (
        CONFIG.replace("after_hours = {", "# {"),
        NAIVE,
        SCHEDULE,
        ("active_min_after_hours, which needs audit.after_hours",),
    ),
    "no appointments": (
        CONFIG.replace('appointments = "n"', ""),
        NAIVE,
        SCHEDULE,
        ("needs audit.schedule.appointments",),
    ),
    "unknown metric": (
        CONFIG.replace('"active_min"', '"active_minutes"'),
        NAIVE,
        SCHEDULE,
        ("did you mean 'active_min'",),
    ),
    "day twice": (
        CONFIG,
        NAIVE,
        SCHEDULE + "A,2024-11-04,1,1,08:00,09:00\n",
        ("has the day 2024-11-04 twice",),
    ),
    "night shift": (
        CONFIG,
        NAIVE,
        SCHEDULE.replace("17:00", "07:00"),
        ("row 2, column 'to'", "is not after 'from'"),
    ),
    "no clock": (
        CONFIG,
        NAIVE,
        SCHEDULE.replace("08:00", "8am"),
        ("row 2, column 'from'", "not a clock time"),
    ),
    "hours in minutes": (
        CONFIG,
        NAIVE,
        SCHEDULE.replace(",8,", ",480,"),
        ("row 2, column 'h'", "more than 24 hours"),
    ),
    "negative": (CONFIG, NAIVE, SCHEDULE.replace("10,8", "-10,8"), ("row 2, column 'n'", "is negative")),
    "blank": (CONFIG, NAIVE, SCHEDULE.replace("10,8", ",8"), ("row 2, column 'n'", "write 0")),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_log_or_schedule_is_named(tmp_path: Path, name: str) -> None:
    config, text, schedule, words = BAD[name]
    first, *_ = problems(tmp_path, config, log_csv=text, schedule_csv=schedule)
    for word in words:
        assert word in first


def test_many_events_are_read_in_bounded_time_and_give_the_sum_of_their_gaps(tmp_path: Path) -> None:
    """60,000 events; the oracle is pandas, clinician by clinician."""
    rng = np.random.Generator(np.random.PCG64(7))
    n = 60_000
    who = rng.integers(0, 20, n)
    seconds = rng.integers(0, 21 * 86_400, n)
    moments = pd.Timestamp("2024-11-04") + pd.to_timedelta(seconds, unit="s")
    frame = pd.DataFrame({"who": who, "moment": moments}).sort_values(["who", "moment"])
    gaps = frame.groupby("who")["moment"].diff().dt.total_seconds()
    expected = gaps[gaps <= 300].sum() / 3600
    lines = [f"Note edited,1,{t},C{w}" for t, w in zip(moments.astype(str), who, strict=True)]
    text = "METRIC_NAME,METRIC_ID,ACCESS_TIME,USER_ID\n" + "\n".join(lines) + "\n"
    config = CONFIG.replace("America/New_York", "Asia/Seoul")
    days = [
        f"C{w},{d:%Y-%m-%d},10,8,08:00,17:00\n"
        for w in range(20)
        for d in pd.date_range("2024-11-04", periods=21)
    ]
    schedule = SCHEDULE.splitlines(keepends=True)[0] + "".join(days)
    found = imported(tmp_path, config, log_csv=text, schedule_csv=schedule).frame
    total = found.loc[found["measure"] == "ehr_time8_h", "numerator"].sum()
    assert total == pytest.approx(expected, rel=1e-9)
