"""The rules by which a note is held against a talk, each where it bites and where it must not."""

import pytest

from scribeeval.metrics.content.contradictions import contradictions
from scribeeval.metrics.content.grounding import ground
from scribeeval.metrics.content.index import index_transcript


def found(note: str, talk: str) -> list[tuple[str, str]]:
    return [(one.kind, note[one.start : one.end]) for one in contradictions(note, talk)]


@pytest.mark.parametrize(
    ("note", "talk", "expected"),
    [
        # A term that the other text has only with the opposite assertion is not held.
        ("Fever.", "Doctor: Any fever?\nPatient: No.", [("flipped_negation", "Fever")]),
        # Without tags who asks is the clinician, who answers the patient.
        ("Fever.", "Any fever?\nNo.", [("flipped_negation", "Fever")]),
        ("Fever.", "Any fever?\nYes.", []),
        # She is somebody else where the patient is he.
        ("He has a heart murmur.", "I brought her along. She has a heart murmur.",
         [("wrong_attribution", "heart murmur")]),
        ("She has a heart murmur.", "I brought her along. She has a heart murmur.", []),
        ("He had one seizure.", "He had a seizure once, no, sorry, that was my uncle.",
         [("wrong_attribution", "seizure")]),
        # The side that an answer gives to a question, and the side in the same part of a sentence.
        ("Fell on the left side.", "Which side did you fall on?\nThe right side.",
         [("wrong_laterality", "left")]),
        ("Fell on the right side.", "Which side did you fall on?\nThe right side.", []),
        ("Right tube extruded.", "The right tube is in place, the left tube extruded.",
         [("wrong_laterality", "Right")]),
        ("Left tube extruded.", "The right tube is in place, the left tube extruded.", []),
        # What a note names three times is its topic, however the talk names it.
        ("Migraine. Migraine worse. Migraine at night.", "It may be a migraine.", []),
        ("Migraine.", "It may be a migraine.", [("wrong_certainty", "Migraine")]),
        # A result beside another in one sentence.
        ("HER2 positive.", "It was estrogen positive, HER2 negative.", [("flipped_negation", "positive")]),
        ("Perforation present.", "There's no perforation.", [("flipped_negation", "Perforation")]),
        ("No perforation.", "There's no perforation.", []),
        # Doses: said of another drug, changed in the visit, in another unit of the same amount.
        ("Lisinopril 20 mg.", "Lisinopril 10 milligrams and losartan 20 milligrams.",
         [("wrong_dose", "20 mg")]),
        ("Furosemide 40 mg.", "Furosemide 20 milligrams. Furosemide goes up to 40 milligrams.", []),
        ("Acetaminophen 1,000 mg.", "Acetaminophen, one gram, as needed.", []),
        ("Potassium 20 mg.", "And the potassium, 20 milliequivalents a day.", [("wrong_unit", "20 mg")]),
        # The patient's age is known from elsewhere.
        ("A 63-year-old man with a cough for two weeks.", "The cough started two weeks ago.", []),
        ("Stiff for 30 minutes.", "I'm stiff for half an hour.", []),
        # Decades, years, dates, British durations, ranges, numbers in parts, places of the spine.
        ("Father died in his 80s.", "My dad died in his eighties, he was eighty five.", []),
        ("Quit smoking in 1992.", "I quit smoking in ninety two, I was forty.", []),
        ("Quit smoking in 1986.", "I quit smoking in 1968.", [("wrong_number", "1986")]),
        ("Fell on 06/04/06.", "She fell on the fourth of June, nineteenth at the latest.", []),
        ("Wedding in 10/2022.", "The wedding is my son's, 45 guests come to the wedding.", []),
        ("5/7 cough.", "I've had this cough for five days.", []),
        ("4/7 cough.", "I've had this cough for five days.", [("wrong_number", "4")]),
        ("Return visit in 1 to 2 weeks.", "A return visit in two weeks, or six.", []),
        ("Temperature 98.1.", "Your temperature is ninety eight . one, the last temperature was 97.4.", []),
        ("Temperature 98.2.", "Your temperature is ninety eight . one, the last temperature was 97.4.",
         [("wrong_number", "98.2")]),
        ("Hemoglobin A1c 6.8.", "Your hemoglobin A1c was 7.4.", [("wrong_number", "6.8")]),
        ("Herniated disc T11-12.", "The herniated disc, number 17 of mine.", []),
        ("Three views of the foot.", "The foot, the fifth of five.", []),
        ("Surgery follow-up in 4 weeks.", "Surgery first, then every six hours a pill.", []),
        # Another part of the body.
        ("Cataract surgery on both eyes and left knee replacement.",
         "I had cataract surgery on both eyes. I had the knee replaced too.", []),
        ("Cataract surgery on the left eye.", "I had cataract surgery on the right eye.",
         [("wrong_laterality", "left")]),
        # "Otherwise normal" leaves room.
        ("Labs otherwise normal except creatinine.", "The labs show abnormal creatinine.", []),
        # The denial reaches the list, the question asks, the label is answered.
        ("No problems with urination, abdominal pain, chest pain.",
         "Doctor: Any abdominal pain or chest pain?\nPatient: No.", []),
        ("Denies numbness.", "Doctor: numbness in the leg\nPatient: no no numbness there", []),
        ("No fracture.", "It doesn't look like there is any, uh, broken bone or fracture.", []),
        ("NKDA", "Doctor: Any allergies to medications?\nPatient: No.", []),
        ("Tobacco use: non-smoker.", "Doctor: Do you smoke?\nPatient: No.", []),
        # What is doubted in earnest; a note that doubts, too.
        ("Contusion.", "I think it looks like a contusion.", []),
        ("Contusion.", "It looks like a contusion. I can't be sure yet.", [("wrong_certainty", "Contusion")]),
        ("Imp: gastroenteritis", "It might be gastroenteritis.", []),
        # A denial of the patient and what a relative has; births; what was seen on a side.
        ("No stroke.", "Doctor: Ever had a stroke?\nPatient: No. My mother had the stroke.", []),
        ("Prior stroke.", "My mother had the stroke.", [("wrong_attribution", "stroke")]),
        ("One miscarriage.", "Three kids and a miscarriage before them.", []),
        ("Left arm bruise.", "My dad bruises easily, too.", []),
        # One relative for another; a mother's brother is an uncle; several leave it open.
        ("Her mother had colon cancer.", "My aunt, mom's sister, had colon cancer.",
         [("wrong_attribution", "mother had colon cancer")]),
        ("Her aunt had colon cancer.", "My aunt, mom's sister, had colon cancer.", []),
        ("Uncle: epilepsy.", "My mom's brother has epilepsy.", []),
        ("Father: epilepsy.", "Both my parents have epilepsy.", []),
        # The answer tells of somebody else.
        ("On anticoagulation.", "Doctor: Blood thinners?\nPatient: No. My roommate takes those.",
         [("wrong_attribution", "anticoagulation")]),
        ("On anticoagulation.", "Doctor: Blood thinners?\nPatient: No.",
         [("flipped_negation", "anticoagulation")]),
        ("On inhalers.", "Doctor: Any other inhalers?\nPatient: No.", []),
        # A gram as a thousand, two tablets of 500; each dose goes with its own drug.
        ("Acetaminophen 1 g.", "Acetaminophen, a thousand, every eight hours.", []),
        ("Acetaminophen 1 g.", "Acetaminophen. Two of the five hundreds at night.", []),
        ("Acetaminophen 2 g.", "Acetaminophen, a thousand, every eight hours.",
         [("wrong_dose", "2 g")]),
        ("Sacubitril-valsartan 24/26 mg.", "Sacubitril valsartan, the twenty-four twenty-six tablet.", []),
        ("Lisinopril 10 mg daily.", "Metformin five hundred twice a day, and lisinopril ten.", []),
        # A "no" in the next sentence corrects only what the same speaker says next.
        ("Acetaminophen 500 mg.", "Acetaminophen five hundred. No codeine.\nCome back in two weeks.", []),
        ("Acetaminophen 500 mg.", "Acetaminophen 500 milligrams, no, sorry, 650 milligrams.",
         [("wrong_dose", "500 mg")]),
        # When again, and how often.
        ("Repeat echo in four months.", "We repeat the echo in four weeks.",
         [("wrong_frequency", "four months")]),
        ("Iron infusions one month apart.", "Iron infusions, a week apart.",
         [("wrong_frequency", "one month")]),
        # Up and down, regular, resolved, likely; a label before the order.
        ("Decrease losartan.", "The losartan goes up to a hundred.", [("flipped_negation", "Decrease")]),
        ("Gout: continue losartan.", "Gout is fine.\nWe hold the losartan.",
         [("flipped_negation", "continue")]),
        ("Rhythm irregular.", "The rhythm is regular.", [("flipped_negation", "irregular")]),
        ("Sputum persists.", "The sputum was brown, that's cleared up.",
         [("flipped_negation", "persists")]),
        ("Septic arthritis likely.", "Septic arthritis, the bad kind, is unlikely.",
         [("wrong_certainty", "likely")]),
        ("Septic arthritis unlikely.", "Septic arthritis, the bad kind, is unlikely.", []),
        ("신우신염 의심됨.", "신우신염 가능성은 낮아요.", [("wrong_certainty", "의심")]),
        # Who quit does not smoke; who wants to quit does.
        ("Current smoker.", "I quit smoking in March.", [("flipped_negation", "Current smoker")]),
        ("Current smoker.", "I want to quit smoking.", []),
        ("Current smoker.", "I quit smoking for a year. I smoke ten a day.", []),
        # The word of "left-sided" names no part of the body.
        ("Left-sided rib pain.", "Lungs are clear on both sides, the left ribs hurt.", []),
        # In Korean the denial at the end may be of the last item only.
        ("두드러기, 호흡곤란 없음.", "두드러기가 났었어요. 숨은 안 찼어요.", []),
        # The same thing once.
        ("Denies fever.\nDenies fever.", "I have a fever.", [("flipped_negation", "fever")]),
    ],
)  # fmt: skip
def test_rules(note: str, talk: str, expected: list[tuple[str, str]]) -> None:
    assert found(note, talk) == expected


def test_a_drug_on_the_list_that_was_stopped() -> None:
    talk = "Doctor: And paroxetine?\nPatient: I stopped paroxetine last year."
    assert found("MEDICATIONS\nParoxetine", talk) == [("wrong_attribution", "Paroxetine")]
    assert found("MEDICATIONS\nParoxetine, stopped", talk) == []


def test_a_contradicted_term_is_not_held() -> None:
    shares = [one.share for one in ground("Fever.\nNo fever.", "Doctor: Any fever?\nPatient: No.")]
    assert shares == [0.0, 1.0]


def test_segments_are_the_sentences_of_lines_without_tags() -> None:
    talk = "[doctor] How is the pain? Dr. Lee asked.\n\nPatient: Better... at 2.5 now. Yes."
    index = index_transcript(talk)
    said = [talk[start:end] for start, end in index.segments]
    assert said == ["How is the pain?", "Dr. Lee asked.", "Better... at 2.5 now.", "Yes."]
    assert [index.is_question(n) for n in range(4)] == [True, False, False, False]


def test_speech_run_together_contradicts_nothing() -> None:
    run = (
        "so i looked at your knee and there is no fever and the left one is fine but we will see about it "
        * 3
    )
    assert found("Fever. Right knee fine.", run) == []
    assert found("Fever.", run[:60]) == [("flipped_negation", "Fever")]


def test_blank_texts_contradict_nothing() -> None:
    assert found("", "Fever.") == found("Fever.", "\n \n") == found("", "") == []
