"""The concept finder on the shapes that notes are made of."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.terms import SEMANTIC_TYPES, find_core_terms, load_lexicon

CASES = [
    ("Short of breath on exertion.", [("Short of breath", "dyspnea", "symptom")]),
    ("Type 2 diabetes", [("Type 2 diabetes", "type 2 diabetes mellitus", "diagnosis")]),
    ("Migraine without aura", [("Migraine without aura", "migraine", "diagnosis")]),
    ("both knees", [("knees", "knee", "anatomy")]),
    ("Coumadin and LASIX", [("Coumadin", "warfarin", "drug"), ("LASIX", "furosemide", "drug")]),
    ("ALLERGIES\nnone", []),
    ("heart. Attack the plan", [("heart", "heart", "anatomy")]),
    ("nonfever feverish", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_mentions(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(m.text, m.concept, m.semantic_type) for m in find_core_terms(text)] == expected


@given(st.lists(st.sampled_from(["fever", "no", "\n", ". ", "type 2 diabetes ", "é", "PLAN\n"]), max_size=12))
def test_mentions_quote_the_text_in_order_without_overlap(parts: list[str]) -> None:
    text = " ".join(parts)
    mentions = find_core_terms(text)
    assert all(text[m.start : m.end] == m.text for m in mentions)
    assert all(a.end <= b.start for a, b in pairwise(mentions))


def test_the_lexicon_is_sound() -> None:
    lexicon = load_lexicon()
    assert {concept.semantic_type for concept in lexicon.concepts.values()} == set(SEMANTIC_TYPES)
    for tokens in lexicon.concepts:
        assert lexicon.longest[tokens[0]] >= len(tokens)
    types: dict[str, str] = {}
    for concept in lexicon.concepts.values():
        assert types.setdefault(concept.name, concept.semantic_type) == concept.semantic_type
