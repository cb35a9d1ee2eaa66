"""Time of find_terms per note of 2,500 characters, on ACI-BENCH's notes, and of loading the lexicon.

    SCRIBEEVAL_SHARED=... python benchmarks/terms.py

Assertion is timed with it.  Best of five passes, one core.
"""

import csv
import os
import sys
import time
from pathlib import Path

NOTE = 2_500  # characters


def main() -> None:
    """Print milliseconds and mentions per note."""
    shared = os.environ.get("SCRIBEEVAL_SHARED")
    if not shared:
        sys.exit("SCRIBEEVAL_SHARED does not name the folder of public data")
    started = time.process_time()
    from scribeeval.terms import clinical_lexicon, find_terms

    imported = time.process_time()
    lexicon = clinical_lexicon()
    loaded = time.process_time()
    print(f"import {1e3 * (imported - started):.0f} ms")
    print(f"lexicon {1e3 * (loaded - imported):.0f} ms, {len(lexicon):,} keys")
    notes = []
    for name in ("valid.csv", "clinicalnlp_taskB_test1.csv"):
        with Path(shared, "data", "aci-bench", name).open(encoding="utf-8", newline="") as file:
            notes += [row["note"] for row in csv.DictReader(file)]
    share = NOTE / sum(map(len, notes))
    n_mentions, times = 0, []
    for _ in range(5):
        started = time.process_time()
        n_mentions = sum(len(find_terms(note)) for note in notes)
        times.append(time.process_time() - started)
    print(f"{1e3 * times[0] * share:.2f} ms per note at first, {1e3 * min(times) * share:.2f} ms warm")
    print(f"{n_mentions * share:.0f} mentions per note of {NOTE:,} characters; {len(notes)} notes")


if __name__ == "__main__":
    main()
