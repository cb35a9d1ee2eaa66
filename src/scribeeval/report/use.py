"""The section on EHR use before and after: study.json -> blocks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scribeeval.report.blocks import Block, Figure, Group, Heading, Items, Paragraph, Section, Table
from scribeeval.report.figures import Dot, Pair, Panel, draw_dots, draw_pairs
from scribeeval.report.languages import Language, Scale, number, scale
from scribeeval.report.views import Json, estimate_in_text

ESTIMATORS = (
    "ratio_of_means",
    "geometric_mean_ratio",
    "mean_of_clinician_changes",
    "median_of_clinician_changes",
)


@dataclass(frozen=True, slots=True)
class MeasureView:
    """One measure of study.json, ready to be printed.  level: of its intervals, as printed."""

    say: Language
    title: str
    scale: Scale
    level: str
    data: Json

    @property
    def direction(self) -> str:
        """Where the interval of the difference lies: `fell`, `rose`, `unclear`, or `undefined`."""
        low, high = self.data["difference"]["low"], self.data["difference"]["high"]
        if low is None or high is None:
            return "undefined"
        return "fell" if high < 0 else "rose" if low > 0 else "unclear"

    def difference(self, *, in_text: bool) -> str:
        """Print the difference with its interval; in a sentence also with unit and level."""
        ends = self.data["difference"]
        text = self.scale.change(ends["estimate"], unit=in_text)
        interval = self.scale.interval(ends["low"], ends["high"], signed=True)
        if in_text:
            return estimate_in_text(self.say, text, self.level, interval)
        return _with_interval(self.say, text, ends, interval)

    def percent(self, estimator: str) -> str:
        """Print one percent change with its interval."""
        change = self.data["percent_change"].get(estimator) or {}
        text = self.say.percent(change.get("estimate"), signed=True)
        shown = Scale(self.say, None, True, 1).interval(change.get("low"), change.get("high"), signed=True)
        return _with_interval(self.say, text, change, shown)

    def tests(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Each test as printed: name, statistic, p, adjusted p, effect size with its name."""
        for name, test in sorted(self.data["tests"].items()):
            statistic, effect = (
                self.say("number.undefined")
                if test[key] is None
                else number(test[key], 2, signed=key == "effect_size")
                for key in ("statistic", "effect_size")
            )
            if test["effect_size"] is not None:
                effect = self.say("number.effect", value=effect, name=test["effect_name"])
            p_values = (self.say.p_value(test["p_value"]), self.say.p_value(test["p_adjusted"]))
            yield self.say.name("test", name), statistic, *p_values, effect

    def worse(self) -> str:
        """Print the share of clinicians whose value moved against the better direction."""
        if self.data["lower_is_better"] is None:
            return self.say("label.no_direction")
        return self.say.percent(self.data["share_of_clinicians_worse"], digits=0)


def _with_interval(say: Language, text: str, ends: Json, interval: str) -> str:
    """Print an estimate with its interval beside it, or why there is none."""
    if ends.get("estimate") is None:
        return text
    if ends["low"] is None or ends["high"] is None:
        return say("number.no_interval", estimate=text)
    return say("number.estimate", estimate=text, interval=interval)


def measures(say: Language, study: Json) -> dict[str, MeasureView]:
    """Make a view of every measure, the primary one first, then as the study lists them."""
    primary = study.get("primary")
    names = sorted(study["measures"], key=lambda name: name != primary)
    return {name: _measure(say, study, name) for name in names}


def estimators_of(view: MeasureView) -> list[str]:
    """List the estimators of a measure's percent change, the known ones first."""
    known = [name for name in ESTIMATORS if name in view.data["percent_change"]]
    return known + sorted(view.data["percent_change"].keys() - set(known))


def _measure(say: Language, study: Json, name: str) -> MeasureView:
    data = study["measures"][name]
    shown = scale(say, data["unit"], (data["before"], data["after"]), share=data["kind"] == "share")
    level = say.percent(1 - study["alpha"], digits=0)
    return MeasureView(say, say.name("measure", name), shown, level, data)


def use_section(say: Language, study: Json) -> Section:
    """Build the section: what was compared, both figures, then the tables."""
    shown = measures(say, study)
    level = say.percent(1 - study["alpha"], digits=0)
    blocks = (
        *_design(say, study),
        *_directions(say, shown),
        *_pairs(say, shown),
        _use_table(say, study, shown, level),
        *_percent_blocks(say, shown, level),
        *_tests(say, shown),
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


def _percent_blocks(say: Language, shown: Mapping[str, MeasureView], level: str) -> Iterator[Block]:
    estimators = list(dict.fromkeys(name for view in shown.values() for name in estimators_of(view)))
    names = [say.heading("estimator", name) for name in estimators]
    panels = [
        Panel(view.title, tuple(_change_dot(say, view, name) for name in estimators))
        for view in shown.values()
    ]
    caption = say("caption.changes", level=level)
    description = say("drawing.changes", measures=say.count("measures", len(panels)))
    rows = tuple((view.title, *(view.percent(name) for name in estimators)) for view in shown.values())
    yield Heading(say("label.percent"))
    yield Paragraph(say("text.percent"))
    if any(view.scale.share for view in shown.values()):
        yield Paragraph(say("text.shares"))
    yield Figure(caption, draw_dots("percent-changes", caption, description, panels, one_axis=True))
    yield Table(say("caption.percent", level=level), (say("column.measure"), *names), (Group(None, rows),))


def _change_dot(say: Language, view: MeasureView, estimator: str) -> Dot:
    change = view.data["percent_change"].get(estimator) or {}
    ends = (change.get(key) for key in ("estimate", "low", "high"))
    value, low, high = (None if end is None else 100 * end for end in ends)
    return Dot(say.name("estimator", estimator), value, low, high, view.percent(estimator))


def _tests(say: Language, shown: Mapping[str, MeasureView]) -> Iterator[Block]:
    groups = tuple(Group(view.title, tuple(view.tests())) for view in shown.values() if view.data["tests"])
    if groups:
        columns = ("test", "statistic", "p_value", "p_adjusted", "effect_size")
        yield Heading(say("label.tests"))
        yield Paragraph(say("text.tests"))
        yield Table(say("caption.tests"), tuple(say(f"column.{column}") for column in columns), groups)


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
