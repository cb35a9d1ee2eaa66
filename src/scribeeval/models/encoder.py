"""A Hugging Face encoder in a directory: text -> token embeddings of one layer, on the CPU.

Nothing is downloaded, and nothing of the directory is executed: safetensors, no pickle, no code.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scribeeval.errors import InputError
from scribeeval.io.files import read_text, sha256_of, sha256_of_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_WINDOW = 512  # tokens; the cost of attention grows with the square
MAX_TOKENS = 50_000  # of one text, some five hours of talk; all are held in memory


@dataclass(frozen=True, slots=True)
class Encoder:
    """A model directory, as far as it is known before the model is loaded."""

    folder: Path
    weights_sha256: str
    layer: int
    window: int

    @property
    def overlap(self) -> int:
        """Tokens that two neighbouring windows share, so that none lacks context on both sides."""
        return self.window // 4


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's embeddings: unit vectors (n, width), and which of the n are the text's own, not marks."""

    vectors: "NDArray[np.float64]"
    own: "NDArray[np.bool_]"


def inspect(folder: Path, layer: int | None) -> Encoder:
    """Find out what a model directory holds, without loading it.  layer: None takes the last.

    Raises:
        InputError: not a model directory, or it has no such layer.

    """
    weights = sorted(folder.glob("*.safetensors"))
    if not weights or not (folder / "config.json").is_file():
        raise InputError(
            f"embedding model {folder}: no folder with config.json and *.safetensors; "
            "give the directory of a Hugging Face encoder"
        )
    try:
        config = json.loads(read_text(folder / "config.json"))
        layers = config["num_hidden_layers" if "num_hidden_layers" in config else "n_layers"]  # DistilBERT's
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{folder / 'config.json'}: does not say how many layers; copy it again") from None
    if layer is not None and not 1 <= layer <= layers:
        raise InputError(f"embedding model {folder}: has no layer {layer}; give one of 1 to {layers}")
    hashes = [sha256_of(path) for path in weights]
    return Encoder(
        folder=folder,
        weights_sha256=hashes[0] if len(hashes) == 1 else sha256_of_json(hashes),
        layer=layers if layer is None else layer,
        # Less 2, because RoBERTa counts positions from 2.
        window=min(LONGEST_WINDOW, config.get("max_position_embeddings", LONGEST_WINDOW + 2) - 2),
    )


def load(encoder: Encoder) -> Callable[[str], Tokens]:
    """Load the model; returns what embeds a text.  A text of more than MAX_TOKENS gives no token.

    Raises:
        InputError: torch or transformers is missing, or the directory holds no whole encoder.

    """
    # local_files_only says it too; transformers has asked the hub about local directories before.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        import torch
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging
    except ModuleNotFoundError:
        raise InputError(
            "embedding similarity needs torch and transformers; run pip install 'scribeeval[transformers]'"
        ) from None
    logging.disable_progress_bar()
    local: Mapping[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(encoder.folder), **local)
        model, found = AutoModel.from_pretrained(
            str(encoder.folder), **local, use_safetensors=True, output_loading_info=True
        )
    except Exception as error:  # each way in which a directory can be damaged has an exception of its own
        raise InputError(
            f"embedding model {encoder.folder}: not loadable ({type(error).__name__}); copy it again, whole"
        ) from None
    if problem := _problem(tokenizer, model, found["missing_keys"]):
        raise InputError(f"embedding model {encoder.folder}: {problem}")
    model.float().eval()

    def embed(ids: Sequence[int]) -> "NDArray[np.float64]":
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # the order of sums, and so the last digits, depends on their number
        try:
            with torch.inference_mode():
                layers = model(input_ids=torch.tensor([ids]), output_hidden_states=True).hidden_states
        finally:
            torch.set_num_threads(threads)
        rows = layers[encoder.layer][0].numpy().astype(np.float64)
        unit: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def encode(text: str) -> Tokens:
        windows = _windows(tokenizer, encoder, text)
        if not 0 < sum(keep.stop - keep.start for *_, keep in windows) <= MAX_TOKENS:
            return Tokens(np.empty((0, 1)), np.empty(0, dtype=np.bool_))
        return Tokens(
            np.concatenate([embed(ids)[keep] for ids, _, keep in windows]),
            np.concatenate([np.array(marks[keep]) == 0 for _, marks, keep in windows]),
        )

    return encode


def _problem(tokenizer: Any, model: Any, missing: set[str]) -> str | None:
    """Tell why a model that was loaded cannot be used."""
    if model.config.is_encoder_decoder:
        return "also has a decoder; give an encoder"
    if not tokenizer.is_fast:
        return "has no tokenizer.json; save its tokenizer as a fast one"
    # transformers fills in random numbers for what a file lacks; only the pooler's are never used.
    lost = sorted(name for name in missing if "pooler" not in name)
    return f"lacks {len(lost)} weights (first: {lost[0]}); copy it again, whole" if lost else None


def _windows(tokenizer: Any, encoder: Encoder, text: str) -> list[tuple[list[int], list[int], slice]]:
    """Split a text into overlapping windows: token ids, 1 for each mark, and the part to keep.

    Of an overlap each window keeps the half that lies further inside it, so that the parts kept are
    the whole text, once, between the first window's opening mark and the last one's closing mark.
    """
    split = tokenizer(
        text.encode("utf-8", "replace").decode(),  # a lone surrogate is no text; tokenizers refuse it
        truncation=True,
        max_length=encoder.window,
        stride=encoder.overlap,
        return_overflowing_tokens=True,
        return_special_tokens_mask=True,
    )
    windows = []
    last = len(split["input_ids"]) - 1
    for i, (ids, marks) in enumerate(zip(split["input_ids"], split["special_tokens_mask"], strict=True)):
        closing = marks[::-1].index(0) if 0 in marks else 0
        start = 0 if i == 0 else marks.index(0) + encoder.overlap // 2
        stop = len(ids) if i == last else len(ids) - closing - (encoder.overlap - encoder.overlap // 2)
        windows.append((ids, marks, slice(start, stop)))
    return windows
