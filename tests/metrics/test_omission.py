"""Omission: what is missing is found where it stands, and nothing is missing from a copy."""

import pytest
from visits import demo_visits

from scribeeval.metrics import METRICS, omission
from scribeeval.metrics.opinion import OPINION_LIFTS, Opinion
from scribeeval.records import Finding, Pair

METRIC = METRICS["omission"]


def found_by(visit: Pair) -> tuple[Finding, ...]:
    if METRIC.find is None:
        pytest.fail("no findings")
    return METRIC.find(visit)


SIGNED = """HISTORY OF PRESENT ILLNESS
Cough for three weeks, worse at night. A cat has lived in the home since December and sleeps on her bed.

ALLERGIES
Aspirin (angioedema).

PLAN
1. Avoid ibuprofen because of the aspirin allergy.
2. Prednisone 40 mg daily for five days."""


def missing(reference: str, hypothesis: str, source: str | None = None) -> list[str]:
    return [finding.text for finding in found_by(Pair("v1", reference, hypothesis, source))]


@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        (" and sleeps on her bed", "and sleeps on her bed"),
        (", worse at night", "worse at night"),
        (
            "1. Avoid ibuprofen because of the aspirin allergy.\n",
            "Avoid ibuprofen because of the aspirin allergy.",
        ),
        ("2. Prednisone 40 mg daily for five days.", "Prednisone 40 mg daily for five days."),
        ("Cough for three weeks, worse at night. ", "Cough for three weeks, worse at night."),
    ],
)
def test_what_was_cut_is_found_and_nothing_else(cut: str, expected: str) -> None:
    assert missing(SIGNED, SIGNED.replace(cut, "")) == [expected]


def test_a_rewording_leaves_nothing_out() -> None:
    reworded = (
        "Short of breath and throwing up. High blood pressure. Takes twenty-five milligrams of furosemide."
    )
    assert missing("Dyspnea and vomiting. Hypertension. Lasix 25 mg.", reworded) == []


def test_a_statement_that_the_draft_splits_in_two_is_not_left_out() -> None:
    whole = "Panic attacks with dyspnea, palpitations, tremor and nausea."
    assert missing(whole, "Panic attacks with dyspnea. Palpitations and tremor.") == ["and nausea"]
    assert missing(whole, "Palpitations and tremor.") == [whole]


def test_evidence_is_where_it_was_said() -> None:
    talk = "Doctor: Any pets?\nPatient: A cat since December. On the bed, yes, she sleeps there."
    draft = SIGNED.replace(" and sleeps on her bed", "")
    (finding,) = found_by(Pair("v1", SIGNED, draft, talk))
    assert (finding.kind, finding.side) == ("omitted_fact", "reference")
    assert SIGNED[finding.start : finding.end] == finding.text
    assert [evidence.text for evidence in finding.evidence] == ["On the bed, yes, she sleeps there."]
    assert all(talk[e.start : e.end] == e.text for e in finding.evidence)


def test_severity_is_by_what_is_missing() -> None:
    findings = found_by(Pair("v1", "Metoprolol 25 mg.\nKnee pain.\nLives in Oslo.", "Normal."))
    assert [finding.severity for finding in findings] == ["severe", "moderate", "minor"]


def test_without_a_reference_the_talk_counts() -> None:
    talk = (
        "Doctor: Any fever, or headache?\nPatient: A headache. My father had a stroke.\n"
        "Doctor: If you vomit, call."
    )
    for reference in ("", "  \n"):
        pair = Pair("v1", reference, "Well today.", talk)
        findings = found_by(pair)
        assert [(finding.side, finding.text) for finding in findings] == [("source", "headache")]
        assert METRIC.score([pair]).value == 1.0
    assert METRIC.score([Pair("v1", "", "Headache.", talk)]).value == 0.0
    assert METRIC.score([Pair("v1", "", "Headache.", None)]).value is None


def test_the_chief_complaint_reworded_is_not_left_out() -> None:
    reference = 'CHIEF COMPLAINT\n"I feel awful."\n\nPLAN\nPrednisone.'
    assert missing(reference, "CHIEF COMPLAINT\nMalaise.\n\nPLAN\nPrednisone.") == []
    assert missing(reference, "PLAN\nPrednisone.") == ['"I feel awful."']


@pytest.mark.parametrize("visit", demo_visits(), ids=lambda visit: visit.visit_id)
def test_floors(visit: Pair) -> None:
    assert METRIC.score([visit]).value == 0.0
    assert found_by(visit) == ()
    assert METRIC.score([Pair("v", visit.reference, "")]).value == 1.0
    draft = next(v.hypothesis for v in demo_visits("draft") if v.visit_id == visit.visit_id)
    ours = METRIC.score([Pair("v", visit.reference, draft)]).value or 0.0
    for other in demo_visits():
        if other.visit_id != visit.visit_id:
            theirs = METRIC.score([Pair("v", visit.reference, other.hypothesis)]).value or 0.0
            assert theirs > ours + 0.3


def test_an_opinion_finds_a_statement_that_words_do_not() -> None:
    toy = Opinion(
        "toy", "1", lambda pairs: [OPINION_LIFTS if "stairs" in premise else 0.0 for premise, _ in pairs]
    )
    pair = Pair("v1", "Exertional intolerance.", "Cannot climb stairs.")
    assert METRIC.score([pair]).value == 1.0
    assert omission.metric(toy).score([pair]).value == pytest.approx(1 - OPINION_LIFTS)
    assert omission.metric(toy).settings["opinion"] == "toy@1"
