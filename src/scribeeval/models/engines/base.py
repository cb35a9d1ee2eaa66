"""What every engine is: settings -> a loaded transcriber of one channel's samples."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of_json
from scribeeval.models.network import Listed
from scribeeval.models.voice import speech_of
from scribeeval.records import Producer, Segment

if TYPE_CHECKING:
    from scribeeval.models.voice import Samples, Span

    Spans = Sequence[Span]

MAX_PAUSE_S = 1.0  # a longer silence inside a segment is another speaker's turn: cut there


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What a user may choose of an engine.  All of it is hashed into the transcripts' key.

    model: a packaged name, a directory, for `replay` a file, else a name that the engine knows.
    beam_size: 1 is greedy.  batch_size: windows of 30 s decoded at once by a worker; 0
    leaves it to the engine.
    initial_prompt, hotwords: words that the speech may hold, as text before the first word.
    endpoint, allow_remote, remote_host: of `openai-compatible`; see models/network.py.
    """

    engine: str = "faster-whisper"
    model: str = "tiny.en"
    language: str = "en"
    beam_size: int = 1
    batch_size: int = 0
    device: str = "auto"
    initial_prompt: str = ""
    hotwords: tuple[str, ...] = ()
    allow_downloads: bool = False
    endpoint: str = ""
    allow_remote: bool = False
    remote_host: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of speech of one channel, in seconds."""

    start_s: float
    end_s: float
    text: str


Word = tuple[float, float, str]  # start and end in seconds, and the word with the space before it


@dataclass(frozen=True, slots=True)
class Transcriber:
    """A loaded engine: transcribe one channel's samples at 16 kHz, of which the speech is known.

    versions and options go to the manifest.  together: transcribes several channels of one visit at
    once, where the engine can do that faster than one after the other.  of_visit: a finished
    transcript by visit id (None: it has none), of an engine that hears nothing (`replay`).
    """

    producer: Producer
    versions: Mapping[str, str]
    decode: "Callable[[Samples, Spans], tuple[Phrase, ...]]"
    options: Mapping[str, Any] | None = None
    together: "Callable[[Sequence[Samples], Sequence[Spans]], tuple[tuple[Phrase, ...], ...]] | None" = None
    of_visit: Callable[[str], tuple[Segment, ...] | None] | None = None

    def transcribe(self, samples: "Samples") -> tuple[Phrase, ...]:
        """Transcribe one channel."""
        return self.transcribe_channels([samples], speech_of([samples]))[0]

    def transcribe_channels(
        self, channels: "Sequence[Samples]", speech: "Sequence[Spans]"
    ) -> tuple[tuple[Phrase, ...], ...]:
        """Transcribe a visit's channels; the same phrases as one channel at a time.

        speech: of each channel, where somebody speaks (models/voice.py).
        """
        if self.together is not None:
            return self.together(channels, speech)
        return tuple(self.decode(samples, spans) for samples, spans in zip(channels, speech, strict=True))


@dataclass(frozen=True, slots=True)
class Engine:
    """A row of the table of engines.

    extra: what `pip install 'scribeeval[EXTRA]'` brings; "" = nothing is needed.
    revision: what the model's files are, without loading them.
    load: also takes what lists each call to another machine.
    """

    title: str
    extra: str
    revision: Callable[[EngineSettings], str]
    load: Callable[[EngineSettings, Listed], Transcriber]


def not_installed(engine: str, extra: str) -> InputError:
    """Say what brings an engine."""
    return InputError(f"engine {engine!r} is not installed; run pip install 'scribeeval[{extra}]'")


def check_language(settings: EngineSettings, *, multilingual: bool) -> None:
    """Refuse another language than English on an English-only model, which would write nonsense.

    Raises:
        InputError: as said.

    """
    if not multilingual and settings.language != "en":
        raise InputError(
            f"model {settings.model!r} knows English only, not language {settings.language!r}; "
            "give a multilingual one, as base"
        )


def producer(engine: str, revision: str, options: Mapping[str, Any]) -> Producer:
    """Name who made a transcript: the engine, the model's revision and a hash of every option."""
    return Producer(engine, revision, sha256_of_json(options))


def windows_at_once(settings: EngineSettings, device: str) -> int:
    """Give the windows that a worker decodes at once: the user's number, else 1 on a CPU, 16 on a GPU.

    On a CPU, eight at once take 5 % less time than one, and 0.9 GB more memory (docs/engines.md).
    """
    return settings.batch_size or (1 if device == "cpu" else 16)


def versions_of(*packages: str) -> dict[str, str]:
    """Give the versions of installed packages."""
    return {name: metadata.version(name) for name in packages}


def split_at_pauses(words: Sequence[Word]) -> list[Phrase]:
    """Cut a segment where its speaker was silent, so that turns of two channels interleave rightly."""
    groups: list[list[Word]] = []
    for word in words:
        if groups and word[0] - groups[-1][-1][1] <= MAX_PAUSE_S:
            groups[-1].append(word)
        else:
            groups.append([word])
    return [
        Phrase(round(group[0][0], 2), round(group[-1][1], 2), "".join(w[2] for w in group).strip())
        for group in groups
    ]
