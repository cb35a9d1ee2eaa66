"""The section that says at which stage terms are lost: summary.json -> blocks."""

from collections.abc import Sequence

from scribeeval.report.blocks import Block, Figure, Group, Paragraph, Section, Table
from scribeeval.report.figures import Dot, Panel, draw_dots
from scribeeval.report.languages import Language, number
from scribeeval.report.views import Json


def lost_terms_section(say: Language, lost: Json | None) -> Section | None:
    """Tell, draw and tabulate how many terms each stage still has; None where nothing was followed."""
    if not lost or not lost["all"]["n_terms"]:
        return None
    stages, every = lost["stages"], lost["all"]
    n = every["n_terms"]
    sentences = [
        say("text.lost_terms", terms=say.count("terms", n), visits=say.count("visits", lost["n_visits"]))
    ]
    for stage in stages:
        row = every["stages"][stage]
        parts = {
            "lost": number(row["lost"], 0),
            "share": say.percent(row["lost"] / n),
            "back": number(row["back"], 0),
        }
        sentences.append(say(f"text.lost_at_{stage}", **parts))
    if lost["own_recognition"]:
        sentences.append(say("text.lost_own_recognition"))
    if lost["n_left_out"]:
        sentences.append(say("text.lost_left_out", visits=say.count("visits", lost["n_left_out"])))
    panels = [
        Panel(_name(say, name, row["n_terms"]), tuple(_dots(say, row, stages)))
        for name, row in ((None, every), *lost["by_type"].items())
    ]
    caption = say("caption.lost_terms")
    drawing = draw_dots("lost-terms", caption, say("drawing.lost_terms"), panels, one_axis=True)
    blocks: list[Block] = [Paragraph(" ".join(sentences), lead=True), Figure(caption, drawing)]
    heads = [say("column.part"), say("column.said")]
    for stage in stages:
        heads += [say(f"column.{key}_{stage}") for key in ("have", "lost")]
    rows = tuple(_cells(say, name, row, stages) for name, row in ((None, every), *lost["by_type"].items()))
    blocks.append(Table(say("caption.lost_terms_table"), tuple(heads), (Group(None, rows),)))
    return Section("lost", say("section.lost"), tuple(blocks))


def _name(say: Language, semantic_type: str | None, n: int) -> str:
    name = say("label.all_terms") if semantic_type is None else say.heading("part", semantic_type)
    return say("label.counted", name=name, n=number(n, 0))


def _dots(say: Language, row: Json, stages: Sequence[str]) -> list[Dot]:
    shares = {stage: row["stages"][stage]["have"] / row["n_terms"] for stage in stages}
    return [
        Dot(say(f"label.at_{stage}"), 100 * share, None, None, say.percent(share), False)
        for stage, share in shares.items()
    ]


def _cells(say: Language, semantic_type: str | None, row: Json, stages: Sequence[str]) -> tuple[str, ...]:
    name = say("label.all_terms") if semantic_type is None else say.name("part", semantic_type)
    cells = [name, number(row["n_terms"], 0)]
    for stage in stages:
        cells += [number(row["stages"][stage][key], 0) for key in ("have", "lost")]
    return tuple(cells)
