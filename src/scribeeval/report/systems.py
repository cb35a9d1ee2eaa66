"""Several systems in one report: side by side, against the floors, and what the metrics found in each."""

from collections.abc import Iterator, Mapping, Sequence

from scribeeval.report.blocks import Block, Group, Paragraph, Section, Table
from scribeeval.report.languages import Language, number
from scribeeval.report.views import Json, MetricView, system_labels

MANY = 3  # from so many systems on, what is a sentence or a drawing for each becomes a table for all


def panel_section(say: Language, summary: Json, metrics: Sequence[MetricView]) -> Section | None:
    """Put the systems side by side: notes, failures, and each metric that all are measured on.

    None where the run has one system.
    """
    labels = system_labels(say, summary)
    if len(labels) < 2:
        return None
    drafters = summary.get("drafters") or {}
    n_notes = {name: about["n_notes"] for name, about in drafters.items()}
    counts = [
        (say("panel.notes"), *(_whole(say, n_notes.get(name)) for name in labels), ""),
        (say("panel.failed"), *(_failed(say, drafters.get(name)) for name in labels), ""),
    ]
    shown = [view for view in metrics if view.comparison == "content"]
    rows = [
        (
            view.heading,
            *(view.value(view.scores[label]) if label in view.scores else "" for label in labels.values()),
            _best_floor(say, view),
        )
        for view in shown
    ]
    first = next(iter(labels.values()))
    blocks: list[Block] = [
        Paragraph(say("panel.lead", n=number(len(labels), 0), system=first), lead=True),
        Paragraph(say("panel.compare")),
    ]
    if len(set(n_notes.values())) > 1:
        blocks.append(Paragraph(say("panel.other_visits")))
    columns = (say("column.metric"), *labels.values(), say("panel.best_floor"))
    groups = (Group(None, tuple(counts)), Group(say("label.metrics"), tuple(rows)))
    blocks.append(Table(say("panel.caption"), columns, groups if rows else groups[:1]))
    return Section("panel", say("section.panel"), tuple(blocks))


def _whole(say: Language, n: int | None) -> str:
    return say("number.undefined") if n is None else number(n, 0)


def _failed(say: Language, about: Json | None) -> str:
    if about is None:
        return say("number.undefined")
    return say("panel.all") if about["n_failed"] is None else number(about["n_failed"], 0)


def _best_floor(say: Language, view: MetricView) -> str:
    found = view.best_floor()
    if found is None:
        return ""
    return say("label.group", title=view.scale.value(found[1]), note=say.name("floor", found[0]))


def failed_drafts(say: Language, summary: Json) -> str:
    """List the systems of which drafts failed, each with how many; empty where none did."""
    labels, drafters = system_labels(say, summary), summary.get("drafters") or {}
    return ", ".join(
        say("label.group", title=label, note=_failed(say, drafters[name]))
        for name, label in labels.items()
        if name in drafters and drafters[name]["n_failed"] != 0
    )


def of_several_models(say: Language, summary: Json) -> str:
    """List the systems whose notes come from more than one model behind one name."""
    labels, drafters = system_labels(say, summary), summary.get("drafters") or {}
    return ", ".join(label for name, label in labels.items() if drafters.get(name, {}).get("several_models"))


def not_better_blocks(say: Language, metrics: Sequence[MetricView]) -> Iterator[Block]:
    """Name the metrics on which a system does not pass a floor that the metric can see."""
    titles: dict[tuple[str, str], list[str]] = {}
    for view in metrics:
        for label, score in view.scores.items():
            for floor, reached in (score.get("floors") or {}).items():
                if floor not in view.blind_to and _is_not_better(view, score["value"], reached):
                    titles.setdefault((label, floor), []).append(view.title)
    labels = dict.fromkeys(label for view in metrics for label in view.scores)
    if titles and len(labels) >= MANY:
        yield _not_better_table(say, labels, titles)
        return
    for (label, floor), named in titles.items():
        name = say.name("floor", floor)
        yield Paragraph(say("text.not_better", system=label, floor=name, metrics="; ".join(named)))


def _not_better_table(
    say: Language, labels: Mapping[str, None], titles: Mapping[tuple[str, str], Sequence[str]]
) -> Table:
    groups = tuple(
        Group(
            label,
            tuple(
                (say.name("floor", floor), "; ".join(t)) for (of, floor), t in titles.items() if of == label
            ),
        )
        for label in labels
        if any(of == label for of, _ in titles)
    )
    columns = (say("panel.floor"), say("label.metrics"))
    return Table(say("panel.not_better"), columns, groups, words=True)


def _is_not_better(view: MetricView, value: float | None, floor: float | None) -> bool:
    if view.higher_is_better is None or value is None or floor is None:
        return False
    return value <= floor if view.higher_is_better else value >= floor


def findings_blocks(say: Language, metrics: Sequence[MetricView]) -> Iterator[Block]:
    """Count what the metrics found, a column for each system."""
    found = {
        view.title: {
            label: score["findings"] for label, score in view.scores.items() if score.get("findings")
        }
        for view in metrics
    }
    labels = tuple(dict.fromkeys(label for of in found.values() for label in of))
    groups = tuple(Group(title, tuple(_finding_rows(say, of, labels))) for title, of in found.items() if of)
    if groups:
        yield Paragraph(say("text.findings"))
        yield Table(say("caption.findings"), (say("column.kind"), *labels), groups)


def _finding_rows(
    say: Language, counts: Mapping[str, Mapping[str, int]], labels: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    for kind in sorted({kind for of in counts.values() for kind in of}):
        cells = (number(counts[label].get(kind, 0), 0) if label in counts else "" for label in labels)
        yield (say.name("finding", kind), *cells)
