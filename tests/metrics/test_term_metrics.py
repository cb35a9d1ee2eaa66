"""Term recall, precision and F1: what counts as a term, on which level; expected values by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.metrics import METRICS, Metric
from scribeeval.metrics.term_counts import Finder, count_terms, find_missing_terms
from scribeeval.metrics.term_f1 import metric as f1_with
from scribeeval.records import Pair
from scribeeval.terms import Mention

RECALL, PRECISION, F1 = (METRICS[name] for name in ("term_recall", "term_precision", "term_f1"))
phrases = st.sampled_from(["Fever.", "Denies fever.", "Cough.", "SOB.", "Dyspnea.", "Takes Lasix.", "Well."])
notes = st.lists(phrases, max_size=5).map(" ".join)


def part(metric: Metric, reference: str, hypothesis: str, name: str) -> float | None:
    return metric.score([Pair("v", reference, hypothesis)]).parts[name]


@pytest.mark.parametrize(
    ("reference", "hypothesis", "value", "any_assertion", "same_wording"),
    [
        ("No fever.", "Denies fever.", 1, 1, 1),
        ("No fever.", "Fever.", 0, 1, 0),
        ("Dyspnea.", "Short of breath.", 1, 1, 0),
        ("No dyspnea.", "Short of breath.", 0, 1, 0),
        ("Migraines.", "migraine", 1, 1, 1),
        ("Fever. Cough.", "Fever.", 0.5, 0.5, 0.5),
    ],
)
def test_three_levels(
    reference: str, hypothesis: str, value: float, any_assertion: float, same_wording: float
) -> None:
    assert RECALL.score([Pair("v", reference, hypothesis)]).value == value
    assert part(RECALL, reference, hypothesis, "any_assertion") == any_assertion
    assert part(RECALL, reference, hypothesis, "same_wording") == same_wording


def test_types_are_counted_apart_and_visits_are_summed() -> None:
    pairs = [
        Pair("a", "Fever. Takes Lasix.", "Fever."),
        Pair("b", "Cough. Fever. Rash.", "Cough, fever, rash."),
    ]
    recall, precision = RECALL.score(pairs), PRECISION.score(pairs)
    assert (recall.value, recall.parts["symptom"], recall.parts["drug"]) == (4 / 5, 1.0, 0.0)
    assert (precision.value, precision.parts["drug"]) == (1.0, None), "the drafts name no drug"


@given(left=notes, right=notes)
def test_precision_is_recall_seen_from_the_other_side_and_f1_lies_between(left: str, right: str) -> None:
    recall, precision, f1 = (m.score([Pair("v", left, right)]).value for m in (RECALL, PRECISION, F1))
    assert precision == RECALL.score([Pair("v", right, left)]).value
    if recall is not None and precision is not None:
        assert f1 is not None
        assert min(recall, precision) - 1e-12 <= f1 <= max(recall, precision) + 1e-12
        assert f1 == pytest.approx(2 * recall * precision / (recall + precision) if recall + precision else 0)


@given(left=notes, right=notes)
def test_the_findings_are_what_recall_misses(left: str, right: str) -> None:
    pair = Pair("v", left, right)
    counts, findings = count_terms(pair), find_missing_terms(pair)
    assert len(findings) == counts["asserted_reference"] - counts["asserted_shared"]
    for finding in findings:
        assert left[finding.start : finding.end] == finding.text
        assert all(right[e.start : e.end] == e.text for e in finding.evidence)


def test_a_missing_drug_is_severe_and_a_contrary_mention_is_shown() -> None:
    fever, drug = find_missing_terms(Pair("v", "No fever. Takes Lasix.", "Has fever."))
    assert (fever.severity, drug.severity) == ("moderate", "severe")
    assert [one.text for one in fever.evidence] == ["fever"]
    assert drug.evidence == ()


def test_any_finder_may_take_the_place_of_ours() -> None:
    def digits(text: str) -> list[Mention]:
        return [Mention(i, i + 1, c, c, "lab_or_vital") for i, c in enumerate(text) if c.isdigit()]

    metric = f1_with(Finder("digits-1", digits))
    assert metric.score([Pair("v", "1 2 fever", "1 3")]).value == 0.5
    assert "lexicon:digits-1" in metric.signature
