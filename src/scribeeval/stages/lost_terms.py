"""Where terms are lost between the visit and the signed note; for the visits with a reference transcript."""

from collections.abc import Mapping, Sequence
from typing import Any

from scribeeval.records import Note, Transcript, Visit
from scribeeval.stages.draft import VENDOR
from scribeeval.terms.path import TermPath, follow_terms, tally_paths

RECOGNITION, DRAFT, SIGNED = STAGES = ("recognition", "draft", "signed_note")
COLUMNS = ("visit_id", "concept", "semantic_type", "start", "end", *STAGES, "lost_at", "back")


def lost_terms(
    visits: Sequence[Visit], transcripts: Mapping[str, Transcript], drafts: Mapping[str, Note], system: str
) -> tuple[dict[str, Any] | None, list[list[object]]]:
    """Follow the terms of each visit's note; gives the block of summary.json and the rows of its table.

    The note is the expert's, else the signed one; the signed note is a stage only beside an expert's.
    Only visits that have every stage of the run are followed; the others are counted.  None where no
    visit has a reference transcript, a note and a stage to follow.
    """
    texts = {visit.visit_id: _texts(visit, transcripts, drafts) for visit in visits}
    stages = [stage for stage in STAGES if any(stage in of_visit for of_visit in texts.values())]
    paths: dict[str, tuple[TermPath, ...]] = {}
    for visit in visits:
        of_visit = texts[visit.visit_id]
        note = visit.signed_note if visit.reference_note is None else visit.reference_note
        if visit.reference_transcript and note and stages and of_visit.keys() == set(stages):
            followed = follow_terms(note, visit.reference_transcript, [of_visit[stage] for stage in stages])
            paths[visit.visit_id] = followed
    if not paths:
        return None, []
    every = [path for followed in paths.values() for path in followed]
    types = sorted({path.mention.semantic_type for path in every})
    by_type = {name: [p for p in every if p.mention.semantic_type == name] for name in types}
    block = {
        # A vendor's draft was made from the vendor's own recognition, not from the one followed here.
        "own_recognition": system == VENDOR and RECOGNITION in stages and DRAFT in stages,
        "n_visits": len(paths),
        "n_left_out": len(visits) - len(paths),
        "stages": stages,
        "all": _row(every, stages),
        "by_type": {name: _row(of_type, stages) for name, of_type in by_type.items()},
    }
    rows = [_line(visit_id, path, stages) for visit_id in sorted(paths) for path in paths[visit_id]]
    return block, rows


def _texts(visit: Visit, transcripts: Mapping[str, Transcript], drafts: Mapping[str, Note]) -> dict[str, str]:
    texts: dict[str, str] = {}
    if visit.visit_id in transcripts:
        texts[RECOGNITION] = transcripts[visit.visit_id].text
    if visit.visit_id in drafts:
        texts[DRAFT] = drafts[visit.visit_id].text
    if visit.reference_note is not None and visit.signed_note is not None:
        texts[SIGNED] = visit.signed_note
    return texts


def _row(paths: Sequence[TermPath], stages: Sequence[str]) -> dict[str, Any]:
    return {"n_terms": len(paths), "stages": tally_paths(paths, stages)}


def _line(visit_id: str, path: TermPath, stages: Sequence[str]) -> list[object]:
    has = dict(zip(stages, path.has, strict=True))
    mention = path.mention
    lost = "" if path.lost_at is None else stages[path.lost_at]
    back = "" if path.lost_at is None else int(path.back)
    known = [int(has[stage]) if stage in has else "" for stage in STAGES]
    return [
        visit_id, mention.concept, mention.semantic_type, mention.start, mention.end, *known, lost, back,
    ]  # fmt: skip
