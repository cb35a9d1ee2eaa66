"""Time of assertions() on ACI-BENCH notes, with the lexicon's mentions as spans.

    python benchmarks/assertion.py [--rounds N]

The spans are found before the clock starts; the least time of the rounds counts.
"""

import argparse
import csv
import os
import time
from pathlib import Path

from scribeeval.terms import find_terms
from scribeeval.terms.assertion import assertions

SHARED = Path(os.environ.get("SCRIBEEVAL_SHARED", Path(__file__).parents[2] / "shared"))
TABLES = ("valid.csv", "clinicalnlp_taskB_test1.csv")


def read(folder: Path, column: str) -> list[str]:
    """Read a column of both tables."""
    texts = []
    for table in TABLES:
        with (folder / table).open(encoding="utf-8", newline="") as file:
            texts += [row[column] for row in csv.DictReader(file)]
    return texts


def main() -> None:
    """Print milliseconds per text for notes and for transcripts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "aci-bench")
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    if not all((arguments.data / table).is_file() for table in TABLES):
        print(f"skipped: no ACI-BENCH notes in {arguments.data}")
        return
    started = time.perf_counter()
    assertions("fever", [(0, 5)])
    print(f"first call (reads the triggers): {1e3 * (time.perf_counter() - started):.0f} ms")
    for column in ("note", "dialogue"):
        texts = read(arguments.data, column)
        spans = [[(mention.start, mention.end) for mention in find_terms(text)] for text in texts]
        least = float("inf")
        for _ in range(arguments.rounds):
            started = time.perf_counter()
            for text, found in zip(texts, spans, strict=True):
                assertions(text, found)
            least = min(least, time.perf_counter() - started)
        print(
            f"{column:9s} {1e3 * least / len(texts):6.3f} ms a text "
            f"({sum(map(len, texts)) / len(texts):.0f} characters, "
            f"{sum(map(len, spans)) / len(texts):.0f} spans)"
        )


if __name__ == "__main__":
    main()
