"""Changes of groups of clinicians as printed: the same view for doses, subgroups and missing data."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scribeeval.report.blocks import Block, Items, Paragraph
from scribeeval.report.figures import Dot
from scribeeval.report.languages import Language, Scale, number, scale
from scribeeval.report.views import Json, estimate_in_text


@dataclass(frozen=True, slots=True)
class EffectView:
    """How the changes of one measure are printed.  level: of the intervals, as printed."""

    say: Language
    name: str
    title: str
    scale: Scale
    level: str
    data: Json

    def value(self, value: float | None, kind: str, *, unit: bool = True) -> str:
        """Print a change: a percent change as percent, a difference in the measure's unit."""
        if kind == "percent_change":
            return self.say.percent(value, signed=True)
        return self.scale.change(value, unit=unit)

    def cell(self, effect: Json) -> str:
        """Print a change with its interval, for a table."""
        if effect.get("suppressed"):
            return self.say("group_effect.hidden")
        kind = effect["estimate_kind"]
        text = self.value(effect["estimate"], kind)
        if effect["estimate"] is None:
            return text
        if effect["low"] is None or effect["high"] is None:
            return self.say("number.no_interval", estimate=text)
        return self.say("number.estimate", estimate=text, interval=self.interval(effect))

    def sentence(self, effect: Json) -> str:
        """Print a change with its interval and level, for a sentence."""
        text = self.value(effect["estimate"], effect["estimate_kind"])
        return estimate_in_text(self.say, text, self.level, self.interval(effect))

    def interval(self, effect: Json) -> str:
        """Print the two ends of a change."""
        percent = Scale(self.say, None, share=True, digits=1)
        shown = percent if effect["estimate_kind"] == "percent_change" else self.scale
        return shown.interval(effect["low"], effect["high"], signed=True)

    def factor(self, kind: str) -> float:
        """What a value is multiplied by to be drawn: percent and percentage points are drawn as such."""
        return 100.0 if kind == "percent_change" or self.scale.share else 1.0

    def dot(self, label: str, effect: Json) -> Dot:
        """Make a row of a drawing."""
        factor = self.factor(effect["estimate_kind"])
        ends = (effect[key] for key in ("estimate", "low", "high"))
        value, low, high = (None if end is None else factor * end for end in ends)
        return Dot(label, value, low, high, self.cell(effect))


def effect_views(say: Language, study: Json, key: str) -> list[EffectView]:
    """View every measure that has this part, the primary one first, then as the study lists them."""
    primary = study.get("primary")
    names = sorted(study["measures"], key=lambda name: name != primary)
    level = say.percent(1 - study["alpha"], digits=0)
    return [_view(say, study, name, level) for name in names if study["measures"][name].get(key)]


def raw_scale_notes(say: Language, parts: Iterable[tuple[EffectView, Json]]) -> Iterator[Block]:
    """Say for which measures a value of 0 made the raw scale necessary."""
    notes = [
        say("group_effect.raw_scale", title=view.title, n=say.count("clinicians", part["n_zero"]))
        for view, part in parts
        if part["fallback"]
    ]
    if notes:
        yield Items(tuple(notes))


def hidden_note(say: Language, cells: list[str]) -> Iterator[Block]:
    """Explain what is not shown, where something is not."""
    if say("group_effect.hidden") in cells:
        yield Paragraph(say("group_effect.hidden_note"))


def interval_in_cell(say: Language, estimate: str, low: float | None, high: float | None, digits: int) -> str:
    """Print a plain number that has an interval, such as a correlation."""
    if low is None or high is None:
        return say("number.no_interval", estimate=estimate)
    interval = Scale(say, None, share=False, digits=digits).interval(low, high, signed=True)
    return say("number.estimate", estimate=estimate, interval=interval)


def rho_cell(say: Language, rank: Json) -> str:
    """Print Spearman's rho with its interval."""
    if rank["rho"] is None:
        return say("number.undefined")
    return interval_in_cell(say, number(rank["rho"], 2, signed=True), rank["low"], rank["high"], 2)


def count_cell(say: Language, n: int | None) -> str:
    """Print a number of clinicians; one that is kept back prints as not shown."""
    return say("group_effect.hidden") if n is None else number(n, 0)


def _view(say: Language, study: Json, name: str, level: str) -> EffectView:
    data = study["measures"][name]
    shown = scale(say, data["unit"], (data["before"], data["after"]), share=data["kind"] == "share")
    return EffectView(say, name, say.name("measure", name), shown, level, data)
