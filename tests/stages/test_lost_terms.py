"""The block of summary.json that says where terms are lost; expected values by hand."""

from scribeeval.records import Note, Producer, Segment, Transcript, Visit
from scribeeval.stages.lost_terms import COLUMNS, lost_terms

PRODUCER = Producer("p", "1", "0")


def visit(name: str, **texts: str) -> Visit:
    return Visit(name, reference_transcript="A fever, and I take Lasix.", **texts)  # type: ignore[arg-type]


def heard(name: str, text: str) -> Transcript:
    return Transcript(name, (Segment(0, 1, None, text),), PRODUCER)


def test_stages_that_a_run_lacks_are_left_out_and_visits_that_lack_one_are_counted() -> None:
    visits = [
        visit("a", signed_note="Fever. Takes Lasix.", reference_note="Furosemide for fever."),
        visit("b", signed_note="Fever."),
    ]
    block, rows = lost_terms(visits, {}, {"a": Note("a", "fever", PRODUCER)}, "vendor")
    assert block is not None
    assert (block["stages"], block["n_visits"], block["n_left_out"]) == (["draft", "signed_note"], 1, 1)
    assert block["own_recognition"] is False
    assert block["all"] == {
        "n_terms": 2,
        "stages": {
            "draft": {"have": 1, "lost": 1, "back": 1},
            "signed_note": {"have": 2, "lost": 0, "back": 0},
        },
    }
    assert set(block["by_type"]) == {"drug", "symptom"}
    drug = dict(zip(COLUMNS, rows[0], strict=True))
    assert drug == {
        "visit_id": "a", "concept": "furosemide", "semantic_type": "drug", "start": 0, "end": 10,
        "recognition": "", "draft": 0, "signed_note": 1, "lost_at": "draft", "back": 1,
    }  # fmt: skip


def test_the_signed_note_is_no_stage_where_it_is_what_is_followed() -> None:
    visits = [visit("b", signed_note="Fever. Takes Lasix.")]
    block, _ = lost_terms(visits, {"b": heard("b", "A fever, I take lay six.")}, {}, "vendor")
    assert block is not None
    assert block["stages"] == ["recognition"]
    assert block["all"]["stages"]["recognition"] == {"have": 1, "lost": 1, "back": 0}


def test_a_vendors_draft_beside_our_recognition_is_said_to_have_its_own() -> None:
    visits = [visit("b", signed_note="Fever.")]
    texts = {"b": heard("b", "fever")}, {"b": Note("b", "fever", PRODUCER)}
    assert [lost_terms(visits, *texts, name)[0]["own_recognition"] for name in ("vendor", "extractive")] == [  # type: ignore[index]
        True,
        False,
    ]


def test_without_a_reference_transcript_there_is_nothing_to_follow() -> None:
    assert lost_terms([Visit("c", signed_note="Fever.")], {"c": heard("c", "fever")}, {}, "vendor") == (
        None,
        [],
    )
