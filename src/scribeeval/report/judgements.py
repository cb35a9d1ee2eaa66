"""The section on judges: judgement.json -> what models said of the notes, and who agrees with whom."""

from collections.abc import Iterator, Mapping, Sequence

from scribeeval.report.blocks import Block, Group, Heading, Items, Paragraph, Section, Table
from scribeeval.report.languages import Language, number
from scribeeval.report.views import Json

ALL_ITEMS = "mean_of_items"
WITH_PEOPLE, PEOPLE = "judge_and_humans", "humans"
DIGITS = 2


def judgements_section(say: Language, judgement: Json | None) -> Section | None:
    """Tell and tabulate the judgements of each rubric; None where no model judged the notes.

    judgement: what judgement.json holds, and n_outdated, the notes that have changed since.
    """
    rubrics = (judgement or {}).get("rubrics") or {}
    if judgement is None or not rubrics:
        return None
    blocks: list[Block] = [Paragraph(say("judgement.lead"), lead=True)]
    if judgement.get("n_outdated"):
        blocks.append(Paragraph(say("judgement.outdated", n=number(judgement["n_outdated"], 0))))
    level = say.percent(judgement["resampling"]["level"], digits=0)
    for rubric in rubrics.values():
        blocks += _rubric(say, rubric, level)
    return Section("judgements", say("section.judgements"), tuple(blocks))


def _rubric(say: Language, rubric: Json, level: str) -> Iterator[Block]:
    yield Heading(rubric["title"])
    yield Items((*_told(say, rubric), *_people(say, rubric)))
    scales = dict.fromkeys((item["low"], item["high"]) for item in rubric["items"])
    scale = "; ".join(say("number.interval", low=str(low), high=str(high)) for low, high in scales)
    drafters = list(dict.fromkeys(d for judge in rubric["judges"].values() for d in judge["drafters"]))
    yield Table(
        say("judgement.caption", rubric=rubric["title"], level=level, scale=scale),
        (say("judgement.judge"), *(say.name("system", name) for name in drafters)),
        tuple(
            Group(name, tuple(_rows(say, rubric, judge["drafters"], drafters)))
            for name, judge in rubric["judges"].items()
        ),
    )
    groups: dict[str, list[tuple[str, ...]]] = {}
    for row in rubric["agreement"]:
        if _is_shown(rubric, row):
            between = say(f"judgement_between.{row['between']}", judge=row["judge"])
            groups.setdefault(between, []).append(_agreement(say, rubric, row))
    if groups:
        columns = ("item", "raters", "marked", "alpha", "icc", "kappa")
        heads = tuple(say(f"judgement.{name}") for name in columns)
        tables = tuple(Group(between, tuple(rows)) for between, rows in groups.items())
        yield Table(say("judgement.caption_agreement", level=level), heads, tables)


def _told(say: Language, rubric: Json) -> Iterator[str]:
    """Say of each judge how often it was asked, failed and changed its mind; and of its own notes."""
    for name, judge in rubric["judges"].items():
        rows = judge["drafters"].values()
        n, failed = sum(row["n_judgements"] for row in rows), sum(row["n_failed"] for row in rows)
        share = say.percent(failed / n if n else None)
        yield say("judgement.judged", judge=name, n=number(n, 0), failed=number(failed, 0), share=share)
        if judge.get("own_notes"):
            own = ", ".join(say.name("system", drafter) for drafter in judge["own_notes"])
            yield say("judgement.own", judge=name, systems=own)


def _people(say: Language, rubric: Json) -> Iterator[str]:
    """Set each judge's agreement with people beside people's own."""
    if not rubric["humans"]:
        yield say("judgement.no_people")
        return
    overall = [row for row in rubric["agreement"] if _is_overall(rubric, row)]
    among = [_value(say, row["icc"]["icc_a1"]) for row in overall if row["between"] == PEOPLE]
    beside = among[0] if among else say("judgement.one_person")
    for row in overall:
        if row["between"] == WITH_PEOPLE:
            value = _value(say, row["icc"]["icc_a1"])
            yield say("judgement.with_people", judge=row["judge"], value=value, people=beside)


def _is_overall(rubric: Json, row: Json) -> bool:
    return row["item"] == ALL_ITEMS or len(rubric["items"]) == 1


def _is_shown(rubric: Json, row: Json) -> bool:
    """Item by item only where people marked too: there it says what a judge can be asked for."""
    return row["between"] in (WITH_PEOPLE, PEOPLE) or _is_overall(rubric, row)


def _rows(
    say: Language, rubric: Json, judged: Mapping[str, Json], drafters: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    for item in rubric["items"]:
        found = (judged[d]["items"].get(item["id"]) if d in judged else None for d in drafters)
        yield item["title"], *("" if one is None else _mean(say, one) for one in found)
    of = [judged.get(drafter) for drafter in drafters]
    yield (
        say("judgement.judgements"),
        *("" if row is None else number(row["n_judgements"], 0) for row in of),
    )
    yield say("judgement.failed"), *("" if row is None else say.percent(row["failure_rate"]) for row in of)
    yield say("judgement.flips"), *("" if row is None else say.percent(row["flip_rate"]) for row in of)


def _mean(say: Language, item: Json) -> str:
    if item["value"] is None:
        return say("number.undefined")
    return _with_ends(say, number(item["value"], DIGITS), item["interval"] or {})


def _with_ends(say: Language, text: str, ends: Json) -> str:
    if ends.get("low") is None or ends.get("high") is None:
        return say("number.no_interval", estimate=text)
    low, high = (number(ends[end], DIGITS) for end in ("low", "high"))
    return say("number.estimate", estimate=text, interval=say("number.interval", low=low, high=high))


def _value(say: Language, found: Json) -> str:
    if found["value"] is None:
        return say("number.undefined")
    return _with_ends(say, number(found["value"], DIGITS), found)


def _agreement(say: Language, rubric: Json, row: Json) -> tuple[str, ...]:
    titles = {item["id"]: item["title"] for item in rubric["items"]}
    kappas = [pair["quadratic"] for pair in row["kappa"]]
    if len(kappas) == 1:
        kappa = _value(say, kappas[0])
    else:  # of several pairs, how far they lie apart
        values = [found["value"] for found in kappas if found["value"] is not None]
        ends = [number(end, DIGITS) for end in (min(values), max(values))] if values else []
        kappa = say("judgement.pairs", low=ends[0], high=ends[1]) if ends else ""
    return (
        titles.get(row["item"], say("judgement.all_items")),
        number(len(row["raters"]), 0),
        number(row["n_things"], 0),
        _value(say, row["alpha"]),
        _value(say, row["icc"]["icc_a1"]),
        kappa,
    )
