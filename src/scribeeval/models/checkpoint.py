"""A CTranslate2 Whisper model.bin as a checkpoint that openai-whisper opens by path.

The numbers stay as they are (float16), only their names and grouping change, so that both engines run
the same published weights.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of
from scribeeval.models.weights import MODEL_FILE, WEIGHTS, find_weights, in_cache

CHECKPOINT = "checkpoint.pt"
VERSION = 1  # of this conversion; part of the cache folder's name
DTYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)  # CTranslate2's numbering
HEAD_SIZE = 64  # of every Whisper model
AUDIO_CONTEXT, TEXT_CONTEXT = 1500, 448  # likewise

Arrays = Mapping[str, "np.ndarray[Any, Any]"]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A file that `whisper.load_model` opens, and the revision of the weights in it."""

    path: Path
    revision: str


def checkpoint_of(model: str) -> Checkpoint:
    """Give the checkpoint of a packaged name (converted once into the user's cache), or of a .pt file.

    Raises:
        InputError: not installed, no such file, or the cache cannot be written.

    """
    if model not in WEIGHTS:
        return Checkpoint(Path(model), sha256_of(Path(model))[:12])
    weights = find_weights(model)
    name = f"openai-{model}-{weights.revision}-{VERSION}"
    folder = in_cache(name, lambda made: convert(weights.folder / MODEL_FILE, made / CHECKPOINT))
    return Checkpoint(folder / CHECKPOINT, weights.revision)


def convert(model_bin: Path, target: Path) -> None:
    """Write the checkpoint of a model.bin.  Needs torch.

    Raises:
        InputError: the file is no Whisper model of CTranslate2, or is quantized.

    """
    try:
        with model_bin.open("rb") as file:
            arrays = read_arrays(file)
        if any(a.dtype == np.int8 for name, a in arrays.items() if name.endswith("/weight")):
            raise ValueError("quantized")
        state = openai_state(arrays)
        dims = _dims(state)
    except (KeyError, ValueError, IndexError, struct.error, UnicodeDecodeError):
        raise InputError(f"{model_bin}: is no float Whisper model of CTranslate2; give another") from None
    import torch

    tensors = {name: torch.from_numpy(np.array(array)) for name, array in state.items()}
    torch.save({"dims": dims, "model_state_dict": tensors}, target)


def read_arrays(file: BinaryIO) -> dict[str, "np.ndarray[Any, Any]"]:
    """Read all arrays of a model.bin by name.

    Layout, little-endian: version, spec's name, its revision, count; then of each array its name, rank,
    shape, type and bytes.  A string is its length with a final zero, then its bytes.
    """

    def number(form: str) -> int:
        return int(struct.unpack(form, file.read(struct.calcsize(form)))[0])

    def string() -> str:
        return file.read(number("<H"))[:-1].decode()

    number("<I"), string(), number("<I")
    arrays = {}
    for _ in range(number("<I")):
        name = string()
        shape = [number("<I") for _ in range(number("<B"))]
        dtype, size = DTYPES[number("<B")], number("<I")
        arrays[name] = np.frombuffer(file.read(size), dtype).reshape(shape)
    return arrays


def openai_state(arrays: Arrays) -> dict[str, "np.ndarray[Any, Any]"]:
    """Give the arrays under openai-whisper's names.  CTranslate2 keeps query, key and value as one."""
    state: dict[str, np.ndarray[Any, Any]] = {}
    for side in ("encoder", "decoder"):
        for layer in range(_layers(arrays, side)):
            state.update(_layer(arrays, side, layer))
        state[f"{side}.positional_embedding"] = arrays[f"{side}/position_encodings/encodings"]
    for theirs, ours in _SINGLE.items():
        for kind, name in (("gamma", "weight"), ("beta", "bias"), ("weight", "weight"), ("bias", "bias")):
            if f"{ours}/{kind}" in arrays:
                state[f"{theirs}.{name}"] = arrays[f"{ours}/{kind}"]
    state["decoder.token_embedding.weight"] = arrays["decoder/embeddings/weight"]
    return state


_SINGLE = {
    "encoder.conv1": "encoder/conv1",
    "encoder.conv2": "encoder/conv2",
    "encoder.ln_post": "encoder/layer_norm",
    "decoder.ln": "decoder/layer_norm",
}
_NORMS = {"attn_ln": "self_attention", "cross_attn_ln": "attention", "mlp_ln": "ffn"}
# Their names of the parts that one array of ours holds, one above the other.
_LINEAR = {
    "self_attention/linear_0": ("attn.query", "attn.key", "attn.value"),
    "self_attention/linear_1": ("attn.out",),
    "attention/linear_0": ("cross_attn.query",),
    "attention/linear_1": ("cross_attn.key", "cross_attn.value"),
    "attention/linear_2": ("cross_attn.out",),
    "ffn/linear_0": ("mlp.0",),
    "ffn/linear_1": ("mlp.2",),
}


def _layer(arrays: Arrays, side: str, layer: int) -> dict[str, "np.ndarray[Any, Any]"]:
    state = {}
    ours, theirs = f"{side}/layer_{layer}", f"{side}.blocks.{layer}"
    for name, block in _NORMS.items():
        if f"{ours}/{block}/layer_norm/gamma" in arrays:  # the encoder has no cross-attention
            state[f"{theirs}.{name}.weight"] = arrays[f"{ours}/{block}/layer_norm/gamma"]
            state[f"{theirs}.{name}.bias"] = arrays[f"{ours}/{block}/layer_norm/beta"]
    for block, parts in _LINEAR.items():
        if f"{ours}/{block}/weight" not in arrays:
            continue
        weights = np.split(arrays[f"{ours}/{block}/weight"], len(parts))
        biases = np.split(arrays[f"{ours}/{block}/bias"], len(parts))
        for part, weight, bias in zip(parts, weights, biases, strict=True):
            state[f"{theirs}.{part}.weight"] = weight
            if not part.endswith("key"):  # Whisper's keys have no bias; CTranslate2 stores zeros
                state[f"{theirs}.{part}.bias"] = bias
    return state


def _layers(arrays: Arrays, side: str) -> int:
    blocks = {name.split("/")[1] for name in arrays if name.startswith(f"{side}/layer_")}
    return len(blocks - {"layer_norm"})


def _dims(state: Arrays) -> dict[str, int]:
    def layers(side: str) -> int:
        return 1 + max(int(name.split(".")[2]) for name in state if name.startswith(f"{side}.blocks."))

    width = len(state["encoder.conv1.bias"])
    sizes = {"ctx": 0, "state": width, "head": width // HEAD_SIZE}
    audio = sizes | {"ctx": AUDIO_CONTEXT, "layer": layers("encoder")}
    text = sizes | {"ctx": TEXT_CONTEXT, "layer": layers("decoder")}
    return {
        "n_mels": state["encoder.conv1.weight"].shape[1],
        "n_vocab": len(state["decoder.token_embedding.weight"]),
        **{f"n_audio_{name}": value for name, value in audio.items()},
        **{f"n_text_{name}": value for name, value in text.items()},
    }
