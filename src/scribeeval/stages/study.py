"""Study stage: the EHR-use table -> study.json, the same clinicians before and after."""

import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from scribeeval.config import relative
from scribeeval.config_study import StudyTable
from scribeeval.errors import InputError
from scribeeval.io.ehr_use import PhaseDates, read_clinicians, read_ehr_use, shares_of
from scribeeval.io.files import sha256_of, to_json
from scribeeval.io.imports.load import load_imports
from scribeeval.records import PHASES, Change
from scribeeval.run import Reporter, Run, stage_key
from scribeeval.stages.import_exports import import_frame, input_files
from scribeeval.stages.study_parts import StudyData, adjusted, missing_data, of_clinicians
from scribeeval.stages.study_tables import adjusted_table, estimates_table
from scribeeval.stats.measures import NO_EHR_USE, ClinicianValues, Measure, clinician_values
from scribeeval.stats.multiplicity import adjust
from scribeeval.stats.paired import compare

STAGE = "study"
OUTPUTS = ("study.json", "tables/study.csv", "tables/study_adjusted.csv")


def study(run: Run, config: Path, settings: StudyTable, seed: int, reporter: Reporter) -> None:
    """Compare every measure before and after; config: the file that the settings' paths are relative to.

    Raises:
        InputError: a table or a row cannot be used, a measure is missing, or no clinician is left.

    """
    started = time.monotonic()
    seed = seed if settings.seed is None else settings.seed
    key = stage_key(
        STAGE,
        settings=settings.model_dump(mode="json"),
        seed=seed,
        tables=[sha256_of(path) for path in _inputs(config, settings)],
    )
    if run.fresh(STAGE, key):
        reporter.say("study: fresh")
        return
    data = read_study(config, settings)
    _check_measures(data.everyone, settings, reporter)
    result = analyse(data, settings, seed, reporter)
    run.write("study.json", to_json(result) + "\n")
    run.write("tables/study.csv", estimates_table(result))
    run.write("tables/study_adjusted.csv", adjusted_table(result))
    run.finish(STAGE, key, OUTPUTS, started=started)
    reporter.say(f"study: {len(settings.measures)} measures, {result['n_scribe_clinicians']} clinicians")


def _inputs(config: Path, settings: StudyTable) -> list[Path]:
    """Every file that the study reads."""
    named = [name for name in (settings.ehr_use, settings.imports, settings.clinicians) if name is not None]
    paths = [relative(config, name) for name in named]
    if settings.imports is not None:
        imports = relative(config, settings.imports)
        paths += input_files(load_imports(imports), imports)
    return paths


def read_study(config: Path, settings: StudyTable) -> StudyData:
    """Read the EHR use, tidy or by importers, and the clinicians.

    Raises:
        InputError: a clinician with EHR use is not in the clinicians table, or a table cannot be used.

    """
    if settings.imports is not None:
        imports = relative(config, settings.imports)
        everyone = import_frame(load_imports(imports), imports).frame
    else:
        phases = None if settings.phases is None else PhaseDates(**settings.phases.model_dump(mode="json"))
        shares = shares_of(settings.table.values())
        everyone = read_ehr_use(relative(config, settings.ehr_use or ""), phases, shares)
    if settings.clinicians is None:
        return StudyData(everyone, everyone, None)
    compared = (*settings.covariates, *settings.by)
    clinicians = read_clinicians(relative(config, settings.clinicians), compared)
    unknown = sorted(set(everyone["clinician_id"]) - set(clinicians.index))
    if unknown:
        raise InputError(
            f"{len(unknown)} clinicians of the EHR-use table are not in the clinicians table "
            f"(first 5: {', '.join(unknown[:5])}); add a row for each"
        )
    if "group" not in clinicians.columns:
        return StudyData(everyone, everyone, clinicians)
    scribe = everyone["clinician_id"].isin(clinicians.index[clinicians["group"] == "scribe"])
    if not scribe.any():
        raise InputError(
            "no clinician of the EHR-use table is in the group 'scribe'; check the column 'group'"
        )
    return StudyData(everyone, everyone[scribe], clinicians)


def _check_measures(frame: pd.DataFrame, settings: StudyTable, reporter: Reporter) -> None:
    """Refuse rows whose measure looks like a misspelt one of the study; name others that nobody knows.

    Raises:
        InputError: rows of a measure that is nearly one of the study's.

    """
    rows = frame["measure"].value_counts()
    unknown = sorted(set(map(str, rows.index)) - settings.table.keys())
    near = {name: get_close_matches(name, settings.measures, n=1, cutoff=0.8) for name in unknown}
    problems = [
        f"EHR use: {rows[name]} rows have measure {name!r}; is it {match[0]!r}? Rename them, or define the "
        f"measure in [study.define.{name}]"
        for name, match in near.items()
        if match and name not in settings.time_varying
    ]
    if problems:
        raise InputError(problems)
    for name in unknown:
        reporter.warn(
            f"EHR use: {rows[name]} rows of measure {name!r}, which nobody defines, are passed over"
        )


def analyse(data: StudyData, settings: StudyTable, seed: int, reporter: Reporter) -> dict[str, Any]:
    """Compute study.json.

    Raises:
        InputError: a measure has no rows, no clinician has both phases, or a covariate cannot be used.

    """
    ids = sorted(map(str, data.frame["clinician_id"].unique()))
    values = {name: _values(data.frame, measure, ids) for name, measure in settings.chosen.items()}
    changes: list[Change] = []
    parts: dict[str, dict[str, Any]] = {}
    for name, measure in reporter.track(list(settings.chosen.items()), "study"):
        one = values[name]
        changes.append(
            compare(
                measure,
                one.before,
                one.after,
                n_dropped=len(one.dropped),
                alpha=settings.alpha,
                resamples=settings.resamples,
                seed=seed,
                tests=settings.test,
            )
        )
        parts[name] = {
            **adjusted(data, measure, settings, seed),
            "missing_data": missing_data(data, measure, settings, seed),
        }
    by_measure, whole = of_clinicians(data, values, settings, seed)
    family = settings.measures if settings.family is None else settings.family
    changes = adjust(changes, settings.test, family, settings.multiplicity)
    return {
        "design": settings.design,
        "primary": settings.primary,
        "alpha": settings.alpha,
        "seed": seed,
        "resamples": settings.resamples,
        "default_tests": list(settings.test),
        "family": list(family),
        "multiplicity": settings.multiplicity,
        "n_scribe_clinicians": data.frame["clinician_id"].nunique(),
        "n_control_clinicians_not_used": data.everyone["clinician_id"].nunique()
        - data.frame["clinician_id"].nunique(),
        "phases": {phase: _phase(data.frame[data.frame["phase"] == phase]) for phase in PHASES},
        "dropped": [
            {"clinician_id": clinician_id, "measure": name, "reason": reason}
            for name, one in values.items()
            for clinician_id, reason in one.dropped.items()
        ],
        "measures": {
            change.measure: _measure_row(change, settings.chosen[change.measure])
            | parts[change.measure]
            | by_measure[change.measure]
            for change in changes
        },
        **whole,
    }


def _values(frame: pd.DataFrame, measure: Measure, ids: Sequence[str]) -> ClinicianValues:
    """Take the clinicians' values; whoever has EHR use but none of this measure is dropped by name."""
    values = clinician_values(frame, measure)
    if not values.clinician_ids and set(values.dropped.values()) == {"zero_denominator"}:
        raise InputError(
            f"measure {measure.name!r}: every clinician has a denominator of 0; check the export"
        )
    if not values.clinician_ids:
        raise InputError(
            f"measure {measure.name!r}: no clinician has periods both before and after; "
            "check the phase column, or give [study.phases]"
        )
    dropped = {**dict.fromkeys(ids, NO_EHR_USE), **dict.fromkeys(values.clinician_ids), **values.dropped}
    return replace(values, dropped={i: why for i, why in dropped.items() if why is not None})


def _phase(rows: pd.DataFrame) -> dict[str, Any] | None:
    """First and last period of a phase; None where the table has none."""
    if rows.empty:
        return None
    starts = rows["period_start"]
    return {"first": starts.min(), "last": starts.max(), "n_periods": starts.nunique()}


def _measure_row(change: Change, measure: Measure) -> dict[str, Any]:
    row = asdict(change)
    del row["measure"]
    return {
        "unit": row.pop("unit"),
        "title": measure.title,
        "kind": measure.kind,
        "scale": measure.scale,
        "lower_is_better": measure.lower_is_better,
        **row,
    }
