"""Placeholders: stable, reversible, and robust against what models do with them."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.models.deidentify import deidentify, reidentify, unknown_placeholders
from scribeeval.records import Segment

SET = Path(__file__).parents[3] / "datasets" / "deidentification" / "transcripts.jsonl"


def segments(*texts: str) -> list[Segment]:
    return [
        Segment(float(n), n + 1.0, "clinician" if n % 2 else "patient", text) for n, text in enumerate(texts)
    ]


def texts(*said: str) -> list[str]:
    return [segment.text for segment in deidentify(segments(*said)).segments]


def test_the_same_words_share_a_placeholder_and_each_word_of_a_name_has_its_own() -> None:
    result = deidentify(
        segments("Mr. Kim? I'm Dr. Rosa Delgado.", "hi Delgado, KIM here", "on May 3rd, may 3rd")
    )
    assert [segment.text for segment in result.segments] == [
        "Mr. [NAME-1]? I'm Dr. [NAME-2] [NAME-3].",
        "hi [NAME-3], [NAME-1] here",
        "on [DATE-1], [DATE-1]",
    ]
    assert result.map == {"[NAME-1]": "Kim", "[NAME-2]": "Rosa", "[NAME-3]": "Delgado", "[DATE-1]": "May 3rd"}


def test_times_and_speakers_stay() -> None:
    said = segments("I'm Dr. Delgado.", "no cough")
    result = deidentify(said)
    assert [(s.start_s, s.end_s, s.speaker) for s in result.segments] == [
        (s.start_s, s.end_s, s.speaker) for s in said
    ]
    assert result.segments[1] == said[1]


def test_the_map_has_the_capital() -> None:
    assert deidentify(segments("ask mr. kowalczyk", "Mr. Kowalczyk is here")).map == {"[NAME-1]": "Kowalczyk"}


def test_a_placeholder_that_somebody_says_is_not_confused() -> None:
    result = deidentify(segments("[NAME-1] and name-2 on the form. I'm Dr. Delgado."))
    assert result.segments[0].text == "[NAME-1] and name-2 on the form. I'm Dr. [NAME-3]."
    assert (
        reidentify(result.segments[0].text, result.map) == "[NAME-1] and name-2 on the form. I'm Dr. Delgado."
    )


@pytest.mark.parametrize(
    "written",
    [
        "[NAME-1]", "[Name-1]", "[NAME 1]", "NAME-1", "name_1", "(NAME-1)", "<NAME-1>", "\\[NAME-1\\]",
        "[ NAME-1 ]", "[NAME–1]", "[NAME1]",
    ],
)  # fmt: skip
def test_what_models_make_of_a_placeholder(written: str) -> None:
    answer = f"**{written}**'s cough; {written}은 기침."
    assert reidentify(answer, {"[NAME-1]": "Kim"}) == "**Kim**'s cough; Kim은 기침."


def test_unknown_placeholders_stay_and_are_counted() -> None:
    note = "[NAME-7] saw [NAME-1] at age-2, in phase-1, NAME-10"
    assert reidentify(note, {"[NAME-1]": "Kim"}) == "[NAME-7] saw Kim at age-2, in phase-1, NAME-10"
    assert unknown_placeholders(note, {"[NAME-1]": "Kim"}) == 3


def test_two_runs_are_equal_and_visits_do_not_share() -> None:
    one, other = segments("I'm Dr. Delgado."), segments("I'm Dr. Nwosu.")
    assert deidentify(one) == deidentify(one)
    assert deidentify(one).segments[0].text == deidentify(other).segments[0].text
    assert deidentify(one).map != deidentify(other).map


def test_nothing_said_is_nothing_changed() -> None:
    assert deidentify([]).segments == ()
    assert deidentify(segments("", "\n")).map == {}


PIECES = st.sampled_from([
    "my name is ", "Dr. ", "Kim", "kim", "Rosa Delgado", " on May 3rd ", "[NAME-1]", "NAME-2", "\\", "[", "]",
    "\n", "555-0134", " MRN 4481902", "김철수 씨", "010-5550-1234", "'s", ", ", ". ",
    "12 Oak Street, Springfield", " 50 mg",     "ß", "İ", "Å",
])  # fmt: skip


@given(st.lists(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=8).map("".join), max_size=4))
def test_there_and_back(said: list[str]) -> None:
    result = deidentify(segments(*said))
    back = [reidentify(segment.text, result.map) for segment in result.segments]
    assert [text.casefold() for text in back] == [text.casefold() for text in said]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_is_replaced_once_is_left_nowhere(language: str) -> None:
    for row in map(json.loads, SET.read_text(encoding="utf-8").splitlines()):
        if row["split"] != "tune" or row["language"] != language:
            continue
        turns = row["text"].split("\n")
        result = deidentify(segments(*turns))
        left = "\n".join(segment.text for segment in result.segments)
        assert reidentify(left, result.map).casefold() == row["text"].casefold()
        for placeholder, surface in result.map.items():
            if placeholder.startswith("[NAME") and surface[0].isupper():
                assert not re.search(rf"(?<!\w){re.escape(surface)}(?!\w)", left), (row["id"], placeholder)
