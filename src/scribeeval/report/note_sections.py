"""The section on sections of the note: how each fared, and which side has it."""

from collections.abc import Sequence

from scribeeval.report.blocks import Figure, Group, Paragraph, Section, Table
from scribeeval.report.figures import Panel, draw_dots
from scribeeval.report.languages import Language, number
from scribeeval.report.scores import dot
from scribeeval.report.views import Json, MetricView
from scribeeval.text.sections import PREAMBLE, default_headers

SHOWN = ("kept_words_share", "edit_distance_words", "term_recall", "rougeL")
PRESENCE = ("both", "reference_only", "hypothesis_only")


def order() -> tuple[str, ...]:
    """List the sections that the package knows, in the order of a note; a division before its sections."""
    divisions = default_headers().division.items()
    return tuple(dict.fromkeys((PREAMBLE, *(name for section, of in divisions for name in (of, section)))))


def note_section(say: Language, summary: Json, metrics: Sequence[MetricView]) -> Section | None:
    """Show the first system by section of the note: one figure, one table; None without sections."""
    by_name = {view.name: view for view in metrics if view.sections()}
    shown = [by_name[name] for name in SHOWN if name in by_name]
    if not shown:
        return None
    first = shown[0]
    # The presence counts belong to the first metric's comparison; the other one has its own reference.
    present = (summary.get("sections") or {}).get(first.comparison) or {}
    names = _in_order({*present, *(name for view in shown for name in view.sections())})
    title, caption = say("section.note"), say("caption.note_figure", title=first.title)
    dots = tuple(
        dot(first, say.name("note", name), first.sections()[name])
        for name in names
        if name in first.sections()
    )
    drawing = draw_dots("note-sections", caption, say("drawing.parts"), [Panel(first.heading, dots)])
    rows = tuple(
        (
            say.name("note", name),
            *(_cell(view, name) for view in shown),
            *(number(present[name][side], 0) if name in present else "" for side in PRESENCE),
        )
        for name in names
    )
    columns = (
        say("column.note"),
        *(view.heading for view in shown),
        *(say(f"column.{side}") for side in PRESENCE),
    )
    about = say(
        "text.note", system=next(iter(first.scores)), comparison=say.name("comparison", first.comparison)
    )
    return Section(
        "note",
        title,
        (
            Paragraph(about, lead=True),
            Figure(caption, drawing),
            Table(say("caption.note"), columns, (Group(None, rows),)),
        ),
    )


def _in_order(names: set[str]) -> list[str]:
    """Sort as in a note; the sections that only a site knows come last, by name."""
    known = order()
    return sorted(names, key=lambda name: (known.index(name) if name in known else len(known), name))


def _cell(view: MetricView, name: str) -> str:
    score = view.sections().get(name)
    return "" if score is None else view.value(score)
