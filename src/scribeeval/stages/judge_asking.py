"""What a judge is still to be asked, and the asking: repeat by repeat, each answer kept as it comes."""

import time
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of_json
from scribeeval.models.chat.base import (
    Answer,
    ChatKind,
    ChatModel,
    ChatSettings,
    Completion,
    Identity,
    NoCompletion,
)
from scribeeval.models.judges.judge import TOO_LONG, Asked, Mark, ask, fits, read
from scribeeval.models.judges.rubrics import Rubric
from scribeeval.records import Note
from scribeeval.run import Failure, Reporter, Run
from scribeeval.stages.egress import egress_listing
from scribeeval.stages.judge_rows import Judgement
from scribeeval.stages.judge_sides import sides_of
from scribeeval.stats.raters import Bootstrap

STAGE = "judge"
DRAWN_TEMPERATURE = 0.7

Place = tuple[str, str]  # drafter, visit


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """What one command asks.

    kind: a row of CHAT_MODELS.  chat: its settings; repeat i is drawn from seed + i.  name: of the judge in
    all results.  drafters: (), all of the run.  max_visits: the first in the order of their ids, 0 = all.
    max_tokens: of an answer with its reasoning, 0 = what the marks need.  force: let a model judge its own
    notes.  visits, humans: tables.
    """

    rubric: Rubric
    kind: str
    chat: ChatSettings
    name: str
    repeats: int = 3
    drafters: tuple[str, ...] = ()
    max_visits: int = 0
    max_tokens: int = 0
    force: bool = False
    visits: Path | None = None
    humans: Path | None = None
    bootstrap: Bootstrap = field(default_factory=Bootstrap)


@dataclass(frozen=True, slots=True)
class Task:
    """One answer to be had.  key: hash of all that it depends on."""

    place: Place
    repeat: int
    asked: Asked
    key: str


def temperature_for(repeats: int) -> float:
    """Greedy for one repeat; several are drawn, because greedy ones of a local model would all be equal."""
    return 0.0 if repeats == 1 else DRAWN_TEMPERATURE


def tasks_of(
    run: Run, settings: JudgeSettings, kind: ChatKind, revision: str, notes: Mapping[Place, Note]
) -> tuple[list[Task], list[Failure]]:
    """List all answers that the notes of a run need, and the notes that cannot be asked about."""
    sides = sides_of(run, settings.visits)
    options = [dict(kind.options(_chat(settings, repeat))) for repeat in range(settings.repeats)]
    tasks: list[Task] = []
    failures: list[Failure] = []
    for place, note in notes.items():
        try:
            questions = ask(settings.rubric, {"note": note.text, **sides(note.visit_id)}, settings.max_tokens)
        except InputError as error:
            failures += [_failure(place, problem) for problem in error.problems]
            continue
        for asked in questions:
            shared = sha256_of_json([settings.kind, revision, asdict(asked.question)])
            tasks += [
                Task(place, repeat, asked, sha256_of_json([shared, place, repeat, options[repeat]])[:32])
                for repeat in range(settings.repeats)
            ]
    return tasks, failures


def _chat(settings: JudgeSettings, repeat: int) -> ChatSettings:
    return replace(settings.chat, seed=settings.chat.seed + repeat)


def _failure(place: Place, problem: str) -> Failure:
    return Failure(STAGE, place[1], f"visit {place[1]!r}, drafter {place[0]!r}: {problem}")


class Asking:
    """The asking of one judge: what it brought (rows, failures), and what is worth recording (facts)."""

    def __init__(self, run: Run, settings: JudgeSettings, hashes: Mapping[Place, str]) -> None:
        self.rows: list[Judgement] = []
        self.failures: list[Failure] = []
        self.facts: dict[str, Any] = {}
        self.identity: dict[str, Any] | None = None  # of a server
        self._settings = settings
        self._hashes = hashes
        self._listed = egress_listing(run, STAGE)
        name = sha256_of_json([settings.rubric.name, settings.name])[:12]
        self.journal = run.journal(f"{STAGE}-{name}")  # of this judge alone: another's may be half done too

    def resume(self, keys: Container[str]) -> None:
        """Take what a killed run of this judge had, as far as it is still asked for."""
        for line in self.journal.read():
            if line["asked"] in keys:
                self.rows += [Judgement(**row) for row in line["rows"]]

    def ask(self, todo: Sequence[Task], kind: ChatKind, reporter: Reporter) -> None:
        """Ask all, repeat by repeat; a repeat is a model of its own, with its own seed.

        Raises:
            InputError: the model is missing or its server refuses us; what was answered is kept.

        """
        started = time.monotonic()
        counted: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        with reporter.progress(f"judge: {self._settings.name}", len(todo)) as advance:
            for repeat in sorted({task.repeat for task in todo}):
                model = kind.load(_chat(self._settings, repeat), self._listed)
                try:
                    self._identify(model)
                    for task, answer in _answers(model, [task for task in todo if task.repeat == repeat]):
                        self._take(task, answer, reporter)
                        if isinstance(answer, Completion):
                            counted["input_tokens"] += answer.input_tokens or 0
                            counted["output_tokens"] += answer.output_tokens or 0
                        elif not answer.passing:
                            reasons[answer.message] += 1
                        advance(1)
                finally:
                    model.close()
        for message, n in sorted(reasons.items()):
            reporter.warn(f"judge: {n} without a judgement: {message}")
        self.facts |= {"n_asked": len(todo), "asking_s": round(time.monotonic() - started, 3), **counted}

    def _take(self, task: Task, answer: Answer, reporter: Reporter) -> None:
        """Keep an answer, be it a judgement or none; that nobody answered is a failure of this run alone."""
        if isinstance(answer, NoCompletion) and answer.passing:
            failure = _failure(task.place, f"repeat {task.repeat + 1}: {answer.message}")
            self.failures.append(failure)
            reporter.fail(failure.message)
            return
        rows = [self._row(task, mark) for mark in read(self._settings.rubric, task.asked, answer)]
        self.journal.append({"asked": task.key, "rows": [asdict(row) for row in rows]})
        self.rows += rows

    def _row(self, task: Task, mark: Mark) -> Judgement:
        drafter, visit_id = task.place
        return Judgement(
            self._settings.rubric.name,
            self._settings.name,
            drafter,
            visit_id,
            task.repeat,
            mark.start,
            mark.end,
            mark.item,
            mark.value,
            mark.failed,
            self._hashes[task.place],
            task.key,
            mark.rationale,
        )

    def _identify(self, model: ChatModel) -> None:
        """Note which libraries ran it, and what a server says that it is, once a run."""
        self.facts.setdefault("versions", dict(model.versions))
        if model.identify is not None and self.identity is None:
            found = model.identify()
            if isinstance(found, Identity):
                self.facts["identity"] = self.identity = asdict(found)


def _answers(model: ChatModel, tasks: Sequence[Task]) -> Iterator[tuple[Task, Answer]]:
    """Ask the questions that fit the model's window; the others are no judgement, and say so."""
    fitting = []
    for task in tasks:
        if fits(task.asked, model):
            fitting.append(task)
        else:
            yield task, NoCompletion(TOO_LONG)
    for place, answer in model.answer([task.asked.question for task in fitting]):
        yield fitting[place], answer
