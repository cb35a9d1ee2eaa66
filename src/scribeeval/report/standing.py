"""The section on where a pilot stands among published studies: study.json and package data -> blocks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from scribeeval.report.blocks import Block, Figure, Group, Heading, Items, Paragraph, Section, Table
from scribeeval.report.figures import Dot, Panel, draw_dots
from scribeeval.report.languages import Language, Scale
from scribeeval.report.published_words import effect_row, outcome, study_heading, which
from scribeeval.report.use import MeasureView, estimators_of, measures
from scribeeval.report.views import Json
from scribeeval.stats.published import (
    PLACED,
    Effect,
    Published,
    PublishedStudy,
    ReferencePoint,
    comparable,
    load_published,
    reference_points,
)

EffectOf: TypeAlias = "tuple[PublishedStudy, Effect]"
Ends: TypeAlias = "tuple[float | None, float | None, float | None]"  # estimate, low, high


def standing_section(say: Language, study: Json) -> Section | None:
    """Build the section; None where no published figure is comparable with a measure of the study.

    Drawn together are only percent changes of one measure: the pilot's, one for each named estimator and
    adjusted model that gives a percent, and the published ones, those against a control group apart from
    those without one.  Every other published figure is listed as it was reported, and none is converted.
    """
    published = load_published()
    shown = {
        name: (view, placed)
        for name, view in measures(say, study).items()
        if any((placed := _placed(published, name)).values())
    }
    if not shown:
        return None
    blocks = (
        Paragraph(say("standing.lead"), lead=True),
        Paragraph(say("standing.sizes")),
        *([Paragraph(say("standing.uncontrolled"))] if study["design"] == "before_after" else []),
        Items(tuple(_ranges(say, name, view, published, placed) for name, (view, placed) in shown.items())),
        *(
            _figure(say, name, view, placed, reference_points(published, name))
            for name, (view, placed) in shown.items()
        ),
        *_reference_table(say, published, {name: view for name, (view, _) in shown.items()}),
        Heading(say("standing.listed")),
        Paragraph(say("standing.reliability")),
        _listed(say, published),
    )
    return Section("standing", say("standing.title"), tuple(blocks))


def _placed(published: Published, measure: str) -> dict[str, list[EffectOf]]:
    return {contrast: list(comparable(published, measure, contrast)) for contrast in PLACED}


def pilot_changes(say: Language, view: MeasureView) -> Iterator[tuple[str, Json]]:
    """Yield the pilot's percent changes of a measure: each estimator's, then each adjusted model's."""
    for name in estimators_of(view):
        yield say.name("estimator", name), view.data["percent_change"][name]
    for name, model in (view.data.get("adjusted") or {}).items():
        if model.get("estimate_kind") == "percent_change":
            yield _model(say, name), model


def _model(say: Language, name: str) -> str:
    """Name an adjusted model; one that nobody named prints as it is."""
    return say.name("model", name, say.name("second_opinion", name))


def _ends(change: Json) -> Ends:
    value, low, high = (change.get(key) for key in ("estimate", "low", "high"))
    return value, low, high


def _text(say: Language, ends: Ends, digits: int = 1) -> str:
    """Print a percent change with its interval, where it has one."""
    value, low, high = ends
    text = say.percent(value, digits=digits, signed=True)
    if value is None or low is None or high is None:
        return text
    interval = Scale(say, None, True, 1).interval(low, high, signed=True)
    return say("number.estimate", estimate=text, interval=interval)


def _dot(say: Language, label: str, ends: Ends, *, digits: int = 1, hollow: bool = False) -> Dot:
    value, low, high = (None if end is None else 100 * end for end in ends)
    return Dot(label, value, low, high, _text(say, ends, digits), hollow)


def _name(say: Language, study: PublishedStudy, effect: Effect) -> str:
    """Name a published figure in a drawing: study and, where it has more than one, which."""
    one = which(say, effect)
    return f"{study.label}, {one}" if one else study.label


def _figure(
    say: Language,
    name: str,
    view: MeasureView,
    placed: Mapping[str, Sequence[EffectOf]],
    references: Sequence[ReferencePoint],
) -> Figure:
    own = tuple(_dot(say, label, _ends(change)) for label, change in pilot_changes(say, view))
    panels = [Panel(say("standing.pilot"), own)]
    for contrast, effects in placed.items():
        dots = tuple(
            _dot(say, _name(say, study, effect), (effect.estimate, effect.low, effect.high))
            for study, effect in effects
        )
        if dots:
            panels.append(Panel(say(f"standing.panel_{contrast}"), dots))
    points = tuple(
        _dot(say, point.source, (point.value, None, None), digits=point.digits, hollow=True)
        for point in references
        if point.kind == "percent_change"
    )
    if points:
        panels.append(Panel(say("standing.panel_reference"), points))
    title = say("standing.drawn", title=view.title)
    drawing = draw_dots(f"standing-{name}", title, say("standing.drawing"), panels, one_axis=True)
    key = "standing.figure_reference" if points else "standing.figure"
    return Figure(say(key, title=view.title, level=view.level), drawing)


def _range(say: Language, values: Sequence[float]) -> str:
    low, high = (say.percent(value, signed=True) for value in (min(values), max(values)))
    return low if low == high else say("number.interval", low=low, high=high)


def _figures(say: Language, n: int) -> str:
    return say("standing.figures_one" if n == 1 else "standing.figures_many", n=n)


def _ranges(
    say: Language,
    name: str,
    view: MeasureView,
    published: Published,
    placed: Mapping[str, Sequence[EffectOf]],
) -> str:
    """Say between which values the pilot's estimators lie, and the published figures of each kind."""
    own = [value for _, change in pilot_changes(say, view) if (value := change.get("estimate")) is not None]
    pilot = _range(say, own) if own else say("number.undefined")
    kinds = {**placed, "control_arm": list(comparable(published, name, "control_arm"))}
    parts = [
        say(f"standing.range_{contrast}", range=_range(say, values), n=_figures(say, len(values)))
        for contrast, effects in kinds.items()
        if (values := [effect.estimate for _, effect in effects if effect.estimate is not None])
    ]
    return say("standing.range", title=view.title, pilot=pilot, published="; ".join(parts))


def _reference_table(
    say: Language, published: Published, shown: Mapping[str, MeasureView]
) -> Iterator[Block]:
    """Set the pilot's figures beside the reference points, with no verdict."""
    groups = []
    for name, view in shown.items():
        for point in reference_points(published, name):
            if point.kind == "percent_change":
                rows = tuple((label, _text(say, _ends(change))) for label, change in pilot_changes(say, view))
            else:
                rows = ((say("standing.difference"), view.difference(in_text=False)),)
            groups.append(Group(_reference(say, view, point), rows))
    if groups:
        yield Heading(say("standing.references"))
        yield Paragraph(say("standing.no_verdict"))
        heads = (say("standing.estimator"), say("standing.here"))
        yield Table(say("standing.reference_table"), heads, tuple(groups))


def _reference(say: Language, view: MeasureView, point: ReferencePoint) -> str:
    effect = Effect(
        measure=point.measure,
        kind=point.kind,
        unit=point.unit,
        estimate=abs(point.value),
        digits=point.digits,
        estimator="not_stated",
        contrast="not_stated",
        reliability=point.reliability,
        source=point.source,
    )
    key = "standing.at_least_less" if point.value < 0 else "standing.at_least_more"
    return say(key, source=point.source, title=view.title, size=outcome(say, effect, signed=False))


def _listed(say: Language, published: Published) -> Table:
    groups = tuple(
        Group(study_heading(say, study), tuple(effect_row(say, effect) for effect in study.effects))
        for study in published.studies
    )
    columns = ("outcome", "reported", "how", "reliability", "remark")
    heads = tuple(say(f"standing_column.{column}") for column in columns)
    return Table(say("standing.table"), heads, groups, words=True)
