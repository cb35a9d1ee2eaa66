#!/usr/bin/env python3
"""Make datasets/exports: the same invented clinicians as the exports of several systems.

    make_exports.py [DIR]

Six clinicians work Tuesday and Thursday mornings from July 2024 to June 2025; the scribe starts in January
2025 with a month of training.  D004 is away in October, D005 comes in February, D006 leaves in December.
Every file tells the same months, so that every import ends in the same table.  Equal runs give equal
bytes, for one version of openpyxl.
"""

import csv
import hashlib
import io
import random
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook

SEED = 2024
MONTHS = [date(2024 + (6 + i) // 12, (6 + i) % 12 + 1, 1) for i in range(12)]
LOGGED = (date(2024, 12, 1), date(2025, 2, 1))  # months of the audit log: one before, one after
CLINICIANS = ("D001", "D002", "D003", "D004", "D005", "D006")
DAYS = 8  # clinic days a month
HOURS = 4  # scheduled, 8 to 12
STEP_S = 240  # between two events of a session
NOTES = ("Note edited", "Note signed")
OTHERS = ("Chart opened", "Results viewed", "Order entered")


@dataclass(frozen=True)
class Month:
    """What one clinician did in one month; minutes are multiples of a quarter."""

    clinician_id: str
    start: date
    appointments: int
    note_min_per_appointment: float
    other_min: float
    evening_min: float  # after 7 pm, all in notes
    afternoon_min: float  # after the clinic, none in notes
    closed: int
    typed: int
    characters: int
    notes: int

    @property
    def days(self) -> int:
        return DAYS if self.appointments else 0

    @property
    def note_min(self) -> float:
        return self.note_min_per_appointment * self.appointments

    @property
    def system_min(self) -> float:
        return self.note_min + self.other_min

    @property
    def outside_min(self) -> float:
        return self.evening_min + self.afternoon_min

    @property
    def scheduled_h(self) -> int:
        return self.days * HOURS


def months() -> list[Month]:
    """The truth that every file tells."""
    rng = random.Random(SEED)  # noqa: S311 - invented data
    rows = []
    for i, clinician_id in enumerate(CLINICIANS):
        for start in MONTHS:
            draws = [rng.random() for _ in range(8)]
            if (clinician_id == "D005" and start < date(2025, 2, 1)) or (
                clinician_id == "D006" and start > date(2024, 12, 1)
            ):
                continue
            if (clinician_id, start) == ("D004", date(2024, 10, 1)):
                rows.append(Month(clinician_id, start, 0, 0, 0, 0, 0, 0, 0, 0, 0))
                continue
            with_scribe = start >= date(2025, 1, 1)
            appointments = 18 + i + int(8 * draws[0])
            rate = (36 + 3 * i + int(6 * draws[1]) - (8 if with_scribe else 0)) / 4
            evening = (60 + 8 * i + int(30 * draws[2])) * (2 if with_scribe else 3) / 4
            characters = 1900 * appointments + int(4000 * draws[3])
            rows.append(
                Month(
                    clinician_id,
                    start,
                    appointments,
                    rate,
                    150 + 10 * i + int(40 * draws[4]),
                    evening,
                    24 + int(40 * draws[5]) / 4,
                    int(appointments * (0.62 + 0.2 * draws[6] + (0.08 if with_scribe else 0))),
                    int(characters * (0.08 if with_scribe else 0.12)),
                    characters,
                    appointments,
                )
            )
    return rows


def clinic_days(start: date) -> list[date]:
    """The first eight Tuesdays and Thursdays of a month."""
    days = [start + timedelta(days=i) for i in range(31)]
    return [day for day in days if day.month == start.month and day.weekday() in (1, 3)][:DAYS]


def shown(value: float) -> str:
    """A number as an export shows it."""
    return f"{value:g}" if value == int(value) else f"{value:.2f}".rstrip("0")


WIDE: dict[str, Callable[[Month], float]] = {
    "Count Of Appointments": lambda m: m.appointments,
    "Count Of Days In System": lambda m: m.days,
    "Count Of Scheduled Days": lambda m: m.days,
    "Count Of Days With Appointments": lambda m: m.days,
    "Count Of Minutes In The System": lambda m: m.system_min,
    "Count Of Minutes Active Outside 7AM to 7PM": lambda m: m.evening_min,
    "Count Of Minutes Active Outside Scheduled Time (30 Min Buffer)": lambda m: m.outside_min,
    "Minutes In Notes/Letters Per Appointment": lambda m: m.note_min_per_appointment,
    "Scheduled Hours per Day": lambda m: HOURS,
    "Count Of Saturday Minutes": lambda m: 0,
}


def epic_wide(truth: Sequence[Month]) -> tuple[list[str], list[list[str]]]:
    """One row per clinician and metric, months as columns; empty where there is nothing."""
    by_month = {(m.clinician_id, m.start): m for m in truth}
    rows = []
    for clinician_id in CLINICIANS:
        for metric, value in WIDE.items():
            cells = []
            for start in MONTHS:
                month = by_month.get((clinician_id, start))
                rate = " Per " in metric or " per " in metric
                gone = month is None or (rate and not month.appointments)
                cells.append("" if gone or month is None else shown(value(month)))
            rows.append([clinician_id, "Ambulatory", metric, *cells])
    return ["DE_ID", "Grouper", "Metric", *(f"{m:%y-%b}" for m in MONTHS)], rows


LONG: dict[str, tuple[str, Callable[[Month], float], Callable[[Month], float]]] = {
    "Time in Notes per Appointment": ("Minutes", lambda m: m.note_min, lambda m: m.appointments),
    "Time in System per Appointment": ("Minutes", lambda m: m.system_min, lambda m: m.appointments),
    "Time Outside 7 AM to 7 PM": ("Minutes", lambda m: m.evening_min, lambda m: m.days),
    "Time Outside Scheduled Hours": ("Minutes", lambda m: m.outside_min, lambda m: m.days),
    "System Time by Scheduled Hours": ("Minutes", lambda m: m.system_min, lambda m: m.scheduled_h),
    "Notes Time by Scheduled Hours": ("Minutes", lambda m: m.note_min, lambda m: m.scheduled_h),
    "Appointments Closed Same Day": ("Count", lambda m: m.closed, lambda m: m.appointments),
    "Message Turnaround": ("Hours", lambda m: 12.5, lambda m: 1),
}


def signal_long(truth: Sequence[Month]) -> tuple[list[str], list[list[str]]]:
    """One row per clinician, month and metric, with numerator and denominator."""
    columns = ["Clinician ID", "Metric", "Reporting Period Start Date", "Numerator", "Denominator", "Unit"]
    rows = [
        [m.clinician_id, metric, m.start.strftime("%m/%d/%Y"), shown(top(m)), shown(bottom(m)), unit]
        for m in truth
        for metric, (unit, top, bottom) in LONG.items()
    ]
    return columns, rows


def oracle(truth: Sequence[Month]) -> tuple[list[str], list[list[str]]]:
    """One row per clinician and month, seconds, with marks of thousands."""
    columns = ["Provider", "Month Ending", "Patients Seen", "Documentation Time (s)", "Time in EHR (s)",
               "After Hours Time (s)", "Outside Schedule (s)", "Days Worked", "Scheduled Hours",
               "Same Day Signed", "Manual Characters", "Note Characters", "Notes"]  # fmt: skip
    rows = []
    for m in truth:
        last = (m.start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        seconds = (m.note_min, m.system_min, m.evening_min, m.outside_min)
        whole = [m.appointments, *(round(60 * value) for value in seconds), m.days, m.scheduled_h,
                 m.closed, m.typed, m.characters, m.notes]  # fmt: skip
        rows.append([m.clinician_id, last.strftime("%d-%b-%Y"), *(f"{value:,}" for value in whole)])
    return columns, rows


KOREAN = ["의사번호", "진료월", "외래건수", "기록작성시간(분)", "EMR사용시간(분)", "야간사용시간(분)",
          "예약외사용시간(분)", "진료일수", "예약시간(시간)"]  # fmt: skip


def korean_rows(truth: Sequence[Month]) -> list[list[str | int | float]]:
    """One row per clinician and month, minutes."""
    return [
        [
            m.clinician_id,
            m.start.isoformat(),
            m.appointments,
            m.note_min,
            m.system_min,
            m.evening_min,
            m.outside_min,
            m.days,
            m.scheduled_h,
        ]
        for m in truth
    ]


def events(truth: Sequence[Month]) -> list[list[str]]:
    """The audit log of LOGGED: sessions in the morning, after the clinic and in the evening."""
    rows: list[list[str]] = []
    for m in truth:
        if m.start not in LOGGED:
            continue
        parts = [m.note_min - m.evening_min, m.other_min - m.afternoon_min, m.afternoon_min, m.evening_min]
        seconds = [round(60 * part) for part in parts]
        for k, day in enumerate(clinic_days(m.start)):
            notes, others, afternoon, evening = (s // DAYS + (s % DAYS if k == 0 else 0) for s in seconds)
            morning = datetime(day.year, day.month, day.day, 8)  # noqa: DTZ001 - the clinic's clock
            rows += session(m.clinician_id, morning, [(notes, NOTES[0]), (others, OTHERS[k % 3])])
            rows += session(m.clinician_id, morning + timedelta(hours=5), [(afternoon, OTHERS[(k + 1) % 3])])
            rows += session(m.clinician_id, morning + timedelta(hours=12), [(evening, NOTES[0])])
    return rows


def session(clinician_id: str, start: datetime, blocks: Iterable[tuple[int, str]]) -> list[list[str]]:
    """Events a few minutes apart; the last closes the session and begins nothing."""
    rows, moment = [], start
    for length, activity in blocks:
        moments = (moment + timedelta(seconds=at) for at in range(0, length, STEP_S))
        rows += [[activity, "", at.isoformat(sep=" "), clinician_id] for at in moments]
        moment += timedelta(seconds=length)
    return [*rows, [NOTES[1], "", moment.isoformat(sep=" "), clinician_id]]


def schedule(truth: Sequence[Month]) -> tuple[list[str], list[list[str]]]:
    """One row per clinician and clinic day of LOGGED."""
    rows = []
    for m in truth:
        if m.start in LOGGED and m.appointments:
            for k, day in enumerate(clinic_days(m.start)):
                seen = m.appointments // DAYS + (1 if k < m.appointments % DAYS else 0)
                rows.append([m.clinician_id, day.isoformat(), str(seen), str(HOURS), "08:00", "12:00"])
    return ["clinician_id", "date", "appointments", "scheduled_hours", "start", "end"], rows


def csv_bytes(
    columns: Sequence[str], rows: Iterable[Sequence[object]], encoding: str = "utf-8", delimiter: str = ","
) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", delimiter=delimiter).writerows([columns, *rows])
    return out.getvalue().encode(encoding)


def workbook(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A report as systems write them: a title, an empty row, real dates, and a second sheet."""
    book = Workbook()
    sheet = book.active
    sheet.title = "EHR use"
    sheet.append(["EHR use by month (invented)"])
    sheet.append([])
    sheet.append(list(columns))
    for row in rows:
        sheet.append([row[0], date.fromisoformat(str(row[1])), *row[2:]])
    book.create_sheet("About").append(["Every clinician in this workbook is invented."])
    plain = io.BytesIO()
    book.save(plain)
    return _same_bytes(plain)


def _same_bytes(plain: io.BytesIO) -> bytes:
    """Take the time of writing out of a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2025-07-01T00:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name, (2025, 7, 1, 0, 0, 0)), data)
    return out.getvalue()


def files() -> dict[str, bytes]:
    """Every file, by name: an example with all rows, and a template with two."""
    truth = months()
    made: dict[str, bytes] = {}
    tables = {
        "epic_wide": epic_wide(truth),
        "signal_long": signal_long(truth),
        "oracle_columns": oracle(truth),
        "epic_audit": (["METRIC_NAME", "METRIC_ID", "ACCESS_TIME", "USER_ID"], events(truth)),
        "audit_schedule": schedule(truth),
    }
    for name, (columns, rows) in tables.items():
        made[f"{name}.csv"] = csv_bytes(columns, rows)
        made[f"{name}.template.csv"] = csv_bytes(columns, rows[:2])
    korean = korean_rows(truth)
    comma = [
        [str(cell).replace(".", ",") if isinstance(cell, float) else cell for cell in row] for row in korean
    ]
    made["korean_columns.csv"] = csv_bytes(KOREAN, comma, "cp949", ";")
    made["korean_columns.template.csv"] = csv_bytes(KOREAN, comma[:2], "cp949", ";")
    made["workbook.xlsx"] = workbook(KOREAN, korean)
    made["workbook.template.xlsx"] = workbook(KOREAN, korean[:2])
    return made


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "datasets" / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files().items():
        (folder / name).write_bytes(data)
    listed = sorted(p for p in folder.iterdir() if p.name not in ("README.md", "SHA256SUMS"))
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in listed]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
    print(f"{folder}: {len(listed)} files")


if __name__ == "__main__":
    main()
