"""Adjusted estimates: the models of study.json beside the unadjusted estimate -> blocks."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from scribeeval.report.adjusted_models import PERCENT, ModelView, covariate_name, printed, with_interval
from scribeeval.report.blocks import Block, Figure, Group, Heading, Items, Paragraph, Table
from scribeeval.report.figures import Dot, Panel, draw_dots
from scribeeval.report.languages import Language, number
from scribeeval.report.use import MeasureView, measures
from scribeeval.report.views import Json

Shown: TypeAlias = Sequence[tuple[MeasureView, Sequence[ModelView]]]

# The unadjusted estimate that answers the same question as a model of logs.
UNADJUSTED_PERCENT = "geometric_mean_ratio"
FIRST = {"log": ("mixed_log", "mixed_raw"), "raw": ("mixed_raw", "mixed_log")}  # by a measure's scale
TOLD_ELSEWHERE = ("training", "no_before_periods", "no_after_periods", "zero_denominator")


def adjusted_section_blocks(say: Language, study: Json) -> Iterator[Block]:
    """Print the adjusted models of every measure that has some: sentences, figures, table, notes.

    Works for any model that gives estimate, low, high and estimate_kind (difference,
    percentage_points, percent_change, odds_ratio); one that nobody named prints by its own name.
    """
    shown = [
        (view, [ModelView(say, view, name, data) for name, data in view.data["adjusted"].items()])
        for view in measures(say, study).values()
        if view.data.get("adjusted")
    ]
    if not shown:
        return
    level = shown[0][0].level
    yield Heading(say("adjusted.heading"))
    yield Paragraph(_lead(say, shown))
    yield Items((*_sentences(say, shown), *_agreement(say, shown)))
    yield from _figures(say, shown, level)
    columns = ("model", "estimate", "bootstrap", "df", "p_value", "clinicians", "periods")
    groups = tuple(Group(view.title, tuple(one.cells() for one in models)) for view, models in shown)
    heads = tuple(say(f"adjusted.column_{column}", level=level) for column in columns)
    yield Table(say("adjusted.caption_table", level=level), heads, groups)
    notes = [*_notes(say, shown)]
    if notes:
        yield Items(tuple(notes))
    names = dict.fromkeys(model.name for _, models in shown for model in models)
    texts = [text for name in names if (text := say.strings.get(f"model_text.{name}"))]
    yield Items((*texts, say("adjusted.limit")))


def _lead(say: Language, shown: Shown) -> str:
    names = [one["name"] for one in _covariates(shown) if one.get("left_out") is None]
    if not names:
        return say("adjusted.lead_alone")
    listed = ", ".join(covariate_name(say, name) for name in dict.fromkeys(names))
    return say("adjusted.lead", covariates=listed)


def _sentences(say: Language, shown: Shown) -> Iterator[str]:
    """Give one estimate for each measure, the mixed model's on the measure's own scale if there is one."""
    for view, models in shown:
        defined = {model.name: model for model in models if model.defined}
        preferred = [*FIRST.get(view.data.get("scale") or "raw", ()), *defined]
        model = next((defined[name] for name in preferred if name in defined), None)
        if model is None:
            yield say("adjusted.undefined", title=view.title)
            continue
        percent = model.data.get("estimate_kind") == PERCENT
        ends = _unadjusted(view, percent=percent)
        plain = printed(view, ends.get("estimate"), PERCENT if percent else "difference", unit=True)
        yield say(
            "adjusted.sentence",
            title=view.title,
            model=model.title,
            estimate=model.in_text(),
            unadjusted=plain,
        )


def _agreement(say: Language, shown: Shown) -> Iterator[str]:
    """Say on which side of zero the intervals of all models of a measure lie."""
    sides: dict[str, list[str]] = {"fell": [], "rose": [], "unclear": []}
    for view, models in shown:
        found = {model.side for model in models if model.defined}
        if found:
            sides[found.pop() if len(found) == 1 else "unclear"].append(view.title)
    yield from (say(f"adjusted.{side}", names=", ".join(names)) for side, names in sides.items() if names)


def _figures(say: Language, shown: Shown, level: str) -> Iterator[Block]:
    for name, percent in (("percent", True), ("difference", False)):
        panels = []
        for view, models in shown:
            kinds = (PERCENT,) if percent else ("difference", "percentage_points")
            dots = [
                _dot(view, one.title, one.data, percent)
                for one in models
                if one.data.get("estimate_kind") in kinds
            ]
            if any(dot.value is not None for dot in dots):
                plain = _dot(
                    view, say("adjusted.unadjusted"), _unadjusted(view, percent=percent), percent, hollow=True
                )
                unit = say("adjusted.points") if view.scale.share else view.scale.label()
                title = view.title if percent else say("adjusted.panel", title=view.title, unit=unit)
                panels.append(Panel(title, (plain, *dots)))
        if panels:
            caption = say(f"adjusted.caption_{name}", level=level)
            description = say("adjusted.drawing", measures=say.count("measures", len(panels)))
            yield Figure(
                caption, draw_dots(f"adjusted-{name}", caption, description, panels, one_axis=percent)
            )


def _dot(view: MeasureView, label: str, ends: Json, percent: bool, *, hollow: bool = False) -> Dot:
    factor = 100 if percent or view.scale.share else 1
    value, low, high = (
        None if ends.get(key) is None else factor * ends[key] for key in ("estimate", "low", "high")
    )
    kind = PERCENT if percent else "difference"
    text = printed(view, ends.get("estimate"), kind)
    if value is not None and view.scale.share and not percent:
        text = number(value, 1, signed=True)  # the panel's title names the unit
    return Dot(label, value, low, high, with_interval(view, text, ends, kind), hollow=hollow)


def _unadjusted(view: MeasureView, *, percent: bool) -> Json:
    ends: Json = view.data["percent_change"].get(UNADJUSTED_PERCENT) if percent else view.data["difference"]
    return ends or {}


def _covariates(shown: Shown) -> Iterator[Json]:
    for _, models in shown:
        for model in models:
            yield from model.data.get("covariates") or ()


def _notes(say: Language, shown: Shown) -> Iterator[str]:
    """Name what was left out and each model that is not the one asked for."""
    for view, models in shown:
        yield from dict.fromkeys(_left_out(say, view, models))
        yield from (text for model in models if (text := model.why()))


def _left_out(say: Language, view: MeasureView, models: Sequence[ModelView]) -> Iterator[str]:
    for model in models:
        for covariate in model.data.get("covariates") or ():
            if covariate.get("left_out"):
                name = covariate_name(say, covariate["name"])
                yield say("adjusted.constant", title=view.title, covariate=name)
        excluded = model.data.get("excluded") or {}
        for noun, reasons in (
            ("periods", excluded.get("periods")),
            ("clinicians", excluded.get("clinicians")),
        ):
            for reason, n in (reasons or {}).items():
                if n and (reason not in TOLD_ELSEWHERE or (noun, reason) == ("periods", "zero_denominator")):
                    left = say.name("excluded", reason)
                    yield say("adjusted.excluded", title=view.title, n=say.count(noun, n), reason=left)
