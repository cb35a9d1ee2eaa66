"""The asking of one drafter's model: answers of earlier runs are taken, new ones kept as they come."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from scribeeval.io.files import sha256_of_json
from scribeeval.models.chat.base import Answer, ChatModel, Completion, Identity, NoCompletion, Question
from scribeeval.run import Journal, Reporter, Run

ANSWERS = "answers"  # .answers.journal in the run folder: kept, unlike the journals of stages


class Answers:
    """All answers that a run folder holds, by the hash of everything that they depend on."""

    def __init__(self, run: Run) -> None:
        self._journal: Journal = run.journal(ANSWERS)
        self._found = {row["key"]: Completion(**row["answer"]) for row in self._journal.read()}

    def get(self, key: str) -> Completion | None:
        """Give an answer; None where there is none yet."""
        return self._found.get(key)

    def keep(self, key: str, answer: Completion) -> None:
        """Add an answer and wait until the disk has it."""
        self._journal.append({"key": key, "answer": asdict(answer)})
        self._found[key] = answer


@dataclass(frozen=True, slots=True)
class Before:
    """What the last run noted of a drafter.

    refused: questions that got no usable answer, and why; they are not asked again.  again: questions whose
    answer is kept and is to be asked for all the same.  identity: what answered; earlier: what did before.
    """

    refused: Mapping[str, str] = field(default_factory=dict)
    again: Collection[str] = ()
    identity: Mapping[str, Any] | None = None
    earlier: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Asked:
    """What became of a drafter's questions.  answers, todo (asked now): by key; facts: for the manifest."""

    answers: dict[str, Answer] = field(default_factory=dict)
    todo: Collection[str] = ()
    refused: dict[str, str] = field(default_factory=dict)  # what asking again would not change
    facts: dict[str, Any] = field(default_factory=dict)


def key_of(model: ChatModel) -> Callable[[Question], str]:
    """Give what hashes a question with all else that its answer depends on."""
    about = sha256_of_json([model.name, model.revision, dict(model.options)])
    return lambda question: sha256_of_json([about, asdict(question)])


def to_ask(questions: Mapping[str, Question], store: Answers, before: Before) -> dict[str, Question]:
    """Give the questions that a run has to ask."""
    return {
        key: question
        for key, question in questions.items()
        if key in before.again or (store.get(key) is None and key not in before.refused)
    }


def ask(
    questions: Mapping[str, Question],
    model: ChatModel,
    store: Answers,
    before: Before,
    title: str,
    reporter: Reporter,
) -> Asked:
    """Answer questions by key, from the store or by the model."""
    todo = to_ask(questions, store, before)
    asked = Asked(todo=todo)
    for key in questions:
        known = store.get(key)
        if key in todo:
            continue
        if known is not None:
            asked.answers[key] = known
        else:
            asked.refused[key] = why = before.refused[key]
            asked.answers[key] = NoCompletion(f"{why}; asked again only with --retry-errors")
    asked.facts = {
        "n_questions": len(questions),
        "n_answered_before": len(questions) - len(todo) - len(asked.refused),
        "n_asked": len(todo),
        "identity": before.identity,
    }
    if before.earlier is not None:  # answers of both may be among the notes
        asked.facts["identity_before"] = before.earlier
    if todo:
        _identify(model, before.identity, asked, title, reporter)
        _ask(todo, model, store, asked, title, reporter)
    _say_who_answered(asked, title, reporter)
    return asked


def _say_who_answered(asked: Asked, title: str, reporter: Reporter) -> None:
    """Note which models the answers are by, those of earlier runs too."""
    answers = (answer for answer in asked.answers.values() if isinstance(answer, Completion))
    by = Counter((answer.model, answer.fingerprint) for answer in answers)
    if len(by) > 1:
        reporter.warn(f"{title}: {len(by)} different models answered behind one name; see the manifest")
    asked.facts["answered_by"] = [{"model": m, "fingerprint": f, "n": n} for (m, f), n in sorted(by.items())]


def _ask(
    todo: Mapping[str, Question],
    model: ChatModel,
    store: Answers,
    asked: Asked,
    title: str,
    reporter: Reporter,
) -> None:
    started = time.monotonic()
    keys = list(todo)
    counted: Counter[str] = Counter()

    with reporter.progress(title, len(keys)) as advance:

        def take(place: int, answer: Answer) -> None:
            asked.answers[keys[place]] = answer
            if isinstance(answer, Completion):
                store.keep(keys[place], answer)
                for name in ("input_tokens", "output_tokens", "reasoning_tokens"):
                    counted[name] += getattr(answer, name) or 0
                counted["n_uncounted"] += answer.output_tokens is None
            elif not answer.passing:
                asked.refused[keys[place]] = answer.message
            advance(1)

        answers = model.answer(list(todo.values()))
        try:
            for place, answer in answers:
                take(place, answer)
        except KeyboardInterrupt:
            _take_the_rest(answers, take)
            raise
    for key in keys:  # a model that gives nothing back must not look like one that wrote nothing
        asked.answers.setdefault(key, NoCompletion("the model gave no answer; run again", passing=True))
    asked.facts |= {
        **counted,
        "asking_s": round(time.monotonic() - started, 3),
        "versions": dict(model.versions),
        "model": dict(model.facts()),
    }


def several_models(asked: Asked, last: Mapping[str, Any]) -> bool:
    """Tell whether the answers that there are now come from more than one model behind one name.

    Answers of earlier runs are among them.  last: the facts of the last run; once its answers were of
    two models, they stay so until all are asked for again.
    """
    by = {(a.model, a.fingerprint) for a in asked.answers.values() if isinstance(a, Completion)}
    changed = "identity_before" in asked.facts or last.get("several_models", False)
    return len(by) > 1 or (changed and asked.facts["n_answered_before"] > 0)


def _take_the_rest(answers: Iterator[tuple[int, Answer]], take: Callable[[int, Answer], None]) -> None:
    """After Ctrl-C, keep what had been answered, and paid for, already."""
    throw = getattr(answers, "throw", None)
    if throw is None:
        return
    with suppress(KeyboardInterrupt, StopIteration):
        take(*throw(KeyboardInterrupt()))
        for place, answer in answers:
            take(place, answer)


def _identify(
    model: ChatModel, before: Mapping[str, Any] | None, asked: Asked, title: str, reporter: Reporter
) -> None:
    """Ask a server what it is, and say where it is another than the last time."""
    if model.identify is None:
        return
    found = model.identify()
    if not isinstance(found, Identity):
        reporter.warn(f"{title}: the server's identity is not known: {found.message}")
        return
    now = asdict(found)
    asked.facts["identity"] = now
    changed = sorted(name for name in now if before is not None and before.get(name) != now[name])
    if changed:
        asked.facts["identity_before"] = before
        reporter.warn(
            f"{title}: what answers behind the endpoint has changed since the last run "
            f"({', '.join(changed)}): notes of the two runs are by different models"
        )


def totals(facts: Mapping[str, Any], n_notes: int, prices: tuple[float | None, float | None, str]) -> str:
    """Say what a drafter's asking took: tokens, cost and seconds per note."""
    said = [f"{facts['n_asked']} asked", f"{facts['n_answered_before']} answered before"]
    if facts.get("input_tokens") or facts.get("output_tokens"):
        thought = facts.get("reasoning_tokens") or 0
        reasoning = f", {thought:,} of them reasoning" if thought else ""
        said.append(f"{facts['input_tokens']:,} tokens in, {facts['output_tokens']:,} out{reasoning}")
    spent = cost(facts.get("input_tokens") or 0, facts.get("output_tokens") or 0, prices)
    if spent is not None:
        said.append(f"{spent:,.4f} {prices[2]}")
    if facts["n_asked"] and n_notes:
        said.append(f"{facts['asking_s'] / facts['n_asked']:.1f} s an answer")
    return "; ".join(said)


def cost(n_in: int, n_out: int, prices: tuple[float | None, float | None, str]) -> float | None:
    """Give the price of tokens; None where a price is not known."""
    if prices[0] is None or prices[1] is None:
        return None
    return (n_in * prices[0] + n_out * prices[1]) / 1e6


def estimate(
    questions: Mapping[str, Question],
    tokens: Mapping[str, int],
    todo: Collection[str],
    prices: tuple[float | None, float | None, str],
) -> str:
    """Say what asking would take at most.  tokens: of each question, by key; todo: keys."""
    n_in, n_out = sum(tokens[key] for key in todo), sum(questions[key].max_tokens for key in todo)
    spent = cost(n_in, n_out, prices)
    price = "" if spent is None else f"; at most {spent:,.4f} {prices[2]}"
    return (
        f"{len(todo)} of {len(questions)} questions to ask; about {n_in:,} tokens in, "
        f"at most {n_out:,} out{price}"
    )
