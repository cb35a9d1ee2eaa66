"""Time to write, recognise and read one hour of talk in every transcript format.

    python benchmarks/transcripts.py [--rounds N]

1,200 segments of 3 s and 40 characters; the least time of the rounds counts.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from scribeeval.io.transcripts import FORMATS, read_file, to_talk
from scribeeval.records import Segment, Speaker

SAID = "Any pain in the chest, <UNSURE>or</UNSURE> 숨이 차요 5 mg?"


def least(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds of the quickest round."""
    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return 1e3 * best


def main() -> None:
    """Print milliseconds per format."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    roles: tuple[Speaker, ...] = ("clinician", "patient")
    talk = to_talk("v1", [Segment(3.0 * i, 3.0 * i + 2.5, roles[i % 2], f"{SAID} {i}") for i in range(1200)])
    with tempfile.TemporaryDirectory() as folder:
        for made in FORMATS.values():
            path = Path(folder) / f"v1{made.suffixes[0]}"
            path.write_text(made.write([talk]), encoding="utf-8")
            written = least(lambda made=made: made.write([talk]), rounds)  # type: ignore[misc]
            read = least(lambda path=path: read_file(path), rounds)  # type: ignore[misc]
            print(f"{made.name:14s} write {written:6.1f} ms   recognise and read {read:6.1f} ms")


if __name__ == "__main__":
    main()
