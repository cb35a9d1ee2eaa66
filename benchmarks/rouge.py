"""Time of the four ROUGE types beside rouge_score's, on the 120 note pairs of ACI-BENCH test1, one core.

    SCRIBEEVAL_SHARED=DIR python benchmarks/rouge.py [REPEATS]

Each repeat times both tools in turn, so that a slow moment of the machine hits both; the ratio is that
of the smallest times.  No text is seen twice in a repeat, and nothing is kept from one repeat to the next.
"""

import csv
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from scribeeval.metrics import METRICS, rouge
from scribeeval.metrics.base import score_together
from scribeeval.records import Pair

BESIDE = Path(__file__).parents[2] / "shared"
FOLDER = Path(os.environ.get("SCRIBEEVAL_SHARED", BESIDE)) / "data" / "aci-bench"


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file as dicts."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_pairs() -> list[Pair]:
    """Pair each system's notes with the reference notes."""
    notes = {row["encounter_id"]: row["note"] for row in read_rows(FOLDER / "clinicalnlp_taskB_test1.csv")}
    return [
        Pair(f"{path.stem}/{row['encounter_id']}", notes[row["encounter_id"]], row["note"])
        for path in sorted((FOLDER / "predictions").glob("*.csv"))
        for row in read_rows(path)
    ]


def ms_per_pair(work: Callable[[], object], n_pairs: int) -> float:
    """Time one run of the work on the processor."""
    started = time.process_time()
    work()
    return 1000 * (time.process_time() - started) / n_pairs


def ways(pairs: Sequence[Pair]) -> dict[str, Callable[[], object]]:
    """Name what is compared; rouge_score comes first."""
    from rouge_score.rouge_scorer import RougeScorer

    names = list(rouge.TYPES)
    metrics = [METRICS[name] for name in names]

    def theirs(stem: bool) -> Callable[[], object]:
        scorer = RougeScorer(names, use_stemmer=stem)
        return lambda: [scorer.score(pair.reference, pair.hypothesis) for pair in pairs]

    return {
        "rouge_score": theirs(stem=False),
        "scribeeval, four metrics in one pass": lambda: score_together(metrics, pairs),
        "scribeeval, four metrics one by one": lambda: [metric.score_visits(pairs) for metric in metrics],
        "rouge_score, stemmed": theirs(stem=True),
        "scribeeval, stemmed": lambda: [rouge.scores(p.reference, p.hypothesis, stem=True) for p in pairs],
    }


def main(repeats: int) -> None:
    """Print a line per way, with its ratio to rouge_score."""
    if not FOLDER.is_dir():
        print("skipped: no shared/data/aci-bench beside the checkout or under SCRIBEEVAL_SHARED")
        return
    try:
        import rouge_score  # noqa: F401
    except ImportError:
        print("skipped: rouge_score is not installed (it is in the extra `test`)")
        return
    pairs = read_pairs()
    works = ways(pairs)
    times = [{name: ms_per_pair(work, len(pairs)) for name, work in works.items()} for _ in range(repeats)]
    best = {name: min(one[name] for one in times) for name in works}
    print(f"ROUGE-1, -2, -L and -Lsum of {len(pairs)} note pairs, best of {repeats}")
    for name, ms in best.items():
        peer = best["rouge_score, stemmed" if "stemmed" in name else "rouge_score"]
        print(f"{ms:8.2f} ms a pair   {peer / ms:6.1f} x   {name}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
