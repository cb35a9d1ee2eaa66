"""The report as its readers get it: complete, inert, the same at every run, and honest about gaps.

The samples hold invented numbers; what must be printed for them is written by hand below.
"""

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest
from panels import judgement, with_panel
from recorded import Recorded

from scribeeval.errors import InputError
from scribeeval.report import page, render
from scribeeval.report.finding_list import MAX_SHOWN
from scribeeval.report.languages import Language, load
from scribeeval.report.strips import Strip, draw_strips
from scribeeval.report.use_sections import PARTS
from scribeeval.stages.lost_terms import STAGES as LOST_AT

Json = Any
Code = Literal["en", "ko"]
SAMPLES = Path(__file__).parent / "samples"
VOID = {"meta", "br"}
# Tables of strings that test_report_clinicians.py asks for one by one.
both = pytest.mark.parametrize("code", ["en", "ko"])


class Page(HTMLParser):
    """The elements of a page, its text, and what a browser would have to repair."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.cells: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), (tag, attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.words.append(data)
        if {"td", "th"} & set(self.open):
            self.cells[-1] += data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def sample(name: str) -> Json:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def rendered(code: Code = "en", **changed: Json) -> str:
    parts = {name: sample(name) for name in ("summary", "study", "facts")} | changed
    return render(parts["summary"], parts["study"], parts["facts"], code)


def replaced(value: Json, change: Callable[[str, Json], Json], key: str = "") -> Json:
    """Copy nested data with every leaf changed."""
    if isinstance(value, dict):
        return {name: replaced(one, change, name) for name, one in value.items()}
    if isinstance(value, list):
        return [replaced(one, change, key) for one in value]
    return change(key, value)


FIRST_SCREEN: Mapping[Code, tuple[str, ...]] = {
    "en": (
        "In 5 visits, drafts by the vendor contain 83.0 % (95 % interval 77.0 to 88.0) of the clinical terms",
        "another visit's note 12.0 %",
        "clinicians kept 78.0 % (95 % interval 71.0 to 85.0) of the words",
        "Use of the drafts in 6 visits: 4 used, 1 discarded, 1 without a draft.",
        "Time in notes fell: 10.3 min per appointment before, 8.2 min after; "
        "difference −2.1 min (95 % interval −2.9 to −1.4).",
        "ratio of means −20.4 % (−26.0 to −15.0); geometric mean ratio −15.2 % (−20.0 to −10.0)",
        "Work after hours fell: 50.6 min per workday before, 35.4 min after",
        "rests on 45 clinicians with values in both phases (1 left out for lack of data) "
        "and has no control group",
        "paired t p < 0.001 (adjusted < 0.001)",
        "Simulated data:",
    ),
    "ko": (
        "진료 5건에서 제품(vendor) 초안에는 기준 기록에 있는 의학 용어의 83.0%(95% 신뢰구간 77.0 ~ 88.0)가",
        "초안 단어의 78.0%(95% 신뢰구간 71.0 ~ 85.0)를",
        "사용 4건, 폐기 1건, 초안 없음 1건",
        "기록 작성 시간: 줄었습니다. 예약 진료당 도입 전 10.3분, 도입 후 8.2분이며 "
        "차이는 −2.1분(95% 신뢰구간 −2.9 ~ −1.4)입니다.",
        "평균의 비 −20.4% (−26.0 ~ −15.0); 기하평균 비 −15.2% (−20.0 ~ −10.0)",
        "의료진 45명에 근거하며(자료가 없어 제외 1명) 대조군이 없습니다",
        "모의 자료:",
    ),
}


@both
def test_first_screen_answers_with_numbers(code: Code) -> None:
    text = Page(rendered(code)).text
    first = text[: text.index(load(code)("text.edit"))]
    for sentence in FIRST_SCREEN[code]:
        assert sentence in first.replace("\u00a0", " "), sentence


def test_tables_print_units_signs_and_percentage_points() -> None:
    cells = [cell.replace("\u00a0", " ") for cell in Page(rendered()).cells]
    for cell in (
        "+6.2 percentage points (+3.0 to +9.5)",  # 0.724 - 0.662, a difference of shares
        "+9.4",  # 0.0937 in percent, relative to 66.2 %
        "+4.0 to +14.0 (bootstrap, BCa)",
        "+4.5 to +13.5 (Fieller)",
        "+3.3 to +9.2 (t)",  # 0.03325 to 0.09175 in percentage points, as the row's head says
        "Difference (percentage points)",
        "−19.4 to −8.6 (order statistics; level 96.4 %)",
        "undefined: a value after is 0, which has no logarithm",
        "t distribution, 44 df".replace(" ", " "),
        "18.0 % (8.0 to 30.0)",  # worse, with its interval
        "less after than before",
        "% of appointments",
        "72.4 %",
        "4,201",
        "+865 (+500 to +1,230)",
        "−0.77 (d_z)",
        "< 0.001",
        "0.002",  # 0.0016
        "no direction declared",
        "with template blocks",
        "2,710.0",
    ):
        assert cell in cells, cell


def test_same_inputs_same_bytes_in_another_process_with_other_drawing_settings(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("svg.fonttype: path\nfont.size: 20\naxes.linewidth: 5\n")
    program = (
        "import json, pathlib, sys; from scribeeval.report import render; "
        f"s = [json.loads((pathlib.Path({str(SAMPLES)!r}) / f'{{n}}.json').read_text(encoding='utf-8')) "
        "for n in ('summary', 'study', 'facts')]; "
        "sys.stdout.buffer.write(render(*s, 'ko').encode())"
    )
    environment = {"MATPLOTLIBRC": str(tmp_path), "MPLCONFIGDIR": str(tmp_path), "PYTHONHASHSEED": "7"}
    other = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, env=environment
    ).stdout
    assert other == rendered("ko").encode()


def test_drawing_leaves_the_callers_settings_alone() -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    rendered()
    assert dict(matplotlib.rcParams) == before


@both
def test_page_needs_nothing_but_itself(code: Code) -> None:
    html = rendered(code)
    read = Page(html)
    assert not {"script", "link", "img", "iframe", "object", "form"} & {tag for tag, _ in read.elements}
    addresses = set(re.findall(r"[a-z]+://[^\"' <>]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "url(http" not in html
    assert "@import" not in html


@both
def test_page_can_be_read_by_machine_and_by_ear(code: Code) -> None:
    read = Page(rendered(code))
    assert read.all("html") == [{"lang": code}]
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(read.all("caption")) == len(read.all("table")) >= 10
    assert len(read.all("figcaption")) == len(read.all("figure")) == len(read.all("svg")) == 10
    assert all(header.get("scope") in ("col", "row", "rowgroup") for header in read.all("th"))
    for drawing in read.all("svg"):
        assert drawing["role"] == "img"
        assert set((drawing["aria-labelledby"] or "").split()) <= set(ids)
    for use in read.all("use"):
        assert (use["xlink:href"] or "").removeprefix("#") in ids


@both
def test_undefined_is_said_and_never_a_number(code: Code) -> None:
    def gone(key: str, value: Json) -> Json:
        return (
            None if isinstance(value, float) and key not in ("alpha", "level", "discarded_below") else value
        )

    summary = replaced(sample("summary"), gone)
    for metric in summary["metrics"].values():
        metric |= {"interval": None, "n_undefined": metric["n_visits"]}
    html = rendered(code, summary=summary, study=replaced(sample("study"), gone))
    start = html.index('<section id="standing">')  # published numbers stay
    text = Page(html[:start] + html[html.index('<section id="limits">') :]).text
    assert load(code)("number.undefined_visits", n=6, m=6) in text
    assert not re.search(r"\b(nan|NaN|None|null|inf)\b", text)
    assert not re.search(r"\d\.\d\s?%|\d\.\d (min|words)", text)


def test_estimate_without_interval_says_so() -> None:
    study = sample("study")
    measure = study["measures"]["time_in_notes_min_per_appointment"]
    measure["difference"] |= {"low": None, "high": None}
    text = Page(rendered(study=study)).text
    assert "−2.1 (interval undefined)" in text
    assert "Time in notes: the difference or its interval is undefined." in text


@both
def test_study_without_the_newer_estimates_is_still_a_report(code: Code) -> None:
    """study.json grows; one written by an earlier version prints what it holds and invents nothing."""
    study = sample("study")
    for measure in study["measures"].values():
        for key in ("hodges_lehmann", "effect_sizes", "spread"):
            del measure[key]
        del measure["percent_change"]["hodges_lehmann_ratio"]
        for one in (measure["difference"], *measure["percent_change"].values()):
            for key in ("method", "level", "analytic", "why"):
                del one[key]
        for test in measure["tests"].values():
            for key in ("p_benjamini_hochberg", "family_size", "df", "method", "why"):
                del test[key]
    html = rendered(code, study=study)
    shown = Page(html[html.index('<section id="use">') : html.index('<section id="standing">')])
    assert len(shown.all("svg")) == 2
    assert load(code)("estimator.hodges_lehmann_ratio") not in shown.text
    assert load(code)("effect.hedges_g") not in shown.text


def test_clinicians_are_drawn_as_quantiles_without_the_two_farthest() -> None:
    drawn = draw_strips("one", "T", "D", [Strip("Time", tuple(map(float, range(-10, 11))), "text")])
    farther = draw_strips("one", "T", "D", [Strip("Time", (-9e9, *map(float, range(-9, 10)), 9e9), "text")])
    assert drawn == farther
    assert drawn != draw_strips("one", "T", "D", [Strip("Time", (), "text")])
    study = sample("study")
    for measure in study["measures"].values():
        measure["spread"] |= {
            "why": "suppressed",
            "percent_changes": None,
            "percent_changes_quantiles": None,
        }
    read = Page(rendered(study=study))
    assert "undefined: fewer than 5 clinicians" in read.cells
    assert len(read.all("svg")) == 9


def test_verdict_follows_the_interval() -> None:
    study = sample("study")
    ends = study["measures"]["time_in_notes_min_per_appointment"]["difference"]
    for low, high, verdict in ((-2.9, 0.1, "may have fallen or risen"), (0.2, 3.0, "Time in notes rose")):
        ends |= {"low": low, "high": high}
        assert verdict in Page(rendered(study=study)).text


def test_not_a_number_is_refused() -> None:
    summary = sample("summary")
    summary["metrics"]["wer"]["value"] = float("nan")
    with pytest.raises(InputError, match="an undefined value is null"):
        rendered(summary=summary)


def test_unknown_language_is_refused() -> None:
    with pytest.raises(InputError, match="choose one of en, ko"):
        rendered("fr")  # type: ignore[arg-type]


HOSTILE = "<script>alert(1)</script>\"'&{x}$y$ ]]>"


@both
def test_names_and_ids_are_inert(code: Code) -> None:
    """Every text and every open name of the inputs is hostile; the page has the same elements as ever."""
    plain, hostile = Page(rendered(code)), Page(rendered(code, **_hostile()))
    assert [tag for tag, _ in hostile.elements if tag == "script"] == []
    assert len(hostile.all("table")) == len(plain.all("table"))
    assert hostile.text.count("<script>alert(1)</script>") > 20
    assert "{x}$y$" in hostile.text


def _hostile() -> dict[str, Json]:
    closed = ("design", "kind", "scale", "compares", "unit", "signature", "version")
    parts = {
        name: replaced(
            sample(name), lambda key, v: HOSTILE if isinstance(v, str) and key not in closed else v
        )
        for name in ("summary", "study", "facts")
    }
    summary, study, facts = parts["summary"], parts["study"], parts["facts"]
    summary["draft_use"]["by_clinician"] = {
        HOSTILE: {"used": 1, "discarded": 0, "no_draft": 0, "not_signed": 0, "unreadable": 0}
    }
    summary["systems"] = {HOSTILE + "2": summary["systems"]["extractive"]}
    summary["transcription"]["flags"] = {HOSTILE: 2}
    summary["by"] = {HOSTILE: {HOSTILE: summary["by"]["specialty"]["internal medicine"]}}
    summary["metrics"]["term_recall"]["parts"] = {HOSTILE: {"value": 0.5}}
    summary["metrics"]["term_recall"]["floors"] = {HOSTILE: 0.5}
    summary["metrics"]["term_recall"]["findings"] = {HOSTILE: 1}
    study["measures"][HOSTILE] = study["measures"].pop("note_length_chars_per_note") | {"unit": HOSTILE}
    facts["metrics"][HOSTILE] = facts["metrics"]["wer"] | {"title": HOSTILE}
    summary["metrics"][HOSTILE] = summary["metrics"].pop("wer")
    return parts


def test_names_that_the_report_does_not_know_are_printed() -> None:
    summary, study = sample("summary"), sample("study")
    summary["metrics"]["new_metric"] = summary["metrics"]["wer"]
    summary["transcription"]["flags"]["odd_flag"] = 3
    measure = copy.deepcopy(study["measures"]["note_length_chars_per_note"])
    measure |= {"unit": "clicks per day", "tests": {"new_test": measure["tests"]["paired_t"]}}
    measure["percent_change"]["new_estimator"] = {"estimate": 0.5, "low": 0.4, "high": 0.6}
    study["measures"]["clicks_per_day"] = measure
    text = Page(rendered(summary=summary, study=study)).text
    for name in ("new_metric", "Other metrics", "odd_flag", "clicks_per_day", "clicks per day", "new_test"):
        assert name in text, name
    assert "New_estimator" in text


@both
def test_absent_part_is_one_line_with_its_command(code: Code) -> None:
    without_summary, without_study = Page(rendered(code, summary=None)), Page(rendered(code, study=None))
    assert without_summary.text.count("`scribeeval score`") == 1
    assert without_study.text.count("`scribeeval study`") == 1
    anchors = [[one["id"] for one in read.all("section")] for read in (without_summary, without_study)]
    assert anchors == [
        ["summary", "use", "standing", "limits", "methods"],
        ["summary", "panel", "edit", "speech", "content", "subgroups", "limits", "methods", "failures"],
    ]


def test_failed_undefined_and_dropped_are_named() -> None:
    text = Page(rendered()).text
    assert "Visits that failed: V07." in text
    assert "Terms of the reference note found in the draft (the vendor), 1 of 6 visits" in text
    assert "1 clinician left out of at least one measure for lack of values in both phases: S017." in text
    assert "audio/V07.ogg cannot be read as audio" in text


def test_system_that_does_not_pass_a_floor_is_named() -> None:
    text = Page(rendered()).text
    assert (
        "On the following, the extractive drafter does no better than the transcript copied: "
        "Terms of the reference note found in the draft."
    ) in text
    assert "the vendor does no better" not in text
    summary = sample("summary")
    summary["metrics"]["edit_distance_chars"]["floors"]["empty_note"] = 412.5  # a tie is not better
    tie = "On the following, the vendor does no better than an empty note: Edit distance in characters"
    assert tie in Page(rendered(summary=summary)).text
    facts = sample("facts")
    facts["metrics"]["edit_distance_chars"]["blind_to"] = ["empty_note"]
    assert tie not in Page(rendered(summary=summary, facts=facts)).text


def test_small_subgroup_shows_no_number() -> None:
    summary = sample("summary")
    summary["by"]["specialty"]["cardiology"] |= {
        "metrics": {"kept_words_share": {"value": 0.123, "interval": None, "n_visits": 3, "n_undefined": 0}}
    }
    text = Page(rendered(summary=summary)).text
    assert "smaller than 5 clinicians or 11 visits: cardiology." in text
    assert "12.3" not in text


def test_metric_without_a_visit_is_named_not_tabulated() -> None:
    summary = sample("summary")
    summary["metrics"]["wer"] |= {"value": None, "interval": None, "n_visits": 0}
    text = Page(rendered(summary=summary)).text
    assert "no visit has both texts to compare: Word error rate." in text
    assert "0 of 0" not in text


def noted() -> Json:
    """Make a summary with sections of the note; the numbers are invented."""
    summary = sample("summary")
    scores = {"plan": 0.91, "history_of_present_illness": 0.62, "zz_own": 0.33, "aa_own": None}
    summary["metrics"]["kept_words_share"]["parts"] = {
        f"section.{name}": {"value": value, "n_visits": 4, "n_undefined": 4 * (value is None)}
        for name, value in scores.items()
    }
    counts = {"both": 3, "reference_only": 1, "hypothesis_only": 2, "neither": 0}
    summary["sections"] = {"edit": dict.fromkeys((*scores, "vitals"), counts)}
    return summary


def rows(html: str) -> list[list[str]]:
    found = re.findall(r"<tr>(.*?)</tr>", html.replace("\u00a0", " "))
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in found]


def test_sections_of_the_note_stand_in_one_table_in_the_order_of_a_note() -> None:
    html = rendered(summary=noted())
    note = html[html.index('<section id="note">') : html.index('<section id="subgroups">')]
    assert rows(note)[1:] == [
        ["History of present illness", "62.0 %", "3", "1", "2"],
        ["Vital signs", "", "3", "1", "2"],
        ["Plan", "91.0 %", "3", "1", "2"],
        ["aa_own", "undefined (4 of 4 visits)", "3", "1", "2"],
        ["zz_own", "33.0 %", "3", "1", "2"],
    ]
    assert note.count("<svg") == 1
    assert "section.plan" not in html


def test_parts_that_make_a_sentence_are_told_with_their_range() -> None:
    summary, facts = sample("summary"), sample("facts")
    summary["metrics"]["edit_seconds_estimate"] = summary["metrics"]["edit_distance_words"] | {
        "value": 272.4,
        "parts": {"fast": {"value": 178.3}, "slow": {"value": 414.0}},
    }
    facts["metrics"]["edit_seconds_estimate"] = {"compares": "edit", "unit": "seconds"}
    text = Page(rendered(summary=summary, facts=facts)).text.replace("\u00a0", " ")
    assert "about 272 s; 178 s to 414 s from fast to slow readers and typists" in text
    assert "nobody measured it" in text
    summary["metrics"]["edit_seconds_estimate"]["parts"]["slow"]["value"] = None
    assert "readers and typists" not in Page(rendered(summary=summary, facts=facts)).text


def test_floors_stand_beside_the_estimate() -> None:
    table = rows(rendered())
    kept = next(row for row in table if row[:2] == ["the vendor", "78.0 %"])
    assert kept == [
        "the vendor",
        "78.0 %",
        "71.0 to 85.0",
        "6",
        "0",
        "21.0 %",
        "24.0 %",
        "55.0 %",
        "undefined",
    ]


def test_failure_of_a_stage_belongs_to_no_visit() -> None:
    summary = sample("summary")
    summary["failures"] = [{"stage": "study", "visit_id": None, "message": "m"}]
    assert ["the whole stage", "study", "m"] in rows(rendered(summary=summary))


# Tables of strings whose sections have a test of their own (standing, clinicians, adjusted, second opinions).
TESTED_ELSEWHERE = {
    "standing",
    "standing_column",
    "reliability",
    "contrast",
    "in_words",
    "verdict",
    "published",
    "published_column",
    "published_design",
    "published_estimator",
    "published_figure",
    "published_measure",
    "published_note",
    "published_unit",
    "published_variant",
    "group_effect",
    "flow",
    "flow_arm",
    "flow_step",
    "flow_reason",
    "missing",
    "missing_analysis",
    "missing_why",
    "dose",
    "dose_reason",
    "links",
    "links_per",
    "subgroup_use",
    "subgroup_reason",
    "moderator",
    "adjusted",
    "model",
    "model_text",
    "random_effects",
    "mixed_why",
    "covariate",
    "excluded",
    "second_opinion",
    "second_opinion_kind",
    "second_opinion_computed",
    "second_opinion_why",
    "second_opinion_fallback",
    "second_opinion_text",
}


def finding(**changed: Json) -> Json:
    fields = {"visit_id": "V1", "metric": "support", "kind": "wrong_dose", "side": "hypothesis"}
    numbers = {"start": 3, "end": 9, "text": "ten mg", "severity": "severe"}
    return {**fields, **numbers, "suggestion": None, "evidence": [], **changed}


@both
def test_words_of_patients_are_printed_only_when_asked_for_and_the_severe_first(code: Code) -> None:
    mild = finding(text="two mg", severity="minor", start=0)
    evidence = [{"side": "source", "text": "twenty"}]
    said = finding(start=1, text="20 <b>mg</b>\nat night", evidence=evidence, suggestion="2 mg")
    facts = sample("facts") | {"findings": [mild, said, finding(kind="of_a_site", text="x")]}
    read, words = Page(rendered(code, facts=facts)), load(code)
    assert words("page.holds_text") in read.text
    draft = words.name("side", "hypothesis")
    cells = [cell.strip() for cell in read.cells]
    assert cells.index(f"{draft}: 20 <b>mg</b> at night") < cells.index(f"{draft}: two mg")
    assert {"2 mg", f"{words.name('side', 'source')}: twenty", f"{draft}: x"} <= set(cells)
    assert any(cell.startswith("Of_a_site") for cell in cells)
    without = Page(rendered(code))
    assert words("page.holds_text") not in without.text
    assert words("section.findings") not in without.text


@both
def test_every_string_is_used(code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    strings = Recorded(load(code).strings)
    monkeypatch.setattr(page, "load", lambda _: Language(code, strings))
    row = {"n_terms": 1, "stages": {"draft": {"have": 1, "lost": 0, "back": 0}}}
    lost = {"stages": ["draft"], "all": row, "by_type": {}, "n_visits": 1}
    summary = sample("summary") | {"lost_terms": lost | {"own_recognition": False, "n_left_out": 0}}
    one = {"facts": sample("facts") | {"findings": [finding()]}, "summary": summary}
    for parts in (_everything(strings), one, {"summary": None, "study": None}, *_variants()):
        rendered(code, **parts)
    elsewhere = {key for key in strings if key.split(".")[0] in TESTED_ELSEWHERE}
    elsewhere |= {f"section.{anchor}" for anchor in PARTS}  # test_use_sections.py
    assert set(strings) - strings.used - elsewhere == set()


def _everything(strings: Mapping[str, str]) -> dict[str, Json]:
    """Inputs that hold every name the report has words for."""

    def names(table: str) -> list[str]:
        return [key.removeprefix(f"{table}.") for key in strings if key.startswith(f"{table}.")]

    summary, study, facts = (sample(name) for name in ("summary", "study", "facts"))
    score, measure = summary["metrics"]["wer"], study["measures"]["time_in_notes_min_per_appointment"]
    summary["metrics"] |= {name: score for name in names("metric") if name not in summary["metrics"]}
    summary["metrics"]["rouge1"] = score | {
        "parts": {name: {"value": 0.5} for name in names("part")},
        "floors": dict.fromkeys(names("floor"), 0.5),
        "findings": dict.fromkeys(names("finding"), 1),
    }
    facts["findings"] = [
        finding(kind=kind, severity=severity, side=side, evidence=[{"side": side, "text": "t"}])
        for kind in names("finding")
        for severity in names("severity")
        for side in names("side")
    ] + [finding(visit_id=f"V{n}") for n in range(MAX_SHOWN)]
    row = {"n_terms": 2, "stages": {stage: {"have": 1, "lost": 1, "back": 1} for stage in LOST_AT}}
    types = dict.fromkeys(("drug", "symptom"), row)
    summary["lost_terms"] = {
        "own_recognition": True, "n_visits": 1, "n_left_out": 1, "stages": list(LOST_AT), "all": row,
        "by_type": types,
    }  # fmt: skip
    summary["transcription"] |= {
        "flags": dict.fromkeys(names("flag"), 1),
        "coverage": 0.97,
        "hallucinated_words_per_hour": 12.5,
        "doubtful_words": 3,
    }
    summary["failures"] = [
        {"stage": s, "visit_id": None if s == "study" else "V1", "message": "m"} for s in names("stage")
    ]
    summary |= with_panel(summary, "third", "fourth")
    summary["drafters"]["third"]["several_models"] = True
    summary["drafters"]["fourth"]["n_failed"] = None
    summary["draft_flags"] = dict.fromkeys(names("draft_flag"), 1)
    facts["judgement"] = judgement(n_outdated=1)
    sections = {f"section.{name}": {"value": 0.5} for name in names("note")}
    summary["metrics"]["kept_words_share"]["parts"] = sections
    summary["metrics"]["edit_distance_words"]["parts"] = {
        name: {"value": 1.0} for name in ("replaced", "inserted", "deleted")
    }
    summary["metrics"]["edit_seconds_estimate"] = score | {
        "value": 272.4,
        "parts": {"fast": {"value": 178.3}, "slow": {"value": 414.0}},
    }
    facts["metrics"]["rouge1"] = {"compares": "content", "unit": "share", "higher_is_better": True}
    facts["metrics"]["edit_seconds_estimate"] = {"compares": "edit", "unit": "seconds"}
    facts["metrics"]["clinical_edits"] = {"compares": "edit", "unit": "edits", "higher_is_better": False}
    facts["metrics"]["support"] = {"compares": "content", "unit": "share", "higher_is_better": True}
    facts["metrics"]["verbosity"] = {"compares": "edit", "unit": "ratio", "higher_is_better": False}
    facts["site"] = "A hospital"
    one_test, ratio = measure["tests"]["paired_t"], measure["percent_change"]["ratio_of_means"]
    tests = dict.fromkeys(names("test"), one_test)
    tests |= {f"by {name}": one_test | {"method": name} for name in names("test_method")}
    tests |= {f"no {name}": one_test | {"p_value": None, "why": name} for name in names("why")}
    tests["exploratory"] = one_test | {"p_adjusted": None, "p_benjamini_hochberg": None}
    changes = {f"by {name}": ratio | {"method": name} for name in names("interval_method")}
    around = measure["effect_sizes"]["d_z"] | {"low": -1.0, "high": 1.0}
    measure = measure | {
        "percent_change": measure["percent_change"] | changes,
        "effect_sizes": measure["effect_sizes"] | {"hedges_g": around},
    }
    units = names("unit_per")
    for i, name in enumerate(names("measure")):
        study["measures"][name] = measure | {"tests": tests, "unit": units[i % len(units)]}
    directions = ((-2, -1), (1, 2), (-1, 1), (None, None))
    for one, (low, high) in zip(study["measures"].values(), directions, strict=False):
        one["difference"] = {"estimate": 0.0, "low": low, "high": high}
    study["dropped"] = [
        {"clinician_id": "S1", "measure": "ehr_time8_h", "reason": reason} for reason in names("reason")
    ]
    return {"summary": summary, "study": study, "facts": facts}


def _variants() -> list[dict[str, Json]]:
    """Inputs for what the others cannot show at the same time."""
    undefined, empty, edge = sample("summary"), sample("summary"), sample("study")
    undefined["metrics"]["term_recall"]["value"] = None
    undefined["excluded"]["rules"] = undefined["excluded"]["n_visits"] = 2
    undefined["draft_use"]["total"]["not_signed"] = 1
    undefined["draft_use"]["total"]["unreadable"] = 1
    undefined["intervals"]["unit"] = "visit"
    undefined["metrics"]["wer"]["n_visits"] = 0
    empty["metrics"], empty["systems"] = {}, {}
    unnamed = sample("summary") | {"system": None}
    alone = sample("summary") | {"systems": {}}
    edge["design"] = "another"
    edge["phases"]["training"]["n_periods"] = 1
    edge["n_control_clinicians_not_used"] = 1
    only = {name: one for name, one in edge["measures"].items() if one["kind"] == "share"}
    one_measure = {"note_length_chars_per_note": edge["measures"]["note_length_chars_per_note"]}
    return [
        {"summary": undefined, "study": edge | {"measures": only}},
        {"summary": empty, "study": edge | {"measures": one_measure}},
        {"summary": unnamed, "facts": sample("facts") | {"transcriber": None}},
        {"summary": alone, "facts": sample("facts") | {"judgement": judgement(people=())}},
        {"facts": sample("facts") | {"judgement": judgement(people=("Kim",))}},
        {"study": sample("study") | {"dropped": [], "family": [*edge["measures"]], "multiplicity": "holm"}},
        {"study": sample("study") | {"family": [*only], "multiplicity": "benjamini_hochberg"}},
    ]
