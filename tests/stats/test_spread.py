"""How clinicians differ: against R's prop.test, numpy and work by hand; never one clinician by itself."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scribeeval.stats.paired_estimates import paired_values
from scribeeval.stats.spread import SPREAD_MINIMUM, spread, wilson_interval

GOLDEN = json.loads((Path(__file__).parent / "golden" / "estimators.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", GOLDEN["wilson"], ids=lambda case: f"{case['hits']}-of-{case['n']}")
def test_wilson_equals_rs_prop_test(case: dict[str, Any]) -> None:
    assert wilson_interval(case["hits"], case["n"], 0.95) == pytest.approx(tuple(case["ends"]), abs=1e-12)


def test_distributions_by_hand() -> None:
    before, after = np.array([10.0, 20, 30, 40, 50]), np.array([9.0, 20, 33, 30, 25])
    found = spread(paired_values(before, after), True, 0.95)
    changes = found.changes  # -25, -10, -1, 0, 3
    assert changes is not None
    assert (changes.minimum, changes.q1, changes.median, changes.q3, changes.maximum) == (-25, -10, -1, 0, 3)
    assert changes.mean == pytest.approx(-6.6)
    assert changes.sd == pytest.approx((((-18.4) ** 2 + 3.4**2 + 5.6**2 + 6.6**2 + 9.6**2) / 4) ** 0.5)
    percent = found.percent_changes  # -.5, -.25, -.1, 0, .1
    assert percent is not None
    assert (percent.minimum, percent.median, percent.maximum) == pytest.approx((-0.5, -0.1, 0.1))
    assert found.changes_quantiles is not None
    assert len(found.changes_quantiles) == 21
    assert found.changes_quantiles[0::5] == (-25, -10, -1, 0, 3)
    assert found.changes_quantiles[1] == pytest.approx(-22)  # a fifth of the way from -25 to -10
    assert {name: one.estimate for name, one in found.shares.items()} == {
        "fell": 0.6,
        "unchanged": 0.2,
        "rose": 0.2,
        "worse": 0.2,
        "better": 0.6,
    }
    assert (found.shares["worse"].low, found.shares["worse"].high) == wilson_interval(1, 5, 0.95)


def test_direction_decides_who_is_worse() -> None:
    values = paired_values(np.array([1.0, 1, 1]), np.array([2.0, 2, 0.5]))
    assert spread(values, True, 0.95).shares["worse"].estimate == pytest.approx(2 / 3)
    assert spread(values, False, 0.95).shares["worse"].estimate == pytest.approx(1 / 3)
    none = spread(values, None, 0.95).shares
    assert (none["worse"].estimate, none["better"].why) == (None, "no_direction")
    assert none["rose"].estimate == pytest.approx(2 / 3)


def test_fewer_than_5_clinicians_have_no_distribution() -> None:
    four = np.array([1.0, 2, 3, 4])
    found = spread(paired_values(four, four / 2), True, 0.95)
    assert len(four) == SPREAD_MINIMUM - 1
    distributions = (found.before, found.after, found.changes, found.percent_changes)
    assert {*distributions, found.changes_quantiles, found.percent_changes_quantiles} == {None}
    assert found.why == "suppressed"
    assert found.shares["fell"].estimate == 1


def test_0_before_leaves_percent_changes_undefined_and_the_rest_whole() -> None:
    found = spread(paired_values(np.array([0.0, 1, 2, 3, 4]), np.ones(5)), True, 0.95)
    assert (found.percent_changes, found.percent_changes_quantiles) == (None, None)
    assert found.changes is not None
