"""Dose: the slope on utilisation, as used beside intention to treat, tertiles, and what is drawn."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scribeeval.config import load_toml
from scribeeval.errors import InputError
from scribeeval.stats.association import fit_line
from scribeeval.stats.changes import Changes, clinician_changes, mean_effect
from scribeeval.stats.dose import Dose, UserRule, dose
from scribeeval.stats.measures import MEASURES, clinician_values
from scribeeval.stats.simulate import simulate
from scribeeval.stats.simulate_settings import read_settings
from scribeeval.stats.utilisation import utilisation

DEMO = Path(__file__).parents[2] / "configs" / "simulate-demo.toml"
NOTES = MEASURES["time_in_notes_min_per_appointment"]


def table(used: Any, eligible: Any, **columns: Any) -> pd.DataFrame:
    frame = pd.DataFrame({"scribe_visits": used, "eligible_visits": eligible, **columns})
    return frame.set_axis([f"S{i:03d}" for i in range(len(frame))])


def changes(change: Any, scale: Any = "log") -> Changes:
    change = np.asarray(change, dtype=float)
    return Changes("m", tuple(f"S{i:03d}" for i in range(len(change))), change, scale, None, 0)


def of(change: Any, clinicians: pd.DataFrame, scale: Any = "log", **options: Any) -> Dose:
    arguments: dict[str, Any] = {"alpha": 0.05, "resamples": 100, "seed": 1} | options
    found = dose(changes(change, scale), clinicians, **arguments)
    assert found is not None
    return found


def test_utilisation_by_hand() -> None:
    use = utilisation(table([5, 0, 0, None, 3], [20, 10, 0, 8, None]))
    assert use is not None
    assert use.share == {"S000": 0.25, "S001": 0}
    assert use.undefined == {"S002": "no_eligible_visits", "S003": "not_recorded", "S004": "not_recorded"}
    assert use.scribe_visits == {"S000": 5, "S001": 0, "S002": 0, "S004": 3}


def test_utilisation_of_controls_is_not_read_and_absent_counts_are_not_0() -> None:
    use = utilisation(table([5, 9], [20, 10], group=["scribe", "control"]))
    assert use is not None
    assert list(use.share) == ["S000"]
    assert utilisation(table([5], [20]).drop(columns="eligible_visits")) is None
    assert dose(changes([1.0]), pd.DataFrame(index=["S000"]), alpha=0.05, resamples=100, seed=1) is None


def test_slope_is_per_10_percentage_points_and_a_percent_change_on_the_log_scale() -> None:
    use = np.array([10, 20, 30, 40, 60, 80, 90])
    noise = np.array([1, -1, 0, 2, -2, 1, -1]) / 100
    change = -0.1 - 0.5 * use / 100 + noise
    line = fit_line(use / 100, change, alpha=0.05, resamples=100, seed=1)
    assert line.slope is not None
    assert line.low is not None
    assert line.bootstrap_high is not None
    log, raw = of(change, table(use, [100] * 7)), of(change, table(use, [100] * 7), "raw")
    assert log.slope.line == raw.slope.line == line
    assert log.slope.estimate == pytest.approx(np.exp(line.slope / 10) - 1)
    assert log.slope.low == pytest.approx(np.exp(line.low / 10) - 1)
    assert log.slope.bootstrap_high == pytest.approx(np.exp(line.bootstrap_high / 10) - 1)
    assert raw.slope.estimate == pytest.approx(line.slope / 10)
    assert (log.slope.estimate_kind, raw.slope.estimate_kind) == ("percent_change", "difference")


def planted(dose_share: float) -> tuple[Dose, float, float]:
    """A simulated pilot of 300 clinicians: its dose, the slope planted in it, and the estimate's error."""
    table = load_toml(DEMO)["simulate"]
    settings = replace(
        read_settings(table), n_scribe=301, n_control=1, weeks_before=4, weeks_training=0, dose=dose_share
    )
    pilot = simulate(settings)
    clinicians = pilot.clinicians.set_index("clinician_id")
    rows = pilot.ehr_use[pilot.ehr_use["clinician_id"].str.startswith("S")]
    measured = clinician_changes(clinician_values(rows, NOTES), NOTES)
    found = dose(measured, clinicians, alpha=0.05, resamples=100, seed=1)
    assert found is not None
    assert found.slope.line.standard_error is not None
    width = settings.utilisation_high - settings.utilisation_low
    # Gain = -(gain_spread * dose) * z, utilisation = low + width * Phi(z): cov(z, Phi(z)) = 1 / (2 sqrt(pi)),
    # var(Phi(z)) = 1 / 12.
    truth = -settings.measures[NOTES.name].gain_spread * dose_share * (12 / (2 * np.pi**0.5)) / width
    return found, truth, found.slope.line.standard_error


@pytest.mark.parametrize("dose_share", [0.0, 0.9])
def test_planted_slope_of_the_simulated_pilot_comes_back(dose_share: float) -> None:
    found, truth, error = planted(dose_share)
    assert found.slope.line.slope == pytest.approx(truth, abs=4 * error)
    assert (truth == 0) == (found.slope.line.p_value > 0.001)  # type: ignore[operator]


def test_intention_to_treat_has_everyone_and_as_used_the_users() -> None:
    change = np.random.default_rng(1).normal(-0.2, 0.1, 20)
    used = [0] * 6 + [3] * 5 + [60] * 9
    found = of(change, table(used, [100] * 20))
    assert found.effects["intention_to_treat"] == mean_effect(change, "log", 0.05)
    assert found.effects["as_used"] == mean_effect(change[6:], "log", 0.05)
    strict = of(change, table(used, [100] * 20), users=UserRule(1, 0.5))
    assert strict.effects["as_used"] == mean_effect(change[11:], "log", 0.05)
    many = of(change, table(used, [100] * 20), users=UserRule(4))
    assert many.effects["as_used"] == strict.effects["as_used"]
    assert strict.used_definition == UserRule(1, 0.5)
    assert found.confounded


def test_clinicians_of_unknown_use_count_as_given_the_scribe_only() -> None:
    change = np.arange(12.0) / 10
    found = of(change, table([None, 5, *[50] * 10], [100, None, *[100] * 10]))
    assert found.n_undefined == {"not_recorded": 2}
    assert found.n_use_unknown == 1
    assert found.effects["intention_to_treat"].n_clinicians == 12
    assert found.effects["as_used"].n_clinicians == 11
    with_share = of(change, table([None, 5, *[50] * 10], [100, None, *[100] * 10]), users=UserRule(1, 0.1))
    assert with_share.effects["as_used"].n_clinicians == 10
    assert with_share.n_use_unknown == 2


def test_fewer_than_5_users_are_not_told() -> None:
    found = of(np.arange(10.0), table([0] * 6 + [9] * 4, [10] * 10))
    assert found.effects["as_used"].suppressed
    assert found.effects["as_used"].estimate is None
    assert not found.effects["intention_to_treat"].suppressed


def test_of_fewer_than_5_clinicians_nothing_is_told() -> None:
    found = of([0.1, -0.2, 0.3, 0.2], table([1, 2, 3, 4], [10] * 4))
    assert (found.points, found.bins, found.slope.estimate, found.spearman.rho) == (None,) * 4
    assert all(effect.suppressed for effect in (*found.effects.values(), *found.tertiles.values()))
    assert found.why == "few_clinicians"


def test_tertiles_of_utilisation() -> None:
    change = np.arange(15.0)
    found = of(change, table(np.arange(15), [20] * 15), "raw")
    assert found.cut_points == pytest.approx((14 / 3 / 20, 28 / 3 / 20))
    assert {name: effect.estimate for name, effect in found.tertiles.items()} == {
        "low": 2,
        "middle": 7,
        "high": 12,
    }
    small = of(change[:13], table(np.arange(13), [20] * 13), "raw").tertiles
    assert {name: effect.suppressed for name, effect in small.items()} == {
        "low": False,
        "middle": True,
        "high": True,
    }


def test_points_are_sorted_and_carry_no_id() -> None:
    rng = np.random.default_rng(2)
    change, used = rng.normal(size=40), rng.integers(0, 100, 40)
    found = of(change, table(used, [100] * 40))
    assert found.points is not None
    assert found.bins is None
    assert list(found.points) == sorted(found.points)
    assert sorted(y for _, y in found.points) == pytest.approx(sorted(np.expm1(change)))
    assert "S0" not in json.dumps(asdict(found))


def test_more_than_300_clinicians_come_in_bins_that_add_up() -> None:
    rng = np.random.default_rng(3)
    change, used = rng.normal(size=301), rng.integers(0, 100, 301)
    found = of(change, table(used, [100] * 301), "raw")
    assert found.points is None
    assert found.bins is not None
    assert [one.n_clinicians for one in found.bins] == [16] + [15] * 19
    total = sum((one.change or 0) * one.n_clinicians for one in found.bins)
    assert total == pytest.approx(change.sum())


def test_order_of_the_clinicians_table_does_not_matter() -> None:
    rng = np.random.default_rng(4)
    change, clinicians = rng.normal(size=12), table(rng.integers(0, 9, 12), [10] * 12)
    assert of(change, clinicians) == of(change, clinicians.iloc[::-1])


@pytest.mark.parametrize(
    ("used", "options", "says"),
    [
        ([5, 11], {}, "above eligible_visits .* S001"),
        ([5, -1], {}, "below 0"),
        ([5, 5], {"alpha": 0}, "alpha"),
        ([5], {}, "not in the clinicians table"),
    ],
)
def test_bad_input(used: list[int], options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        of([0.1, 0.2], table(used, [10] * len(used)), **options)


@pytest.mark.parametrize(("visits", "share"), [(0, None), (1, 1.5), (1, -0.1)])
def test_a_rule_that_makes_no_sense_is_refused(visits: int, share: float | None) -> None:
    with pytest.raises(InputError, match="at least 1 scribe visit"):
        UserRule(visits, share)


def test_controls_among_the_changes_are_passed_over() -> None:
    change = np.random.default_rng(5).normal(size=20)
    groups = ["scribe"] * 14 + ["control"] * 6
    clinicians = table(np.arange(20), [20] * 20, group=groups)
    assert of(change, clinicians) == of(change[:14], clinicians)
