"""Support and omission against 200 summaries checked by hand (MTS-Dialog, Ben Abacha et al. 2023).

`make validate` runs it.  The rates were drawn up fact by fact; a rate below 0 is an error of the table.
"""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from scribeeval.metrics import METRICS
from scribeeval.records import Pair

pytestmark = pytest.mark.validation

RESAMPLES = 2000
Rows = list[tuple[str, float, float]]  # dialogue, our value, theirs


@pytest.fixture(scope="module")
def ratings(shared_data: Path) -> list[dict[str, str]]:
    path = shared_data / "mts-dialog" / "correlation_dev.csv"
    if not path.is_file():
        pytest.skip("no mts-dialog/correlation_dev.csv in shared/data")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows_of(ratings: list[dict[str, str]], name: str, rate: str) -> Rows:
    metric = METRICS[name]
    rows = []
    for row in ratings:
        pair = Pair(row["visit_id"], row["reference_summary"], row["automatic_summary"], row["dialogue"])
        value = metric.value(metric.count(pair))
        if value is not None and float(row[rate]) >= 0:
            rows.append((row["dialogue_id"], value, float(row[rate])))
    print(
        f"\n{name} against {rate}: {len(rows)} of {len(ratings)} rows; the others have no value or no rating"
    )
    return rows


def auc(rows: Rows) -> float:
    """Area under the curve of 1 - value for a rate above 0; ties count half (Mann & Whitney 1947)."""
    positive = np.array([rate > 0 for _, _, rate in rows])
    n = int(positive.sum())
    if n in (0, len(rows)):
        return float("nan")
    ranks = rankdata([1 - value for _, value, _ in rows])
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * (len(rows) - n)))


def spearman(rows: Rows) -> float:
    return float(spearmanr([value for _, value, _ in rows], [rate for _, _, rate in rows]).statistic)


def report(rows: Rows, measure: Callable[[Rows], float], name: str) -> float:
    """Print the statistic with its interval, by dialogue, because two systems wrote on each; and by folds."""
    groups: dict[str, Rows] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    rng = np.random.default_rng(0)
    keys = sorted(groups)
    drawn = [
        measure([row for at in rng.integers(len(keys), size=len(keys)) for row in groups[keys[at]]])
        for _ in range(RESAMPLES)
    ]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    folds = [measure([row for key in keys[n::5] for row in groups[key]]) for n in range(5)]
    value = measure(rows)
    print(f"{name} {value:.3f}, 95 % interval {low:.3f} to {high:.3f}; folds {[round(f, 2) for f in folds]}")
    return value


def test_support_tells_summaries_with_invented_facts(ratings: list[dict[str, str]]) -> None:
    assert report(rows_of(ratings, "support", "hallucination_rate"), auc, "AUC") >= 0.80


def test_omission_ranks_summaries_by_what_they_leave_out(ratings: list[dict[str, str]]) -> None:
    assert report(rows_of(ratings, "omission", "omission_rate"), spearman, "Spearman") >= 0.75
