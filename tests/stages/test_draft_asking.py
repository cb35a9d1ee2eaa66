"""The asking of a model that is a function: Ctrl-C, a model that gives nothing back, keys, and sums."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drafting import Heard
from scribeeval.errors import InputError
from scribeeval.models.chat.base import (
    Answer,
    ChatModel,
    Completion,
    Identity,
    Message,
    NoCompletion,
    Question,
    estimated_tokens,
)
from scribeeval.run import Run, Silent, open_run
from scribeeval.stages.draft_asking import Answers, Asked, Before, ask, cost, estimate, key_of, totals

FREE = (None, None, "USD")
QUESTIONS = [Question((Message("user", f"question {i}"),), max_tokens=10) for i in range(5)]


def model(answer: Any, **changes: Any) -> ChatModel:
    made = ChatModel("function", "r1", {"seed": 0}, {}, None, estimated_tokens, answer)
    return replace(made, **changes)


def by_index(questions: Sequence[Question]) -> Iterator[tuple[int, Answer]]:
    for place in reversed(range(len(questions))):
        yield place, Completion(f"to {questions[place].messages[0].content}", 7, 3)


def asked_of(run: Run, made: ChatModel, before: Before = Before(), heard: Silent | None = None) -> Asked:  # noqa: B008
    key = key_of(made)
    return ask({key(q): q for q in QUESTIONS}, made, Answers(run), before, "draft: f", heard or Silent())


def kept(folder: Path) -> list[str]:
    lines = (folder / ".answers.journal").read_text().splitlines()
    return sorted(json.loads(line)["answer"]["text"] for line in lines)


def test_an_answer_goes_to_its_question_in_whatever_order_it_comes(tmp_path: Path) -> None:
    made = model(by_index)
    with open_run(tmp_path / "run") as run:
        found = asked_of(run, made)
        for question in QUESTIONS:
            answer = found.answers[key_of(made)(question)]
            assert answer == Completion(f"to {question.messages[0].content}", 7, 3)
        assert (found.facts["input_tokens"], found.facts["output_tokens"]) == (35, 15)
        assert (tmp_path / "run" / ".answers.journal").stat().st_mode & 0o777 == 0o600


def test_after_ctrl_c_in_the_model_the_answers_before_are_kept(tmp_path: Path) -> None:
    def interrupted(questions: Sequence[Question]) -> Iterator[tuple[int, Answer]]:
        yield 0, Completion("first")
        yield 1, Completion("second")
        raise KeyboardInterrupt

    with open_run(tmp_path / "run") as run:
        with pytest.raises(KeyboardInterrupt):
            asked_of(run, model(interrupted))
        assert kept(run.folder) == ["first", "second"]
        asked = asked_of(run, model(by_index))
        assert (asked.facts["n_answered_before"], asked.facts["n_asked"]) == (2, 3)


class Interrupts(Heard):
    """Ctrl-C as soon as the first answer is counted."""

    @contextmanager
    def progress(self, title: str, total: int, done: int = 0) -> Iterator[Callable[[int], object]]:
        def advance(more: int) -> None:
            raise KeyboardInterrupt

        yield advance


def test_after_ctrl_c_where_answers_are_taken_those_that_came_are_kept_too(tmp_path: Path) -> None:
    def answer(questions: Sequence[Question]) -> Iterator[tuple[int, Answer]]:
        try:
            for place in range(len(questions)):
                yield place, Completion(f"answer {place}")
        except KeyboardInterrupt:
            yield 2, Completion("answer 2")  # as in_flight does: what has come was paid for
            raise

    with open_run(tmp_path / "run") as run:
        with pytest.raises(KeyboardInterrupt):
            asked_of(run, model(answer), heard=Interrupts())
        assert kept(run.folder) == ["answer 0", "answer 2"]


def test_a_model_that_gives_nothing_back_has_not_answered(tmp_path: Path) -> None:
    def some(questions: Sequence[Question]) -> Iterator[tuple[int, Answer]]:
        yield 2, Completion("only this")

    with open_run(tmp_path / "run") as run:
        found = asked_of(run, model(some))
        missing = [a for a in found.answers.values() if isinstance(a, NoCompletion)]
        assert len(missing) == 4
        assert all(answer.passing for answer in missing)
        assert found.refused == {}


def test_a_failure_is_never_kept(tmp_path: Path) -> None:
    def failing(questions: Sequence[Question]) -> Iterator[tuple[int, Answer]]:
        for place in range(len(questions)):
            yield place, NoCompletion("too slow", passing=place % 2 == 0)

    with open_run(tmp_path / "run") as run:
        found = asked_of(run, model(failing))
        assert not (run.folder / ".answers.journal").exists()
        assert list(found.refused.values()) == ["too slow"] * 2
        again = asked_of(run, model(by_index), Before(refused=found.refused))
        assert again.facts["n_asked"] == 3
        assert again.refused == found.refused
        assert asked_of(run, model(by_index)).facts["n_asked"] == 2


def test_what_is_to_be_asked_again_is_and_the_new_answer_counts(tmp_path: Path) -> None:
    made = model(by_index)
    first = key_of(made)(QUESTIONS[0])

    def other(questions: Sequence[Question]) -> Iterator[tuple[int, Answer]]:
        yield 0, Completion("new")

    with open_run(tmp_path / "run") as run:
        asked_of(run, made)
        found = asked_of(run, model(other), Before(again=[first]))
        assert found.facts["n_asked"] == 1
        assert Answers(run).get(first) == Completion("new")


def test_a_line_cut_by_a_kill_costs_one_answer(tmp_path: Path) -> None:
    with open_run(tmp_path / "run") as run:
        asked_of(run, model(by_index))
        path = run.folder / ".answers.journal"
        path.write_bytes(path.read_bytes()[:-9])
        assert asked_of(run, model(by_index)).facts["n_asked"] == 1


def test_a_key_is_of_all_that_an_answer_depends_on() -> None:
    made, question = model(by_index), QUESTIONS[0]
    others = [
        key_of(replace(made, name="other"))(question),
        key_of(replace(made, revision="r2"))(question),
        key_of(replace(made, options={"seed": 1}))(question),
        key_of(made)(QUESTIONS[1]),
        key_of(made)(replace(question, max_tokens=11)),
        key_of(made)(replace(question, schema={"type": "object"})),
        key_of(made)(replace(question, messages=(Message("system", "question 0"),))),
    ]
    keys = {key_of(made)(question), *others}
    assert len(keys) == 8
    assert key_of(model(by_index))(replace(question)) == key_of(made)(question)


def test_an_identity_that_is_not_known_is_told_and_the_last_one_stays(tmp_path: Path) -> None:
    last = {"model": "m", "fingerprint": "", "probe_sha256": "x"}
    heard = Heard()
    made = model(by_index, identify=lambda: NoCompletion("too slow", passing=True))
    with open_run(tmp_path / "run") as run:
        found = asked_of(run, made, Before(identity=last), heard)
    assert heard.warned == ["draft: f: the server's identity is not known: too slow"]
    assert found.facts["identity"] == last


def test_the_identity_is_not_asked_for_where_nothing_is(tmp_path: Path) -> None:
    calls = []

    def identify() -> Identity:
        calls.append(1)
        return Identity("m", "", "x")

    with open_run(tmp_path / "run") as run:
        for _ in range(2):
            asked_of(run, model(by_index, identify=identify))
    assert calls == [1]


def test_costs_are_by_the_million_tokens() -> None:
    assert cost(1_000_000, 500_000, (2.0, 8.0, "USD")) == 6.0
    assert cost(0, 0, (2.0, 8.0, "USD")) == 0.0
    assert cost(5, 5, (None, 8.0, "USD")) is None
    assert cost(5, 5, (2.0, None, "USD")) is None


def test_what_was_taken_is_said() -> None:
    facts = {"n_asked": 4, "n_answered_before": 1, "input_tokens": 2000, "output_tokens": 30, "asking_s": 2.0}
    said = totals(facts | {"reasoning_tokens": 9}, 5, (1.0, 100.0, "EUR"))
    tokens = "2,000 tokens in, 30 out, 9 of them reasoning"
    assert said == f"4 asked; 1 answered before; {tokens}; 0.0050 EUR; 0.5 s an answer"
    nothing = {"n_asked": 0, "n_answered_before": 5}
    assert totals(nothing, 5, FREE) == "0 asked; 5 answered before"


def test_an_estimate_is_of_what_is_left() -> None:
    questions = {str(i): question for i, question in enumerate(QUESTIONS)}
    tokens = dict.fromkeys(questions, 100)
    said = estimate(questions, tokens, ["1", "3"], (10.0, 100.0, "USD"))
    assert said == ("2 of 5 questions to ask; about 200 tokens in, at most 20 out; at most 0.0040 USD")
    assert estimate(questions, tokens, [], FREE).startswith("0 of 5 questions to ask; about 0 tokens in")


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    with open_run(tmp_path / "run") as run:
        (run.folder / ".answers.journal").mkdir()
        with pytest.raises(InputError, match="cannot be written"):
            asked_of(run, model(by_index))
