"""Draft stage: the vendor's drafts from the visits table, and notes that a drafter writes -> notes.jsonl."""

import time
from collections.abc import Mapping, Sequence

from scribeeval.config import DraftTable
from scribeeval.io.files import sha256_of, sha256_of_json
from scribeeval.io.notes import notes_to_jsonl
from scribeeval.io.transcripts import read_transcripts
from scribeeval.models.drafters import extractive
from scribeeval.records import Note, Producer, Segment, Visit
from scribeeval.run import Failure, Reporter, Run, stage_key
from scribeeval.stages import transcribe

STAGE = "draft"
OUTPUT = "notes.jsonl"
VENDOR = "vendor"


def draft(
    run: Run, visits: Sequence[Visit], settings: DraftTable, product: str, reporter: Reporter
) -> tuple[Failure, ...]:
    """Write one note per visit and drafter; a visit without a draft or a transcript gets none."""
    started = time.monotonic()
    drafts = {visit.visit_id: visit.draft_note for visit in visits if visit.draft_note is not None}
    heard = {visit.visit_id: visit.reference_transcript for visit in visits}
    recognised = sha256_of(run.path(transcribe.OUTPUT)) if run.has(transcribe.OUTPUT) else None
    key = stage_key(
        STAGE,
        settings=settings.model_dump(),
        product=product,
        drafts=sha256_of_json(drafts),
        transcripts=[recognised, sha256_of_json(heard)],
        extractive=extractive.producer().options_sha256,
    )
    if run.fresh(STAGE, key):
        reporter.say("draft: fresh")
        return ()
    notes: list[Note] = []
    if VENDOR in settings.drafters:
        producer = Producer(VENDOR, product, sha256_of_json({}))
        notes += [Note(visit_id, text, producer) for visit_id, text in drafts.items()]
    if extractive.NAME in settings.drafters:
        producer = extractive.producer()
        notes += [
            Note(visit_id, extractive.draft(segments), producer)
            for visit_id, segments in speech(run, visits).items()
        ]
    run.write(OUTPUT, notes_to_jsonl(notes))
    run.finish(STAGE, key, [OUTPUT], started=started)
    reporter.say(f"draft: {len(notes)} notes by {', '.join(settings.drafters)}")
    return ()


def speech(run: Run, visits: Sequence[Visit]) -> Mapping[str, tuple[Segment, ...]]:
    """What a drafter hears of each visit: the recognised transcript, else the reference one."""
    recognised = read_transcripts(run.path(transcribe.OUTPUT)) if run.has(transcribe.OUTPUT) else {}
    heard: dict[str, tuple[Segment, ...]] = {}
    for visit in visits:
        if visit.visit_id in recognised:
            heard[visit.visit_id] = recognised[visit.visit_id].segments
        elif visit.reference_segments is not None:
            heard[visit.visit_id] = visit.reference_segments
        elif visit.reference_transcript is not None:
            heard[visit.visit_id] = (Segment(0.0, 0.0, None, visit.reference_transcript),)
    return heard
