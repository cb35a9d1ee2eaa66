"""Where a pilot stands, and a published table recomputed: what is drawn together, and what is printed."""

import copy
import json
import re
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from jinja2 import Environment, PackageLoader, StrictUndefined
from recorded import Recorded

from scribeeval.config import PublishedTable
from scribeeval.io.published import read_published_means
from scribeeval.report.blocks import Block, Figure, Items, Paragraph, Section, Table
from scribeeval.report.languages import Language, load
from scribeeval.report.published import published_section
from scribeeval.report.standing import standing_section
from scribeeval.stages.published import analyse
from scribeeval.stats.published import PLACED, Contrast, Reliability, load_published
from scribeeval.stats.recompute import FROM_MEANS, NEEDS_CLINICIANS, Verdict

Json = Any
ESTIMATORS = (
    "ratio_of_means",
    "geometric_mean_ratio",
    "mean_of_clinician_changes",
    "median_of_clinician_changes",
)
NOTES = "time_in_notes_min_per_appointment"
SAMPLE = Path(__file__).parent / "samples" / "study.json"
MEANS = Path(__file__).parents[2] / "datasets" / "duggan2025" / "published_means.csv"
EN, KO = load("en"), load("ko")
both = pytest.mark.parametrize("say", [EN, KO], ids=["en", "ko"])


def study() -> Json:
    """The sample study with four estimators; a study may have more, and each is then a row."""
    data = json.loads(SAMPLE.read_text(encoding="utf-8"))
    for row in data["measures"].values():
        row["percent_change"] = {name: row["percent_change"][name] for name in ESTIMATORS}
    return data


def published(**changed: Json) -> Json:
    rows, notes = read_published_means(MEANS)
    settings = PublishedTable(table="means.csv", citation="Duggan et al.", reliability="secondary")
    return analyse(rows, notes, settings) | changed


@cache
def sample_section(code: str) -> Section:
    """The section of the sample study; drawing takes most of the time of these tests."""
    return standing(load(code), study())


def standing(say: Language, data: Json) -> Section:
    section = standing_section(say, data)
    assert section is not None
    return section


def of(kind: type[Block], section: Section) -> list[Any]:
    return [block for block in section.blocks if isinstance(block, kind)]


def drawn(figure: Figure) -> list[str]:
    """The texts of a drawing, in the order in which they are drawn."""
    body = figure.svg[figure.svg.index("</desc>") :]
    return [text.replace("\u00a0", " ") for text in re.findall(r"<text[^>]*>([^<]+)</text>", body)]


def test_drawn_with_the_pilot_are_only_percent_changes_of_the_same_measure() -> None:
    figures = of(Figure, sample_section("en"))
    assert len(figures) == 4, "note length has no comparable figure: the published one is a total"
    texts = drawn(figures[0])
    labels = [text for text in texts if re.search(r"20\d\d|CHAI|^(ratio|geometric|mean|median) ", text)]
    assert set(labels) == {
        "ratio of means",
        "geometric mean ratio",
        "mean of clinician changes",
        "median of clinician changes",
        "Lukac 2025, Nabla",
        "Lukac 2025, DAX",
        "Lukac 2025, one scribe arm",
        "Stults 2025",
        "Duggan 2025, text",
        "Duggan 2025, table",
        "CHAI ambient AI framework",
    }
    for text in ("−9.5 % (−17.2 to −1.8)", "−14.5 %", "−20.4 % (−26.0 to −15.0)", "−15 %"):
        assert text in texts, text
    everything = " ".join(text for figure in figures for text in drawn(figure))
    for other in ("−0.9", "−2.1", "−22", "−16.0", "−19.95", "+6.2", "+5.8", "−6.9", "min", "points"):
        assert other not in everything, f"{other} is no percent change that compares"


def test_controlled_and_uncontrolled_figures_stand_apart() -> None:
    """Each label is under its panel's title; matplotlib writes the titles last, so places are compared."""
    svg = of(Figure, sample_section("en"))[0].svg

    def height(text: str) -> float:
        at = svg.index(f">{text}<")
        return float(re.findall(r'y="([-\d.]+)"', svg[:at])[-1])

    titles = ["This pilot, by estimator"]
    titles += [EN(f"standing.panel_{contrast}") for contrast in PLACED]
    pilot, control, alone = (height(title) for title in titles)
    assert pilot < height("median of clinician changes") < control
    assert control < height("Lukac 2025, Nabla") < height("Lukac 2025, DAX") < alone
    for label in ("Lukac 2025, one scribe arm", "Stults 2025", "Duggan 2025, text", "Duggan 2025, table"):
        assert height(label) > alone


def test_sentences() -> None:
    section = sample_section("en")
    sentences = [item.replace("\u00a0", " ") for items in of(Items, section) for item in items.items]
    assert sentences[0] == (
        "Time in notes: in this pilot −20.4 % to −14.1 %, by estimator; published −9.5 % to −1.7 % against a "
        "control group (2 figures); −20.4 % to −14.5 % before and after only (4 figures); −6.9 % in a "
        "control group itself (1 figure)."
    )
    paragraphs = [paragraph.text for paragraph in of(Paragraph, section)]
    assert EN("standing.sizes") in paragraphs
    assert "near 10 %" in EN("standing.sizes")
    assert "15 to 20 %" in EN("standing.sizes")
    assert EN("standing.uncontrolled") in paragraphs
    assert EN("standing.uncontrolled") not in str(standing(EN, study() | {"design": "did"}))


def test_adjusted_models_that_give_a_percent_are_placed_and_others_are_not() -> None:
    data = study()
    data["measures"][NOTES]["adjusted"] = {
        "mixed_log": {"estimate_kind": "percent_change", "estimate": -0.161, "low": -0.2, "high": -0.1},
        "mixed_raw": {"estimate_kind": "difference", "estimate": -77.7, "low": -88.8, "high": -66.6},
        "failed": {"estimate_kind": "percent_change", "estimate": None, "low": None, "high": None},
    }
    section = standing(EN, data)
    texts = drawn(of(Figure, section)[0])
    assert "−16.1 % (−20.0 to −10.0)" in texts
    assert "undefined" in texts
    assert "mixed model, log scale" in texts
    assert "mixed_raw" not in str(section), "a difference in minutes is no percent change"


def test_reference_points_are_set_beside_without_a_verdict() -> None:
    table = of(Table, sample_section("en"))[0]
    groups = {group.heading.replace("\u00a0", " "): group.rows for group in table.groups}
    assert list(groups) == [
        "CHAI ambient AI framework. Time in notes: at least 15 % less",
        "CHAI ambient AI framework. Time in notes: at least 0.9 min per appointment less",
        "CHAI ambient AI framework. Closed on the same day: at least 6 percentage points more",
    ]
    rows = [[(name, text.replace("\u00a0", " ")) for name, text in one] for one in groups.values()]
    assert len(rows[0]) == 4, "each estimator by name"
    assert rows[1] == [("difference", "−2.1 (−2.9 to −1.4)")]
    assert rows[2] == [("difference", "+6.2 percentage points (+3.0 to +9.5)")]
    assert not re.search(r"\b(pass(ed)?|fail(ed)?|met|reached)\b", str(table))


@both
def test_every_published_figure_is_listed_with_its_reliability(say: Language) -> None:
    table = of(Table, sample_section(say.code))[-1]
    effects = [effect for one in load_published().studies for effect in one.effects]
    rows = [row for group in table.groups for row in group.rows]
    assert len(rows) == len(effects) == 36
    levels = tuple(say(f"reliability.{level}") for level in get_args(Reliability))
    assert all(row[3].startswith(levels) for row in rows)
    assert [group.heading.split(" (")[0] for group in table.groups] == [
        one.citation for one in load_published().studies
    ]


def test_a_figure_is_listed_as_it_was_reported() -> None:
    rows = {
        tuple(cell.replace("\u00a0", " ") for cell in row[:2])
        for group in of(Table, sample_section("en"))[-1].groups
        for row in group.rows
    }
    for row in (
        ("Time in notes (Nabla)", "−9.5 % (95 % interval −17.2 to −1.8)"),
        ("Burnout subscale", "−0.44 of 5 points"),
        ("Documentation time per 8 scheduled hours", "−16.0 min per 8 scheduled hours"),
        ("Time per encounter on shift", "−72.6 s per encounter (−81.4 to −63.8)"),
        ("EHR time per day", "−19.95 min per day"),
        ("Encounters per week", "+0.80 per week"),
        ("Clinicians with burnout", "−7.0 percentage points; p 0.12"),
        ("Time after hours", "no change"),
        ("Outcome not named in our source", "no effect between groups shown"),
    ):
        assert row in rows, row


def test_a_study_without_a_comparable_measure_has_no_such_section() -> None:
    data = study()
    data["measures"] = {
        name: row for name, row in data["measures"].items() if name == "note_length_chars_per_note"
    }
    assert standing_section(EN, data) is None


def test_undefined_changes_are_drawn_as_undefined() -> None:
    data = study()
    for change in data["measures"][NOTES]["percent_change"].values():
        change |= {"estimate": None, "low": None, "high": None}
    section = standing(EN, data)
    assert drawn(of(Figure, section)[0]).count("undefined") == 4
    assert "in this pilot undefined" in of(Items, section)[0].items[0]


def codes() -> Iterable[tuple[str, str]]:
    """Every word that the data file needs."""
    for one in load_published().studies:
        yield "published_design", one.design
        yield from (("published_note", note) for note in one.notes)
        for effect in one.effects:
            yield from (("published_note", note) for note in effect.notes)
            if effect.unit:
                yield "published_unit", effect.unit
            if effect.in_words:
                yield "in_words", effect.in_words
            if effect.variant:
                yield "published_variant", effect.variant
            own = f"measure.{effect.measure}" in EN.strings
            yield ("measure" if own else "published_measure"), effect.measure
            known = f"estimator.{effect.estimator}" in EN.strings
            yield ("estimator" if known else "published_estimator"), effect.estimator
    yield from (("contrast", name) for name in get_args(Contrast))
    yield from (("reliability", name) for name in get_args(Reliability))
    yield from (("verdict", name) for name in get_args(Verdict))
    for name in (*FROM_MEANS, *NEEDS_CLINICIANS):
        known = f"estimator.{name}" in EN.strings
        yield ("estimator" if known else "published_estimator"), name


def test_every_code_has_words_and_no_words_are_left_over() -> None:
    needed = {f"{table}.{name}" for table, name in codes()}
    assert needed <= EN.strings.keys()
    tables = ("published_design", "published_note", "published_unit", "published_measure", "in_words")
    assert {key for key in EN.strings if key.split(".")[0] in tables} <= needed


def test_a_recomputed_table_says_which_figures_nothing_gives() -> None:
    section = published_section(EN, published(), None)
    items = of(Items, section)[0].items
    assert items == (
        "Change in the text: ratio of means gives all 5 figures, 3 of them from the means as printed and 2 "
        "from other means that print the same.",
        "Change in the table: no stated estimator gives these 5 figures; any one arithmetic on the two means "
        "gives at most 1. How they were made is not established.",
    )
    rows = of(Table, section)[0].groups[1].rows
    assert [row[-1] for row in rows] == ["by no stated estimator"] * 5
    closure = [cell.replace("\u00a0", " ") for cell in of(Table, section)[0].groups[0].rows[1]]
    assert closure == [
        "Closed on the same day",
        "% of appointments",
        "66.2 %",
        "72.4 %",
        "+6.2 percentage points",
        "+9.3 %",
        "+9.4 %",
        "+9.2 to +9.5",
        "within rounding",
    ]
    length = of(Table, section)[0].groups[0].rows[4]
    assert length[2:4] == ("202,637.5", "244,427.1"), "as printed"


def test_the_open_question_is_told_only_where_one_is_left() -> None:
    data = published()
    told = [paragraph.text for paragraph in of(Paragraph, published_section(EN, data, None))]
    assert any("neither confirmed nor ruled out" in text for text in told)
    for column in data["columns"].values():
        column["estimator"] = "ratio_of_means"
    told = [paragraph.text for paragraph in of(Paragraph, published_section(EN, data, None))]
    assert not any("neither confirmed nor ruled out" in text for text in told)


def test_the_runs_own_estimators_stand_beside_and_a_simulated_pilot_is_named_so() -> None:
    shown = {
        simulated: published_section(EN, published(), study(), simulated=simulated)
        for simulated in (True, False)
    }
    heads = {simulated: of(Table, section)[-1].columns for simulated, section in shown.items()}
    assert heads[True][1:4] == (
        "Published: Change in the text",
        "Published: Change in the table",
        "Simulated pilot: ratio of means",
    )
    assert heads[False][3] == "This pilot: ratio of means"
    rows = of(Table, shown[True])[-1].groups[0].rows
    assert [cell.replace("\u00a0", " ") for cell in rows[0][:5]] == [
        "Time in notes",
        "−20.4 %",
        "−15.2 %",
        "−20.4 %",
        "−15.2 %",
    ]
    assert len(rows) == 4, "a period's total is not set beside the length of a note"
    assert len(of(Table, published_section(EN, published(), None))) == 2


class Balanced(HTMLParser):
    """A page whose elements all close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(say: Language, study_json: Json, published_json: Json) -> str:
    environment = Environment(
        loader=PackageLoader("scribeeval.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sections = (
        standing(say, study_json),
        published_section(say, published_json, study_json, simulated=True),
    )
    facts = {"title": "A pilot", "simulated": True}
    html: str = environment.get_template("page.html").render(
        say=say, facts=facts, about=["run"], sections=sections
    )
    return html


@both
def test_page_renders(say: Language) -> None:
    html = page(say, study(), published())
    ids = Balanced(html).ids
    assert len(ids) == len(set(ids))
    assert html == page(say, copy.deepcopy(study()), published()), "equal inputs, equal bytes"
    assert "\ufffd" not in html
    assert "None" not in re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)


@both
def test_page_prints_nothing_hostile(say: Language) -> None:
    hostile = "<script>alert(1)</script>"
    data, table = study(), published(citation=hostile)
    data["measures"][NOTES]["adjusted"] = {
        hostile: {"estimate_kind": "percent_change", "estimate": -0.1, "low": -0.2, "high": 0.0}
    }
    table["columns"][hostile] = table["columns"].pop("change_in_text")
    for row in table["measures"].values():
        row["figures"][hostile] = row["figures"].pop("change_in_text")
    table["measures"][hostile] = table["measures"].pop("note_length_total") | {"unit": hostile}
    html = page(say, data, table)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 4


@both
def test_every_string_of_these_sections_is_used(say: Language) -> None:
    strings = Recorded(say.strings)
    recorded = Language(say.code, strings)
    data, without_figure = study(), published(citation="", reliability=None)
    data["measures"][NOTES]["adjusted"] = {"mixed_log": {"estimate_kind": "percent_change", "estimate": 0.1}}
    del without_figure["measures"][NOTES]["figures"]["change_in_table"]
    standing(recorded, data)
    published_section(recorded, published(), data, simulated=True)
    published_section(recorded, without_figure, data)
    tables = ("standing", "published", "reliability", "contrast", "in_words", "verdict")
    ours = {
        key for key in strings if key.split(".")[0].split("_")[0] in tables or key.startswith("in_words.")
    }
    assert ours - strings.used == {"standing.is_adjusted"}, "no figure so far is said to be adjusted"
