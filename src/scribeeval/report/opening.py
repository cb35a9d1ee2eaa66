"""The first screen: the questions of a committee, answered in sentences with numbers."""

from collections.abc import Iterator, Sequence

from scribeeval.report.blocks import Answers, Section
from scribeeval.report.languages import Language
from scribeeval.report.systems import failed_drafts, of_several_models
from scribeeval.report.use import MeasureView, estimators_of, measures
from scribeeval.report.views import Json, MetricView, failed_visits

HEADLINES = {  # the metrics that answer first, by comparison; where a run has none of them, all it has
    "content": ("term_recall", "support"),
    "speech": ("wer",),
    "edit": ("kept_words_share", "edit_distance_words", "clinical_edits"),
}


def summary_section(
    say: Language, summary: Json | None, study: Json | None, facts: Json, metrics: Sequence[MetricView]
) -> Section:
    """Answer how good, what changed, how much time, and how sure."""
    answers = [(say("question.drafts"), tuple(_drafts(say, summary, metrics)))]
    if summary is not None:
        answers.append((say("question.changes"), tuple(_changes(say, summary, metrics))))
    answers.append((say("question.time"), tuple(_time(say, study))))
    answers.append((say("question.certainty"), tuple(_certainty(say, summary, study, facts))))
    kept = tuple((question, sentences) for question, sentences in answers if sentences)
    return Section("summary", say("section.summary"), (Answers(kept),))


def _drafts(say: Language, summary: Json | None, metrics: Sequence[MetricView]) -> Iterator[str]:
    if summary is None:
        yield say("absent.summary")
        return
    yield from _headlines(say, metrics, "content") or [say("absent.content")]
    yield from _headlines(say, metrics, "speech")


def _changes(say: Language, summary: Json, metrics: Sequence[MetricView]) -> Iterator[str]:
    yield from _headlines(say, metrics, "edit") or [say("absent.edit")]
    use = summary.get("draft_use")
    if use and any(n for kind, n in use["total"].items() if kind != "no_draft"):
        total = use["total"]
        uses = [say("headline.use", n=n, use=say.name("use", kind)) for kind, n in total.items() if n]
        visits = say.count("visits", sum(total.values()))
        yield say("headline.draft_use", visits=visits, uses=", ".join(uses))


def _headlines(say: Language, metrics: Sequence[MetricView], comparison: str) -> list[str]:
    """Say what the first system reached on the metrics that answer first."""
    views = [view for view in metrics if view.comparison == comparison]
    chosen = [view for name in HEADLINES[comparison] for view in views if view.name == name]
    return [_headline(say, view) for view in chosen or views]


def _headline(say: Language, view: MetricView) -> str:
    label, score = next(iter(view.scores.items()))
    estimate = view.estimate(score)
    visits = say.count("visits", score["n_visits"] - (score["n_undefined"] or 0))
    key = f"headline.{view.name}"
    if score["value"] is None or key not in say.strings:
        return say("headline.any", title=view.title, estimate=estimate, visits=visits)
    floors = [
        say("headline.floor", floor=say.name("floor", floor), value=view.scale.value(value))
        for floor, value in (score.get("floors") or {}).items()
        if value is not None
    ]
    beside = say("headline.floors", floors=", ".join(floors)) if floors else ""
    return say(key, system=label, estimate=estimate, visits=visits, floors=beside)


def _time(say: Language, study: Json | None) -> Iterator[str]:
    if study is None:
        yield say("absent.study")
        return
    times = [view for view in measures(say, study).values() if view.data["kind"] == "time"]
    if not times:
        yield say("absent.time")
        return
    for view in times:
        yield say(
            f"headline.{view.direction}",
            title=view.title,
            per=view.scale.per(),
            before=view.scale.amount(view.data["before"]),
            after=view.scale.amount(view.data["after"]),
            difference=view.difference(in_text=True),
        )
        if view is not times[0]:
            continue  # the others' percent changes are in the section
        changes = [
            say("headline.percent_one", estimator=say.name("estimator", name), estimate=view.percent(name))
            for name in estimators_of(view)
        ]
        yield say("headline.percent", changes="; ".join(changes))


def _certainty(say: Language, summary: Json | None, study: Json | None, facts: Json) -> Iterator[str]:
    if summary is not None:
        yield say("headline.visits", visits=say.count("visits", summary["n_visits"]))
        failed = failed_visits(summary)
        if failed:
            yield say("headline.failed", visits=say.count("visits", len(failed)))
        failed_systems, several = failed_drafts(say, summary), of_several_models(say, summary)
        if failed_systems:
            yield say("headline.failed_drafts", systems=failed_systems)
        if several:
            yield say("headline.several_models", systems=several)
    if study is not None:
        yield from _study_certainty(say, study)
    if facts.get("simulated"):
        yield say("headline.simulated")


def _study_certainty(say: Language, study: Json) -> Iterator[str]:
    view: MeasureView | None = next(iter(measures(say, study).values()), None)
    if view is None:
        return
    uncontrolled = study["design"] == "before_after"
    yield say(
        "headline.clinicians" if uncontrolled else "headline.clinicians_other_design",
        design=say.name("design", study["design"]),
        n=say.count("clinicians", view.data["n_clinicians"]),
        dropped=view.data["n_dropped"],
    )
    if view.data["lower_is_better"] is not None:
        yield say("headline.worse", title=view.title, share=view.worse())
    tests = [
        say("headline.test", test=test, p=p, p_adjusted=adjusted) for test, _, p, adjusted, _ in view.tests()
    ]
    if tests:
        yield say("headline.tests", title=view.title, tests="; ".join(tests))
