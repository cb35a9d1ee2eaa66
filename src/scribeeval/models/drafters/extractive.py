"""The extractive drafter: a note made of the visit's own sentences.  Deterministic, no model.

It keeps the sentences that carry the most clinical terms and numbers and files each under a heading by who
said it, what was asked, cue words and its terms; a question that was answered yes or no becomes a statement.
Fillers and what leads up to an order go, numbers are written in digits, nothing else is reworded.  Method,
numbers and limits: docs/extractive.md.
"""

from collections.abc import Mapping, Sequence

from scribeeval.io.files import sha256_of_json
from scribeeval.metrics.content.grounding import ground
from scribeeval.models.drafters.base import Drafter, Plan
from scribeeval.models.drafters.extract.answers import find_answered
from scribeeval.models.drafters.extract.choosing import OPTIONS, choose, find_complaint, repeats
from scribeeval.models.drafters.extract.cues import cue_table
from scribeeval.models.drafters.extract.filing import file_all
from scribeeval.models.drafters.extract.spoken import Said, read_visit
from scribeeval.models.drafters.extract.wording import as_order, sentence_case, without_opening
from scribeeval.records import Producer, Segment
from scribeeval.terms import CLINICAL_LEXICON

NAME = "extractive"
REVISION = "2"

HEADINGS = {
    "chief_complaint": "CHIEF COMPLAINT",
    "history_of_present_illness": "HISTORY OF PRESENT ILLNESS",
    "past_surgical_history": "PAST SURGICAL HISTORY",
    "medications": "MEDICATIONS",
    "allergies": "ALLERGIES",
    "family_history": "FAMILY HISTORY",
    "social_history": "SOCIAL HISTORY",
    "review_of_systems": "REVIEW OF SYSTEMS",
    "physical_exam": "PHYSICAL EXAM",
    "results": "RESULTS",
    "assessment_and_plan": "ASSESSMENT AND PLAN",
}
_TAGS = {"clinician": "[doctor] ", "patient": "[patient] ", "other": "[patient_guest] ", None: ""}

Lines = Mapping[str, Sequence[str]]


def producer() -> Producer:
    """Name the drafter and everything that its notes depend on."""
    depends = {"lexicon": CLINICAL_LEXICON, "headings": HEADINGS, "cues": cue_table(), "options": OPTIONS}
    return Producer(NAME, REVISION, sha256_of_json(depends))


def drafter() -> Drafter:
    """Give the drafter; its plans have no questions."""
    return Drafter(producer(), lambda visit_id, segments: Plan((), lambda answers: draft(segments)))


def draft(segments: Sequence[Segment]) -> str:
    """Draft a note from a transcript's segments; "" where nothing in them carries a term or a number.

    Who speaks is taken from the segments, else from tags in their text, else guessed from the wording.
    Every statement of the note is grounded in the transcript, as the metric `support` reads it.
    """
    said = read_visit(segments)
    filed = file_all(said)
    complaint = find_complaint(said, filed)
    answered = find_answered(said)
    denied = {concept for one in answered for concept in one.denied}
    lines: dict[str, list[str]] = {section: [] for section in HEADINGS}
    if complaint is not None:
        lines["chief_complaint"].append(f'"{sentence_case(without_opening(complaint.text))}"')
    for one in choose([one for one in filed if one.said is not complaint], said):
        if not repeats(one, denied):
            lines[one.section].append(_written(one.said))
    for statement in answered:
        lines[statement.section].append(statement.text)
    return _grounded(lines, segments)


def _written(one: Said) -> str:
    text = without_opening(one.text)
    return sentence_case(as_order(text) if one.clinician else text)


def _put_together(lines: Lines) -> str:
    return "\n\n".join(
        "\n".join([HEADINGS[section], *dict.fromkeys(texts)]) for section, texts in lines.items() if texts
    )


def _grounded(lines: Lines, segments: Sequence[Segment]) -> str:
    """Put the note together without the lines that `support` does not find in the transcript.

    Their words were said, but cut off or answered otherwise, they say something else.  What is left is
    read again: "None." may hold only beside other lines.
    """
    source = "\n".join(f"{_TAGS[segment.speaker]}{segment.text}" for segment in segments)
    while True:
        note = _put_together(lines)
        unsaid = {
            note[note.rfind("\n", 0, one.start) + 1 : f"{note}\n".index("\n", one.start)]
            for one in ground(note, source)
            if one.share is not None and not one.grounded
        }
        kept = {section: [t for t in texts if t not in unsaid] for section, texts in lines.items()}
        if kept == lines:
            return note
        lines = kept
