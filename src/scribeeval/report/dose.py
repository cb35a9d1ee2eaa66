"""Utilisation as dose, and links between measures: study.json -> blocks."""

from collections.abc import Iterator

from scribeeval.report.blocks import Block, Figure, Group, Heading, Items, Paragraph, Table
from scribeeval.report.effects import (
    EffectView,
    count_cell,
    effect_views,
    hidden_note,
    raw_scale_notes,
    rho_cell,
)
from scribeeval.report.flow_figures import Scatter, draw_scatter
from scribeeval.report.languages import Language, number
from scribeeval.report.views import Json


def dose_blocks(say: Language, study: Json) -> Iterator[Block]:
    """Print the change against utilisation, of everyone and of users, by tertile; or that it is not known."""
    if not any("dose" in data for data in study["measures"].values()):
        return
    views = effect_views(say, study, "dose")
    yield Heading(say("dose.heading"))
    if not views:
        yield Paragraph(say("dose.not_recorded"))
        return
    yield Paragraph(say("dose.definition"))
    yield Items(tuple(_slope_sentence(say, view) for view in views))
    yield Paragraph(say("dose.confounded"))
    yield from raw_scale_notes(say, [(view, view.data["dose"]) for view in views])
    yield from _counts(say, views[0].data["dose"])
    yield from _scatter(say, views[0])
    yield _slopes(say, views)
    groups = tuple(Group(view.title, tuple(_effect_rows(say, view))) for view in views)
    heads = tuple(say(f"dose.column_{column}", level=views[0].level) for column in ("who", "n", "change"))
    yield Table(say("dose.effects", level=views[0].level), heads, groups)
    yield from hidden_note(say, [cell for group in groups for row in group.rows for cell in row])


def _slope_sentence(say: Language, view: EffectView) -> str:
    dose = view.data["dose"]
    if dose["slope"]["low"] is None:
        return say("dose.no_slope", title=view.title, why=say.name("dose_reason", dose["why"] or "no_spread"))
    return say("dose.slope", title=view.title, estimate=view.sentence(dose["slope"]))


def _counts(say: Language, dose: Json) -> Iterator[Block]:
    """Say what makes a user, and of whom utilisation or use is not known; once, by the first measure."""
    definition = dose["used_definition"]
    n = definition["scribe_visits_at_least"]
    visits = say(f"dose.visits_{'one' if n == 1 else 'many'}", n=number(n, 0))
    users, everyone = dose["effects"]["as_used"], dose["effects"]["intention_to_treat"]
    share = definition["utilisation_at_least"]
    same = users["n_clinicians"] is not None and users["n_clinicians"] == everyone["n_clinicians"]
    if share is not None:
        notes = [say("dose.users_share", visits=visits, share=say.percent(share, digits=0))]
    else:
        notes = [say("dose.everyone_used" if same else "dose.users", visits=visits)]
    if dose["n_use_unknown"]:
        notes.append(say("dose.use_unknown", n=say.count("clinicians", dose["n_use_unknown"])))
    if dose["n_undefined"]:
        reasons = ", ".join(
            say("dose.reason", reason=say.name("dose_reason", why), n=number(count, 0))
            for why, count in dose["n_undefined"].items()
        )
        total = say.count("clinicians", sum(dose["n_undefined"].values()))
        notes.append(say("dose.undefined", n=total, reasons=reasons))
    yield Items(tuple(notes))


def _scatter(say: Language, view: EffectView) -> Iterator[Block]:
    dose = view.data["dose"]
    kind = dose["estimate_kind"]
    factor, line = view.factor(kind), dose["slope"]["line"]
    if dose["points"]:
        points = [(100 * x, factor * y) for x, y in dose["points"]]
        caption = say("dose.figure_points", title=view.title)
    elif dose["bins"]:
        bins = [(one["utilisation"], one["change"]) for one in dose["bins"]]
        points = [(100 * x, factor * y) for x, y in bins if y is not None]
        caption = say("dose.figure_bins", title=view.title, n=number(len(points), 0))
    else:
        return
    if kind == "percent_change":
        y_label = say("dose.y_percent")
    elif view.scale.share:
        y_label = say("dose.y_points")
    else:
        y_label = say("dose.y_unit", unit=view.scale.label())
    ends = None if line["slope"] is None else (line["intercept"], line["slope"] / 100)
    scatter = Scatter(points, ends, kind == "percent_change", factor, say("dose.x_axis"), y_label)
    yield Figure(caption, draw_scatter("dose", caption, say("dose.drawing"), scatter))


def _slopes(say: Language, views: list[EffectView]) -> Table:
    rows = []
    for view in views:
        dose = view.data["dose"]
        slope, line = dose["slope"], dose["slope"]["line"]
        ends = {"low": slope["bootstrap_low"], "high": slope["bootstrap_high"]}
        rows.append(
            (
                view.title,
                number(dose["n_clinicians"] - sum(dose["n_undefined"].values()), 0),
                view.cell(slope),
                view.interval(slope | ends),
                say.p_value(line["p_value"]),
                say.p_value(line["p_permutation"]),
                rho_cell(say, dose["spearman"]),
            )
        )
    columns = ("n", "slope", "bootstrap", "p", "permutation", "rho")
    heads = (say("column.measure"), *(say(f"dose.column_{c}", level=views[0].level) for c in columns))
    return Table(say("dose.table"), heads, (Group(None, tuple(rows)),))


def _effect_rows(say: Language, view: EffectView) -> Iterator[tuple[str, str, str]]:
    dose = view.data["dose"]
    for name, effect in dose["effects"].items():
        yield say(f"dose.{name}"), count_cell(say, effect["n_clinicians"]), view.cell(effect)
    for level, effect in dose["tertiles"].items():
        cut = dose["cut_points"][0 if level == "low" else 1]
        label = say(f"dose.tertile_{level}", cut=say.percent(cut, digits=0))
        yield label, count_cell(say, effect["n_clinicians"]), view.cell(effect)


def link_blocks(say: Language, study: Json) -> Iterator[Block]:
    """Print the links that the config asked for, each with its warning."""
    links = study.get("links") or ()
    if not links:
        return
    level = say.percent(1 - study["alpha"], digits=0)
    yield Heading(say("links.heading"))
    yield Paragraph(say("links.lead"))
    yield Paragraph(say("links.confounded"))
    shared = [_pair(say, link) for link in links if link["shared_denominator"]]
    if shared:
        yield Paragraph(say("links.shared", names="; ".join(shared)))
    rows = tuple(_link_row(say, study, link) for link in links if not link["suppressed"])
    if rows:
        columns = ("pair", "n", "per", "slope", "p", "adjusted", "rho")
        heads = tuple(say(f"links.column_{column}", level=level) for column in columns)
        yield Table(say("links.table", level=level), heads, (Group(None, rows),))
    hidden = [_pair(say, link) for link in links if link["suppressed"]]
    if hidden:
        yield Paragraph(say("links.suppressed", names="; ".join(hidden)))


def _pair(say: Language, link: Json) -> str:
    names = [
        say("links.utilisation")
        if name == "utilisation"
        else say("links.change_of", title=say.name("measure", name))
        for name in (link["x"], link["y"])
    ]
    return say("links.pair", x=names[0], y=names[1])


def _link_row(say: Language, study: Json, link: Json) -> tuple[str, ...]:
    view = next(view for view in effect_views(say, study, "unit") if view.name == link["y"])
    line = link["slope"]["line"]
    return (
        _pair(say, link),
        number(link["n_clinicians"], 0),
        say.name("links_per", link["per_kind"]),
        view.cell(link["slope"]),
        say.p_value(line["p_permutation"]),
        say.p_value(link["p_adjusted"]),
        rho_cell(say, link["spearman"]),
    )
