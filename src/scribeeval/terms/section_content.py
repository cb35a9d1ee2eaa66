"""What kind of content a statement of a note is, and whether its section may hold it.

Kinds: a relative's illness, a laboratory value or score, the report of an imaging study, an examination
finding, an order, a therapy with its schedule, a drug, a vital sign, habits and home, an allergy.  Each is
told by its words (table) and by its terms; which sections may not hold which kinds is a table too.
Sections that may hold anything (the history of present illness, assessment, plan) are not judged.  What is
unsure is no kind.
"""

import csv
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from scribeeval.terms.mentions import Mention
from scribeeval.text.statements import Statement

SECTION_CONTENT = "section-content-1"  # a changed table gets a new name: it stands in the signature
# Each kind's section; where a note lacks it, the next one.
HOMES: Mapping[str, tuple[str, ...]] = {
    "family": ("family_history",),
    "lab": ("results",),
    "score": ("results",),
    "imaging_report": ("results",),
    "exam": ("physical_exam",),
    "order": ("plan", "assessment_and_plan"),
    "therapy": ("plan", "assessment_and_plan"),
    "drug": ("medications",),
    "drug_entry": ("medications",),
    "vital": ("vitals", "physical_exam"),
    "social": ("social_history",),
    "allergy": ("allergies",),
    "surgery": ("past_surgical_history", "past_medical_history"),
    "illness": ("past_medical_history",),
    "review": ("review_of_systems",),
}
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
_LABEL = re.compile(r"[-*•\s]*(?:[A-Z가-힣][\w /,&'()-]{0,40}:\s+)?")
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
    r"\b(?:normal|abnormal|low|high|elevated|negative|positive|reactive|unremarkable)\b|정상|음성|양성|상승"
)
_OPERATION = re.compile(
    r"(?:ectomy|plasty|otomy|ostomy|pexy)\b|surgery|surgical|repair|bypass|fusion|replacement|수술|절제술"
)
_REVIEWED = re.compile(
    r"(?:(?:he|she|patient|the patient) )?(?:den(?:y|ies|ied)|negative for|positive for)\b"
)
_BEGAN_WITH = 12  # characters: what a statement opens with


class Tables(NamedTuple):
    """Patterns of the kinds' words; section -> kinds that it may not hold."""

    words: Mapping[str, re.Pattern[str]]
    foreign: Mapping[str, Sequence[str]]


class Misplaced(NamedTuple):
    """A statement, by its place in the list, its kind of content, and the section it belongs to."""

    at: int
    kind: str
    home: str


class _View(NamedTuple):
    """One statement, in lower case, without its label and with it, and its terms."""

    text: str
    labelled: str
    mentions: Sequence[Mention]
    begins: int
    section: str


@cache
def load_section_content() -> Tables:
    """Read the packaged tables.  Cached: they are constant package data."""
    words: dict[str, list[str]] = {}
    for row in _rows("section_content.csv"):
        words.setdefault(row["content"], []).extend(row["words"].split("|"))
    return Tables(
        {content: _pattern(found) for content, found in words.items()},
        {row["section"]: row["foreign"].split(" ") for row in _rows("section_homes.csv")},
    )


def _rows(name: str) -> list[dict[str, str]]:
    table = resources.files("scribeeval.terms") / "data" / name
    return list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


def _pattern(found: Collection[str]) -> re.Pattern[str]:
    """Match any of the words whole; Korean ones may bear a particle, but begin a word."""
    ordered = sorted(found, key=len, reverse=True)
    english = "|".join(re.escape(word) for word in ordered if word < "ㄱ")
    korean = "|".join(re.escape(word) for word in ordered if word >= "ㄱ")
    parts = [rf"(?<![\w/])(?:{english})(?![\w/])"] if english else []
    parts += [rf"(?<![가-힣])(?:{korean})"] if korean else []
    return re.compile("|".join(parts))


def find_misplaced(
    text: str, statements: Sequence[Statement], mentions: Sequence[Mention]
) -> list[Misplaced]:
    """Find the statements that their section may not hold, in the order of the text."""
    tables = load_section_content()
    sections = {statement.section for statement in statements}
    found, first = [], 0
    for at, statement in enumerate(statements):
        inside = []
        while first < len(mentions) and mentions[first].start < statement.end:
            inside.append(mentions[first])
            first += 1
        foreign = tables.foreign.get(statement.section)
        if foreign is None:
            continue
        label = _LABEL.match(text, statement.start, statement.end)
        begins = label.end() if label else statement.start
        lower = text[begins : statement.end].lower(), text[statement.start : statement.end].lower()
        view = _View(*lower, inside, begins, statement.section)
        kind = next((kind for kind in foreign if _KINDS[kind](view, tables.words)), None)
        if kind is not None:
            homes = HOMES[kind]
            found.append(Misplaced(at, kind, next((home for home in homes if home in sections), homes[0])))
    return found


_Words = Mapping[str, re.Pattern[str]]


def _opens_with(view: _View, mention: Mention) -> bool:
    return mention.start - view.begins <= _BEGAN_WITH


def _is_family(view: _View, words: _Words) -> bool:
    """A blood relative is the subject and has a diagnosis: "Her brother has asthma"."""
    subject = _SUBJECT.match(view.text)
    relative = words["relative"].match(view.text, subject.end() if subject else 0)
    if relative is None:
        return view.text.startswith("family history of") or view.text.startswith("가족력")
    return not _TELLS.search(view.text) and any(m.semantic_type == "diagnosis" for m in view.mentions)


def _values(view: _View) -> list[Mention]:
    return [
        mention
        for mention in view.mentions
        if mention.semantic_type == "lab_or_vital" and mention.concept not in _BEDSIDE
    ]


def _is_lab(view: _View, words: _Words) -> bool:
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


def _is_score(view: _View, words: _Words) -> bool:
    return any(mention.concept in _SCORES and "value" in mention.attributes for mention in view.mentions)


def _is_imaging_report(view: _View, words: _Words) -> bool:
    """Open with a study and say what it showed."""
    study = words["imaging"].search(view.labelled[:40])
    if study is None or _is_order(view, words) or _SAID.search(view.text):
        return False
    return words["reports"].search(view.labelled, study.end()) is not None


def _is_exam(view: _View, words: _Words) -> bool:
    """Name what only an examiner finds, and not as reported by the patient."""
    return (
        words["exam"].search(view.text) is not None
        and not _SAID.search(view.text)
        and not words["relative"].search(view.text)
    )


def _is_order(view: _View, words: _Words) -> bool:
    """Open with an order and give no result: "Start lisinopril", "Repeat potassium in 1 week"."""
    order = words["order"]
    opens = order.match(view.text) or (view.text[-1:] in "함정." and _korean_order(view.text, order))
    has_value = any(m.semantic_type == "lab_or_vital" and "value" in m.attributes for m in view.mentions)
    return bool(opens) and not has_value and not words["reports"].search(view.text)


def _korean_order(text: str, order: re.Pattern[str]) -> bool:
    """A Korean order stands at the end."""
    return any(match[0] >= "ㄱ" and match.end() >= len(text.rstrip(". ")) for match in order.finditer(text))


def _is_therapy(view: _View, words: _Words) -> bool:
    """Name a therapy and how often: "Pendulum exercises three times daily"."""
    therapy = words["therapy"].search(view.text[:60])
    return (
        therapy is not None
        and words["schedule"].search(view.text, therapy.end()) is not None
        and not _SAID.search(view.text)
    )


def _drugs(view: _View, words: _Words) -> list[Mention]:
    return [
        mention
        for mention in view.mentions
        if mention.semantic_type == "drug"
        and not words["substance"].search(f"{mention.concept} {mention.text}".lower())
    ]


def _is_drug(view: _View, words: _Words) -> bool:
    """Open with a drug that is not a substance of use: in a social history."""
    drugs = _drugs(view, words)
    return bool(drugs) and _opens_with(view, drugs[0]) and drugs[0].assertion not in ("family", "absent")


def _is_drug_entry(view: _View, words: _Words) -> bool:
    """Open with a drug, its dose and its frequency."""
    return any(
        _opens_with(view, drug) and {"dose", "frequency"} <= drug.attributes.keys()
        for drug in _drugs(view, words)
    )


def _is_vital(view: _View, words: _Words) -> bool:
    valued = [m for m in view.mentions if m.concept in _VITALS and "value" in m.attributes]
    return bool(valued) and _opens_with(view, valued[0]) and not _SAID.search(view.text)


def _is_social(view: _View, words: _Words) -> bool:
    """Open with a habit or the household; "former smoker" behind a diagnosis is its history."""
    social = words["social"].search(view.text[:40])
    return (
        social is not None
        and social.start() <= _BEGAN_WITH
        and not any(m.semantic_type in ("diagnosis", "procedure", "drug") for m in view.mentions)
        and not words["relative"].search(view.text)
    )


def _is_allergy(view: _View, words: _Words) -> bool:
    allergy = words["allergy"].search(view.text[:30])
    return allergy is not None and not words["relative"].search(view.text) and not _SAID.search(view.text)


def _is_surgery(view: _View, words: _Words) -> bool:
    """Open with an operation that was done: "Appendectomy in 2010"."""
    return any(
        _opens_with(view, mention)
        and mention.semantic_type == "procedure"
        and mention.assertion in ("present", "historical")
        and _OPERATION.search(f"{mention.concept} {mention.text}".lower()) is not None
        for mention in view.mentions
    ) and not words["relative"].search(view.text)


def _is_illness(view: _View, words: _Words) -> bool:
    """Name nothing but diagnoses of the patient: "Hypertension." in a social history."""
    return (
        bool(view.mentions)
        and all(m.semantic_type == "diagnosis" and m.assertion == "present" for m in view.mentions)
        and _opens_with(view, view.mentions[0])
        and not any(words[kind].search(view.text) for kind in ("social", "substance", "relative"))
    )


def _is_review(view: _View, words: _Words) -> bool:
    """Open with what the patient denies or affirms of symptoms: "Denies fever"."""
    symptoms = [mention for mention in view.mentions if mention.semantic_type == "symptom"]
    asked = _REVIEWED.match(view.text)
    return bool(symptoms and asked) and not any(
        words[kind].search(view.text) for kind in ("social", "substance", "relative")
    )


_KINDS: Mapping[str, Callable[[_View, _Words], bool]] = {
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
