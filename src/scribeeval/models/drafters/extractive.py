"""The extractive drafter: a note made of the visit's own sentences.  Deterministic, no model.

It keeps the sentences that carry the most clinical terms and numbers for their length and files each under a
heading by who said it, what was asked, cue words and its terms.  Nothing is said that was not said.
"""

from collections.abc import Iterator, Sequence

from scribeeval.io.files import sha256_of_json
from scribeeval.models.drafters.base import Drafter, Plan
from scribeeval.models.drafters.filing import Filed, cue_table, file_all
from scribeeval.models.drafters.spoken import Said, read_visit
from scribeeval.models.drafters.wording import sentence_case, without_opening
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
WEIGHTS = {"diagnosis": 3.0, "symptom": 2.0, "drug": 3.0, "procedure": 2.0, "lab_or_vital": 2.0, "allergen": 3.0, "anatomy": 1.0, "device": 1.0}
LEAST = 1.5
SHARE = 0.5  # of the words said
MOST = 600
OPTIONS = {"weights": WEIGHTS, "least": LEAST, "share": SHARE, "most": MOST}


def producer() -> Producer:
    """Name the drafter and everything that its notes depend on."""
    return Producer(
        NAME,
        REVISION,
        sha256_of_json({"lexicon": CLINICAL_LEXICON, "headings": HEADINGS, "cues": cue_table(), "options": OPTIONS}),
    )


def drafter() -> Drafter:
    """Give the drafter; its plans have no questions."""
    return Drafter(producer(), lambda visit_id, segments: Plan((), lambda answers: draft(segments)))


def draft(segments: Sequence[Segment]) -> str:
    """Draft a note from a transcript's segments; "" when nothing in them carries a term or a number."""
    said = read_visit(segments)
    filed = _chosen(file_all(said), said)
    parts: dict[str, list[str]] = {name: [] for name in HEADINGS}
    complaint = _complaint(said)
    if complaint is not None:
        parts["chief_complaint"].append(f'"{_written(complaint.text)}"')
    for one in filed:
        if one.said is not complaint:
            parts[one.section].append(_written(one.said.text))
    for text in _denied(said):
        parts["review_of_systems"].append(text)
    return "\n\n".join(
        "\n".join([HEADINGS[name], *dict.fromkeys(sentences)]) for name, sentences in parts.items() if sentences
    )


def _written(text: str) -> str:
    return sentence_case(without_opening(text))


def _complaint(said: Sequence[Said]) -> Said | None:
    """The patient's first own sentence that names a symptom which is present."""
    for one in said[: len(said) // 2 + 1]:
        if not one.clinician and one.answer is None and 3 <= len(one.text.split()) <= 40:
            if any(m.semantic_type in ("symptom", "diagnosis") and m.assertion in ("present", "possible") for m in one.mentions):
                return one
    return None


def _chosen(filed: Sequence[Filed], said: Sequence[Said]) -> list[Filed]:
    budget = min(MOST, SHARE * sum(len(one.text.split()) for one in said))
    scores = [_load(one) for one in filed]
    order = sorted((n for n, score in enumerate(scores) if score >= LEAST), key=lambda n: (-scores[n], n))
    kept = set()
    for n in order:
        words = len(filed[n].said.text.split())
        if words <= budget:
            kept.add(n)
            budget -= words
    return [filed[n] for n in sorted(kept)]


def _load(one: Filed) -> float:
    """Clinical load of a sentence."""
    load = sum(WEIGHTS.get(m.semantic_type, 0.0) for m in one.said.mentions)
    load += sum(any(c.isdigit() for c in word) for word in one.said.text.split())
    if one.asked:
        load += 2.0
    return load


def _denied(said: Sequence[Said]) -> Iterator[str]:
    for one in said:
        if one.answer == "no":
            names = [m.text for m in one.mentions if m.assertion == "absent" and m.semantic_type in ("symptom", "diagnosis")]
            if names:
                yield f"Denies {', '.join(dict.fromkeys(names))}."
