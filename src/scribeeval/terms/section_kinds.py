"""Tell what kind of content a statement of a note is: predicates over its words and its terms.

Each says yes only where the content is plain; `section_content.py` asks those that a section may not hold.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from scribeeval.terms.mentions import Mention

# Measured at the bedside: an examination or the vital signs hold them.
_BEDSIDE = frozenset(
    (
        "blood pressure", "heart rate", "respiratory rate", "temperature", "oxygen saturation", "weight",
        "height", "body mass index", "waist circumference", "head circumference", "pain score", "vital signs",
        "peak flow", "visual acuity", "glasgow coma scale", "intraocular pressure", "ankle-brachial index",
        "apgar score", "range of motion",
    )
)  # fmt: skip
_LIFELONG = frozenset(("genetic test", "blood type", "hla-b27"))
_SCORES = frozenset(("phq-9", "gad-7", "mini-mental state examination"))
_VITALS = frozenset(("blood pressure", "heart rate", "respiratory rate", "temperature", "oxygen saturation"))
_SUBJECT = re.compile(
    r"(?:(?:his|her|their|the|patient's|one|a|an|both|maternal|paternal|older|younger|big|little|twin)\s+)*"
)
_SAID = re.compile(
    r"\b(?:den(?:y|ies|ied)|reports?|reported|endorses?|complains?|notes?|states?|admits?|positive for"
    r"|negative for|history of|describes?|finds|feels)\b|호소|부인",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:reports?|reported|states?|notes?|gave|gives|said|says|brought|accompanied|is present|helps?)\b"
)
_NORMAL = re.compile(
    r"\b(?:(?:ab)?normal|low|high|elevated|neg(?:ative)?|pos(?:itive)?|(?:non)?reactive|unremarkable|pending|wnl"
    r"|within normal limits|(?:no|trace|large|small|moderate) \w+|[1-4]\+)(?!\w)|정상|음성|양성|상승"
)
_OPERATION = re.compile(
    r"(?:ectomy|plasty|otomy|ostomy|pexy)\b|surgery|surgical|repair|bypass|fusion|replacement|수술|절제술"
)
_REVIEWED = re.compile(
    r"(?:(?:he|she|patient|the patient) )?(?:den(?:y|ies|ied)|negative for|positive for)\b"
)
_BEGAN_WITH = 12  # characters: what a statement opens with


class View(NamedTuple):
    """One statement, in lower case, without its label and with it, and its terms."""

    text: str
    labelled: str
    mentions: Sequence[Mention]
    begins: int
    section: str


Words = Mapping[str, re.Pattern[str]]


def _opens_with(view: View, mention: Mention) -> bool:
    return mention.start - view.begins <= _BEGAN_WITH


def _is_family(view: View, words: Words) -> bool:
    """A blood relative is the subject and has a diagnosis: "Her brother has asthma"."""
    subject = _SUBJECT.match(view.labelled)
    relative = words["relative"].match(view.labelled, subject.end() if subject else 0)
    if relative is None:
        return view.text.startswith(("family history of", "가족력"))
    return not _TELLS.search(view.text) and any(m.semantic_type == "diagnosis" for m in view.mentions)


def _values(view: View) -> list[Mention]:
    return [
        mention
        for mention in view.mentions
        if mention.semantic_type == "lab_or_vital" and mention.concept not in _BEDSIDE
    ]


def _is_lab(view: View, words: Words) -> bool:
    """Open with a laboratory test that has a value or a verdict: "Creatinine 1.4", "thyroid function normal".

    A past history holds verdicts ("genetic testing negative"), a list of drugs potassium 20 mEq daily.
    """
    labs = [mention for mention in _values(view) if mention.concept not in _SCORES]
    diagnoses = [m.start for m in view.mentions if m.semantic_type in ("diagnosis", "drug")]
    if not labs or _is_order(view, words) or min(diagnoses, default=labs[0].start) < labs[0].start:
        return False
    if view.section == "medications" and words["schedule"].search(view.text):
        return False
    if any("value" in lab.attributes for lab in labs):
        return True
    past = view.section.startswith("past_") or labs[0].concept in _LIFELONG
    return not past and _opens_with(view, labs[0]) and _NORMAL.search(view.text) is not None


def _is_score(view: View, words: Words) -> bool:
    return any(mention.concept in _SCORES and "value" in mention.attributes for mention in view.mentions)


def _is_imaging_report(view: View, words: Words) -> bool:
    """Open with a study and say what it showed."""
    study = words["imaging"].search(view.labelled[:40])
    if study is None or _is_order(view, words) or _SAID.search(view.text):
        return False
    return words["reports"].search(view.labelled, study.end()) is not None


def _is_exam(view: View, words: Words) -> bool:
    """Name what only an examiner finds, and not as reported by the patient."""
    return (
        words["exam"].search(view.text) is not None
        and not _SAID.search(view.text)
        and not words["relative"].search(view.labelled)
    )


def _is_order(view: View, words: Words) -> bool:
    """Open with an order and give no result: "Start lisinopril", "Repeat potassium in 1 week"."""
    order = words["order"]
    opens = order.match(view.text) or (view.text[-1:] in "함정." and _korean_order(view.text, order))
    has_value = any(m.semantic_type == "lab_or_vital" and "value" in m.attributes for m in view.mentions)
    return bool(opens) and not has_value and not words["reports"].search(view.text)


def _korean_order(text: str, order: re.Pattern[str]) -> bool:
    """A Korean order stands at the end."""
    return any(match[0] >= "ㄱ" and match.end() >= len(text.rstrip(". ")) for match in order.finditer(text))


def _is_therapy(view: View, words: Words) -> bool:
    """Name a therapy and how often: "Pendulum exercises three times daily"."""
    therapy = words["therapy"].search(view.text[:60])
    return (
        therapy is not None
        and words["schedule"].search(view.text, therapy.end()) is not None
        and not _SAID.search(view.text)
    )


def _drugs(view: View, words: Words) -> list[Mention]:
    return [
        mention
        for mention in view.mentions
        if mention.semantic_type == "drug"
        and not words["substance"].search(f"{mention.concept} {mention.text}".lower())
    ]


def _is_drug(view: View, words: Words) -> bool:
    """Open with a drug that is not a substance of use: in a social history."""
    drugs = _drugs(view, words)
    return bool(drugs) and _opens_with(view, drugs[0]) and drugs[0].assertion not in ("family", "absent")


def _is_drug_entry(view: View, words: Words) -> bool:
    """Open with a drug, its dose and its frequency."""
    return any(
        _opens_with(view, drug) and {"dose", "frequency"} <= drug.attributes.keys()
        for drug in _drugs(view, words)
    )


def _is_vital(view: View, words: Words) -> bool:
    valued = [m for m in view.mentions if m.concept in _VITALS and "value" in m.attributes]
    return bool(valued) and _opens_with(view, valued[0]) and not _SAID.search(view.text)


def _is_social(view: View, words: Words) -> bool:
    """Open with a habit or the household; "former smoker" behind a diagnosis is its history."""
    social = words["social"].search(view.text[:40])
    return (
        social is not None
        and social.start() <= _BEGAN_WITH
        and not any(m.semantic_type in ("diagnosis", "procedure", "drug") for m in view.mentions)
        and not words["relative"].search(view.labelled)
    )


def _is_allergy(view: View, words: Words) -> bool:
    allergy = words["allergy"].search(view.text[:30])
    return allergy is not None and not words["relative"].search(view.labelled) and not _SAID.search(view.text)


def _is_surgery(view: View, words: Words) -> bool:
    """Open with an operation that was done: "Appendectomy in 2010"."""
    return any(
        _opens_with(view, mention)
        and mention.semantic_type == "procedure"
        and mention.assertion in ("present", "historical")
        and _OPERATION.search(f"{mention.concept} {mention.text}".lower()) is not None
        for mention in view.mentions
    ) and not words["relative"].search(view.labelled)


def _is_illness(view: View, words: Words) -> bool:
    """Name nothing but diagnoses of the patient: "Hypertension." in a social history."""
    return (
        bool(view.mentions)
        and all(m.semantic_type == "diagnosis" and m.assertion == "present" for m in view.mentions)
        and _opens_with(view, view.mentions[0])
        and not any(words[kind].search(view.labelled) for kind in ("social", "substance", "relative"))
    )


def _is_review(view: View, words: Words) -> bool:
    """Open with what the patient denies or affirms of symptoms: "Denies fever"."""
    symptoms = [mention for mention in view.mentions if mention.semantic_type == "symptom"]
    asked = _REVIEWED.match(view.text)
    return bool(symptoms and asked) and not any(
        words[kind].search(view.labelled) for kind in ("social", "substance", "relative")
    )


KINDS: Mapping[str, Callable[[View, Words], bool]] = {
    "family": _is_family,
    "lab": _is_lab,
    "score": _is_score,
    "imaging_report": _is_imaging_report,
    "exam": _is_exam,
    "order": _is_order,
    "therapy": _is_therapy,
    "drug": _is_drug,
    "drug_entry": _is_drug_entry,
    "vital": _is_vital,
    "social": _is_social,
    "allergy": _is_allergy,
    "surgery": _is_surgery,
    "illness": _is_illness,
    "review": _is_review,
}
