"""The expected edit share: bounds, what it does not see, and what more text can do to it."""

from hypothesis import given
from hypothesis import strategies as st

from scribeeval.metrics import METRICS
from scribeeval.records import Pair

METRIC = METRICS["expected_edit_share"]
notes = st.lists(
    st.sampled_from(
        ["fever", "no fever", "cough", "metformin 500 mg", "left knee pain", "두통", "well", "."]
    ),
    max_size=8,
).map(" ".join)


def share(reference: str, hypothesis: str, source: str | None = None) -> float | None:
    return METRIC.score([Pair("v1", reference, hypothesis, source)]).value


@given(reference=notes, hypothesis=notes, more=notes)
def test_it_is_a_share_and_more_text_never_raises_it(reference: str, hypothesis: str, more: str) -> None:
    value = share(reference, hypothesis)
    if value is None:
        assert reference == ""
        return
    assert 0 <= value <= 1
    longer = share(reference, f"{hypothesis}. {more}")
    assert longer is not None
    assert longer <= value


def test_the_transcript_is_not_looked_at() -> None:
    """An estimate that changed where a transcript is given would be two metrics under one name."""
    assert share("Fever and cough.", "Fever.", "I cough.") == share("Fever and cough.", "Fever.")


def test_what_is_too_much_costs_nothing() -> None:
    assert share("Fever.", "Fever. She saw a whale, a lighthouse and three sailors.") == 0
