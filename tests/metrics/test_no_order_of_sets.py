"""Equal texts give equal counts and findings in every process: no set's order, which differs, shows."""

import os
import subprocess
import sys

# Texts of a few words repeat themselves, so that ties are many.
PROGRAM = """
import random
from scribeeval.metrics import METRICS
from scribeeval.records import Pair
words = "fever cough no 5 mg metformin daily denies 기침 left".split()
draw = random.Random(0)
texts = [" ".join(draw.choices(words, k=draw.randrange(12))) for _ in range(500)]
for at in range(250):
    pair = Pair(str(at), texts[at], texts[at + 250], texts[at])
    for name, metric in METRICS.items():
        print(name, sorted(metric.count(pair).items()), metric.find(pair) if metric.find else ())
"""


def test_hash_seeds_change_nothing() -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    assert len(told[0]) > 100_000
