"""The [[import]] tables: where an export is, what its columns and metrics mean, and its phases.

One TOML file may hold several tables, which are combined; [phases] beside them holds for all that give
none of their own.  datasets/exports shows a whole file for each format.
"""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    model_validator,
)

from scribeeval.config_base import ConfigTable
from scribeeval.config_study import PhaseTable
from scribeeval.io.imports.consistency import inconsistencies
from scribeeval.io.imports.units import Target, Unit
from scribeeval.records import Phase

Format = Literal["epic_wide", "signal_long", "epic_audit", "columns"]
Part = Literal["value", "numerator", "denominator"]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# The columns that each format needs, with the names that the vendor's exports are known to use.
DEFAULT_COLUMNS: Mapping[Format, Mapping[str, str]] = {
    "epic_wide": {"clinician_id": "DE_ID", "metric": "Metric"},
    "signal_long": {"clinician_id": "clinician_id", "date": "date", "metric": "metric"},
    "epic_audit": {"clinician_id": "USER_ID", "time": "ACCESS_TIME", "metric": "METRIC_NAME"},
    "columns": {"clinician_id": "clinician_id", "date": "date"},
}


def _encoding(value: str) -> str:
    try:
        "".encode(value)  # an encoding of text, not of bytes such as hex
        return codecs.lookup(value).name
    except LookupError:
        raise ValueError("is no known encoding; give one like utf-8 or cp949") from None


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no known time zone; give one like America/New_York or Asia/Seoul") from None
    return value


def _many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_many), Field(strict=False, min_length=1)]
Day = Annotated[date, Field(strict=False)]
Clock = Annotated[time, Field(strict=False)]


class ColumnMap(ConfigTable):
    """[import.columns]: the export's name for each column; a format's own names where none is given."""

    clinician_id: str | None = None
    date: str | None = None
    metric: str | None = None
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    unit: str | None = None
    phase: str | None = None
    time: str | None = None


class Quantity(ConfigTable):
    """One side of a measure: a metric of the export, or several added; times: a rate's denominator.

    `{metric = "Minutes In Notes/Letters Per Appointment", unit = "min", times = "Count Of
    Appointments"}` is the total of the minutes.  A bare text is a count of that name.
    """

    metric: Texts
    unit: Unit = "count"
    part: Part = "value"
    times: str | None = None
    times_unit: Unit = "count"


Side = Annotated[Quantity, BeforeValidator(lambda v: {"metric": v} if isinstance(v, str) else v)]


class MeasureMap(ConfigTable):
    """[import.measures.NAME]: the two sides of a measure.

    target_unit, denominator_unit: only for a measure of your own, the units that the table keeps.
    zero_denominator: whether a period with minutes but no appointment counts ("keep": its minutes are
    part of the phase's total) or not ("exclude").  units_checked: the units are right although one
    period's values are about 60 times another's, or no percentage is above 1.
    """

    numerator: Side
    denominator: Side
    target_unit: Target | None = None
    denominator_unit: Target | None = None
    zero_denominator: Literal["keep", "exclude"] = "keep"
    units_checked: bool = False


class AfterHours(ConfigTable):
    """[import.audit.after_hours]: the window on the local clock; it may pass midnight."""

    start: Clock
    end: Clock
    weekends: bool

    @model_validator(mode="after")
    def _has_length(self) -> "AfterHours":
        if self.start == self.end:
            raise ValueError("start and end are the same; the window has no length")
        return self


class ScheduleTable(ConfigTable):
    """[import.audit.schedule]: one row per clinician and day worked."""

    file: str
    sheet: str | None = None
    clinician_id: str = "clinician_id"
    date: str = "date"
    appointments: str | None = None
    scheduled_h: str | None = None
    start: str | None = None
    end: str | None = None
    date_format: Texts = ("iso",)


class AuditTable(ConfigTable):
    """[import.audit]: how events become active minutes; the file's docstring defines them.

    first_day, last_day: the days that the log was extracted for; a log cannot say that nobody worked.
    """

    inactivity_cutoff_s: float = Field(gt=0, le=3600)
    time_zone: Annotated[str, AfterValidator(_zone)]
    first_day: Day
    last_day: Day
    time_format: str = "ISO8601"
    note_activities: Texts | None = None
    after_hours: AfterHours | None = None
    schedule: ScheduleTable | None = None
    schedule_buffer_min: float = Field(default=30, ge=0)


class ImportTable(ConfigTable):
    """One [[import]] table.

    decimal, thousands: how numbers are written; thousands = "" says that there is no mark.  missing:
    cells that stand for no value.  date: what a row's date is: the first day of its period, the last,
    any, or one day of several that are added up.  straddling: a period that reaches into another
    phase.  where: column -> the cells of the rows to keep.
    """

    file: str
    format: Format
    sheet: str | None = None
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    header_row: int = Field(default=1, ge=1)
    decimal: Literal[".", ","] | None = None
    thousands: Literal[",", ".", " ", "'", ""] | None = None
    missing: Annotated[tuple[str, ...], BeforeValidator(_many), Field(strict=False)] = ()
    date_format: Texts | None = None
    period: Literal["week", "month"]
    week_starts: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = (
        "monday"
    )
    date: Literal["start", "end", "any", "day"] = "start"
    columns: ColumnMap = ColumnMap()
    ignore: Texts | None = None
    where: dict[str, Texts] = Field(default_factory=dict)
    exclude_clinicians: Texts | None = None
    measures: dict[str, MeasureMap] = Field(min_length=1)
    phases: PhaseTable | None = None
    phase_names: dict[str, Phase] = Field(default_factory=dict)
    straddling: Literal["exclude", "keep"] = "exclude"
    audit: AuditTable | None = None

    def column(self, name: str) -> str | None:
        """The export's name of a column: as given, or as the format has it."""
        given: str | None = getattr(self.columns, name)
        return given if given is not None else DEFAULT_COLUMNS[self.format].get(name)

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats of dates; wide Epic exports head their months like 24-Jul."""
        if self.date_format is not None:
            return self.date_format
        return ("%y-%b",) if self.format == "epic_wide" else ("iso",)

    @model_validator(mode="after")
    def _fits_together(self) -> "ImportTable":
        problems = inconsistencies(self)
        if problems:
            raise ValueError("\n".join(problems))
        return self


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """The checked [[import]] tables of one file."""

    tables: tuple[ImportTable, ...]
