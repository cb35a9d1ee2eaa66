"""The extractive drafter on ACI-BENCH beside the floors of its paper, by every content metric, and its speed.

    SCRIBEEVAL_SHARED=DIR python benchmarks/extractive.py [valid | test1]

The floors copy the transcript: its longest turn, the doctor's longest turn, the first two and the last ten
turns of all and of the doctor, and all of it (Yim et al. 2023, "ACI-BENCH", Scientific Data 10:586).
Printed: a table in Markdown, ROUGE-1 with stemming beside it, and seconds of one core for 1,000 visits.
"""

import csv
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from scribeeval.metrics import METRICS, rouge
from scribeeval.metrics.base import Metric
from scribeeval.models.drafters import extractive
from scribeeval.records import Pair, Segment, Speaker

BESIDE = Path(__file__).parents[2] / "shared"
FOLDER = Path(os.environ.get("SCRIBEEVAL_SHARED", BESIDE)) / "data" / "aci-bench"
FILES = {"valid": "valid.csv", "test1": "clinicalnlp_taskB_test1.csv"}
ROLES: dict[str, Speaker] = {"doctor": "clinician", "patient": "patient", "patient_guest": "other"}
VISITS = 1000
_TURN = re.compile(r"^\[(\w+)\]\s*", re.MULTILINE)

Turns = Sequence[tuple[str, str]]


def read_turns(dialogue: str) -> list[tuple[str, str]]:
    """Split a dialogue into its labelled turns."""
    marks = list(_TURN.finditer(dialogue))
    ends = [mark.start() for mark in marks[1:]] + [len(dialogue)]
    return [(mark[1], dialogue[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=True)]


def _longest(turns: Turns) -> str:
    return max((text for _, text in turns), key=lambda text: len(text.split()), default="")


def _ends(turns: Turns) -> str:
    """The first two and the last ten."""
    kept = turns if len(turns) <= 12 else [*turns[:2], *turns[-10:]]
    return "\n".join(text for _, text in kept)


def _doctors(turns: Turns) -> Turns:
    return [turn for turn in turns if turn[0] == "doctor"]


def _drafted(turns: Turns) -> str:
    return extractive.draft([Segment(None, None, ROLES.get(label), text) for label, text in turns])


SYSTEMS: dict[str, Callable[[Turns], str]] = {
    "`extractive`": _drafted,
    "longest turn": _longest,
    "doctor's longest turn": lambda turns: _longest(_doctors(turns)),
    "12 turns": _ends,
    "doctor's 12 turns": lambda turns: _ends(_doctors(turns)),
    "transcript": lambda turns: "\n".join(text for _, text in turns),
}


def main() -> None:
    """Print the table and the speed."""
    with (FOLDER / FILES[sys.argv[1] if sys.argv[1:] else "test1"]).open(
        encoding="utf-8", newline=""
    ) as file:
        rows = list(csv.DictReader(file))
    visits = [read_turns(row["dialogue"]) for row in rows]
    pairs = {
        name: [
            Pair(row["encounter_id"], row["note"], write(turns), row["dialogue"])
            for row, turns in zip(rows, visits, strict=True)
        ]
        for name, write in SYSTEMS.items()
    }
    table: dict[str, Metric] = {
        name: metric
        for name, metric in METRICS.items()
        if metric.compares == "content" or name == "verbosity"
    }
    table["rouge1, stemmed"] = rouge.metric("rouge1", "", stem=True)
    print("| metric |", " | ".join(pairs), "|")
    print("|---|" + "---|" * len(pairs))
    for name, metric in table.items():
        values = [metric.score(system).value for system in pairs.values()]
        print(f"| {name} |", " | ".join("" if v is None else f"{v:.4f}" for v in values), "|")
    words = [sum(len(pair.hypothesis.split()) for pair in system) / len(rows) for system in pairs.values()]
    print("| words a note |", " | ".join(f"{n:.0f}" for n in words), "|")
    wall, core = time.perf_counter(), time.process_time()
    for n in range(VISITS):
        _drafted([*visits[n % len(visits)], ("patient", f"okay {n}")])  # no text twice
    wall, core = time.perf_counter() - wall, time.process_time() - core
    print(f"\n{VISITS} visits: {core:.1f} s of one core, {wall:.1f} s by the clock")


if __name__ == "__main__":
    main()
