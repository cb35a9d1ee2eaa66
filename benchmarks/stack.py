"""Time of the whole note stack against the peers', on the same ACI-BENCH pairs in one run.

    python benchmarks/stack.py

The peers' stack for one pair: rouge_score (four types), medwer (WER and medical WER),
jiwer.process_words and rapidfuzz's character distance.  Ours: four ROUGE types, WER with its counts,
medical WER on medwer's list, character and word distance.  One core; no whole note is cached; each side
goes through all pairs before the other; the least time of --rounds counts for each pair.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.metrics import METRICS
from scribeeval.metrics.base import score_together
from scribeeval.metrics.medical_wer import with_terms
from scribeeval.records import Pair
from scribeeval.terms import medwer_terms
from wer import DATA, REFERENCES, read_pairs

OURS = ("rouge1", "rouge2", "rougeL", "rougeLsum", "wer", "edit_distance_words", "edit_distance_chars")


def peers() -> dict[str, Callable[[Pair], object]]:
    """The peers' calls for one pair."""
    import jiwer
    import medwer
    from rapidfuzz.distance import Levenshtein
    from rouge_score.rouge_scorer import RougeScorer

    rouge = RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"])
    medical = medwer.Scorer()
    return {
        "rouge_score": lambda pair: rouge.score(pair.reference, pair.hypothesis),
        "medwer": lambda pair: medical.corpus([pair.reference], [pair.hypothesis]),
        "jiwer": lambda pair: jiwer.process_words(pair.reference, pair.hypothesis),
        "rapidfuzz": lambda pair: Levenshtein.distance(pair.reference, pair.hypothesis),
    }


def milliseconds(work: Callable[[Pair], object], pairs: list[Pair], rounds: int) -> float:
    """Mean over the pairs of each pair's least time."""
    least = [float("inf")] * len(pairs)
    for _ in range(rounds):
        for i, pair in enumerate(pairs):
            started = time.perf_counter()
            work(pair)
            least[i] = min(least[i], time.perf_counter() - started)
    return 1000 * sum(least) / len(pairs)


def main() -> None:
    """Print milliseconds per pair and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    try:
        theirs, terms = peers(), medwer_terms()
    except (ImportError, InputError) as error:
        print(f"skipped: {error}; the peers are in the test extra")
        return
    if not (arguments.data / REFERENCES).is_file():
        print(f"skipped: no ACI-BENCH notes in {arguments.data}")
        return
    metrics = [*(METRICS[name] for name in OURS), with_terms(terms)]
    pairs = list(read_pairs(arguments.data))
    ms = {name: milliseconds(work, pairs, arguments.rounds) for name, work in theirs.items()}
    ours = milliseconds(lambda pair: score_together(metrics, [pair]), pairs, arguments.rounds)
    for name, value in ms.items():
        print(f"{name:12} {value:8.2f} ms a pair")
    print(f"{'scribeeval':12} {ours:8.2f} ms a pair, {len(pairs)} pairs")
    print(f"peers' stack / ours: {sum(ms.values()) / ours:.0f}")


if __name__ == "__main__":
    main()
