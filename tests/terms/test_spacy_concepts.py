"""The adapter for spaCy pipelines: on objects shaped like spaCy's, and on medspaCy itself where it is."""

from types import SimpleNamespace

import pytest

from scribeeval.errors import InputError
from scribeeval.terms import Mention
from scribeeval.terms.spacy_concepts import medspacy_finder


def entity(text: str, start: int, label: str, code: str = "", **flags: object) -> SimpleNamespace:
    return SimpleNamespace(
        text=text,
        start_char=start,
        end_char=start + len(text),
        label_=label,
        kb_id_=code,
        _=SimpleNamespace(**flags),
    )


def finder_of(*entities: SimpleNamespace, **settings: dict[str, str]):  # type: ignore[no-untyped-def]
    return medspacy_finder(lambda text: SimpleNamespace(ents=entities), **settings)


def test_entities_become_mentions_in_the_order_of_the_text() -> None:
    find = finder_of(
        entity("metformin", 20, "MEDICATION", "RX6809"),
        entity("Fever", 3, "symptom", is_negated=True),
    )
    assert find("No Fever. Continues metformin.") == [
        Mention(3, 8, "Fever", "fever", "symptom", "absent"),
        Mention(20, 29, "metformin", "RX6809", "drug", "present", code="RX6809"),
    ]


@pytest.mark.parametrize(
    ("flags", "assertion"),
    [
        ({}, "present"),
        ({"is_negated": False}, "present"),
        ({"is_negated": True}, "absent"),
        ({"is_uncertain": True}, "possible"),
        ({"is_historical": True}, "historical"),
        ({"is_hypothetical": True}, "hypothetical"),
        ({"is_family": True, "is_negated": True}, "family"),
    ],
)
def test_context_modifiers_become_assertions(flags: dict[str, bool], assertion: str) -> None:
    (mention,) = finder_of(entity("stroke", 0, "PROBLEM", "", **flags))("stroke")
    assert mention.assertion == assertion


def test_of_entities_on_one_span_the_longest_stays() -> None:
    find = finder_of(entity("pain", 6, "SIGN", "C1"), entity("chest pain", 0, "SIGN", "C2"))
    assert [m.concept for m in find("chest pain")] == ["C2"]


def test_scispacys_linked_concept_is_read() -> None:
    (mention,) = finder_of(entity("fever", 0, "DISEASE", kb_ents=[("C0015967", 0.99)]))("fever")
    assert (mention.concept, mention.code) == ("C0015967", "C0015967")


def test_an_unknown_label_and_an_unknown_type_are_refused() -> None:
    with pytest.raises(InputError, match="label 'ENTITY' has no semantic type"):
        finder_of(entity("fever", 0, "ENTITY"))("fever")
    with pytest.raises(InputError, match="finding"):
        medspacy_finder(lambda text: SimpleNamespace(ents=()), {"ENTITY": "finding"})
    (mention,) = finder_of(entity("fever", 0, "ENTITY"), semantic_types={"ENTITY": "symptom"})("fever")
    assert mention.semantic_type == "symptom"


def test_medspacy_itself() -> None:
    medspacy = pytest.importorskip("medspacy", reason="medspaCy is not installed")
    from medspacy.ner import TargetRule

    nlp = medspacy.load()
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule("fever", "SYMPTOM"), TargetRule("Lasix", "DRUG")])
    mentions = medspacy_finder(nlp)("He has no fever. Continue Lasix.")
    assert [(m.text, m.semantic_type, m.assertion) for m in mentions] == [
        ("fever", "symptom", "absent"),
        ("Lasix", "drug", "present"),
    ]
