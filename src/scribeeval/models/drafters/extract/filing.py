"""Under which heading of a note a sentence of a visit belongs: by who says it, cue words and its terms."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scribeeval.models.drafters.extract.cues import cues
from scribeeval.models.drafters.extract.spoken import Said

# Measured at the bedside: the examination holds them, not the results.
BEDSIDE = frozenset(
    (
        "blood pressure", "heart rate", "respiratory rate", "temperature", "oxygen saturation", "weight",
        "height", "body mass index", "pain score", "visual acuity", "range of motion",
    )
)  # fmt: skip
_SELF = re.compile(r"\bi(?:'m|'ve)?\b")
_OF_SELF = re.compile(r"(?:and |so |no,? )*i(?:'m| am|'ve| have| had)\b")
_THEM = re.compile(r"(?:and |so )?(?:he|she|they|her|his|their)\b")
_ON_EXAM = re.compile(r"(?:and |so |okay )*(?:on|your|the) (?:\w+ ){0,2}exam")
_LATER = re.compile(r"\b(?:until|once|recheck|repeat)\b")
_DIGIT = re.compile(r"\d")


class Filed(NamedTuple):
    """A sentence, its section, and whether it goes on with what was said or asked before."""

    said: Said
    section: str
    goes_on: bool


def file_all(said: Sequence[Said]) -> list[Filed]:
    """File every sentence that is no question; what only keeps the talk going is left out."""
    noise = cues()["noise"]
    phase, topic, turn = "history", None, -1
    filed: list[Filed] = []
    for one in said:
        text = one.text.lower()
        before = filed[-1].section if filed and filed[-1].said.turn == one.turn else None
        if one.clinician:
            topic = topic if one.turn == turn else None  # a question passes its topic on to its answer only
            turn = one.turn
            phase = _phase(phase, one, text)
            if one.answer is not None:
                topic = topic_of(text)
            elif not noise["clinician"].search(text) or (one.mentions and _DIGIT.search(text)):
                filed.append(_file_clinicians(one, text, phase, before))
        elif one.answer is None and not noise["patient"].search(text) and (one.mentions or phase != "plan"):
            filed.append(_file_patients(one, text, topic, before))
    return filed


def _first(patterns: Mapping[str, re.Pattern[str]], text: str) -> str | None:
    return next((name for name, pattern in patterns.items() if pattern.search(text)), None)


def topic_of(text: str) -> str | None:
    """Name the section that a text in lower case is about by its words; None where they name none."""
    return _first(cues()["topics"], text)


def _phase(phase: str, one: Said, text: str) -> str:
    """A visit goes from history to examination to plan; it may skip, but does not go back from the plan."""
    table = cues()["clinician"]
    diagnosis = any(
        m.semantic_type == "diagnosis" and m.assertion in ("present", "possible") for m in one.mentions
    )
    assesses = table["assessment"].search(text) or not table["exam"].search(text)
    if phase == "plan" or (phase == "exam" and diagnosis and one.answer is None and assesses):
        return "plan"
    return _first(cues()["phases"], text) or phase


def _file_clinicians(one: Said, text: str, phase: str, before: str | None) -> Filed:
    """A sentence without a term or a cue of its own goes where the one before it in the turn went."""
    table = cues()["clinician"]
    plain = not (one.mentions or table["exam"].search(text) or table["plan"].search(text))
    if before is not None and plain:
        return Filed(one, before, goes_on=True)
    return Filed(one, _clinicians_section(one, text, phase), goes_on=False)


def _clinicians_section(one: Said, text: str, phase: str) -> str:
    table = cues()["clinician"]
    topic = topic_of(text)
    if phase == "history" and table["history"].search(text):
        return "family_history" if topic == "family_history" else "history_of_present_illness"
    number = _DIGIT.search(text) is not None
    plans = table["plan"].search(text) or _LATER.search(text)
    values = {m.concept in BEDSIDE for m in one.mentions if m.semantic_type == "lab_or_vital"}
    if number and True in values and not plans:
        return "physical_exam"
    if ((number and False in values) or table["results"].search(text)) and not plans:
        return "results"
    prescribes = phase != "history" and number and any(m.semantic_type == "drug" for m in one.mentions)
    if prescribes or (plans and not (phase == "exam" and _ON_EXAM.match(text))):
        return "assessment_and_plan"
    if phase != "plan" and table["exam"].search(text) and (phase == "exam" or one.mentions):
        return "physical_exam"
    if phase == "history":
        return topic or "history_of_present_illness"
    return "physical_exam" if phase == "exam" and one.mentions else "assessment_and_plan"


def _file_patients(one: Said, text: str, asked: str | None, before: str | None) -> Filed:
    """The patient's own topic counts before what was asked; who comes along may speak of an own illness."""
    if asked == "family_history" and _SELF.search(text):
        asked = None
    section = topic_of(text) or asked
    if (before == "family_history" and _THEM.match(text)) or (
        one.guest and one.mentions and _OF_SELF.match(text)
    ):
        section = "family_history"
    return Filed(one, section or _patients_section(one), goes_on=section is not None)


def _patients_section(one: Said) -> str:
    drugs = [m for m in one.mentions if m.semantic_type == "drug"]
    if any({"dose", "frequency"} & m.attributes.keys() for m in drugs):
        return "medications"
    judged = [m.assertion for m in one.mentions if m.semantic_type in ("symptom", "diagnosis")]
    if judged and all(assertion == "absent" for assertion in judged):
        return "review_of_systems"
    return "history_of_present_illness"
