"""Transcribers: samples of one channel -> timed segments.

faster-whisper, greedy: temperature 0, no sampling fallback, no conditioning on earlier text (its
loops), voice activity first (it invents words over silence).  A local directory, never a hub name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of_json
from scribeeval.models.weights import find_weights
from scribeeval.records import Producer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_PAUSE_S = 1.0  # a longer silence inside a segment is another speaker's turn: cut there

OPTIONS: Mapping[str, Any] = {
    "beam_size": 1,
    "temperature": 0.0,
    "condition_on_previous_text": False,
    "without_timestamps": False,
    "word_timestamps": True,
    "vad_filter": True,
    "no_speech_threshold": 0.6,
    "compression_ratio_threshold": 2.4,
    "log_prob_threshold": -1.0,
}
COMPUTE_TYPE = "int8"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of speech of one channel, in seconds."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Transcriber:
    """A loaded engine: transcribe one channel's samples; versions go to the manifest."""

    producer: Producer
    versions: Mapping[str, str]
    transcribe: "Callable[[NDArray[np.float32]], tuple[Phrase, ...]]"


def faster_whisper(model: str, language: str) -> Transcriber:
    """Load faster-whisper on the CPU.

    model: a packaged name, or a directory of CTranslate2 weights.

    Raises:
        InputError: the asr extra or the weights are missing.

    """
    try:
        from faster_whisper import WhisperModel
    except ModuleNotFoundError:
        raise InputError(
            "engine 'faster-whisper' is not installed; run pip install 'scribeeval[asr]'"
        ) from None
    weights = find_weights(model)
    engine = WhisperModel(str(weights.folder), device="cpu", compute_type=COMPUTE_TYPE, local_files_only=True)
    options = {**OPTIONS, "language": language, "compute_type": COMPUTE_TYPE, "max_pause_s": MAX_PAUSE_S}

    def transcribe(samples: "NDArray[np.float32]") -> tuple[Phrase, ...]:
        segments, _ = engine.transcribe(samples, language=language, **OPTIONS)
        return tuple(
            phrase
            for segment in segments
            for phrase in _split_at_pauses(
                [(float(w.start), float(w.end), w.word) for w in segment.words or ()]
            )
        )

    return Transcriber(
        Producer("faster-whisper", f"{model}@{weights.revision}", sha256_of_json(options)),
        {name: metadata.version(name) for name in ("faster-whisper", "ctranslate2")},
        transcribe,
    )


def _split_at_pauses(words: list[tuple[float, float, str]]) -> list[Phrase]:
    """Cut a segment where its speaker was silent, so that turns of two channels interleave rightly."""
    groups: list[list[tuple[float, float, str]]] = []
    for word in words:
        if groups and word[0] - groups[-1][-1][1] <= MAX_PAUSE_S:
            groups[-1].append(word)
        else:
            groups.append([word])
    return [
        Phrase(round(group[0][0], 2), round(group[-1][1], 2), "".join(w[2] for w in group).strip())
        for group in groups
    ]


ENGINES: Mapping[str, Callable[[str, str], Transcriber]] = {"faster-whisper": faster_whisper}
