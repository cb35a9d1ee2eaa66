"""Values in random order, for tests that ask what chance alone would have given."""

from collections.abc import Callable, Iterator
from itertools import permutations

import numpy as np

from scribeeval.stats.bootstrap import CHUNK, ROUNDING, FloatArray

PERMUTATIONS = 9_999  # with the observed order 10,000, so that the smallest p is 0.0001
MAX_VALUES = 10_000_000  # for more than 1,000 clinicians fewer permutations, so that a test takes seconds
MIN_PERMUTATIONS = 999
EXACT = 7  # up to so many values, every order: 7! = 5,040


def n_permutations(n: int) -> int:
    """Say how many orders of n values are looked at: all up to EXACT, above PERMUTATIONS or fewer."""
    if n <= EXACT:
        return int(np.prod(np.arange(1, n + 1)))
    return int(np.clip(MAX_VALUES // n, MIN_PERMUTATIONS, PERMUTATIONS))


def permutation_p_value(
    values: FloatArray, statistic: Callable[[FloatArray], FloatArray], seed: int
) -> tuple[float | None, int]:
    """Tell how often a random order of the values gives as large a statistic as the given one.

    values: shape (n,).  statistic: (orders, n) -> (orders,), without a unit, larger = further from no
    effect; NaN counts as reached, against an effect.  With random orders p = (hits + 1) / (orders + 1),
    which is never 0 (Phipson & Smyth, 2010).  Returns p and the number of orders; p is None where the
    statistic of the given order is undefined.
    """
    observed = float(statistic(values[None, :])[0])
    n = n_permutations(len(values))
    if not np.isfinite(observed):
        return None, n
    # Orders that give the same statistic on paper must not be lost to rounding.
    threshold = observed - 1e3 * ROUNDING * max(1.0, abs(observed))
    hits = 0
    for block in _orders(values, n, seed):
        reached = statistic(block)
        hits += int((~(reached < threshold)).sum())
    return (hits / n if len(values) <= EXACT else (hits + 1) / (n + 1)), n


def _orders(values: FloatArray, n: int, seed: int) -> Iterator[FloatArray]:
    if len(values) <= EXACT:
        yield values[np.array(list(permutations(range(len(values)))), dtype=np.int64)]
        return
    rng = np.random.Generator(np.random.PCG64(seed))
    block = max(1, CHUNK // len(values))
    for start in range(0, n, block):
        yield rng.permuted(np.tile(values, (min(block, n - start), 1)), axis=1)
