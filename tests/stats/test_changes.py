"""A clinician's change and a mean change: the scale, the fallback, and Student's interval."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from scribeeval.errors import InputError
from scribeeval.stats.changes import check_known, clinician_changes, mean_effect, scribe_clinicians, shown
from scribeeval.stats.measures import MEASURES, ClinicianValues

NOTES = MEASURES["time_in_notes_min_per_appointment"]  # log scale
CLOSURE = MEASURES["same_day_closure_rate"]  # raw scale


def values(before: list[float], after: list[float]) -> ClinicianValues:
    ids = tuple(f"S{i}" for i in range(len(before)))
    return ClinicianValues(ids, np.array(before, dtype=float), np.array(after, dtype=float), {})


def test_log_ratio_for_times_and_difference_for_shares() -> None:
    times = clinician_changes(values([10, 20], [5, 20]), NOTES)
    assert times.change == pytest.approx([np.log(0.5), 0])
    assert (times.scale, times.estimate_kind, times.fallback, times.n_zero) == (
        "log",
        "percent_change",
        None,
        0,
    )
    shares = clinician_changes(values([0.5, 0], [0.75, 0.5]), CLOSURE)
    assert shares.change == pytest.approx([0.25, 0.5])
    assert (shares.scale, shares.estimate_kind, shares.fallback) == ("raw", "difference", None)


@pytest.mark.parametrize(("before", "after"), [([0, 20], [5, 10]), ([10, 20], [5, 0])])
def test_a_value_of_0_takes_everyone_to_the_raw_scale_and_says_so(before: Any, after: Any) -> None:
    found = clinician_changes(values(before, after), NOTES)
    assert found.change == pytest.approx(np.array(after) - np.array(before))
    assert (found.scale, found.fallback, found.n_zero) == ("raw", "raw", 1)


@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_interval_is_students(alpha: float) -> None:
    change = np.random.default_rng(1).normal(-0.2, 0.3, 12)
    low, high = scipy.stats.ttest_1samp(change, 0).confidence_interval(1 - alpha)
    raw, log = mean_effect(change, "raw", alpha), mean_effect(change, "log", alpha)
    assert (raw.low, raw.high) == pytest.approx((low, high))
    assert (log.low, log.high) == pytest.approx((np.expm1(low), np.expm1(high)))
    assert log.estimate == pytest.approx(scipy.stats.gmean(np.exp(change)) - 1)


@pytest.mark.parametrize(
    ("change", "estimate", "why"),
    [([], None, "no_clinicians"), ([0.5], 0.5, "one_clinician"), ([2, 2], 2, "no_spread")],
)
def test_no_interval_says_why(change: list[float], estimate: float | None, why: str) -> None:
    found = mean_effect(np.array(change, dtype=float), "raw", 0.05)
    assert (found.estimate, found.low, found.high, found.why) == (estimate, None, None, why)
    assert found.n_clinicians == len(change)


def test_a_percent_change_too_large_to_tell_is_undefined() -> None:
    assert shown(1e4, "log") is None
    assert shown(None, "log") is None
    assert shown(np.log(2), "log") == pytest.approx(1)


def test_only_the_scribes_clinicians_are_kept() -> None:
    table = pd.DataFrame({"group": ["scribe", "control"]}, index=["a", "b"])
    assert list(scribe_clinicians(table).index) == ["a"]
    assert list(scribe_clinicians(table.drop(columns="group")).index) == ["a", "b"]


def test_unknown_and_repeated_clinicians_are_named() -> None:
    with pytest.raises(InputError, match=r"1 clinicians .* \(first 5: x\)"):
        check_known(("a", "x"), pd.DataFrame(index=["a"]))
    with pytest.raises(InputError, match="a more than once"):
        check_known(("a",), pd.DataFrame(index=["a", "a"]))
