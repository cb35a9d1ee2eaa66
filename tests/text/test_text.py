"""Edit counts keep their identities; sections cover the note."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.text import count_edits, distance, exclude_blocks, split_sections
from scribeeval.text.moves import Labelled, Move, find_moves
from scribeeval.text.sections import default_headers, extend, section_texts

sides = st.lists(st.sampled_from(["a", "b", "c", "5", "mm"]), max_size=12)


@given(sides, sides)
def test_edit_counts_keep_their_identities(reference: list[str], hypothesis: list[str]) -> None:
    edits = count_edits(reference, hypothesis)
    assert edits.reference_length == len(reference)
    assert edits.hypothesis_length == len(hypothesis)
    assert edits.errors == distance(reference, hypothesis)
    assert min(edits.hits, edits.substitutions, edits.deletions, edits.insertions) >= 0


NOTE = (
    "Seen today.\nCHIEF COMPLAINT\ncough\n\nMedications: aspirin 81 mg\n"
    "ASSESSMENT & PLAN:\nrest\n주호소\n기침\n"
)


def test_sections_are_found_by_their_headers() -> None:
    found = [(section.name, NOTE[section.start : section.end].strip()) for section in split_sections(NOTE)]
    assert found == [
        ("preamble", "Seen today."),
        ("chief_complaint", "cough"),
        ("medications", "aspirin 81 mg"),
        ("assessment_and_plan", "rest"),
        ("chief_complaint", "기침"),
    ]


def test_a_run_in_header_holds_its_line_where_headers_stand_alone() -> None:
    note = "PHYSICAL EXAM\nVitals: 120/80\nLungs clear.\nP: 76\nPLAN\nRest.\n"
    assert section_texts(note) == {
        "vitals": "120/80",
        "physical_exam": "Lungs clear.\nP: 76",
        "plan": "Rest.",
    }
    shorthand = "PMH: nil\nDH: microgynon\nNKDA\nFH: mother - migraine\n"
    assert section_texts(shorthand) == {
        "past_medical_history": "nil",
        "medications": "microgynon\nNKDA",
        "family_history": "mother - migraine",
    }


def test_a_site_adds_its_own_headings() -> None:
    headers = extend(default_headers(), {"plan": ["What we agreed"], "social_work": ["Social work"]})
    note = "What we agreed\nrest\nSOCIAL WORK:\nhousing\n"
    assert section_texts(note, headers) == {"plan": "rest", "social_work": "housing"}
    assert section_texts(note) == {"preamble": note.strip()}


ACI_BENCH = Path(__file__).parents[3] / "shared" / "data" / "aci-bench"


@pytest.mark.skipif(not ACI_BENCH.is_dir(), reason="the shared ACI-BENCH notes are not beside this checkout")
def test_aci_benchs_divisions_are_found() -> None:
    """The paper: every note has the other three divisions; some lack objective results."""
    headers = default_headers()
    counts = dict.fromkeys(("subjective", "objective_exam", "objective_results", "assessment_and_plan"), 0)
    notes = 0
    for name in ("valid.csv", "clinicalnlp_taskB_test1.csv"):
        with (ACI_BENCH / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                notes += 1
                for division in {headers.division.get(section) for section in section_texts(row["note"])}:
                    if division is not None:
                        counts[division] += 1
    assert notes == 60
    assert counts["subjective"] == counts["objective_exam"] == counts["assessment_and_plan"] == 60
    assert 42 <= counts["objective_results"] <= 50  # 48 of all 207 lack it


@given(
    st.lists(st.sampled_from(["PLAN\n", "cough\n", "HPI: since May\n", "\n", "주호소\n"]), max_size=8).map(
        "".join
    )
)
def test_sections_cover_the_note_without_gaps(note: str) -> None:
    sections = split_sections(note)
    assert "".join(note[s.header_start : s.end] for s in sections) == note


def test_excluded_blocks_are_counted_and_overlaps_once() -> None:
    note = "A\n--- auto\nx\n--- end\nB\nRESULTS\nNa 140\n"
    block = re.compile(r"(?s)--- auto.*?--- end\n")
    left = exclude_blocks(note, [block, re.compile("x\n")], ["results"])
    assert left.text == "A\nB\n"
    assert (left.blocks, left.characters) == (2, len(note) - 4)


def test_moved_text_is_found_once_and_only_between_sections() -> None:
    def note(**sections: str) -> Labelled:
        tokens = [(word, name) for name, text in sections.items() for word in text.split()]
        return Labelled([word for word, _ in tokens], [name for _, name in tokens])

    moved = find_moves(note(exam="lungs clear", results="k a b c d e"), note(exam="a b c d e lungs clear"))
    assert moved == (Move(3, 0, 5),)
    assert find_moves(note(plan="a b c d x y"), note(plan="x y a b c d")) == ()
    assert find_moves(note(exam="x", plan="a b c"), note(exam="a b c x")) == ()
    twice = find_moves(note(exam="", plan="a b c d a b c d"), note(exam="a b c d", plan=""))
    assert [move.length for move in twice] == [4]
