"""Several imports -> one tidy table with phases, and an account of all that is in it and left out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from scribeeval.errors import InputError
from scribeeval.import_settings import ImportTable
from scribeeval.io.ehr_use import OUTSIDE, PhaseDates, phase_of
from scribeeval.io.imports.quantities import check_readings, measure_rows
from scribeeval.io.imports.readings import Readings, count, period_end, raise_missing
from scribeeval.records import PHASES
from scribeeval.stats.measures import COLUMNS, MEASURES

SIXTY = (40.0, 90.0)  # a period's median this many times another's looks like minutes beside hours
REACHES = "period reaches into another phase"
OUTSIDE_PHASES = "period outside the phases"


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The tidy rows of one export, before they are put together; path in its `source` column."""

    readings: Readings
    table: ImportTable
    rows: pd.DataFrame
    excluded: Mapping[str, int]
    by_measure: Mapping[str, Mapping[str, int]]


def tidy_part(readings: Readings, table: ImportTable) -> Part:
    """Turn one export's readings into tidy rows.

    Raises:
        InputError: a metric is missing, or a value cannot be what it is declared to be.

    """
    raise_missing(readings, table)
    check_readings(readings, table)
    excluded = Counter(readings.excluded)
    by_measure: dict[str, Counter[str]] = {name: Counter() for name in table.measures}
    problems: list[str] = []
    frames = []
    for name, measure in table.measures.items():
        try:
            rows = measure_rows(readings, name, measure, table, by_measure[name])
        except InputError as error:
            problems += error.problems
            continue
        rows = _with_phases(rows, table, by_measure[name])
        problems += _sixty(readings.path, rows, name, table)
        frames.append(rows.assign(source=str(readings.path)))
    if problems:
        raise InputError(problems)
    rows = pd.concat(frames, ignore_index=True)
    return Part(readings, table, rows, dict(excluded), by_measure)


def _with_phases(rows: pd.DataFrame, table: ImportTable, excluded: Counter[str]) -> pd.DataFrame:
    """Give each period its phase by the dates; leave out what lies outside or reaches into another phase."""
    if table.phases is None:
        return rows
    dates = PhaseDates(**table.phases.model_dump(mode="json"))
    lasts = {start: _last_day(start, table.period) for start in rows["period_start"].unique()}
    first = phase_of(rows["period_start"], dates)
    last = phase_of(rows["period_start"].map(lasts), dates)
    beyond = first == OUTSIDE
    reaches = (first != last) & ~beyond & (table.straddling == "exclude")
    count(excluded, OUTSIDE_PHASES, int(beyond.sum()))
    count(excluded, REACHES, int(reaches.sum()))
    return rows.assign(phase=first)[~beyond & ~reaches]


def _last_day(start: str, period: str) -> str:
    return (period_end(date.fromisoformat(start), period) - timedelta(days=1)).isoformat()


def _sixty(path: Path, rows: pd.DataFrame, name: str, table: ImportTable) -> list[str]:
    """Name a measure of time whose values jump by about 60 from one period to another."""
    used = rows[(rows["denominator"] > 0) & (rows["numerator"] > 0)]
    if (
        table.measures[name].units_checked
        or used.empty
        or (name in MEASURES and MEASURES[name].kind != "time")
    ):
        return []
    medians = _medians(used, "period_start")
    low, high = str(medians.idxmin()), str(medians.idxmax())
    ratio = float(medians.max() / medians.min())
    if not SIXTY[0] <= ratio <= SIXTY[1]:
        return []
    return [
        f"{path}: measure {name!r}: the median of {high} is {ratio:.0f} times that of {low}; "
        "has the unit changed between minutes and hours? If not, set units_checked = true"
    ]


def _medians(used: pd.DataFrame, by: str) -> "pd.Series[float]":
    return (used["numerator"] / used["denominator"]).groupby(used[by]).median()


def put_together(parts: Sequence[Part]) -> pd.DataFrame:
    """One table of the columns of COLUMNS, sorted; a clinician's period is there once.

    Raises:
        InputError: two exports give the same period, or a measure has no row before or none after.

    """
    every = pd.concat([part.rows for part in parts], ignore_index=True)
    key = ["clinician_id", "period_start", "measure"]
    problems = [
        f"{row.source}: measure {row.measure!r}: clinician {row.clinician_id!r}, period {row.period_start} "
        "is given by another table too; keep one"
        for row in every[every.duplicated(key, keep="first")].itertuples(index=False)
    ]
    for name in dict.fromkeys(name for part in parts for name in part.table.measures):
        starts, phases = (every.loc[every["measure"] == name, c] for c in ("period_start", "phase"))
        left = sum((Counter(part.by_measure.get(name, {})) for part in parts), Counter())
        said = ", ".join(f"{n} x {reason}" for reason, n in sorted(left.items())) or "nothing"
        spans = f"rows from {starts.min()} to {starts.max()}" if len(starts) else "no rows"
        problems += [
            f"measure {name!r}: no row is in phase {phase!r} ({spans}; left out: {said}); "
            "check [phases] and the export"
            for phase in ("before", "after")
            if phase not in set(phases)
        ]
    if problems:
        raise InputError(problems)
    frame = every.sort_values(["clinician_id", "period_start", "measure"], ignore_index=True)
    texts = [name for name in COLUMNS if name not in ("numerator", "denominator")]
    return frame[list(COLUMNS)].astype(dict.fromkeys(texts, object))


def account(parts: Sequence[Part], frame: pd.DataFrame, root: Path) -> dict[str, Any]:
    """Say what was recognised, left out and left over, as JSON values; equal inputs give equal bytes."""
    return {
        "files": [_file(part) for part in parts],
        "measures": {name: _measure(name, frame, parts) for name in sorted(frame["measure"].unique())},
        "n_rows": len(frame),
        "n_clinicians": int(frame["clinician_id"].nunique()),
        "clinicians_on_one_side": {f"only_{phase}": ids for phase, ids in _sides(frame).items()},
        "clinicians_without_rows": _without(frame, parts),
        "warnings": [
            *(w.replace(f"{root}/", "") for p in parts for w in p.readings.warnings),
            *_warnings(frame),
        ],
    }


def _file(part: Part) -> dict[str, Any]:
    readings = part.readings
    return {
        "file": part.table.file,
        "format": part.table.format,
        "n_rows": readings.n_rows,
        "metrics": dict(readings.metrics),
        "unmapped": dict(readings.unmapped),
        "ignored_columns": list(readings.ignored),
        "excluded": dict(sorted(part.excluded.items())),
        "excluded_by_measure": {n: dict(sorted(c.items())) for n, c in part.by_measure.items() if c},
        **readings.notes,
    }


def _measure(name: str, frame: pd.DataFrame, parts: Sequence[Part]) -> dict[str, Any]:
    rows = frame[frame["measure"] == name]
    return {
        "from": [
            {"file": part.table.file, **part.table.measures[name].model_dump(mode="json", exclude_none=True)}
            for part in parts
            if name in part.table.measures
        ],
        "n_rows": len(rows),
        "n_clinicians": int(rows["clinician_id"].nunique()),
        "n_rows_with_zero_denominator": int((rows["denominator"] == 0).sum()),
        "phases": {phase: _phase(rows[rows["phase"] == phase]) for phase in PHASES},
        **{f"only_{p}": ids for p, ids in _sides(rows).items()},
        "without_rows": _without(rows, [part for part in parts if name in part.table.measures]),
    }


def _phase(rows: pd.DataFrame) -> dict[str, Any] | None:
    """Rows, clinicians and periods of a phase, and its ratio of totals; None where there is none."""
    if rows.empty:
        return None
    starts, total = rows["period_start"], float(rows["denominator"].sum())
    return {
        "n_rows": len(rows),
        "n_clinicians": int(rows["clinician_id"].nunique()),
        "n_periods": int(starts.nunique()),
        "first": starts.min(),
        "last": starts.max(),
        "ratio_of_totals": float(rows["numerator"].sum()) / total if total > 0 else None,
    }


def _sides(rows: pd.DataFrame) -> dict[str, list[str]]:
    """Clinicians with rows before only, after only, and in neither (training alone)."""
    before, after = (set(rows.loc[rows["phase"] == phase, "clinician_id"]) for phase in ("before", "after"))
    everyone = set(rows["clinician_id"])
    return {
        "before": sorted(before - after),
        "after": sorted(after - before),
        "training": sorted(everyone - before - after),
    }


def _without(rows: pd.DataFrame, parts: Sequence[Part]) -> list[str]:
    """Clinicians of the exports who have no row; the table would not show that they were there."""
    return sorted(set().union(*(part.readings.clinicians for part in parts)) - set(rows["clinician_id"]))


def _warnings(frame: pd.DataFrame) -> list[str]:
    """What is possible and yet worth a look: hardly anyone compared, somebody in another unit."""
    warnings = []
    for name, rows in frame.groupby("measure"):
        used = rows[(rows["denominator"] > 0) & (rows["numerator"] > 0)]
        if str(name) in MEASURES and MEASURES[str(name)].kind == "time" and not used.empty:
            medians = _medians(used, "clinician_id")
            ratio = medians / medians.median()
            far = medians.index[ratio.between(*SIXTY) | (1 / ratio).between(*SIXTY)]
            if len(far):
                warnings.append(
                    f"{name}: {', '.join(map(str, far[:5]))}: about 60 times more or less than the others; "
                    "check that their rows are in the same unit"
                )
    paired = set.intersection(
        *(set(frame.loc[frame["phase"] == p, "clinician_id"]) for p in ("before", "after"))
    )
    if len(paired) < 2:
        warnings.append(f"only {len(paired)} with both phases; no interval and no test can be given")
    return warnings
