"""Loads what transformers runs: weights whole, settings our own, nothing of the directory executed."""

import os
from collections.abc import Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from importlib.util import find_spec
from io import StringIO
from typing import Any

from scribeeval.errors import InputError
from scribeeval.models.chat.base import ChatSettings, not_installed
from scribeeval.models.chat.local import PLAIN_TEMPLATE, TEMPLATE_DATE, decoding, window
from scribeeval.models.chat.model_folder import ModelFolder
from scribeeval.models.hardware import cores

NAME = "transformers"
EXTRA = "transformers"
NO_LIMIT = 10**9  # tokenizers without a limit say 10**30
# Which tokens begin, end and fill an answer: all that is kept of the directory's generation settings.
_TOKENS = ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id", "forced_bos_token_id")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready to be asked.  window: tokens; of a seq2seq model, of the question alone.

    plain: the tokenizer has no chat template.
    """

    torch: Any
    tokenizer: Any
    model: Any
    window: int
    device: str
    plain: bool
    ends: frozenset[int]
    options: Mapping[str, Any]


def options(settings: ChatSettings) -> Mapping[str, Any]:
    """Give what an answer depends on beside the model and the question.

    Raises:
        InputError: torch is missing, or a GPU is wanted and there is none.

    """
    device = _device(settings.device)
    return {
        **decoding(settings.temperature, settings.seed),
        "context_tokens": settings.context_tokens,
        "template_date": TEMPLATE_DATE,
        "plain_template": PLAIN_TEMPLATE,
        "device": device,
        "dtype": "float32" if device == "cpu" else _gpu_dtype(),
        # Beside others, on their padding, an answer's last digits are other ones: 1, unless it is asked for.
        "batch_size": settings.batch_size or 1,
        **({"threads": cores()} if device == "cpu" else {}),
    }


def import_torch() -> Any:
    """Give torch.

    Raises:
        InputError: it or transformers is missing.

    """
    try:
        import torch
        import transformers  # noqa: F401
    except ModuleNotFoundError:
        raise not_installed(NAME, EXTRA) from None
    return torch


def _device(wanted: str) -> str:
    if wanted == "cpu":
        return "cpu"
    found = import_torch().cuda.is_available()
    if wanted != "auto" and not found:
        raise InputError(f'device {wanted!r}: torch sees no GPU; set device = "cpu"')
    return "cuda" if found else "cpu"


def _gpu_dtype() -> str:
    return "bfloat16" if import_torch().cuda.is_bf16_supported() else "float16"


def load_model(settings: ChatSettings, folder: ModelFolder) -> Loaded:
    """Load a model and its tokenizer from a folder.

    Raises:
        InputError: it holds no whole language model that can be loaded without code of its own.

    """
    torch = import_torch()
    if not settings.allow_downloads:
        # local_files_only says it too; transformers has asked the hub about local directories before.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import transformers

    transformers.utils.logging.disable_progress_bar()
    chosen = options(settings)
    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    if folder.gguf:
        if find_spec("gguf") is None:
            raise InputError(
                f"model {settings.model!r}: transformers reads GGUF files with the package gguf; run "
                "pip install gguf, or use the drafter gguf, which is far faster"
            )
        local["gguf_file"] = folder.gguf
    path = str(folder.path)
    try:
        config = transformers.AutoConfig.from_pretrained(path, **local)
        seq2seq = bool(config.is_encoder_decoder)
        tokenizer = transformers.AutoTokenizer.from_pretrained(path, **local)
        kind = transformers.AutoModelForSeq2SeqLM if seq2seq else transformers.AutoModelForCausalLM
        with redirect_stderr(StringIO()):  # a progress bar of the GGUF reader, which cannot be turned off
            model, found = kind.from_pretrained(
                path, **local, use_safetensors=not folder.gguf, output_loading_info=True
            )
    except Exception as error:  # each way in which a directory can be damaged has an exception of its own
        raise InputError(
            f"model {settings.model!r}: no language model that transformers can load without code of its own "
            f"({type(error).__name__}); copy it again, whole"
        ) from None
    if lost := sorted(found["missing_keys"]):
        # transformers fills in random numbers for what a file lacks.
        raise InputError(
            f"model {settings.model!r}: lacks {len(lost)} weights (first: {lost[0]}); copy it again, whole"
        )
    model = model.to(chosen["device"], getattr(torch, chosen["dtype"])).eval()
    ends = _keep_only_tokens(transformers, model, tokenizer)
    return Loaded(
        torch=torch,
        tokenizer=tokenizer,
        model=model,
        window=_window(settings, config, tokenizer),
        device=chosen["device"],
        plain=not tokenizer.chat_template,
        ends=ends,
        options=chosen,
    )


def _keep_only_tokens(transformers: Any, model: Any, tokenizer: Any) -> frozenset[int]:
    """Replace the directory's generation settings by none but its token ids; give those that end."""
    own = model.generation_config
    tokens = {name: getattr(own, name, None) for name in _TOKENS}
    ends = tokens["eos_token_id"]
    ends = set(ends if isinstance(ends, list) else [] if ends is None else [ends])
    ends |= {tokenizer.eos_token_id} - {None}
    tokens["eos_token_id"] = sorted(ends) or None
    if tokens["pad_token_id"] is None:  # masked, so any will do
        tokens["pad_token_id"] = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0
    model.generation_config = transformers.GenerationConfig(**tokens)
    return frozenset(ends)


def _window(settings: ChatSettings, config: Any, tokenizer: Any) -> int:
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    own = getattr(text, "max_position_embeddings", None) or getattr(text, "n_positions", None)
    if own is None and tokenizer.model_max_length < NO_LIMIT:
        own = tokenizer.model_max_length
    return window(settings, own)
