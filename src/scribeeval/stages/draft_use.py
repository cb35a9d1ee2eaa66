"""What became of the drafts: used, discarded, or never made.  Scores of the used ones alone flatter."""

from collections.abc import Mapping, Sequence

from scribeeval.metrics import METRICS
from scribeeval.records import Note, Pair, Visit

USES = ("used", "discarded", "no_draft", "not_signed", "unreadable")
UNKNOWN_CLINICIAN = "unknown"


def draft_use(
    visits: Sequence[Visit], drafts: Mapping[str, Note], edits: Sequence[Pair], discarded_below: float
) -> dict[str, object]:
    """Count the visits by use of the draft, in all and by clinician.

    edits: the pairs signed note and draft.  A draft of which the signed note keeps a smaller share of
    words than discarded_below counts as discarded; one without a signed note as not_signed; one whose
    draft or signed note was named but could not be read as unreadable.
    """
    kept = {score.visit_id: score.value for score in METRICS["kept_words_share"].score_visits(edits)}
    total = dict.fromkeys(USES, 0)
    by_clinician: dict[str, dict[str, int]] = {}
    for visit in visits:
        use = _use(visit, visit.visit_id in drafts, kept, discarded_below)
        total[use] += 1
        clinician = visit.clinician_id or UNKNOWN_CLINICIAN
        by_clinician.setdefault(clinician, dict.fromkeys(USES, 0))[use] += 1
    return {
        "rule": f"kept_words_share<{discarded_below}",
        "discarded_below": discarded_below,
        "total": total,
        "by_clinician": {clinician: by_clinician[clinician] for clinician in sorted(by_clinician)},
    }


def _use(visit: Visit, drafted: bool, kept: Mapping[str, float | None], discarded_below: float) -> str:
    if {"draft_note", "signed_note"} & set(visit.unreadable):
        return "unreadable"
    if not drafted:
        return "no_draft"
    if visit.visit_id not in kept:
        return "not_signed"
    share = kept[visit.visit_id]
    return "discarded" if share is None or share < discarded_below else "used"
