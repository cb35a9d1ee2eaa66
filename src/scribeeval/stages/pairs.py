"""Which two texts of a visit are compared: speech, edit or content.  Paired by visit id, never by place."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scribeeval.config import ScoreTable
from scribeeval.records import Note, Pair, Transcript, Visit
from scribeeval.text import exclude_blocks
from scribeeval.text.sections import Headers


@dataclass(frozen=True, slots=True)
class ExcludedTotals:
    """Template blocks that were left out of the edit metrics, on both sides."""

    rules: int = 0
    n_visits: int = 0
    blocks_reference: int = 0
    blocks_hypothesis: int = 0
    chars_reference: int = 0
    chars_hypothesis: int = 0


def speech_pairs(visits: Sequence[Visit], transcripts: Mapping[str, Transcript]) -> list[Pair]:
    """Reference transcript against the recognised one, of the visits that have both."""
    return [
        Pair(
            visit.visit_id,
            reference=visit.reference_transcript,
            hypothesis=transcripts[visit.visit_id].text,
            reference_segments=visit.reference_segments,
            hypothesis_segments=transcripts[visit.visit_id].segments,
        )
        for visit in visits
        if visit.reference_transcript is not None and visit.visit_id in transcripts
    ]


def edit_pairs(
    visits: Sequence[Visit], drafts: Mapping[str, Note], transcripts: Mapping[str, Transcript]
) -> list[Pair]:
    """Signed note against the draft that it was made from, of the visits that have both."""
    return [
        Pair(visit.visit_id, visit.signed_note, drafts[visit.visit_id].text, source(visit, transcripts))
        for visit in visits
        if visit.signed_note is not None and visit.visit_id in drafts
    ]


def content_pairs(
    visits: Sequence[Visit], notes: Mapping[str, Note], transcripts: Mapping[str, Transcript]
) -> list[Pair]:
    """Expert's note, else the signed note, against a drafted note, with the transcript as source."""
    pairs = []
    for visit in visits:
        reference = visit.reference_note if visit.reference_note is not None else visit.signed_note
        if reference is not None and visit.visit_id in notes:
            hypothesis = notes[visit.visit_id].text
            pairs.append(Pair(visit.visit_id, reference, hypothesis, source(visit, transcripts)))
    return pairs


def source(visit: Visit, transcripts: Mapping[str, Transcript]) -> str | None:
    """What was said: the reference transcript, else the recognised one."""
    if visit.reference_transcript is not None:
        return visit.reference_transcript
    transcript = transcripts.get(visit.visit_id)
    return None if transcript is None else transcript.text


def without_blocks(
    pairs: Sequence[Pair], settings: ScoreTable, headers: Headers
) -> tuple[list[Pair], ExcludedTotals]:
    """Take template blocks out of both sides, and count what was taken."""
    patterns = [re.compile(pattern) for pattern in settings.exclude_patterns]
    left: list[Pair] = []
    n_visits = blocks_r = blocks_h = chars_r = chars_h = 0
    for pair in pairs:
        reference = exclude_blocks(pair.reference, patterns, settings.exclude_sections, headers)
        hypothesis = exclude_blocks(pair.hypothesis, patterns, settings.exclude_sections, headers)
        left.append(Pair(pair.visit_id, reference.text, hypothesis.text, pair.source))
        n_visits += bool(reference.blocks or hypothesis.blocks)
        blocks_r += reference.blocks
        blocks_h += hypothesis.blocks
        chars_r += reference.characters
        chars_h += hypothesis.characters
    rules = len(settings.exclude_patterns) + len(settings.exclude_sections)
    return left, ExcludedTotals(rules, n_visits, blocks_r, blocks_h, chars_r, chars_h)
