"""One measure before and after, in the same clinicians; every clinician counts once.

Signs: after minus before, so negative = less.  A percent change is a fraction and carries its
estimator's name.  The estimators and their intervals: paired_estimates.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from scribeeval.errors import InputError
from scribeeval.records import Change, Estimate, TestResult
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.effect_sizes import standardised
from scribeeval.stats.measures import Measure
from scribeeval.stats.paired_estimates import PERCENT_CHANGES, PairedValues, estimates, paired_values
from scribeeval.stats.paired_tests import paired_t, sign_flip
from scribeeval.stats.signed_rank import wilcoxon_signed_rank
from scribeeval.stats.spread import spread

# name -> test of the raw differences, those on the measure's declared scale, and the seed.
TESTS: Mapping[str, Callable[[FloatArray, FloatArray, int], TestResult]] = {
    "paired_t": lambda raw, scaled, seed: paired_t(scaled),
    "wilcoxon_signed_rank": lambda raw, scaled, seed: wilcoxon_signed_rank(raw),
    "sign_flip": lambda raw, scaled, seed: sign_flip(scaled, seed),
}
DEFAULT_TESTS = ("paired_t", "sign_flip")


def compare(
    measure: Measure,
    before: ArrayLike,
    after: ArrayLike,
    *,
    n_dropped: int = 0,
    alpha: float = 0.05,
    resamples: int = 2000,
    seed: int,
    tests: Sequence[str] = DEFAULT_TESTS,
) -> Change:
    """Compare clinicians' values before and after: estimates, effect sizes with intervals, and tests.

    before, after: shape (n,), not negative, in the measure's unit; the same clinician at the same
    place.  Resampling goes by place: keep the clinicians in the order of their ids, as
    clinician_values does, and intervals repeat exactly.  tests: names of TESTS; `adjust` fills in
    their adjusted p-values over all measures.

    Intervals are at level 1 - alpha; None for one clinician and where no clinician differs from
    another, with the reason in `why`.  A clinician with 0 before leaves the three per-clinician changes
    undefined, one with 0 after what takes logarithms and, on the log scale, the tests and effect sizes:
    nobody is dropped and no test is exchanged.  share_of_clinicians_worse: strictly worse; None where
    neither direction of the measure is good by itself.

    Raises:
        InputError: lengths differ, a value is negative or not finite, alpha is not between 0 and 1, a
            test is unknown, or fewer than 1 resample.
    """
    b, a = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    _check(measure, b, a, alpha, tests, resamples)
    values = paired_values(b, a)
    found = estimates(values, 1 - alpha, resamples, seed)
    differing = spread(values, measure.lower_is_better, 1 - alpha)
    return Change(
        measure=measure.name,
        unit=measure.unit,
        n_clinicians=len(b),
        n_dropped=n_dropped,
        before=float(b.mean()) if len(b) else None,
        after=float(a.mean()) if len(a) else None,
        difference=found["difference"],
        percent_change={name: found[name] for name in PERCENT_CHANGES},
        tests=_tests(measure, values, tests, seed),
        share_of_clinicians_worse=differing.shares["worse"].estimate,
        hodges_lehmann=found["hodges_lehmann"],
        effect_sizes=_effect_sizes(measure, values, found["rank_biserial"], 1 - alpha),
        spread=differing,
    )


def _scaled(measure: Measure, values: PairedValues) -> tuple[FloatArray, str | None]:
    """The differences on the measure's declared scale, and why they are undefined, if they are."""
    return (values.log_ratio, values.undefined_log) if measure.scale == "log" else (values.difference, None)


def _tests(measure: Measure, values: PairedValues, tests: Sequence[str], seed: int) -> dict[str, TestResult]:
    scaled, why = _scaled(measure, values)
    results = {name: TESTS[name](values.difference, scaled, seed) for name in tests}
    return {
        name: replace(result, why=why or result.why) if result.p_value is None else result
        for name, result in results.items()
    }


def _effect_sizes(
    measure: Measure, values: PairedValues, rank_biserial: Estimate, level: float
) -> dict[str, Estimate]:
    scaled, why = _scaled(measure, values)
    effects = standardised(scaled, level)
    if why is not None:
        effects = {name: replace(effect, why=why) for name, effect in effects.items()}
    return {**effects, "rank_biserial": rank_biserial}


def _check(
    measure: Measure, b: FloatArray, a: FloatArray, alpha: float, tests: Sequence[str], resamples: int
) -> None:
    problems = []
    if b.ndim != 1 or b.shape != a.shape:
        problems.append(f"before has shape {b.shape}, after {a.shape}; give one value per clinician in both")
    unusable = sum(int((~np.isfinite(values) | (values < 0)).sum()) for values in (b, a))
    if unusable:
        problems.append(f"{unusable} values are negative or not finite; leave those clinicians out by name")
    if not 0 < alpha < 1:
        problems.append(f"alpha is {alpha}; give a number between 0 and 1, such as 0.05")
    if resamples < 1:
        problems.append(f"{resamples} resamples; give at least 1 (2000 is usual)")
    unknown = ", ".join(sorted(set(tests) - TESTS.keys()))
    if unknown:
        problems.append(f"unknown test {unknown}; the tests are {', '.join(TESTS)}")
    if problems:
        raise InputError(f"{measure.name}: {problem}" for problem in problems)
