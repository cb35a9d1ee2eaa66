"""Study stage: the EHR-use table -> study.json, the same clinicians before and after."""

import time
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from scribeeval.config import relative
from scribeeval.config_study import StudyTable
from scribeeval.errors import InputError
from scribeeval.io.ehr_use import PhaseDates, read_clinicians, read_ehr_use, shares_of
from scribeeval.io.files import sha256_of, to_json
from scribeeval.io.tables import to_csv
from scribeeval.records import PHASES, Change
from scribeeval.run import Reporter, Run, stage_key
from scribeeval.stats.measures import MEASURES, clinician_values
from scribeeval.stats.multiplicity import adjust
from scribeeval.stats.paired import compare

STAGE = "study"
OUTPUTS = ("study.json", "tables/study.csv")


def study(run: Run, config: Path, settings: StudyTable, seed: int, reporter: Reporter) -> None:
    """Compare every measure before and after; config: the file that the settings' paths are relative to.

    Raises:
        InputError: a table or a row cannot be used, a measure is missing, or no clinician is left.

    """
    started = time.monotonic()
    seed = seed if settings.seed is None else settings.seed
    ehr_use = relative(config, settings.ehr_use or "")
    clinicians = None if settings.clinicians is None else relative(config, settings.clinicians)
    key = stage_key(
        STAGE,
        settings=settings.model_dump(mode="json"),
        seed=seed,
        tables=[sha256_of(path) for path in (ehr_use, clinicians) if path is not None],
    )
    if run.fresh(STAGE, key):
        reporter.say("study: fresh")
        return
    phases = None if settings.phases is None else PhaseDates(**settings.phases.model_dump(mode="json"))
    frame = read_ehr_use(ehr_use, phases, shares_of(settings.table.values()))
    frame, n_control = _scribe_group(frame, None if clinicians is None else read_clinicians(clinicians))
    result = analyse(frame, settings, seed, ehr_use)
    result["n_control_clinicians_not_used"] = n_control
    run.write("study.json", to_json(result) + "\n")
    run.write("tables/study.csv", _table(result))
    run.finish(STAGE, key, OUTPUTS, started=started)
    reporter.say(f"study: {len(settings.measures)} measures, {result['n_scribe_clinicians']} clinicians")


def _scribe_group(frame: pd.DataFrame, clinicians: pd.DataFrame | None) -> tuple[pd.DataFrame, int]:
    """Keep the scribe clinicians; a before/after comparison has no place for the controls.

    Raises:
        InputError: a clinician with EHR use is not in the clinicians table.

    """
    if clinicians is None or "group" not in clinicians.columns:
        return frame, 0
    unknown = sorted(set(frame["clinician_id"]) - set(clinicians.index))
    if unknown:
        raise InputError(
            f"{len(unknown)} clinicians of the EHR-use table are not in the clinicians table "
            f"(first 5: {', '.join(unknown[:5])}); add them with their group"
        )
    scribe = frame["clinician_id"].map(clinicians["group"]) == "scribe"
    return frame[scribe], frame.loc[~scribe, "clinician_id"].nunique()


def analyse(frame: pd.DataFrame, settings: StudyTable, seed: int, path: Path) -> dict[str, Any]:
    """Compute study.json from the tidy table of the clinicians who used the scribe.

    Raises:
        InputError: a measure has no rows, or no clinician has both phases.

    """
    changes: list[Change] = []
    dropped: list[dict[str, str]] = []
    for name, measure in settings.chosen.items():
        values = clinician_values(frame, measure)
        if not values.clinician_ids:
            raise InputError(
                f"{path}: measure {name!r}: no clinician has periods both before and after; "
                "check the phase column, or give [study.phases]"
            )
        dropped += [
            {"clinician_id": clinician_id, "measure": name, "reason": reason}
            for clinician_id, reason in values.dropped.items()
        ]
        change = compare(
            measure,
            values.before,
            values.after,
            n_dropped=len(values.dropped),
            alpha=settings.alpha,
            resamples=settings.resamples,
            seed=seed,
            tests=settings.test,
        )
        changes.append(change)
    return {
        "design": settings.design,
        "primary": settings.primary,
        "alpha": settings.alpha,
        "seed": seed,
        "resamples": settings.resamples,
        "default_tests": list(settings.test),
        "n_scribe_clinicians": frame["clinician_id"].nunique(),
        "phases": {phase: _phase(frame[frame["phase"] == phase]) for phase in PHASES},
        "dropped": dropped,
        "measures": {change.measure: _measure_row(change) for change in _adjust(changes, settings.test)},
    }


def _phase(rows: pd.DataFrame) -> dict[str, Any] | None:
    """First and last period of a phase; None where the table has none."""
    if rows.empty:
        return None
    starts = rows["period_start"]
    return {"first": starts.min(), "last": starts.max(), "n_periods": starts.nunique()}


def _adjust(
    changes: Sequence[Change],
    tests: Sequence[str],
    family: Collection[str] | None = None,
    method: str = "holm",
) -> list[Change]:
    """Adjust each test's p-values over the measures of the declared family (all where none is declared)."""
    return adjust(changes, tests, family, method)


def _measure_row(change: Change) -> dict[str, Any]:
    measure = MEASURES[change.measure]
    row = asdict(change)
    del row["measure"]
    return {
        "unit": row.pop("unit"),
        "kind": measure.kind,
        "scale": measure.scale,
        "lower_is_better": measure.lower_is_better,
        **row,
    }


def _table(result: dict[str, Any]) -> str:
    """One row per measure and estimator: what a spreadsheet's reader expects."""
    columns = ["measure", "unit", "n_clinicians", "n_dropped", "before", "after"]
    ends = ["estimate", "low", "high", "method", "level"]
    formula = ["low", "high", "method", "level"]
    rows = []
    for name, row in result["measures"].items():
        start = [name, *(row[column] for column in columns[1:])]
        estimates = {
            "difference": row["difference"],
            "hodges_lehmann": row["hodges_lehmann"],
            **row["percent_change"],
            **row["effect_sizes"],
        }
        for estimator, estimate in estimates.items():
            analytic = estimate["analytic"] or dict.fromkeys(formula)
            rows.append(
                [
                    *start,
                    estimator,
                    *(estimate[key] for key in ends),
                    *(analytic[key] for key in formula),
                    estimate["why"],
                ]
            )
    heads = [*columns, "estimator", *ends, *(f"analytic_{key}" for key in formula), "why"]
    return to_csv(heads, rows)
