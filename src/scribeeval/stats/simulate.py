"""The simulated pilot: EHR-use tables in which the truth is known.

Scribe clinicians and controls share weeks, seasons and a slow drift; only the scribe clinicians
change by more than that, heavy documenters the most.  For clinician i in week w

    log(rate) = level + spread * heavy_i + season_w + drift_w + noise_iw + ramp_w * gain_i

with ramp 0 before, 1/2 in training and 1 after.  The level and the mean gain are set so that the
scribe clinicians' means come out as asked for, drift and season included.

Equal settings give equal bytes on any machine: only uniforms are drawn, all else is an inverse
distribution function of them, and values are rounded far above the last digit of a float.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from scribeeval.records import PHASES
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.measures import COLUMNS
from scribeeval.stats.simulate_settings import SIMULATED, MeasureSettings, Settings


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
