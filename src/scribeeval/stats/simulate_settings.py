"""The settings of a simulated pilot: the [simulate] table of a config, checked key by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_origin, get_type_hints

from scribeeval.errors import InputError, not_known
from scribeeval.stats.measures import MEASURES

SIMULATED = (
    "time_in_notes_min_per_appointment",
    "same_day_closure_rate",
    "after_hours_min_per_workday",
    "manual_characters_share",
    "note_length_chars_per_note",
)


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """One measure's table; configs/simulate-demo.toml says what each number is."""

    before: float
    after: float
    spread: float
    heavy_gain: float
    gain_spread: float
    season: float
    noise: float


@dataclass(frozen=True, slots=True)
class Settings:
    """The [simulate] table; configs/simulate-demo.toml says what each number is."""

    seed: int
    first_week: date
    weeks_before: int
    weeks_training: int
    weeks_after: int
    n_scribe: int
    n_control: int
    leaver: int
    specialties: list[str]
    n_sites: int
    years_in_practice: float
    problem_list_size: float
    weekly_visits: float
    weekly_visits_spread: float
    leave: float
    holiday_weeks: list[date]
    holiday_leave: float
    short_week: float
    utilisation_low: float
    utilisation_high: float
    dose: float
    heavy_in_all: float
    drift_per_year: float
    autocorrelation: float
    control_level: float
    measures: Mapping[str, MeasureSettings]


def read_settings(table: Mapping[str, Any]) -> Settings:
    """Check the [simulate] table of a config and make it Settings.

    Raises:
        InputError: a key is unknown, missing or of another type, or a number is out of range.
    """
    problems = _key_problems("simulate", table, get_type_hints(Settings))
    if problems:
        raise InputError(problems)
    tables = table["measures"]
    problems = _key_problems("simulate.measures", tables, dict.fromkeys(SIMULATED, Mapping))
    for name in (name for name in SIMULATED if name in tables):
        problems += _key_problems(f"simulate.measures.{name}", tables[name], get_type_hints(MeasureSettings))
    if problems:
        raise InputError(problems)
    measures = {name: MeasureSettings(**tables[name]) for name in SIMULATED}
    settings = Settings(**{**table, "measures": measures})
    if problems := _range_problems(settings):
        raise InputError(problems)
    return settings


def _key_problems(where: str, table: Any, kinds: Mapping[str, Any]) -> list[str]:
    """Compare a table's keys and the types of its values with what is wanted."""
    if not isinstance(table, Mapping):
        return [f"[{where}] must be a table; configs/simulate-demo.toml shows it"]
    problems = [f"[{where}] {not_known('key', key, kinds)}" for key in table if key not in kinds]
    for key, hint in kinds.items():
        kind = get_origin(hint) or hint
        wanted = (int, float) if kind is float else kind
        if key not in table:
            problems.append(f"[{where}] lacks {key}; configs/simulate-demo.toml shows it")
        elif isinstance(table[key], bool) or not isinstance(table[key], wanted):
            problems.append(f"[{where}] {key} must be of type {kind.__name__}")
    return problems


def _range_problems(s: Settings) -> list[str]:
    days = [s.first_week, *s.holiday_weeks]
    shares = [s.leave, s.holiday_leave, s.short_week, s.utilisation_low, s.utilisation_high]
    shares += [s.dose, s.heavy_in_all, s.autocorrelation]
    means = [s.years_in_practice, s.problem_list_size, s.weekly_visits, s.control_level]
    means += [mean for m in s.measures.values() for mean in (m.before, m.after)]
    shares_of_measures = [m for name, m in s.measures.items() if MEASURES[name].kind == "share"]
    rules = {
        "seed and weeks_training must not be negative": min(s.seed, s.weeks_training) >= 0,
        # A datetime is a date to Python, but would be written with its hours.
        "first_week and holiday_weeks must be Mondays, written like 2024-01-01": all(
            type(day) is date and day.weekday() == 0 for day in days
        ),
        "weeks_before, weeks_after, n_control and n_sites must be at least 1": (
            min(s.weeks_before, s.weeks_after, s.n_control, s.n_sites) >= 1
        ),
        "n_scribe must be at least 2, and leaver one of them": 1 <= s.leaver <= s.n_scribe >= 2,
        "specialties must name at least one": bool(s.specialties),
        "shares and correlations must lie between 0 and 1": all(0 <= share <= 1 for share in shares),
        "means must be above 0, those of shares below 1": (
            min(means) > 0 and all(max(m.before, m.after) < 1 for m in shares_of_measures)
        ),
    }
    return [f"[simulate] {rule}" for rule, holds in rules.items() if not holds]
