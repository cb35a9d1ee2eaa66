"""Sections on drafts, transcripts, terminology and subgroups: summary.json -> blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scribeeval.report.blocks import Block, Figure, Group, Heading, Paragraph, Section, Table
from scribeeval.report.figures import Dot, Panel, draw_dots
from scribeeval.report.languages import Language, number
from scribeeval.report.systems import MANY, findings_blocks, not_better_blocks
from scribeeval.report.views import (
    BLOCKS_INCLUDED,
    COMPARISONS,
    Json,
    MetricView,
    ends,
)

DRAWN = {  # the metrics with a figure, by comparison; where a run has none of them, all it has
    "edit": ("kept_words_share", "edit_distance_words"),
    "content": ("term_recall", "support", "omission", "rougeL"),
}


def score_sections(
    say: Language, summary: Json, level: str, metrics: Sequence[MetricView]
) -> Iterator[Section]:
    """Build a section for each kind of comparison that the run has.

    level: of the intervals, as printed.
    """
    for comparison in (*COMPARISONS, "other"):
        chosen = [view for view in metrics if view.comparison == comparison]
        title = say(f"section.{comparison}")
        blocks: list[Block] = list(_metric_blocks(say, title, comparison, level, chosen)) if chosen else []
        if comparison == "edit":
            blocks += [*_excluded(say, summary), *_draft_use(say, summary)]
        elif comparison == "speech":
            blocks += _flags(say, summary)
        elif comparison == "content":
            blocks += findings_blocks(say, metrics)
        if blocks:
            yield Section(comparison, title, (Paragraph(say(f"text.{comparison}"), lead=True), *blocks))


def _metric_blocks(
    say: Language, title: str, comparison: str, level: str, metrics: Sequence[MetricView]
) -> Iterator[Block]:
    with_floors = [view for view in metrics if any(True for _ in view.floors())]
    if with_floors:
        yield Paragraph(say("text.floors"))
        yield from not_better_blocks(say, with_floors)
        drawn = [view for view in with_floors if view.name in DRAWN.get(comparison, ())] or with_floors
        description = say("drawing.dots", metrics=say.count("metrics", len(drawn)))
        drawing = draw_dots(f"{comparison}-floors", title, description, [_panel(view) for view in drawn])
        yield Figure(say("caption.dots", section=title, level=level), drawing)
    floors = tuple(dict.fromkeys(floor for view in metrics for floor, _ in view.floors()))
    heads = tuple(say("label.floor", floor=say.name("floor", floor)) for floor in floors)
    several = any(len(view.scores) > 1 for view in metrics)
    caption = "metrics_alone" if not floors else "metrics_many" if several else "metrics"
    yield Table(
        say(f"caption.{caption}", section=title, level=level),
        (say("column.system"), *_score_columns(say, level), *heads),
        tuple(Group(view.heading, tuple(_rows(say, view, floors))) for view in metrics),
    )
    yield from (Paragraph(told) for view in metrics if (told := view.told()))
    with_parts = [view for view in metrics if view.parts()]
    if with_parts:
        yield from _parts(say, title, comparison, with_parts)


def _score_columns(say: Language, level: str) -> tuple[str, ...]:
    return (
        say("column.estimate"),
        say("column.interval", level=level),
        say("column.visits"),
        say("column.undefined"),
    )


def _rows(say: Language, view: MetricView, floors: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Give a row a system; the floors stand once where they are those of the first system."""
    first: Json = {}
    for label, score in view.scores.items():
        reached = score.get("floors") or {}
        shown = {} if reached == first else reached
        first = first or reached
        cells = (view.scale.value(shown[floor]) if floor in shown else "" for floor in floors)
        yield (label, *view.cells(score), *cells)
        included = (score.get("parts") or {}).get(BLOCKS_INCLUDED)
        if included is not None:
            empty = ("",) * (3 + len(floors))
            yield (say("label.blocks_included"), view.value(included), *empty)


def _panel(view: MetricView) -> Panel:
    dots = [dot(view, label, score) for label, score in view.scores.items()]
    floors = [
        dot(view, view.say.name("floor", floor), {"value": value}, hollow=True)
        for floor, value in view.floors()
    ]
    return Panel(view.heading, (*dots, *floors))


def dot(view: MetricView, label: str, score: Json, *, hollow: bool = False) -> Dot:
    """Make the row of a figure for one score."""
    factor = 100 if view.scale.share else 1  # the axis of a share is in percent
    value, low, high = (None if x is None else factor * x for x in (score["value"], *ends(score)))
    return Dot(label, value, low, high, view.scale.value(score["value"]), hollow)


def _parts(say: Language, section: str, comparison: str, metrics: Sequence[MetricView]) -> Iterator[Block]:
    """Draw the parts of the first metric that has some, and tabulate those of all.

    Of many systems only the first is drawn: the others stand beside it in the table.
    """
    first = metrics[0]
    drawn = list(first.parts().items())
    if len(drawn) >= MANY:
        drawn = drawn[:1]
    title, caption = say("label.parts"), say("caption.parts", title=first.title)
    panels = [
        Panel(label, tuple(dot(first, say.name("part", part), score) for part, score in values.items()))
        for label, values in drawn
    ]
    drawing = draw_dots(f"{comparison}-parts", caption, say("drawing.parts"), panels, one_axis=True)
    labels = tuple(dict.fromkeys(label for view in metrics for label in view.parts()))
    groups = tuple(Group(view.heading, tuple(_part_rows(say, view, labels))) for view in metrics)
    yield Heading(title)
    yield Paragraph(say("text.parts"))
    yield Figure(caption, drawing)
    yield Table(say("caption.parts", title=section), (say("column.part"), *labels), groups)


def _part_rows(say: Language, view: MetricView, labels: Sequence[str]) -> Iterator[tuple[str, ...]]:
    parts = view.parts()
    for part in dict.fromkeys(part for values in parts.values() for part in values):
        scores = (parts.get(label, {}).get(part) for label in labels)
        yield say.name("part", part), *("" if score is None else view.value(score) for score in scores)


def _excluded(say: Language, summary: Json) -> Iterator[Block]:
    excluded = summary.get("excluded")
    if excluded and excluded["rules"]:
        yield Paragraph(
            say(
                "text.excluded",
                patterns=say.count("patterns", excluded["rules"]),
                visits=say.count("visits", excluded["n_visits"]),
                reference=number(excluded["chars_reference"], 0),
                hypothesis=number(excluded["chars_hypothesis"], 0),
            )
        )


def _draft_use(say: Language, summary: Json) -> Iterator[Block]:
    use = summary.get("draft_use")
    if not use or not any(n for kind, n in use["total"].items() if kind != "no_draft"):
        return
    kinds = list(use["total"])
    rows = [*sorted(use["by_clinician"].items()), (say("label.total"), use["total"])]
    yield Paragraph(say("text.draft_use", share=say.percent(use["discarded_below"], digits=0)))
    yield Table(
        say("caption.draft_use"),
        (say("column.clinician"), *(say.heading("use", kind) for kind in kinds)),
        (Group(None, tuple((label, *(number(n[kind], 0) for kind in kinds)) for label, n in rows)),),
    )


def _flags(say: Language, summary: Json) -> Iterator[Block]:
    transcription = summary.get("transcription") or {}
    flags = sorted((transcription.get("flags") or {}).items())
    if transcription.get("coverage") is not None:
        yield Paragraph(
            say(
                "text.guards",
                coverage=say.percent(transcription["coverage"]),
                words=number(transcription["hallucinated_words_per_hour"], 1),
                doubtful=number(transcription["doubtful_words"], 0),
            )
        )
    if flags:
        yield Paragraph(say("text.flags", visits=say.count("visits", transcription["n_visits"])))
        rows = tuple((say.name("flag", flag), number(n, 0)) for flag, n in flags)
        yield Table(say("caption.flags"), (say("column.flag"), say("column.visits")), (Group(None, rows),))


def subgroups_section(say: Language, by: Json, level: str, metrics: Sequence[MetricView]) -> Section | None:
    """Tabulate every subgroup that is large enough; name the others without a number of theirs.

    None where the run has no subgroups.
    """
    if not by:
        return None
    blocks: list[Block] = [Paragraph(say("text.subgroups"), lead=True)]
    for column, subgroups in sorted(by.items()):
        hidden = sorted(name for name, subgroup in subgroups.items() if subgroup["suppressed"])
        if hidden:
            blocks.append(Paragraph(say("text.suppressed", names=", ".join(hidden))))
        groups = []
        for view in metrics:
            shown = replace(
                view,
                scores={
                    name: subgroup["metrics"][view.name]
                    for name, subgroup in sorted(subgroups.items())
                    if not subgroup["suppressed"] and view.name in subgroup["metrics"]
                },
            )
            if shown.scores:
                rows = tuple((name, *shown.cells(score)) for name, score in shown.scores.items())
                groups.append(Group(view.heading, rows))
        if groups:
            title = say("caption.subgroups", column=say.name("subgroup", column))
            columns = (say("column.subgroup"), *_score_columns(say, level))
            blocks.append(Table(title, columns, tuple(groups)))
    return Section("subgroups", say("section.subgroups"), tuple(blocks))
