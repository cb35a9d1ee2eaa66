"""Missing data side by side, and the tipping point: study.json -> blocks."""

from collections.abc import Iterator

from scribeeval.report.blocks import Block, Group, Heading, Items, Paragraph, Table
from scribeeval.report.effects import EffectView, effect_views, raw_scale_notes
from scribeeval.report.languages import Language, number
from scribeeval.report.views import Json


def missing_blocks(say: Language, study: Json) -> Iterator[Block]:
    """Print each measure under each treatment of missing data, then how far they could tip it."""
    views = effect_views(say, study, "missing_data")
    if not views:
        return
    level = views[0].level
    parts = [(view, view.data["missing_data"]) for view in views]
    yield Heading(say("missing.heading"))
    yield Paragraph(say("missing.lead"))
    yield Items(tuple(_who(say, parts)))
    yield from raw_scale_notes(say, parts)
    if parts[0][1]["versus_control"]:
        yield Paragraph(say("missing.versus_control"))
    groups = tuple(Group(view.title, tuple(_rows(say, view, part))) for view, part in parts)
    columns = ("analysis", "estimate", "clinicians", "imputed")
    heads = tuple(say(f"missing.{column}", level=level) for column in columns)
    yield Table(say("missing.table", level=level), heads, groups)
    if any(one["n_imputed"] for _, part in parts for one in part["analyses"].values()):
        yield Paragraph(say("missing.imputed_note"))
    yield Heading(say("missing.tipping_heading"))
    yield Paragraph(say("missing.tipping_lead"))
    yield Items(tuple(_tipping(say, view, part["tipping_point"]) for view, part in parts))
    yield from _curve(say, *parts[0])


def _who(say: Language, parts: list[tuple[EffectView, Json]]) -> Iterator[str]:
    complete = [view.title for view, part in parts if not part["n_missing"]]
    if complete:
        yield say("missing.nobody", names=", ".join(complete))
    titles: dict[str, list[str]] = {}  # measures lack the same clinicians as a rule: told once
    for view, part in parts:
        if part["n_missing"]:
            reasons = ", ".join(
                say("missing.reason", reason=say.name("flow_reason", why), n=number(n, 0))
                for why, n in part["reasons"].items()
            )
            listed = say.count("clinicians", part["n_listed"])
            what = say("missing.some", missing=number(part["n_missing"], 0), listed=listed, reasons=reasons)
            titles.setdefault(what, []).append(view.title)
    for what, names in titles.items():
        yield say("missing.of_measures", names=", ".join(names), what=what)


def _rows(say: Language, view: EffectView, part: Json) -> Iterator[tuple[str, ...]]:
    for name, one in part["analyses"].items():
        n = "" if one["n_clinicians"] is None else number(one["n_clinicians"], 0)
        cell = say.name("missing_why", one["why"]) if one["estimate"] is None and one["why"] else None
        yield (
            say.name("missing_analysis", name),
            cell or view.cell(one),
            n,
            number(one["n_imputed"], 0),
        )


def _tipping(say: Language, view: EffectView, point: Json) -> str:
    status = point["status"]
    values: dict[str, str] = {"title": view.title}
    if status in ("reached", "not_reached"):
        values["n"] = say.count("clinicians", point["n_missing"])
        values["limit"] = number(point["limit"], 0)
    if status == "reached":
        kind = point["estimate_kind"]
        values["change"] = view.value(point["missing_change"], kind)
        values["delta"] = view.value(point["delta"], kind)
        values["relative"] = number(abs(point["relative"]), 1)
    return say(f"missing.{status}", **values)


def _curve(say: Language, view: EffectView, part: Json) -> Iterator[Block]:
    """How the first measure's change would be if those without values lacked some of the effect."""
    curve = part["tipping_point"]["curve"]
    if not curve:
        return
    kind = {"estimate_kind": part["tipping_point"]["estimate_kind"]}
    rows = []
    for one in curve:
        share = say.percent(one["lost"], digits=0)
        label = say("missing.not_moved", share=share) if one["lost"] == 1 else share
        rows.append((label, view.value(one["delta"], kind["estimate_kind"]), view.cell(one | kind)))
    heads = (say("missing.lost"), say("missing.shift"), say("missing.estimate", level=view.level))
    yield Table(say("missing.curve", title=view.title), heads, (Group(None, tuple(rows)),))
