"""What a GGUF file says of itself, read without loading it.

Source: the format's description, ggml's docs/gguf.md, versions 2 and 3.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from scribeeval.errors import InputError

_MAGIC = b"GGUF"
_STRING, _ARRAY = 8, 9
_SCALARS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_KEPT = ("general.architecture", "tokenizer.chat_template")
_LONGEST_STRING = 2**24  # a chat template has some KB; more is damage


@dataclass(frozen=True, slots=True)
class Header:
    """What is used of a model's metadata.  context_tokens: that it was trained on, None = not said.

    chat_template: Jinja, "" = none.
    """

    architecture: str
    context_tokens: int | None
    chat_template: str


def read_header(path: Path) -> Header:
    """Read the metadata of a GGUF file.

    Raises:
        InputError: it cannot be read, is not GGUF, or breaks off.

    """
    try:
        with path.open("rb") as file:
            found = _metadata(file)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    except (struct.error, ValueError, OverflowError, KeyError):
        raise InputError(f"{path}: not a whole GGUF file; copy it again") from None
    architecture = str(found.get("general.architecture", ""))
    context = found.get(f"{architecture}.context_length")
    return Header(
        architecture,
        int(context) if isinstance(context, int) and context > 0 else None,
        str(found.get("tokenizer.chat_template", "")),
    )


def _metadata(file: BinaryIO) -> dict[str, Any]:
    if file.read(4) != _MAGIC:
        raise ValueError("another format")
    version, _, n_keys = struct.unpack("<IQQ", file.read(20))
    if version not in (2, 3):  # 1 was never published; a big number is another byte order
        raise ValueError("another version")
    found: dict[str, Any] = {}
    for _ in range(n_keys):
        key = _string(file)
        kind = _number(file, 4)
        if key in _KEPT or key.endswith(".context_length"):
            found[key] = _value(file, kind)
        else:
            _skip(file, kind)
    return found


def _number(file: BinaryIO, kind: int) -> Any:
    form = _SCALARS[kind]
    return struct.unpack(form, file.read(struct.calcsize(form)))[0]


def _string(file: BinaryIO) -> str:
    length = _number(file, 10)
    data = file.read(length) if length <= _LONGEST_STRING else b""
    if len(data) != length:
        raise ValueError("broken off")
    return data.decode("utf-8", "replace")


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == _STRING:
        return _string(file)
    if kind in _SCALARS:
        return _number(file, kind)
    raise ValueError("another type")


def _skip(file: BinaryIO, kind: int) -> None:
    if kind == _STRING:
        file.seek(_number(file, 10), 1)
    elif kind == _ARRAY:
        kind, n = _number(file, 4), _number(file, 10)
        if kind in _SCALARS:
            file.seek(n * struct.calcsize(_SCALARS[kind]), 1)
        else:
            for _ in range(n):
                _skip(file, kind)
    elif kind in _SCALARS:
        file.seek(struct.calcsize(_SCALARS[kind]), 1)
    else:
        raise ValueError("another type")
