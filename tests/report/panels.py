"""What a run of several drafters and judges gives the report; the numbers are invented."""

from typing import Any

from scribeeval.models.judges.rubrics import read_rubric
from scribeeval.stages.judge_result import result_of, with_judge
from scribeeval.stages.judge_rows import HumanRow, Judgement
from scribeeval.stats.raters import Bootstrap

ITEMS = [item.id for item in read_rubric("pdqi9").items]
VISITS = ("V1", "V2", "V3", "V4")


def with_panel(summary: dict[str, Any], *names: str) -> dict[str, Any]:
    """Give a summary with further systems, each like the second one."""
    second = summary["systems"]["extractive"]
    every = [summary["system"], "extractive", *names]
    drafters = {
        name: {"n_notes": 6 - place, "n_failed": place, "several_models": False}
        for place, name in enumerate(every)
    }
    return summary | {"systems": dict.fromkeys(every[1:], second), "drafters": drafters}


def judgement(*, people: tuple[str, ...] = ("Kim", "Lee"), n_outdated: int = 0) -> dict[str, Any]:
    """Give what the judge stage writes: two judges, of whom the second fails on V4, and these people."""
    rubric = read_rubric("pdqi9")
    rows = [
        Judgement(
            rubric="pdqi9",
            judge=judge,
            drafter=drafter,
            visit_id=visit,
            repeat=repeat,
            start=None,
            end=None,
            item=item,
            value=None if failed else 1 + (place + repeat * (judge == "J2")) % 5,
            failed="not_json" if failed else None,
            note="n",
            asked=f"{judge}{drafter}{visit}{repeat}",
        )
        for judge in ("J1", "J2")
        for drafter in ("vendor", "extractive")
        for place, visit in enumerate(VISITS)
        for failed in (judge == "J2" and visit == "V4",)
        for repeat in (0, 1)
        for item in ITEMS
    ]
    marks = [
        HumanRow("pdqi9", person, "vendor", visit, None, item, 1.0 + (place + of) % 5, "n")
        for of, person in enumerate(people)
        for place, visit in enumerate(VISITS)
        for item in ITEMS
    ]
    blocks = with_judge({}, rubric, "J1", {"own_notes": ["vendor"]})
    blocks = with_judge(blocks, rubric, "J2", {"own_notes": []})
    return result_of(rows, marks, blocks, Bootstrap(resamples=100)) | {"n_outdated": n_outdated}
