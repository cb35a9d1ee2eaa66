"""The section on EHR use before and after: study.json -> blocks."""

from collections.abc import Iterator, Mapping

from scribeeval.report.blocks import Block, Figure, Group, Items, Paragraph, Section, Table
from scribeeval.report.figures import Pair, draw_pairs
from scribeeval.report.languages import Language, number
from scribeeval.report.measure_view import MeasureView, estimators_of, measures
from scribeeval.report.use_estimates import effect_blocks, estimate_blocks, tests_blocks
from scribeeval.report.use_spread import spread_blocks
from scribeeval.report.views import Json

__all__ = ["MeasureView", "estimators_of", "measures", "phases", "use_section"]


def use_section(say: Language, study: Json) -> Section:
    """Build the section: what was compared, the change by estimator, who changed how, effect sizes, tests."""
    shown = measures(say, study)
    level = say.percent(1 - study["alpha"], digits=0)
    blocks = (
        *_design(say, study),
        *_directions(say, shown),
        *_pairs(say, shown),
        _use_table(say, study, shown, level),
        *estimate_blocks(say, study, shown),
        *spread_blocks(say, study, shown),
        *effect_blocks(say, study, shown),
        *tests_blocks(say, shown),
        *_dropped(say, study),
    )
    return Section("use", say("section.use"), blocks)


def _design(say: Language, study: Json) -> Iterator[Block]:
    clinicians = say.count("clinicians", study["n_scribe_clinicians"])
    design = say.name("design", study["design"])
    yield Paragraph(say("text.use", n=clinicians, design=design), lead=True)
    if study.get("phases"):
        yield Items(phases(say, study))
    if study.get("n_control_clinicians_not_used"):
        yield Paragraph(
            say("text.controls", n=say.count("clinicians", study["n_control_clinicians_not_used"]))
        )


def phases(say: Language, study: Json) -> tuple[str, ...]:
    """Say when each phase began and ended."""
    return tuple(
        say(
            "text.phase",
            phase=say.name("phase", name),
            first=phase["first"],
            last=phase["last"],
            periods=say.count("periods", phase["n_periods"]),
        )
        for name, phase in study["phases"].items()
        if phase
    )


def _directions(say: Language, shown: Mapping[str, MeasureView]) -> Iterator[Block]:
    sentences = []
    for direction in ("fell", "rose", "unclear", "undefined"):
        titles = [view.title for view in shown.values() if view.direction == direction]
        if titles:
            sentences.append(say(f"text.{direction}", names=", ".join(titles)))
    yield Items(tuple(sentences))


def _pairs(say: Language, shown: Mapping[str, MeasureView]) -> Iterator[Block]:
    pairs = []
    for view in shown.values():
        before, after = view.data["before"], view.data["after"]
        if before is not None and after is not None:
            texts = view.scale.value(before), view.scale.value(after)
            pairs.append(Pair(view.title, view.scale.label(), before, after, *texts))
    if pairs:
        drawing = draw_pairs("before-after", say("section.use"), say("drawing.pairs"), pairs)
        yield Figure(say("caption.pairs"), drawing)


def _use_table(say: Language, study: Json, shown: Mapping[str, MeasureView], level: str) -> Table:
    columns = ("measure", "unit", "clinicians", "dropped", "before", "after", "difference", "worse")
    rows = []
    for name, view in shown.items():
        primary = name == study.get("primary")
        rows.append(
            (
                say("label.primary", title=view.title) if primary else view.title,
                view.scale.label(),
                number(view.data["n_clinicians"], 0),
                number(view.data["n_dropped"], 0),
                view.scale.value(view.data["before"]),
                view.scale.value(view.data["after"]),
                view.difference(in_text=False),
                view.worse(),
            )
        )
    heads = tuple(say(f"column.{column}", level=level) for column in columns)
    return Table(say("caption.use", level=level), heads, (Group(None, tuple(rows)),))


def _dropped(say: Language, study: Json) -> Iterator[Block]:
    """List who was left out, once per reason, with the measures."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for one in study.get("dropped") or ():
        reasons.setdefault((one["clinician_id"], one["reason"]), []).append(one["measure"])
    if reasons:
        rows = tuple(
            (clinician, say.name("reason", reason), ", ".join(say.name("measure", name) for name in names))
            for (clinician, reason), names in sorted(reasons.items())
        )
        columns = tuple(say(f"column.{column}") for column in ("clinician", "reason", "measures"))
        yield Paragraph(say("text.dropped"))
        yield Table(say("caption.dropped"), columns, (Group(None, rows),), words=True)
