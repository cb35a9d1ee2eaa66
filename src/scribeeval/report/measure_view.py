"""One measure of study.json, ready to be printed."""

from collections.abc import Iterator
from dataclasses import dataclass

from scribeeval.report.languages import Language, Scale, number, scale
from scribeeval.report.views import Json, estimate_in_text

ESTIMATORS = (
    "ratio_of_means",
    "geometric_mean_ratio",
    "mean_of_clinician_changes",
    "median_of_clinician_changes",
    "hodges_lehmann_ratio",
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
        return direction(self.data["difference"])

    @property
    def change_unit(self) -> str:
        """Name the unit of a difference: percentage points for a share."""
        return self.say("label.points") if self.scale.share else self.scale.label()

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
        interval = self.percent_scale.interval(change.get("low"), change.get("high"), signed=True)
        return _with_interval(self.say, text, change, interval)

    @property
    def percent_scale(self) -> Scale:
        """How a percent change is printed: one decimal, whatever the measure's unit."""
        return Scale(self.say, None, True, 1)

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

    def share(self, name: str) -> str:
        """Print a share of clinicians with its interval: fell, unchanged, rose, worse, better."""
        share = ((self.data.get("spread") or {}).get("shares") or {}).get(name) or {}
        if share.get("estimate") is None:
            return undefined(self.say, share)
        interval = Scale(self.say, None, True, 1).interval(share["low"], share["high"])
        return _with_interval(self.say, self.say.percent(share["estimate"]), share, interval)


def direction(estimate: Json) -> str:
    """Where an interval lies: `fell` below zero, `rose` above, `unclear`, or `undefined`."""
    low, high = estimate.get("low"), estimate.get("high")
    if low is None or high is None:
        return "undefined"
    return "fell" if high < 0 else "rose" if low > 0 else "unclear"


def undefined(say: Language, value: Json) -> str:
    """Print that a value is undefined, and why where that is known."""
    why = value.get("why")
    return say("number.undefined_why", why=say.name("why", why)) if why else say("number.undefined")


def interval_with_method(say: Language, shown: Scale, level: float, interval: Json) -> str:
    """Print an interval with how it was made, or why there is none; its level where it is another one."""
    low, high, method = (interval.get(key) for key in ("low", "high", "method"))
    if low is None or high is None:
        return undefined(say, interval)
    text = shown.interval(low, high, signed=True)
    if method is None:
        return text
    name = say.name("interval_method", method)
    reached = interval.get("level")
    if reached is None or abs(reached - level) < 5e-4:
        return say("number.interval_method", interval=text, method=name)
    return say("number.interval_level", interval=text, method=name, level=say.percent(reached))


def measures(say: Language, study: Json) -> dict[str, MeasureView]:
    """Make a view of every measure, the primary one first, then as the study lists them."""
    primary = study.get("primary")
    names = sorted(study["measures"], key=lambda name: name != primary)
    return {name: _measure(say, study, name) for name in names}


def estimators_of(view: MeasureView) -> list[str]:
    """List the estimators of a measure's percent change, the known ones first."""
    known = [name for name in ESTIMATORS if name in view.data["percent_change"]]
    return known + sorted(view.data["percent_change"].keys() - set(known))


def _with_interval(say: Language, text: str, ends: Json, interval: str) -> str:
    """Print an estimate with its interval beside it, or why there is none."""
    if ends.get("estimate") is None:
        return text
    if ends["low"] is None or ends["high"] is None:
        return say("number.no_interval", estimate=text)
    return say("number.estimate", estimate=text, interval=interval)


def _measure(say: Language, study: Json, name: str) -> MeasureView:
    data = study["measures"][name]
    shown = scale(say, data["unit"], (data["before"], data["after"]), share=data["kind"] == "share")
    level = say.percent(1 - study["alpha"], digits=0)
    return MeasureView(say, say.name("measure", name), shown, level, data)
