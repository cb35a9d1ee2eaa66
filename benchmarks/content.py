"""How long the metrics with findings take on a note of 2,500 characters with a transcript of 10,000.

    python benchmarks/content.py

Printed: the median of 15 new texts each, in milliseconds: finding terms alone, the counts, the findings.
A metric takes over what an earlier one has read of the same visit, so the order of the table matters.
"""

import csv
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from scribeeval.metrics import METRICS
from scribeeval.records import Pair
from scribeeval.terms import find_terms

DEMO = Path(__file__).parents[1] / "datasets" / "demo"
NOTE, TALK, RUNS = 2500, 10_000, 15


def texts() -> tuple[str, str]:
    """Notes and transcripts of the demo, cut to length."""
    with (DEMO / "visits.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    notes = "\n".join((DEMO / row["draft_note_path"]).read_text("utf-8") for row in rows)
    talks = [json.loads((DEMO / row["reference_transcript_path"]).read_text("utf-8")) for row in rows]
    talk = "\n".join(segment["text"] for one in talks for segment in one["segments"])
    return notes[:NOTE], talk[:TALK]


def main() -> None:
    """Print the table."""
    note, talk = texts()
    pairs = [Pair("v", f"{note}\n{n}", f"{note}\nWell {n}.", f"{talk}\nOkay {n}.") for n in range(RUNS + 1)]
    times: dict[str, list[float]] = {}

    def clock(name: str, task: Callable[[], object]) -> None:
        start = time.perf_counter()
        task()
        times.setdefault(name, []).append(1000 * (time.perf_counter() - start))

    for pair in pairs:
        clock("find_terms, the note", partial(find_terms, pair.hypothesis))
        clock("find_terms, the talk", partial(find_terms, pair.source or ""))
        for name, metric in METRICS.items():
            if metric.find is not None:
                clock(f"{name} count", partial(metric.count, pair))
                clock(f"{name} find", partial(metric.find, pair))
    for name, took in times.items():
        print(f"{name:28}{median(took[1:]):8.1f} ms")


if __name__ == "__main__":
    main()
