"""Read text whatever wrote it, write files whole or not at all, and keep paths inside their folder."""

import codecs
import hashlib
import json
import os
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from scribeeval.errors import InputError

PRIVATE_FILE = 0o600  # patient text: for the owner alone
PRIVATE_FOLDER = 0o700
UNFINISHED = ".unfinished"  # how the name of a file ends until it is whole


def read_text(path: Path, *, utf16: bool = False) -> str:
    """Read UTF-8 text, with or without a byte order mark; NFC, line ends as newlines.

    utf16: read UTF-16 too, where a byte order mark says that it is.

    Raises:
        InputError: the file is missing, unreadable, or in another encoding.

    """
    data = read_bytes(path)
    marked = utf16 and data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        if marked:
            raise InputError(f"{path}: breaks off or is not UTF-16 text; save the file as UTF-8") from None
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError(
            f"{path}: line {line} is not UTF-8 text (byte {error.start}); save the file as UTF-8"
        ) from None
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def read_bytes(path: Path) -> bytes:
    """Read a file as it is.

    Raises:
        InputError: the file is missing or unreadable.

    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({reason(error)}); check the path") from None


def write_whole(path: Path, data: bytes | str) -> None:
    """Write a file whole or not at all: temporary file beside it, fsync, rename.  Mode 0600.

    Raises:
        InputError: the folder cannot be written to, or the disk is full; an older file stays as it was.

    """
    with whole_file(path) as file:
        file.write(data.encode("utf-8") if isinstance(data, str) else data)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write piece by piece; it is there when the block ends well, and not before.

    Raises:
        InputError: as write_whole.

    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", suffix=UNFINISHED, delete=False
        ) as file:
            temporary = Path(file.name)
            yield cast(BinaryIO, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(PRIVATE_FILE)
        temporary.replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({reason(error)}); free space or choose another --out"
        ) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Remove what writers that were killed left in a folder that nobody else writes to."""
    for path in folder.rglob(f".*{UNFINISHED}"):
        path.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder that its owner alone can open; an existing one is left as it is."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    except OSError as error:
        raise InputError(f"{path}: cannot be made ({reason(error)}); choose another folder") from None


def inside(folder: Path, relative: str) -> Path:
    """Resolve a path that a table names, and refuse one that leaves the table's folder.

    Raises:
        InputError: the path is absolute, or leaves the folder, be it by "..", or by a link.

    """
    path = (folder / relative).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise InputError("the path leaves the table's folder; copy the file beside the table")
    return path


def sha256_of(path: Path) -> str:
    """Hash a file's bytes.

    Raises:
        InputError: the file is missing or unreadable.

    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({reason(error)}); check the path") from None


def sha256_of_json(value: object) -> str:
    """Hash a value by its canonical JSON."""
    return hashlib.sha256(to_json(value, indent=None, sort_keys=True).encode()).hexdigest()


def to_json(value: object, *, indent: int | None = 1, sort_keys: bool = False) -> str:
    """Write JSON as UTF-8 text; NaN and infinity are refused, because they are not JSON."""
    return json.dumps(value, ensure_ascii=False, indent=indent, sort_keys=sort_keys, allow_nan=False)


def to_jsonl(rows: Iterable[Mapping[str, Any]]) -> str:
    """Write one JSON object a line."""
    return "".join(to_json(row, indent=None) + "\n" for row in rows)


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Read one JSON object a line; blank lines are skipped.

    Raises:
        InputError: a line is not a JSON object.

    """
    rows = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            row = None
        if not isinstance(row, dict):
            raise InputError(f"{path}: line {number} is not a JSON object; write one object a line")
        rows.append(row)
    return rows


def append_all(descriptor: int, data: bytes) -> None:
    """Write all of the data and wait until the disk has it; a full disk takes a part and says nothing."""
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)


def reason(error: OSError) -> str:
    """Say why a file could not be used: `no space left on device`."""
    return (error.strerror or type(error).__name__).lower()
