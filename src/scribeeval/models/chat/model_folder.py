"""A directory that transformers may load a language model from: safetensors or GGUF, never a pickle."""

import json
from dataclasses import dataclass
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.files import read_text
from scribeeval.models.chat.weights import (
    PACKAGED,
    SUFFIX,
    check_published,
    gguf_file,
    gguf_revision,
    revision_of,
)

# What an answer can depend on: the weights, the config, the tokenizer, its template.
_READ = ("*.json", "*.safetensors", "*.jinja", "*.model", "*.txt")
_PICKLES = ("pytorch_model*.bin", "*.pt", "*.pth", "*.ckpt")
_WRITERS = ("ForCausalLM", "ForConditionalGeneration", "LMHeadModel")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model's directory.

    revision: a hash of every file that an answer can depend on, 12 hex digits.
    gguf: the name of the file that is loaded, "" for safetensors.
    """

    path: Path
    revision: str
    gguf: str = ""


def find_folder(model: str, *, allow_downloads: bool) -> ModelFolder:
    """Find the directory of a packaged name, a path or, where that is allowed, a name on the hub.

    Raises:
        InputError: there is none, or it holds no language model that may be loaded.

    """
    path = Path(model)
    if model in PACKAGED or (model and (path.is_file() or _only_gguf(path))):
        check_published(model)
        file = gguf_file(model)
        return ModelFolder(file.parent, gguf_revision(model), file.name)
    if not (model and path.is_dir()):
        path = _downloaded(model) if allow_downloads and model else path
    if not (path / "config.json").is_file() or not any(path.glob("*.safetensors")):
        raise InputError(_nothing(model, path))
    _check_config(path / "config.json")
    files = {file for pattern in _READ for file in path.glob(pattern)}
    return ModelFolder(path, revision_of(sorted(files)))


def _only_gguf(path: Path) -> bool:
    return any(path.glob(f"*{SUFFIX}")) and not any(path.glob("*.safetensors"))


def _nothing(model: str, path: Path) -> str:
    if any(file for pattern in _PICKLES for file in path.glob(pattern)):
        return (
            f"model {model!r}: its weights are a pickle, which can run code; give them as safetensors "
            "(save_pretrained writes them)"
        )
    return (
        f"model {model!r}: neither a packaged name ({', '.join(PACKAGED)}) nor a folder with config.json and "
        "*.safetensors; give one of them, or set allow_downloads = true to fetch one by name"
    )


def _check_config(path: Path) -> None:
    try:
        config = json.loads(read_text(path))
        architectures = [str(name) for name in config.get("architectures") or ()]
    except (ValueError, AttributeError, TypeError):
        raise InputError(f"{path}: not a model's config; copy it again") from None
    if architectures and not any(name.endswith(_WRITERS) for name in architectures):
        raise InputError(
            f"{path}: a {architectures[0]} writes no text; give a causal or seq2seq language model"
        )


def _downloaded(name: str) -> Path:
    try:
        from huggingface_hub import snapshot_download
    except ModuleNotFoundError:
        raise InputError("a model by name needs pip install 'scribeeval[transformers]'") from None
    try:
        return Path(snapshot_download(name, allow_patterns=list(_READ), ignore_patterns=["*/*"]))
    except Exception as error:  # no network, no such name, no disk: each has its own
        raise InputError(
            f"model {name!r}: cannot be fetched ({type(error).__name__}); check the name, or give a directory"
        ) from None
