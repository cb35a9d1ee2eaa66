"""The extractive drafter: what it keeps, where it files it, and that it says nothing that was not said."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.drafters.plans import planned
from scribeeval.metrics import METRICS
from scribeeval.models.drafters import extractive
from scribeeval.records import Finding, Pair, Segment, Speaker
from scribeeval.text.sections import section_texts

DEMO = Path(__file__).parents[3] / "datasets" / "demo"
DEMO_VISITS = ("V01", "V02", "V03", "V04", "V05", "V06")
ROLES: Mapping[str, Speaker] = {"doctor": "clinician", "patient": "patient", "patient_guest": "other"}
CLINICIAN: Speaker = "clinician"
PATIENT: Speaker = "patient"
OTHER: Speaker = "other"


def talk(*turns: tuple[Speaker | None, str]) -> list[Segment]:
    return [Segment(None, None, speaker, text) for speaker, text in turns]


def sections(*turns: tuple[Speaker | None, str]) -> dict[str, str]:
    return section_texts(extractive.draft(talk(*turns)))


def demo_segments(visit: str) -> list[Segment]:
    data = json.loads((DEMO / "transcripts" / f"{visit}.json").read_text(encoding="utf-8"))
    return [Segment(s["start_s"], s["end_s"], s["speaker"], s["text"]) for s in data["segments"]]


def support(note: str, source: str) -> float | None:
    return METRICS["support"].score([Pair("v", "", note, source)]).value


def findings(metric: str, pair: Pair) -> tuple[Finding, ...]:
    find = METRICS[metric].find
    assert find is not None
    return find(pair)


@pytest.mark.parametrize("visit", DEMO_VISITS)
def test_a_demo_note(visit: str) -> None:
    segments = demo_segments(visit)
    source = "\n".join(segment.text for segment in segments)
    note = extractive.draft(segments)
    headings = [line for line in note.splitlines() if line in extractive.HEADINGS.values()]
    assert headings == [heading for heading in extractive.HEADINGS.values() if heading in headings]
    assert {"CHIEF COMPLAINT", "MEDICATIONS", "PHYSICAL EXAM", "ASSESSMENT AND PLAN"} - set(headings) <= {
        "MEDICATIONS"
    }
    assert 100 < len(note.split()) < len(source.split())
    assert support(note, source) == 1.0
    pair = Pair(visit, "", note, source)
    assert METRICS["verbatim"].score([pair]).value == 1.0
    assert [one.text for one in findings("support", pair)] == []
    # The metric takes the potassium for a laboratory value; it is a tablet.
    assert {one.text for one in findings("wrong_section_share", pair)} <= {
        "The potassium, 20 milliequivalents a day."
    }


def test_the_chief_complaint_is_what_the_patient_said() -> None:
    complaints = {
        v: section_texts(extractive.draft(demo_segments(v)))["chief_complaint"] for v in DEMO_VISITS
    }
    assert complaints == {
        "V01": '"My gums bleed when I brush my teeth."',
        "V02": '"Her right ear hurts, and she cried all night."',
        "V03": '"I can\'t catch my breath when I lie flat."',
        "V04": '"My left knee is killing me when I go down the stairs."',
        "V05": '"My sugar has been running high since the summer."',
        "V06": '"It feels like somebody is drilling into my right temple, and I have to lie in the dark."',
    }


def test_statements_are_filed_by_who_says_them_and_what_was_asked() -> None:
    note = sections(
        (CLINICIAN, "What brings you in today?"),
        (PATIENT, "Well, um, my chest hurts when I climb the stairs."),
        (CLINICIAN, "What are you taking?"),
        (PATIENT, "Lisinopril, ten milligrams in the morning."),
        (CLINICIAN, "Are you allergic to anything?"),
        (PATIENT, "Penicillin. It gave me hives."),
        (CLINICIAN, "Any heart disease in the family?"),
        (PATIENT, "My father had a stroke. He was seventy."),
        (CLINICIAN, "Do you smoke?"),
        (PATIENT, "A pack a day."),
        (CLINICIAN, "Let me examine you. Blood pressure is 150 over 90. Your lungs are clear."),
        (CLINICIAN, "The EKG shows sinus rhythm. Your potassium is 4.1."),
        (CLINICIAN, "I think you have angina. I'm going to go ahead and order a stress test."),
    )
    assert note == {
        "chief_complaint": '"My chest hurts when I climb the stairs."',
        "medications": "Lisinopril, 10 milligrams in the morning.",
        "allergies": "Penicillin.\nIt gave me hives.",
        "family_history": "My father had a stroke.\nHe was 70.",
        "social_history": "A pack a day.",
        "physical_exam": "Blood pressure is 150 over 90.\nLungs are clear.",
        "results": "The EKG shows sinus rhythm.\nPotassium is 4.1.",
        "assessment_and_plan": "I think you have angina.\nOrder a stress test.",
    }


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Any fever or chills?", "No.", "Denies fever or chills."),
        ("Do you have any nausea, vomiting?", "No, no.", "Denies nausea, vomiting."),
        ("Fever, or chills?", "Nope.", "Denies fever, or chills."),
        ("any shortness of breath", "no", "Denies shortness of breath."),
        ("Are there any problems with that?", "No.", None),
        ("Any fever or chills?", "I'm not sure.", None),
        ("How long have you had the fever?", "No idea.", None),
    ],
)
def test_what_is_denied(question: str, answer: str, expected: str | None) -> None:
    found = sections(
        (PATIENT, "My back hurts when I bend."),
        (CLINICIAN, question),
        (PATIENT, answer),
        (CLINICIAN, "Okay."),
    )
    assert found.get("review_of_systems") == expected


def test_a_yes_affirms_one_thing_and_not_one_of_two() -> None:
    one = sections((CLINICIAN, "Do you have any nausea?"), (PATIENT, "Yes."))
    assert one == {"history_of_present_illness": "Reports nausea."}
    assert sections((CLINICIAN, "Any nausea or vomiting?"), (PATIENT, "Yes.")) == {}


def test_nothing_is_denied_that_the_visit_affirms() -> None:
    note = sections(
        (PATIENT, "I get a headache every week."),
        (CLINICIAN, "Any fever, or a sudden headache?"),
        (PATIENT, "No."),
        (CLINICIAN, "Any vomiting?"),
        (PATIENT, "No. But I had asthma as a child."),
    )
    assert "Denies" not in "".join(note.values())


def test_a_dose_that_was_taken_back_is_not_written() -> None:
    note = extractive.draft(
        talk(
            (CLINICIAN, "What are you taking?"),
            (PATIENT, "I take metoprolol, fifty... no, sorry, twenty-five milligrams, twice a day."),
            (
                PATIENT,
                "Metformin, 1,000 milligrams. No, wait, that's my brother's dose. Mine is 500 milligrams.",
            ),
        )
    )
    assert "metoprolol, 25 milligrams, twice a day" in note
    assert "Metformin, 500 milligrams." in note
    assert "50." not in note
    assert "1,000" not in note


def test_a_decimal_that_was_torn_apart_is_never_a_tenfold_dose() -> None:
    note = extractive.draft(
        talk((CLINICIAN, "the ct shows a . five centimeter kidney stone in the right ureter ."))
    )
    assert "5 centimeter" not in note.replace("0.5 centimeter", "")
    assert "five centimeter" not in note.replace("point five centimeter", "")


def test_sides_and_negations_survive_the_cleaning() -> None:
    note = extractive.draft(
        talk(
            (PATIENT, "Okay, right knee pain, um, right here. No swelling."),
            (CLINICIAN, "So an acute otitis media on the right, okay. No redness, and no warmth."),
        )
    )
    assert "Right knee pain" in note
    assert "otitis media on the right." in note
    assert "No swelling." in note
    assert "No redness, and no warmth." in note


def test_a_relatives_illness_stays_with_the_family() -> None:
    note = sections(
        (CLINICIAN, "Remind me of the family history."),
        (PATIENT, "My sister has diabetes as well. Her kidneys failed, and she's on dialysis now."),
        (CLINICIAN, "Any drug allergies?"),
        (OTHER, "I'm the one who's allergic to penicillin, not her."),
    )
    assert note == {
        "family_history": "My sister has diabetes as well.\nHer kidneys failed, and she's on dialysis now.\n"
        "I'm the one who's allergic to penicillin, not her."
    }


def test_small_talk_and_questions_are_left_out() -> None:
    assert (
        extractive.draft(
            talk(
                (CLINICIAN, "Good morning. How was the drive?"),
                (PATIENT, "Oh, the bridge was closed."),
                (CLINICIAN, "Sounds good. Any questions for me?"),
                (PATIENT, "No, thank you, doctor."),
            )
        )
        == ""
    )


@pytest.mark.parametrize(
    "segments", [[], talk((PATIENT, "")), talk((None, " \n ")), talk((CLINICIAN, "..."))]
)
def test_a_visit_in_which_nothing_is_said_has_an_empty_note(segments: list[Segment]) -> None:
    assert extractive.draft(segments) == ""


def test_a_transcript_without_speakers_is_read_by_its_wording_or_its_tags() -> None:
    plain = [
        "What brings you in today?",
        "I have had a bad cough for three days.",
        "Any fever?",
        "No.",
        "Your lungs are clear on exam. I will prescribe amoxicillin 500 mg twice a day.",
    ]
    expected = {
        "chief_complaint": '"I have had a bad cough for 3 days."',
        "review_of_systems": "Denies fever.",
        "physical_exam": "Lungs are clear on exam.",
        "assessment_and_plan": "Prescribe amoxicillin 500 mg twice a day.",
    }
    assert sections((None, "\n".join(plain))) == expected
    assert sections(*[(None, line) for line in plain]) == expected
    tags = ["doctor", "patient", "doctor", "patient", "doctor"]
    tagged = "\n".join(f"[{tag}] {line}" for tag, line in zip(tags, plain, strict=True))
    assert sections((None, tagged)) == expected


def test_korean() -> None:
    assert sections(
        (CLINICIAN, "어디가 불편해서 오셨어요?"),
        (PATIENT, "사흘 전부터 기침이 나고 열이 있어요."),
        (CLINICIAN, "드시는 약 있으세요?"),
        (PATIENT, "고혈압 때문에 암로디핀 5mg 하루 한 번 먹어요."),
        (CLINICIAN, "알레르기 있으세요?"),
        (PATIENT, "페니실린 알레르기가 있어요."),
        (CLINICIAN, "청진해 보겠습니다. 호흡음은 깨끗합니다. 체온은 38.2도입니다."),
        (CLINICIAN, "기관지염 같습니다. 해열제 처방해 드릴게요."),
    ) == {
        "chief_complaint": '"사흘 전부터 기침이 나고 열이 있어요."',
        "medications": "고혈압 때문에 암로디핀 5mg 하루 한 번 먹어요.",
        "allergies": "페니실린 알레르기가 있어요.",
        "physical_exam": "호흡음은 깨끗합니다.\n체온은 38.2도입니다.",
        "assessment_and_plan": "기관지염 같습니다.\n해열제 처방해 드릴게요.",
    }


def test_a_long_visit_is_cut_to_the_length_of_a_note() -> None:
    turns = [
        (PATIENT, f"On day {n} I had a headache with nausea and my left knee was sore.") for n in range(300)
    ]
    words = len(extractive.draft(talk(*turns)).split())
    assert 450 < words < 520


WORDS = st.sampled_from(
    [
        *(
            "i",
            "you",
            "my",
            "your",
            "have",
            "take",
            "no",
            "not",
            "fever",
            "pain",
            "knee",
            "left",
            "right",
            "10",
            "mg",
        ),
        *(
            "lisinopril",
            "fifty",
            "five",
            ".",
            ",",
            "?",
            "um",
            "okay",
            "and",
            "so",
            "any",
            "the",
            "is",
            "exam",
        ),
        *("order", "daily", "mother", "allergic", "smoke", "열이", "없어요", "있으세요"),
    ]
)


@given(
    st.lists(
        st.tuples(st.sampled_from(["clinician", "patient", "other", None]), st.lists(WORDS, max_size=25)),
        max_size=8,
    )
)
def test_any_talk_gives_a_note_that_the_talk_supports(turns: list[tuple[Speaker | None, list[str]]]) -> None:
    segments = [Segment(None, None, speaker, " ".join(words)) for speaker, words in turns]
    note = extractive.draft(segments)
    assert note == extractive.draft(segments)
    names = {"clinician": "[doctor] ", "patient": "[patient] ", "other": "[patient_guest] ", None: ""}
    source = "\n".join(f"{names[s.speaker]}{s.text}" for s in segments)
    assert support(note, source) in (1.0, None)


def test_the_note_does_not_depend_on_the_order_of_hashes() -> None:
    program = (
        "import sys, json\n"
        "from scribeeval.models.drafters import extractive\n"
        "from scribeeval.records import Segment\n"
        "d = json.load(open(sys.argv[1], encoding='utf-8'))\n"
        "s = [Segment(x['start_s'], x['end_s'], x['speaker'], x['text']) for x in d['segments']]\n"
        "print(extractive.producer().options_sha256); print(extractive.draft(s))"
    )
    command = [sys.executable, "-c", program, str(DEMO / "transcripts" / "V01.json")]
    notes = {
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1")
    }
    assert len(notes) == 1


def test_the_drafter_asks_no_model() -> None:
    drafter = extractive.drafter()
    segments = demo_segments("V01")
    plan = planned(drafter, "V01", segments)
    assert plan.questions == ()
    assert plan.note(()) == extractive.draft(segments)
    assert drafter.model is None
    assert drafter.producer == extractive.producer()


def test_aci_bench_valid(shared_data: Path) -> None:
    with (shared_data / "aci-bench" / "valid.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = []
    for row in rows:
        turns = [line.partition("] ") for line in row["dialogue"].splitlines() if line.startswith("[")]
        segments = [Segment(None, None, ROLES.get(label[1:]), text) for label, _, text in turns]
        pairs.append(Pair(row["encounter_id"], row["note"], extractive.draft(segments), row["dialogue"]))
    assert METRICS["support"].score(pairs).value == 1.0
    rouge1 = METRICS["rouge1"].score(pairs).value
    assert rouge1 is not None
    assert rouge1 > 0.45
    copied = (
        METRICS["rouge1"]
        .score([Pair(p.visit_id, p.reference, p.source or "", p.source) for p in pairs])
        .value
    )
    assert copied is not None
    assert rouge1 > copied + 0.1
