"""faster-whisper: Whisper on CTranslate2; int8 on a CPU, float16 on a GPU.

Voice activity first; the speech of all channels is packed into full windows (models/windows.py), which
are decoded several at once: greedy, temperature 0, no sampling fallback, no conditioning on earlier
text.  A window whose words end long before its speech does is decoded again from there on, and one with
hardly any words, or words in a circle, in two halves, because decoding may stop early
(faster-whisper's issues 919, 1179).
"""

import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scribeeval.errors import InputError
from scribeeval.models.engines.base import (
    MAX_PAUSE_S,
    Engine,
    EngineSettings,
    Phrase,
    Transcriber,
    Word,
    check_language,
    not_installed,
    producer,
    split_at_pauses,
    versions_of,
    windows_at_once,
)
from scribeeval.models.engines.prompt import prompt_of
from scribeeval.models.hardware import cores, device_for
from scribeeval.models.loops import find_loops
from scribeeval.models.network import Listed
from scribeeval.models.voice import RATE_HZ, Span
from scribeeval.models.weights import WEIGHTS, find_weights, revision_of
from scribeeval.models.windows import Window, halves, pack, rest

if TYPE_CHECKING:
    from scribeeval.models.voice import Floats, Samples

NAME = "faster-whisper"
OPTIONS: Mapping[str, Any] = {
    "task": "transcribe",
    "temperature": 0.0,
    "patience": 1.0,
    "length_penalty": 1.0,
    "repetition_penalty": 1.0,
    "no_repeat_ngram_size": 0,
    "suppress_blank": True,
    "suppress_tokens": [-1],
    "condition_on_previous_text": False,
    "without_timestamps": True,  # of the model's own marks; words are timed by its attention
    "word_timestamps": True,
    "multilingual": False,
    "vad_filter": False,  # done before, by models/voice.py
}
PACKING: Mapping[str, float] = {"longest_s": 30.0, "pad_s": 0.2, "gap_s": 0.1}
UNHEARD_S = 3.0  # of speech after a window's last word: decoded again
LONGEST_WORD_S = 1.0  # the alignment stretches the last word over all that follows
SPARSE_WORDS_PER_S = 1.0  # a third of slow speech: the words are those of a part, their times wrong
TRIES = 3
MEDIAN_FILTER = 3  # frames over which the attention that times words is smoothed
_NO_LETTER = re.compile(r"\W+")
COMPUTE_TYPES = {"cpu": "int8", "cuda": "float16"}


def load(settings: EngineSettings, _: Listed) -> Transcriber:
    """Load faster-whisper.

    Raises:
        InputError: the asr extra or the weights are missing, the device is not there, or the model is
            English-only and the language is not.

    """
    try:
        import ctranslate2
        from faster_whisper import BatchedInferencePipeline, WhisperModel
    except ModuleNotFoundError:
        raise not_installed(NAME, ENGINE.extra) from None
    device = device_for(settings.device, "CTranslate2", gpu=ctranslate2.get_cuda_device_count() > 0)
    # One thread a worker: two halves of a visit side by side use two cores better than one window can.
    workers = min(2, os.cpu_count() or 1) if device == "cpu" else 1
    folder, revision = _model(settings)
    try:
        model = WhisperModel(
            folder,
            device=device,
            compute_type=COMPUTE_TYPES[device],
            cpu_threads=max(1, cores() // workers) if device == "cpu" else 0,
            num_workers=workers,
            local_files_only=not settings.allow_downloads,
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise InputError(
            f"model {settings.model!r}: cannot be loaded ({type(error).__name__}); get it again, whole"
        ) from None
    # The library's own width is 7; 3 moves a word by 2 ms (at most 80) and saves 3 % of the time.
    model.find_alignment = partial(model.find_alignment, median_filter_width=MEDIAN_FILTER)
    check_language(settings, multilingual=model.model.is_multilingual)
    prompt = prompt_of(settings, lambda text: len(model.hf_tokenizer.encode(f" {text}").ids))
    at_once = windows_at_once(settings, device)
    chosen = {
        **OPTIONS,
        "language": settings.language,
        "beam_size": settings.beam_size,
        "batch_size": at_once,
        "initial_prompt": f" {prompt.text}" if prompt.text else None,
    }

    def decode(parts: "Sequence[Floats]") -> list[list[Word]]:
        """Decode windows: the words of each, timed from its beginning."""
        edges = np.cumsum([0, *map(len, parts)])
        # Half a sample more, because the library rounds down to whole ones.
        clips = [
            {"start": (a + 0.5) / RATE_HZ, "end": (b + 0.5) / RATE_HZ} for a, b in pairwise(edges.tolist())
        ]
        segments, _ = BatchedInferencePipeline(model).transcribe(
            np.concatenate(parts), clip_timestamps=clips, **chosen
        )
        words: list[list[Word]] = [[] for _ in parts]
        for segment in segments:
            begin_s = segment.seek / 100  # of its window, as the library counts the words from
            window = int(np.argmin([abs(clip["start"] - begin_s) for clip in clips]))
            words[window] += [
                (float(w.start) - begin_s, float(w.end) - begin_s, w.word) for w in segment.words
            ]
        return words

    def some(channel_windows: "Sequence[tuple[Samples, Window]]") -> list[list[list[Word]]]:
        """Decode a batch of windows; of each, the words in the channel's own time, try by try."""
        heard: list[list[list[Word]]] = [[] for _ in channel_windows]
        todo = list(enumerate(channel_windows))
        for attempt in range(TRIES):
            if not todo:
                break
            decoded = decode([window.samples(channel) for _, (channel, window) in todo])
            left = []
            for (index, (channel, window)), words in zip(todo, decoded, strict=True):
                if attempt + 1 < TRIES and _failed(words, window):
                    left += [(index, (channel, half)) for half in halves(window)]
                    continue
                heard[index].append([(*window.placed_s(start, end), text) for start, end, text in words])
                again = rest(window, _heard_until_s(words), UNHEARD_S) if words else None
                if again is not None:
                    left.append((index, (channel, again)))
            todo = left
        return heard

    def together(
        channels: "Sequence[Samples]", speech: Sequence[Sequence[Span]]
    ) -> tuple[tuple[Phrase, ...], ...]:
        items = [
            (number, samples, window)
            for number, (samples, spans) in enumerate(zip(channels, speech, strict=True))
            for window in pack(spans, len(samples), **PACKING)
        ]
        batches = [items[first : first + at_once] for first in range(0, len(items), at_once)]
        with ThreadPoolExecutor(workers) as pool:
            found = pool.map(some, [[(samples, window) for _, samples, window in batch] for batch in batches])
            phrases: list[list[Phrase]] = [[] for _ in channels]
            for batch, tries in zip(batches, found, strict=True):
                for (number, _, _), words in zip(batch, tries, strict=True):
                    for part in words:
                        phrases[number] += split_at_pauses(part)
        return tuple(tuple(sorted(found, key=lambda p: (p.start_s, p.end_s))) for found in phrases)

    options = {
        **chosen,
        **PACKING,
        "compute_type": COMPUTE_TYPES[device],
        "max_pause_s": MAX_PAUSE_S,
        "median_filter": MEDIAN_FILTER,
        "unheard_s": UNHEARD_S,
        "longest_word_s": LONGEST_WORD_S,
        "sparse_words_per_s": SPARSE_WORDS_PER_S,
        "hotwords_left_out": prompt.left_out,
    }
    return Transcriber(
        producer(NAME, f"{settings.model}@{revision}", options),
        versions_of("faster-whisper", "ctranslate2"),
        lambda samples, spans: together([samples], [spans])[0],
        options,
        together,
    )


def _failed(words: Sequence[Word], window: Window) -> bool:
    """Tell whether decoding stopped early, or ran in a circle and lost what else was said."""
    if len(window.pieces) < 2:
        return False
    sparse = len(words) < SPARSE_WORDS_PER_S * window.n_samples / RATE_HZ
    return sparse or any(
        loop.sure for loop in find_loops([_NO_LETTER.sub("", w[2]).casefold() for w in words])
    )


def _heard_until_s(words: Sequence[Word]) -> float:
    start_s, end_s, _ = words[-1]
    return min(end_s, start_s + LONGEST_WORD_S)


def _model(settings: EngineSettings) -> tuple[str, str]:
    """A folder and its revision; else, where downloads are allowed, a name that the library fetches."""
    if settings.allow_downloads and _is_other_name(settings.model):
        return settings.model, "downloaded"
    weights = find_weights(settings.model)
    return str(weights.folder), weights.revision


def _is_other_name(model: str) -> bool:
    return model not in WEIGHTS and not Path(model).is_dir()


def _revision(settings: EngineSettings) -> str:
    if settings.allow_downloads and _is_other_name(settings.model):
        return "downloaded"
    return revision_of(settings.model)


ENGINE = Engine("Whisper on CTranslate2, the default", "asr", _revision, load)
