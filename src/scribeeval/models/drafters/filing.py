"""Under which heading of a note a sentence of a visit belongs: by who says it, cue words and its terms."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from scribeeval.models.drafters.spoken import Said

NO_CUE = re.compile(r"(?!)")
FEW_WORDS = 3


class Filed(NamedTuple):
    """A sentence, the section that it belongs to, and whether it answers a question on that section."""

    said: Said
    section: str
    asked: bool


Cues = Mapping[str, Mapping[str, re.Pattern[str]]]


@cache
def cue_table() -> dict[str, dict[str, list[str]]]:
    """Read the packaged cues as they are written: group -> name -> patterns over lower-case text."""
    table = resources.files("scribeeval.models") / "data" / "extractive_cues.toml"
    return tomllib.loads(table.read_text(encoding="utf-8"))


@cache
def cues() -> Cues:
    """Compile the packaged cues."""
    return {
        group: {name: re.compile("|".join(f"(?:{cue})" for cue in found)) for name, found in names.items()}
        for group, names in cue_table().items()
    }


def file_all(said: Sequence[Said]) -> list[Filed]:
    """File every sentence that is no question; what only keeps the talk going is left out."""
    table = cues()
    phase, topic = "history", None
    filed = []
    for one in said:
        text = one.text.lower()
        own = _first(table["topics"], text)
        if one.clinician:
            phase = _phase(phase, text)
            topic = own if one.answer is not None else None
            if one.answer is None and not table["noise"]["clinician"].search(text):
                filed.append(Filed(one, _clinicians(text, one, phase, own), False))
        elif one.answer is None and not table["noise"]["patient"].search(text):
            section = own or topic or _patients(one)
            filed.append(Filed(one, section, own is None and topic is not None))
    return filed


def _first(patterns: Mapping[str, re.Pattern[str]], text: str) -> str | None:
    return next((name for name, pattern in patterns.items() if pattern.search(text)), None)


def _phase(phase: str, text: str) -> str:
    """A visit goes from history to examination to plan; it may skip, and goes back only to examine."""
    found = _first(cues()["phases"], text)
    return found if found and not (phase == "plan" and found == "exam") else phase


def _clinicians(text: str, one: Said, phase: str, own: str | None) -> str:
    table = cues()["clinician"]
    kinds = {m.semantic_type for m in one.mentions}
    if phase == "history":
        if table["exam"].search(text) and table["results"].search(text) is None and re.search(r"\d|\bno\b", text):
            return "physical_exam"
        if table["results"].search(text) and kinds & {"lab_or_vital", "procedure"}:
            return "results"
        return own or "history_of_present_illness"
    if table["results"].search(text) and not (phase == "plan" and table["plan"].search(text)):
        return "results"
    if phase == "exam":
        if table["exam"].search(text) and not table["plan"].search(text):
            return "physical_exam"
        if "lab_or_vital" in kinds and re.search(r"\d", text):
            return "results"
    return "assessment_and_plan"


def _patients(one: Said) -> str:
    kinds = {m.semantic_type for m in one.mentions}
    if "drug" in kinds and any("dose" in m.attributes or "frequency" in m.attributes for m in one.mentions):
        return "medications"
    symptoms = [m for m in one.mentions if m.semantic_type == "symptom"]
    if symptoms and all(m.assertion == "absent" for m in symptoms) and kinds == {"symptom"}:
        return "review_of_systems"
    return "history_of_present_illness"
