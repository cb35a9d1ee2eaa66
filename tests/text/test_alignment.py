"""The alignment is a shortest one, holds both texts, and its picture lines up in every script."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.text import Op, align, count_edits, distance, draw_alignment

KALDIALIGN = json.loads((Path(__file__).parent / "golden" / "kaldialign.json").read_text(encoding="utf-8"))
KINDS = ("hit", "substitution", "deletion", "insertion")
sides = st.lists(st.sampled_from(["a", "bb", "혈압", "5", "mm"]), max_size=12)


@pytest.mark.parametrize("case", KALDIALIGN["cases"])
def test_errors_are_kaldialigns(case: dict[str, Any]) -> None:
    reference, hypothesis = case["reference"].split(), case["hypothesis"].split()
    assert count_edits(reference, hypothesis).errors == case["errors"]
    assert distance(reference, hypothesis) == case["errors"]


def textbook_distance(reference: list[str], hypothesis: list[str]) -> int:
    """Wagner & Fischer (1974), row by row."""
    row = list(range(len(hypothesis) + 1))
    for i, left in enumerate(reference, 1):
        above, row = row, [i]
        for j, right in enumerate(hypothesis, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (left != right)))
    return row[-1]


@given(sides, sides)
def test_the_alignment_is_a_shortest_one_and_agrees_with_the_counts(
    reference: list[str], hypothesis: list[str]
) -> None:
    ops = align(reference, hypothesis)
    edits = count_edits(reference, hypothesis)
    kinds: list[str] = [op.kind for op in ops]
    assert [kinds.count(kind) for kind in KINDS] == [
        edits.hits,
        edits.substitutions,
        edits.deletions,
        edits.insertions,
    ]
    assert edits.errors == textbook_distance(reference, hypothesis)


@given(sides, sides)
def test_the_alignment_holds_both_texts_in_their_order(reference: list[str], hypothesis: list[str]) -> None:
    ops = align(reference, hypothesis)
    assert [op.reference for op in ops if op.kind != "insertion"] == reference
    assert [op.hypothesis for op in ops if op.kind != "deletion"] == hypothesis
    for op in ops:
        assert (op.reference == op.hypothesis) == (op.kind == "hit")
        assert (op.reference is None) == (op.kind == "insertion")
        assert (op.hypothesis is None) == (op.kind == "deletion")


PICTURE = """\
REF: she has chest pain now ****
HYP: she had ***** pain now then
OPS:     S   D              I"""

HANGUL = """\
REF: 혈압   120/80 ** 입니다
HYP: 혈압이 120/80 네 이다
OPS: S             I  S"""

WRAPPED = """\
REF: no chest
HYP: no *****
OPS:    D

REF: hypertension
HYP: hypertension
OPS:

REF: today
HYP: today
OPS:"""


def aligned(reference: str, hypothesis: str) -> tuple[Op, ...]:
    return align(reference.split(), hypothesis.split())


def test_a_picture() -> None:
    ops = aligned("she has chest pain now", "she had pain now then")
    assert draw_alignment(ops) == PICTURE


def test_a_hangul_syllable_takes_two_columns() -> None:
    ops = aligned("혈압 120/80 입니다", "혈압이 120/80 네 이다")
    assert draw_alignment(ops) == HANGUL


def test_a_picture_is_wrapped_and_a_wide_token_has_its_own_block() -> None:
    ops = aligned("no chest hypertension today", "no hypertension today")
    assert draw_alignment(ops, width=14) == WRAPPED
    assert draw_alignment([]) == ""


def test_what_steers_a_terminal_is_escaped() -> None:
    assert draw_alignment(align(["\x1b[2J", "a\nb"], [])).splitlines()[0] == "REF: \\x1b[2J a\\nb"


def columns(line: str) -> int:
    """Columns, as a terminal's wcwidth counts the letters that these tests use."""
    return sum(2 if unicodedata.name(c, "").startswith("HANGUL SYLLABLE") else 1 for c in line)


@given(sides, sides, st.integers(12, 40))
def test_no_line_is_wider_than_asked_for(reference: list[str], hypothesis: list[str], width: int) -> None:
    picture = draw_alignment(align(reference, hypothesis), width)
    assert all(columns(line) <= width for line in picture.splitlines())
