"""One adjusted model of one measure, ready to be printed."""

from dataclasses import dataclass

from scribeeval.report.languages import Language, Scale, number
from scribeeval.report.use import MeasureView
from scribeeval.report.views import Json, estimate_in_text

PERCENT, RATIO = "percent_change", "odds_ratio"


@dataclass(frozen=True, slots=True)
class ModelView:
    """One model of one measure, ready to be printed."""

    say: Language
    measure: MeasureView
    name: str
    data: Json

    @property
    def title(self) -> str:
        """Name of the model."""
        return self.say.name("model", self.name)

    @property
    def defined(self) -> bool:
        """Tell whether there is an estimate."""
        return self.data.get("estimate") is not None

    @property
    def side(self) -> str:
        """Where the interval lies: `fell`, `rose`, or `unclear`; an odds ratio's is compared with 1."""
        low, high = self.data.get("low"), self.data.get("high")
        null = 1 if self.data.get("estimate_kind") == RATIO else 0
        if low is None or high is None:
            return "unclear"
        return "fell" if high < null else "rose" if low > null else "unclear"

    def value(self, *, unit: bool = False) -> str:
        """Print the estimate alone."""
        return printed(self.measure, self.data.get("estimate"), self.data.get("estimate_kind"), unit=unit)

    def estimate(self) -> str:
        """Print the estimate with its interval, for a table."""
        return with_interval(self.measure, self.value(), self.data, self.data.get("estimate_kind"))

    def in_text(self) -> str:
        """Print the estimate with unit, level and interval, for a sentence."""
        interval = interval_of(self.measure, self.data, self.data.get("estimate_kind"))
        return estimate_in_text(self.say, self.value(unit=True), self.measure.level, interval)

    def cells(self) -> tuple[str, ...]:
        """Print one row of the table."""
        bootstrap, kind = self.data.get("bootstrap") or {}, self.data.get("estimate_kind")
        df, counts = self.data.get("df"), (self.data.get("n_clinicians"), self.data.get("n_periods"))
        return (
            self.title,
            self.estimate(),
            interval_of(self.measure, bootstrap, kind)
            if bootstrap.get("low") is not None
            else self.say("adjusted.none"),
            self.say("adjusted.none") if df is None else number(df, 1),
            self.say.p_value(self.data.get("p_value")),
            *(self.say("adjusted.none") if n is None else number(n, 0) for n in counts),
        )

    def why(self) -> str | None:
        """Say why the model is not the one asked for, or has no estimate; None where all went well."""
        why, effects = self.data.get("why"), self.data.get("random_effects")
        if why is None:
            return None
        known = self.say.strings.get(f"mixed_why.{why}")
        periods = self.say.count("periods", self.data.get("n_zero_periods") or 0)
        reason = known.format(periods=periods) if known else str(why)
        if not self.defined:
            return self.say("adjusted.no_estimate", title=self.measure.title, model=self.title, why=reason)
        instead = self.say.name("random_effects", effects or str(self.data.get("fallback")))
        return self.say(
            "adjusted.fallback", title=self.measure.title, model=self.title, why=reason, instead=instead
        )


def covariate_name(say: Language, name: str) -> str:
    """Name a covariate: one that the package knows, a measure, or as its column is called."""
    return say.name("covariate", name, say.name("measure", name))


def printed(view: MeasureView, value: float | None, kind: str | None, *, unit: bool = False) -> str:
    """Print a value of one kind: a percent change, an odds ratio, or a difference."""
    if kind == PERCENT:
        return view.say.percent(value, signed=True)
    if kind == RATIO:
        return view.say("number.undefined") if value is None else number(value, 2)
    return view.scale.change(value, unit=unit)


def interval_of(view: MeasureView, ends: Json, kind: str | None) -> str:
    """Print the ends of an interval of one kind, without a unit."""
    low, high = ends.get("low"), ends.get("high")
    if kind == RATIO:
        return Scale(view.say, None, False, 2).interval(low, high)
    shown = Scale(view.say, None, True, 1) if kind == PERCENT else view.scale
    return shown.interval(low, high, signed=True)


def with_interval(view: MeasureView, text: str, ends: Json, kind: str | None) -> str:
    """Print an estimate with its interval beside it, or that it has none."""
    if ends.get("estimate") is None:
        return text
    if ends.get("low") is None or ends.get("high") is None:
        return view.say("number.no_interval", estimate=text)
    return view.say("number.estimate", estimate=text, interval=interval_of(view, ends, kind))
