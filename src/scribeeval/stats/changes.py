"""Each clinician's change on the measure's declared scale, and a mean change with its t interval.

    log scale    log(after / before); a mean m is told as the percent change exp(m) - 1
    raw scale    after - before, in the measure's unit

A value of 0 has no log.  Leaving such clinicians out would leave out those who changed most, so the
raw scale is then taken for everyone: `fallback` says so, `n_zero` counts them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import FloatArray, varies
from scribeeval.stats.measures import ClinicianValues, Measure

Scale = Literal["raw", "log"]
EstimateKind = Literal["percent_change", "difference"]
KINDS: Mapping[Scale, EstimateKind] = {"log": "percent_change", "raw": "difference"}

MIN_CLINICIANS = 5  # of fewer clinicians nothing is told, so that nobody can be made out


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """One change per clinician, after minus before, in the order of the ids.

    change: shape (n,), finite, on `scale`.  fallback: "raw" where the declared scale is the log and
    n_zero clinicians have a value of 0.
    """

    measure: str
    clinician_ids: tuple[str, ...]
    change: FloatArray
    scale: Scale
    fallback: Scale | None
    n_zero: int

    @property
    def estimate_kind(self) -> EstimateKind:
        """What a mean of these changes is told as."""
        return KINDS[self.scale]


@dataclass(frozen=True, slots=True)
class Effect:
    """A mean change with its interval; negative = less.  None = undefined, `why` says why.

    estimate, low, high: a fraction where the kind is percent_change, else in the measure's unit.
    suppressed: fewer than MIN_CLINICIANS, or such a group could be worked out from the rest.
    """

    estimate: float | None
    low: float | None
    high: float | None
    n_clinicians: int | None
    estimate_kind: EstimateKind
    method: str | None
    suppressed: bool = False
    why: str | None = None


def clinician_changes(values: ClinicianValues, measure: Measure) -> Changes:
    """Take each clinician's change on the declared scale, for all of them on the raw one if a log fails."""
    zero = (values.before == 0) | (values.after == 0)
    n_zero = int(zero.sum())
    log = measure.scale == "log" and n_zero == 0
    change = np.log(values.after / values.before) if log else values.after - values.before
    return Changes(
        measure=measure.name,
        clinician_ids=values.clinician_ids,
        change=change,
        scale="log" if log else "raw",
        fallback="raw" if measure.scale == "log" and not log else None,
        n_zero=n_zero,
    )


def shown(value: float | None, scale: Scale) -> float | None:
    """Turn a change on the scale into what is told; None stays None, and so does what is too large."""
    if value is None:
        return None
    with np.errstate(over="ignore"):
        told = float(np.expm1(value)) if scale == "log" else float(value)
    return told if np.isfinite(told) else None


def mean_effect(change: FloatArray, scale: Scale, alpha: float) -> Effect:
    """Estimate the mean change with Student's t interval at level 1 - alpha (n - 1 degrees of freedom).

    On the log scale the estimate is the geometric mean ratio minus 1.  Undefined without clinicians;
    the interval is undefined for one clinician and where all change by the same.  Source: Student (1908).
    """
    n, kind = len(change), KINDS[scale]
    if n == 0:
        return Effect(None, None, None, 0, kind, None, why="no_clinicians")
    mean = float(change.mean())
    estimate = shown(mean, scale)
    if not varies(change):
        why = "one_clinician" if n == 1 else "no_spread"
        return Effect(estimate, None, None, n, kind, None, why=why)
    half = float(stdtrit(n - 1, 1 - alpha / 2)) * float(change.std(ddof=1)) / n**0.5
    return Effect(estimate, shown(mean - half, scale), shown(mean + half, scale), n, kind, "t")


def suppress(effect: Effect, why: str) -> Effect:
    """Keep back an effect and its number of clinicians."""
    return Effect(None, None, None, None, effect.estimate_kind, None, suppressed=True, why=why)


def check_alpha(alpha: float) -> None:
    """Refuse a level that is none.

    Raises:
        InputError: alpha is not between 0 and 1.
    """
    if not 0 < alpha < 1:
        raise InputError(f"alpha is {alpha}; give a number between 0 and 1, such as 0.05")


def scribe_clinicians(clinicians: pd.DataFrame) -> pd.DataFrame:
    """Keep the clinicians who were given the scribe; all of them where the table has no groups."""
    return clinicians[clinicians["group"] == "scribe"] if "group" in clinicians.columns else clinicians


def of_scribe(changes: Changes, clinicians: pd.DataFrame) -> Changes:
    """Keep the changes of the clinicians who were given the scribe.

    Raises:
        InputError: a clinician is not in the clinicians table, or more than once.
    """
    check_known(changes.clinician_ids, clinicians)
    given = set(map(str, scribe_clinicians(clinicians).index))
    kept = np.array([i in given for i in changes.clinician_ids], dtype=bool)
    ids = tuple(i for i in changes.clinician_ids if i in given)
    return replace(changes, clinician_ids=ids, change=changes.change[kept])


def check_known(ids: tuple[str, ...], clinicians: pd.DataFrame) -> None:
    """Refuse clinicians of whom the clinicians table knows nothing.

    Raises:
        InputError: an id of the EHR-use table is not in the index of the clinicians table, or twice in it.
    """
    unknown = sorted(set(ids) - set(map(str, clinicians.index)))
    if unknown:
        raise InputError(
            f"{len(unknown)} clinicians of the EHR-use table are not in the clinicians table "
            f"(first 5: {', '.join(unknown[:5])}); add a row for each"
        )
    twice = clinicians.index[clinicians.index.duplicated()]
    if len(twice):
        ids_twice = ", ".join(sorted({str(i) for i in twice})[:5])
        raise InputError(f"clinicians table: {ids_twice} more than once (first 5); keep one row each")
