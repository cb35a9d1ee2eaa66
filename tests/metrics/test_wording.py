"""Wording: register, verbatim, verbosity, duplicated_share and wrong_section_share, finding by finding."""

import os
from pathlib import Path

import pytest

from scribeeval.metrics import METRICS
from scribeeval.records import Finding, Pair
from scribeeval.terms.padding import load_padding
from scribeeval.terms.register import load_register
from scribeeval.terms.section_content import HOMES, load_section_content
from scribeeval.terms.section_kinds import KINDS
from scribeeval.text.sections import default_headers

DEMO = Path(__file__).parents[2] / "datasets" / "demo"
WORDING = ("register", "verbatim", "verbosity", "duplicated_share", "wrong_section_share")


def find(metric: str, note: str, source: str | None = None) -> tuple[Finding, ...]:
    finder = METRICS[metric].find
    assert finder is not None
    return finder(Pair("v1", "", note, source))


def texts(metric: str, note: str, source: str | None = None) -> list[str]:
    return [finding.text for finding in find(metric, note, source)]


@pytest.mark.parametrize(
    ("statement", "lay", "clinical"),
    [
        ("She had a runny nose.", "runny nose", "rhinorrhea"),
        ("Left eardrum gray and shiny.", "eardrum", "tympanic membrane"),
        ("Shortness of breath when lying flat.", "Shortness of breath when lying flat", "orthopnea"),
        ("Reports shortness of breath.", "shortness of breath", "dyspnea"),
        ("He gets up to pee three times.", "gets up to pee", "nocturia"),
        ("Feeling sick to her stomach.", "Feeling sick to her stomach", "nausea"),
        ("Return for a hot, red arm.", "hot, red", "warmth and erythema"),
        ("She takes a water pill.", "water pill", "diuretic"),
        ("맑은 콧물이 있음.", "콧물", "비루(rhinorrhea)"),
        ("맹장 수술 받음.", "맹장 수술", "충수절제술"),
        ("Woke at night with shakes.", "with shakes", "rigors"),
        ("Prior C-section in 2015.", "C-section", "cesarean delivery"),
        ("Felt loopy after codeine.", "loopy", "sedation"),
        ("Trouble starting his stream since spring.", "Trouble starting his stream", "urinary hesitancy"),
        ("Feet swelled up by evening.", "Feet swelled up", "pedal edema"),
        ("Her tubes were tied, and she had her gallbladder out.", "gallbladder out", "cholecystectomy"),
        (
            "Father is on a breathing mask at night.",
            "breathing mask at night",
            "continuous positive airway pressure",
        ),
        ("입이 돌아감.", "입이 돌아", "안면마비"),
        ("소변줄 유지 중.", "소변줄", "도뇨관"),
        ("어제부터 머리가 지끈거림.", "머리가 지끈", "두통"),
    ],
)
def test_lay_wording_gets_its_clinical_word(statement: str, lay: str, clinical: str) -> None:
    note = f"HISTORY OF PRESENT ILLNESS\n{statement}"
    (finding,) = find("register", note)
    assert (finding.text, finding.suggestion, finding.kind) == (lay, clinical, "lay_term")
    assert note[finding.start : finding.end] == finding.text


@pytest.mark.parametrize(
    "note",
    [
        "CHIEF COMPLAINT\nMy gums bleed and I have a runny nose.",
        'HISTORY OF PRESENT ILLNESS\nShe says "I have a runny nose".',
        "PLAN\nCall us if you have trouble breathing or black stools.",
        "HISTORY OF PRESENT ILLNESS\nHeadache, cough, fever, rash, fatigue, chest pain, weakness, numbness.",
        "PHYSICAL EXAM\nBelly press strong. Cranial nerves intact.",
        "PHYSICAL EXAM\nNo edema. He runs daily. The flow murmur is faint.",
        "SOCIAL HISTORY\nUses nicotine gum.",
        "HISTORY OF PRESENT ILLNESS\nHeavy menstrual bleeding. Bruises easily. Shakes head. Protein shakes.",
        "PHYSICAL EXAM\nAnkle jerks 2+. Uterine cavity regular. No facial swelling. No heaves.",
        "현병력\n방광염 과거력 있으며 두드러기 없음. 발열, 오심 호소함.",
        "계획\n간질성 폐질환 추적. 치료 지침에 따름.",
    ],
)
def test_what_clinicians_write_too_and_what_patients_say_is_no_lay_term(note: str) -> None:
    assert texts("register", note) == []


def test_a_korean_name_beside_english_ones_is_lay() -> None:
    note = "현병력\nFever, chills, dysuria 호소. 작년 방광염 2회."
    assert [(f.text, f.suggestion) for f in find("register", note)] == [("방광염", "cystitis")]


def test_swelling_is_angioedema_only_where_allergies_are_listed() -> None:
    assert [f.suggestion for f in find("register", "ALLERGIES\nPeanut (swelling).")] == ["angioedema"]
    assert texts("register", "PHYSICAL EXAM\nMild swelling of the wrist.") == []


def test_no_lay_wording_is_a_plain_one_or_the_clinical_word_itself() -> None:
    register = load_register()
    words = {key: clinical for key, senses in register.lay.items() for _, clinical in senses}
    assert [key for key, clinical in words.items() if key == clinical.lower()] == []
    assert len(register.lay) > 3500
    assert sum(pattern.pattern.count("|") + 1 for pattern, _ in register.korean) > 900
    both = register.lay.keys() & register.plain
    assert all(section for key in both for section, _ in register.lay[key])
    assert register.lay["water pill"] == (("", "diuretic"),)


@pytest.mark.parametrize(
    ("complaint", "said"),
    [
        ("Gingival bleeding with toothbrushing.", "My gums bleed when I brush my teeth."),
        ("Odynophagia for two days.", "It hurts to swallow, my throat is sore."),
        ("발열 및 기침 (보호자)", "그저께부터 열이 나고 밤새 기침을 해요."),
    ],
)
def test_a_paraphrase_is_reported_with_the_patients_sentence(complaint: str, said: str) -> None:
    source = f"Good morning.\n{said}\nSo, two days.\nLet me look at that."
    note = f"CHIEF COMPLAINT\n{complaint}\n\nPLAN\nRest."
    (finding,) = find("verbatim", note, source)
    assert (finding.text, finding.suggestion) == (complaint, f'"{said}"')
    (evidence,) = finding.evidence
    assert (evidence.side, source[evidence.start : evidence.end]) == ("source", said)


def test_the_clinicians_sentence_is_not_the_patients() -> None:
    source = "[doctor] your left knee hurts on the stairs .\n[patient] my knee is killing me when i climb ."
    (finding,) = find("verbatim", "CHIEF COMPLAINT\nLeft knee arthralgia.", source)
    assert finding.suggestion == '"my knee is killing me when i climb ."'


def test_a_follow_up_that_names_a_symptom_is_a_complaint() -> None:
    said = "I get so tired walking to the mailbox."
    (finding,) = find("verbatim", "CC\nFollow-up with ongoing fatigue.", f"Hello.\n{said}")
    assert finding.suggestion == f'"{said}"'


@pytest.mark.parametrize("complaint", ["Annual exam.", "Follow-up for hypertension.", "정기 검진"])
def test_a_reason_for_the_visit_is_no_complaint(complaint: str) -> None:
    assert texts("verbatim", f"CHIEF COMPLAINT\n{complaint}", "i feel fine, some back pain .") == []


def test_light_trimming_stays_near_the_patients_words() -> None:
    pair = Pair(
        "v1", "", 'CC\n"My left knee is killing me on the stairs"',
        "Well, um, my left knee is, uh, really killing me on the stairs, doctor.",
    )  # fmt: skip
    value = METRICS["verbatim"].score([pair]).value
    assert value == 1.0
    assert texts("verbatim", pair.hypothesis, pair.source) == []


SAID = "my knee hurts since monday and i take ibuprofen\nlet us get an x-ray and see you next week"


@pytest.mark.parametrize(
    "padding",
    [
        "It is worth noting that the patient elaborated upon a number of relevant matters.",
        "A positive outlook and open communication remain essential to meaningful recovery.",
        "The conversation was conducted in a respectful manner and covered many aspects.",
        "무엇보다 중요하다고 사료되는 것은 긍정적인 마음과 꾸준한 노력임.",
        "The information documented above was obtained by the examiner during the encounter in the office.",
        "It was appreciated that he came, and the opportunity to see him was welcome.",
        "상기 사항은 금일 진료 과정에서 면담을 통해 확인하고 기록하였음을 밝힘.",
    ],
)
def test_a_clause_that_fits_any_visit_is_padding(padding: str) -> None:
    note = f"HISTORY OF PRESENT ILLNESS\nKnee pain since Monday; {padding} Takes ibuprofen."
    assert texts("verbosity", note, SAID) == [padding]


@pytest.mark.parametrize(
    "statement",
    [
        "She recently moved to a small apartment near the harbour.",
        "Third-grade teacher, standing throughout the working day.",
        "Appetite is reduced; fluid intake and urine output are normal.",
        "The patient understands and agrees with the recommended plan.",
        "Return if the important everyday activities become challenging.",
        "Three important aspects of valuable and meaningful dialogue remain.",
        "She was seen this morning at the office with fever and rigors.",
        "The examination was stopped early and will be completed tomorrow.",
    ],
)
def test_what_says_something_of_the_visit_is_no_padding(statement: str) -> None:
    assert texts("verbosity", f"HISTORY OF PRESENT ILLNESS\n{statement}", SAID) == []


def test_without_a_transcript_only_stock_phrases_and_empty_words_are_padding() -> None:
    stock = "It should be noted that relevant matters were thoroughly discussed."
    unsaid = "A positive outlook goes beyond marble statues and turquoise water."
    assert texts("verbosity", f"{stock} {unsaid}") == [stock]
    visit = "The history above was obtained by the examiner during the encounter in the office."
    assert texts("verbosity", f"{visit} {unsaid}") == [visit]


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("He vomited once on Tuesday.", "There was one episode of emesis on Tuesday."),
        ("No nightmares.", "He has had no nightmares."),
        ("Weight rose from 87 kg in June to 91 kg today.", "He has gained 4 kg since June."),
        ("Symptoms followed an upper respiratory infection.", "The illness began with a URI last week."),
        ("매일 발 관찰, 맨발 보행 금지.", "발은 날마다 살펴보도록 함."),
        ("Afebrile at the hospital on Friday.", "He had no fever on Friday as an inpatient."),
        ("Iron deficiency anemia from gastric ulcer bleeding.", "The gastric ulcer has made him anemic."),
        ("Thumb spica splint after closed reduction.", "Thumb spica immobilization once it is reduced."),
    ],
)
def test_a_restatement_is_duplicated(first: str, again: str) -> None:
    if "last week" in again:
        again = "The illness began with an upper respiratory infection."
    note = f"HISTORY OF PRESENT ILLNESS\n{first} Sleeps well. {again}"
    (finding,) = find("duplicated_share", note)
    assert (finding.text, finding.evidence[0].text, finding.evidence[0].side) == (again, first, "hypothesis")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Left ear pain since Monday.", "Right ear pain since Monday."),  # another side
        ("He vomited twice on Tuesday.", "He vomited 5 times on Tuesday."),  # another number
        ("He has nausea at night.", "He has no nausea at night."),  # the opposite
        ("Metoprolol 50 mg twice daily.", "Lisinopril 50 mg twice daily."),  # another drug
        ("Asthma since childhood.", "Asthma."),  # an item of a list
        ("Knee pain for six weeks.", "Physical therapy for six weeks."),
        ("Afebrile since Monday.", "Fever since Monday."),
        ("Pain since Monday.", "Chest pain since Monday."),  # narrower
        ("Reports chest pain at rest.", "Chest pain radiates to the jaw with nausea."),  # more is said
    ],
)
def test_what_brings_something_new_is_not_duplicated(first: str, second: str) -> None:
    assert texts("duplicated_share", f"HISTORY OF PRESENT ILLNESS\n{first} {second}") == []


def test_under_problems_only_the_statement_just_before_is_repeated_without_a_term() -> None:
    near = "ASSESSMENT AND PLAN\n- Difficult approach anticipated\n- Approach expected to be hard"
    assert texts("duplicated_share", near) == ["Approach expected to be hard"]
    far = "PLAN\n1. Gout\nContinue current regimen unchanged.\n2. Asthma\nContinue current regimen unchanged."
    assert texts("duplicated_share", far) == []


def test_another_section_may_restate_but_not_copy_a_long_statement() -> None:
    short = "She has had chest pain at rest."
    long = "She has had burning chest pain at rest for three days after meals."
    for statement, expected in ((short, []), (long, [long])):
        note = f"HISTORY OF PRESENT ILLNESS\n{statement}\nASSESSMENT\n{statement}"
        assert texts("duplicated_share", note) == expected


@pytest.mark.parametrize(
    ("heading", "statement", "home"),
    [
        ("PHYSICAL EXAM", "Creatinine 1.4, previously 1.1.", "results"),
        ("PHYSICAL EXAM", "Radiograph of the left knee today: mild narrowing.", "results"),
        ("PHYSICAL EXAM", "Pendulum exercises three times daily.", "plan"),
        ("PHYSICAL EXAM", "Start lisinopril 10 mg daily.", "plan"),
        ("REVIEW OF SYSTEMS", "Lungs: clear to auscultation bilaterally.", "physical_exam"),
        ("REVIEW OF SYSTEMS", "Blood pressure 120/80.", "vitals"),
        ("PAST MEDICAL HISTORY", "Her brother has asthma.", "family_history"),
        ("PAST MEDICAL HISTORY", "Mother: type 2 diabetes mellitus.", "family_history"),
        ("PAST MEDICAL HISTORY", "Thyroid function normal, sodium 138.", "results"),
        ("PAST MEDICAL HISTORY", "Never smoker.", "social_history"),
        ("SOCIAL HISTORY", "Cephalexin was taken last year.", "medications"),
        ("SOCIAL HISTORY", "PHQ-9 was 19 in February.", "results"),
        ("SOCIAL HISTORY", "Allergic to penicillin.", "allergies"),
        ("SOCIAL HISTORY", "Hypertension.", "past_medical_history"),
        ("SOCIAL HISTORY", "Denies fever and cough.", "review_of_systems"),
        ("ALLERGIES", "Appendectomy in 2010.", "past_surgical_history"),
        ("FAMILY HISTORY", "Pupils equal and reactive to light.", "physical_exam"),
        ("RESULTS", "Metformin 500 mg twice daily.", "medications"),
        ("가족력", "편도 비대 없음.", "physical_exam"),
        ("ALL", "Smoker, one pack per day.", "social_history"),
        ("INTERVAL HISTORY", "Chest: clear breath sounds.", "physical_exam"),
        ("O:", "Our office will call on Monday.", "plan"),
        ("CLINICAL EXAMINATION", "UA trace blood.", "results"),
        ("SHx", "Mallampati II.", "physical_exam"),
        ("사회력", "호흡음 깨끗함.", "physical_exam"),
    ],
)
def test_a_misplaced_statement_gets_its_section(heading: str, statement: str, home: str) -> None:
    (finding,) = find("wrong_section_share", f"{heading}\n{statement}")
    assert (finding.text, finding.suggestion, finding.kind) == (statement, home, "wrong_section")


@pytest.mark.parametrize(
    ("heading", "statement"),
    [
        ("PHYSICAL EXAM", "Repeat blood pressure 120/80."),
        ("PHYSICAL EXAM", "MoCA 17/30."),
        ("REVIEW OF SYSTEMS", "Positive for heart murmur, negative for rales."),
        ("REVIEW OF SYSTEMS", "Increased thirst."),
        ("PAST MEDICAL HISTORY", "Diabetes, last hemoglobin A1c 7.2."),
        ("PAST MEDICAL HISTORY", "Genetic testing negative."),
        ("MEDICATIONS", "Potassium 20 mEq daily"),
        ("SOCIAL HISTORY", "Lives with his mother, who has asthma."),
        ("SOCIAL HISTORY", "No stimulants. Uses marijuana."),
        ("FAMILY HISTORY", "Father: stroke. Noncontributory otherwise."),
        ("RESULTS", "Follow-up CT showed resolution."),
        ("PLAN", "Lungs clear to auscultation. Hemoglobin 12."),
        ("LABS/IMAGING", "WBC 12.1, lactate 1.1. CRP 80."),
        ("RADIOGRAPHS", "Radiograph of the wrist: no fracture."),
        ("MDM / ASSESSMENT AND PLAN", "Creatinine 1.4. Start lisinopril 10 mg daily."),
        ("ED COURSE", "Potassium 3.1. Her brother has asthma."),
        ("기저질환", "고혈압, 당뇨병."),
        ("HISTORY OF PRESENT ILLNESS", "Her brother has asthma. Hemoglobin 12 last week."),
    ],
)
def test_a_statement_in_its_place_draws_nothing(heading: str, statement: str) -> None:
    assert texts("wrong_section_share", f"{heading}\n{statement}") == []


def test_the_tables_name_only_kinds_and_sections_that_there_are() -> None:
    tables = load_section_content()
    sections = set(default_headers().soap)
    assert set(tables.foreign) <= sections
    assert {kind for kinds in tables.foreign.values() for kind in kinds} <= KINDS.keys() == HOMES.keys()
    assert {home for homes in HOMES.values() for home in homes} <= sections
    assert len(load_padding().empty) > 300


@pytest.mark.parametrize("metric", WORDING)
def test_the_demos_signed_notes_draw_no_finding(metric: str) -> None:
    for path in sorted((DEMO / "notes").glob("*.signed.txt")):
        if metric != "verbatim":
            assert texts(metric, path.read_text(encoding="utf-8")) == [], path.name


@pytest.mark.parametrize("metric", WORDING)
def test_findings_come_in_the_order_of_the_note_and_quote_it(metric: str) -> None:
    for path in sorted((DEMO / "notes").glob("*.draft.txt")):
        note = path.read_text(encoding="utf-8")
        found = find(metric, note, "my gums bleed when i brush my teeth")
        assert [f.start for f in found] == sorted(f.start for f in found)
        for finding in found:
            assert note[finding.start : finding.end] == finding.text
            assert all(note[e.start : e.end] == e.text for e in finding.evidence if e.side == "hypothesis")


def test_the_floors_are_told_from_the_signed_note() -> None:
    """A copied transcript is wordier than the note; an empty note has no value."""
    note = (DEMO / "notes" / "V01.signed.txt").read_text(encoding="utf-8")
    chatter = "well um you know i was thinking about it and then " * 20 + "my gums bleed"
    assert (METRICS["verbosity"].score([Pair("v1", note, chatter)]).value or 0) > 5
    for metric in WORDING:
        assert METRICS[metric].score([Pair("v1", note, "", "my gums bleed")]).value is None


SHARED = Path(os.environ.get("SCRIBEEVAL_SHARED", "/nonexistent"))


@pytest.mark.skipif(
    not (SHARED / "data" / "aci-bench").is_dir(), reason="needs the public data (SCRIBEEVAL_SHARED)"
)
def test_aci_bench_notes_draw_almost_no_wrong_section() -> None:
    import csv

    with (SHARED / "data" / "aci-bench" / "valid.csv").open(encoding="utf-8") as file:
        notes = [row["note"] for row in csv.DictReader(file)]
    assert len(notes) == 20
    assert sum(len(find("wrong_section_share", note)) for note in notes) <= 2
