"""The section on a published table recomputed from its means: published.json -> blocks."""

from collections.abc import Iterator, Mapping

from scribeeval.report.blocks import Block, Figure, Group, Heading, Items, Paragraph, Section, Table
from scribeeval.report.figures import Dot, Panel, draw_dots
from scribeeval.report.languages import Language, Scale, number
from scribeeval.report.use import MeasureView, estimators_of, measures
from scribeeval.report.views import Json

OURS = "ratio_of_means"


def published_section(
    say: Language, published: Json, study: Json | None, *, simulated: bool = False
) -> Section:
    """Build the section: which published figures the means give, and which no stated estimator gives.

    published: what published.json holds.  study: the run's own comparison, whose estimators are set beside
    the published figures of the same measures; simulated: it is that of a simulated pilot, and is named so.
    """
    names = list(published["columns"])
    blocks = (
        Paragraph(say("published.lead", source=_source(say, published)), lead=True),
        Items(tuple(_verdict(say, published, name) for name in names)),
        _figure(say, published, names),
        _table(say, published, names),
        Paragraph(say("published.chance")),
        _arithmetic(say, published, names),
        *_open(say, published),
        *_beside(say, published, study, names, simulated=simulated),
    )
    return Section("published", say("published.title"), blocks)


def _open(say: Language, published: Json) -> Iterator[Block]:
    """Say what a table of means cannot settle, where a column is left without an estimator."""
    if any(column["estimator"] is None for column in published["columns"].values()):
        beyond = _listed(say, published["needs_clinician_values"])
        yield Paragraph(say("published.open", estimators=beyond))


def _source(say: Language, published: Json) -> str:
    citation = published["citation"] or say("published.no_citation")
    if published["reliability"] is None:
        return str(citation)
    reliability = say(f"reliability.{published['reliability']}")
    return say("published.source", citation=citation, reliability=reliability)


def _column(say: Language, name: str) -> str:
    return say.name("published_figure", name)


def _listed(say: Language, estimators: list[str]) -> str:
    return ", ".join(say.name("published_estimator", e, say.name("estimator", e)) for e in estimators)


def _verdict(say: Language, published: Json, name: str) -> str:
    """Say what gives a whole column of figures."""
    column = published["columns"][name]
    verdicts = [check["verdict"] for _, _, check in _rows(published, name)]
    counts = {
        "n": number(column["n_figures"], 0),
        "exact": number(verdicts.count("reproduced_exactly"), 0),
        "rounding": number(verdicts.count("within_rounding"), 0),
    }
    if column["estimator"] is None:
        most = number(max(column["given_by"].values()), 0)
        return say("published.column_open", column=_column(say, name), most=most, **counts)
    estimator = _listed(say, [column["estimator"]])
    return say("published.column_given", column=_column(say, name), estimator=estimator, **counts)


def _rows(published: Json, name: str) -> Iterator[tuple[str, Json, Json]]:
    """Yield measure, row and check of every figure of one column."""
    for measure, row in published["measures"].items():
        if name in row["figures"]:
            yield measure, row, row["figures"][name]


def _title(say: Language, measure: str) -> str:
    return say.name("measure", measure, say.name("published_measure", measure))


def _scale(say: Language, row: Json) -> Scale:
    """Print means with the decimals that were published."""
    return Scale(say, row["unit"], str(row["unit"]).startswith("share"), row["digits"])


def _envelope(say: Language, change: Json) -> str:
    """Print the range that the rounding of the means leaves."""
    return Scale(say, None, True, 1).interval(change["rounding_low"], change["rounding_high"], signed=True)


def _figure(say: Language, published: Json, names: list[str]) -> Figure:
    panels = []
    for measure, row in published["measures"].items():
        change = row["percent_change"][OURS]
        value, low, high = (100 * change[key] for key in ("estimate", "rounding_low", "rounding_high"))
        text = say.percent(change["estimate"], signed=True)
        dots = [Dot(_listed(say, [OURS]), value, low, high, text)]
        for name in names:
            if name in row["figures"]:
                printed = row["figures"][name]["value"]
                text = say.percent(printed, signed=True)
                dots.append(Dot(_column(say, name), 100 * printed, None, None, text, hollow=True))
        panels.append(Panel(_title(say, measure), tuple(dots)))
    drawing = draw_dots("published", say("published.title"), say("published.drawing"), panels, one_axis=True)
    return Figure(say("published.figure"), drawing)


def _table(say: Language, published: Json, names: list[str]) -> Table:
    groups = []
    for name in names:
        rows = []
        for measure, row, check in _rows(published, name):
            shown, change = _scale(say, row), row["percent_change"][OURS]
            rows.append(
                (
                    _title(say, measure),
                    shown.label(),
                    shown.value(row["before"]),
                    shown.value(row["after"]),
                    shown.change(row["difference"]["estimate"], unit=False),
                    say.percent(check["value"], signed=True),
                    say.percent(change["estimate"], signed=True),
                    _envelope(say, change),
                    say(f"verdict.{check['verdict']}"),
                )
            )
        groups.append(Group(_column(say, name), tuple(rows)))
    columns = ("measure", "unit", "before", "after")
    own = ("difference", "figure", "recomputed", "rounding", "verdict")
    heads = (
        *(say(f"column.{column}") for column in columns),
        *(say(f"published_column.{column}") for column in own),
    )
    return Table(say("published.table"), heads, tuple(groups))


def _arithmetic(say: Language, published: Json, names: list[str]) -> Table:
    """How many figures of each column each arithmetic on the two means gives, within rounding."""
    columns: Mapping[str, Json] = published["columns"]
    estimators = list(dict.fromkeys(e for name in names for e in columns[name]["given_by"]))
    rows = tuple(
        (
            _listed(say, [estimator]),
            *(
                say(
                    "published.of",
                    n=number(columns[name]["given_by"][estimator], 0),
                    m=number(columns[name]["n_figures"], 0),
                )
                for name in names
            ),
        )
        for estimator in estimators
    )
    heads = (say("published_column.arithmetic"), *(_column(say, name) for name in names))
    return Table(say("published.arithmetic"), heads, (Group(None, rows),))


def _beside(
    say: Language, published: Json, study: Json | None, names: list[str], *, simulated: bool
) -> Iterator[Block]:
    """Set the run's own estimators beside the published figures, measure by measure."""
    views = {} if study is None else measures(say, study)
    shared = {name: view for name, view in views.items() if name in published["measures"]}
    if not shared:
        return
    whose = "simulated" if simulated else "pilot"
    estimators = list(dict.fromkeys(e for view in shared.values() for e in estimators_of(view)))
    rows = tuple(
        (
            view.title,
            *(_figure_text(say, published["measures"][measure], name) for name in names),
            *(_own_text(say, view, estimator) for estimator in estimators),
        )
        for measure, view in shared.items()
    )
    heads = (
        say("column.measure"),
        *(say("published.printed", column=_column(say, name)) for name in names),
        *(say(f"published.of_{whose}", estimator=say.name("estimator", e)) for e in estimators),
    )
    yield Heading(say(f"published.beside_{whose}"))
    yield Paragraph(say(f"published.text_{whose}"))
    yield Table(say(f"published.table_{whose}"), heads, (Group(None, rows),))


def _figure_text(say: Language, row: Json, name: str) -> str:
    check = row["figures"].get(name)
    return say.percent(check["value"], signed=True) if check else say("published.no_figure")


def _own_text(say: Language, view: MeasureView, estimator: str) -> str:
    change = view.data["percent_change"].get(estimator) or {}
    return say.percent(change.get("estimate"), signed=True)
