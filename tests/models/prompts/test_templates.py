"""Templates: what is packaged is read back by the note reader; a user's own works or says why not."""

import re
from importlib import resources
from pathlib import Path

import pytest

from scribeeval.errors import InputError
from scribeeval.models.prompts.templates import LANGUAGES, TEMPLATES, Wording, read_template, wording
from scribeeval.text.sections import default_headers, key, section_texts, split_sections

FOLDER = resources.files("scribeeval.models") / "prompts"
OWN = """
title = "wound clinic note"
language = "en"

[[sections]]
name = "chief_complaint"
heading = "CHIEF COMPLAINT"
belongs = "why the patient came"

[[sections]]
name = "wound"
heading = "WOUND STATUS"
belongs = "size in cm, depth, edges"
"""
every_template = pytest.mark.parametrize("name", TEMPLATES)


def test_every_packaged_file_is_in_the_table() -> None:
    names = {path.name.removesuffix(".toml") for path in FOLDER.iterdir() if path.name.endswith(".toml")}
    assert names == set(TEMPLATES)
    words = {path.name.removesuffix(".toml") for path in (FOLDER / "wording").iterdir()}
    assert words == set(LANGUAGES)


@every_template
def test_the_note_reader_knows_every_heading(name: str) -> None:
    template = read_template(name)
    note = "\n\n".join(f"{part.heading}\nStable {i}." for i, part in enumerate(template.sections))
    sections = split_sections(note)
    assert [section.name for section in sections] == [part.name for part in template.sections]
    run_in = "\n".join(f"{part.heading}: Stable {i}." for i, part in enumerate(template.sections))
    assert list(section_texts(run_in)) == [part.name for part in template.sections]


@every_template
def test_the_chief_complaint_comes_first_and_all_of_soap_has_a_place(name: str) -> None:
    template = read_template(name)
    assert template.sections[0].name == "chief_complaint"
    assert re.search(r"own words|말한 그대로", template.sections[0].belongs)
    places = {default_headers().soap[part.name] for part in template.sections}
    assert {"subjective", "objective"} <= places
    assert "assessment_and_plan" in places or {"assessment", "plan"} <= places


def test_aci_bench_has_its_four_divisions_in_their_order() -> None:
    divisions = [default_headers().division[part.name] for part in read_template("aci_bench").sections]
    assert list(dict.fromkeys(divisions)) == [
        "subjective",
        "objective_exam",
        "objective_results",
        "assessment_and_plan",
    ]
    assert divisions == sorted(divisions, key=list(dict.fromkeys(divisions)).index)


def test_the_korean_template_is_korean() -> None:
    template = read_template("soap_ko")
    assert template.language == "ko"
    for part in template.sections:
        assert re.fullmatch("[가-힣 ]+", part.heading)
        assert not re.search("[A-Za-z]", part.belongs)


def words_of(words: Wording) -> list[str]:
    return [words.rules, words.reminder, words.task, words.one_part, words.whole, words.section, words.ready]


def test_the_words_of_a_language_are_in_it_and_whole() -> None:
    for language, other in (("en", "[가-힣]"), ("ko", "[a-z]")):
        words = wording(language)
        assert set(words.labels) == {"clinician", "patient", "other"}
        for text in words_of(words):
            assert not re.search(other, re.sub(r"\{\w+\}", "", text))
        assert "{title}" in words.whole
        assert "{nothing}" in words.section
        assert "{nothing}" in words.one_part
        assert "{title}" in words.section
        assert len(re.findall(r"^\d\. ", words.rules, re.MULTILINE)) == 7
        assert key(words.nothing) in {key(phrase) for phrase in words.nothing_said}


def test_no_way_to_say_nothing_is_a_finding_of_a_note() -> None:
    """ "None" under ALLERGIES is a fact."""
    for language in LANGUAGES:
        said = {key(phrase) for phrase in wording(language).nothing_said}
        assert not said & {"none", "no", "negative", "denied", "nkda", "없음", "특이사항 없음"}


def test_a_template_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "wound.toml"
    path.write_text(OWN, encoding="utf-8")
    template = read_template(str(path))
    assert (template.name, template.title, template.language) == ("wound", "wound clinic note", "en")
    assert [part.heading for part in template.sections] == ["CHIEF COMPLAINT", "WOUND STATUS"]
    assert section_texts("WOUND STATUS\n2 cm.", template.headers) == {"wound": "2 cm."}
    path.write_bytes(OWN.replace("\n", "\r\n").encode("utf-8-sig"))
    assert read_template(str(path)) == template
    path.write_text(OWN.replace("depth", "slough"), encoding="utf-8")
    assert read_template(str(path)).sha256 != template.sha256


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('title = "wound clinic note"', "", "title is missing"),
        ('title = "wound clinic note"', 'title = """a\nb"""', "title is missing or not one line"),
        ('title = "wound clinic note"', "title = 3", "title is missing or not one line"),
        ('language = "en"', 'language = "de"', "language 'de' is not known"),
        ('language = "en"', 'language = "en"\nsystem = 1', "key 'system' is not known"),
        ('heading = "WOUND STATUS"', "", "section 2: has other keys than name, heading and belongs"),
        (
            'heading = "WOUND STATUS"',
            'heading = "PLAN"',
            "section 2: its heading is that of 'plan', not of 'wound'",
        ),
        ('heading = "WOUND STATUS"', 'heading = "Chief-complaint:"', "section 2: its heading is that of"),
        ('heading = "WOUND STATUS"', f'heading = "{"W" * 49}"', "section 2: a heading has letters"),
        ('heading = "WOUND STATUS"', 'heading = "---"', "section 2: a heading has letters"),
        ('name = "wound"', 'name = "chief_complaint"', "two sections have the name 'chief_complaint'"),
        ('belongs = "size in cm, depth, edges"', 'belongs = " "', "section 2: belongs is missing"),
        ("[[sections]]", "[sections]", "not TOML"),
    ],
)
def test_a_wrong_template_says_what_is_wrong_in_one_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    path = tmp_path / "wound.toml"
    path.write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_template(str(path))
    (line,) = caught.value.problems
    assert line.startswith(str(path))
    assert says in line
    assert "\n" not in line


def test_headings_of_two_sections_differ(tmp_path: Path) -> None:
    path = tmp_path / "wound.toml"
    path.write_text(OWN + OWN[OWN.rindex("[[") :].replace('"wound"', '"edge"'), encoding="utf-8")
    with pytest.raises(InputError, match="two sections have the heading 'wound status'"):
        read_template(str(path))


def test_a_template_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'soap'"):
        read_template("sope")
    with pytest.raises(InputError, match=r"gone\.toml"):
        read_template(str(tmp_path / "gone.toml"))
    (tmp_path / "bare.toml").write_text('title = "x"\nlanguage = "en"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"no \[\[sections\]\]"):
        read_template(str(tmp_path / "bare.toml"))
