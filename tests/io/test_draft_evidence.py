"""Evidence links of HealthScribe: whether they exist, whether they support, and where nobody can tell."""

import json
from pathlib import Path
from typing import Any

import pytest

from scribeeval.io.drafts import FLAGS, read_drafts
from scribeeval.io.drafts.base import Sentence
from scribeeval.io.drafts.evidence import check, flags, is_supported
from scribeeval.io.visits import read_visits
from scribeeval.metrics.content.grounding import ground

SAID = [
    ("s1", "CLINICIAN_0", "What brings you in?"),
    ("s2", "PATIENT_0", "My left knee has hurt for two weeks."),
    ("s3", "CLINICIAN_0", "Any fever?"),
    ("s4", "PATIENT_0", "No, none."),
    ("s5", "CLINICIAN_0", "Take ibuprofen four hundred milligrams."),
]
TRANSCRIPT = {
    "Conversation": {
        "TranscriptSegments": [
            {"SegmentId": i, "Content": text, "ParticipantDetails": {"ParticipantRole": role}}
            for i, role, text in SAID
        ]
    }
}
DEMO = Path(__file__).parents[2] / "datasets" / "demo" / "visits.csv"


def note(*sentences: tuple[str, list[str]]) -> dict[str, Any]:
    summary = [
        {"SummarizedSegment": text, "EvidenceLinks": [{"SegmentId": i} for i in ids]}
        for text, ids in sentences
    ]
    return {"ClinicalDocumentation": {"Sections": [{"SectionName": "PLAN", "Summary": summary}]}}


NOTE = note(
    ("Left knee pain for 2 weeks.", ["s1", "s2"]),  # right
    ("Denies fever.", ["s3", "s4"]),  # right: the question and its answer
    ("Ibuprofen 400 mg.", ["s2"]),  # said, but not there
    ("Ibuprofen 400 mg.", ["s5", "s9"]),  # s9 is no segment
    ("Follow up as needed.", []),  # without evidence
)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (("V01_summary.json", "V01_transcript.json"), True),
        (("V01.json", "V01-transcript.json"), True),
        (("V01/summary.json", "V01/transcript.json"), True),
        (("V01.json", "V02_transcript.json"), False),
    ],
)
def test_the_transcript_beside_the_note(tmp_path: Path, files: tuple[str, str], found: bool) -> None:
    for name, value in zip(files, (NOTE, TRANSCRIPT), strict=True):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(value))
    drafts = read_drafts(tmp_path, ["V01"])
    assert drafts.problems == ()
    counts = {"sentences": 5, "links": 7, "sentences_without_link": 1}
    raised: tuple[str, ...] = ("links_not_checked", "sentences_without_link")
    if found:
        counts |= {"links_without_segment": 1, "sentences_not_supported": 1}
        raised = ("links_without_segment", "sentences_without_link", "sentences_not_supported")
    assert drafts.facts == {"V01": counts}
    assert drafts.flags == {"V01": raised}
    assert set(raised) <= set(FLAGS)


def test_a_single_file_finds_its_transcript_too(tmp_path: Path) -> None:
    (tmp_path / "V01.json").write_text(json.dumps(NOTE))
    (tmp_path / "V01_transcript.json").write_text(json.dumps(TRANSCRIPT))
    assert read_drafts(tmp_path / "V01.json", ["V01"]).facts["V01"]["sentences_not_supported"] == 1


@pytest.mark.parametrize(
    "content", ['{"Conversation"', "[]", '{"Conversation": {"TranscriptSegments": ["Okonkwo"]}}']
)
def test_a_transcript_that_cannot_be_read_costs_the_check_and_not_the_draft(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "V01.json").write_text(json.dumps(NOTE))
    (tmp_path / "V01_transcript.json").write_text(content)
    drafts = read_drafts(tmp_path / "V01.json", ["V01"])
    assert list(drafts.notes) == ["V01"]
    assert "links_not_checked" in drafts.flags["V01"]
    (problem,) = drafts.problems
    assert problem.message.startswith("V01_transcript.json: ")
    assert "Okonkwo" not in problem.message


def test_all_well_raises_nothing() -> None:
    segments = {"a": "Patient: I have a cough."}
    assert flags(check([Sentence("Cough.", ("a",))], segments)) == ()
    assert flags(check([Sentence("Doing.", ("a",))], segments)) == ()  # no fact: nothing to support
    assert flags(check([Sentence("Cough.", ("a",)), Sentence("Rash.", ("a",))], segments)) == (
        "sentences_not_supported",
    )


def test_a_sentence_of_which_evidence_is_missing_is_not_judged_by_the_rest() -> None:
    counts = check([Sentence("Rash.", ("a", "z"))], {"a": "Patient: I have a cough."})
    assert (counts["links_without_segment"], counts["sentences_not_supported"]) == (1, 0)


def test_right_links_are_told_from_wrong_ones_on_the_demo() -> None:
    """Of sentences that the whole visit holds, linked to the lines that say so, and to others."""
    right = wrong = n = 0
    for visit in read_visits(DEMO).visits:
        note, lines = visit.signed_note or "", (visit.reference_transcript or "").split("\n")
        segments = {str(number): line for number, line in enumerate(lines)}
        whole = "\n".join(lines)
        for one in ground(note, whole):
            if one.grounded:
                said = [whole.count("\n", 0, start) for start, _ in one.evidence]
                far = [(number + len(lines) // 2) % len(lines) for number in said]
                n += 1
                right += is_supported(Sentence(note[one.start : one.end], tuple(map(str, said))), segments)
                wrong += is_supported(Sentence(note[one.start : one.end], tuple(map(str, far))), segments)
    assert (n, right, wrong) == (176, 173, 0)
