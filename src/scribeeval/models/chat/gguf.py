"""gguf: a language model in one file, run by llama.cpp in this process.

Each question is answered by itself: one slot, no prompt kept from the one before, greedy or from the
seed.  A JSON schema becomes a grammar that the answer cannot leave.  llama.cpp always opens an HTTP
server, which nobody needs here: it listens on a socket in a folder that only the user can open.
"""

import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Event, Thread
from types import ModuleType
from typing import Any

from scribeeval.errors import InputError
from scribeeval.models.chat.base import (
    Answer,
    ChatKind,
    ChatModel,
    ChatSettings,
    Completion,
    NoCompletion,
    Question,
    not_installed,
)
from scribeeval.models.chat.gguf_header import Header, read_header
from scribeeval.models.chat.local import (
    PLAIN_TEMPLATE,
    TEMPLATE_DATE,
    cut,
    decoding,
    messages_of,
    no_answer_in,
    too_long,
    well_formed,
    window,
)
from scribeeval.models.chat.reasoning import separate
from scribeeval.models.chat.weights import check_published, gguf_file, gguf_revision
from scribeeval.models.hardware import cores
from scribeeval.models.network import Listed

NAME = "gguf"
WINDOW_STEP = 256  # llama.cpp counts windows in these
BATCH = 512  # tokens of a question read at once: a stop waits no longer than that
# Every sampler that could change the probabilities is off, whatever the file recommends.
SAMPLING: Mapping[str, Any] = {
    "top_k": 0,
    "top_p": 1.0,
    "min_p": 0.0,
    "repeat_penalty": 1.0,
    "presence_penalty": 0.0,
    "frequency_penalty": 0.0,
}


def load(settings: ChatSettings, listed: Listed) -> ChatModel:
    """Load a GGUF model.

    Raises:
        InputError: the gguf extra is missing, or there is no whole language model, or no GPU as wanted.

    """
    library = _library()
    options = _options(settings)
    check_published(settings.model)
    file = gguf_file(settings.model)
    llama = _Llama(library, file, read_header(file), options)

    def answer(questions: Sequence[Question]) -> Iterator[tuple[int, Answer]]:
        for place, question in enumerate(questions):
            yield place, llama.ask(question)

    return ChatModel(
        name=NAME,
        revision=gguf_revision(settings.model),
        options=options,
        versions={
            "xllamacpp": library.__version__,
            "llama.cpp": _build(library),
            # Not among the options: llama.cpp shares out whole rows, so the digits are the same.
            "threads": str(cores()),
        },
        context_tokens=options["context_tokens"],
        count_tokens=llama.count,
        answer=answer,
        close=llama.close,
    )


def _options(settings: ChatSettings) -> Mapping[str, Any]:
    header = read_header(gguf_file(settings.model))
    wanted = window(settings, header.context_tokens)
    return {
        **decoding(settings.temperature, settings.seed % (2**32 - 1)),  # 2**32 - 1 means any
        "context_tokens": max(wanted // WINDOW_STEP, 1) * WINDOW_STEP,
        "template": "its own" if header.chat_template else PLAIN_TEMPLATE,
        "template_date": TEMPLATE_DATE,
        "device": _device(settings.device, _library()),
        "batch": BATCH,
    }


def _device(wanted: str, library: ModuleType) -> str:
    if wanted == "cpu":
        return "cpu"
    cpu = library.ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_CPU
    found = [device["name"] for device in library.get_device_info() if device["type"] != cpu]
    if wanted != "auto" and not found:
        raise InputError(f'device {wanted!r}: llama.cpp sees no GPU; set device = "cpu"')
    return str(found[0]) if found else "cpu"


def _library() -> ModuleType:
    # Threads that wait by turning at the barrier make it ten times slower on a machine that does more.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        import xllamacpp
    except ModuleNotFoundError:
        raise not_installed(NAME, KIND.extra) from None
    except ImportError as error:  # on a bare machine, libgomp is missing
        raise InputError(f"drafter {NAME!r} cannot be loaded ({error}); install that library") from None
    return xllamacpp  # type: ignore[no-any-return]


def _build(library: ModuleType) -> str:
    """Name llama.cpp's build; the package's version ends with it where the library does not know it."""
    number = library.BUILD_INFO["build_number"] or library.__version__.rpartition(".")[2]
    return f"b{number}"


class _Llama:
    """A loaded model; asked by one thread at a time."""

    def __init__(self, library: ModuleType, file: Path, header: Header, options: Mapping[str, Any]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="scribeeval-")  # mode 0700
        self._options = options
        self._window: int = options["context_tokens"]
        params = self._params(library, file, header)
        try:
            self._server = library.Server(params)
        except (RuntimeError, MemoryError):  # the library's own, whatever was wrong
            self._folder.cleanup()
            raise InputError(
                f"{file}: no language model that llama.cpp can load with a window of {self._window} tokens; "
                "copy it again, whole, or set fewer context_tokens if the memory was full"
            ) from None
        # Too long by itself: the server refuses the text behind it, and says how long both are.
        self._padding = [0] * (self._window + WINDOW_STEP)

    def _params(self, library: ModuleType, file: Path, header: Header) -> Any:
        params = library.CommonParams()
        params.model.path = str(file)
        params.verbosity = -1  # its log holds file names and times, and goes to stderr
        params.hostnames = [str(Path(self._folder.name) / "llama.sock")]
        params.api_keys = [secrets.token_hex(32)]
        params.ui = params.endpoint_slots = False
        params.n_ctx = self._window
        params.fit_params = False  # else the window depends on the memory that is free
        params.n_parallel = 1
        params.n_batch = params.n_ubatch = BATCH
        params.cache_prompt = False
        params.cache_ram_mib = 0
        params.warmup = False
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = cores()
        if self._options["device"] == "cpu":
            # It may share out one sum among threads: the digits would depend on their number.
            params.flash_attn_type = library.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
            params.n_gpu_layers = 0
            params.no_op_offload = params.no_kv_offload = True
        template = header.chat_template or PLAIN_TEMPLATE
        if "strftime_now" in template:
            day = f"{{%- macro strftime_now(format) -%}}{TEMPLATE_DATE}{{%- endmacro -%}}"
            params.chat_template = day + template
        elif not header.chat_template:
            params.chat_template = template
        return params

    def ask(self, question: Question) -> Answer:
        """Answer one question."""
        body: dict[str, Any] = {
            "messages": messages_of(question),
            "max_tokens": question.max_tokens,
            "cache_prompt": False,
            "chat_template_kwargs": {"date_string": TEMPLATE_DATE},
            **SAMPLING,
            **{name: self._options[name] for name in ("temperature", "seed") if name in self._options},
        }
        if question.schema is not None:
            body["json_schema"] = dict(question.schema)
        events, refused = self._stream(body)
        if refused:
            # Its message may quote the question.
            return NoCompletion(f"llama.cpp refuses the question or its JSON schema ({refused})")
        return self._read(events, question)

    def _stream(self, body: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
        """Collect the pieces of an answer, or the kind of error that was raised.

        In pieces, and in a thread, because only between two of them can llama.cpp be stopped: Ctrl-C
        would not be heard before the answer's end.
        """
        events: list[dict[str, Any]] = []
        refused: list[str] = []
        stopped, done = Event(), Event()

        def take(event: dict[str, Any]) -> bool:
            events.append(event)
            return stopped.is_set()

        def run() -> None:
            try:
                self._server.handle_chat_completions(
                    {**body, "stream": True, "stream_options": {"include_usage": True}}, take
                )
            except Exception as error:  # an unknown schema, a template that fails: each has its own
                refused.append(type(error).__name__)
            finally:
                done.set()

        Thread(target=run, daemon=True).start()
        try:
            done.wait()
        except BaseException:
            stopped.set()
            done.wait()
            raise
        return events, "".join(refused)

    def _read(self, events: Sequence[Mapping[str, Any]], question: Question) -> Answer:
        said, thought, finish = "", "", ""
        usage: Mapping[str, int] = {}
        for event in events:
            if error := event.get("error"):
                if error.get("type") == "exceed_context_size_error":
                    return too_long(error["n_prompt_tokens"], error["n_ctx"])
                return NoCompletion(f"llama.cpp failed ({error.get('type')}, {error.get('code')})")
            usage = event.get("usage") or usage
            for choice in event.get("choices", ()):
                said += choice["delta"].get("content") or ""
                thought += choice["delta"].get("reasoning_content") or ""
                finish = choice.get("finish_reason") or finish
        n_output = usage.get("completion_tokens", 0)
        if finish == "length":
            return cut(n_output, question.max_tokens, self._window)
        text, more = separate(said)
        if (none := no_answer_in(text, question)) is not None:
            return none
        reasoning = thought + more
        return Completion(
            text,
            input_tokens=usage.get("prompt_tokens"),
            output_tokens=n_output,
            reasoning_tokens=self.count(reasoning) if reasoning else 0,
        )

    def count(self, text: str) -> int:
        """Count the tokens of a text, without those that mark its begin or end."""
        refused = self._server.handle_completions(
            {"prompt": [*self._padding, well_formed(text)], "max_tokens": 1}
        )
        return int(refused["error"]["n_prompt_tokens"]) - len(self._padding)

    def close(self) -> None:
        """Free the model's memory."""
        self._server = None
        self._folder.cleanup()


KIND = ChatKind(
    title="a GGUF file, run by llama.cpp",
    extra="gguf",
    revision=lambda settings: gguf_revision(settings.model),
    options=_options,
    load=load,
)
