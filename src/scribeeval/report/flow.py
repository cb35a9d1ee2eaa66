"""Who took part, and what missing data could hide: study.json -> blocks."""

from collections.abc import Iterator, Sequence

from scribeeval.report.blocks import Block, Figure, Group, Heading, Items, Paragraph, Table
from scribeeval.report.flow_figures import Box, Column, draw_flow
from scribeeval.report.languages import Language, number
from scribeeval.report.views import Json


def flow_blocks(say: Language, study: Json) -> Iterator[Block]:
    """Print the flow of clinicians; ids are in study.json only."""
    flow = study.get("flow")
    if not flow or not flow["arms"]:
        return
    arms = flow["arms"]
    yield Heading(say("flow.heading"))
    notes = [_sentence(say, name, arm) for name, arm in arms.items()]
    missing = dict.fromkeys(
        step["step"] for arm in arms.values() for step in arm["steps"] if step["status"] == "not_recorded"
    )
    if missing:
        steps = ", ".join(say.name("flow_step", step) for step in missing)
        notes.append(say("flow.not_recorded_steps", steps=steps))
    yield Items(tuple(notes))
    yield Paragraph(say("flow.to_treat"))
    columns = [_column(say, name, arm) for name, arm in arms.items()]
    drawing = draw_flow("flow", say("flow.heading"), say("flow.drawing"), columns)
    yield Figure(say("flow.figure"), drawing)
    heads = (say("flow.step"), say("column.clinicians"), say("flow.lost"), say("flow.reasons"))
    groups = tuple(Group(say.name("flow_arm", name), tuple(_rows(say, arm))) for name, arm in arms.items())
    yield Table(say("flow.table"), heads, groups, words=True)


def _sentence(say: Language, name: str, arm: Json) -> str:
    listed = say.count("clinicians", arm["steps"][0]["n"])
    title = say.name("flow_arm", name)
    counts = [step["n"] for step in arm["measures"].values()]
    if not counts:
        return say("flow.arm_listed", arm=title, n=listed)
    low, high = min(counts), max(counts)
    if low == high:
        return say("flow.arm_one", arm=title, n=listed, analysed=number(low, 0))
    return say("flow.arm_range", arm=title, n=listed, low=number(low, 0), high=number(high, 0))


def _column(say: Language, name: str, arm: Json) -> Column:
    boxes = [_box(say, step) for step in arm["steps"]]
    counts = [step["n"] for step in arm["measures"].values()]
    if counts:
        low, high = min(counts), max(counts)
        ends = [number(end, 0) for end in (low, high)]
        n = ends[0] if low == high else say("flow.count_range", low=ends[0], high=ends[1])
        boxes.append(Box(say("flow.analysed_box"), n))
    return Column(say.name("flow_arm", name), tuple(boxes))


def _box(say: Language, step: Json) -> Box:
    label = say.name("flow_step", step["step"])
    if step["status"] != "counted":
        return Box(f"{label}: {say('flow.' + step['status'])}", None)
    starts = step["step"] == "with_before"
    n_lost = sum(loss["n"] for loss in step["lost"])
    reasons = ", ".join(_reason(say, loss, counted=len(step["lost"]) > 1) for loss in step["lost"])
    lost = say("flow.lost_short", n=number(n_lost, 0), reasons=reasons) if n_lost else ""
    above = " ".join(filter(None, (say("flow.of_all"), lost))) if starts else ""
    return Box(label, number(step["n"], 0), lost=lost, joined=not starts, above=above)


def _reason(say: Language, loss: Json, *, counted: bool = True) -> str:
    """Name a reason: the user's own words as they are, ours in the reader's language."""
    words = loss["reason"] if loss["given"] else say.name("flow_reason", loss["reason"])
    return say("flow.reason", reason=words, n=number(loss["n"], 0)) if counted else str(words)


def _rows(say: Language, arm: Json) -> Iterator[tuple[str, ...]]:
    for step in arm["steps"]:
        label = say.name("flow_step", step["step"])
        if step["status"] != "counted":
            yield label, say(f"flow.{step['status']}"), "", ""
        else:
            yield label, *_counts(say, step)
    for name, step in arm["measures"].items():
        yield say("flow.analysed", title=say.name("measure", name)), *_counts(say, step)


def _counts(say: Language, step: Json) -> Sequence[str]:
    n_lost = sum(loss["n"] for loss in step["lost"])
    notes = [_reason(say, loss) for loss in step["lost"]]
    if step["joined"]:
        notes.append(say("flow.joined", n=number(step["joined"], 0)))
    if step["n_unknown"]:
        notes.append(say("flow.unknown", n=number(step["n_unknown"], 0)))
    lost = number(n_lost, 0) if step["after"] is not None else ""
    return number(step["n"], 0), lost, "; ".join(notes)
