"""Judge stage: notes.jsonl -> judgements.jsonl, one mark a line, and judgement.json, which sums them up.

Optional, and never part of `scribeeval run`.  Judges add up: each command asks one judge by one rubric
and keeps what others said of the same notes.  An answer is in a journal as soon as it is there, so that a
killed run goes on where it was, and is asked for again only when something that it depends on has changed.
An answer that is no judgement is a result too, a failed one: asking until one comes would hide how often
the judge fails.  That nobody answered is no result, and is tried again.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scribeeval.errors import InputError, not_known
from scribeeval.io.files import to_json
from scribeeval.io.human_ratings import read_human_ratings
from scribeeval.io.notes import read_notes
from scribeeval.models.chat import CHAT_MODELS
from scribeeval.models.chat.base import ChatKind
from scribeeval.models.judges.judge import REVISION
from scribeeval.models.judges.rubrics import Rubric
from scribeeval.records import Note
from scribeeval.run import Failure, Reporter, Run, open_run, stage_key
from scribeeval.stages import draft
from scribeeval.stages.judge_asking import STAGE, Asking, JudgeSettings, Place, Task, tasks_of
from scribeeval.stages.judge_result import Blocks, result_of, with_judge
from scribeeval.stages.judge_rows import (
    HUMANS,
    JUDGEMENTS,
    HumanRow,
    Judgement,
    human_rows,
    humans_to_jsonl,
    judgements_to_jsonl,
    note_hash,
    read_humans,
    read_judgements,
)

SUMMARY = "judgement.json"


def judge_run(
    folder: Path, settings: JudgeSettings, reporter: Reporter
) -> tuple[dict[str, Any], tuple[Failure, ...]]:
    """Judge the notes of a run folder by a model of CHAT_MODELS; as judge().

    Raises:
        InputError: no such folder or kind of model; as judge().

    """
    if not folder.is_dir():
        raise InputError(f"{folder}: is no run folder; run `scribeeval run CONFIG --out {folder}` first")
    if settings.kind not in CHAT_MODELS:
        raise InputError(not_known("judge", settings.kind, CHAT_MODELS))
    with open_run(folder) as run:
        return judge(run, settings, CHAT_MODELS[settings.kind], reporter)


def judge(
    run: Run, settings: JudgeSettings, kind: ChatKind, reporter: Reporter
) -> tuple[dict[str, Any], tuple[Failure, ...]]:
    """Judge the notes of a run; returns what judgement.json says, and the notes that could not be judged.

    Raises:
        InputError: no notes, no such drafter, the judge wrote the notes, the model or its server is
            missing, or a table cannot be read.

    """
    started = time.monotonic()
    rubric = settings.rubric
    notes = _notes(run)
    chosen = _chosen(notes, settings)
    hashes = {place: note_hash(note) for place, note in notes.items()}
    revision = kind.revision(settings.chat)
    own = _own_notes(notes, settings, revision, chosen)
    before = _blocks(run, rubric, reporter)
    people = _people(run, settings, notes, hashes, before, chosen, reporter)
    tasks, failures = tasks_of(run, settings, kind, revision, notes)
    asking = Asking(run, settings, hashes)
    asking.resume({task.key for task in tasks})
    kept = _kept(run, settings, tasks, {failure.visit_id for failure in failures}, hashes, before, reporter)
    places = set(chosen)
    done = {row.asked for row in (*kept, *asking.rows)}
    todo = [task for task in tasks if task.place in places and task.key not in done]
    failures = [failure for failure in failures if failure.visit_id in {visit_id for _, visit_id in places}]
    for failure in failures:
        reporter.fail(failure.message)
    reporter.say(f"judge: {len(todo)} answers to ask {settings.name} for")
    if todo:
        if settings.chat.temperature == 0 and settings.repeats > 1:
            reporter.warn("judge: greedy repeats of one model on one machine are equal; they show no spread")
        asking.ask(todo, kind, reporter)
        failures += asking.failures
    about = {
        "kind": settings.kind,
        "model": Path(settings.chat.model).name,
        "revision": revision,
        "options": dict(kind.options(settings.chat)),
        "temperature": settings.chat.temperature,
        "repeats": settings.repeats,
        "wording": REVISION,
        "own_notes": own,
    }
    rows = _unique([*kept, *asking.rows])
    result = result_of(rows, people, with_judge(before, rubric, settings.name, about), settings.bootstrap)
    run.write(JUDGEMENTS, judgements_to_jsonl(rows))
    run.write(HUMANS, humans_to_jsonl(people))
    run.write(SUMMARY, to_json(result) + "\n")
    key = stage_key(STAGE, rows=[asdict(row) for row in rows])
    facts = _facts(run, f"{rubric.name} {settings.name}", asking, reporter)
    run.finish(STAGE, key, [JUDGEMENTS, HUMANS, SUMMARY], started=started, failures=failures, facts=facts)
    asking.journal.remove()
    return result, tuple(failures)


def _facts(run: Run, who: str, asking: Asking, reporter: Reporter) -> dict[str, Any]:
    """What the manifest holds of every judge; a server that says it is another than before is reported."""
    record = run.record(STAGE)
    facts = dict(record.facts) if record else {}
    before = facts.get(who, {}).get("identity")
    if before is not None and asking.identity is not None and before != asking.identity:
        reporter.warn(f"judge: what answers as {who} is another model than before, by its own account")
    return facts | ({who: asking.facts} if asking.facts else {})


def _notes(run: Run) -> dict[Place, Note]:
    if not run.has(draft.OUTPUT):
        raise InputError(
            f"{run.folder}: has no {draft.OUTPUT}; run `scribeeval draft` or `scribeeval run` first"
        )
    found = read_notes(run.path(draft.OUTPUT))
    return {(d, v): found[d][v] for d in sorted(found) for v in sorted(found[d])}


def _chosen(notes: Mapping[Place, Note], settings: JudgeSettings) -> list[Place]:
    """The notes to judge now: of the drafters named, of the first visits."""
    known = sorted({drafter for drafter, _ in notes})
    for name in settings.drafters:
        if name not in known:
            raise InputError(not_known("drafter", name, known))
    of_drafters = [place for place in notes if place[0] in (settings.drafters or known)]
    visits = sorted({visit_id for _, visit_id in of_drafters})
    wanted = set(visits[: settings.max_visits] if settings.max_visits else visits)
    return [place for place in of_drafters if place[1] in wanted]


def _own_notes(
    notes: Mapping[Place, Note], settings: JudgeSettings, revision: str, chosen: Sequence[Place]
) -> list[str]:
    """The drafters that are the judge: the same weights, or the same name behind a server.

    Raises:
        InputError: one of them is to be judged, and nobody forced it.

    """
    names = {name.casefold() for name in (revision, settings.chat.model) if name}
    own = sorted({place[0] for place, note in notes.items() if note.producer.revision.casefold() in names})
    judged = [name for name in own if any(place[0] == name for place in chosen)]
    if judged and not settings.force:
        raise InputError(
            f"the judge {settings.name!r} is the model that drafted as {judged[0]!r}, and a model favours "
            "what it wrote: take another judge, name other drafters with --drafter, or give --force"
        )
    return own


def _blocks(run: Run, rubric: Rubric, reporter: Reporter) -> Blocks:
    """What judgement.json says of the rubrics judged before; not of one that has changed since."""
    before: Blocks = (run.read_json(SUMMARY) or {}).get("rubrics", {})
    if before.get(rubric.name, {}).get("sha256", rubric.sha256) != rubric.sha256:
        reporter.warn(
            f"judge: the rubric {rubric.name!r} has changed; what was judged by it before is dropped"
        )
        return {name: block for name, block in before.items() if name != rubric.name}
    return before


def _kept(
    run: Run,
    settings: JudgeSettings,
    tasks: Sequence[Task],
    unasked: Collection[str | None],
    hashes: Mapping[Place, str],
    before: Blocks,
    reporter: Reporter,
) -> list[Judgement]:
    """Rows of earlier commands that still hold: of the notes as they are, and of this judge as it is.

    unasked: visits of which nothing can be asked now; what was said of them stays.
    """
    keys = {task.key for task in tasks}
    kept: list[Judgement] = []
    n_stale = 0
    for row in read_judgements(run.path(JUDGEMENTS)):
        mine = (row.rubric, row.judge) == (settings.rubric.name, settings.name)
        if not mine and row.judge not in before.get(row.rubric, {}).get("judges", {}):
            continue
        if hashes.get((row.drafter, row.visit_id)) != row.note:
            n_stale += 1
        elif not mine or row.asked in keys or row.visit_id in unasked:
            kept.append(row)
    if n_stale:
        reporter.warn(f"judge: {n_stale} marks were of notes that have changed since; they are dropped")
    return kept


def _unique(rows: Sequence[Judgement]) -> list[Judgement]:
    """Each mark once: a run that was killed after its files were written left them in its journal too."""
    found = {(row.asked, row.item, row.start): row for row in rows}
    return list(found.values())


def _people(
    run: Run,
    settings: JudgeSettings,
    notes: Mapping[Place, Note],
    hashes: Mapping[Place, str],
    before: Blocks,
    chosen: Sequence[Place],
    reporter: Reporter,
) -> list[HumanRow]:
    """People's marks: those given now, and those given before of notes that have not changed."""
    rubric = settings.rubric
    earlier = [
        row
        for row in read_humans(run.path(HUMANS))
        if row.rubric in before and hashes.get((row.drafter, row.visit_id)) == row.note
    ]
    if settings.humans is None:
        return earlier
    scales = {item.id: (float(item.scale.low), float(item.scale.high)) for item in rubric.items}
    marks = read_human_ratings(settings.humans, scales, per_statement=rubric.per == "statement")
    drafters = sorted({drafter for drafter, _ in chosen})
    rows, elsewhere = human_rows(marks, rubric.name, notes, hashes, drafters, settings.humans.name)
    if elsewhere:
        reporter.warn(f"judge: {elsewhere} marks in {settings.humans.name} are of no note of this run")
    return [*(row for row in earlier if row.rubric != rubric.name), *rows]
