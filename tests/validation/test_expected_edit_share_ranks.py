"""The expected edit share against corrections that people made (MTS-Dialog, 200 summaries, 50 dialogues)."""

import csv
from pathlib import Path

import numpy as np
import pytest

from scribeeval.metrics import METRICS
from scribeeval.metrics.plain import PLAIN
from scribeeval.records import Pair
from scribeeval.stats.agreement import by_item

pytestmark = pytest.mark.validation


def test_it_ranks_drafts_as_their_corrections_do(shared_data: Path) -> None:
    with (shared_data / "mts-dialog" / "correlation_dev.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = [Pair(row["visit_id"], row["reference_summary"], row["automatic_summary"]) for row in rows]
    truth = np.array([float(row["correction_edit_distance"]) for row in rows])
    dialogues = np.array([int(row["dialogue_id"]) for row in rows])
    estimates = {
        "expected_edit_share": [one.value for one in METRICS["expected_edit_share"].score_visits(pairs)],
        "length_ratio": [PLAIN["length_ratio"][1](pair) for pair in pairs],
    }
    found = {}
    for name, values in estimates.items():
        measured = np.array(values, dtype=np.float64)
        rank = by_item(measured, truth, dialogues, level=0.95, resamples=2000, seed=0)["spearman"]
        print(f"{name}: Spearman {rank.value:.3f} [{rank.low:.3f}, {rank.high:.3f}]")
        found[name] = abs(rank.value or 0)
    assert found["expected_edit_share"] >= 0.65
    assert found["expected_edit_share"] > found["length_ratio"]
