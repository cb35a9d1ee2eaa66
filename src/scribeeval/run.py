"""The run folder: where stages meet.

Files are written whole or not at all, for the owner alone.  manifest.json says of each stage what it
was made from, and holds everything that varies between equal runs (times, host, versions); a stage
whose inputs and outputs are as recorded is fresh and is not done again.
"""

import fcntl
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol, TypeVar

from scribeeval import __version__
from scribeeval.errors import InputError
from scribeeval.io.files import (
    PRIVATE_FILE,
    UNFINISHED,
    append_all,
    make_folder,
    reason,
    remove_unfinished,
    sha256_of,
    sha256_of_json,
    to_json,
    write_whole,
)

MANIFEST = "manifest.json"
OPEN = ".open"  # there while a process works in a folder that has no manifest, and after a kill
PACKAGES = (
    "numpy",
    "pandas",
    "scipy",
    "pyarrow",
    "rapidfuzz",
    "matplotlib",
    "faster-whisper",
    "ctranslate2",
    "torch",
    "transformers",
)

Item = TypeVar("Item")


class Reporter(Protocol):
    """How a stage talks to the person who waits: a terminal, a pipe, or nobody."""

    def say(self, line: str) -> None:
        """Show one line."""

    def warn(self, line: str) -> None:
        """Show one line that asks for attention."""

    def fail(self, line: str) -> None:
        """Show one problem that the person who waits can put right."""

    def track(self, items: Sequence[Item], title: str) -> Iterator[Item]:
        """Yield the items and show how far the loop is."""

    def progress(
        self, title: str, total: int, done: int = 0
    ) -> AbstractContextManager[Callable[[int], object]]:
        """Open a count of small things with rate and time left; call what it yields with how many more.

        done: what an earlier run did; it is shown, but is no part of the rate.
        """


class Silent:
    """A reporter for programs: shows nothing."""

    def say(self, line: str) -> None:
        """Show nothing."""

    def warn(self, line: str) -> None:
        """Show nothing."""

    def fail(self, line: str) -> None:
        """Show nothing."""

    def track(self, items: Sequence[Item], title: str) -> Iterator[Item]:
        """Yield the items."""
        yield from items

    def progress(
        self, title: str, total: int, done: int = 0
    ) -> AbstractContextManager[Callable[[int], object]]:
        """Count nothing."""
        return nullcontext(lambda _: None)


@dataclass(frozen=True, slots=True)
class Failure:
    """One visit (None: the table itself) that a stage could not do, and what to do about it.

    drafter: whose note is missing, where it is one drafter's.
    """

    stage: str
    visit_id: str | None
    message: str
    drafter: str | None = None


@dataclass(frozen=True, slots=True)
class StageRecord:
    """What manifest.json holds of one stage.  items: key of each part, so that parts can be reused."""

    key: str
    outputs: Mapping[str, str]
    failures: tuple[Failure, ...] = ()
    items: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


class Run:
    """One run folder, locked while it is open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Give the path of a file of the run."""
        return self.folder / name

    def has(self, name: str) -> bool:
        """Tell whether the run holds a file."""
        return self.path(name).is_file()

    def write(self, name: str, data: bytes | str) -> None:
        """Write a file of the run whole or not at all."""
        make_folder(self.path(name).parent)
        write_whole(self.path(name), data)

    def read_json(self, name: str) -> Any:
        """Read a JSON file of the run; None where the run has none.

        Raises:
            InputError: the file is not JSON.

        """
        if not self.has(name):
            return None
        try:
            return json.loads(self.path(name).read_text(encoding="utf-8"))
        except ValueError:
            raise InputError(f"{self.path(name)}: damaged; delete it and run again") from None

    def record(self, stage: str) -> StageRecord | None:
        """Read what the manifest holds of a stage."""
        row = self._manifest()["stages"].get(stage)
        if row is None:
            return None
        failures = tuple(Failure(**failure) for failure in row["failures"])
        return StageRecord(row["key"], row["outputs"], failures, row["items"], row["facts"])

    def fresh(self, stage: str, key: str) -> bool:
        """Tell whether a stage was done from just these inputs, without failure, and its files stand."""
        record = self.record(stage)
        return (
            record is not None and record.key == key and not record.failures and self.stands(record.outputs)
        )

    def stands(self, outputs: Mapping[str, str]) -> bool:
        """Tell whether files are there with the hashes recorded."""
        return all(self.has(name) and sha256_of(self.path(name)) == sha for name, sha in outputs.items())

    def discard(self, stage: str) -> None:
        """Remove what a stage made before, and its record."""
        record = self.record(stage)
        if record is None:
            return
        for name in record.outputs:
            self.path(name).unlink(missing_ok=True)
        manifest = self._manifest()
        del manifest["stages"][stage]
        self.write(MANIFEST, to_json(manifest) + "\n")

    def finish(
        self,
        stage: str,
        key: str,
        outputs: Iterable[str],
        *,
        started: float,
        failures: Sequence[Failure] = (),
        items: Mapping[str, str] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Record a stage in the manifest.  started: time.monotonic() when it began.

        facts: what the stage wants kept that varies between equal runs (rates, versions).
        """
        manifest = self._manifest()
        record = StageRecord(
            key=key,
            outputs={name: sha256_of(self.path(name)) for name in sorted(outputs)},
            failures=tuple(failures),
            items=items or {},
            facts=facts or {},
        )
        manifest["scribeeval"] = __version__
        manifest["host"] = host()
        manifest["stages"][stage] = asdict(record) | {
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - started, 3),
        }
        self.write(MANIFEST, to_json(manifest) + "\n")

    def journal(self, stage: str) -> "Journal":
        """Open the journal of a long stage."""
        return Journal(self.path(f".{stage}.journal"))

    def _manifest(self) -> dict[str, Any]:
        manifest: dict[str, Any] = self.read_json(MANIFEST) or {"scribeeval": __version__, "stages": {}}
        return manifest


class Journal:
    """Finished parts of a stage, one JSON line each, synced to disk: what a killed run does not lose."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[dict[str, Any]]:
        """Read the finished parts; a line that a kill cut short is left out."""
        if not self.path.is_file():
            return []
        lines = self.path.read_bytes().split(b"\n")[:-1]
        return [json.loads(line) for line in lines]

    def append(self, row: Mapping[str, Any]) -> None:
        """Add a finished part and wait until the disk has it.

        Raises:
            InputError: the disk is full or gone; the parts before stay whole.

        """
        line = (to_json(row, indent=None) + "\n").encode()
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
            try:
                size = _drop_torn_line(descriptor)
                try:
                    append_all(descriptor, line)
                except OSError:
                    os.ftruncate(descriptor, size)  # else the next part would follow half a line
                    raise
            finally:
                os.close(descriptor)
        except OSError as error:
            raise InputError(
                f"{self.path}: cannot be written ({reason(error)}); free space and run the same command "
                "again, what was finished is kept"
            ) from None

    def remove(self) -> None:
        """Drop the journal, once the stage's file is written."""
        self.path.unlink(missing_ok=True)


def _drop_torn_line(descriptor: int) -> int:
    """Take off what a kill left of a last line, else the next part would be torn too; gives the size."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        size = os.pread(descriptor, size, 0).rfind(b"\n") + 1
        os.ftruncate(descriptor, size)
    return size


@contextmanager
def open_run(folder: Path) -> Iterator[Run]:
    """Open a run folder, making it if need be, and keep others out until it is closed.

    Raises:
        InputError: the folder holds other things than a run, or another process works in it.

    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; choose another --out")
    if folder.is_dir() and any(folder.iterdir()) and not _is_run(folder):
        raise InputError(f"{folder}: holds files but no run; choose an empty or new folder for --out")
    make_folder(folder)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InputError(
            f"{folder}: another process works in this run folder; wait or choose another --out"
        ) from None
    try:
        remove_unfinished(folder)
        if not (folder / MANIFEST).is_file():
            write_whole(folder / OPEN, b"")
        yield Run(folder)
    finally:
        (folder / OPEN).unlink(missing_ok=True)
        os.close(descriptor)


def _is_run(folder: Path) -> bool:
    """A manifest makes a run; so does what the first stage kept of its work before a kill or an error."""
    return (
        (folder / MANIFEST).is_file()
        or (folder / OPEN).is_file()
        or any(path.suffix in (".journal", ".sqlite", UNFINISHED) for path in folder.glob(".*"))
        or [path.name for path in folder.iterdir()] == ["config.toml"]
    )


def stage_key(stage: str, **inputs: object) -> str:
    """Hash everything that a stage is made from, with the version that makes it."""
    return sha256_of_json({"stage": stage, "scribeeval": __version__, **inputs})


def host() -> dict[str, Any]:
    """Describe the machine and the versions that made a stage."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "packages": versions,
        "command": Path(sys.argv[0]).name,
    }
