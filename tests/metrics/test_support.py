"""Support against what a reader would say, on small visits and on the demo's."""

import itertools
from collections.abc import Sequence

import pytest
from visits import demo_visits

from scribeeval.metrics import METRICS, support
from scribeeval.metrics.content.grounding import ground
from scribeeval.metrics.opinion import OPINION_LIFTS, Opinion
from scribeeval.records import FINDING_KINDS, SEVERITIES, Finding, Pair

METRIC = METRICS["support"]


def found_by(visit: Pair) -> tuple[Finding, ...]:
    if METRIC.find is None:
        pytest.fail("no findings")
    return METRIC.find(visit)


TALK = """Doctor: What do you take?
Patient: Metoprolol, fifty, no, sorry, twenty-five milligrams twice a day. And lisinopril, ten milligrams.
Doctor: Any chest pain, or black stools?
Patient: No chest pain, no black stools.
Doctor: Which knee is it?
Patient: My left knee is swollen and it hurts on the stairs.
Doctor: And your parents?
Patient: My mother has asthma. I don't.
Doctor: It may be a meniscus tear. Your temperature is 38.2 degrees. The troponin is negative.
Patient: I weigh 76 kilos now. It started six weeks ago."""


def pair(hypothesis: str, source: str | None = TALK) -> Pair:
    return Pair("v1", "", hypothesis, source)


def found(hypothesis: str, source: str = TALK) -> list[tuple[str, str]]:
    return [(finding.kind, finding.text) for finding in found_by(pair(hypothesis, source))]


FAITHFUL = (
    "Metoprolol 25 mg twice daily.",
    "Lisinopril 10 mg.",
    "No chest pain or melena.",
    "Left knee swollen.",
    "Family history: mother with asthma.",
    "Possible meniscus tear.",
    "Temperature 38.2 C.",
    "Troponin negative.",
    "Weight 76 kg.",
    "Started six weeks ago.",
)


@pytest.mark.parametrize("note", FAITHFUL)
def test_a_faithful_statement_draws_no_finding(note: str) -> None:
    assert found(note) == []


@pytest.mark.parametrize(
    ("note", "kind", "text", "suggestion"),
    [
        ("Metoprolol 50 mg twice daily.", "wrong_dose", "50 mg", "twenty-five milligrams"),
        ("Metoprolol 25 mcg twice daily.", "wrong_unit", "25 mcg", "twenty-five milligrams"),
        ("Metoprolol 25 mg three times daily.", "wrong_frequency", "three times daily", "twice a day"),
        ("Fosinopril 10 mg daily.", "wrong_drug", "Fosinopril", "lisinopril"),
        ("Positive for melena.", "flipped_negation", "melena", None),
        ("Right knee swollen.", "wrong_laterality", "Right", "left"),
        ("Asthma.", "wrong_attribution", "Asthma", None),
        ("Meniscus tear.", "wrong_certainty", "Meniscus tear", None),
        ("Temperature 39.2 C.", "wrong_number", "39.2", "38.2 degrees"),
        ("Troponin positive.", "flipped_negation", "positive", "negative"),
        ("Weight 76 lb.", "wrong_unit", "76 lb", "76 kilos"),
        ("Symptoms started six months ago, weight 76 kg.", "wrong_unit", "six months", "six weeks"),
        ("Lungs: clear, no crackles.", "invented_fact", "Lungs: clear, no crackles.", None),
    ],
)
def test_what_is_said_otherwise_is_found(note: str, kind: str, text: str, suggestion: str | None) -> None:
    findings = found_by(pair(note))
    assert [(f.kind, f.text) for f in findings] == [(kind, text)]
    assert findings[0].suggestion == suggestion


def test_evidence_stands_in_the_transcript_and_says_it() -> None:
    (finding,) = found_by(pair("Metoprolol 50 mg twice daily."))
    (evidence,) = finding.evidence
    assert evidence.side == "source"
    assert TALK[evidence.start : evidence.end] == evidence.text
    assert "sorry, twenty-five" in evidence.text


def test_without_tags_answers_still_decide() -> None:
    bare = "\n".join(line.split(": ", 1)[1] for line in TALK.splitlines())
    assert found("Positive for chest pain.", bare) == [("flipped_negation", "chest pain")]
    assert found("Denies chest pain.", bare) == []
    bracketed = TALK.replace("Doctor:", "[doctor]").replace("Patient:", "[patient]")
    assert found("Positive for chest pain.", bracketed) == [("flipped_negation", "chest pain")]


@pytest.mark.parametrize(
    ("talk", "note", "expected"),
    [
        (
            "의사: 어떤 약을 드세요?\n환자: 메트포민 500밀리그램 하루 두 번이요.",
            "Metformin 1000 mg bid",
            "wrong_dose",
        ),
        ("의사: 가슴은 안 아프세요?\n환자: 아니요, 흉통은 없어요.", "흉통 있음.", "flipped_negation"),
        ("의사: 체중이 76킬로, 체온 38.2도네요.\n환자: 네.", "체온 39.7℃", "wrong_number"),
    ],
)
def test_korean(talk: str, note: str, expected: str) -> None:
    assert [kind for kind, _ in found(note, talk)] == [expected]


def test_a_sweeping_statement_stands_for_denials_but_not_beside_them() -> None:
    talk = "Doctor: Any surgeries?\nPatient: No, I never had surgery."
    alone = METRIC.score([pair("Noncontributory.", talk)]).value
    beside = METRIC.score([pair("Noncontributory. No surgeries.", talk)]).value
    assert (alone, beside) == (1.0, 0.5)


def test_what_was_pulled_in_from_the_chart_is_left_out() -> None:
    block = "--- Auto-populated from chart ---\nSodium 139 mmol/L; polyp 2019.\n--- End auto-populated ---\n"
    note = "Left knee swollen."
    assert METRIC.count(pair(block + note)) == METRIC.count(pair(note))
    assert found(block + note) == []


def test_at_most_a_dozen_flags_the_gravest() -> None:
    wrong = "Fosinopril 10 mg.\n"
    unsaid = "".join(f"No {term} and no {other}.\n" for term, other in itertools.pairwise(TERMS))
    findings = found_by(pair(unsaid + wrong))
    assert len(findings) == support.MOST_FLAGS == 12
    assert "wrong_drug" in {finding.kind for finding in findings}
    assert [f.start for f in findings] == sorted(f.start for f in findings)


TERMS = (
    "hemoptysis", "nausea", "vertigo", "tinnitus", "diplopia", "dysuria", "hematuria", "jaundice", "pruritus",
    "epistaxis", "hoarseness", "dysphagia", "constipation", "polyuria", "alopecia",
)  # fmt: skip


def test_no_transcript_or_no_note_has_no_value() -> None:
    assert METRIC.score([pair("Fever.", None)]).value is None
    assert METRIC.score([pair("Fever.", "  ")]).value is None
    assert METRIC.score([pair("")]).value is None
    assert found_by(pair("Fever.", None)) == ()


@pytest.mark.parametrize("visit", demo_visits(), ids=lambda visit: visit.visit_id)
def test_floors_are_told_apart(visit: Pair) -> None:
    """hypothesis: the signed note."""
    others = [other.hypothesis for other in demo_visits() if other.visit_id != visit.visit_id]
    signed = METRIC.score([visit]).value or 0.0
    copied = METRIC.score([Pair("v", "", visit.source or "", visit.source)]).value or 0.0
    assert copied > max(0.97, signed)
    for other in others:
        assert (METRIC.score([Pair("v", "", other, visit.source)]).value or 0.0) < signed - 0.15


def test_findings_are_exact_and_sorted_on_every_demo_note() -> None:
    for visit in demo_visits("draft"):
        findings: Sequence[Finding] = found_by(visit)
        assert findings == found_by(visit)
        assert 0 < len(findings) <= support.MOST_FLAGS
        assert [f.start for f in findings] == sorted(f.start for f in findings)
        for finding in findings:
            assert visit.hypothesis[finding.start : finding.end] == finding.text
            assert finding.kind in FINDING_KINDS
            assert finding.severity in SEVERITIES
            for evidence in finding.evidence:
                assert (visit.source or "")[evidence.start : evidence.end] == evidence.text


def test_grounding_gives_each_statement_its_evidence() -> None:
    note = "Metoprolol 25 mg twice daily.\nGait steady."
    held, bare = ground(note, TALK)
    assert held.grounded
    assert held.missing == ()
    assert any("twenty-five" in TALK[start:end] for start, end in held.evidence)
    assert (bare.share, bare.evidence) == (0.0, ())
    assert [note[start:end] for start, end in bare.missing] == ["Gait", "steady"]


def _opinion(share: float) -> Opinion:
    return Opinion("toy", "1", lambda pairs: [share if "stairs" in premise else 0.0 for premise, _ in pairs])


def test_a_question_states_nothing_that_the_talk_could_deny() -> None:
    asked, stated = ground("Chest pain?\nChest pain.", TALK)
    assert (asked.share, stated.share) == (1.0, 0.0)


def test_the_value_counts_statements_and_the_view_their_facts() -> None:
    score = METRIC.score([pair("Metoprolol 75 mg.\nLeft knee swollen.")])
    assert score.value == 0.5  # the drug (2) without its number (1) is below 0.7
    assert score.parts["facts_held"] == pytest.approx((2 / 3 + 1) / 2)


def test_what_the_talk_names_was_not_invented() -> None:
    talk = "Doctor: numbness or tingling\nPatient: no no numbness there, no no tingling"
    assert found("Denies numbness or tingling.", talk) == []


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("Temperature is 38.2 degrees. No wheezes, no rales.", []),
        ("Gait steady. No wheezes, no rales.", ["Gait steady.", "No wheezes, no rales."]),
        ("Temperature is 38.2 degrees. Gait steady, Romberg negative.", ["Gait steady, Romberg negative."]),
        ("He enjoys hunting deer.", []),  # may be a paraphrase
        ("Insight and judgment fair.", ["Insight and judgment fair."]),
        ("Reasoning: stable.", []),  # of a label and one word
        ("Nil visual sx.", []),
    ],
)
def test_what_counts_as_invented(note: str, expected: list[str]) -> None:
    assert [text for kind, text in found(note) if kind == "invented_fact"] == expected


def test_an_opinion_lifts_what_words_do_not_ground_and_is_named() -> None:
    note = "Ascending aggravates it."
    plain, sure, unsure = METRIC, support.metric(_opinion(OPINION_LIFTS)), support.metric(_opinion(0.89))
    assert plain.score([pair(note)]).value == unsure.score([pair(note)]).value == 0.0
    assert sure.score([pair(note)]).value == 1.0
    assert sure.score([pair(note)]).parts == {"facts_held": OPINION_LIFTS}
    assert sure.settings["opinion"] == "toy@1"
    assert "opinion:toy@1" in sure.signature
    assert "opinion" not in plain.signature
    (lifted,) = ground(note, TALK, _opinion(OPINION_LIFTS))
    assert "stairs" in TALK[lifted.evidence[0][0] : lifted.evidence[0][1]]
