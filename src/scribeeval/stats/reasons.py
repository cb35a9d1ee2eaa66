"""The words that results carry instead of a number that could not be, and for how one came about."""

from collections.abc import Mapping

# Why an estimate, an interval or a test is undefined.
WHY: Mapping[str, str] = {
    "no_clinicians": "no clinician has both phases",
    "one_clinician": "one clinician shows no spread",
    "no_spread": "the clinicians do not differ by more than rounding",
    "zero_before": "a value before is 0",
    "zero_after": "a value after is 0, which has no logarithm",
    "zero_mean": "the mean before is 0",
    "no_change": "no clinician changed",
    "too_few": "too few clinicians for an interval of this level",
    "unbounded": "the mean before is too uncertain to divide by",
    "undefined_resamples": "a resample has no value",
    "correction_failed": "the bias correction breaks down",
    "no_direction": "neither direction is good by itself",
    "suppressed": "fewer than 5 clinicians",
}
INTERVAL_METHODS = (
    "bootstrap_bca",
    "bootstrap_percentile",
    "signed_rank_exact",
    "signed_rank_normal",
    "t",
    "t_of_logarithms",
    "fieller",
    "order_statistics",
    "noncentral_t",
    "wilson",
)
TEST_METHODS = ("t", "exact", "normal_approximation", "sampled")
