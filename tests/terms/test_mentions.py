"""find_terms on the shapes that notes, transcripts and Korean notes are made of.  Cases are by hand."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribeeval.terms import SEMANTIC_TYPES, find_terms

# text -> (surface, concept, semantic type) of every mention in it
CASES = [
    ("Short of breath on exertion.", [("Short of breath on exertion", "dyspnea on exertion", "symptom")]),
    ("high blood pressure", [("high blood pressure", "hypertension", "diagnosis")]),
    ("HTN, T2DM", [("HTN", "hypertension", "diagnosis"), ("T2DM", "type 2 diabetes mellitus", "diagnosis")]),
    ("her gums bleed", [("gums bleed", "gingival bleeding", "symptom")]),
    ("a water pill", [("water pill", "diuretic", "drug")]),
    ("Ringing in my ears", [("Ringing in my ears", "tinnitus", "symptom")]),
    ("Coumadin and LASIX", [("Coumadin", "warfarin", "drug"), ("LASIX", "furosemide", "drug")]),
    # one term, whatever its order; anatomy only where it is alone
    ("knee pain", [("knee pain", "knee pain", "symptom")]),
    ("pain in the knee", [("pain in the knee", "knee pain", "symptom")]),
    ("both knees", [("knees", "knee", "anatomy")]),
    # spelling: plural, British, hyphen, possessive, typographic apostrophe
    ("oedema, anaemia and haemorrhoids", [
        ("oedema", "edema", "symptom"),
        ("anaemia", "anemia", "diagnosis"),
        ("haemorrhoids", "hemorrhoids", "diagnosis"),
    ]),
    ("X-ray, xray, x ray", [(x, "radiography", "procedure") for x in ("X-ray", "xray", "x ray")]),
    ("light-headed", [("light-headed", "dizziness", "symptom")]),
    ("Crohn’s disease", [("Crohn’s disease", "crohn's disease", "diagnosis")]),
    ("He vomited, coughed and wheezes", [
        ("vomited", "vomiting", "symptom"),
        ("coughed", "cough", "symptom"),
        ("wheezes", "wheezing", "symptom"),
    ]),
    ("recurrent UTIs", [("UTIs", "urinary tract infection", "diagnosis")]),
    # a term does not cross the end of a sentence or of an item; a wrapped line ends nothing
    ("heart. Attack the plan", [("heart", "heart", "anatomy")]),
    ("a bad heart\nAttack the plan", [("heart", "heart", "anatomy")]),
    ("a bad heart\n- attack", [("heart", "heart", "anatomy")]),
    ("shortness of\nbreath", [("shortness of\nbreath", "dyspnea", "symptom")]),
    # everyday words are no terms
    ("Ms. Smith fell asleep; come back in two weeks", []),
    ("It may help us as well; on the other hand, no", []),
    ("Mr. Walker left", []),
    ("in contrast, a glass of water and a blood relative", []),
    # allergens where allergies are spoken of
    ("Had fish and eggs for lunch", []),
    ("Allergies: fish, eggs", [("fish", "fish", "allergen"), ("eggs", "egg", "allergen")]),
    # headers and labels are no mentions; what they head is
    ("MEDICATIONS\nnone", []),
    ("EXAM\n• Neck: supple.\n• Lungs: wheezing", [("wheezing", "wheezing", "symptom")]),
    ("EXAM\nNeck\nSupple.", []),
    ("a heart exam\nRight knee: effusion", [
        ("heart exam", "heart exam", "procedure"),
        ("knee", "knee", "anatomy"),
        ("effusion", "effusion", "symptom"),
    ]),
    ("20 mg, 142/88, 7.2 %", []),
    ("", []),
    # from the sources
    ("bitemporal hemianopia", [("bitemporal hemianopia", "Bitemporal hemianopia", "symptom")]),
    ("Smith-Magenis syndrome", [("Smith-Magenis syndrome", "Smith-Magenis syndrome", "diagnosis")]),
    ("etoposide", [("etoposide", "Etoposide", "drug")]),
]  # fmt: skip

KOREAN = [
    ("고혈압으로 암로디핀 복용 중", ["hypertension", "amlodipine"]),
    ("발열은 없고 기침과 가래가 있음", ["fever", "cough", "sputum"]),
    ("HTN으로 추적 관찰", ["hypertension"]),
    ("급성 충수염 의심, 급성충수염", ["appendicitis", "appendicitis"]),
    ("가슴이 답답하고 숨이 차요", ["chest tightness", "dyspnea"]),
    ("가슴통증은 없다고 합니다", ["chest pain"]),
    ("폐렴으로 입원", ["pneumonia", "hospital admission"]),
    ("손쉽게 발견된 간단한 소견", []),  # hand, foot, liver are single syllables inside other words
    ("약간으로 호전", []),
    ("복용하지 않음", []),
    ("혈압약을 드시고", ["antihypertensive"]),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text[:40] for text, _ in CASES])
def test_mentions(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(m.text, m.concept, m.semantic_type) for m in find_terms(text)] == expected


@pytest.mark.parametrize(("text", "concepts"), KOREAN, ids=[text for text, _ in KOREAN])
def test_korean_words_with_their_particles(text: str, concepts: list[str]) -> None:
    assert [m.concept for m in find_terms(text)] == concepts


@pytest.mark.parametrize("text", ["두통은 없음", "Sjögren’s, naïve, fever 🤒 and 두통"])
def test_decomposed_text_holds_the_same_concepts_at_its_own_offsets(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    mentions = find_terms(decomposed)
    assert [m.concept for m in mentions] == [m.concept for m in find_terms(text)] != []
    assert all(decomposed[m.start : m.end] == m.text for m in mentions)


SIDES = [
    ("Right knee pain", "knee pain", "right"),
    ("left-sided weakness", "weakness", "left"),
    ("weakness on the left side", "weakness", "left"),
    ("rales bilaterally", "crackles", "bilateral"),
    ("bilateral lower extremity edema", "pedal edema", "bilateral"),
    ("R knee effusion", "knee", "right"),
    ("(L) shoulder", "shoulder", "left"),
    ("pain in her right shoulder", "pain", "right"),
    ("pain in her right shoulder", "shoulder", "right"),
    ("LLQ tenderness", "left lower quadrant", "left"),
    ("왼쪽 무릎 통증", "knee pain", "left"),
    ("That's right, headache", "headache", None),
    ("headache right now", "headache", None),
    ("she left with knee pain", "knee pain", None),
    ("left ear pain and fever", "fever", None),
    ("right arm and left leg", "leg", "left"),
    ("left knee.\nFever", "fever", None),
    ("right hand lisinopril", "lisinopril", None),
]


@pytest.mark.parametrize(("text", "concept", "side"), SIDES, ids=[f"{t} / {c}" for t, c, _ in SIDES])
def test_laterality(text: str, concept: str, side: str | None) -> None:
    found = {m.concept: m.laterality for m in find_terms(text)}
    assert found[concept] == side


def test_an_ambiguous_abbreviation_says_what_it_may_stand_for() -> None:
    (mention,) = find_terms("Hx of MS")
    assert mention.concept == "multiple sclerosis"
    assert mention.attributes["ambiguous"].split("|") == ["multiple sclerosis", "morphine", "mitral stenosis"]
    assert find_terms("sob")[:] == []  # crying is no dyspnea
    assert find_terms("pt was sob")[:] == []


def test_assertions_come_from_the_function_given() -> None:
    seen: list[tuple[str, list[tuple[int, int]]]] = []

    def judge(text, spans):  # type: ignore[no-untyped-def]
        seen.append((text, list(spans)))
        return ["absent"] * len(spans)

    mentions = find_terms("no fever, cough", assert_with=judge)
    assert seen == [("no fever, cough", [(3, 8), (10, 15)])]
    assert [m.assertion for m in mentions] == ["absent", "absent"]


def test_without_one_assertions_are_our_own() -> None:
    text = "Denies fever. Mother had breast cancer. 발열은 없음."
    assert [(m.concept, m.assertion) for m in find_terms(text)] == [
        ("fever", "absent"),
        ("breast cancer", "family"),
        ("fever", "absent"),
    ]


PIECES = [
    "fever",
    "no",
    "\n",
    ". ",
    "left ",
    "Lasix 40 mg bid",
    "A1c 7.2",
    "é",
    "한",
    "두통은",
    "PLAN\n",
    "🤒",
    "e\u0301",
    "-",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_mentions_quote_the_text_in_order_without_overlap(parts: list[str]) -> None:
    text = " ".join(parts)
    mentions = find_terms(text)
    assert all(text[m.start : m.end] == m.text for m in mentions)
    assert all(a.end <= b.start for a, b in pairwise(mentions))
    assert all(m.semantic_type in SEMANTIC_TYPES for m in mentions)
    for mention in mentions:
        assert mention.attributes.keys() - mention.attribute_spans.keys() == set()
        assert all(0 <= start < end <= len(text) for start, end in mention.attribute_spans.values())
        assert hash(mention) == hash(mention)


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=6), st.sampled_from(["warfarin", "hypertension", "두통"]))
def test_a_paragraph_before_changes_nothing(parts: list[str], term: str) -> None:
    alone = find_terms(term)
    after = find_terms(" ".join(parts) + "\n\n" + term)
    assert (after[-1].text, after[-1].concept) == (alone[0].text, alone[0].concept)
