"""Draft stage: transcripts, the vendor's drafts and models -> notes.jsonl.

Each answer of a model is kept by the hash of everything that it depends on as soon as it is there: a
killed run goes on where it was, and what was answered once is not asked again.  What failed is a failure
of its visit, never a note.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scribeeval.config_draft import DraftTable
from scribeeval.errors import InputError
from scribeeval.io.drafts import FLAGS as DRAFT_FLAGS
from scribeeval.io.drafts import Drafts, read_drafts
from scribeeval.io.files import read_text, sha256_of, sha256_of_json, to_jsonl
from scribeeval.io.notes import notes_to_jsonl
from scribeeval.io.transcripts import read_transcripts
from scribeeval.models.drafters import vendor
from scribeeval.records import Segment, Visit
from scribeeval.run import Failure, Reporter, Run, stage_key
from scribeeval.stages import transcribe
from scribeeval.stages.draft_one import STAGE, Choice, Inputs, Made, draft_all, estimates
from scribeeval.stages.drafters import depends_on

OUTPUT = "notes.jsonl"
VENDOR = vendor.NAME
ALL = Choice()
IDENTIFIERS = "deidentification.jsonl"


def draft(
    run: Run,
    visits: Sequence[Visit],
    settings: DraftTable,
    product: str,
    reporter: Reporter,
    choice: Choice = ALL,
) -> tuple[Failure, ...]:
    """Write one note per visit and drafter; a visit without a draft or a transcript gets none.

    Raises:
        InputError: the vendor's drafts or the file of names cannot be read.

    """
    started = time.monotonic()
    drafts, exported = _vendor_drafts(visits, settings)
    failures = [Failure(STAGE, p.visit_id, p.message, VENDOR) for p in exported.problems] if exported else []
    recognised = sha256_of(run.path(transcribe.OUTPUT)) if run.has(transcribe.OUTPUT) else None
    names = _names(settings)
    chosen = list(settings.drafters)
    depends: dict[str, str] = {}
    for name in settings.drafters:
        try:
            depends[name] = depends_on(name, settings)
        except InputError as error:
            chosen.remove(name)
            failures += _of_drafter(name, error)
    key = stage_key(
        STAGE,
        settings=settings.model_dump(exclude={"models"}),
        depends=depends,
        product=product,
        drafts=sha256_of_json(drafts),
        transcripts=[recognised, sha256_of_json({v.visit_id: v.reference_transcript for v in visits})],
        names=names,
        max_visits=choice.max_visits,
    )
    if not failures and not choice.dry_run and run.fresh(STAGE, key):
        reporter.say("draft: fresh")
        return ()
    for failure in failures:
        reporter.fail(failure.message)
    record = run.record(STAGE)
    before = record.facts.get("drafters", {}) if record is not None else {}
    some = visits[: choice.max_visits] if choice.max_visits else visits
    inputs = Inputs(
        run, some, speech(run, visits), drafts, settings, product, names, before, choice, reporter
    )
    if choice.dry_run:
        return (*failures, *estimates(inputs, chosen))
    made: dict[str, Made] = {}
    for name in chosen:
        try:
            made[name] = draft_all(name, inputs)
        except InputError as error:
            problems = _of_drafter(name, error)
            for failure in problems:
                reporter.fail(failure.message)
            made[name] = Made(failures=problems, facts=dict(before.get(name, {})))
    failures += [failure for one in made.values() for failure in one.failures]
    outputs = _write(run, made)
    facts: dict[str, Any] = {"drafters": {name: one.facts for name, one in made.items()}}
    if exported is not None:
        facts["drafts"] = {"facts": exported.facts, "flags": exported.flags}
        _warn_of_flags(exported, reporter)
    run.finish(STAGE, key, outputs, started=started, failures=failures, facts=facts)
    n_notes = sum(len(one.notes) for one in made.values())
    reporter.say(f"draft: {n_notes} notes by {', '.join(settings.drafters)}")
    return tuple(failures)


def _of_drafter(name: str, error: InputError) -> list[Failure]:
    problems = (p if repr(name) in p else f"drafter {name!r}: {p}" for p in error.problems)
    return [Failure(STAGE, None, problem, name) for problem in problems]


def _vendor_drafts(visits: Sequence[Visit], settings: DraftTable) -> tuple[dict[str, str], Drafts | None]:
    drafts = {visit.visit_id: visit.draft_note for visit in visits if visit.draft_note is not None}
    if settings.drafts is None or VENDOR not in settings.drafters:
        return drafts, None
    if drafts:
        raise InputError("drafts: the visits table has draft_note too; give the vendor's drafts once")
    found = read_drafts(Path(settings.drafts), [v.visit_id for v in visits], settings.drafts_format)
    return dict(found.notes), found


def _warn_of_flags(drafts: Drafts, reporter: Reporter) -> None:
    for flag, words in DRAFT_FLAGS.items():
        n = sum(flag in flags for flags in drafts.flags.values())
        if n:
            reporter.warn(f"draft: {n} of {len(drafts.notes)} drafts: {words}")


def _names(settings: DraftTable) -> tuple[str, ...]:
    if settings.names is None:
        return ()
    lines = (line.strip() for line in read_text(Path(settings.names)).splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def _write(run: Run, made: Mapping[str, Made]) -> list[str]:
    run.write(OUTPUT, notes_to_jsonl(note for one in made.values() for note in one.notes))
    identifiers = [
        {"drafter": name, "visit_id": visit_id, "identifiers": dict(found)}
        for name, one in made.items()
        for visit_id, found in one.identifiers.items()
    ]
    if not identifiers:
        run.path(IDENTIFIERS).unlink(missing_ok=True)
        return [OUTPUT]
    run.write(IDENTIFIERS, to_jsonl(identifiers))
    return [OUTPUT, IDENTIFIERS]


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
