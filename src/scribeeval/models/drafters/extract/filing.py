"""Under which heading of a note a sentence of a visit belongs: by who says it, cue words and its terms."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scribeeval.models.drafters.extract.cues import cues
from scribeeval.models.drafters.extract.spoken import Said

_SELF = re.compile(r"\bi(?:'m|'ve)?\b")
_THEM = re.compile(r"(?:and |so )?(?:he|she|they|her|his|their)\b")
_ON_EXAM = re.compile(r"(?:and |so |okay )*(?:on|your|the) \w*\s?(?:physical |heart |lung |\w+ )?exam")
_IS_SELF = re.compile(r"(?:and |so |no,? )*i(?:'m| am|'ve| have| had)\b")
_DIGIT = re.compile(r"\d")
_LATER = re.compile(r"\b(?:until|once|recheck|repeat)\b")
BEDSIDE = frozenset(
    ("blood pressure", "heart rate", "respiratory rate", "temperature", "oxygen saturation", "weight", "height",
     "body mass index", "pain score", "visual acuity", "range of motion")
)  # fmt: skip


class Filed(NamedTuple):
    """A sentence, the section that it belongs to, and whether it goes on with what was said or asked before."""

    said: Said
    section: str
    goes_on: bool


def file_all(said: Sequence[Said]) -> list[Filed]:
    """File every sentence that is no question; what only keeps the talk going is left out.

    A sentence without a term or topic of its own goes where the one before it in the turn went.
    """
    table = cues()
    phase, topic, turn = "history", None, -1
    filed: list[Filed] = []
    for one in said:
        text = one.text.lower()
        own = _first(table["topics"], text)
        before = filed[-1] if filed and filed[-1].said.turn == one.turn else None
        if one.clinician:
            if one.turn != turn:
                topic, turn = None, one.turn
            phase = "plan" if _assesses(one, text, phase) else _phase(phase, text)
            if one.answer is not None:
                topic = own
            elif not table["noise"]["clinician"].search(text) or (one.mentions and _DIGIT.search(text)):
                goes_on = before is not None and not one.mentions and not _first(_own_kinds(), text)
                section = before.section if before and goes_on else _clinicians(text, one, phase, own)
                filed.append(Filed(one, section, goes_on))
        elif one.answer is None and not table["noise"]["patient"].search(text):
            asked = (
                own is None and topic is not None and not (topic == "family_history" and _SELF.search(text))
            )
            section = own or (topic if asked and topic else _patients(one))
            theirs = before is not None and before.section == "family_history" and _THEM.match(text)
            if theirs or (one.guest and one.mentions and _IS_SELF.match(text)):
                section = "family_history"
            filed.append(Filed(one, section, asked or own is not None))
    return filed


def _first(patterns: Mapping[str, re.Pattern[str]], text: str) -> str | None:
    return next((name for name, pattern in patterns.items() if pattern.search(text)), None)


def _own_kinds() -> Mapping[str, re.Pattern[str]]:
    return {name: cues()["clinician"][name] for name in ("exam", "plan")}


def _phase(phase: str, text: str) -> str:
    """A visit goes from history to examination to plan; it may skip, and goes back only to examine."""
    found = _first(cues()["phases"], text)
    return found if found and not (phase == "plan" and found == "exam") else phase


def _clinicians(text: str, one: Said, phase: str, own: str | None) -> str:
    """File a clinician's statement by what it is, else by the part of the visit."""
    table = cues()["clinician"]
    plans = table["plan"].search(text) or _LATER.search(text)
    number = _DIGIT.search(text)
    valued = {m.concept in BEDSIDE for m in one.mentions if number and m.semantic_type == "lab_or_vital"}
    if phase == "history" and table["history"].search(text):
        return own if own == "family_history" else "history_of_present_illness"
    if True in valued and not plans:
        return "physical_exam"
    if (False in valued or table["results"].search(text)) and not plans:
        return "results"
    if phase != "history" and number and any(m.semantic_type == "drug" for m in one.mentions):
        return "assessment_and_plan"
    if plans and not (phase == "exam" and _ON_EXAM.match(text)):
        return "assessment_and_plan"
    if phase != "plan" and table["exam"].search(text) and (phase == "exam" or one.mentions):
        return "physical_exam"
    if phase == "history":
        return own or "history_of_present_illness"
    return "physical_exam" if phase == "exam" and one.mentions else "assessment_and_plan"


def _assesses(one: Said, text: str, phase: str) -> bool:
    """Tell whether a clinician names a diagnosis after the examination has begun."""
    diagnosis = any(
        m.semantic_type == "diagnosis" and m.assertion in ("present", "possible") for m in one.mentions
    )
    table = cues()["clinician"]
    if phase == "history" or one.answer is not None or not diagnosis:
        return False
    return table["assessment"].search(text) is not None or table["exam"].search(text) is None


def _patients(one: Said) -> str:
    kinds = {m.semantic_type for m in one.mentions}
    if "drug" in kinds and any({"dose", "frequency"} & m.attributes.keys() for m in one.mentions):
        return "medications"
    judged = [m.assertion for m in one.mentions if m.semantic_type in ("symptom", "diagnosis")]
    if judged and all(assertion == "absent" for assertion in judged):
        return "review_of_systems"
    return "history_of_present_illness"
