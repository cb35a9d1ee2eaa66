"""Chat completions on the wire: question -> JSON body, JSON answer -> a whole answer or a failure.

Pure: opens no connection.  No message repeats anything of question or answer.
https://platform.openai.com/docs/api-reference/chat; what other servers add is named where it is read.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from scribeeval.models.chat.base import Answer, Completion, NoCompletion, Question, estimated_tokens
from scribeeval.models.chat.reasoning import separate

# What a server may refuse, and what it is sent instead; None: it is left out.  OpenAI's o-series takes
# neither max_tokens nor a temperature; Mistral takes no seed.
INSTEAD: Mapping[str, str | None] = {"max_tokens": "max_completion_tokens", "temperature": None, "seed": None}

_WHOLE = frozenset({"stop", "eos", "eos_token", "stop_sequence", "end_turn", ""})
_REFUSED = re.compile(r"(?:unsupported|unknown|unrecognized)[a-z ]*:? '?(?P<name>\w+)'?", re.IGNORECASE)
_TOO_LONG = frozenset({"exceed_context_size_error", "context_length_exceeded"})
_SHARE_OF_BYTES = 12  # no tokenizer makes fewer tokens than one per so many bytes of what people say


@dataclass(frozen=True, slots=True)
class Served:
    """A model of a server's list.  names: its id and aliases; context_tokens None: not said."""

    names: tuple[str, ...]
    owner: str
    context_tokens: int | None


def served(body: bytes) -> tuple[Served, ...]:
    """Read the answer to GET /models; () where it is none."""
    return tuple(
        Served(
            tuple(map(_word, [row.get("id"), *_list(row.get("aliases"))])),
            _word(row.get("owned_by")),
            _count(row, "max_model_len") or _count(_row(row.get("meta")), "n_ctx") or None,  # vLLM; llama.cpp
        )
        for row in _rows(_row(_json(body)).get("data"))
    )


def body_of(
    question: Question, fields: Mapping[str, Any], *, refused: Collection[str] = ()
) -> dict[str, Any]:
    """Give the body of a request.  fields: what all questions share; refused: names of INSTEAD.

    >>> from scribeeval.models.chat.base import Message
    >>> body_of(Question((Message("user", "Hi"),), 5), {"seed": 0}, refused=["max_tokens"])
    {'messages': [{'role': 'user', 'content': 'Hi'}], 'seed': 0, 'max_completion_tokens': 5}
    """
    body: dict[str, Any] = {
        "messages": [{"role": m.role, "content": m.content} for m in question.messages],
        **fields,
        "max_tokens": question.max_tokens,
    }
    if question.schema is not None:
        shape = {"name": "answer", "strict": True, "schema": question.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": shape}
    for name in refused:
        value = body.pop(name)
        if (other := INSTEAD[name]) is not None:
            body[other] = value
    return body


def answer_of(body: bytes, question: Question) -> Answer:
    """Read the body of an answer with status 200."""
    found, choice, message = _parts(body)
    if message is None:
        return NoCompletion("the server's answer is no chat completion", passing=True)
    text, reasoning = _texts(message)
    if (failure := _failure(choice, message, question)) is not None:
        return failure
    usage = _row(found.get("usage"))
    tokens = _count(usage, "prompt_tokens")
    size = sum(len(m.content.encode(errors="replace")) for m in question.messages)
    if tokens and tokens * _SHARE_OF_BYTES < size:
        return NoCompletion(
            f"the server read {tokens} tokens of a question of {size} bytes: it cut the question; "
            "raise the server's context window"
        )
    if not text.strip():
        what = "holds nothing but reasoning; raise max_tokens" if reasoning else "is empty"
        return NoCompletion(f"the answer {what}")
    if question.schema is not None and not isinstance(_json(text), dict):
        return NoCompletion("the answer is not the JSON asked for; does the server keep to response_format?")
    output = _count(usage, "completion_tokens")
    return Completion(
        text,
        input_tokens=tokens,
        output_tokens=output,
        reasoning_tokens=_reasoning_tokens(usage, reasoning, output),
        model=_word(found.get("model")),
        fingerprint=_word(found.get("system_fingerprint")),
    )


def written(body: bytes) -> tuple[str, str, str] | None:
    """Give all that a model wrote, its reasoning too and however it ended, and its names of itself.

    None: it is no chat completion.
    """
    found, _, message = _parts(body)
    if message is None:
        return None
    return "\n".join(_texts(message)), _word(found.get("model")), _word(found.get("system_fingerprint"))


def refused_field(body: bytes) -> str | None:
    """Give the field of INSTEAD that an answer with status 400 or 422 names as refused.

    Only what the error names as a parameter counts: its text may quote the question, and a visit may well
    speak of a temperature.
    """
    found = _row(_json(body))
    error = _error(found)
    names: list[object] = [error.get("param")]
    for row in _rows(found.get("detail")) + _rows(error.get("detail")):  # pydantic's, as Mistral's and vLLM's
        names += _list(row.get("loc"))[-1:]
    if match := _REFUSED.match(_word(error.get("message"))):
        names.append(match["name"])
    return next((name for name in names if isinstance(name, str) and name in INSTEAD), None)


def refusal(status: int, body: bytes, question: Question) -> NoCompletion:
    """Say what an answer with status 400, 413 or 422 means: the question itself cannot be answered."""
    error = _error(_row(_json(body)))
    codes = {_word(error.get("code")), _word(error.get("type"))}
    said = _word(error.get("message"))
    if "output limit was reached" in said:  # OpenAI, where the reasoning took all
        return _cut(question)
    too_long = codes & _TOO_LONG or "maximum context length" in said
    if status == 413 or too_long:
        window = _count(error, "n_ctx")
        of = f" of {window} tokens" if window else ""
        return NoCompletion(f"question and answer do not fit the model's window{of}; set context_tokens")
    if "content_filter" in codes:
        return NoCompletion("the server's content filter refused the question")
    return NoCompletion(f"the server refuses the question (status {status})")


def _json(data: bytes | str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _parts(body: bytes) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any] | None]:
    """Give the answer, its first choice and that one's message; None for a message that is none."""
    found = _row(_json(body))
    choice = next(iter(_rows(found.get("choices"))), {})
    message = choice.get("message")
    return found, choice, message if isinstance(message, dict) else None


def _texts(message: Mapping[str, Any]) -> tuple[str, str]:
    """Give what was asked for and the reasoning.

    The reasoning stands in the text, in a field of its own (reasoning_content: DeepSeek, llama.cpp, older
    vLLM; reasoning: vLLM, Ollama), or in parts of type "thinking" (Mistral).
    """
    content = message.get("content")
    apart = [_word(message.get("reasoning_content")) or _word(message.get("reasoning"))]
    if isinstance(content, list):
        parts = _rows(content)
        apart += [_word(thought.get("text")) for part in parts for thought in _rows(part.get("thinking"))]
        content = "".join(_word(part.get("text")) for part in parts if part.get("type") == "text")
    text, inside = separate(_word(content))
    return text, "\n".join(filter(None, [*(part.strip() for part in apart), inside]))


def _failure(
    choice: Mapping[str, Any], message: Mapping[str, Any], question: Question
) -> NoCompletion | None:
    reason = _word(choice.get("finish_reason"))
    if reason == "length":
        return _cut(question)
    if reason == "content_filter" or message.get("refusal"):
        return NoCompletion("the model, or the server's content filter, refused to answer")
    if reason in ("tool_calls", "function_call") or message.get("tool_calls"):
        return NoCompletion("the model asked for a tool instead of answering")
    if reason not in _WHOLE:
        return NoCompletion("the server broke the answer off", passing=True)
    return None


def _cut(question: Question) -> NoCompletion:
    return NoCompletion(f"the answer was cut at max_tokens = {question.max_tokens}; raise it")


def _reasoning_tokens(usage: Mapping[str, Any], reasoning: str, output: int | None) -> int | None:
    counted = _count(_row(usage.get("completion_tokens_details")), "reasoning_tokens")
    if counted or not reasoning:
        return counted
    estimate = estimated_tokens(reasoning)
    return estimate if output is None else min(estimate, output)


def _error(found: dict[str, Any]) -> dict[str, Any]:
    """Give the error; OpenAI's stands under `error`, vLLM's was the whole answer."""
    return _row(found.get("error")) or found


def _row(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _rows(value: object) -> list[dict[str, Any]]:
    return [row for row in _list(value) if isinstance(row, dict)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _count(row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _word(value: object) -> str:
    """Give a text without halves of surrogate pairs, which JSON can spell and no file can hold."""
    return (
        value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else ""
    )
