"""Draft stage: transcripts, the vendor's drafts and models -> notes.jsonl.

Each answer of a model is kept by the hash of everything that it depends on as soon as it is there: a
killed run goes on where it was, and what was answered once is not asked again.  What failed is a failure
of its visit, never a note.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scribeeval.config_draft import DraftTable
from scribeeval.errors import InputError
from scribeeval.io.drafts import FLAGS as DRAFT_FLAGS
from scribeeval.io.drafts import Drafts, read_drafts
from scribeeval.io.files import read_text, sha256_of, sha256_of_json, to_jsonl
from scribeeval.io.notes import notes_to_jsonl
from scribeeval.io.transcripts import read_transcripts
from scribeeval.models.chat.base import Completion, Question
from scribeeval.models.deidentify import deidentify, reidentify, unknown_placeholders
from scribeeval.models.drafters.base import Drafter, Plan
from scribeeval.models.drafters.prompted import tokens_of
from scribeeval.models.drafters.vendor import NAME as VENDOR
from scribeeval.records import Note, Segment, Visit
from scribeeval.run import Failure, Reporter, Run, stage_key
from scribeeval.stages import transcribe
from scribeeval.stages.draft_asking import Answers, ask, cost, estimate, key_of, totals
from scribeeval.stages.drafters import depends_on, not_loaded, ready
from scribeeval.stages.egress import egress_listing

STAGE = "draft"
OUTPUT = "notes.jsonl"
IDENTIFIERS = "deidentification.jsonl"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line adds.  max_visits: the first of the table, 0 = all.

    retry_errors: also ask again what got an answer that was none.  dry_run: only say what it would take.
    """

    max_visits: int = 0
    retry_errors: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class Made:
    """What one drafter made.  identifiers: by visit, what was taken out before it was asked."""

    notes: list[Note] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    identifiers: dict[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What all drafters of a run share.  before: what the last run noted of each drafter."""

    run: Run
    visits: Sequence[Visit]
    heard: Mapping[str, tuple[Segment, ...]]
    drafts: Mapping[str, str]
    settings: DraftTable
    product: str
    names: tuple[str, ...]
    before: Mapping[str, Any]
    choice: Choice
    reporter: Reporter


def draft(
    run: Run,
    visits: Sequence[Visit],
    settings: DraftTable,
    product: str,
    reporter: Reporter,
    choice: Choice = Choice(),
) -> tuple[Failure, ...]:
    """Write one note per visit and drafter; a visit without a draft or a transcript gets none.

    Raises:
        InputError: the vendor's drafts or the file of names cannot be read.

    """
    started = time.monotonic()
    drafts, vendor = _vendor_drafts(visits, settings)
    failures = [Failure(STAGE, p.visit_id, p.message) for p in vendor.problems] if vendor else []
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
        return (*failures, *_estimates(inputs, chosen))
    made: dict[str, Made] = {}
    for name in chosen:
        try:
            made[name] = _draft(name, inputs)
        except InputError as error:
            problems = _of_drafter(name, error)
            for failure in problems:
                reporter.fail(failure.message)
            made[name] = Made(failures=problems, facts=dict(before.get(name, {})))
    failures += [failure for one in made.values() for failure in one.failures]
    outputs = _write(run, made)
    facts: dict[str, Any] = {"drafters": {name: one.facts for name, one in made.items()}}
    if vendor is not None:
        facts["drafts"] = {"facts": vendor.facts, "flags": vendor.flags}
        _warn_of_flags(vendor, reporter)
    run.finish(STAGE, key, outputs, started=started, failures=failures, facts=facts)
    n_notes = sum(len(one.notes) for one in made.values())
    reporter.say(f"draft: {n_notes} notes by {', '.join(settings.drafters)}")
    return tuple(failures)


def _of_drafter(name: str, error: InputError) -> list[Failure]:
    return [Failure(STAGE, None, p if repr(name) in p else f"drafter {name!r}: {p}") for p in error.problems]


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


def _draft(name: str, inputs: Inputs) -> Made:
    """Let one drafter draft every visit.

    Raises:
        InputError: it cannot be loaded.

    """
    listed = egress_listing(inputs.run, STAGE)
    drafter = ready(name, inputs.settings, inputs.drafts, inputs.product, listed)
    made = Made()
    try:
        plans = _plans(name, drafter, inputs, made)
        if drafter.model is None:
            answered: Mapping[str, Any] = {}
            key = None
        else:
            key = key_of(drafter.model)
            questions = {key(q): q for plan in plans.values() for q in plan.questions}
            last = inputs.before.get(name, {})
            refused = {} if inputs.choice.retry_errors else last.get("refused", {})
            asked = ask(
                questions,
                drafter.model,
                Answers(inputs.run),
                refused,
                last.get("identity"),
                f"draft: {name}",
                inputs.reporter,
            )
            answered = asked.answers
            made.facts = {**asked.facts, **drafter.facts, "refused": asked.refused}
    finally:
        if drafter.model is not None:
            drafter.model.close()
    for visit_id, plan in plans.items():
        try:
            answers = [_text(visit_id, answered[key(q)]) for q in plan.questions] if key else []
            text = plan.note(answers)
        except InputError as error:
            _fail(made, name, visit_id, error, inputs.reporter)
            continue
        made.notes.append(Note(visit_id, _with_identifiers(text, visit_id, made), drafter.producer))
    _say_totals(name, inputs, made)
    return made


def _plans(name: str, drafter: Drafter, inputs: Inputs, made: Made) -> dict[str, Plan]:
    """Plan every visit that the drafter can draft."""
    plans: dict[str, Plan] = {}
    table = inputs.settings.models.get(name)
    visits = [v for v in inputs.visits if not drafter.hears or v.visit_id in inputs.heard]
    for visit in inputs.reporter.track(visits, f"draft: {name}") if drafter.hears else visits:
        segments: Sequence[Segment] = inputs.heard.get(visit.visit_id, ())
        if table is not None and table.deidentify and drafter.hears:
            without = deidentify(segments, inputs.names)
            segments, made.identifiers[visit.visit_id] = without.segments, without.map
        try:
            plan = drafter.plan(visit.visit_id, segments)
        except InputError as error:
            _fail(made, name, visit.visit_id, error, inputs.reporter)
            continue
        if plan is not None:
            plans[visit.visit_id] = plan
    return plans


def _text(visit_id: str, answer: object) -> str:
    if isinstance(answer, Completion):
        return answer.text
    raise InputError(f"visit {visit_id!r}: {getattr(answer, 'message', 'no answer')}")


def _fail(made: Made, name: str, visit_id: str, error: InputError, reporter: Reporter) -> None:
    for problem in error.problems:
        words = problem.removeprefix(f"visit {visit_id!r}: ")
        failure = Failure(STAGE, visit_id, f"visit {visit_id!r}, drafter {name!r}: {words}")
        made.failures.append(failure)
        reporter.fail(failure.message)


def _with_identifiers(text: str, visit_id: str, made: Made) -> str:
    """Put back what was taken out; placeholders that nobody gave out are counted."""
    if visit_id not in made.identifiers:
        return text
    identifiers = made.identifiers[visit_id]
    made.facts["n_unknown_placeholders"] = made.facts.get("n_unknown_placeholders", 0) + unknown_placeholders(
        text, identifiers
    )
    return reidentify(text, identifiers)


def _say_totals(name: str, inputs: Inputs, made: Made) -> None:
    table = inputs.settings.models.get(name)
    if table is None or "n_asked" not in made.facts:
        return
    prices = (table.input_price, table.output_price, table.currency)
    made.facts["cost"] = cost(made.facts.get("input_tokens", 0), made.facts.get("output_tokens", 0), prices)
    made.facts["currency"] = table.currency
    if made.facts["n_asked"] and made.notes:
        made.facts["s_per_note"] = round(made.facts["asking_s"] / len(made.notes), 3)
    inputs.reporter.say(f"draft: {name}: {totals(made.facts, len(made.notes), prices)}")


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


def _estimates(inputs: Inputs, chosen: Sequence[str]) -> list[Failure]:
    """Say of each model what it would be asked; nothing is loaded, sent or written."""
    made = Made()
    store = Answers(inputs.run)
    for name in chosen:
        table = inputs.settings.models.get(name)
        if table is None or table.drafter == "replay":
            inputs.reporter.say(f"draft (dry run): {name}: asks no model")
            continue
        drafter = not_loaded(name, inputs.settings)
        if drafter.model is None:
            continue
        key, model = key_of(drafter.model), drafter.model
        questions: list[tuple[str, Question]] = [
            (key(q), q) for plan in _plans(name, drafter, inputs, made).values() for q in plan.questions
        ]
        prices = (table.input_price, table.output_price, table.currency)
        said = estimate(questions, lambda q, model=model: tokens_of(q, model), store, prices)
        inputs.reporter.say(f"draft (dry run): {name}: {said}")
    return made.failures


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
