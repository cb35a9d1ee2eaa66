"""The extractive drafter: a note made of the visit's own sentences.  Deterministic, no model.

It keeps the sentences that carry the most clinical terms and numbers for their length and files each under a
heading by who said it, what was asked, cue words and its terms.  Nothing is said that was not said.
"""

import re
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from scribeeval.io.files import sha256_of_json
from scribeeval.metrics.content.grounding import ground
from scribeeval.models.drafters.base import Drafter, Plan
from scribeeval.models.drafters.filing import Filed, cue_table, cues, file_all
from scribeeval.models.drafters.spoken import Said, read_visit
from scribeeval.models.drafters.wording import as_order, sentence_case, without_opening
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
LEAST = 1.0  # clinical load of a sentence that is kept
FEWEST = 200
SHARE = 0.3  # of the words said
MOST = 500
LEAST_WORDS, MOST_WORDS = 5, 40  # of a chief complaint
COMPLAINED = ("symptom", "diagnosis", "anatomy", "lab_or_vital")
DENIED = ("symptom", "diagnosis")
_OWN = re.compile(r"\b(?:i|i'm|i've|my|me|her|his|she|he)\b|[가-힣]", re.IGNORECASE)
REACH = 12  # sentences after a question in which its answer begins
LONGEST = 25  # words of a question that becomes a denial
_LEAD = re.compile(
    r"(?:(?:do|did|have|had|are|were) you (?:also )?(?:ever |noticed |noticing |had |having |have |get |got |getting |experiencing |experienced"
    r" |been having )*(?P<feel>feel )?|\b(?:is|was|are|were) there |\b(?:how|what) about )"
    r"(?:(?<=have )|(?<=had )|(?<=having )|(?<=feel )|(?=any |an? ))(?:any (?:other )?|an? )?|\bany (?:other )?",
    re.IGNORECASE,
)
_OPEN_ENDED = re.compile(
    r"\b(?:you|your|like that|anything|symptoms|problems|issues|here|this|that|it|the|when|else)\b", re.IGNORECASE
)
_LIST = re.compile(r"\b(?:or|and|an?|no)\b")
_WORDS = re.compile(r"\w")
OPTIONS = {"weights": WEIGHTS, "least": LEAST, "fewest": FEWEST, "share": SHARE, "most": MOST}


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
    filed = file_all(said)
    complaint = _complaint(said)
    parts: dict[str, list[str]] = {name: [] for name in HEADINGS}
    if complaint is not None:
        parts["chief_complaint"].append(f'"{_capital(complaint.text)}"')
    denials = _denials(said)
    denied = frozenset().union(*(denial.concepts for denial in denials))
    rest = [one for one in filed if one.said is not complaint and not _repeats(one, denied)]
    for one in _chosen(rest, said):
        parts[one.section].append(_written(one.said))
    parts["review_of_systems"] += [denial.text for denial in denials]
    note = _put_together(parts)
    unsaid = _unsaid(note, segments)
    return _put_together({name: [text for text in texts if text not in unsaid] for name, texts in parts.items()})


def _put_together(parts: Mapping[str, Sequence[str]]) -> str:
    return "\n\n".join("\n".join([HEADINGS[name], *dict.fromkeys(texts)]) for name, texts in parts.items() if texts)


def _unsaid(note: str, segments: Sequence[Segment]) -> set[str]:
    """List the lines of a note that the metric support does not find in the transcript.

    They were said, but cut or joined so that they now say something else.
    """
    names = {"clinician": "[doctor] ", "patient": "[patient] ", "other": "[patient_guest] ", None: ""}
    source = "\n".join(f"{names[segment.speaker]}{segment.text}" for segment in segments)
    return {
        note[note.rfind("\n", 0, one.start) + 1 : (note + "\n").index("\n", one.start)]
        for one in ground(note, source)
        if one.share is not None and not one.grounded
    }


def _capital(text: str) -> str:
    return sentence_case(without_opening(text))


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _written(one: Said) -> str:
    text = without_opening(one.text)
    return sentence_case(as_order(text) if one.clinician else text)


def _complaint(said: Sequence[Said]) -> Said | None:
    """The patient's first own sentence, in the visit's first third, that speaks of the body or an illness."""
    for one in said[: len(said) // 3 + 2]:
        if (
            not one.clinician
            and one.answer is None
            and LEAST_WORDS <= len(one.text.split()) <= MOST_WORDS
            and _OWN.search(one.text)
            and (
                any(m.semantic_type in COMPLAINED and m.assertion in ("present", "possible") for m in one.mentions)
                or cues()["complaint"]["patient"].search(one.text.lower())
            )
        ):
            return one
    return None


def _repeats(one: Filed, denied: Set[str]) -> bool:
    """Tell whether a sentence only denies what a question that was answered no has."""
    said = {(m.concept, m.assertion) for m in one.said.mentions}
    return bool(said) and all(assertion == "absent" and concept in denied for concept, assertion in said)


def _chosen(filed: Sequence[Filed], said: Sequence[Said]) -> list[Filed]:
    budget = min(MOST, FEWEST + SHARE * sum(len(one.text.split()) for one in said))
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
    """Clinical load of a sentence; 0 of a fragment, and of what only denies (_denied has it)."""
    text = without_opening(one.said.text)
    if text.endswith("..."):
        return 0.0
    terms = sum(WEIGHTS.get(m.semantic_type, 0.0) for m in one.said.mentions)
    load = terms + sum(any(c.isdigit() for c in word) for word in text.split())
    if one.goes_on and (load or len(text.split()) > 2):
        load += 1.0 if one.said.clinician else 2.0
    if one.section == "assessment_and_plan" and cues()["clinician"]["plan"].search(text.lower()):
        load += 1.0
    return load


class Denial(NamedTuple):
    """A question that was answered no, as a statement, and the concepts that it denies."""

    text: str
    concepts: frozenset[str]


def _denials(said: Sequence[Said]) -> list[Denial]:
    """Write the questions that were answered no: "Any fever or chills?" "No." is "Denies fever or chills.".

    Only what the visit does not also affirm: "any pain?" may ask about one place or one moment.
    """
    affirmed = {
        m.concept for one in said if one.answer != "no" for m in one.mentions
        if m.assertion in ("present", "possible", "historical") or (one.answer and m.assertion != "absent")
    }  # fmt: skip
    found: dict[frozenset[str], Denial] = {}
    for at, one in enumerate(said):
        if one.answer != "no" or len(one.text.split()) > LONGEST or _tells_more(said, at):
            continue
        names = _asked_for(one)
        denied = frozenset(m.concept for m in one.mentions if m.semantic_type in DENIED and m.assertion == "absent")
        if names and denied and not denied & affirmed:
            found.setdefault(denied, Denial(f"Denies {names}.", denied))
    return list(found.values())


def _tells_more(said: Sequence[Said], at: int) -> bool:
    """Tell whether the turn that answers a question affirms something: then it speaks for itself."""
    answers = [one for one in said[at + 1 : at + 1 + REACH] if one.turn == said[at].turn + 1]
    return any(m.semantic_type in DENIED and m.assertion != "absent" for one in answers for m in one.mentions)


def _asked_for(one: Said) -> str:
    """What a question asks for, as a list; "" where it does not read as one."""
    text = without_opening(one.text).rstrip("?. ")
    text = text[3:] if text.lower().startswith("no ") else text
    leads = list(_LEAD.finditer(text))
    if leads:
        names = text[leads[-1].end() :]
        feeling = "feeling " if leads[-1]["feel"] else ""
        return "" if _OPEN_ENDED.search(names) else feeling + _lower(names)
    rest = text.lower()
    for mention in one.mentions:
        rest = rest.replace(mention.text.lower(), " ")
    return "" if _WORDS.search(_LIST.sub(" ", rest)) else _lower(text)
