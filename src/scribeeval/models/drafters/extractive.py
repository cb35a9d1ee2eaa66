"""The extractive drafter: a note made of the visit's own sentences.  Deterministic, no model.

It keeps the sentences that carry a clinical term or a number and files each under a heading by who
said it and by cue words.  Nothing is rephrased, so nothing is invented; much is missed.
"""

import re
from collections.abc import Sequence
from itertools import groupby

from scribeeval.io.files import sha256_of_json
from scribeeval.records import Producer, Segment
from scribeeval.terms import LEXICON, find_core_terms

NAME = "extractive"
REVISION = "1"

HEADINGS = {
    "chief_complaint": "CHIEF COMPLAINT",
    "history": "HISTORY OF PRESENT ILLNESS",
    "medications": "MEDICATIONS",
    "allergies": "ALLERGIES",
    "family": "FAMILY HISTORY",
    "exam": "PHYSICAL EXAM",
    "results": "RESULTS",
    "plan": "ASSESSMENT AND PLAN",
}
_SENTENCE = re.compile(r"[^.?!\n]+(?:\.(?=\d)[^.?!\n]+)*[.?!]?")
_NUMBER = re.compile(r"\d")
# Cues by heading, tried in this order; the first that matches files the sentence.
_CUES = {
    "allergies": re.compile(r"\ballerg", re.IGNORECASE),
    "family": re.compile(
        r"\b(?:my|her|his|your) "
        r"(?:mother|mom|mum|father|dad|brother|sister|son|daughter|grand\w+|aunt|uncle)\b",
        re.IGNORECASE,
    ),
    "plan": re.compile(
        r"\b(?:let's|we'll|i'll|i'm going to|i'd like|i want|we should|start|stop|hold|increase|decrease|"
        r"reduce|continue|refer|order|schedule|follow[- ]up|come back|call (?:us|me)|recheck|prescribe)\b",
        re.IGNORECASE,
    ),
    "exam": re.compile(
        r"\b(?:i hear|i see|i feel|i can feel|looks?|lungs|heart sounds|clear|tender|swollen|normal|bulging|"
        r"red|soft|reflexes|range of motion|blood pressure|heart rate|pulse|temperature|weight)\b",
        re.IGNORECASE,
    ),
}


def producer() -> Producer:
    """Name the drafter and everything that its notes depend on."""
    return Producer(NAME, REVISION, sha256_of_json({"lexicon": LEXICON, "headings": HEADINGS}))


def draft(segments: Sequence[Segment]) -> str:
    """Draft a note from a transcript's segments; "" when nothing in them carries a term or a number.

    Sentences of a speaker that is not known are filed as the patient's unless a plan cue says otherwise.
    """
    filed: dict[str, list[str]] = {name: [] for name in HEADINGS}
    for speaker, turn in groupby(segments, key=lambda segment: segment.speaker):
        for match in _SENTENCE.finditer(" ".join(segment.text for segment in turn)):
            sentence = match[0].strip()
            semantic_types = [mention.semantic_type for mention in find_core_terms(sentence)]
            if sentence.endswith("?") or not (semantic_types or _NUMBER.search(sentence)):
                continue
            filed[_heading(sentence, speaker, semantic_types, filed)].append(sentence)
    return "\n\n".join(
        "\n".join([HEADINGS[name], *dict.fromkeys(sentences)])
        for name, sentences in filed.items()
        if sentences
    )


def _heading(
    sentence: str, speaker: str | None, semantic_types: Sequence[str], filed: dict[str, list[str]]
) -> str:
    """Choose the heading of one sentence."""
    clinician = speaker == "clinician"
    for name in ("allergies", "family"):
        if _CUES[name].search(sentence):
            return name
    if clinician or speaker is None:
        if _CUES["plan"].search(sentence):
            return "plan"
        if clinician and "lab_or_vital" in semantic_types and _NUMBER.search(sentence):
            return "results"
        if clinician and _CUES["exam"].search(sentence):
            return "exam"
        if clinician:
            return "plan"
    if not filed["chief_complaint"] and "symptom" in semantic_types:
        return "chief_complaint"
    return "medications" if "drug" in semantic_types else "history"
