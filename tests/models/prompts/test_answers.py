"""Answers: wrapping goes by stated rules, everything else stays, and what is no note is called so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.models.prompts.answers import own_section, says_nothing, unwrap, why_no_note
from scribeeval.models.prompts.templates import read_template, wording

SOAP = read_template("soap")
H_AND_P = read_template("h_and_p")
KOREAN = read_template("soap_ko")
ENGLISH = wording("en")
NOTE = 'CHIEF COMPLAINT\n"My knee hurts."\n\nPLAN\n- Ibuprofen 400 mg.\n- Recheck in 2 weeks.'
KOREAN_NOTE = '주호소\n"무릎이 아파요."\n\n계획\n- Ibuprofen 400 mg 처방.'
CODE = "0123456789ab"


@pytest.mark.parametrize(
    "wrapped",
    [
        NOTE,
        f"```\n{NOTE}\n```",
        f"```markdown\n{NOTE}\n```\n",
        f"Here is the SOAP note:\n\n```text\n{NOTE}\n```\nLet me know if you would like any changes.",
        f"```\n{NOTE}",
        f"Sure! Here's the note based on the transcript:\n\n{NOTE}",
        f"Certainly. Below is the SOAP note.\n---\n{NOTE}\n---",
        f"**SOAP Note**\n\n{NOTE}",
        f"# SOAP Note\n\n{NOTE}",
        NOTE.replace("CHIEF COMPLAINT", "## CHIEF COMPLAINT").replace("PLAN", "### PLAN"),
        NOTE.replace("CHIEF COMPLAINT", "**CHIEF COMPLAINT**").replace("PLAN", "__PLAN__"),
        NOTE.replace("\n", "  \r\n"),
        NOTE.replace("\n\nPLAN", "\n\n***\n\nPLAN"),
        f"{NOTE}\n\nPlease let me know if you need any changes to the note!",
        f"{NOTE}\n\nFeel free to adjust the note as you see fit.",
        f"{NOTE}\n\nI hope this note is helpful.",
        f"{NOTE}\n\n*Note: this note was generated from the transcript and must be reviewed.*",
        f"\ufeff{NOTE}\x00\n",
    ],
)
def test_what_models_wrap_around_a_note_goes(wrapped: str) -> None:
    assert unwrap(wrapped, SOAP) == NOTE


@pytest.mark.parametrize(
    "wrapped",
    [
        f"네, 다음은 SOAP 진료기록입니다:\n\n{KOREAN_NOTE}",
        f"알겠습니다.\n\n{KOREAN_NOTE}",
        f"**SOAP 진료기록**\n\n{KOREAN_NOTE}\n\n수정이 필요하시면 말씀해 주세요.",
        KOREAN_NOTE.replace("주호소", "## 주호소"),
    ],
)
def test_korean_wrapping_goes(wrapped: str) -> None:
    assert unwrap(wrapped, KOREAN) == KOREAN_NOTE


@pytest.mark.parametrize(
    "note",
    [
        "Mrs. Lee is 63.\n\n" + NOTE,  # words of the visit before the first heading
        "Okay to resume warfarin tonight.\n\n" + NOTE,
        "The note of her cardiologist was reviewed.\n\n" + NOTE,
        NOTE + "\n\nLet me know if the pain gets worse.",  # said to the patient
        NOTE + "\n\nIf you have chest pain, call 911.",
        NOTE + "\n\nIf you notice changes in vision, call us.",
        NOTE + "\n\nNote: allergic to penicillin.",
        NOTE + "\n# HTN\n#1 DM",  # a problem list
        NOTE + "\n5 * 2 mg, a ** b, snake__case__name x",
        "Knee pain for 2 weeks. Ibuprofen.",
        KOREAN_NOTE + "\n\n통증이 심해지면 말씀해 주세요.",
        KOREAN_NOTE + "\n\n추가 검사가 필요함을 설명함.",
    ],
)
def test_words_of_a_note_stay(note: str) -> None:
    template = KOREAN if "주호소" in note else SOAP
    assert unwrap(note, template).replace("snakecase", "snake__case__") == note


@given(
    st.lists(
        st.sampled_from(
            ["Knee pain.", "PLAN", "Plan: rest.", "- a", "```", "**b**", "---", "", "Sure, here is the note:"]
        )
    )
)
def test_unwrapping_twice_is_unwrapping_once_and_loses_no_word_of_a_note(lines: list[str]) -> None:
    text = "\n".join(lines)
    once = unwrap(text, SOAP)
    assert unwrap(once, SOAP) == once
    for word in ("Knee pain.", "rest.", "b"):
        assert once.count(word) >= text.count(word)


def test_the_answer_about_one_section_loses_its_heading() -> None:
    assert own_section("PLAN\n- Rest.", "plan", SOAP) == "- Rest."
    assert own_section("Plan: rest.", "plan", SOAP) == "rest."
    assert own_section("- Rest.\n- Ice.", "plan", SOAP) == "- Rest.\n- Ice."


def test_the_answer_about_one_section_loses_other_sections() -> None:
    assert own_section(NOTE, "plan", SOAP) == "- Ibuprofen 400 mg.\n- Recheck in 2 weeks."
    assert own_section("Rest.\n\nASSESSMENT\nSprain.", "plan", SOAP) == "Rest."
    assert own_section("ASSESSMENT\nSprain.", "plan", SOAP) == ""


def test_a_heading_inside_a_section_stays() -> None:
    answer = "Pain for 2 weeks.\nMedications: ibuprofen"
    assert own_section(answer, "subjective", SOAP) == answer
    assert own_section(answer, "history_of_present_illness", H_AND_P) == "Pain for 2 weeks."


@pytest.mark.parametrize(
    "text", ["NOTHING SAID", "Nothing said.", "**Not discussed**", "n/a", "- Not mentioned."]
)
def test_nothing_is_said_in_several_ways(text: str) -> None:
    assert says_nothing(text, ENGLISH)


@pytest.mark.parametrize("text", ["None.", "No known drug allergies.", "Nothing said about pain.", "Denied."])
def test_a_denial_is_something(text: str) -> None:
    assert not says_nothing(text, ENGLISH)


def test_korean_nothing() -> None:
    assert says_nothing("언급 없음.", wording("ko"))
    assert not says_nothing("없음", wording("ko"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        (" \n--\n", "is empty"),
        ("CHIEF COMPLAINT\n\nPLAN\n", "headings alone"),
        ("I'm sorry, but I can't help with that.", "refused"),
        ("I cannot write a note from this.", "refused"),
        ("As an AI model, I am unable to provide medical records.", "refused"),
        ("죄송합니다. 작성할 수 없습니다.", "refused"),
        ("I can't sleep.", None),
        ("I can't write with my right hand.", None),
        ("I'm sorry I waited, but I can't help coughing.", None),
        ("죄송하지만 허리가 아파요.", None),
        (f"=== BEGIN TRANSCRIPT {CODE} ===\nClinician: hi", "repeats its prompt"),
        ("PLAN\nWrite no placeholder and no normal finding that nobody reported.", None),
        (
            "Leave out what was not said. Write no placeholder and no normal finding that nobody reported.",
            "repeats",
        ),
        (
            "3. " + ENGLISH.rules.split("\n3. ")[1].split("\n")[0],
            "repeats",
        ),
        (f"PLAN\n- PLAN: {SOAP.sections[-1].belongs}", "repeats"),
        (NOTE, None),
        ("Knee pain.", None),
        ("I'm sorry for my mother, she says.\n" + NOTE, None),
    ],
)
def test_why_an_answer_is_no_note(text: str, why: str | None) -> None:
    said = why_no_note(text, SOAP, ENGLISH, CODE)
    assert (said is None) if why is None else (said is not None and why in said)
