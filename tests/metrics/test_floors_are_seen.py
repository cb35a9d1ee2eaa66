"""Each floor is told apart from the signed note by every metric that does not say it is blind to it."""

import csv
import json
from pathlib import Path

import pytest

from scribeeval.metrics import METRICS
from scribeeval.metrics.floors import FLOORS, floor_pairs
from scribeeval.records import Pair

DEMO = Path(__file__).parents[2] / "datasets" / "demo"
seen = [
    (name, floor)
    for name, metric in METRICS.items()
    for floor in FLOORS
    if metric.compares == "content" and metric.higher_is_better is not None and floor not in metric.blind_to
]


def signed_against_reference() -> list[Pair]:
    with (DEMO / "visits.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    texts = [
        [
            (DEMO / row[f"{name}_path"]).read_text(encoding="utf-8")
            for name in ("reference_note", "signed_note")
        ]
        for row in rows
    ]
    return [
        Pair(row["visit_id"], reference, signed, _said(DEMO / row["reference_transcript_path"]))
        for row, (reference, signed) in zip(rows, texts, strict=True)
    ]


def _said(path: Path) -> str:
    segments = json.loads(path.read_text(encoding="utf-8"))["segments"]
    return "\n".join(segment["text"] for segment in segments)


PAIRS = signed_against_reference()


@pytest.mark.parametrize(("name", "floor"), seen)
def test_signed_note_beats_the_floor(name: str, floor: str) -> None:
    metric = METRICS[name]
    signed, reached = metric.score(PAIRS).value, metric.score(floor_pairs(floor, PAIRS)).value
    assert signed is not None
    if reached is not None:  # nothing in an empty note is badly worded
        assert (signed > reached) if metric.higher_is_better else (signed < reached), (signed, reached)


@pytest.mark.parametrize("floor", FLOORS)
def test_every_floor_is_seen_by_a_metric_of_content(floor: str) -> None:
    seeing = [name for name in ("term_f1", "support", "omission") if (name, floor) in seen]
    assert any(METRICS[name].score(floor_pairs(floor, PAIRS)).value is not None for name in seeing)
