"""The simulated pilot: EHR-use tables in which the truth is known.

Scribe clinicians and controls share weeks, seasons and a slow drift; only the scribe clinicians
change by more than that, heavy documenters the most.  For clinician i in week w

    log(rate) = level + spread * heavy_i + season_w + drift_w + noise_iw + ramp_w * gain_i

with ramp 0 before, 1/2 in training and 1 after.  The level and the mean gain are set so that the
scribe clinicians' means come out as asked for, drift and season included.

Equal settings give equal bytes on any machine: only uniforms are drawn, all else is an inverse
distribution function of them, and values are rounded far above the last digit of a float.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple, get_origin, get_type_hints

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from scribeeval.errors import InputError
from scribeeval.records import PHASES
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.measures import COLUMNS, MEASURES

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


class Pilot(NamedTuple):
    """ehr_use: tidy, sorted by clinician, week and measure.  clinicians: S... scribe, K... control."""

    ehr_use: pd.DataFrame
    clinicians: pd.DataFrame


class Plan(NamedTuple):
    """Who worked when, before any measure.  Arrays: (weeks,), (clinicians,) or (clinicians, weeks)."""

    weeks: list[date]
    ramp: FloatArray  # 0 before, 1/2 in training, 1 after
    groups: list[slice]  # scribe, control
    stays: NDArray[np.int64]  # scribe clinicians with both phases
    heavy: FloatArray
    use: FloatArray
    workdays: NDArray[np.int64]  # 0 = away
    appointments: NDArray[np.int64]  # 0 = away


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
    problems = [f"[{where}] has the unknown key {key}; remove it" for key in table if key not in kinds]
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


def simulate(settings: Settings) -> Pilot:
    """Simulate a pilot: weekly EHR use of five measures, and the clinicians.

    ehr_use has the columns of scribeeval.stats.measures.COLUMNS; numerators are minutes with one
    decimal or counts, denominators counts, and measures of one clinician-week share the same
    appointments (one note each).  A week away has no row.  Every clinician has rows in both phases
    but settings.leaver, who has none in training and after.  clinicians: clinician_id, group,
    specialty, site, years_in_practice, weekly_visits (mean of the weeks worked before),
    problem_list_size, and of the weeks after scribe_visits and eligible_visits.
    """
    rng = np.random.Generator(np.random.PCG64(settings.seed))
    plan = _plan(settings, rng)
    numerators, denominators = _use(settings, plan, rng)
    ids = [f"S{i:03d}" for i in range(1, settings.n_scribe + 1)]
    ids += [f"K{i:03d}" for i in range(1, settings.n_control + 1)]
    who, when = np.nonzero(plan.appointments)
    rows, k = len(who), len(SIMULATED)
    phase = np.array(PHASES)[(plan.ramp * 2).astype(int)]
    columns = (
        np.repeat(np.array(ids)[who], k),
        np.repeat(np.array([week.isoformat() for week in plan.weeks])[when], k),
        np.repeat(phase[when], k),
        np.tile(SIMULATED, rows),
        numerators[who, when].ravel(),
        denominators[who, when].ravel(),
    )
    ehr_use = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
    return Pilot(ehr_use, _clinicians(settings, plan, ids, rng))


def to_csv_text(frame: pd.DataFrame) -> str:
    """Write a simulated table as CSV: whole numbers without a point, others with their decimals."""
    return str(frame.to_csv(index=False, lineterminator="\n", float_format="%.10g"))


def _normal(rng: np.random.Generator, *shape: int) -> FloatArray:
    return np.asarray(ndtri(rng.random(shape)))


def _centre(values: FloatArray, groups: list[slice], mean: float) -> FloatArray:
    """Scale each group's values to the same mean."""
    return np.concatenate([values[group] * (mean / values[group].mean()) for group in groups])


def _plan(s: Settings, rng: np.random.Generator) -> Plan:
    """Draw the calendar: who is away, how many days they work and whom they see."""
    lengths = [s.weeks_before, s.weeks_training, s.weeks_after]
    ramp = np.repeat([0.0, 0.5, 1.0], lengths)
    weeks = [s.first_week + timedelta(weeks=w) for w in range(sum(lengths))]
    holiday = np.array([week in s.holiday_weeks for week in weeks])
    n, shape = s.n_scribe + s.n_control, (s.n_scribe + s.n_control, len(weeks))
    groups = [slice(0, s.n_scribe), slice(s.n_scribe, n)]

    works = rng.random(shape) >= np.where(holiday, s.holiday_leave, s.leave)
    works[:, [s.weeks_before - 1, -1]] = True  # so that nobody but the leaver lacks a phase
    works[s.leaver - 1, s.weeks_before :] = False
    usual_days = 3 + (3 * rng.random((n, 1))).astype(int)
    days = usual_days - holiday - (rng.random(shape) < s.short_week)
    visits = np.exp(s.weekly_visits_spread * _normal(rng, n))[:, None] * days / usual_days
    in_before = works & (ramp == 0)
    visits_per_week = (visits * in_before).sum(axis=1) / in_before.sum(axis=1)
    visits *= (_centre(visits_per_week, groups, s.weekly_visits) / visits_per_week)[:, None]
    seen = np.maximum(1, np.rint(visits + np.sqrt(visits) * _normal(rng, *shape))).astype(np.int64)
    return Plan(
        weeks=weeks,
        ramp=ramp,
        groups=groups,
        stays=np.delete(np.arange(s.n_scribe), s.leaver - 1),
        heavy=_normal(rng, n),
        use=_normal(rng, n),
        workdays=np.where(works, days, 0),
        appointments=np.where(works, seen, 0),
    )


def _use(s: Settings, plan: Plan, rng: np.random.Generator) -> tuple[FloatArray, NDArray[np.int64]]:
    """Draw numerators and denominators, each (clinicians, weeks, measures in the order of SIMULATED)."""
    notes, closure, after_hours, manual, length = (s.measures[name] for name in SIMULATED)
    seen, days = plan.appointments, plan.workdays
    note_minutes = np.round(_rates(s, notes, plan, seen, rng) * seen, 1)
    # Modelled as the share left open, which is skewed like the others and far from 1.
    left_open = replace(closure, before=1 - closure.before, after=1 - closure.after)
    share = np.minimum(_rates(s, left_open, plan, seen, rng), 0.98)
    # A rounded normal for the binomial: near enough with some 36 appointments a week.
    still_open = np.rint(seen * share + np.sqrt(seen * share * (1 - share)) * _normal(rng, *seen.shape))
    closed = seen - np.clip(still_open, 0, seen)
    late_minutes = np.round(_rates(s, after_hours, plan, days, rng) * days, 1)
    characters = np.rint(_rates(s, length, plan, seen, rng) * seen).astype(np.int64)
    typed = np.rint(np.minimum(_rates(s, manual, plan, characters, rng), 0.98) * characters)
    return (
        np.stack([note_minutes, closed, late_minutes, typed, characters], axis=-1),
        np.stack([seen, seen, days, characters, seen], axis=-1),
    )


def _rates(
    s: Settings, target: MeasureSettings, plan: Plan, weights: NDArray[np.int64], rng: np.random.Generator
) -> FloatArray:
    """Draw one measure's rates (clinicians, weeks).  weights: the denominators."""
    n, n_weeks = weights.shape
    heavy = np.sqrt(s.heavy_in_all) * plan.heavy + np.sqrt(1 - s.heavy_in_all) * _normal(rng, n)
    gain = target.heavy_gain * heavy + target.gain_spread * (
        s.dose * plan.use + np.sqrt(1 - s.dose**2) * _normal(rng, n)
    )
    gain *= np.sign(target.after - target.before)
    noise = _normal(rng, n, n_weeks)
    for w in range(1, n_weeks):
        noise[:, w] *= np.sqrt(1 - s.autocorrelation**2)
        noise[:, w] += s.autocorrelation * noise[:, w - 1]
    years = np.array([(week - date(week.year, 1, 1)).days / 365.25 for week in plan.weeks])
    season = -target.season * np.cos(2 * np.pi * years)  # highest at midsummer
    drift = s.drift_per_year * np.arange(n_weeks) * 7 / 365.25
    rates: FloatArray = np.exp(target.spread * heavy[:, None] + season + drift + target.noise * noise)

    scribe, control = plan.groups
    before, after = plan.ramp == 0, plan.ramp == 1
    rates[scribe] *= target.before / _mean(rates, weights, plan.stays, before)
    rates[control] *= s.control_level * target.before / _mean(rates, weights, control, before)
    with_gain = rates * np.exp(gain)[:, None]
    gain += np.log(target.after / _mean(with_gain, weights, plan.stays, after))
    gain[control] = 0
    rates *= np.exp(gain[:, None] * plan.ramp)
    return rates


def _mean(
    rates: FloatArray, weights: NDArray[np.int64], who: slice | NDArray[np.int64], weeks: NDArray[np.bool_]
) -> float:
    """Average the clinicians' values over these weeks, as the study will: every clinician counts once."""
    rates, weights = rates[who][:, weeks], weights[who][:, weeks]
    return float(((rates * weights).sum(axis=1) / weights.sum(axis=1)).mean())


def _clinicians(s: Settings, plan: Plan, ids: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """Describe the clinicians; groups are dealt evenly over specialties and sites."""
    n, sizes = len(ids), (s.n_scribe, s.n_control)
    specialty, site = (
        np.concatenate([np.argsort(rng.random(size)) % kinds for size in sizes])
        for kinds in (len(s.specialties), s.n_sites)
    )
    scribe = np.arange(n) < s.n_scribe
    in_before = plan.appointments * (plan.ramp == 0)
    eligible = (plan.appointments * (plan.ramp == 1)).sum(axis=1)
    utilisation = s.utilisation_low + (s.utilisation_high - s.utilisation_low) * ndtr(plan.use)
    return pd.DataFrame(
        {
            "clinician_id": ids,
            "group": np.where(scribe, "scribe", "control"),
            "specialty": np.array(s.specialties)[specialty],
            "site": [f"site-{i + 1:02d}" for i in site],
            "years_in_practice": np.rint(
                _centre(np.exp(0.6 * _normal(rng, n)), plan.groups, s.years_in_practice)
            ).astype(np.int64),
            "weekly_visits": np.round(in_before.sum(axis=1) / (in_before > 0).sum(axis=1), 1),
            "problem_list_size": np.round(
                _centre(np.exp(0.3 * _normal(rng, n)), plan.groups, s.problem_list_size), 1
            ),
            "scribe_visits": np.where(scribe, np.rint(utilisation * eligible), 0).astype(np.int64),
            "eligible_visits": eligible,
        }
    )
