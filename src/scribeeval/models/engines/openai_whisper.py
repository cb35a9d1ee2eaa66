"""openai-whisper: the reference implementation, on torch.

Its own `transcribe` on the whole channel, with every option said: the library falls back to sampling
and conditions on earlier text unless told otherwise.
"""

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scribeeval.errors import InputError
from scribeeval.models.checkpoint import Checkpoint, checkpoint_of
from scribeeval.models.engines.base import (
    MAX_PAUSE_S,
    Engine,
    EngineSettings,
    Phrase,
    Transcriber,
    check_language,
    not_installed,
    producer,
    split_at_pauses,
    versions_of,
)
from scribeeval.models.engines.prompt import prompt_of
from scribeeval.models.hardware import device_for
from scribeeval.models.network import Listed
from scribeeval.models.voice import Span, as_float
from scribeeval.models.weights import WEIGHTS, find_weights, revision_of, unknown_model

if TYPE_CHECKING:
    from scribeeval.models.voice import Samples

NAME = "openai-whisper"
OPTIONS: Mapping[str, Any] = {
    "task": "transcribe",
    "temperature": 0.0,  # one value: no fallback to sampling
    "condition_on_previous_text": False,
    "carry_initial_prompt": True,  # to every window, as faster-whisper's hotwords
    "word_timestamps": True,
    "without_timestamps": False,
    "suppress_blank": True,
    "suppress_tokens": "-1",
    "no_speech_threshold": 0.6,
    "compression_ratio_threshold": 2.4,
    "logprob_threshold": -1.0,
    "hallucination_silence_threshold": None,
}


def load(settings: EngineSettings, _: Listed) -> Transcriber:
    """Load openai-whisper.

    Raises:
        InputError: the whisper extra or the weights are missing, or the model is English-only and the
            language is not.

    """
    try:
        import torch
        import whisper
        from whisper.tokenizer import get_tokenizer
    except ModuleNotFoundError:
        raise not_installed(NAME, ENGINE.extra) from None
    device = device_for(settings.device, "torch", gpu=torch.cuda.is_available())
    checkpoint = _checkpoint(settings)
    try:
        # .pt files are pickles: the library reads them with weights_only, so that nothing in them runs.
        model = whisper.load_model(str(checkpoint.path), device=device)
    except Exception as error:  # each way in which a file can be damaged has an exception of its own
        raise InputError(
            f"model {settings.model!r}: cannot be loaded ({type(error).__name__}); get it again, whole"
        ) from None
    check_language(settings, multilingual=model.is_multilingual)
    _mark_alignment_heads(model, settings.model)
    tokenizer = get_tokenizer(model.is_multilingual, num_languages=model.num_languages)
    prompt = prompt_of(settings, lambda text: len(tokenizer.encode(" " + text)))
    chosen = {
        **OPTIONS,
        "language": settings.language,
        "beam_size": settings.beam_size if settings.beam_size > 1 else None,
        "initial_prompt": prompt.text or None,
        "fp16": device != "cpu",
    }

    def decode(samples: "Samples", speech: Sequence[Span]) -> tuple[Phrase, ...]:
        """The whole channel, silence and all, is the library's own to cut."""
        if not speech:
            return ()
        result = model.transcribe(as_float(samples), verbose=None, **chosen)
        return tuple(
            phrase
            for segment in result["segments"]
            for phrase in split_at_pauses(
                [(float(w["start"]), float(w["end"]), str(w["word"])) for w in segment["words"]]
            )
        )

    options = {**chosen, "max_pause_s": MAX_PAUSE_S, "device": device, "hotwords_left_out": prompt.left_out}
    return Transcriber(
        producer(NAME, f"{settings.model}@{checkpoint.revision}", options),
        versions_of("openai-whisper", "torch"),
        decode,
        options,
    )


def _checkpoint(settings: EngineSettings) -> Checkpoint:
    """A packaged name, a .pt file, a folder with one; else, where downloads are allowed, a known name."""
    if settings.model in WEIGHTS:
        return checkpoint_of(settings.model)
    path = _file(settings.model)
    if path is not None:
        return checkpoint_of(str(path))
    if not settings.allow_downloads:
        raise unknown_model(settings.model, "a .pt file, or a folder with one")
    return Checkpoint(Path(settings.model), "downloaded")  # the library verifies its sha256


def _file(model: str) -> Path | None:
    path = Path(model)
    files = sorted(path.glob("*.pt")) if path.is_dir() else [path] if path.is_file() else []
    return files[0] if len(files) == 1 else None


def _mark_alignment_heads(model: Any, name: str) -> None:
    """Name the heads that follow the sound, which times of words are read from; a checkpoint has none."""
    if name not in WEIGHTS:
        return
    config = json.loads((find_weights(name).folder / "config.json").read_text(encoding="utf-8"))
    heads = np.zeros((model.dims.n_text_layer, model.dims.n_text_head), dtype=bool)
    for layer, head in config.get("alignment_heads", ()):
        heads[layer, head] = True
    if heads.any():
        model.set_alignment_heads(base64.b85encode(gzip.compress(heads.tobytes())))


def _revision(settings: EngineSettings) -> str:
    return revision_of(settings.model) if settings.model in WEIGHTS else _checkpoint(settings).revision


ENGINE = Engine("OpenAI's own Whisper, the reference", "whisper", _revision, load)
