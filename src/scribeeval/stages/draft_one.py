"""One drafter over all visits: plans, answers, notes.  What failed is a visit's failure, never a note."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scribeeval.config_draft import DraftTable
from scribeeval.errors import InputError
from scribeeval.models.chat.base import Completion
from scribeeval.models.deidentify import deidentify, reidentify, unknown_placeholders
from scribeeval.models.drafters.base import Drafter, Plan
from scribeeval.models.drafters.prompted import tokens_of
from scribeeval.records import Note, Segment, Visit
from scribeeval.run import Failure, Reporter, Run
from scribeeval.stages.draft_asking import (
    Answers,
    Before,
    ask,
    cost,
    estimate,
    key_of,
    several_models,
    to_ask,
    totals,
)
from scribeeval.stages.drafters import not_loaded, ready
from scribeeval.stages.egress import egress_listing

STAGE = "draft"


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


def draft_all(name: str, inputs: Inputs) -> Made:
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
            now: Collection[str] = ()
            key = None
        else:
            key = key_of(drafter.model)
            questions = {key(q): q for plan in plans.values() for q in plan.questions}
            before, title = _before(name, inputs), f"draft: {name}"
            asked = ask(questions, drafter.model, Answers(inputs.run), before, title, inputs.reporter)
            answered, now = asked.answers, asked.todo
            made.facts = {
                **asked.facts,
                **drafter.facts,
                "refused": asked.refused,
                "several_models": several_models(asked, inputs.before.get(name, {})),
            }
    finally:
        if drafter.model is not None:
            drafter.model.close()
    n_new, no_note = 0, list[str]()
    with inputs.reporter.progress(f"draft: {name}: notes", len(plans)) as advance:
        for visit_id, plan in plans.items():
            advance(1)
            keys = [key(question) for question in plan.questions] if key else []
            try:
                text = plan.note([_text(visit_id, answered[k]) for k in keys])
            except InputError as error:
                _fail(made, name, visit_id, error, inputs.reporter)
                if all(isinstance(answered[k], Completion) for k in keys):
                    no_note += keys
                continue
            n_new += any(k in now for k in keys)
            made.notes.append(Note(visit_id, _with_identifiers(text, visit_id, made), drafter.producer))
    if drafter.model is not None:
        made.facts["no_note"] = no_note
    _say_totals(name, inputs, made, n_new)
    return made


def _before(name: str, inputs: Inputs) -> Before:
    """Read what the last run noted; with retry_errors, nothing of it keeps a question from being asked."""
    last = inputs.before.get(name, {})
    who = last.get("identity"), last.get("identity_before")
    if inputs.choice.retry_errors:
        return Before({}, frozenset(last.get("no_note", ())), *who)
    return Before(last.get("refused", {}), (), *who)


def _plans(name: str, drafter: Drafter, inputs: Inputs, made: Made) -> dict[str, Plan]:
    """Plan every visit that the drafter can draft."""
    plans: dict[str, Plan] = {}
    table = inputs.settings.models.get(name)
    visits = [v for v in inputs.visits if not drafter.hears or v.visit_id in inputs.heard]
    if len(visits) < len(inputs.visits):
        silent = len(inputs.visits) - len(visits)
        inputs.reporter.warn(f"draft: {name}: {silent} visits without a transcript get no note")
    for visit in visits:
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
        failure = Failure(STAGE, visit_id, f"visit {visit_id!r}, drafter {name!r}: {words}", name)
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


def _say_totals(name: str, inputs: Inputs, made: Made, n_new: int) -> None:
    """Say and note what the asking took.  n_new: notes that something was asked for in this run."""
    table = inputs.settings.models.get(name)
    if table is None or "n_asked" not in made.facts:
        return
    prices = (table.input_price, table.output_price, table.currency)
    made.facts["cost"] = cost(made.facts.get("input_tokens", 0), made.facts.get("output_tokens", 0), prices)
    made.facts["currency"] = table.currency
    if n_new:
        made.facts["s_per_note"] = round(made.facts["asking_s"] / n_new, 3)
    inputs.reporter.say(f"draft: {name}: {totals(made.facts, len(made.notes), prices)}")


def estimates(inputs: Inputs, chosen: Sequence[str]) -> list[Failure]:
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
        key = key_of(drafter.model)
        plans = _plans(name, drafter, inputs, made).values()
        questions = {key(q): q for plan in plans for q in plan.questions}
        prices = (table.input_price, table.output_price, table.currency)
        tokens = {k: tokens_of(q, drafter.model) for k, q in questions.items()}
        said = estimate(questions, tokens, to_ask(questions, store, _before(name, inputs)), prices)
        inputs.reporter.say(f"draft (dry run): {name}: {said}")
    return made.failures
