"""Second opinions in the report: study.json -> blocks, a table of models per measure and what each does.

Reads study["measures"][NAME]["second_opinions"], what `scribeeval.stats.second_opinions` gives; a
measure without it is passed over.
"""

from collections.abc import Iterator

from scribeeval.report.blocks import Block, Definition, Definitions, Group, Heading, Paragraph, Table
from scribeeval.report.languages import Language, Scale, number
from scribeeval.report.use import MeasureView, measures
from scribeeval.report.views import Json


def second_opinion_blocks(say: Language, study: Json) -> Iterator[Block]:
    """Build the sentence, the table of all models of all measures, and the definitions."""
    shown = {name: view for name, view in measures(say, study).items() if view.data.get("second_opinions")}
    if not shown:
        return
    level = say.percent(1 - study["alpha"], digits=0)
    yield Heading(say("second_opinion_text.heading"))
    yield Paragraph(say("second_opinion_text.lead"))
    groups = tuple(
        Group(view.title, tuple(_row(view, *item) for item in view.data["second_opinions"].items()))
        for view in shown.values()
    )
    columns = (
        say("second_opinion_text.model"),
        say("second_opinion_text.estimate", level=level),
        say("second_opinion_text.df"),
        say("column.p_value"),
        say("second_opinion_text.note"),
    )
    yield Table(say("second_opinion_text.caption", level=level), columns, groups)
    models = {name for view in shown.values() for name in view.data["second_opinions"]}
    entries = [
        Definition(say.heading("second_opinion", name), say(f"second_opinion_computed.{name}"))
        for name in ("ols_cr2", "ols_within_cr2", "ols_wild", "gee", "fractional_logit", "quasi_binomial")
        if name in models
    ]
    yield Definitions(tuple(entries))


def _row(view: MeasureView, name: str, opinion: Json) -> tuple[str, ...]:
    say = view.say
    df = say("adjusted.none") if opinion["df"] is None else number(opinion["df"], 1)
    return (
        say.heading("second_opinion", name),
        estimate(view, opinion),
        df,
        say.p_value(opinion["p_value"]),
        note(say, opinion),
    )


def estimate(view: MeasureView, opinion: Json) -> str:
    """Print a model's estimate with its interval on the scale of its kind."""
    say, kind = view.say, opinion["estimate_kind"]
    value, low, high = opinion["estimate"], opinion["low"], opinion["high"]
    if value is None:
        return say("number.undefined")
    if kind == "odds_ratio":
        text = say(
            "second_opinion_text.of_kind", kind=say("second_opinion_kind.odds_ratio"), value=number(value, 2)
        )
        shown = Scale(say, None, False, 2).interval(low, high)
    elif kind == "percent_change":
        text = say.percent(value, signed=True)
        shown = Scale(say, None, True, 1).interval(low, high, signed=True)
    else:
        text = view.scale.change(value, unit=True)
        shown = view.scale.interval(low, high, signed=True)
    if low is None or high is None:
        return say("number.no_interval", estimate=text)
    return say("number.estimate", estimate=text, interval=shown)


def note(say: Language, opinion: Json) -> str:
    """Say what was done in a model's place, and why; empty where nothing is to be said."""
    if opinion["why"] is None:
        return ""
    why = say.name("second_opinion_why", opinion["why"])
    if opinion["fallback"] is None:
        return why
    other = say.strings.get(f"second_opinion_fallback.{opinion['fallback']}") or say.name(
        "second_opinion", opinion["fallback"]
    )
    return say("second_opinion_text.fallback", other=other, why=why)
