"""One measure's clinician-periods as a regression: y, X and the clinician of every row.

    y = numerator / denominator of a clinician-period; training is left out, every period counts once

    columns of X: intercept, phase (0 before, 1 after), covariates, phase:covariates, time-varying covariates

Covariates belong to a clinician and are centred over the clinicians, categories too (an indicator minus
the level's share of the clinicians), so that `phase` stays the average effect over these clinicians when
the covariates are crossed with phase.  Where every clinician has the same periods, a covariate that is
not crossed leaves the coefficient of `phase` exactly as it was: it tells clinicians apart, not their
weeks.  Time-varying covariates change from period to period; they enter as they are, centred, uncrossed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scribeeval.errors import InputError, not_known
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.design_columns import Covariate, CovariateView, as_time_varying, check_rank, code
from scribeeval.stats.measures import Measure, clinician_values

INTERCEPT, PHASE = "intercept", "phase"
OWN_DENOMINATOR = "denominator"  # as a time-varying covariate: the workload of the same period
DENOMINATOR_OF = ".denominator"  # MEASURE.denominator: the denominator of another measure

PeriodReason = Literal["training", "zero_denominator", "missing_time_varying"]
ClinicianReason = Literal[
    "no_before_periods",
    "no_after_periods",
    "zero_denominator",
    "no_ehr_use",
    "not_in_clinicians_table",
    "missing_covariate",
    "missing_time_varying",
]


@dataclass(frozen=True, slots=True, eq=False)
class DesignMatrix:
    """A regression of one measure, rows sorted by clinician and period.

    y, numerators, denominators: shape (n,); y in the measure's unit.  x: (n, p), its columns called
    `names`.  at: the column of `phase`.  clusters: (n,), codes 0 ... k - 1 into clinician_ids, which
    are sorted.  covariates: how each one was coded, those left out with the reason.
    excluded_periods: reason -> number of this measure's rows.  excluded_clinicians: id -> reason.
    """

    measure: str
    y: FloatArray
    x: FloatArray
    names: tuple[str, ...]
    at: int
    clusters: NDArray[np.int64]
    clinician_ids: tuple[str, ...]
    numerators: FloatArray
    denominators: FloatArray
    covariates: tuple[CovariateView, ...]
    crossed: bool
    excluded_periods: Mapping[PeriodReason, int]
    excluded_clinicians: Mapping[str, ClinicianReason]

    @property
    def formula(self) -> str:
        """The fixed part in R's notation: `phase * (specialty + years_in_practice) + denominator`."""
        used = [view for view in self.covariates if view.left_out is None]
        between = " + ".join(view.name for view in used if view.kind != "time_varying")
        within = [view.name for view in used if view.kind == "time_varying"]
        start = f"{PHASE} * ({between})" if between and self.crossed else PHASE
        return " + ".join([start, *([between] if between and not self.crossed else []), *within])


def build(
    frame: pd.DataFrame,
    measure: Measure,
    clinicians: pd.DataFrame | None = None,
    *,
    covariates: Sequence[str] = (),
    time_varying: Sequence[str] = (),
    cross_with_phase: bool = True,
    one_sided: bool = False,
) -> DesignMatrix:
    """Lay out one measure's periods before and after as a regression on phase and covariates.

    frame: the tidy EHR-use table, all measures.  clinicians: indexed by clinician_id; needed where
    covariates are named.  A covariate is numeric where its column is, else categorical; its reference
    is the level with the most clinicians.  time_varying: another measure's name (its value in the
    same period), MEASURE.denominator, or `denominator` (the measure's own, its workload).

    Clinicians without a value in both phases are left out as clinician_values does (one_sided keeps
    those with a value in one phase: a mixed model learns from their level), then those with a covariate
    missing; periods with a denominator of 0 or a time-varying covariate missing are left out; all are
    counted by reason.  A covariate that is equal for all is left out by name: it can explain nothing.

    Raises:
        InputError: the table is unusable (as clinician_values), a covariate is not known, or its
            columns are linear combinations of the others or as many as the clinicians.
    """
    _check_names(frame, measure, clinicians, covariates, time_varying)
    values = clinician_values(frame, measure)
    dropped: dict[str, ClinicianReason] = dict(values.dropped)
    rows = frame[frame["measure"] == measure.name]
    excluded: dict[PeriodReason, int] = {"training": int((rows["phase"] == "training").sum())}
    rows = rows[rows["phase"] != "training"]
    if one_sided:
        measured = rows[rows["denominator"] > 0]["clinician_id"].unique()
        dropped = {i: why for i, why in dropped.items() if i not in set(map(str, measured))}
    ids = pd.Index(sorted(map(str, measured)) if one_sided else values.clinician_ids, dtype=object)
    if covariates and clinicians is not None:
        ids = _with_covariates(ids, clinicians, covariates, dropped)
    rows = rows[rows["clinician_id"].isin(ids)]
    empty = rows["denominator"] == 0
    excluded["zero_denominator"] = int(empty.sum())
    rows = rows[~empty].sort_values(["clinician_id", "period_start"], kind="stable")
    within = {name: _in_period(frame, rows, measure, name) for name in time_varying}
    if within:
        rows, within = _with_time_varying(rows, within, excluded, dropped)
    clusters, labels = pd.factorize(rows["clinician_id"], sort=True)
    if not len(labels):
        raise InputError(f"{measure.name}: no clinician is left with values, {_counted(dropped)}; fill them")

    table = None if clinicians is None else clinicians.reindex(labels)
    between = [] if table is None else [code(name, table[name]) for name in covariates]
    levels = [code(name, value) for name, value in within.items()]
    _check_size(measure, between, len(labels))
    after = np.where(rows["phase"] == "after", 1.0, 0.0)
    names, x = _columns(after, np.asarray(clusters), between, as_time_varying(levels), cross_with_phase)
    check_rank(measure.name, names, x, between, bool(levels))
    numerators, denominators = (rows[c].to_numpy(np.float64) for c in ("numerator", "denominator"))
    return DesignMatrix(
        measure=measure.name,
        y=numerators / denominators,
        x=x,
        names=names,
        at=1,
        clusters=np.asarray(clusters, dtype=np.int64),
        clinician_ids=tuple(str(label) for label in labels),
        numerators=numerators,
        denominators=denominators,
        covariates=tuple(covariate.view for covariate in [*between, *as_time_varying(levels)]),
        crossed=cross_with_phase,
        excluded_periods=excluded,
        excluded_clinicians=dict(sorted(dropped.items())),
    )


def _columns(
    after: FloatArray,
    clusters: NDArray[np.int64],
    between: Sequence[Covariate],
    within: Sequence[Covariate],
    cross: bool,
) -> tuple[tuple[str, ...], FloatArray]:
    """Put the columns side by side: (names, (n, p))."""
    names = [INTERCEPT, PHASE]
    columns = [np.ones_like(after), after]
    main = [(name, column[clusters]) for one in between for name, column in one.columns.items()]
    crossed = [(f"{PHASE}:{name}", column * after) for name, column in main] if cross else []
    time = [item for one in within for item in one.columns.items()]
    for name, column in [*main, *crossed, *time]:
        names.append(name)
        columns.append(column)
    return tuple(names), np.stack(columns, axis=1)


def _with_covariates(
    ids: "pd.Index[str]", clinicians: pd.DataFrame, names: Sequence[str], dropped: dict[str, ClinicianReason]
) -> "pd.Index[str]":
    """Keep the clinicians that have every covariate; note why the others are dropped."""
    unknown = ~ids.isin(clinicians.index)
    missing = clinicians.reindex(ids)[list(names)].isna().any(axis=1).to_numpy()
    for one in ids[unknown]:
        dropped[one] = "not_in_clinicians_table"
    for one in ids[missing & ~unknown]:
        dropped[one] = "missing_covariate"
    return ids[~missing]


def _in_period(frame: pd.DataFrame, rows: pd.DataFrame, measure: Measure, name: str) -> FloatArray:
    """Look up a time-varying covariate for each row: (n,), NaN where the period has none."""
    if name == OWN_DENOMINATOR:
        return rows["denominator"].to_numpy(np.float64)
    other = name.removesuffix(DENOMINATOR_OF)
    key = ["clinician_id", "period_start"]
    found = frame.loc[frame["measure"] == other, [*key, "numerator", "denominator"]]
    if found.duplicated(key).any():
        raise InputError(f"EHR use, {other}: rows repeat a clinician's period; keep one row each")
    merged = rows[key].merge(found, on=key, how="left")
    denominator = merged["denominator"].where(merged["denominator"] > 0)
    column = denominator if name.endswith(DENOMINATOR_OF) else merged["numerator"] / denominator
    return column.to_numpy(np.float64)


def _with_time_varying(
    rows: pd.DataFrame,
    within: Mapping[str, FloatArray],
    excluded: dict[PeriodReason, int],
    dropped: dict[str, ClinicianReason],
) -> tuple[pd.DataFrame, dict[str, FloatArray]]:
    """Leave out periods without a covariate, then clinicians who thereby lose a phase."""
    known = np.all([np.isfinite(column) for column in within.values()], axis=0)
    phases = rows["phase"].where(known).groupby(rows["clinician_id"]).nunique()
    lost = phases.index[phases < 2]
    for one in lost:
        dropped[str(one)] = "missing_time_varying"
    stays = ~rows["clinician_id"].isin(lost).to_numpy()
    excluded["missing_time_varying"] = int((stays & ~known).sum())
    kept = stays & known
    return rows[kept], {name: column[kept] for name, column in within.items()}


def _check_names(
    frame: pd.DataFrame,
    measure: Measure,
    clinicians: pd.DataFrame | None,
    covariates: Sequence[str],
    time_varying: Sequence[str],
) -> None:
    problems = []
    if covariates and clinicians is None:
        problems.append(f"covariates {', '.join(covariates)}: there is no clinicians table; give one")
    elif clinicians is not None:
        known = [str(column) for column in clinicians.columns]
        problems += [not_known("covariate", name, known) for name in covariates if name not in known]
    measures = sorted({str(name) for name in frame["measure"].unique()}) if "measure" in frame.columns else []
    allowed = [OWN_DENOMINATOR, *measures, *(f"{name}{DENOMINATOR_OF}" for name in measures)]
    problems += [
        not_known("time-varying covariate", name, allowed) for name in set(time_varying) - set(allowed)
    ]
    if measure.name in time_varying:
        problems.append(f"{measure.name} cannot be a covariate of itself; leave it out of time_varying")
    for name in {*covariates, *time_varying}:
        if [*covariates, *time_varying].count(name) > 1:
            problems.append(f"covariate {name} is named twice; name it once")
    if problems:
        raise InputError(sorted(problems))


def _check_size(measure: Measure, between: Sequence[Covariate], n_clinicians: int) -> None:
    """Refuse as many columns as clinicians: such a model follows every clinician and shows nothing."""
    n_columns = 1 + sum(len(one.columns) for one in between)
    if n_columns > 1 and n_columns >= n_clinicians:
        widest = max(between, key=lambda one: len(one.columns))
        raise InputError(
            f"{measure.name}: the covariates need {n_columns} columns for {n_clinicians} clinicians, most of "
            f"them for {widest.view.name} ({len(widest.columns)}); leave it out, or merge its levels"
        )


def _counted(dropped: Mapping[str, str]) -> str:
    reasons = sorted(set(dropped.values()))
    return ", ".join(f"{list(dropped.values()).count(reason)} {reason}" for reason in reasons) or "none given"
