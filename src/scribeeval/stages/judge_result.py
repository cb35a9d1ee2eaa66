"""judgement.json as a whole: every rubric with its judges, the people who marked, and their agreement."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from scribeeval.models.judges.rubrics import Rubric
from scribeeval.stages.judge_agreement import agreements
from scribeeval.stages.judge_rows import HumanRow, Judgement
from scribeeval.stages.judge_summary import rubric_summary
from scribeeval.stats.raters import Bootstrap

Blocks = Mapping[str, Mapping[str, Any]]  # rubric -> its part of judgement.json


def with_judge(before: Blocks, rubric: Rubric, judge_name: str, about: Mapping[str, Any]) -> Blocks:
    """What is known of each rubric and its judges, with the one that was asked now."""
    judges = {
        name: {key: value for key, value in found.items() if key != "drafters"}
        for name, found in before.get(rubric.name, {}).get("judges", {}).items()
    }
    block = {
        "title": rubric.title,
        "revision": rubric.revision,
        "sha256": rubric.sha256,
        "per": rubric.per,
        "items": [
            {"id": item.id, "title": item.title, "low": item.scale.low, "high": item.scale.high}
            for item in rubric.items
        ],
        "judges": {**judges, judge_name: about},
    }
    return {**before, rubric.name: block}


def result_of(
    rows: Sequence[Judgement], people: Sequence[HumanRow], blocks: Blocks, how: Bootstrap
) -> dict[str, Any]:
    """What judgement.json says."""
    return {
        "resampling": {"method": "percentile", "unit": "visit", **asdict(how)},
        "rubrics": {name: dict(_block(name, blocks[name], rows, people, how)) for name in sorted(blocks)},
    }


def _block(
    name: str,
    block: Mapping[str, Any],
    rows: Sequence[Judgement],
    people: Sequence[HumanRow],
    how: Bootstrap,
) -> Iterator[tuple[str, Any]]:
    items = [item["id"] for item in block["items"]]
    of_rubric = [row for row in rows if row.rubric == name]
    marked = [row for row in people if row.rubric == name]
    yield from ((key, block[key]) for key in ("title", "revision", "sha256", "per", "items"))
    yield "judges", rubric_summary(of_rubric, block["judges"], items, how)
    yield "humans", sorted({row.rater for row in marked})
    yield "agreement", agreements(of_rubric, marked, items, how)
