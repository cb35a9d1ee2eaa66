"""faster-whisper: Whisper on CTranslate2; int8 on a CPU, float16 on a GPU.

Greedy: temperature 0, no sampling fallback, no conditioning on earlier text (its loops), voice
activity first (it invents words over silence).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scribeeval.models.engines.base import (
    MAX_PAUSE_S,
    Engine,
    EngineSettings,
    Phrase,
    Transcriber,
    not_installed,
    producer,
    split_at_pauses,
    versions_of,
)
from scribeeval.models.weights import find_weights, revision_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME = "faster-whisper"
OPTIONS: Mapping[str, Any] = {
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


def load(settings: EngineSettings) -> Transcriber:
    """Load faster-whisper.

    Raises:
        InputError: the asr extra or the weights are missing.

    """
    try:
        from faster_whisper import WhisperModel
    except ModuleNotFoundError:
        raise not_installed(NAME, ENGINE.extra) from None
    weights = find_weights(settings.model)
    engine = WhisperModel(str(weights.folder), device="cpu", compute_type=COMPUTE_TYPE, local_files_only=True)
    chosen = {**OPTIONS, "language": settings.language, "beam_size": settings.beam_size}
    options = {**chosen, "compute_type": COMPUTE_TYPE, "max_pause_s": MAX_PAUSE_S}

    def transcribe(samples: "NDArray[np.float32]") -> tuple[Phrase, ...]:
        segments, _ = engine.transcribe(samples, **chosen)
        return tuple(
            phrase
            for segment in segments
            for phrase in split_at_pauses(
                [(float(w.start), float(w.end), w.word) for w in segment.words or ()]
            )
        )

    return Transcriber(
        producer(NAME, f"{settings.model}@{weights.revision}", options),
        versions_of("faster-whisper", "ctranslate2"),
        transcribe,
        options,
    )


ENGINE = Engine("Whisper on CTranslate2", "asr", lambda settings: revision_of(settings.model), load)
