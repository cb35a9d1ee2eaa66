"""Time and memory of `scribeeval score` on big tables: ACI-BENCH's notes, repeated in a temporary folder.

    python benchmarks/score_tables.py                      time by size, memory, speed-up of two workers
    python benchmarks/score_tables.py --sizes 1000000 --metrics edit_distance_chars,kept_words_share

Memory is the sum of the resident sets of all processes, looked at every 50 ms (what they share is
counted in each).  Time is the whole command, start to end; the speed-up takes the best of `--rounds`
on each side, in turn.  It needs a machine that does nothing else, with a core for each worker.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DATA = Path(__file__).parents[2] / "shared" / "data" / "aci-bench"
REFERENCES = "clinicalnlp_taskB_test1.csv"
HYPOTHESES = "predictions/BART_large_clinicalnlp_taskB_test1_full.csv"
# What the peers of benchmarks/stack.py compute.
STACK = "rouge1,rouge2,rougeL,rougeLsum,wer,medical_wer,edit_distance_chars,edit_distance_words"
PAGE = os.sysconf("SC_PAGE_SIZE")


def notes(path: Path) -> dict[str, str]:
    """Read the notes of one file by visit."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["encounter_id"]: row["note"] for row in csv.DictReader(file)}


def make_table(path: Path, n: int, data: Path) -> None:
    """Write n visits, the notes over and over."""
    references, hypotheses = notes(data / REFERENCES), notes(data / HYPOTHESES)
    ids = sorted(references)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["visit_id", "reference", "hypothesis"])
        for i in range(n):
            visit = ids[i % len(ids)]
            writer.writerow([f"v{i}", references[visit], hypotheses[visit]])


def resident_bytes(root: int) -> int:
    """Add up the resident sets of a process and all that it started."""
    children: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            sizes[int(folder.name)] = int((folder / "statm").read_text().split()[1]) * PAGE
        except OSError:
            continue  # it ended meanwhile
        children.setdefault(parent, []).append(int(folder.name))
    total, todo = 0, [root]
    while todo:
        process = todo.pop()
        total += sizes.get(process, 0)
        todo += children.get(process, [])
    return total


def score(table: Path, metrics: str | None, workers: int) -> tuple[float, int]:
    """Score a table from the start; returns seconds and the peak of memory in bytes."""
    with tempfile.TemporaryDirectory(dir=table.parent) as out:
        command = [sys.executable, "-c", "from scribeeval.cli import main; main()", "score"]
        command += ["--references", str(table), "--hypotheses", str(table), "--out", out]
        command += ["--workers", str(workers)] + (["--metrics", metrics] if metrics else [])
        started, peak = time.monotonic(), 0
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None:
                peak = max(peak, resident_bytes(process.pid))
                time.sleep(0.05)
        if process.returncode:
            sys.exit(f"the command failed with {process.returncode}")
        return time.monotonic() - started, peak


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA, help="folder of ACI-BENCH")
    parser.add_argument("--sizes", default="10000,20000,40000", help="pairs, separated by commas")
    parser.add_argument(
        "--metrics",
        default=None,
        help="separated by commas; all if not given, for the speed-up those of stack.py",
    )
    parser.add_argument("--workers", type=int, default=2, help="workers of the sizes")
    parser.add_argument("--rounds", type=int, default=2, help="rounds of the speed-up; 0 leaves it out")
    parser.add_argument("--pairs", type=int, default=10_000, help="pairs of the speed-up")
    options = parser.parse_args()
    if not (options.data / REFERENCES).is_file():
        print(f"skipped: no ACI-BENCH notes in {options.data}; name their folder with --data")
        return
    with tempfile.TemporaryDirectory(prefix="scribeeval-bench-") as folder:
        table = Path(folder) / "notes.csv"
        print(f"{'pairs':>9} {'seconds':>8} {'pairs/s':>8} {'peak MB':>8}   {options.workers} workers")
        for size in map(int, options.sizes.split(",")):
            make_table(table, size, options.data)
            seconds, peak = score(table, options.metrics, options.workers)
            print(f"{size:9,} {seconds:8.1f} {size / seconds:8,.0f} {peak / 1e6:8,.0f}", flush=True)
        if options.rounds:
            make_table(table, options.pairs, options.data)
            best = {1: float("inf"), 2: float("inf")}
            for _ in range(options.rounds):
                for workers in best:
                    best[workers] = min(best[workers], score(table, options.metrics or STACK, workers)[0])
            print(f"{options.pairs:,} pairs: one worker {best[1]:.1f} s, two {best[2]:.1f} s,", end=" ")
            print(f"{best[1] / best[2]:.2f} times")


if __name__ == "__main__":
    main()
