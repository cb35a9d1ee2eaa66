"""What several test files share."""

import csv
import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, so that a commit is judged by its change and not by luck; new ones with
# HYPOTHESIS_PROFILE=explore (`make validate`).  No deadline: machines are noisy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public data beside the checkout, or under $SCRIBEEVAL_SHARED; a user's checkout has none."""
    beside = Path(__file__).parents[2] / "shared"
    folder = Path(os.environ.get("SCRIBEEVAL_SHARED", beside)) / "data"
    if not folder.is_dir():
        pytest.skip("no shared/data beside the checkout or under SCRIBEEVAL_SHARED")
    return folder


@pytest.fixture(scope="session")
def aci_bench(shared_data: Path) -> dict[str, list[tuple[str, str]]]:
    """Each published system's (reference note, its note) over the 40 visits of ACI-BENCH test1."""
    folder = shared_data / "aci-bench"
    notes = {row["encounter_id"]: row["note"] for row in _rows(folder / "clinicalnlp_taskB_test1.csv")}
    return {
        path.stem: [(notes[row["encounter_id"]], row["note"]) for row in _rows(path)]
        for path in sorted((folder / "predictions").glob("*.csv"))
    }


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
