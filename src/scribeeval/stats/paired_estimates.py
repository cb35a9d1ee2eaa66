"""Estimators of the change between before and after in the same clinicians, each with its intervals.

Signs: after minus before, so negative = less.  A percent change is a fraction and carries its
estimator's name: where heavy documenters change more than others, the estimators differ.  b, a = the
clinicians' values before and after:

    difference                    mean(a) - mean(b)                           BCa         t
    ratio_of_means                mean(a) / mean(b) - 1                       BCa         Fieller
    geometric_mean_ratio          exp(mean(log(a / b))) - 1                   BCa         t of logarithms
    mean_of_clinician_changes     mean(a / b) - 1                             BCa         t
    median_of_clinician_changes   median(a / b) - 1                           percentile  order statistics
    hodges_lehmann                median of the Walsh averages of a - b       inversion of the signed-rank
    hodges_lehmann_ratio          exp(the same of log(a / b)) - 1             test, itself analytic

Bootstrap intervals resample clinicians; all estimators and the rank-biserial share one draw.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scribeeval.records import AnalyticInterval, Estimate, Interval
from scribeeval.stats.analytic import (
    fieller_interval,
    median_interval,
    t_interval,
    t_interval_of_logarithms,
)
from scribeeval.stats.bootstrap import (
    ROUNDING,
    FloatArray,
    bca_interval,
    leave_one_out_sums,
    percentile_interval,
    resample,
    times_drawn,
    varies,
)
from scribeeval.stats.signed_rank import (
    hodges_lehmann,
    rank_biserial,
    resampled_rank_biserial,
    signed_ranks,
)

# The columns that are resampled, and the smooth estimators as functions of their means (..., 4).
BEFORE, AFTER, RATIO, LOG_RATIO = range(4)
SMOOTH: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "difference": lambda means: means[..., AFTER] - means[..., BEFORE],
    "ratio_of_means": lambda means: means[..., AFTER] / means[..., BEFORE] - 1,
    "geometric_mean_ratio": lambda means: np.expm1(means[..., LOG_RATIO]),
    "mean_of_clinician_changes": lambda means: means[..., RATIO] - 1,
}
PERCENT_CHANGES = (*tuple(SMOOTH)[1:], "median_of_clinician_changes", "hodges_lehmann_ratio")


@dataclass(frozen=True, slots=True, eq=False)
class PairedValues:
    """One measure's values of the clinicians, shape (n,), and what follows from them.

    difference: after - before, exactly 0 where the two differ by rounding alone.  ratio: after / before,
    all NaN if a clinician has 0 before; log_ratio: all NaN also if one has 0 after.  Nobody is left out
    to make a ratio: undefined_ratio and undefined_log say why (a key of WHY), else None.
    """

    before: FloatArray
    after: FloatArray
    difference: FloatArray
    ratio: FloatArray
    log_ratio: FloatArray
    undefined_ratio: str | None
    undefined_log: str | None


def paired_values(before: FloatArray, after: FloatArray) -> PairedValues:
    """Derive differences and ratios; before, after: shape (n,), finite and not negative."""
    n = len(before)
    moved = np.abs(after - before) > ROUNDING * np.maximum(before, after)
    why_ratio = "no_clinicians" if n == 0 else "zero_before" if before.min() == 0 else None
    why_log = why_ratio or ("zero_after" if after.min() == 0 else None)
    nothing = np.full(n, np.nan)  # NaN = undefined, inside stats only
    ratio = nothing if why_ratio else np.where(moved, after / (before if n else 1.0), 1.0)
    return PairedValues(
        before=before,
        after=after,
        difference=np.where(moved, after - before, 0.0),
        ratio=ratio,
        log_ratio=nothing if why_log else np.log(ratio),
        undefined_ratio=why_ratio,
        undefined_log=why_log,
    )


def estimates(values: PairedValues, level: float, resamples: int, seed: int) -> dict[str, Estimate]:
    """Estimate every change in the table above, and `rank_biserial`, with intervals at `level`.

    Raises:
        InputError: fewer than 1 resample.
    """
    rows = np.stack([values.before, values.after, values.ratio, values.log_ratio], axis=1)
    sums, medians, ranks = _resampled(values, rows, resamples, seed)
    found = {}
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 / 0 is NaN, which comes out as None
        for name, statistic in SMOOTH.items():
            why = _undefined(values, name)
            if why is not None:
                found[name] = Estimate(None, None, None, "bootstrap_bca", why=why)
                continue
            value = float(statistic(rows.mean(axis=0)))
            replicates = _tied(statistic(sums / len(rows)), value)
            left_out = statistic(leave_one_out_sums(rows) / (len(rows) - 1))
            interval = bca_interval(value, replicates, left_out, level)
            found[name] = _estimate(value, interval, "bootstrap_bca", replicates, len(rows))
    found["median_of_clinician_changes"] = _median(values, medians, level)
    found["hodges_lehmann"] = hodges_lehmann(values.difference, level)
    found["hodges_lehmann_ratio"] = _on_percent_scale(values, level)
    found["rank_biserial"] = _rank_biserial(values, ranks, level)
    analytic = _analytic(values, level)
    return {
        name: replace(one, analytic=analytic.get(name)) if one.estimate is not None else one
        for name, one in found.items()
    }


def _resampled(
    values: PairedValues, rows: FloatArray, resamples: int, seed: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Resample clinicians once: sums of the rows (resamples, 4), medians of the ratio, rank-biserials."""
    n = len(rows)
    if n == 0:
        return np.empty((0, 4)), np.empty(0), np.empty(0)
    signed, order = signed_ranks(values.difference), np.argsort(values.ratio, kind="stable")
    sums, medians, ranks = [], [], []
    for units in resample(n, resamples, seed):
        sums.append(np.stack([column[units].sum(axis=1) for column in rows.T], axis=1))
        counts = times_drawn(units, n)
        medians.append(_medians(values.ratio[order], counts[:, order]))
        ranks.append(resampled_rank_biserial(signed, counts))
    return np.concatenate(sums), np.concatenate(medians), np.concatenate(ranks)


def _medians(ordered: FloatArray, counts: NDArray[np.int32]) -> FloatArray:
    """Medians of resamples of values in order; counts: how often each was drawn, (resamples, n)."""
    n = counts.shape[1]
    reached = np.cumsum(counts, axis=1, dtype=np.int32)
    places = [(n - 1) // 2, n // 2]
    at = np.array([np.searchsorted(row, places, side="right") for row in reached])
    medians: FloatArray = ordered[at].mean(axis=1)
    return medians


def _undefined(values: PairedValues, name: str) -> str | None:
    if len(values.before) == 0:
        return "no_clinicians"
    if name == "ratio_of_means":
        return None if values.before.any() else "zero_mean"
    return {
        "geometric_mean_ratio": values.undefined_log,
        "mean_of_clinician_changes": values.undefined_ratio,
    }.get(name)


def _tied(replicates: FloatArray, value: float) -> FloatArray:
    """Let replicates tie with the estimate where only rounding parts them: BCa counts ties half.

    Few clinicians often draw themselves again; without this, minutes and hours would not agree.
    """
    if not np.isfinite(replicates).all():
        return replicates
    return np.where(np.abs(replicates - value) <= ROUNDING * np.abs(replicates).max(), value, replicates)


def _estimate(
    value: float, interval: Interval | None, method: str, replicates: FloatArray, n: int
) -> Estimate:
    if interval is not None:
        return Estimate(value, interval.low, interval.high, method, interval.level)
    if n == 1:
        why = "one_clinician"
    elif not np.isfinite(replicates).all():
        why = "undefined_resamples"
    else:
        why = "correction_failed" if varies(replicates) else "no_spread"
    return Estimate(value, None, None, method, why=why)


def _median(values: PairedValues, medians: FloatArray, level: float) -> Estimate:
    method = "bootstrap_percentile"
    if values.undefined_ratio:
        return Estimate(None, None, None, method, why=values.undefined_ratio)
    value = float(np.median(values.ratio)) - 1
    return _estimate(value, percentile_interval(medians - 1, level), method, medians, len(values.ratio))


def _on_percent_scale(values: PairedValues, level: float) -> Estimate:
    if values.undefined_log:
        return Estimate(None, None, None, "signed_rank_normal", why=values.undefined_log)
    found = hodges_lehmann(values.log_ratio, level)
    low, middle, high = (
        None if end is None else float(np.expm1(end)) for end in (found.low, found.estimate, found.high)
    )
    return replace(found, estimate=middle, low=low, high=high)


def _rank_biserial(values: PairedValues, ranks: FloatArray, level: float) -> Estimate:
    method = "bootstrap_percentile"
    value = rank_biserial(values.difference)
    if value is None:
        why = "no_change" if len(values.difference) else "no_clinicians"
        return Estimate(None, None, None, method, why=why)
    return _estimate(value, percentile_interval(ranks, level), method, ranks, len(values.difference))


def _analytic(values: PairedValues, level: float) -> dict[str, AnalyticInterval]:
    """Give the interval by formula of every estimator that is defined and has one."""
    found = {"difference": t_interval(values.difference, level)}
    found["ratio_of_means"] = fieller_interval(values.before, values.after, level)
    if values.undefined_ratio is None:
        found["mean_of_clinician_changes"] = t_interval(values.ratio - 1, level)
        found["median_of_clinician_changes"] = median_interval(values.ratio - 1, level)
    if values.undefined_log is None:
        found["geometric_mean_ratio"] = t_interval_of_logarithms(values.log_ratio, level)
    return found
