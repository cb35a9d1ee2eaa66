"""Statements: what a reader judges as one.  Expected splits by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.text.statements import split_statements


def texts(note: str) -> list[str]:
    return [note[s.start : s.end] for s in split_statements(note)]


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("INR is 3. Hold it.", ["INR is 3.", "Hold it."]),
        ("Dr. Lee saw J. Kim. Fever? No.", ["Dr. Lee saw J. Kim.", "Fever?", "No."]),
        ("1. Asthma. Use 2.5 mg, e.g. at night.", ["Asthma.", "Use 2.5 mg, e.g. at night."]),
        ("- Warfarin 5 mg\n* Aspirin\n• Rest", ["Warfarin 5 mg", "Aspirin", "Rest"]),
        ("PLAN\nRest.\n\nALLERGIES: none", ["Rest.", "none"]),
        ("Plan: 1. Aspirin daily", ["Aspirin daily"]),
        (
            "A line that a program has wrapped somewhere near its column of\nsixty goes on. Then this.",
            ["A line that a program has wrapped somewhere near its column of\nsixty goes on.", "Then this."],
        ),
        ("Short line\nby its author", ["Short line", "by its author"]),
        ("현병력\n2개월 전 시작됨. 야간에 심함.", ["2개월 전 시작됨.", "야간에 심함."]),
        ("", []),
        (" \n--\n", []),
    ],
)
def test_splits_as_a_reader_would(note: str, expected: list[str]) -> None:
    assert texts(note) == expected


@given(st.text(alphabet="ab .?!\n-1:AB(", max_size=80))
def test_holds_every_letter_once_in_order_and_trimmed(note: str) -> None:
    found = split_statements("x " + note)
    at = 0
    for statement in found:
        assert at <= statement.start < statement.end <= len(note) + 2
        assert ("x " + note)[statement.start : statement.end].strip() == ("x " + note)[
            statement.start : statement.end
        ]
        at = statement.end
