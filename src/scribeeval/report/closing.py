"""The last sections: limits, methods, failures."""

from collections.abc import Iterator, Sequence

from scribeeval.report.blocks import (
    Block,
    Definition,
    Definitions,
    Group,
    Heading,
    Items,
    Paragraph,
    Section,
    Table,
)
from scribeeval.report.languages import Language, number
from scribeeval.report.use import phases
from scribeeval.report.views import Json, MetricView, failed_visits, unmeasured

COMPUTED = (
    "clinician_value",
    "difference",
    "ratio_of_means",
    "geometric_mean_ratio",
    "mean_of_clinician_changes",
    "median_of_clinician_changes",
    "hodges_lehmann",
    "hodges_lehmann_ratio",
    "intervals",
    "analytic",
    "paired_t",
    "wilcoxon_signed_rank",
    "sign_flip",
    "effect_sizes",
    "multiplicity",
    "worse",
    "spread",
)
FACTS = ("title", "run_name", "version", "site", "product", "visits_table", "n_visits", "n_clinicians")


def limits_section(
    say: Language, summary: Json | None, study: Json | None, facts: Json, metrics: Sequence[MetricView]
) -> Section:
    """Say what the numbers cannot show, and what is missing from them."""
    items = list(_study_limits(say, study)) if study is not None else []
    if summary is not None:
        items += _score_limits(say, summary, facts, metrics)
    counts = [say.count("visits", summary["n_visits"])] if summary is not None else []
    if study is not None:
        counts.append(say.count("clinicians", study["n_scribe_clinicians"]))
    if counts:
        items += [say("limit.small", counts=", ".join(counts)), say("limit.interval")]
    items.append(say("limit.scope"))
    if facts.get("simulated"):
        items.insert(0, say("limit.simulated"))
    return Section("limits", say("section.limits"), (Items(tuple(items)),))


def _study_limits(say: Language, study: Json) -> Iterator[str]:
    if study["design"] == "before_after":
        yield say("limit.control")
        yield say("limit.regression")
        yield say("limit.controlled")
    if len(study["measures"]) > 1 and study.get("primary"):
        yield say("limit.many", primary=say.name("measure", study["primary"]))
    if any(measure["kind"] == "time" for measure in study["measures"].values()):
        yield say("limit.activity")
    dropped = sorted({one["clinician_id"] for one in study.get("dropped") or ()})
    if dropped:
        yield say("limit.dropped", n=say.count("clinicians", len(dropped)), ids=", ".join(dropped))


def _score_limits(say: Language, summary: Json, facts: Json, metrics: Sequence[MetricView]) -> Iterator[str]:
    undefined = [
        say(
            "limit.undefined_one",
            title=view.title,
            system=label,
            n=number(score["n_undefined"], 0),
            m=number(score["n_visits"], 0),
        )
        for view in metrics
        for label, score in view.scores.items()
        if score["n_undefined"]
    ]
    if undefined:
        yield say("limit.undefined", metrics="; ".join(undefined))
    missing = unmeasured(say, summary, facts)
    if missing:
        yield say("limit.unmeasured", metrics=", ".join(missing))
    failed = failed_visits(summary)
    if failed:
        yield say("limit.failed", ids=", ".join(failed))
    if any(view.comparison == "edit" for view in metrics):
        yield say("limit.signed")
    flags = (summary.get("draft_flags") or {}).items()
    if flags:
        told = (say("label.counted", name=say.name("draft_flag", flag), n=number(n, 0)) for flag, n in flags)
        yield say("limit.draft_flags", flags="; ".join(told))


def methods_section(
    say: Language, summary: Json | None, study: Json | None, facts: Json, metrics: Sequence[MetricView]
) -> Section:
    """Give what is needed to repeat the run: settings, definitions, signatures, estimators."""
    blocks: list[Block] = []
    if metrics:
        entries = tuple(_definition(say, view) for view in metrics)
        blocks += [Heading(say("label.metrics")), Paragraph(say("text.signatures")), Definitions(entries)]
        if any(True for view in metrics for _ in view.floors()):
            blocks.append(Paragraph(say("computed.floors")))
    if study is not None:
        computed = Items(tuple(say(f"computed.{key}") for key in COMPUTED))
        blocks += [Heading(say("label.computed")), Paragraph(say("text.studies")), computed]
    rows = list(_fact_rows(say, facts))
    if summary is not None:
        rows += _score_rows(say, summary, facts)
    if study is not None:
        rows += _study_rows(say, study)
    columns = (say("column.setting"), say("column.value"))
    blocks += [
        Heading(say("caption.settings")),
        Paragraph(say("text.settings")),
        Table(say("caption.settings"), columns, (Group(None, tuple(rows)),), words=True),
    ]
    return Section("methods", say("section.methods"), tuple(blocks))


def _definition(say: Language, view: MetricView) -> Definition:
    compares = say.strings.get(f"comparison.{view.comparison}")
    sentences = [
        say.strings.get(f"definition.{view.name}", ""),
        say("label.comparison", comparison=compares) if compares else "",
    ]
    signatures = tuple(dict.fromkeys(score["signature"] for score in view.scores.values()))
    term = view.title if view.title == view.name else say("label.named", title=view.title, name=view.name)
    return Definition(term, " ".join(filter(None, sentences)), signatures)


def _fact_rows(say: Language, facts: Json) -> Iterator[tuple[str, str]]:
    for key in FACTS:
        if facts.get(key):
            yield say(f"setting.{key}"), str(facts[key])
    if facts.get("specialties"):
        yield say("setting.specialties"), ", ".join(facts["specialties"])
    if facts.get("drafters"):
        yield say("setting.drafters"), ", ".join(say.name("system", name) for name in facts["drafters"])
    if facts.get("transcriber"):
        yield say("setting.transcriber"), ", ".join(str(v) for v in facts["transcriber"].values() if v)


def _score_rows(say: Language, summary: Json, facts: Json) -> Iterator[tuple[str, str]]:
    yield say("setting.level"), say.percent(facts["level"], digits=0)
    unit = (summary.get("intervals") or {}).get("unit")
    if unit:
        yield say("setting.unit"), say.name("resampled", unit)
    for key in ("resamples", "seed"):
        if facts.get(key) is not None:
            yield say(f"setting.{key}"), str(facts[key])


def _study_rows(say: Language, study: Json) -> Iterator[tuple[str, str]]:
    yield say("setting.design"), say.name("design", study["design"])
    if study.get("phases"):
        yield say("setting.phases"), "; ".join(phases(say, study))
    if study.get("primary"):
        yield say("setting.primary"), say.name("measure", study["primary"])
    tests = ", ".join(say.name("test", name) for name in study.get("default_tests") or ())
    if tests:
        yield say("setting.default_tests"), tests
    if study.get("family"):
        names = ", ".join(say.name("measure", name) for name in study["family"])
        method = say.name("multiplicity", study["multiplicity"])
        yield say("setting.family"), say("setting.family_by", measures=names, method=method)
    yield say("setting.alpha"), str(study["alpha"])
    for key in ("resamples", "seed"):
        if study.get(key) is not None:
            yield say(f"setting.study_{key}"), str(study[key])


def failures_section(say: Language, summary: Json | None) -> Section | None:
    """List every failed visit with its stage and message; None where none failed."""
    failures = (summary or {}).get("failures")
    if not failures:
        return None
    rows = tuple(
        (one["visit_id"] or say("label.no_visit"), say.name("stage", one["stage"]), one["message"])
        for one in failures
    )
    columns = tuple(say(f"column.{column}") for column in ("visit", "stage", "message"))
    table = Table(say("caption.failures"), columns, (Group(None, rows),), words=True)
    lead = Paragraph(say("text.failures"), lead=True)
    return Section("failures", say("section.failures"), (lead, table))
