"""openai-compatible: a server that answers POST /chat/completions (vLLM, Ollama, llama.cpp, Azure, OpenAI).

Only on this machine, unless the config allows one other host (models/network.py).  Nothing is streamed;
what is passing is tried again (models/retries.py).
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from scribeeval.errors import InputError
from scribeeval.models.chat.base import (
    Answer,
    ChatKind,
    ChatModel,
    ChatSettings,
    Identity,
    Message,
    NoCompletion,
    Question,
    estimated_tokens,
)
from scribeeval.models.chat.completions import (
    Served,
    answer_of,
    body_of,
    refusal,
    refused_field,
    served,
    written,
)
from scribeeval.models.chat.in_flight import StoppedError, in_flight
from scribeeval.models.network import API_KEY, Client, Endpoint, Listed, NoAnswerError, endpoint
from scribeeval.models.network import Answer as Reply
from scribeeval.models.retries import AGAIN, Pace, persist

NAME = "openai-compatible"
PATH = "/chat/completions"
LLAMA_CPP = "llamacpp"  # whom its list of models names as owner
# On llama.cpp a question must neither find another's beginning in the cache nor share a batch with another:
# both change sums, and with them answers.  OpenAI refuses fields that it does not know, so that only
# llama.cpp is sent these.
ALONE: Mapping[str, Any] = {"cache_prompt": False, "id_slot": 0}
PROBE = Question(
    (Message("user", "In one sentence: what does a doctor ask about knee pain?"),), max_tokens=16
)

Pause = Callable[[Event, float], object]  # sleeps some seconds, or until the event


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is ready to be asked.

    fields: what all questions share.  refused: those of INSTEAD that it was found not to take.
    fatal: why it is not asked again, once there is a reason.
    """

    client: Client
    settings: ChatSettings
    path: str
    fields: Mapping[str, Any]
    pace: Pace
    pause: Pause
    refused: set[str] = field(default_factory=set)
    fatal: list[NoCompletion] = field(default_factory=list)


def load(settings: ChatSettings, listed: Listed) -> ChatModel:
    """Check the address and ask the server which models it has; Azure does not list deployments.

    Raises:
        InputError: no address or model, an address that is not allowed, or nobody answers there.

    """
    return connect(settings, listed, pause=Event.wait, clock=time.monotonic)


def connect(settings: ChatSettings, listed: Listed, *, pause: Pause, clock: Callable[[], float]) -> ChatModel:
    """Load, with the clock of the rate limit and with what sleeps before another try."""
    where, query = _where(settings)
    azure = settings.api == "azure"
    client = Client(
        where, listed, timeout_s=settings.timeout_s, key_header="api-key" if azure else "Authorization"
    )
    models = () if azure else _models(client, settings, pause)
    row = next((m for m in models if settings.model in m.names), models[0] if len(models) == 1 else None)
    llama_cpp = any(m.owner == LLAMA_CPP for m in models)
    fields = {**_fields(settings), **(ALONE if llama_cpp else {})}
    pace = Pace(settings.requests_per_min, clock=clock)
    server = Server(client, settings, PATH + query, fields, pace, pause)
    at_once = 1 if llama_cpp else settings.concurrency
    return ChatModel(
        name=NAME,
        revision=revision(settings),
        options=options(settings),
        versions={},
        context_tokens=settings.context_tokens or (None if row is None else row.context_tokens),
        count_tokens=estimated_tokens,
        answer=lambda questions: _answers(server, questions, at_once),
        identify=lambda: _identity(server),
        close=client.close,
        facts=lambda: {
            "server": "" if row is None else row.owner,
            "fields_sent": sorted({*fields, "max_tokens"}),
            "fields_refused": sorted(server.refused),
            "in_flight": at_once,
        },
    )


def revision(settings: ChatSettings) -> str:
    """Give the model that the server is asked for; which one answers is not to be known before."""
    where, _ = _where(settings)
    return settings.model or where.path.rsplit("/", 1)[-1]


def options(settings: ChatSettings) -> Mapping[str, Any]:
    """Give what an answer depends on beside the model and the question."""
    where, query = _where(settings)
    return {"endpoint": f"{where}{query}", **_fields(settings)}


def _fields(settings: ChatSettings) -> dict[str, Any]:
    named = {"model": settings.model} if settings.model else {}  # Azure's address names the deployment
    return {**named, "temperature": settings.temperature, "seed": settings.seed, "stream": False}


def _where(settings: ChatSettings) -> tuple[Endpoint, str]:
    """Give the address, and what each path of it ends with."""
    azure = settings.api == "azure"
    like = "https://NAME.openai.azure.com/openai/deployments/NAME" if azure else "http://127.0.0.1:PORT/v1"
    if not settings.endpoint:
        raise InputError(f'drafter {NAME!r}: needs endpoint = "{like}"')
    where = endpoint(settings.endpoint, allow_remote=settings.allow_remote, remote_host=settings.remote_host)
    if not azure:
        if not settings.model:
            raise InputError(f"drafter {NAME!r}: needs model, the name that the server knows it by")
        return where, ""
    if "/deployments/" not in where.path:
        raise InputError(f'drafter {NAME!r}: api = "azure" needs an endpoint like {like}')
    if not settings.api_version.replace("-", "").isalnum():
        raise InputError(f'drafter {NAME!r}: api = "azure" needs api_version, as "2024-10-21"')
    return where, f"?api-version={settings.api_version}"


def _models(client: Client, settings: ChatSettings, pause: Pause) -> tuple[Served, ...]:
    """Ask which models a server has; () of one that does not tell, as a gateway.

    Raises:
        InputError: nobody answers, or only that they cannot.

    """
    never = Event()
    try:
        reply = persist(
            lambda: client.get("/models", purpose="list of models"),
            tries=settings.tries,
            wait=lambda seconds: pause(never, seconds),
            seed=settings.seed,
        )
    except NoAnswerError as error:
        raise InputError(f"endpoint {client.where}: {error}; check that the server runs") from None
    if reply.status in AGAIN:
        raise InputError(f"endpoint {client.where}: {_said(reply)}; check that the server is ready")
    return served(reply.body) if reply.status == 200 else ()


def _answers(server: Server, questions: Sequence[Question], at_once: int) -> Iterator[tuple[int, Answer]]:
    def ask(index: int, stopped: Event) -> Answer:
        question = questions[index]
        reply = _ask(server, question, server.fields, "question", index, stopped)
        if isinstance(reply, NoCompletion):
            return reply
        return answer_of(reply.body, question)

    return in_flight(len(questions), ask, at_once=at_once, interrupt=server.client.abort)


def _identity(server: Server) -> Identity | NoCompletion:
    """Ask the probe, greedily; what the model writes is hashed, its reasoning too."""
    fields = {**server.fields, "temperature": 0.0, "seed": 0}
    reply = _ask(server, PROBE, fields, "probe", -1, Event())
    if isinstance(reply, NoCompletion):
        return reply
    text, model, fingerprint = written(reply.body) or ("", "", "")
    return Identity(model, fingerprint, hashlib.sha256(text.encode()).hexdigest())


def _ask(
    server: Server,
    question: Question,
    fields: Mapping[str, Any],
    purpose: str,
    index: int,
    stopped: Event,
) -> Reply | NoCompletion:
    """Ask one question until there is an answer with status 200, or a failure that lasts.

    A field that the server refuses is left out, or renamed, from then on for all questions.
    """
    while not server.fatal:
        refused = frozenset(server.refused)
        body = json.dumps(body_of(question, fields, refused=refused)).encode()
        try:
            reply = _send(server, body, purpose, index, stopped)
        except NoAnswerError as error:
            return NoCompletion(f"endpoint {server.client.where}: {error}; run again later", passing=True)
        if reply.status == 200:
            return reply
        name = refused_field(reply.body) if reply.status in (400, 422) else None
        if name is None or name in refused:
            return _failure(server, reply, question)
        server.refused.add(name)
    return server.fatal[0]


def _send(server: Server, body: bytes, purpose: str, index: int, stopped: Event) -> Reply:
    def wait(seconds: float) -> None:
        if seconds > 0:
            server.pause(stopped, seconds)
        if stopped.is_set():
            raise StoppedError

    def send() -> Reply:
        wait(server.pace.delay_s())
        reply = server.client.post(server.path, body, "application/json", purpose=purpose)
        if reply.status == 200 and written(reply.body) is None:
            raise NoAnswerError("its answer is no chat completion")
        return reply

    settings = server.settings
    return persist(send, tries=settings.tries, wait=wait, seed=(settings.seed, index))


def _failure(server: Server, reply: Reply, question: Question) -> NoCompletion:
    """Say what a status other than 200 means; what would meet every question ends the asking."""
    where = server.client.where
    if reply.status in (400, 413, 422):
        return refusal(reply.status, reply.body, question)
    if reply.status in (401, 403):
        remedy = f"set {API_KEY} to a key that it accepts"
    elif reply.status == 404:
        remedy = "check the address, and that the server knows the model"
    elif reply.status == 429:
        remedy = "lower concurrency or set requests_per_min, and run again"
    else:
        remedy = "run again later"
    failure = NoCompletion(f"endpoint {where}: {_said(reply)}; {remedy}", passing=True)
    if reply.status in (401, 403, 404):
        server.fatal.append(failure)
    return failure


def _said(reply: Reply) -> str:
    return f"it answers with status {reply.status}"


KIND = ChatKind("a server with /v1/chat/completions", "", revision, options, load)
