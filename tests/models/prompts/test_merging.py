"""Merging: no statement is lost, none is doubled, and their order is that of the parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.models.prompts.merging import merge, repeat_key
from scribeeval.models.prompts.templates import read_template, wording
from scribeeval.text.sections import section_texts
from scribeeval.text.statements import split_statements

SOAP = read_template("soap")
H_AND_P = read_template("h_and_p")
ENGLISH = wording("en")
STATEMENTS = ("Knee pain for 2 weeks.", "No fever.", "Fever.", "Metformin 500 mg.", "Metformin 850 mg.",
              "Left knee swollen.", "Right knee swollen.", "the BP is 120/80", "BP is 120/80.")  # fmt: skip


def merged(*notes: str) -> str:
    return merge(notes, SOAP, ENGLISH)


def keys_of(note: str) -> list[tuple[str, str]]:
    return [(s.section, repeat_key(note[s.start : s.end])) for s in split_statements(note)]


notes = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(["SUBJECTIVE", "OBJECTIVE", "ASSESSMENT", "PLAN"]),
            st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=4),
        ),
        max_size=4,
    ).map(lambda blocks: "\n\n".join("\n".join([heading, *said]) for heading, said in blocks)),
    min_size=1,
    max_size=4,
)


@given(notes)
def test_no_statement_is_lost_and_none_is_doubled(parts: list[str]) -> None:
    said = [key for part in parts for key in keys_of(part)]
    kept = keys_of(merged(*parts))
    assert len(kept) == len(set(kept))
    assert set(kept) == set(said)
    by_first = list(dict.fromkeys(said))
    for section in {name for name, _ in kept}:
        assert [k for k in kept if k[0] == section] == [k for k in by_first if k[0] == section]


@given(notes)
def test_merging_again_changes_nothing(parts: list[str]) -> None:
    once = merged(*parts)
    assert merged(once) == once
    assert merged(once, once) == once
    assert merged(once, *parts) == once


def test_two_parts() -> None:
    first = 'CC: "My knee hurts."\n\nSUBJECTIVE\nPain for 2 weeks. No fever.\n\nPLAN\n1. Ibuprofen 400 mg.'
    second = 'CC: "So, Friday?"\n\nSUBJECTIVE\nNo fever. Worse at night.\n\nPLAN\n1. Recheck on Friday.'
    assert merged(first, second) == (
        'CHIEF COMPLAINT\n"My knee hurts."\n\n'
        "SUBJECTIVE\n- Pain for 2 weeks.\n- No fever.\n- Worse at night.\n\n"
        "PLAN\n- Ibuprofen 400 mg.\n- Recheck on Friday."
    )


def test_the_chief_complaint_is_that_of_the_first_part_that_has_one() -> None:
    greeting = "SUBJECTIVE\nDrove here."
    complaint = 'CC: "My knee hurts. It is red."'
    assert section_texts(merged(greeting, complaint, 'CC: "Is it bad?"'))["chief_complaint"] == (
        '- "My knee hurts.\n- It is red."'
    )
    assert "chief_complaint" in section_texts(merged("CHIEF COMPLAINT\nNothing said.", complaint))


def test_what_was_nowhere_said_is_left_out() -> None:
    assert merged("PLAN\nNot discussed.", "PLAN\nRest.", "OBJECTIVE\nNot mentioned.") == "PLAN\nRest."
    assert merged("NOTHING SAID", "") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fever.", "No fever."),
        ("Left knee swollen.", "Right knee swollen."),
        ("Metformin 500 mg.", "Metformin 850 mg."),
        ("Metformin 5.0 mg.", "Metformin 50 mg."),
        ("INR 2.4.", "INR 24."),
        ("Possible gout.", "Gout."),
        ("무릎 통증 있음.", "무릎 통증 없음."),
    ],
)
def test_statements_that_differ_in_one_word_are_both_kept(one: str, other: str) -> None:
    assert len(split_statements(merged(f"PLAN\n{one}", f"PLAN\n{other}"))) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The BP is 120/80.", "- BP is 120/80"),
        ("1. Metformin five milligrams", "Metformin 5mg."),
        ('"Rest."', "rest"),
        ("무릎 통증 있음.", "무릎 통증 있음"),
    ],
)
def test_the_same_words_written_otherwise_are_a_repeat(one: str, other: str) -> None:
    assert len(split_statements(merged(f"PLAN\n{one}", f"PLAN\n{other}"))) == 1


def test_headings_of_the_same_section_are_one() -> None:
    assert merged("Recommendations:\nRest.", "Treatment plan: ice.") == "PLAN\n- Rest.\n- ice."


def test_a_heading_that_the_template_lacks_stays_with_its_statements() -> None:
    first = "SUBJECTIVE\nKnee pain.\nMedications: metformin.\nSleeps badly.\n\nOBJECTIVE\nVITALS\nBP 120/80."
    second = "MEDICATIONS\nLisinopril.\n\nRESULTS\nINR 2.4."
    assert merged(first, second) == (
        "SUBJECTIVE\n- Knee pain.\n- Sleeps badly.\nMedications:\n- metformin.\n- Lisinopril.\n\n"
        "OBJECTIVE\nVITALS\n- BP 120/80.\nRESULTS\n- INR 2.4."
    )


def test_a_heading_goes_to_its_place_in_soap() -> None:
    after_objective = "OBJECTIVE\nBP 120/80.\n\nASSESSMENT AND PLAN\nGout. Rest."
    assert (
        merged(after_objective)
        == "OBJECTIVE\nBP 120/80.\n\nASSESSMENT\nASSESSMENT AND PLAN\n- Gout.\n- Rest."
    )
    note = merge(["VITALS\nBP 120/80.\n\nASSESSMENT\nGout.\n\nPLAN\nRest."], H_AND_P, ENGLISH)
    assert note == "VITALS\nBP 120/80.\n\nASSESSMENT AND PLAN\nASSESSMENT\n- Gout.\nPLAN\n- Rest."


def test_words_before_any_heading_go_to_the_history() -> None:
    assert merged("Knee pain.", "PLAN\nRest.") == "SUBJECTIVE\nKnee pain.\n\nPLAN\nRest."


def test_korean_parts() -> None:
    korean = read_template("soap_ko")
    parts = [
        '주호소\n"무릎이 아파요."\n\n계획\nIbuprofen 처방.',
        "주관적 소견\n발열 없음.\n\n계획\nIbuprofen 처방. 2주 후 f/u.",
    ]
    assert merge(parts, korean, wording("ko")) == (
        '주호소\n"무릎이 아파요."\n\n주관적 소견\n발열 없음.\n\n계획\n- Ibuprofen 처방.\n- 2주 후 f/u.'
    )
