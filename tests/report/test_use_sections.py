"""The sections on EHR use, from the demo's own pilot: every part of study.json reaches the page."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest

from scribeeval.config import load_config
from scribeeval.report.languages import load
from scribeeval.report.page import render
from scribeeval.report.use_sections import PARTS, use_sections
from scribeeval.run import Silent
from scribeeval.stages.study import analyse, read_study

ROOT = Path(__file__).parents[2]
FACTS = json.loads((ROOT / "tests" / "report" / "samples" / "facts.json").read_text(encoding="utf-8"))


@cache
def study() -> dict[str, Any]:
    config = ROOT / "configs" / "demo.toml"
    settings = load_config(config).study
    assert settings is not None
    few = settings.model_copy(update={"resamples": 100, "measures": settings.measures[:2]})
    made: dict[str, Any] = json.loads(json.dumps(analyse(read_study(config, few), few, 1, Silent())))
    return made


@pytest.mark.parametrize("code", ["en", "ko"])
def test_every_section_is_there_in_order(code: Literal["en", "ko"]) -> None:
    sections = list(use_sections(load(code), study()))
    assert [section.anchor for section in sections] == ["use", *PARTS, "standing"]
    assert [section.title for section in sections if section.anchor in PARTS] == [
        load(code)(f"section.{anchor}") for anchor in PARTS
    ]
    assert all(section.blocks for section in sections)


@pytest.mark.parametrize("code", ["en", "ko"])
def test_no_name_of_the_code_and_no_none_is_printed(code: Literal["en", "ko"]) -> None:
    html = render(None, study(), FACTS, code)
    text = re.sub(r"<[^>]+>", " ", re.sub(r"<(style|svg).*?</\1>", " ", html, flags=re.DOTALL))
    assert not re.search(r"\b(None(?! replaces)|nan|inf|null)\b", text)
    assert set(re.findall(r"\b[a-z]+_[a-z_]+\b", text)) <= {"d_z"}


def test_a_part_that_study_json_lacks_is_left_out() -> None:
    made = json.loads(json.dumps(study()))
    for row in made["measures"].values():
        del row["adjusted"], row["second_opinions"]
    assert [s.anchor for s in use_sections(load("en"), made)] == ["use", "groups", "clinicians", "standing"]


@pytest.mark.parametrize("code", ["en", "ko"])
def test_a_measure_of_the_hospitals_own_prints_under_its_title(code: Literal["en", "ko"]) -> None:
    made = json.loads(json.dumps(study()).replace("same_day_closure_rate", "own_measure"))
    made["measures"]["own_measure"]["title"] = "Share of <happy> patients"
    html = render(None, made, FACTS, code)
    assert "Share of &lt;happy&gt; patients" in html
    assert "own_measure" not in html
