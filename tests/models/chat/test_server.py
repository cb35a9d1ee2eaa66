"""llama.cpp's own OpenAI-compatible server: what it answers by itself, and what the client makes of it."""

import http.client
import json
from dataclasses import replace
from typing import Any

import pytest

from llama_server import MODEL
from scribeeval.models.chat import CHAT_MODELS
from scribeeval.models.chat.base import ChatModel, ChatSettings, Completion, Message, NoCompletion, Question

QUESTION = "Name a bone of the leg in one short sentence."
SCHEMA = {
    "type": "object",
    "properties": {"score": {"type": "integer", "minimum": 2, "maximum": 5}},
    "required": ["score"],
    "additionalProperties": False,
}


def ask(text: str = QUESTION, max_tokens: int = 60, schema: dict[str, Any] | None = None) -> Question:
    return Question((Message("user", text),), max_tokens, schema)


def sent(port: int, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        connection.request(
            method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def completed(port: int, text: str = QUESTION, max_tokens: int = 60, **more: Any) -> Any:
    body = {
        "model": MODEL,
        "messages": [{"role": "user", "content": text}],
        "max_tokens": max_tokens,
        "temperature": 0,
        **more,
    }
    status, answer = sent(port, "POST", "/v1/chat/completions", body)
    assert status == 200
    return answer["choices"][0]


def test_the_server_names_its_model(llama_port: int) -> None:
    status, models = sent(llama_port, "GET", "/v1/models")
    assert status == 200
    assert [model["id"] for model in models["data"]] == [MODEL]


def test_the_server_says_what_the_model_says_in_this_process(llama_port: int, gguf_model: ChatModel) -> None:
    """The same build, window, batch and template: not a word differs."""
    answer = completed(llama_port)
    assert answer["finish_reason"] == "stop"
    ((_, own),) = gguf_model.answer([ask()])
    assert isinstance(own, Completion)
    assert own.text == answer["message"]["content"]
    assert completed(llama_port)["message"] == answer["message"]


def test_the_server_holds_to_a_schema_and_says_where_it_cut(llama_port: int) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "rating", "schema": SCHEMA, "strict": True}}
    answer = completed(llama_port, "Write a poem.", response_format=form)
    assert json.loads(answer["message"]["content"])["score"] in range(2, 6)
    assert completed(llama_port, max_tokens=3)["finish_reason"] == "length"


@pytest.fixture
def client(llama_port: int, smollm2: ChatSettings) -> ChatModel:
    kind = CHAT_MODELS.get("openai-compatible")
    if kind is None:
        pytest.skip("the table has no client yet")
    settings = ChatSettings(endpoint=f"http://127.0.0.1:{llama_port}/v1", model=MODEL)
    return kind.load(replace(settings, concurrency=2), lambda call: None)


def test_the_client_gives_the_servers_answers_and_the_models(
    client: ChatModel, gguf_model: ChatModel
) -> None:
    questions = [ask(), ask("Say hello to a patient."), ask(max_tokens=3), ask("Rate it.", schema=SCHEMA)]
    found, again = dict(client.answer(questions)), dict(client.answer(questions))
    assert sorted(found) == [0, 1, 2, 3]
    assert found == again
    own = dict(gguf_model.answer(questions))
    for place in (0, 1, 3):
        one, other = found[place], own[place]
        assert isinstance(one, Completion)
        assert isinstance(other, Completion)
        assert (one.text, one.input_tokens, one.output_tokens) == (
            other.text, other.input_tokens, other.output_tokens
        )  # fmt: skip
    cut = found[2]
    assert isinstance(cut, NoCompletion)
    assert not cut.passing


def test_a_question_too_long_for_the_server_is_no_answer_and_asked_once(client: ChatModel) -> None:
    ((_, refused),) = client.answer([ask("knee " * 3000)])
    assert isinstance(refused, NoCompletion)
    assert not refused.passing
    assert "knee" not in refused.message


def test_the_client_says_who_answers(client: ChatModel) -> None:
    assert client.identify is not None
    found = client.identify()
    assert found == client.identify()
    assert not isinstance(found, NoCompletion)
    assert found.model == MODEL
