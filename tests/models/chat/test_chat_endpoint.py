"""The chat client against a server on this machine, which answers as the protocol says, or badly."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from models.chat.stub_server import (
    Reply,
    Stub,
    answer,
    completion,
    cut,
    echo,
    echo_and_close,
    hang_up,
    said,
    slow,
    stub_server,
)
from scribeeval.errors import InputError
from scribeeval.models.chat import CHAT_MODELS, ChatModel, ChatSettings
from scribeeval.models.chat.base import Answer, Completion, Identity, Message, NoCompletion, Question
from scribeeval.models.chat.endpoint import connect
from scribeeval.models.network import Client, Egress, Endpoint, NoAnswerError

PRIVATE = "the patient said"
SCHEMA = {"type": "object", "properties": {"score": {"type": "integer"}}, "required": ["score"]}
LLAMA = {"data": [{"id": "smol", "aliases": ["tiny"], "owned_by": "llamacpp", "meta": {"n_ctx": 2048}}]}


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server() as found:
        yield found


def load(stub: Stub, pauses: list[float] | None = None, **settings: Any) -> ChatModel:
    chosen = ChatSettings(**{"model": "m1", "endpoint": stub.url, "tries": 3, "timeout_s": 5.0, **settings})
    return connect(
        chosen,
        print,
        pause=lambda _, seconds: None if pauses is None else pauses.append(seconds),
        clock=time.monotonic,
    )


def questions(n: int, **more: Any) -> list[Question]:
    return [
        Question((Message("user", f"question {i} {PRIVATE}"),), **{"max_tokens": 50, **more})
        for i in range(n)
    ]


def ask(model: ChatModel, asked: Sequence[Question]) -> dict[int, Answer]:
    """Every answer by its index; an index given twice fails."""
    found: dict[int, Answer] = {}
    for index, got in model.answer(asked):
        assert index not in found
        found[index] = got
    return found


def ask_one(stub: Stub, reply: Reply, **more: Any) -> Answer:
    stub.replies = [reply]
    schema = {"schema": more.pop("schema")} if "schema" in more else {}
    return ask(load(stub, **more), questions(1, **schema))[0]


def test_a_question_is_sent_as_the_protocol_says(stub: Stub) -> None:
    model = load(stub, temperature=0.5, seed=7)
    asked = Question((Message("system", "Write."), Message("user", "Knee 아파요")), 50, SCHEMA)
    stub.replies = [said('{"score": 1}')]
    assert ask(model, [asked]) == {0: Completion('{"score": 1}', 100, 20, None, "stub-1", "fp_1")}
    assert stub.paths == ["/v1/models", "/v1/chat/completions"]
    assert stub.asked == [
        {
            "model": "m1",
            "messages": [{"role": "system", "content": "Write."}, {"role": "user", "content": "Knee 아파요"}],
            "temperature": 0.5,
            "seed": 7,
            "stream": False,
            "max_tokens": 50,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
            },
        }
    ]


def test_llama_cpp_is_told_to_share_nothing_and_others_are_not(stub: Stub) -> None:
    stub.models = LLAMA
    model = load(stub, model="tiny", concurrency=8)
    assert model.context_tokens == 2048
    assert len(ask(model, questions(6))) == 6
    assert {(q["cache_prompt"], q["id_slot"]) for q in stub.asked} == {(False, 0)}
    assert stub.most == 1
    stub.models = {"data": [{"id": "m1", "owned_by": "vllm", "max_model_len": 4096}]}
    other = load(stub)
    assert other.context_tokens == 4096
    ask(other, questions(1))
    assert "cache_prompt" not in stub.asked[-1]
    assert other.facts()["server"] == "vllm"
    odd: object
    for odd in ([], {"data": 1}, {"data": [{"id": 5, "aliases": 3, "meta": 2}, 4]}):
        stub.models = odd
        assert load(stub).context_tokens is None


def test_the_key_goes_where_the_server_looks_for_it(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIBEEVAL_API_KEY", "k1\n")
    model = load(stub)
    ask(model, questions(1))
    assert [h["Authorization"] for h in stub.headers] == ["Bearer k1"] * 2
    assert "k1" not in json.dumps([dict(model.options), dict(model.facts()), model.revision])
    azure = load(
        stub, api="azure", api_version="2024-10-21", model="", endpoint=f"{stub.url}/openai/deployments/d-1"
    )
    ask(azure, questions(1))
    assert stub.paths[-1] == "/v1/openai/deployments/d-1/chat/completions?api-version=2024-10-21"
    assert stub.headers[-1]["api-key"] == "k1"
    assert "Authorization" not in stub.headers[-1]
    assert "model" not in stub.asked[-1]
    assert azure.revision == "d-1"
    assert len(stub.paths) == 3  # Azure is not asked for its models
    monkeypatch.setenv("SCRIBEEVAL_API_KEY", "k1\r\nX: y")
    with pytest.raises(InputError, match="SCRIBEEVAL_API_KEY") as caught:
        load(stub)
    assert "k1" not in str(caught.value)


@pytest.mark.parametrize(
    "bad", [answer(429, {}), answer(500, {}), answer(503, {}), cut, answer(200, b"<html>")]
)
def test_a_passing_fault_is_tried_again(stub: Stub, bad: Reply) -> None:
    pauses: list[float] = []
    model = load(stub, pauses)
    stub.replies = [bad, bad, echo]
    assert isinstance(ask(model, questions(1))[0], Completion)
    assert [0.5 <= pauses[0] <= 1.0, 1.0 <= pauses[1] <= 2.0, len(pauses)] == [True, True, 2]
    again: list[float] = []
    stub.replies = [bad, bad, echo]
    ask(load(stub, again), questions(1))
    assert again == pauses  # the spread comes from the seed


def test_the_server_says_how_long_to_wait(stub: Stub) -> None:
    pauses: list[float] = []
    model = load(stub, pauses, tries=4)
    dates = {"Date": "Mon, 02 Mar 2026 12:00:00 GMT", "Retry_After": "Mon, 02 Mar 2026 12:00:09 GMT"}
    # The stub sends its own Date first; the client takes the last one given.
    stub.replies = [
        answer(429, {}, Retry_After="7"),
        answer(503, {}, **dates),
        answer(429, {}, Retry_After="99"),
        echo,
    ]
    ask(model, questions(1))
    assert pauses == [7.0, 9.0, 60.0]


@pytest.mark.parametrize(
    ("reply", "message", "passing", "times"),
    [
        (said("half of", "length"), "cut at max_tokens = 50; raise it", False, 1),
        (said(None, "content_filter"), "refused to answer", False, 1),
        (said(None, refusal=PRIVATE), "refused to answer", False, 1),
        (said(None, "tool_calls", tool_calls=[{"id": PRIVATE}]), "asked for a tool", False, 1),
        (said(""), "the answer is empty", False, 1),
        (said(" \n"), "the answer is empty", False, 1),
        (said(None), "the answer is empty", False, 1),
        (said(f"<think>{PRIVATE}"), "nothing but reasoning", False, 1),
        (said(None, reasoning=PRIVATE), "nothing but reasoning", False, 1),
        (said("half of", "abort"), "broke the answer off", True, 1),
        (answer(400, {"error": {"message": PRIVATE}}), r"refuses the question \(status 400\)", False, 1),
        (
            answer(400, {"error": {"type": "exceed_context_size_error", "message": PRIVATE, "n_ctx": 2048}}),
            "do not fit the model's window of 2048 tokens",
            False,
            1,
        ),
        (answer(400, {"error": {"code": "context_length_exceeded"}}), "do not fit", False, 1),
        (answer(400, {"message": f"maximum context length is 9, {PRIVATE}"}), "do not fit", False, 1),
        (answer(413, b""), "do not fit", False, 1),
        (
            answer(
                400, {"error": {"message": "Could not finish: max_tokens or model output limit was reached."}}
            ),
            "cut at max_tokens = 50; raise it",
            False,
            1,
        ),
        (answer(400, {"error": {"code": "content_filter"}}), "content filter refused", False, 1),
        (answer(401, {"error": PRIVATE}), "status 401; set SCRIBEEVAL_API_KEY", True, 1),
        (answer(404, {"error": PRIVATE}), "status 404; check the address", True, 1),
        (answer(302, {}, Location="http://192.0.2.1/"), "status 302", True, 1),
        (answer(500, {"error": PRIVATE}), "status 500", True, 3),
        (answer(429, {"error": PRIVATE}), "status 429; lower concurrency", True, 3),
        (answer(200, PRIVATE.encode()), "no chat completion", True, 3),
        (answer(200, [PRIVATE]), "no chat completion", True, 3),
        (answer(200, {"choices": []}), "no chat completion", True, 3),
        (answer(200, {"choices": [{"message": PRIVATE}]}), "no chat completion", True, 3),
        (answer(200, b"[" * 100_000), "no chat completion", True, 3),
        (cut, "cut short", True, 3),
        (hang_up, "closed the connection without an answer", True, 4),  # the kept one may be stale: no try
    ],
)
def test_what_is_no_answer_is_a_failure_that_quotes_nothing(
    stub: Stub, reply: Reply, message: str, passing: bool, times: int
) -> None:
    found = ask_one(stub, reply)
    assert isinstance(found, NoCompletion)
    assert found.passing is passing
    assert re.search(message, found.message)
    assert PRIVATE not in found.message
    assert "\n" not in found.message
    assert len(stub.asked) == times


def test_a_slow_answer_is_given_up(stub: Stub) -> None:
    found = ask_one(stub, slow(0.5), timeout_s=0.1, tries=2)
    assert found == NoCompletion(
        f"endpoint {stub.url}: no answer within 0.1 s; run again later", passing=True
    )
    assert len(stub.asked) == 2


def test_json_is_what_was_asked_for_or_a_failure(stub: Stub) -> None:
    for text in ("score: 1", '```json\n{"score": 1}\n```', '{"score": ', "[1]"):
        found = ask_one(stub, said(text), schema=SCHEMA)
        assert isinstance(found, NoCompletion)
        assert "not the JSON asked for" in found.message
    found = ask_one(stub, said('<think>1 or 2</think>{"score": 1}'), schema=SCHEMA)
    assert isinstance(found, Completion)
    assert found.text == '{"score": 1}'


def test_a_question_that_the_server_cut_is_no_question(stub: Stub) -> None:
    """Ollama drops what its window does not hold and says nothing."""
    stub.replies = [said("A note of half a visit.", usage={"prompt_tokens": 4096})]
    long = Question((Message("user", "The knee hurts. " * 10_000),), 50)
    found = ask(load(stub), [long])[0]
    assert isinstance(found, NoCompletion)
    assert "read 4096 tokens of a question of 160000 bytes" in found.message


def test_reasoning_is_counted_and_left_out(stub: Stub) -> None:
    counted = {
        "prompt_tokens": 9,
        "completion_tokens": 80,
        "completion_tokens_details": {"reasoning_tokens": 64},
    }
    cases: list[tuple[dict[str, Any], int | None]] = [
        (completion("Note.", reasoning_content="r" * 30), 10),
        (completion("Note.", reasoning="r" * 30), 10),
        (completion("Note.", reasoning="r" * 300), 20),  # not more than the whole answer
        (completion("Note.", reasoning="r" * 30, usage=counted), 64),
        (completion("Note.", usage=counted), 64),  # o-series: the reasoning itself is not shown
        (completion(f"<think>{'r' * 30}</think>\n\nNote."), 10),
        (completion("Note."), None),
    ]
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "r" * 30}]},
        {"type": "text", "text": "Note."},
    ]
    cases.append((completion(parts), 10))  # type: ignore[arg-type]
    for body, tokens in cases:
        found = ask_one(stub, answer(200, body))
        assert isinstance(found, Completion)
        assert (found.text, found.reasoning_tokens) == ("Note.", tokens)


def _refusing(*names: str) -> Reply:
    """A server that refuses fields, one at a time, as OpenAI does."""

    def reply(handler: Any) -> None:
        bad = next((name for name in names if name in handler.asked), None)
        if bad is None:
            echo(handler)
        else:
            error = {"message": f"Unsupported parameter: '{bad}' is not supported.", "param": bad}
            answer(400, {"error": error})(handler)

    return reply


def test_refused_fields_are_left_out_from_then_on(stub: Stub) -> None:
    stub.replies = [_refusing("max_tokens", "temperature")]
    model = load(stub, concurrency=1)
    assert all(isinstance(a, Completion) for a in ask(model, questions(5)).values())
    assert len(stub.asked) == 7  # two questions more than asked, once
    assert stub.asked[-1]["max_completion_tokens"] == 50
    assert not {"max_tokens", "temperature"} & set(stub.asked[-1])
    assert model.facts()["fields_refused"] == ["max_tokens", "temperature"]


@pytest.mark.parametrize(
    ("error", "name"),
    [
        ({"error": {"param": "temperature", "code": "unsupported_value"}}, "temperature"),
        (
            {"error": {"message": "Unsupported parameter: 'max_tokens' is not supported with this model."}},
            "max_tokens",
        ),
        ({"error": {"message": "Unrecognized request argument supplied: seed"}}, "seed"),
        ({"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "input": 0}]}, "seed"),
        ({"object": "error", "message": "Unknown parameter: 'seed'."}, "seed"),
    ],
)
def test_errors_name_a_refused_field_in_many_ways(stub: Stub, error: object, name: str) -> None:
    stub.replies = [answer(422, error), echo]
    assert isinstance(ask(load(stub), questions(1))[0], Completion)
    assert name not in stub.asked[-1]


def test_a_visit_that_speaks_of_a_temperature_changes_nothing(stub: Stub) -> None:
    stub.replies = [answer(400, {"error": {"message": "bad input: 'temperature' was 39 degrees"}})]
    assert isinstance(ask(load(stub), questions(1))[0], NoCompletion)
    assert len(stub.asked) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_fault_that_would_meet_all_ends_the_asking(stub: Stub, status: int) -> None:
    stub.replies = [answer(status, {})]
    found = ask(load(stub, concurrency=4), questions(200))
    assert len(found) == 200
    assert len(set(found.values())) == 1
    assert len(stub.asked) <= 4


def test_five_hundred_questions_over_a_bad_line(stub: Stub) -> None:
    """No answer lost, doubled or given to another question; connections kept; never over 32 under way."""
    bad = [answer(429, {}, Retry_After="0"), answer(500, {}), cut, hang_up, echo_and_close, answer(200, b"{")]
    stub.replies = [reply for i in range(100) for reply in (bad[i % len(bad)], echo, echo)] + [echo]
    found = ask(load(stub, concurrency=32, tries=8), questions(500))
    assert sorted(found) == list(range(500))
    assert all(isinstance(a, Completion) and a.text == f"to question {i} {PRIVATE}" for i, a in found.items())
    assert stub.most <= 32
    assert len(stub.peers) < 200  # a connection is opened again where the server closed it, not for each


def test_connections_are_kept_from_call_to_call(stub: Stub) -> None:
    model = load(stub, concurrency=1)
    for _ in range(5):
        ask(model, questions(2))
    assert len(stub.peers) == 1
    stub.replies = [echo_and_close, echo]
    assert len(ask(model, questions(3))) == 3
    assert len(stub.peers) == 2
    model.close()
    assert len(ask(model, questions(1))) == 1


def test_the_rate_is_kept(stub: Stub) -> None:
    """With a clock that stands still, the n-th question waits n gaps; retries take places too."""
    pauses: list[float] = []
    settings = ChatSettings(model="m", endpoint=stub.url, requests_per_min=120, concurrency=1, tries=2)
    model = connect(settings, print, pause=lambda _, s: pauses.append(s), clock=lambda: 0.0)
    stub.replies = [echo, answer(429, {}, Retry_After="3"), echo]
    ask(model, questions(3))
    assert pauses == [0.5, 3.0, 1.0, 1.5]


INTERRUPTED = """
import sys
from scribeeval.models.chat import CHAT_MODELS, ChatSettings
from scribeeval.models.chat.base import Message, Question

settings = ChatSettings(model="m", endpoint=sys.argv[1], concurrency=4)
model = CHAT_MODELS["openai-compatible"].load(settings, print)
try:
    for index, answer in model.answer([Question((Message("user", str(i)),), 5) for i in range(50)]):
        print(index, answer.text, flush=True)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def test_ctrl_c_keeps_what_came_and_does_not_wait(stub: Stub) -> None:
    stub.replies = [echo, echo, echo, slow(60.0)]
    command = [sys.executable, "-c", INTERRUPTED, stub.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        came = [process.stdout.readline() for _ in range(3)]
        while stub.now < 4:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=30)  # the server would be silent for longer
    assert set(came) <= {f"{i} to {i}\n" for i in range(50)}
    assert len(set(came)) == 3
    assert (rest, errors, process.returncode) == ("stopped\n", "", 0)
    assert len(stub.asked) == 7


def test_who_stops_early_leaves_no_thread_behind_and_may_ask_again(stub: Stub) -> None:
    stub.replies = [echo, slow(60.0)]
    model = load(stub, concurrency=2, timeout_s=60.0)
    asked = model.answer(questions(50))
    next(asked)
    while stub.now < 2:
        time.sleep(0.01)
    asked.close()  # type: ignore[attr-defined]
    for thread in threading.enumerate():
        if thread.name.endswith("(work)"):
            thread.join(timeout=30)
            assert not thread.is_alive()
    stub.replies = [echo]
    assert len(ask(model, questions(2))) == 2


def test_who_answers_is_asked_with_a_probe(stub: Stub) -> None:
    stub.replies = [said("Where does it hurt", "length")]
    model = load(stub, temperature=0.9, seed=3)
    assert model.identify is not None
    found = model.identify()
    assert isinstance(found, Identity)
    assert (found.model, found.fingerprint) == ("stub-1", "fp_1")
    assert (stub.asked[0]["temperature"], stub.asked[0]["max_tokens"]) == (0.0, 16)
    assert model.identify() == found
    stub.replies = [said("When did it begin", "length")]
    swapped = model.identify()
    assert isinstance(swapped, Identity)
    assert swapped.probe_sha256 != found.probe_sha256
    stub.replies = [answer(500, {})]
    assert isinstance(model.identify(), NoCompletion)


def far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take this machine for another one; nothing leaves it."""
    monkeypatch.setattr("scribeeval.models.network.is_loopback", lambda _: False)


def test_every_call_outside_is_listed_failed_ones_too(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[Egress] = []
    settings = ChatSettings(model="m", endpoint=stub.url, tries=3, concurrency=1)
    model = connect(settings, listed.append, pause=lambda *_: None, clock=time.monotonic)
    assert listed == []  # this machine is not listed
    far(monkeypatch)
    stub.replies = [answer(503, b"busy"), cut, echo]
    ask(model, questions(1))
    size = listed[0].bytes_sent
    got = len(json.dumps(completion(f"to question 0 {PRIVATE}")))
    ends = [(e.event, e.status, e.bytes_sent, e.bytes_received) for e in listed]
    begun = ("begun", None, size, 0)
    assert ends == [
        begun,
        ("ended", 503, size, 4),
        begun,
        ("ended", None, size, 0),
        begun,
        ("ended", 200, size, got),
    ]
    assert {(e.host, e.purpose) for e in listed} == {("127.0.0.1", "question")}
    assert size == len(json.dumps(stub.asked[-1]))


def test_a_call_that_cannot_be_listed_is_not_made(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    far(monkeypatch)

    def full(_: Egress) -> None:
        raise InputError("egress.jsonl: cannot be written")

    with pytest.raises(InputError, match="egress"):
        connect(
            ChatSettings(
                model="m",
                endpoint=stub.url.replace("http:", "https:"),
                allow_remote=True,
                remote_host="127.0.0.1",
            ),
            full,
            pause=lambda *_: None,
            clock=time.monotonic,
        )
    assert stub.paths == []


def test_settings_are_checked_before_anything_is_sent(stub: Stub) -> None:
    row = CHAT_MODELS["openai-compatible"]
    for settings, message in (
        (ChatSettings(model="m"), "needs endpoint"),
        (ChatSettings(endpoint=stub.url), "needs model"),
        (ChatSettings(model="m", endpoint="https://example.org/v1"), "nothing was sent"),
        (ChatSettings(model="m", endpoint="http://127.0.0.1:1/v1?key=secret"), r"\? or #"),
        (ChatSettings(endpoint=stub.url, api="azure"), "deployments"),
        (ChatSettings(endpoint=f"{stub.url}/deployments/d", api="azure"), "api_version"),
    ):
        for what in (lambda s: row.load(s, print), row.revision, row.options):
            with pytest.raises(InputError, match=message) as caught:
                what(settings)
            assert "secret" not in str(caught.value)
    assert stub.paths == []
    here = ChatSettings(model="m", endpoint=stub.url)
    assert row.revision(here) == "m"
    assert row.options(here) == {
        "endpoint": stub.url,
        "model": "m",
        "temperature": 0.0,
        "seed": 0,
        "stream": False,
    }


def test_a_server_without_https_is_told_from_one_that_is_silent(stub: Stub) -> None:
    client = Client(Endpoint("https", "127.0.0.1", stub.port, ""), print, timeout_s=5.0)
    with pytest.raises(NoAnswerError, match="does not speak https"):
        client.get("/models", purpose="list of models")


def test_nobody_answers(stub: Stub) -> None:
    with pytest.raises(InputError, match="nothing listens there; check that the server runs"):
        connect(
            ChatSettings(model="m", endpoint="http://127.0.0.1:1/v1", tries=2),
            print,
            pause=lambda *_: None,
            clock=time.monotonic,
        )
