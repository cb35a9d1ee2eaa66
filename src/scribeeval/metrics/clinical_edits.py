"""Clinical edits: the clinical facts that the clinician changed in the draft, counted apart from wording.

    clinical edits per note = changed, deleted and added facts / notes

Draft and signed note are paired statement by statement; a difference in drug, dose, unit, frequency, number,
side, negation, certainty or attribution is an edit, so is a statement that only one of them has.  A change of
wording or of order is none.  Method and rules: docs/clinical_edits.md.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.records import FINDING_KINDS, SEVERITIES, Evidence, Finding, Pair, Side
from scribeeval.terms import CLINICAL_LEXICON
from scribeeval.terms.edits import Edit, find_edits

WORDING_KINDS = frozenset(
    {"lay_term", "paraphrased_chief_complaint", "verbose", "duplicated", "wrong_section"}
)
CLINICAL_KINDS = tuple(kind for kind in FINDING_KINDS if kind not in WORDING_KINDS)
_WHOLE_KINDS = frozenset({"invented_fact", "omitted_fact"})
_WEIGHTY_TYPES = frozenset({"drug", "diagnosis", "procedure", "lab_or_vital", "allergen"})
_PLANS = frozenset({"assessment", "plan", "assessment_and_plan", "instructions"})


@lru_cache(maxsize=8)  # count and find of one pair
def _analyse(draft: str, signed: str) -> tuple[tuple[Edit, ...], int]:
    edits, reworded = find_edits(draft, signed)
    return tuple(edits), reworded


def severity(edit: Edit) -> str:
    """Judge an edit: severe where it could harm, moderate where it misleads, minor otherwise.

    Severe: another drug or dose; any change of a fact in the allergies, or of what a drug's unit, frequency,
    negation or certainty is; the other side in an assessment or plan.  Moderate: every other changed fact,
    and a fact added or deleted that names a drug, diagnosis, procedure, laboratory value or vital sign.
    Minor: the other facts added or deleted, and wording.
    """
    if edit.kind in WORDING_KINDS:
        return "minor"
    types = {token.mention.semantic_type for token in edit.tokens if token.mention is not None}
    if edit.kind in ("wrong_drug", "wrong_dose") or edit.section == "allergies":
        return "severe"
    if edit.kind in _WHOLE_KINDS:
        return "moderate" if types & _WEIGHTY_TYPES else "minor"
    in_plan = edit.kind == "wrong_laterality" and edit.section in _PLANS
    return "severe" if "drug" in types or in_plan else "moderate"


def count_clinical_edits(pair: Pair) -> Counts:
    """Count one note's edits by kind and by severity; no notes where the signed note is blank."""
    if not pair.reference.strip():
        return Counts({"notes": 0, "clinical_edits": 0})
    edits, reworded = _analyse(pair.hypothesis, pair.reference)
    clinical = [edit for edit in edits if edit.kind not in WORDING_KINDS]
    counts = {"notes": 1, "clinical_edits": len(clinical)}
    counts |= {kind: sum(edit.kind == kind for edit in edits) for kind in FINDING_KINDS}
    counts |= {name: sum(severity(edit) == name for edit in clinical) for name in SEVERITIES}
    counts["allergy"] = sum(edit.section == "allergies" for edit in clinical)
    counts["wording"] = reworded + len(edits) - len(clinical)
    return Counts(counts)


def find_clinical_edits(pair: Pair) -> tuple[Finding, ...]:
    """List the edits of one note, those on the draft first, each in the order of its text."""
    if not pair.reference.strip():
        return ()
    edits, _ = _analyse(pair.hypothesis, pair.reference)
    return tuple(_finding(pair, edit) for edit in edits)


def _finding(pair: Pair, edit: Edit) -> Finding:
    here, there = pair.hypothesis, pair.reference
    side: Side = "hypothesis"
    other_side: Side = "reference"
    if edit.side == "reference":
        here, there, side, other_side = there, here, other_side, side
    evidence: tuple[Evidence, ...] = ()
    if edit.other is not None:
        start, end = edit.other
        evidence = (Evidence(other_side, start, end, there[start:end]),)
    return Finding(
        visit_id=pair.visit_id,
        metric="clinical_edits",
        kind=edit.kind,
        side=side,
        start=edit.start,
        end=edit.end,
        text=here[edit.start : edit.end],
        severity=severity(edit),
        suggestion=edit.suggestion,
        evidence=evidence,
    )


def edits_per_note(counts: Mapping[str, int | float]) -> float | None:
    """Clinical edits per note, from 0 up: 0 = none; None without a signed note."""
    return ratio(counts["clinical_edits"], counts["notes"])


def _per_note(name: str) -> Callable[[Mapping[str, int | float]], float | None]:
    return lambda counts: ratio(counts.get(name, 0), counts["notes"])


METRIC = Metric(
    name="clinical_edits",
    title="Clinical facts changed by the clinician, per note",
    compares="edit",
    higher_is_better=False,
    unit="edits",
    settings={"lexicon": CLINICAL_LEXICON, "rules": "edits-2"},
    count=count_clinical_edits,
    value=edits_per_note,
    find=find_clinical_edits,
    views={name: _per_note(name) for name in (*CLINICAL_KINDS, "allergy", *SEVERITIES, "wording")},
    by_section=False,  # what moved to another section would be gone from one and new in the other
)
