"""Subgroups of clinicians: study.json -> blocks."""

from collections.abc import Iterator

from scribeeval.report.blocks import Block, Figure, Group, Heading, Items, Paragraph, Table
from scribeeval.report.effects import EffectView, count_cell, effect_views, hidden_note, raw_scale_notes
from scribeeval.report.figures import Panel, draw_dots
from scribeeval.report.languages import Language, number
from scribeeval.report.views import Json


def subgroup_blocks(say: Language, study: Json) -> Iterator[Block]:
    """Print the subgroups of every measure, the tests of interaction, and a drawing of the first measure."""
    views = effect_views(say, study, "subgroups")
    if not views:
        return
    yield Heading(say("subgroup_use.heading"))
    yield Paragraph(say("subgroup_use.lead"))
    yield from raw_scale_notes(say, [(v, next(iter(v.data["subgroups"].values()))) for v in views])
    yield from _notes(say, views[0])
    yield from _figure(say, views[0])
    level = views[0].level
    groups = tuple(group for view in views for group in _groups(say, view))
    if groups:
        columns = ("level", "n", "change")
        heads = tuple(say(f"subgroup_use.column_{column}", level=level) for column in columns)
        yield Table(say("subgroup_use.table", level=level), heads, groups)
        yield from hidden_note(say, [cell for group in groups for row in group.rows for cell in row])
    yield from _tests(say, views)


def level_name(say: Language, view: EffectView, subgroup: Json, level: str) -> str:
    """Name a level: the hospital's own word, or a tertile with its cut point."""
    if subgroup["by"] != "tertile":
        return level
    first, second = subgroup["cut_points"]
    cut = first if level == "low" else second
    digits = 0 if float(cut).is_integer() else 1
    return say(f"subgroup_use.tertile_{level}", cut=number(cut, digits))


def _notes(say: Language, view: EffectView) -> Iterator[Block]:
    """Say which columns give no subgroups, and who is in none; once, by the first measure."""
    notes = [
        say(
            "subgroup_use.no_levels",
            column=say.heading("moderator", column),
            why=say.name("subgroup_reason", one["why"]),
        )
        for column, one in view.data["subgroups"].items()
        if one["why"]
    ]
    missing = [
        say(
            "subgroup_use.missing_one",
            column=say.name("moderator", column),
            n=say.count("clinicians", one["n_missing"]),
        )
        for column, one in view.data["subgroups"].items()
        if one["n_missing"] and not one["why"]
    ]
    if missing:
        notes.append(say("subgroup_use.missing", names=", ".join(missing)))
    if notes:
        yield Items(tuple(notes))


def _figure(say: Language, view: EffectView) -> Iterator[Block]:
    panels = [
        Panel(
            say.heading("moderator", column),
            tuple(
                view.dot(level_name(say, view, one, level), effect) for level, effect in one["levels"].items()
            ),
        )
        for column, one in view.data["subgroups"].items()
        if one["levels"]
    ]
    if panels:
        caption = say("subgroup_use.figure", title=view.title, level=view.level)
        drawing = draw_dots("subgroups", caption, say("subgroup_use.drawing"), panels, one_axis=True)
        yield Figure(caption, drawing)


def _groups(say: Language, view: EffectView) -> Iterator[Group]:
    for column, one in view.data["subgroups"].items():
        if one["levels"]:
            heading = say("subgroup_use.group", title=view.title, column=say.name("moderator", column))
            rows = tuple(
                (
                    level_name(say, view, one, level),
                    count_cell(say, effect["n_clinicians"]),
                    view.cell(effect),
                )
                for level, effect in one["levels"].items()
            )
            yield Group(heading, rows)


def _tests(say: Language, views: list[EffectView]) -> Iterator[Block]:
    groups = tuple(
        Group(
            view.title,
            tuple(
                (say.heading("moderator", column), *_test_cells(say, one["interaction"]))
                for column, one in view.data["subgroups"].items()
            ),
        )
        for view in views
    )
    columns = ("variable", "f", "p", "adjusted", "permutation", "permutation_adjusted")
    heads = tuple(say(f"subgroup_use.column_{column}") for column in columns)
    yield Paragraph(say("subgroup_use.adjusted_note"))
    yield Table(say("subgroup_use.tests"), heads, groups)


def _test_cells(say: Language, test: Json) -> tuple[str, ...]:
    if test["statistic"] is None:
        why = say("subgroup_use.no_test", why=say.name("subgroup_reason", test["why"]))
    else:
        why = say(
            "subgroup_use.f",
            f=number(test["statistic"], 2),
            between=number(test["df_between"], 0),
            within=number(test["df_within"], 1),
        )
    keys = ("p_value", "p_adjusted", "p_permutation", "p_permutation_adjusted")
    return why, *(say.p_value(test[key]) for key in keys)
