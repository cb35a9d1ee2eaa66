"""The draft stage against a server on loopback: what is kept, asked again, refused, counted and said."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from drafting import MARK, VISITS, note, panel, run_draft, said, served, visit
from models.chat.stub_server import Reply, Stub, answer, cut, hang_up, slow, stub_server
from scribeeval.errors import InputError
from scribeeval.records import Visit
from scribeeval.stages.draft_one import Choice

ALL = [v.visit_id for v in VISITS]
OTHERS = ["V1", "V3"]


class Turns:
    """Answers in turn, the last one for good."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        (self.replies.pop(0) if len(self.replies) > 1 else self.replies[0])(handler)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server() as server:
        yield server


def test_what_was_answered_is_not_asked_again(stub: Stub, tmp_path: Path) -> None:
    answers = served(stub)
    first = run_draft(tmp_path / "run", panel(stub))
    assert first.failures == ()
    assert first.notes == {("small", v): note(v) for v in ALL}
    assert answers.taken() == ALL
    n_calls = len(stub.paths)
    made = (tmp_path / "run" / "notes.jsonl").read_bytes()

    assert run_draft(tmp_path / "run", panel(stub)).heard.said == ["draft: fresh"]
    assert len(stub.paths) == n_calls, "a fresh stage does not even ask for the list of models"

    (tmp_path / "run" / "notes.jsonl").unlink()
    (tmp_path / "run" / "manifest.json").unlink()
    again = run_draft(tmp_path / "run", panel(stub))
    assert answers.taken() == []
    assert again.facts()["n_answered_before"] == 3
    assert (tmp_path / "run" / "notes.jsonl").read_bytes() == made


def test_visits_without_a_transcript_are_told(stub: Stub, tmp_path: Path) -> None:
    served(stub)
    done = run_draft(tmp_path / "run", panel(stub), [*VISITS, Visit("V9")])
    assert done.heard.warned == ["draft: small: 1 visits without a transcript get no note"]
    assert done.failures == ()
    assert len(done.notes) == len(VISITS)


def test_an_answer_is_kept_for_just_its_question(stub: Stub, tmp_path: Path) -> None:
    """What the answer depends on asks anew; what it does not depend on does not."""
    answers = served(stub)
    run_draft(tmp_path / "run", panel(stub))
    answers.taken()
    for free in ({"input_price": 1.0, "output_price": 2.0}, {"concurrency": 1}, {"timeout_s": 9.0}):
        run_draft(tmp_path / "run", panel(stub, **free))
        assert answers.taken() == [], free
    for changed in (
        {"model": "m2"},
        {"temperature": 0.5},
        {"max_tokens": 99},
        {"template": "follow_up"},
        {"instructions": "Write short lines."},
    ):
        run_draft(tmp_path / "run", panel(stub, **changed))
        assert answers.taken() == ALL, changed
    other_words = [VISITS[0], visit("V2", "It is worse at night."), VISITS[2]]
    run_draft(tmp_path / "run", panel(stub), other_words)
    assert answers.taken() == ["V2"]


FAILS: dict[str, tuple[Reply, bool, str]] = {  # what the server does, whether it passes, words of the line
    "429": (answer(429, {"error": MARK}, Retry_After="0"), True, "status 429; lower concurrency"),
    "500": (answer(500, MARK.encode()), True, "status 500; run again later"),
    "slow": (slow(1.0), True, "no answer within 0.5 s"),
    "cut": (cut, True, "cut short"),
    "hangs up": (hang_up, True, "closed the connection"),
    "no JSON": (answer(200, f"<html>{MARK}".encode()), True, "no chat completion"),
    "cut at the limit": (said(f"SUBJECTIVE\n{MARK}", "length"), False, "cut at max_tokens = 1024; raise it"),
    "filtered": (said(MARK, "content_filter"), False, "refused to answer"),
    "nothing": (said(""), False, "the answer is empty"),
    "too long": (
        answer(400, {"error": {"code": "context_length_exceeded", "message": MARK}}),
        False,
        "do not fit the model's window",
    ),
}


@pytest.mark.parametrize("name", FAILS)
def test_one_visit_fails_and_the_others_finish(stub: Stub, tmp_path: Path, name: str) -> None:
    reply, passing, words = FAILS[name]
    answers = served(stub)
    answers.visits["V2"] = reply
    settings = panel(stub, timeout_s=0.5)
    done = run_draft(tmp_path / "run", settings)
    (failure,) = done.failures
    assert failure.visit_id == "V2"
    assert failure.message.startswith("visit 'V2', drafter 'small': ")
    assert words in failure.message
    assert failure.message.count("V2") == 1
    assert done.notes.keys() == {("small", v) for v in OTHERS}
    assert MARK not in json.dumps(done.facts())
    journal = (tmp_path / "run" / ".answers.journal").read_text()
    assert len(journal.splitlines()) == 2, "a failure is never kept as an answer"
    answers.taken()

    again = run_draft(tmp_path / "run", settings)
    assert set(answers.taken()) == ({"V2"} if passing else set())  # twice where a kept connection was closed
    assert len(again.failures) == 1
    assert ("asked again only with --retry-errors" in again.failures[0].message) is not passing
    answers.visits.clear()
    third = run_draft(tmp_path / "run", settings)
    assert answers.taken() == (["V2"] if passing else [])
    assert len(third.failures) == (0 if passing else 1)
    last = run_draft(tmp_path / "run", settings, choice=Choice(retry_errors=True))
    assert last.failures == ()
    assert answers.taken() == ([] if passing else ["V2"])
    assert last.notes == {("small", v): note(v) for v in ALL}


def test_why_a_lasting_failure_is_not_asked_again_is_said_once(stub: Stub, tmp_path: Path) -> None:
    answers = served(stub)
    answers.visits["V2"] = said("", "length")
    lines = [run_draft(tmp_path / "run", panel(stub)).failures[0].message for _ in range(3)]
    assert lines[1] == lines[2]
    assert lines[2].count("--retry-errors") == 1


def test_a_section_that_was_answered_is_not_asked_again_for_one_that_failed(
    stub: Stub, tmp_path: Path
) -> None:
    served(stub).visits["V1"] = by_turns = Turns()
    settings = panel(stub, by_section="always", concurrency=1)
    by_turns.replies = [answer(500, {}), said("The knee hurts.")]
    failed = run_draft(tmp_path / "run", settings, VISITS[:1])
    n_questions = failed.facts()["n_questions"]
    assert n_questions > 2
    assert len(failed.failures) == 1
    again = run_draft(tmp_path / "run", settings, VISITS[:1], Choice(retry_errors=True))
    assert (again.facts()["n_asked"], again.facts()["n_answered_before"]) == (1, n_questions - 1)


def test_an_answer_that_is_no_note_is_a_failure_and_can_be_asked_again(stub: Stub, tmp_path: Path) -> None:
    answers = served(stub)
    answers.visits["V2"] = said("I'm sorry, I can't assist with that.")
    done = run_draft(tmp_path / "run", panel(stub))
    assert [failure.visit_id for failure in done.failures] == ["V2"]
    assert done.notes.keys() == {("small", v) for v in OTHERS}
    answers.visits.clear()
    answers.taken()
    assert len(run_draft(tmp_path / "run", panel(stub)).failures) == 1
    assert answers.taken() == []
    last = run_draft(tmp_path / "run", panel(stub), choice=Choice(retry_errors=True))
    assert answers.taken() == ["V2"]
    assert last.failures == ()
    assert last.notes["small", "V2"] == note("V2")
    (tmp_path / "run" / "manifest.json").unlink()
    assert run_draft(tmp_path / "run", panel(stub)).failures == (), "the newer answer is the one kept"
    assert answers.taken() == []


def test_a_drafter_that_could_not_be_made_takes_no_answer_away(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = served(stub)
    answers.visits["V2"] = said("", "length")
    run_draft(tmp_path / "run", panel(stub), VISITS[:2])
    answers.taken()
    monkeypatch.setenv("SCRIBEEVAL_API_KEY", "two words")
    (failure,) = run_draft(tmp_path / "run", panel(stub)).failures
    assert failure.visit_id is None
    assert failure.message.startswith("drafter 'small': SCRIBEEVAL_API_KEY: ")
    monkeypatch.delenv("SCRIBEEVAL_API_KEY")
    done = run_draft(tmp_path / "run", panel(stub))
    assert answers.taken() == ["V3"], "V1 is kept, and why V2 failed too"
    assert done.notes.keys() == {("small", v) for v in OTHERS}


def test_where_nothing_listens_one_line_says_so(tmp_path: Path) -> None:
    with stub_server() as gone:
        settings = panel(gone)
    (failure,) = run_draft(tmp_path / "run", settings).failures
    assert failure.visit_id is None
    assert failure.message.startswith("drafter 'small': endpoint http://127.0.0.1:")
    assert "nothing listens there; check that the server runs" in failure.message


def test_only_the_first_visits(stub: Stub, tmp_path: Path) -> None:
    answers = served(stub)
    done = run_draft(tmp_path / "run", panel(stub), choice=Choice(max_visits=2))
    assert done.notes.keys() == {("small", "V1"), ("small", "V2")}
    assert answers.taken() == ["V1", "V2"]
    rest = run_draft(tmp_path / "run", panel(stub))
    assert answers.taken() == ["V3"]
    assert len(rest.notes) == 3
    more = run_draft(tmp_path / "more", panel(stub), choice=Choice(max_visits=9))
    assert len(more.notes) == 3


def test_a_model_changed_behind_the_endpoint_is_told(stub: Stub, tmp_path: Path) -> None:
    answers = served(stub)
    first = run_draft(tmp_path / "run", panel(stub), VISITS[:1])
    assert first.heard.warned == []
    was = first.facts()["identity"]
    assert (was["model"], was["fingerprint"]) == ("stub-1", "fp_1")

    same = run_draft(tmp_path / "run", panel(stub), VISITS[:2])
    assert same.heard.warned == []
    assert same.facts()["identity"] == was

    answers.probe = said("Other words than before.")
    other = run_draft(tmp_path / "run", panel(stub))
    (warning,) = other.heard.warned
    assert warning.startswith("draft: small: what answers behind the endpoint has changed since the last run")
    assert "(probe_sha256)" in warning
    assert other.facts()["identity_before"] == was
    assert other.facts()["identity"]["probe_sha256"] != was["probe_sha256"]
    assert "Other words" not in (tmp_path / "run" / "manifest.json").read_text()


def test_a_change_is_not_forgotten_by_a_run_that_asks_nothing(stub: Stub, tmp_path: Path) -> None:
    answers = served(stub)
    run_draft(tmp_path / "run", panel(stub), VISITS[:1])
    answers.probe = said("Other words than before.")
    answers.visits["V2"] = said("", "length")
    changed = run_draft(tmp_path / "run", panel(stub), VISITS[:2]).facts()
    facts = run_draft(tmp_path / "run", panel(stub), VISITS[:2]).facts()
    assert facts["n_asked"] == 0
    assert facts["identity_before"] == changed["identity_before"]


def test_two_models_behind_one_name_are_told(stub: Stub, tmp_path: Path) -> None:
    answers = served(stub)
    answers.visits["V2"] = said(note("V2"), model="stub-2")
    done = run_draft(tmp_path / "run", panel(stub))
    assert [line for line in done.heard.warned if "2 different models answered behind one name" in line]
    both = [
        {"model": "stub-1", "fingerprint": "fp_1", "n": 2},
        {"model": "stub-2", "fingerprint": "fp_1", "n": 1},
    ]
    assert done.facts()["answered_by"] == both
    (tmp_path / "run" / "notes.jsonl").unlink()
    again = run_draft(tmp_path / "run", panel(stub))
    assert again.facts()["n_asked"] == 0
    assert again.facts()["answered_by"] == both, "of the notes, whenever they were asked for"


def test_reasoning_is_counted_and_stands_nowhere(stub: Stub, tmp_path: Path) -> None:
    answers = served(stub)
    thought = "Let me think: ZZREASONING about it."
    usage: dict[str, Any] = {"prompt_tokens": 1000, "completion_tokens": 60}
    usage["completion_tokens_details"] = {"reasoning_tokens": 40}
    answers.visits = {
        "V1": said(f"<think>\n{thought}\n</think>\n\n{note('V1')}", usage=usage),
        "V2": said(note("V2"), usage=usage, reasoning_content=thought),
        "V3": said(None, usage=usage, reasoning_content=thought),
    }
    done = run_draft(tmp_path / "run", panel(stub))
    assert done.notes == {("small", v): note(v) for v in ("V1", "V2")}
    assert done.facts()["reasoning_tokens"] == 80
    assert done.facts()["output_tokens"] == 120
    assert any("80 of them reasoning" in line for line in done.heard.said)
    (failure,) = done.failures
    assert "nothing but reasoning; raise max_tokens" in failure.message
    for path in (tmp_path / "run").iterdir():
        assert b"ZZREASONING" not in path.read_bytes(), path.name


def test_equal_inputs_give_equal_bytes(stub: Stub, tmp_path: Path) -> None:
    served(stub)
    many = [visit(f"W{i:02}") for i in range(12)]
    for folder in ("a", "b"):
        settings = panel(stub, concurrency=6)
        settings["drafters"] = ["extractive", "small"]
        run_draft(tmp_path / folder, settings, many)
    a, b = ((tmp_path / folder / "notes.jsonl").read_bytes() for folder in ("a", "b"))
    assert a == b
    assert [json.loads(line)["visit_id"] for line in a.splitlines()] == [v.visit_id for v in many] * 2


def test_vendor_drafts_from_a_folder_with_a_broken_file(tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    folder.mkdir()
    for name in ("V1", "V2"):
        summary = [{"SummarizedSegment": f"Knee pain {name}. {MARK}", "EvidenceLinks": []}]
        sections = [{"SectionName": "ASSESSMENT", "Summary": summary}]
        body = {"ClinicalDocumentation": {"SessionId": name, "Sections": sections}}
        (folder / f"{name}.json").write_text(json.dumps(body), encoding="utf-8")
    (folder / "V3.json").write_text(f'{{"ClinicalDocumentation": {{"Sections": "{MARK}', encoding="utf-8")
    settings = {"drafters": ["vendor", "extractive"], "drafts": str(folder)}
    done = run_draft(tmp_path / "run", settings)
    (failure,) = done.failures
    assert "V3.json" in failure.message
    assert {v for d, v in done.notes if d == "vendor"} == {"V1", "V2"}
    assert {v for d, v in done.notes if d == "extractive"} == set(ALL)
    assert "Knee pain V1." in done.notes["vendor", "V1"]
    with pytest.raises(InputError, match="draft_note too; give the vendor's drafts once"):
        run_draft(tmp_path / "two", settings, [visit("V1", draft_note="PLAN\nRest.")])


def test_a_drafter_that_cannot_be_made_leaves_the_others_alone(stub: Stub, tmp_path: Path) -> None:
    served(stub)
    settings = panel(stub)
    settings["models"]["own"] = {**settings["models"]["small"], "template": "sope"}
    settings["models"]["far"] = {**settings["models"]["small"], "endpoint": "https://far.example/v1"}
    settings["models"]["old"] = {"drafter": "replay"}
    settings["models"]["unnamed"] = {**settings["models"]["small"], "model": ""}
    settings["drafters"] = ["own", "far", "old", "unnamed", "small", "extractive"]
    done = run_draft(tmp_path / "run", settings)
    own, far, old, unnamed = (failure.message for failure in done.failures)
    assert own.startswith("drafter 'own': template 'sope' is not known; did you mean 'soap'?")
    assert far.startswith("drafter 'far': endpoint host 'far.example' is another machine; nothing was sent")
    assert "allow_remote = true" in far
    assert old.startswith("drafter 'old': needs model")
    assert unnamed.startswith("drafter 'unnamed': ")
    assert "needs model" in unnamed
    assert {d for d, _ in done.notes} == {"small", "extractive"}
    assert len(done.notes) == 6


def test_a_call_to_another_machine_is_listed_without_its_text(tmp_path: Path) -> None:
    far = {
        "drafter": "openai-compatible",
        "model": "m",
        "endpoint": "https://scribe.invalid/v1",  # RFC 2606: a name that is nobody's
        "allow_remote": True,
        "remote_host": "scribe.invalid",
        "tries": 1,
        "api": "azure",
        "api_version": "2024-10-21",
    }
    far["endpoint"] = (
        "https://scribe.invalid/openai/deployments/d"  # Azure has no list of models: asks at once
    )
    done = run_draft(tmp_path / "run", {"drafters": ["far"], "models": {"far": far}})
    assert [failure.visit_id for failure in done.failures] == ALL
    lines = [json.loads(line) for line in (tmp_path / "run" / "egress.jsonl").read_text().splitlines()]
    assert {line["host"] for line in lines} == {"scribe.invalid"}
    assert {line["purpose"] for line in lines} == {"probe", "question"}
    assert [line["bytes_sent"] for line in lines if line["event"] == "ended"] == [0] * 4
