"""What every language model is to us: questions in, answers out, each of them whole or a failure.

A drafter and a judge ask through the same protocol, so that a local model and a server are one thing to
them.  Decoding is greedy, or sampled from a seed that is recorded; nothing is shared between questions.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from scribeeval.errors import InputError
from scribeeval.models.network import Listed

Role = Literal["system", "user", "assistant"]
Api = Literal["openai", "azure"]


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What a user may choose of a language model.

    model: a packaged name, a directory or file, or the name that a server knows it by.
    temperature 0 is greedy; above it, answers are drawn from `seed`.
    context_tokens: the window to keep to, question and answer together; 0 = the model's own.
    device "auto": a GPU where there is one.  batch_size: questions decoded at once by a local model; 0 =
    as the device suits.
    endpoint, allow_remote, remote_host: see models/network.py.  api "azure": its header and its addresses;
    api_version goes with it.  timeout_s: the longest silence of the server; tries: how often a question is
    sent; concurrency: questions in flight; requests_per_min: 0 = no limit.
    """

    model: str = ""
    temperature: float = 0.0
    seed: int = 0
    context_tokens: int = 0
    device: str = "auto"
    batch_size: int = 0
    allow_downloads: bool = False
    endpoint: str = ""
    api: Api = "openai"
    api_version: str = ""
    allow_remote: bool = False
    remote_host: str = ""
    timeout_s: float = 300.0
    tries: int = 4
    concurrency: int = 4
    requests_per_min: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a model is asked.

    max_tokens: of the answer, its reasoning included.  schema: a JSON schema that the answer must follow;
    None = free text.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer.  text: without the model's reasoning.  Tokens are None where nobody counted them.

    output_tokens: with the reasoning's.  model, fingerprint: what the server says that it is.
    """

    text: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    model: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class NoCompletion:
    """Why there is no answer, in words that hold nothing of question or answer, and what to do.

    passing: asking again may bring one (nothing listens, too slow, too many requests); else the model gave
    an answer that is none (cut at max_tokens, refused, not the JSON asked for) and would again.
    """

    message: str
    passing: bool = False


Answer = Completion | NoCompletion


@dataclass(frozen=True, slots=True)
class Identity:
    """What answers behind an endpoint: the names it gives itself, and the hash of a fixed probe's answer."""

    model: str
    fingerprint: str
    probe_sha256: str


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A language model that can be asked.  Made by a row of CHAT_MODELS, which loads it.

    name: the row's.  revision: what its weights are, or the model that a server was asked for.
    options: everything else that an answer depends on; goes to the hash of each answer.
    versions: of the libraries that run it; for the manifest.
    context_tokens: question and answer together, None = not known.
    count_tokens: of a text; exact with a local tokenizer, else an estimate.
    answer: yields (index of the question, its answer) as they come, each question once.
    identify: asks a server what it is, None where the weights say it.
    facts: what was learnt while it was asked; for the manifest.
    """

    name: str
    revision: str
    options: Mapping[str, Any]
    versions: Mapping[str, str]
    context_tokens: int | None
    count_tokens: Callable[[str], int]
    answer: Callable[[Sequence[Question]], Iterator[tuple[int, Answer]]]
    identify: Callable[[], Identity | NoCompletion] | None = None
    close: Callable[[], None] = lambda: None
    facts: Callable[[], Mapping[str, Any]] = dict


@dataclass(frozen=True, slots=True)
class ChatKind:
    """A row of the table of language models.

    extra: what `pip install 'scribeeval[EXTRA]'` brings; "" = nothing is needed.
    revision: what the model is, without loading it; raises InputError where there is none.
    options: what its answers depend on beside the revision and the question.
    load: also takes what lists each call to another machine.
    """

    title: str
    extra: str
    revision: Callable[[ChatSettings], str]
    options: Callable[[ChatSettings], Mapping[str, Any]]
    load: Callable[[ChatSettings, Listed], ChatModel]


def not_installed(name: str, extra: str) -> InputError:
    """Say what brings a kind of language model."""
    return InputError(f"drafter {name!r} is not installed; run pip install 'scribeeval[{extra}]'")


def estimated_tokens(text: str) -> int:
    """Estimate the tokens of a text, rather too many: one per 3 bytes of UTF-8 (English has one per 4)."""
    return -(-len(text.encode()) // 3)
