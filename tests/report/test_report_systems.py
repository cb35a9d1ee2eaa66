"""Several systems, and judges, in one report: all of them, told apart, with what failed."""

import json
import re
from pathlib import Path
from typing import Any, Literal

import pytest
from panels import ITEMS, judgement, with_panel

from scribeeval.report import render

Code = Literal["en", "ko"]
SAMPLES = Path(__file__).parent / "samples"
both = pytest.mark.parametrize("code", ["en", "ko"])


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def section(name: str, summary: Any, code: Code = "en", **facts: Any) -> str:
    html = render(summary, None, sample("facts") | facts, code).replace("\u00a0", " ")
    found = re.search(rf'<section id="{name}">.*?</section>', html, re.DOTALL)
    return "" if found is None else found[0]


def rows(html: str) -> list[list[str]]:
    return [
        [re.sub("<.*?>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in re.findall(r"<tr.*?</tr>", html)
    ]


HOSTILE = "<script>x</script>{y}"


@both
def test_systems_stand_side_by_side_with_their_failures_and_the_best_floor(code: Code) -> None:
    summary = with_panel(sample("summary"), HOSTILE, "b/c")
    summary["drafters"]["b/c"]["n_failed"] = None
    html = section("panel", summary, code)
    assert "<script>" not in html
    table = rows(html)
    assert table[0][1:-1][2:] == ["&lt;script&gt;x&lt;/script&gt;{y}", "b/c"]
    assert table[1][1:-1] == ["6", "5", "4", "3"]
    assert table[2][1:-1] == ["0", "1", "2", "all" if code == "en" else "전체"]
    if code == "en":
        recall = next(row for row in table if row[0].startswith("Terms of the reference note found"))
        second = summary["systems"]["extractive"]["metrics"]["term_recall"]["value"]
        assert recall[1:5] == ["83.0 %", *[f"{100 * second:.1f} %"] * 3]
        floors = summary["metrics"]["term_recall"]["floors"]
        best = max(value for value in floors.values() if value is not None)
        assert recall[5] == f"{100 * best:.1f} % (the transcript copied)"
    first_screen = section("summary", summary, code)
    assert "&lt;script&gt;x&lt;/script&gt;{y} (2)" in first_screen


def test_one_system_has_no_panel_and_every_system_its_column() -> None:
    assert section("panel", sample("summary") | {"systems": {}}) == ""
    summary = with_panel(sample("summary"), "the vendor")  # a name that is another's label
    assert rows(section("panel", summary))[0] == [
        "Metric", "the vendor", "the extractive drafter", "the vendor (the vendor)", "Best floor"
    ]  # fmt: skip


def test_floors_of_the_same_visits_stand_once() -> None:
    summary = with_panel(sample("summary"), "same", "other")
    second = summary["systems"]["extractive"]["metrics"]["term_recall"]
    floors = summary["metrics"]["term_recall"]["floors"]
    assert second["floors"] == floors
    other = second | {"floors": {**floors, "transcript_copied": 0.111}}
    summary["systems"]["other"] = {"n_visits": 5, "metrics": {"term_recall": other}}
    html = section("content", summary)
    table = [row for row in rows(html) if row[0] in ("the vendor", "the extractive drafter", "same", "other")]
    floor_cells = {row[0]: row[5:] for row in table if len(row) > 5}
    assert floor_cells["the vendor"] != [""] * len(floors)
    assert floor_cells["same"] == [""] * len(floors)
    assert floor_cells["other"][list(floors).index("transcript_copied")] == "11.1 %"
    drawing = html[html.index("<svg") : html.index("</svg>")]
    assert drawing.count(">the transcript copied<") == drawing.count(">the vendor<")


def test_what_passes_no_floor_is_a_table_for_many_systems() -> None:
    summary = with_panel(sample("summary"), "third")
    table = rows(section("content", summary))
    at = table.index(["third"])
    assert table[at + 1] == ["the transcript copied", "Terms of the reference note found in the draft"]


@both
def test_notes_of_a_swapped_model_and_flags_of_drafts_are_told(code: Code) -> None:
    summary = with_panel(sample("summary"), "swapped")
    assert "swapped" not in section("limits", summary, code)
    calm = section("summary", summary, code)
    summary["drafters"]["swapped"]["several_models"] = True
    told = section("summary", summary, code)
    assert told.count("swapped") == calm.count("swapped") + 1
    summary["draft_flags"] = {"sentences_without_link": 3, "a_new_flag": 1}
    limits = section("limits", summary, code)
    assert ("sentences without an evidence link: 3" if code == "en" else "문장: 3건") in limits
    assert "a_new_flag" in limits


def test_a_drafters_failure_does_not_take_its_visit_out_of_all_numbers() -> None:
    summary = with_panel(sample("summary"))
    summary["failures"] = [{"stage": "draft", "visit_id": "V03", "message": "m", "drafter": "extractive"}]
    assert "V03" not in section("limits", summary)
    assert "the extractive drafter (1)" in section("summary", summary)
    assert "V03" in section("failures", summary)


@both
def test_judgements_are_told_with_failures_flips_and_people(code: Code) -> None:
    html = section("judgements", sample("summary"), code, judgement=judgement(n_outdated=2))
    table = rows(html)
    j1, j2 = table.index(["J1"]), table.index(["J2"])
    assert len(table[0]) == 3  # two drafters
    # By hand: J1 gives 1, 2, 3, 4 in both repeats; J2 the same and one more, and fails on V4.
    assert [row[1].split(" (")[0] for row in (table[j1 + 1], table[j2 + 1])] == ["2.50", "2.50"]
    judgements, failed, flips = table[j2 + len(ITEMS) + 1 : j2 + len(ITEMS) + 4]
    assert judgements[1:] == ["8", "8"]
    assert [cell.replace(" ", "") for cell in failed[1:]] == ["25.0%", "25.0%"]
    assert [cell.replace(" ", "") for cell in flips[1:]] == ["100.0%", "100.0%"]
    assert table[j1 + len(ITEMS) + 3][1].replace(" ", "") == "0.0%"
    text = re.sub("<.*?>", "", html)
    assert (
        "J2: 16 judgements, of which 4 failed (25.0 %)" if code == "en" else "평가 16건 가운데 4건"
    ) in text
    found = judgement()["rubrics"]["pdqi9"]["agreement"]
    with_j1 = next(r for r in found if r["judge"] == "J1" and r["between"] == "judge_and_humans")
    overall = f"{with_j1['icc']['icc_a1']['value']:.2f}".replace("-", "\N{MINUS SIGN}")
    assert any(overall in row[4] for row in table if len(row) == 6)


def test_judgements_without_people_or_of_old_notes_say_so() -> None:
    alone = section("judgements", sample("summary"), judgement=judgement(people=()))
    assert "No person marked these notes by this rubric" in alone
    assert "have changed since" not in alone
    assert "J1 is the model that wrote the notes of the vendor" in alone
    one = section("judgements", sample("summary"), judgement=judgement(people=("Kim",), n_outdated=2))
    assert "of people among themselves: none, since one person alone marked" in one
    assert "2 of the notes judged have changed since" in one
    assert section("judgements", sample("summary"), judgement=None) == ""


def test_names_of_judges_and_rubrics_are_inert() -> None:
    given = json.loads(json.dumps(judgement()).replace("J1", "<b>{J}</b>").replace("PDQI-9", "<i>{r}</i>"))
    html = section("judgements", sample("summary"), judgement=given)
    assert "<i>" not in html
    assert html.count("&lt;b&gt;{J}&lt;/b&gt;") >= 4
