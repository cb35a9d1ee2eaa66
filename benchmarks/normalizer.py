"""Time of clinical-v1 against openai-whisper's EnglishTextNormalizer, on the same ACI-BENCH notes.

    python benchmarks/normalizer.py [--peer FOLDER]

The peer is loaded from an installed openai-whisper, or from the site-packages folder given: its normalizer
needs more_itertools and regex, not torch.  The sides take turns; the least time of `--rounds` counts.
"""

import argparse
import csv
import importlib
import importlib.util
import os
import sys
import time
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

from scribeeval.text import NORMALIZERS

SHARED = Path(os.environ.get("SCRIBEEVAL_SHARED", Path(__file__).parents[2] / "shared"))
TABLES = ("valid.csv", "clinicalnlp_taskB_test1.csv")


def read_notes(folder: Path) -> Iterator[str]:
    """Read the reference notes of both tables."""
    for table in TABLES:
        with (folder / table).open(encoding="utf-8", newline="") as file:
            yield from (row["note"] for row in csv.DictReader(file))


def load_peer() -> Callable[[str], str] | None:
    """Load Whisper's normalizer without its package, which imports torch; None where it is not installed."""
    found = importlib.util.find_spec("whisper")
    if found is None or found.submodule_search_locations is None:
        return None
    package = ModuleSpec("whisper_normalizers", None, is_package=True)
    package.submodule_search_locations = [
        str(Path(folder) / "normalizers") for folder in found.submodule_search_locations
    ]
    sys.modules[package.name] = importlib.util.module_from_spec(package)
    normalizer: Callable[[str], str] = importlib.import_module(
        "whisper_normalizers.english"
    ).EnglishTextNormalizer()
    return normalizer


def seconds(normalize: Callable[[str], str], notes: list[str]) -> float:
    """Time one pass over the notes."""
    started = time.perf_counter()
    for note in notes:
        normalize(note)
    return time.perf_counter() - started


def main() -> None:
    """Print microseconds per note and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "aci-bench")
    parser.add_argument("--peer", type=Path, help="a site-packages folder that holds openai-whisper")
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    if arguments.peer:
        sys.path.append(str(arguments.peer))
    peer = load_peer()
    if peer is None:
        print("skipped: openai-whisper is not installed; pip install --no-deps openai-whisper, or --peer")
        return
    if not all((arguments.data / table).is_file() for table in TABLES):
        print(f"skipped: no ACI-BENCH notes in {arguments.data}")
        return
    notes = list(read_notes(arguments.data))
    sides = {"openai-whisper": peer, "clinical-v1": NORMALIZERS["clinical-v1"]}
    least = dict.fromkeys(sides, float("inf"))
    for _ in range(arguments.rounds):
        for name, normalize in sides.items():
            least[name] = min(least[name], seconds(normalize, notes))
    for name, value in least.items():
        print(f"{name:16s} {1e6 * value / len(notes):8.1f} µs a note")
    ratio = least["openai-whisper"] / least["clinical-v1"]
    print(f"{len(notes)} notes; openai-whisper takes {ratio:.1f} times as long as clinical-v1")


if __name__ == "__main__":
    main()
