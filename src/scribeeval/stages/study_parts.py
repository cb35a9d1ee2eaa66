"""Parts of study.json beside the plain comparison: adjusted models, dose, subgroups, missing data, flow."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from scribeeval.config_study import StudyTable
from scribeeval.stats.changes import Changes, Scale, clinician_changes
from scribeeval.stats.design_matrix import build
from scribeeval.stats.dose import UserRule, dose
from scribeeval.stats.flow import flow
from scribeeval.stats.links import links
from scribeeval.stats.measures import ClinicianValues, Measure
from scribeeval.stats.missing import compare as compare_missing
from scribeeval.stats.mixed import mixed_model, mixed_models
from scribeeval.stats.second_opinions import second_opinions
from scribeeval.stats.subgroups import subgroups
from scribeeval.stats.utilisation import utilisation

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class StudyData:
    """The tables of a study.  everyone: the EHR use of both groups; frame: of the scribe group.

    clinicians: index clinician_id, of both groups; None where there is no such table.
    """

    everyone: pd.DataFrame
    frame: pd.DataFrame
    clinicians: pd.DataFrame | None


def adjusted(data: StudyData, measure: Measure, settings: StudyTable, seed: int) -> Json:
    """Fit the mixed models of one measure, and the second opinions on the same rows.

    Raises:
        InputError: a covariate is not known, or cannot be told apart from the others.

    """
    design = build(
        data.frame,
        measure,
        data.clinicians,
        covariates=settings.covariates,
        time_varying=settings.time_varying,
        cross_with_phase=settings.cross_with_phase,
    )
    models = mixed_models(design, alpha=settings.alpha, resamples=settings.resamples, seed=seed)
    opinions = second_opinions(
        design.y,
        design.x,
        design.names,
        design.clusters,
        design.at,
        kind=measure.kind,
        trials=design.denominators if measure.kind == "share" else None,
        alpha=settings.alpha,
        seed=seed,
        resamples=settings.resamples,
    )
    return {"adjusted": models, "second_opinions": opinions}


def missing_data(data: StudyData, measure: Measure, settings: StudyTable, seed: int) -> Json:
    """Set the ways to treat clinicians without values side by side, the mixed model under MAR among them."""
    design = build(data.frame, measure, one_sided=True)
    scale: Scale = "log" if measure.scale == "log" and (design.y > 0).all() else "raw"
    model = mixed_model(design, scale, alpha=settings.alpha, resamples=settings.resamples, seed=seed)
    return asdict(
        compare_missing(data.everyone, measure, data.clinicians, alpha=settings.alpha, mar=asdict(model))
    )


def of_clinicians(
    data: StudyData, values: Mapping[str, ClinicianValues], settings: StudyTable, seed: int
) -> tuple[dict[str, Json], Json]:
    """Relate the changes to what is known of the clinicians: parts by measure, and parts of the study.

    Raises:
        InputError: a column is not in the clinicians table, or its cells cannot be used.

    """
    changes = {name: clinician_changes(values[name], measure) for name, measure in settings.chosen.items()}
    by_measure = {
        name: _of_measure(change, data.clinicians, settings, seed) for name, change in changes.items()
    }
    users = UserRule(settings.used_min_visits, settings.used_min_utilisation)
    whole: Json = {"flow": asdict(flow(data.everyone, data.clinicians, values, users))}
    if settings.links:
        use = None if data.clinicians is None else utilisation(data.clinicians)
        linked = links(
            changes,
            use,
            [(link.exposure, link.outcome) for link in settings.links],
            alpha=settings.alpha,
            resamples=settings.resamples,
            seed=seed,
            shares={name: measure.kind == "share" for name, measure in settings.chosen.items()},
            units={name: measure.unit for name, measure in settings.chosen.items()},
        )
        whole["links"] = [asdict(link) for link in linked]
    return by_measure, whole


def _of_measure(changes: Changes, clinicians: pd.DataFrame | None, settings: StudyTable, seed: int) -> Json:
    if clinicians is None:
        return {}
    related = dose(
        changes,
        clinicians,
        alpha=settings.alpha,
        resamples=settings.resamples,
        seed=seed,
        users=UserRule(settings.used_min_visits, settings.used_min_utilisation),
    )
    groups = subgroups(changes, clinicians, settings.by, alpha=settings.alpha, seed=seed)
    return {
        "dose": None if related is None else asdict(related),
        "subgroups": {column: asdict(group) for column, group in groups.items()},
    }
