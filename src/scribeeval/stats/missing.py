"""Clinicians without values: what the estimate would be under other assumptions, side by side.

    complete_case   clinicians with both phases; holds if the others are missing by chance alone
    last_period     the last period after for each clinician; without one, no change (the value before
                    carried forward), which may overstate or understate and makes the interval too narrow
    mixed_model     every period of everyone; holds if what is missing depends on observed values only
                    (missing at random, MAR); computed elsewhere and handed in

None of them can tell from the data whether its assumption holds; the tipping point says how wrong the
first may be.  Source: National Research Council (2010), The Prevention and Treatment of Missing Data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from scribeeval.stats.bootstrap import FloatArray, varies
from scribeeval.stats.changes import (
    KINDS,
    Changes,
    Scale,
    check_alpha,
    check_known,
    clinician_changes,
    mean_effect,
    shown,
)
from scribeeval.stats.measures import NO_EHR_USE, ClinicianValues, Measure, clinician_values
from scribeeval.stats.tipping import Arm, TippingPoint, tipping_point


@dataclass(frozen=True, slots=True)
class Analysis:
    """One way to treat the missing.  None = undefined, `why` says why.

    estimate, low, high: scribe clinicians' change or, against controls, the difference of the changes, as
    estimate_kind says.  n_imputed: clinicians whose change was filled in.
    """

    estimate: float | None
    low: float | None
    high: float | None
    n_clinicians: int | None
    n_imputed: int
    estimate_kind: str
    method: str | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class MissingData:
    """One measure.  n_listed, n_missing: scribe clinicians; reasons: why they have no change."""

    scale: Scale
    fallback: Scale | None
    n_zero: int
    versus_control: bool
    n_listed: int
    n_missing: int
    reasons: Mapping[str, int]
    n_control_missing: int | None
    analyses: Mapping[str, Analysis]
    tipping_point: TippingPoint


def compare(
    frame: pd.DataFrame,
    measure: Measure,
    clinicians: pd.DataFrame | None = None,
    *,
    alpha: float,
    versus_control: bool = False,
    mar: Mapping[str, Any] | None = None,
) -> MissingData:
    """Set the analyses side by side, and find the tipping point.

    frame: the tidy EHR-use table.  clinicians: index clinician_id; adds those without a row, and their
    group; without the table everyone was given the scribe.  versus_control: take the controls' change
    away.  mar: the mixed model's result with estimate, low, high, estimate_kind, n_clinicians and
    optionally method and why; None = it was not computed.

    Raises:
        InputError: as clinician_values; a clinician is not in the clinicians table; alpha is out of range.
    """
    check_alpha(alpha)
    values = clinician_values(frame, measure)
    group = _groups(values, clinicians)
    if not versus_control:
        values = _of_group(values, group, "scribe")
    changes = clinician_changes(values, measure)
    arms = {name: _arm(changes, group, name) for name in ("scribe", "control")}
    control = arms["control"] if versus_control else None
    complete = set(values.clinician_ids)
    reasons = [
        values.dropped.get(i, NO_EHR_USE) for i, arm in group.items() if arm == "scribe" and i not in complete
    ]
    return MissingData(
        scale=changes.scale,
        fallback=changes.fallback,
        n_zero=changes.n_zero,
        versus_control=versus_control,
        n_listed=sum(arm == "scribe" for arm in group.values()),
        n_missing=len(reasons),
        reasons={why: reasons.count(why) for why in sorted(set(reasons))},
        n_control_missing=None if control is None else control.n_missing,
        analyses={
            "complete_case": _analysis(
                arms["scribe"].change, None if control is None else control.change, changes.scale, alpha, 0
            ),
            "last_period": _last_period(frame, measure, group, changes.scale, alpha, versus_control),
            "mixed_model": _handed_in(mar, changes.scale),
        },
        tipping_point=tipping_point(arms["scribe"], control, changes.scale, alpha=alpha),
    )


def _groups(values: ClinicianValues, clinicians: pd.DataFrame | None) -> dict[str, str]:
    """Everyone's arm, those without rows included, in the order of their ids."""
    ids = (*values.clinician_ids, *values.dropped)
    if clinicians is None:
        return dict.fromkeys(sorted(ids), "scribe")
    check_known(ids, clinicians)
    arms = clinicians["group"] if "group" in clinicians.columns else ["scribe"] * len(clinicians)
    return dict(sorted(zip(map(str, clinicians.index), map(str, arms), strict=True)))


def _of_group(values: ClinicianValues, group: Mapping[str, str], arm: str) -> ClinicianValues:
    at = np.array([group[i] == arm for i in values.clinician_ids], dtype=bool)
    return ClinicianValues(
        clinician_ids=tuple(i for i in values.clinician_ids if group[i] == arm),
        before=values.before[at],
        after=values.after[at],
        dropped={i: why for i, why in values.dropped.items() if group[i] == arm},
    )


def _arm(changes: Changes, group: Mapping[str, str], name: str) -> Arm:
    at = np.array([group[i] == name for i in changes.clinician_ids], dtype=bool)
    n = sum(arm == name for arm in group.values())
    return Arm(changes.change[at], n - int(at.sum()))


def _analysis(
    scribe: FloatArray, control: FloatArray | None, scale: Scale, alpha: float, n_imputed: int
) -> Analysis:
    """Estimate the change with Student's t, or its difference between arms with Welch's."""
    if control is None:
        one = mean_effect(scribe, scale, alpha)
        return Analysis(
            one.estimate, one.low, one.high, len(scribe), n_imputed, KINDS[scale], one.method, one.why
        )
    n = len(scribe) + len(control)
    if len(scribe) == 0 or len(control) == 0:
        return Analysis(None, None, None, n, n_imputed, KINDS[scale], None, "no_clinicians")
    effect = float(scribe.mean() - control.mean())
    if not (varies(scribe) and varies(control)):
        why = "one_clinician" if min(len(scribe), len(control)) == 1 else "no_spread"
        return Analysis(shown(effect, scale), None, None, n, n_imputed, KINDS[scale], None, why)
    parts = [(float(arm.var(ddof=1)) / len(arm), len(arm) - 1) for arm in (scribe, control)]
    variance = sum(part for part, _ in parts)
    df = variance**2 / sum(part**2 / free for part, free in parts)
    half = float(stdtrit(df, 1 - alpha / 2)) * variance**0.5
    ends = shown(effect - half, scale), shown(effect + half, scale)
    return Analysis(shown(effect, scale), *ends, n, n_imputed, KINDS[scale], "welch_t")


def _last_period(
    frame: pd.DataFrame,
    measure: Measure,
    group: Mapping[str, str],
    scale: Scale,
    alpha: float,
    versus_control: bool,
) -> Analysis:
    """Compare each clinician's last period after with the whole phase before; without one, no change."""
    rows = frame[(frame["measure"] == measure.name) & (frame["denominator"] > 0)]
    rows = rows.assign(clinician_id=rows["clinician_id"].astype(str))
    sums = rows[rows["phase"] == "before"].groupby("clinician_id")[["numerator", "denominator"]].sum()
    before = sums["numerator"] / sums["denominator"]
    after = rows[rows["phase"] == "after"].sort_values("period_start", kind="stable")
    last = after.groupby("clinician_id")[["numerator", "denominator"]].last()
    value = (last["numerator"] / last["denominator"]).reindex(before.index)
    imputed = value.isna()
    value = value.where(~imputed, before)
    arm = before.index.map(group)
    kept = (arm == "scribe") | ((arm == "control") & versus_control)
    b, a, arm = before[kept].to_numpy(np.float64), value[kept].to_numpy(np.float64), arm[kept]
    n_imputed = int(imputed[kept].sum())
    changed = ~imputed[kept].to_numpy()
    if scale == "log" and ((b == 0) | (a == 0))[changed].any():
        return Analysis(None, None, None, len(b), n_imputed, KINDS[scale], None, "zero_value")
    change = np.zeros(len(b))
    change[changed] = (np.log(a[changed] / b[changed])) if scale == "log" else (a - b)[changed]
    control = change[arm == "control"] if versus_control else None
    return _analysis(change[arm == "scribe"], control, scale, alpha, n_imputed)


def _handed_in(mar: Mapping[str, Any] | None, scale: Scale) -> Analysis:
    if mar is None:
        return Analysis(None, None, None, None, 0, KINDS[scale], None, "not_computed")
    return Analysis(
        estimate=mar.get("estimate"),
        low=mar.get("low"),
        high=mar.get("high"),
        n_clinicians=mar.get("n_clinicians"),
        n_imputed=0,
        estimate_kind=str(mar.get("estimate_kind", KINDS[scale])),
        method=mar.get("method"),
        why=mar.get("why"),
    )
