"""Time of word edits and medical WER against jiwer.process_words and medwer, on the same ACI-BENCH notes.

    python benchmarks/wer.py

Both sides start from the raw notes and use medwer's term list.  A side goes through all pairs before the
next round: the small caches of scribeeval.metrics.wer serve one pair only.  The least time of `--rounds`
is taken for each pair.
"""

import argparse
import csv
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.metrics import METRICS
from scribeeval.metrics.medical_wer import with_terms
from scribeeval.records import Pair
from scribeeval.terms import medwer_terms

DATA = Path(__file__).parents[2] / "shared" / "data" / "aci-bench"
REFERENCES = "clinicalnlp_taskB_test1.csv"


def notes(path: Path) -> dict[str, str]:
    """Read the notes of one file by visit."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["encounter_id"]: row["note"] for row in csv.DictReader(file)}


def read_pairs(data: Path) -> Iterator[Pair]:
    """Pair each reference note with those of the published systems."""
    references = notes(data / REFERENCES)
    for path in sorted((data / "predictions").glob("*.csv")):
        drafts = notes(path)
        yield from (Pair(f"{path.stem}/{i}", references[i], drafts[i]) for i in sorted(references))


def seconds(work: Callable[[Pair], object], pair: Pair) -> float:
    """Time one call."""
    started = time.perf_counter()
    work(pair)
    return time.perf_counter() - started


def main() -> None:
    """Print milliseconds per pair and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    try:
        import jiwer
        import medwer

        terms = medwer_terms()
    except (ImportError, InputError) as error:
        print(f"skipped: {error}; the peers are in the test extra")
        return
    if not (arguments.data / REFERENCES).is_file():
        print(f"skipped: no ACI-BENCH notes in {arguments.data}")
        return
    scorer = medwer.Scorer()
    wer, medical = METRICS["wer"].count, with_terms(terms).count
    chars, words = METRICS["edit_distance_chars"].count, METRICS["edit_distance_words"].count
    sides: dict[str, Callable[[Pair], object]] = {
        "jiwer.process_words": lambda pair: jiwer.process_words(pair.reference, pair.hypothesis),
        "medwer (WER, medical WER)": lambda pair: scorer.corpus([pair.reference], [pair.hypothesis]),
        "scribeeval wer": wer,
        "scribeeval wer + medical_wer": lambda pair: (wer(pair), medical(pair)),
        "  + character and word distance": lambda pair: (wer(pair), medical(pair), chars(pair), words(pair)),
    }
    pairs = list(read_pairs(arguments.data))
    least: dict[str, list[float]] = {name: [float("inf")] * len(pairs) for name in sides}
    for _ in range(arguments.rounds):
        for name, work in sides.items():
            for i, pair in enumerate(pairs):
                least[name][i] = min(least[name][i], seconds(work, pair))
    ms = {name: 1000 * sum(times) / len(pairs) for name, times in least.items()}
    for name, value in ms.items():
        print(f"{name:34s} {value:8.3f} ms a pair")
    peers = ms["jiwer.process_words"] + ms["medwer (WER, medical WER)"]
    ours = ms["scribeeval wer + medical_wer"]
    print(f"{len(pairs)} pairs; jiwer + medwer take {peers / ours:.1f} times as long as wer + medical_wer")


if __name__ == "__main__":
    main()
