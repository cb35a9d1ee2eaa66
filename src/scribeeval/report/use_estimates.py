"""Estimators, effect sizes and tests of the EHR-use comparison: study.json -> blocks."""

from collections.abc import Iterator, Mapping

from scribeeval.report.blocks import Block, Figure, Group, Heading, Paragraph, Table
from scribeeval.report.figures import Dot, Panel, draw_dots
from scribeeval.report.languages import Language, Scale, number
from scribeeval.report.measure_view import (
    MeasureView,
    direction,
    estimators_of,
    interval_with_method,
    undefined,
)
from scribeeval.report.views import Json

EFFECTS = ("d_z", "hedges_g", "rank_biserial")


def estimate_blocks(say: Language, study: Json, shown: Mapping[str, MeasureView]) -> Iterator[Block]:
    """Draw the percent changes by estimator, then print every estimate with both of its intervals."""
    level = say.percent(1 - study["alpha"], digits=0)
    estimators = list(dict.fromkeys(name for view in shown.values() for name in estimators_of(view)))
    panels = [
        Panel(view.title, tuple(_change_dot(say, view, name) for name in estimators))
        for view in shown.values()
    ]
    caption = say("caption.changes", level=level)
    description = say("drawing.changes", measures=say.count("measures", len(panels)))
    yield Heading(say("label.percent"))
    yield Paragraph(say("text.percent"))
    if any(view.scale.share for view in shown.values()):
        yield Paragraph(say("text.shares"))
    yield Figure(caption, draw_dots("percent-changes", caption, description, panels, one_axis=True))
    yield Paragraph(say("text.estimates"))
    columns = (say("column.estimator"), say("column.estimate"), *_interval_heads(say, level))
    groups = tuple(
        Group(view.title, tuple(_estimate_rows(say, view, 1 - study["alpha"]))) for view in shown.values()
    )
    yield Table(say("caption.percent", level=level), columns, groups)


def _interval_heads(say: Language, level: str) -> tuple[str, str]:
    return say("column.interval", level=level), say("column.analytic", level=level)


def _estimate_rows(say: Language, view: MeasureView, level: float) -> Iterator[tuple[str, str, str, str]]:
    """The estimates in the measure's unit, then the percent changes."""
    for name in ("difference", "hodges_lehmann"):
        estimate = view.data.get(name)
        if estimate is None:  # a study.json of before there was one
            continue
        label = say("label.with_unit", name=say.heading("estimator", name), unit=view.change_unit)
        yield _row(say, label, view.scale, level, estimate)
    for name in estimators_of(view):
        estimate = view.data["percent_change"][name]
        label = say("label.with_unit", name=say.heading("estimator", name), unit=say("unit_short.share"))
        yield _row(say, label, view.percent_scale, level, estimate)


def _row(say: Language, label: str, shown: Scale, level: float, estimate: Json) -> tuple[str, str, str, str]:
    """Print numbers without their unit, which the label names: percent and points are never mixed."""
    if estimate.get("estimate") is None:
        return label, undefined(say, estimate), "", ""
    text = shown.number(estimate["estimate"], signed=True)
    analytic = estimate.get("analytic")
    beside = interval_with_method(say, shown, level, analytic) if analytic else say("label.no_formula")
    return label, text, interval_with_method(say, shown, level, estimate), beside


def _change_dot(say: Language, view: MeasureView, estimator: str) -> Dot:
    change = view.data["percent_change"].get(estimator) or {}
    ends = (change.get(key) for key in ("estimate", "low", "high"))
    value, low, high = (None if end is None else 100 * end for end in ends)
    return Dot(say.name("estimator", estimator), value, low, high, view.percent(estimator))


def effect_blocks(say: Language, study: Json, shown: Mapping[str, MeasureView]) -> Iterator[Block]:
    """Print the standardised effect sizes with intervals and, in words, their direction."""
    level = say.percent(1 - study["alpha"], digits=0)
    plain = Scale(say, None, False, 2)
    groups = []
    for view in shown.values():
        rows = []
        for name in EFFECTS:
            effect = (view.data.get("effect_sizes") or {}).get(name)
            if effect is None:
                continue
            text, interval = undefined(say, effect), ""
            if effect["estimate"] is not None:
                text = plain.change(effect["estimate"], unit=False)
                interval = interval_with_method(say, plain, 1 - study["alpha"], effect)
            rows.append((say.name("effect", name), text, interval, say(f"direction.{direction(effect)}")))
        groups.append(Group(view.title, tuple(rows)))
    if any(group.rows for group in groups):
        columns = ("effect_size", "estimate", "interval", "direction")
        heads = tuple(say(f"column.{column}", level=level) for column in columns)
        yield Heading(say("label.effects"))
        yield Paragraph(say("text.effects"))
        yield Table(
            say("caption.effects", level=level), heads, tuple(group for group in groups if group.rows)
        )


def tests_blocks(say: Language, shown: Mapping[str, MeasureView]) -> Iterator[Block]:
    """Print every test with its p-value, raw and adjusted over the family."""
    groups = tuple(
        Group(view.title, tuple(_test_rows(say, view))) for view in shown.values() if view.data["tests"]
    )
    if groups:
        columns = ("test", "method", "statistic", "p_value", "p_adjusted", "p_bh", "effect_size")
        yield Heading(say("label.tests"))
        yield Paragraph(say("text.tests"))
        yield Table(say("caption.tests"), tuple(say(f"column.{column}") for column in columns), groups)


def _test_rows(say: Language, view: MeasureView) -> Iterator[tuple[str, ...]]:
    for name, (title, statistic, p, adjusted, effect) in zip(
        sorted(view.data["tests"]), view.tests(), strict=True
    ):
        test = view.data["tests"][name]
        if test["p_value"] is None:
            yield title, undefined(say, test), statistic, p, adjusted, p, effect
            continue
        method = say.name("test_method", test["method"]) if test.get("method") else ""
        if test.get("df") is not None:
            method = say("number.df", method=method, df=number(test["df"], 0))
        outside = say("label.outside_family")
        adjusted = adjusted if test["p_adjusted"] is not None else outside
        p_bh = test.get("p_benjamini_hochberg")
        yield title, method, statistic, p, adjusted, outside if p_bh is None else say.p_value(p_bh), effect
