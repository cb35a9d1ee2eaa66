"""Time and memory of `scribeeval study` by the number of clinicians, with the default analyses.

    python benchmarks/study.py                                   1,000, 3,000 and 10,000 clinicians
    python benchmarks/study.py --clinicians 10000 --format parquet

Each has 60 weeks (50 before, 2 of training, 8 after) of five measures, random, with a planted effect:
minutes per appointment fall by a tenth.  Memory is the largest resident set of the process.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

WEEKS, FIRST_TRAINING, FIRST_AFTER = 60, 50, 52
# name: mean and standard deviation (of the logarithm, between clinicians), denominator per week, share?
MEASURES = {
    "time_in_notes_min_per_appointment": (10.3, 0.5, 36, False),
    "same_day_closure_rate": (0.66, 0.2, 36, True),
    "after_hours_min_per_workday": (50.6, 0.6, 5, False),
    "manual_characters_share": (0.11, 0.5, 60_000, True),
    "note_length_chars_per_note": (5600.0, 0.3, 36, False),
}
CONFIG = """[run]
name = "bench"
[study]
ehr_use = "ehr_use.{suffix}"
clinicians = "clinicians.csv"
measures = {measures}
covariates = ["specialty", "years_in_practice"]
by = ["specialty", "years_in_practice"]
"""


def weeks_of(n: int, seed: int = 1) -> pd.DataFrame:
    """Make the tidy table of n clinicians."""
    rng = np.random.Generator(np.random.PCG64(seed))
    starts = pd.date_range("2024-01-01", periods=WEEKS, freq="7D").strftime("%Y-%m-%d").to_numpy()
    week = np.arange(WEEKS)
    phase = np.where(week < FIRST_TRAINING, "before", np.where(week < FIRST_AFTER, "training", "after"))
    ids = np.array([f"C{i:05}" for i in range(n)])
    frames = []
    for name, (mean, spread, per_week, share) in MEASURES.items():
        level = mean * np.exp(spread * rng.standard_normal((n, 1)))
        effect = np.exp((-0.1 + 0.1 * rng.standard_normal((n, 1))) * (week >= FIRST_AFTER))
        value = level * effect * np.exp(0.15 * rng.standard_normal((n, WEEKS)))
        denominator = np.maximum(1, rng.poisson(per_week, (n, WEEKS)))
        numerator = value * denominator
        if share:
            numerator = np.floor(np.minimum(numerator, 0.98 * denominator))
        frames.append(
            pd.DataFrame(
                {
                    "clinician_id": np.repeat(ids, WEEKS),
                    "period_start": np.tile(starts, n),
                    "phase": np.tile(phase, n),
                    "measure": name,
                    "numerator": numerator.round(1).ravel(),
                    "denominator": denominator.ravel(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def clinicians_of(n: int, seed: int = 2) -> pd.DataFrame:
    """Make the clinicians table."""
    rng = np.random.Generator(np.random.PCG64(seed))
    eligible = rng.integers(100, 400, n)
    return pd.DataFrame(
        {
            "clinician_id": [f"C{i:05}" for i in range(n)],
            "specialty": rng.choice(["cardiology", "family medicine", "neurology", "psychiatry"], n),
            "years_in_practice": rng.integers(1, 35, n),
            "scribe_visits": rng.binomial(eligible, rng.uniform(0.2, 0.9, n)),
            "eligible_visits": eligible,
        }
    )


def study(folder: Path, n: int, suffix: str) -> tuple[float, int]:
    """Run the study of n clinicians; returns seconds and the peak of memory in bytes."""
    frame = weeks_of(n)
    table = folder / f"ehr_use.{suffix}"
    if suffix == "parquet":
        frame.to_parquet(table)
    else:
        frame.to_csv(table, index=False)
    clinicians_of(n).to_csv(folder / "clinicians.csv", index=False)
    config = folder / "bench.toml"
    config.write_text(CONFIG.format(suffix=suffix, measures=json.dumps(list(MEASURES))), encoding="utf-8")
    del frame
    code = "from scribeeval.cli import main; main()"
    command = [sys.executable, "-c", code, "study", str(config), "--out", str(folder / f"out{n}")]
    started = time.monotonic()
    process = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if process.returncode:
        sys.exit(f"the command failed with {process.returncode}")
    return time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def main() -> None:
    """Print one line a size, the smallest first: the peak of memory is that of the largest so far."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clinicians", default="1000,3000,10000", help="sizes, separated by commas")
    parser.add_argument("--format", default="csv", choices=("csv", "parquet"), help="of the EHR-use table")
    options = parser.parse_args()
    print(f"{'clinicians':>10} {'rows':>10} {'seconds':>8} {'peak MB':>8}")
    for n in sorted(map(int, options.clinicians.split(","))):
        with tempfile.TemporaryDirectory(prefix="scribeeval-bench-") as folder:
            seconds, peak = study(Path(folder), n, options.format)
        print(f"{n:10,} {n * WEEKS * len(MEASURES):10,} {seconds:8.1f} {peak / 1e6:8,.0f}", flush=True)


if __name__ == "__main__":
    main()
