"""The demo's visits, as the content metrics' tests take them."""

import csv
import json
from functools import cache
from pathlib import Path

from scribeeval.records import Pair

DEMO = Path(__file__).parents[2] / "datasets" / "demo"


@cache
def demo_visits(hypothesis: str = "signed") -> tuple[Pair, ...]:
    """Pair each visit's signed note with its signed or draft note and its transcript, one segment a line."""
    pairs = []
    with (DEMO / "visits.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            segments = json.loads((DEMO / row["reference_transcript_path"]).read_text("utf-8"))["segments"]
            signed = (DEMO / row["signed_note_path"]).read_text("utf-8")
            note = (DEMO / row[f"{hypothesis}_note_path"]).read_text("utf-8")
            source = "\n".join(segment["text"] for segment in segments)
            pairs.append(Pair(row["visit_id"], signed, note, source))
    return tuple(pairs)
