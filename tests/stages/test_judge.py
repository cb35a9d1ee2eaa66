"""The judge stage with a model that is a function: what is kept, counted, resumed and refused."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scribeeval.errors import InputError
from scribeeval.io.notes import notes_to_jsonl
from scribeeval.io.transcripts import transcripts_to_jsonl
from scribeeval.models.chat.base import (
    Answer,
    ChatKind,
    ChatModel,
    ChatSettings,
    Completion,
    Identity,
    NoCompletion,
    Question,
)
from scribeeval.models.judges.rubrics import read_rubric
from scribeeval.models.network import Listed
from scribeeval.records import Note, Producer, Segment, Transcript
from scribeeval.run import Silent, open_run
from scribeeval.stages.judge import judge
from scribeeval.stages.judge_asking import JudgeSettings, temperature_for
from scribeeval.stats.raters import Bootstrap

VISITS = [f"V{i:02}" for i in range(1, 9)]
MARK = "ZZPATIENTMARK"
ITEMS = [item.id for item in read_rubric("pdqi9").items]

Mind = Callable[[str, int], Answer]  # text of the question, seed -> answer


@dataclass
class Asked:
    """A judge for tests: a function of the question and the seed; remembers what it was asked."""

    mind: Mind
    revision: str = "weights-of-the-judge"
    context_tokens: int | None = None
    questions: list[tuple[int, str]] = field(default_factory=list)
    closed: int = 0
    probe: str = ""  # a server's answer to the probe; "" = weights on this machine

    def kind(self) -> ChatKind:
        return ChatKind("a function", "", lambda _: self.revision, self._options, self._load)

    def _options(self, settings: ChatSettings) -> dict[str, Any]:
        return {"temperature": settings.temperature, "seed": settings.seed}

    def _load(self, settings: ChatSettings, listed: Listed) -> ChatModel:
        def answer(questions: Sequence[Question]) -> Iterator[tuple[int, Answer]]:
            for place in reversed(range(len(questions))):  # answers come in any order
                text = questions[place].messages[-1].content
                self.questions.append((settings.seed, text))
                yield place, self.mind(text, settings.seed)

        def close() -> None:
            self.closed += 1

        def identify() -> Identity:
            return Identity("m", "", self.probe)

        return ChatModel(
            name="function",
            revision=self.revision,
            options={},
            versions={"function": "1"},
            context_tokens=self.context_tokens,
            count_tokens=len,
            answer=answer,
            identify=identify if self.probe else None,
            close=close,
        )


def marks(value: int, text: str = "") -> Completion:
    return Completion(json.dumps(dict.fromkeys(ITEMS, value)), 100, 20)


def by_visit(text: str, seed: int) -> Answer:
    """Marks that depend on the note, and for odd visits on the seed."""
    number = int(text.split("note of visit ")[1][:2])
    return marks(1 + (number + (seed if number % 2 else 0)) % 5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run folder with the notes of two drafters, and transcripts."""
    run = tmp_path / "run"
    with open_run(run) as opened:
        notes = [
            Note(
                v,
                f"PLAN\nThis is the note of visit {v[1:]} by {d}. Rest. {MARK}",
                Producer(d, revision, ""),
            )
            for v in VISITS
            for d, revision in (("alpha", "weights-of-alpha"), ("beta", "weights-of-beta"))
        ]
        said = [
            Transcript(v, (Segment(0.0, 1.0, "patient", f"I need rest. {MARK}"),), Producer("x", "1", ""))
            for v in VISITS
        ]
        opened.write("notes.jsonl", notes_to_jsonl(notes))
        opened.write("transcripts.jsonl", transcripts_to_jsonl(said))
        opened.finish("draft", "key", ["notes.jsonl"], started=0.0)
    return run


def settings_of(name: str = "judge", **changes: Any) -> JudgeSettings:
    repeats = changes.get("repeats", 2)
    chat = ChatSettings(model="m", temperature=temperature_for(repeats), seed=5)
    base = JudgeSettings(read_rubric("pdqi9"), "function", chat, name, 2, bootstrap=Bootstrap(resamples=100))
    return replace(base, **changes)


class Heard(Silent):
    """A reporter that keeps what it was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def warn(self, line: str) -> None:
        self.lines.append(line)

    def fail(self, line: str) -> None:
        self.lines.append(line)


def run_judge(folder: Path, asked: Asked, **changes: Any) -> tuple[dict[str, Any], Any, list[str]]:
    heard = Heard()
    with open_run(folder) as run:
        found, failures = judge(run, settings_of(**changes), asked.kind(), heard)
    assert MARK not in json.dumps(found)
    assert MARK not in "\n".join(heard.lines)
    assert found == json.loads((folder / "judgement.json").read_text())
    return found["rubrics"], failures, heard.lines


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "judgements.jsonl").read_text().splitlines()]


def test_every_note_is_judged_k_times_and_summed_up_by_hand(folder: Path) -> None:
    asked = Asked(by_visit)
    rubrics, failures, _ = run_judge(folder, asked)
    assert (failures, asked.closed) == ((), 2)
    assert sorted({seed for seed, _ in asked.questions}) == [5, 6]
    rows = rows_of(folder)
    assert len(rows) == 8 * 2 * 2 * 9
    assert (folder / "judgements.jsonl").stat().st_mode & 0o777 == 0o600
    row = rubrics["pdqi9"]["judges"]["judge"]["drafters"]["alpha"]
    assert (row["n_visits"], row["n_judgements"], row["n_failed"], row["failure_rate"]) == (8, 16, 0, 0.0)
    by_hand = [
        np.mean([1 + (v + (seed if v % 2 else 0)) % 5 for seed in (5, 6)]) for v in range(1, 9)
    ]  # odd visits flip, even ones never do
    for item in row["items"].values():
        assert item["value"] == pytest.approx(np.mean(by_hand))
        assert item["interval"]["low"] < item["value"] < item["interval"]["high"]
        assert (item["flip_rate"], item["pair_flip_rate"]) == (0.5, 0.5)
        assert sum(item["marks"].values()) == 16
    assert (row["n_repeated"], row["flip_rate"]) == (72, 0.5)


def test_the_pairs_of_three_repeats_by_hand(folder: Path) -> None:
    """Marks 2, 2, 3 of each thing: it flips (1), and two of its three pairs differ."""
    rubrics, _, _ = run_judge(folder, Asked(lambda _, seed: marks(3 if seed == 7 else 2)), repeats=3)
    row = rubrics["pdqi9"]["judges"]["judge"]["drafters"]["beta"]
    assert (row["flip_rate"], row["pair_flip_rate"]) == (1.0, pytest.approx(2 / 3))
    assert row["items"]["useful"]["value"] == pytest.approx(7 / 3)
    assert row["items"]["useful"]["interval"] is None, "equal visits leave nothing to resample"


def test_a_failed_judgement_is_counted_and_no_value_takes_its_place(folder: Path) -> None:
    def mind(text: str, seed: int) -> Answer:
        if "visit 01" in text:
            return NoCompletion("the answer was cut at max_tokens = 9; raise it")
        if "visit 02" in text:
            return Completion('{"accurate": 9}')
        return Completion("no JSON") if "visit 03" in text and seed == 5 else marks(4)

    asked = Asked(mind)
    rubrics, failures, lines = run_judge(folder, asked)
    row = rubrics["pdqi9"]["judges"]["judge"]["drafters"]["alpha"]
    assert failures == (), "the judge failed, the command did not"
    assert row["failed"] == {"missing_item": 2, "no_answer": 2, "not_json": 1}
    assert (row["n_judgements"], row["n_failed"], row["failure_rate"]) == (16, 5, 5 / 16)
    assert row["items"]["useful"]["n_visits"] == 6
    assert row["items"]["useful"]["value"] == 4.0
    assert row["n_repeated"] == 5 * 9, "visit 3 has one mark only"
    assert any("4 without a judgement: the answer was cut" in line for line in lines)
    assert {r["value"] for r in rows_of(folder) if r["failed"]} == {None}
    before = len(asked.questions)
    run_judge(folder, asked)
    assert len(asked.questions) == before, "asking until a judgement comes would hide the failures"


def test_all_failed_is_undefined_not_a_number(folder: Path) -> None:
    rubrics, _, _ = run_judge(folder, Asked(lambda *_: Completion("{}")))
    row = rubrics["pdqi9"]["judges"]["judge"]["drafters"]["alpha"]
    assert (row["failure_rate"], row["flip_rate"], row["items"]["useful"]["value"]) == (1.0, None, None)
    (repeats, *_) = rubrics["pdqi9"]["agreement"]
    assert repeats["alpha"]["why"] == "nothing_in_common"


def test_nobody_answering_is_a_failure_of_the_run_and_tried_again(folder: Path) -> None:
    def down(text: str, seed: int) -> Answer:
        return NoCompletion("nothing listens there", passing=True) if "visit 04" in text else marks(3)

    rubrics, failures, _ = run_judge(folder, Asked(down))
    assert len(failures) == 4
    assert "visit 'V04', drafter 'alpha': repeat 1: nothing listens there" in {f.message for f in failures}
    assert rubrics["pdqi9"]["judges"]["judge"]["drafters"]["alpha"]["n_judgements"] == 14
    up = Asked(by_visit)
    rubrics, failures, _ = run_judge(folder, up)
    assert (failures, len(up.questions)) == ((), 4)
    assert rubrics["pdqi9"]["judges"]["judge"]["drafters"]["alpha"]["n_judgements"] == 16


def test_a_killed_run_goes_on_where_it_was_with_nothing_asked_twice(folder: Path) -> None:
    seen: list[str] = []

    def killed(text: str, seed: int) -> Answer:
        if len(seen) == 11:
            raise KeyboardInterrupt
        seen.append(text)
        return by_visit(text, seed)

    first = Asked(killed)
    with pytest.raises(KeyboardInterrupt):
        run_judge(folder, first)
    assert first.closed == 1
    other = Asked(lambda *_: marks(2), "other")
    run_judge(folder, other, name="other")  # another judge in between loses nothing
    again = Asked(by_visit)
    run_judge(folder, again)
    assert len(again.questions) == 32 - 11
    fresh = folder.parent / "fresh"
    with open_run(fresh) as run:
        for name in ("notes.jsonl", "transcripts.jsonl"):
            run.write(name, (folder / name).read_bytes())
        run.finish("draft", "key", ["notes.jsonl"], started=0.0)
    run_judge(fresh, Asked(by_visit))
    run_judge(fresh, other, name="other")
    for name in ("judgements.jsonl", "judgement.json"):
        assert (fresh / name).read_bytes() == (folder / name).read_bytes()
    assert list(folder.glob(".*journal")) == []


def test_judges_add_up_and_what_changed_is_asked_again(folder: Path) -> None:
    run_judge(folder, Asked(by_visit), name="one")
    rubrics, _, _ = run_judge(folder, Asked(lambda *_: marks(3), "other"), name="two")
    assert list(rubrics["pdqi9"]["judges"]) == ["one", "two"]
    between = [row for row in rubrics["pdqi9"]["agreement"] if row["between"] == "judges"]
    assert [row["item"] for row in between] == [*ITEMS, "mean_of_items"]
    assert between[0]["raters"] == ["one", "two"]
    assert between[0]["n_things"] == 16
    assert between[0]["n_visits"] == 8
    new = Asked(by_visit, "new weights")
    run_judge(folder, new, name="one")
    assert len(new.questions) == 32, "another judge under the same name"
    notes = (folder / "notes.jsonl").read_text().replace("visit 01 by alpha", "visit 01 by alpha, changed")
    (folder / "notes.jsonl").write_text(notes)
    rubrics, _, lines = run_judge(folder, new, name="one")
    assert len(new.questions) == 34
    assert any("36 marks were of notes that have changed" in line for line in lines)
    assert rubrics["pdqi9"]["judges"]["two"]["drafters"]["alpha"]["n_visits"] == 7


def test_a_judge_may_not_be_the_drafter_unless_forced(folder: Path) -> None:
    own = Asked(by_visit, "weights-of-alpha")
    with pytest.raises(InputError, match="'judge' is the model that drafted as 'alpha'"):
        run_judge(folder, own)
    assert own.questions == []
    run_judge(folder, own, drafters=("beta",))
    rubrics, _, _ = run_judge(folder, own, force=True)
    assert rubrics["pdqi9"]["judges"]["judge"]["own_notes"] == ["alpha"]
    named = settings_of(chat=ChatSettings(model="Weights-of-Beta"))
    with open_run(folder) as run, pytest.raises(InputError, match="drafted as 'beta'"):
        judge(run, named, Asked(by_visit).kind(), Silent())


def test_a_part_of_the_notes_may_be_judged_and_the_rest_later(folder: Path) -> None:
    asked = Asked(by_visit)
    run_judge(folder, asked, max_visits=3, drafters=("beta",))
    assert len(asked.questions) == 6
    rubrics, _, _ = run_judge(folder, asked)
    assert len(asked.questions) == 32
    assert sorted(rubrics["pdqi9"]["judges"]["judge"]["drafters"]) == ["alpha", "beta"]
    with pytest.raises(InputError, match="drafter 'alhpa' is not known; did you mean 'alpha'"):
        run_judge(folder, asked, drafters=("alhpa",))


def test_a_model_swapped_behind_a_server_is_reported(folder: Path) -> None:
    _, _, lines = run_judge(folder, Asked(by_visit, probe="aa"), max_visits=2)
    assert not any("another model" in line for line in lines)
    _, _, lines = run_judge(folder, Asked(by_visit, probe="aa"), max_visits=4)
    assert not any("another model" in line for line in lines)
    _, _, lines = run_judge(folder, Asked(by_visit, probe="bb"), max_visits=6)
    assert any("what answers as pdqi9 judge is another model than before" in line for line in lines)


def test_what_does_not_fit_the_window_fails_uncut(folder: Path) -> None:
    asked = Asked(by_visit, context_tokens=300)
    rubrics, _, lines = run_judge(folder, asked)
    assert asked.questions == []
    assert rubrics["pdqi9"]["judges"]["judge"]["drafters"]["alpha"]["failed"] == {"too_long": 16}
    assert any("do not fit the model's window" in line for line in lines)


def test_a_visit_without_a_transcript_is_named(folder: Path) -> None:
    (folder / "transcripts.jsonl").unlink()
    _, failures, lines = run_judge(folder, Asked(by_visit))
    assert len(failures) == 16
    assert "visit 'V01', drafter 'alpha': has no transcript" in lines[0]


def table(folder: Path, rows: Sequence[Sequence[object]], *columns: str) -> Path:
    path = folder.parent / "people.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("visit_id", "rater", "item", "value", *columns), *rows])
    return path


def test_agreement_with_people(folder: Path) -> None:
    """A judge that marks as Ann does, and Bob who is one milder throughout: kappa 1, and below."""

    def mind(text: str, seed: int) -> Answer:
        return marks(1 + int(text.split("note of visit ")[1][:2]) % 4)

    people = table(
        folder,
        [
            (v, rater, "accurate", 1 + int(v[1:]) % 4 + (rater == "Bob"), "alpha")
            for v in VISITS
            for rater in ("Ann", "Bob")
        ]
        + [("V99", "Ann", "accurate", 3, "alpha"), ("V01", "Ann", "useful", "", "alpha")],
        "drafter",
    )
    rubrics, _, lines = run_judge(folder, Asked(mind), humans=people)
    assert "judge: 1 marks in people.csv are of no note of this run" in lines
    found = {(r["between"], r["item"]): r for r in rubrics["pdqi9"]["agreement"]}
    with_people = found["judge_and_humans", "accurate"]
    assert with_people["raters"] == ["judge", "Ann", "Bob"]
    assert (with_people["n_things"], with_people["n_visits"]) == (8, 8)
    ann, bob = with_people["kappa"]
    assert ann["raters"] == ["judge", "Ann"]
    assert (ann["quadratic"]["value"], ann["quadratic"]["why"]) == (1.0, "equal_resamples")
    # marks 2 3 4 1 2 3 4 1 and one more: sum of squares 8; of all pairs (x - y - 1)^2: 8 * 8 * (1 + 2 * 1.25)
    assert bob["quadratic"]["value"] == pytest.approx(1 - 8 * 8 / (8 * 8 * 3.5))
    assert bob["quadratic"]["low"] < bob["quadratic"]["value"] < bob["quadratic"]["high"]
    assert found["humans", "accurate"]["icc"]["icc_c1"]["value"] == pytest.approx(1.0)
    assert found["humans", "accurate"]["icc"]["icc_a1"]["value"] < 0.9
    assert found["humans", "useful"]["alpha"]["why"] == "nothing_in_common"
    rubrics, _, _ = run_judge(folder, Asked(mind))
    assert ("humans", "accurate") in {(r["between"], r["item"]) for r in rubrics["pdqi9"]["agreement"]}


def test_wrong_tables_of_people_are_named(folder: Path) -> None:
    asked = Asked(by_visit)
    for rows, columns, words in (
        ([("V01", "Ann", "acurate", 3, "alpha")], ["drafter"], "row 2: item 'acurate' is not known"),
        ([("V01", "Ann", "accurate", 9, "alpha")], ["drafter"], "row 2: value is no mark of 'accurate'"),
        ([("V01", "Ann", "accurate", MARK, "alpha")], ["drafter"], "give a number from 1 to 5"),
        ([("V01", "", "accurate", 3, "alpha")], ["drafter"], "row 2: rater is empty"),
        (
            [("V01", "A", "accurate", 3, "alpha")] * 2,
            ["drafter"],
            "row 3: this rater marks this item a second",
        ),
        ([("V01", "Ann", "accurate", 3)], [], "notes of several drafters"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            run_judge(folder, asked, humans=table(folder, rows, *columns))
        assert MARK not in str(caught.value)
    assert asked.questions == []


def test_statements_are_judged_one_by_one_in_batches(folder: Path) -> None:
    def mind(text: str, seed: int) -> Answer:
        names = [name for name in text.split("object: ")[1].split('"') if name.endswith("_support")]
        return Completion(json.dumps({name: i % 3 for i, name in enumerate(names)}))

    people = table(folder, [("V01", "Ann", "support", 0, 1), ("V01", "Ann", "support", 1, 2)], "statement")
    rubrics, _, _ = run_judge(
        folder, Asked(mind), rubric=read_rubric("support_claims"), humans=people, drafters=("alpha",)
    )
    row = rubrics["support_claims"]["judges"]["judge"]["drafters"]["alpha"]
    assert row["items"]["support"]["marks"] == {"0": 16, "1": 16, "2": 16}
    assert (row["items"]["support"]["n_things"], row["items"]["support"]["value"]) == (24, 1.0)
    first = rows_of(folder)[0]
    assert (first["start"], first["end"]) == (5, 43)
    with_people = [r for r in rubrics["support_claims"]["agreement"] if r["between"] == "judge_and_humans"]
    assert with_people[0]["n_things"] == 2
    assert with_people[0]["alpha"]["value"] == 1.0
