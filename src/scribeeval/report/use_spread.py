"""How clinicians differ in their change, nobody named: study.json -> blocks."""

from collections.abc import Iterator, Mapping

from scribeeval.report.blocks import Block, Figure, Group, Heading, Paragraph, Table
from scribeeval.report.languages import Language
from scribeeval.report.measure_view import MeasureView, undefined
from scribeeval.report.strips import Strip, draw_strips
from scribeeval.report.views import Json

PARTS = ("mean", "sd", "minimum", "q1", "median", "q3", "maximum")
SHARES = ("fell", "unchanged", "rose", "worse")


def spread_blocks(say: Language, study: Json, shown: Mapping[str, MeasureView]) -> Iterator[Block]:
    """Draw the clinicians' percent changes, then print their distribution and who moved which way."""
    views = [view for view in shown.values() if view.data.get("spread")]
    if not views:
        return
    level = say.percent(1 - study["alpha"], digits=0)
    yield Heading(say("label.spread"))
    yield Paragraph(say("text.spread"))
    strips = [_strip(say, view) for view in views]
    if any(strip.quantiles for strip in strips):
        caption = say("caption.strips")
        yield Figure(caption, draw_strips("clinician-changes", caption, say("drawing.strips"), strips))
    rows = tuple((view.title, *(view.share(name) for name in SHARES)) for view in views)
    heads = tuple(say(f"column.{name}") for name in ("measure", "fell", "unchanged", "rose", "worse"))
    yield Table(say("caption.shares", level=level), heads, (Group(None, rows),))
    groups = tuple(Group(view.title, tuple(_rows(say, view))) for view in views)
    heads = tuple(say(f"column.{name}") for name in ("values", *PARTS))
    yield Table(say("caption.spread"), heads, groups)


def _strip(say: Language, view: MeasureView) -> Strip:
    spread = view.data["spread"]
    quantiles, summary = spread["percent_changes_quantiles"], spread["percent_changes"]
    if not quantiles or None in quantiles or summary is None:
        return Strip(view.title, (), undefined(say, _reason(view)))
    middle = view.percent_scale.interval(summary["q1"], summary["q3"], signed=True)
    median = say.percent(summary["median"], signed=True)
    text = say("number.estimate", estimate=median, interval=middle)
    return Strip(view.title, tuple(100 * value for value in quantiles), text)


def _rows(say: Language, view: MeasureView) -> Iterator[tuple[str, ...]]:
    """One row per distribution, its unit in the row's head: percent and points are never mixed."""
    spread = view.data["spread"]
    for name, unit, shown, signed in (
        ("before", view.scale.label(), view.scale, False),
        ("after", view.scale.label(), view.scale, False),
        ("changes", view.change_unit, view.scale, True),
        ("percent_changes", say("unit_short.share"), view.percent_scale, True),
    ):
        head = say("label.with_unit", name=say(f"spread.{name}"), unit=unit)
        found = spread[name]
        if found is None:
            yield head, undefined(say, _reason(view)), *[""] * (len(PARTS) - 1)
        else:
            yield head, *(shown.number(found[part], signed=signed and part != "sd") for part in PARTS)


def _reason(view: MeasureView) -> Json:
    """Find why a distribution is undefined: too few clinicians, else what leaves percents undefined."""
    if view.data["spread"].get("why"):
        return {"why": view.data["spread"]["why"]}
    percent: Json = view.data["percent_change"].get("mean_of_clinician_changes") or {}
    return percent
