"""transformers: any speech model in a local directory, Whisper's kind or CTC (wav2vec2, HuBERT, ...).

safetensors only, no code of the directory is run, nothing is downloaded unless the user allowed it.
Stretches of speech are decoded by themselves, several at once, greedy or with a beam.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of, sha256_of_json
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
    windows_at_once,
)
from scribeeval.models.engines.prompt import Prompt, prompt_of
from scribeeval.models.hardware import device_for
from scribeeval.models.network import Listed
from scribeeval.models.voice import RATE_HZ, Span
from scribeeval.models.windows import Window, stretches

if TYPE_CHECKING:
    from scribeeval.models.voice import Floats, Samples

    Decode = Callable[[Sequence[Floats]], list[list[Phrase]]]

NAME = "transformers"
TIME_STEP_S = 0.02
LONGEST_S = 29.5  # Whisper's window is 30 s; CTC models have none, but their cost grows with the square


def load(settings: EngineSettings, _: Listed) -> Transcriber:
    """Load a speech model.

    Raises:
        InputError: the transformers extra is missing, or the directory holds no whole speech model.

    """
    try:
        import torch
        from transformers import AutoConfig, AutoModelForCTC, AutoModelForSpeechSeq2Seq, AutoProcessor
        from transformers.utils import logging
    except ModuleNotFoundError:
        raise not_installed(NAME, ENGINE.extra) from None
    revision = _revision(settings)
    logging.disable_progress_bar()
    if not settings.allow_downloads:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    local = {"local_files_only": not settings.allow_downloads, "trust_remote_code": False}
    device = device_for(settings.device, "torch", gpu=torch.cuda.is_available())
    try:
        config = AutoConfig.from_pretrained(settings.model, **local)
        processor = AutoProcessor.from_pretrained(settings.model, **local)
        kind = AutoModelForSpeechSeq2Seq if config.is_encoder_decoder else AutoModelForCTC
        model, found = kind.from_pretrained(
            settings.model, **local, use_safetensors=True, output_loading_info=True
        )
    except Exception as error:  # each way in which a directory can be damaged has an exception of its own
        raise InputError(
            f"model {settings.model!r}: no speech model that transformers can load ({type(error).__name__}); "
            "give the directory of a Whisper or CTC model with safetensors weights"
        ) from None
    if missing := _missing(found["missing_keys"]):
        # transformers fills in random numbers for what a file lacks.
        raise InputError(f"model {settings.model!r}: lacks {missing[0]}; copy it again, whole")
    model = (model.half() if device == "cuda" else model.float()).to(device).eval()
    at_once = windows_at_once(settings, device)
    options: dict[str, Any] = {"longest_s": LONGEST_S, "device": device, "batch_size": at_once}
    if config.is_encoder_decoder:
        decode, chosen = _whisper(settings, processor, model, torch)
    else:
        decode, chosen = _ctc(processor, model, torch)
    options |= chosen

    def transcribe(samples: "Samples", speech: Sequence[Span]) -> tuple[Phrase, ...]:
        windows = stretches(speech, len(samples), longest_s=LONGEST_S)
        # Of like length together: the shorter ones are filled up with silence.
        order = sorted(windows, key=lambda window: window.n_samples)
        phrases: list[Phrase] = []
        for first in range(0, len(order), at_once):
            batch = order[first : first + at_once]
            with torch.inference_mode():
                heard = decode([window.samples(samples) for window in batch])
            for window, found in zip(batch, heard, strict=True):
                phrases += [_in_channel(window, phrase) for phrase in found if phrase.text]
        return tuple(sorted(phrases, key=lambda phrase: (phrase.start_s, phrase.end_s)))

    return Transcriber(
        producer(NAME, f"{Path(settings.model).name}@{revision}", options),
        versions_of("transformers", "torch"),
        transcribe,
        options,
    )


def _whisper(
    settings: EngineSettings, processor: Any, model: Any, torch: Any
) -> "tuple[Decode, dict[str, Any]]":
    multilingual = bool(getattr(model.generation_config, "is_multilingual", True))
    check_language(settings, multilingual=multilingual)
    tokenizer = processor.tokenizer
    prompt = prompt_of(settings, lambda text: len(tokenizer(" " + text, add_special_tokens=False).input_ids))
    # An old directory does not say which token means "no times": its stretches are one phrase each.
    begin = model.generation_config.decoder_start_token_id
    times_from = getattr(model.generation_config, "no_timestamps_token_id", None)
    chosen: dict[str, Any] = {
        "do_sample": False,
        "num_beams": settings.beam_size,
        "return_timestamps": times_from is not None,
        "condition_on_prev_tokens": False,
        **({"language": settings.language, "task": "transcribe"} if multilingual else {}),
    }
    given = dict(chosen)
    if prompt.text:
        given["prompt_ids"] = tokenizer.get_prompt_ids(prompt.text, return_tensors="pt").to(model.device)

    def decode(batch: "Sequence[Floats]") -> list[list[Phrase]]:
        sound = processor(list(batch), sampling_rate=RATE_HZ, return_tensors="pt", return_attention_mask=True)
        features = sound.input_features.to(model.device, model.dtype)
        tokens = model.generate(features, attention_mask=sound.attention_mask.to(model.device), **given)
        return [
            _segments(tokenizer, row, times_from, len(part) / RATE_HZ)
            for row, part in zip((_own(row, begin) for row in tokens.tolist()), batch, strict=True)
        ]

    return decode, {**chosen, **_recorded(prompt)}


def _own(tokens: list[int], begin: int) -> list[int]:
    """Leave out the prompt, which some versions of the library give back with the words."""
    return tokens[len(tokens) - tokens[::-1].index(begin) :] if begin in tokens else tokens


def _segments(tokenizer: Any, tokens: Sequence[int], times_from: int | None, length_s: float) -> list[Phrase]:
    """Cut a window's tokens at the model's own marks of time, which follow times_from, 0.02 s apart."""
    phrases: list[Phrase] = []
    text: list[int] = []
    start_s, end_s = 0.0, length_s
    for token in [*tokens, None]:
        if token is not None and (times_from is None or token <= times_from):
            text.append(token)
            continue
        end_s = length_s if token is None or times_from is None else (token - times_from - 1) * TIME_STEP_S
        said = tokenizer.decode(text, skip_special_tokens=True).strip()
        if said:
            phrases.append(Phrase(start_s, end_s, said))
        start_s, text = end_s, []
    return phrases


def _ctc(processor: Any, model: Any, torch: Any) -> "tuple[Decode, dict[str, Any]]":
    def decode(batch: "Sequence[Floats]") -> list[list[Phrase]]:
        sound = processor(list(batch), sampling_rate=RATE_HZ, return_tensors="pt", padding=True)
        given = {
            n: v.to(model.device, model.dtype if v.is_floating_point() else None) for n, v in sound.items()
        }
        logits = model(**given).logits
        tokens = torch.argmax(logits, dim=-1)
        longest = max(len(part) for part in batch)
        frame_s = longest / RATE_HZ / tokens.shape[1]
        return [
            _words(processor, row[: round(len(part) / RATE_HZ / frame_s)], frame_s, len(part) / RATE_HZ)
            for row, part in zip(tokens, batch, strict=True)
        ]

    return decode, {"decoding": "ctc, greedy", "max_pause_s": MAX_PAUSE_S}


def _words(processor: Any, tokens: Any, frame_s: float, length_s: float) -> list[Phrase]:
    """Read a CTC path; where the tokenizer gives no places of words, one phrase over the stretch."""
    tokenizer = getattr(processor, "tokenizer", processor)
    try:
        rows = tokenizer.decode(tokens, output_word_offsets=True).word_offsets
    except (TypeError, AttributeError, ValueError):
        text = tokenizer.decode(tokens, skip_special_tokens=True)
        return [Phrase(0.0, length_s, text.strip())]
    words = [(r["start_offset"] * frame_s, r["end_offset"] * frame_s, f" {r['word']}") for r in rows]
    return split_at_pauses(words)


def _in_channel(window: Window, phrase: Phrase) -> Phrase:
    longest = window.n_samples / RATE_HZ
    start, end = (window.original_s(min(max(0.0, t), longest)) for t in (phrase.start_s, phrase.end_s))
    return Phrase(round(start, 2), round(max(start, end), 2), phrase.text)


def _recorded(prompt: Prompt) -> dict[str, Any]:
    return {"prompt": prompt.text, "hotwords_left_out": prompt.left_out}


def _missing(names: Sequence[str]) -> list[str]:
    # Tied weights are stored once; wav2vec2's mask is only used in training.
    return sorted(name for name in names if "proj_out" not in name and "masked_spec_embed" not in name)


def _revision(settings: EngineSettings) -> str:
    folder = Path(settings.model)
    files = sorted(folder.glob("*.safetensors"))
    if (folder / "config.json").is_file() and files:
        hashes = [sha256_of(file) for file in (folder / "config.json", *files)]
        return sha256_of_json(hashes)[:12]
    if folder.is_dir() or not settings.allow_downloads:
        raise InputError(
            f"model {settings.model!r}: no folder with config.json and *.safetensors; give a speech "
            "model's directory, or set allow_downloads = true to fetch one by name"
        )
    return "downloaded"


ENGINE = Engine("Hugging Face models in a directory: Whisper's kind or CTC", "transformers", _revision, load)
