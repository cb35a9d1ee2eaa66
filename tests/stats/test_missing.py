"""Missing data: each analysis by hand or against scipy, and the tipping point against its formula."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.optimize
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.stats.measures import COLUMNS, MEASURES
from scribeeval.stats.missing import MissingData, compare
from scribeeval.stats.tipping import Arm, TippingPoint, tipping_point

NOTES = MEASURES["time_in_notes_min_per_appointment"]  # log scale
CLOSURE = MEASURES["same_day_closure_rate"]  # raw scale


def use(rows: list[tuple[str, str, str, float, float]], measure: Any = NOTES) -> pd.DataFrame:
    """Rows of (clinician, day, phase, numerator, denominator)."""
    full = [(i, day, phase, measure.name, n, d) for i, day, phase, n, d in rows]
    return pd.DataFrame(full, columns=list(COLUMNS))


def pilot(before: Any, after: Any, measure: Any = NOTES, prefix: str = "S") -> pd.DataFrame:
    """One period in each phase, None = no row."""
    rows = []
    for i, (b, a) in enumerate(zip(before, after, strict=True)):
        for day, phase, value in (("2024-01-01", "before", b), ("2024-06-01", "after", a)):
            if value is not None:
                rows.append((f"{prefix}{i:02d}", day, phase, float(value), 1.0))
    return use(rows, measure)


def of(frame: pd.DataFrame, measure: Any = NOTES, clinicians: Any = None, **options: Any) -> MissingData:
    return compare(frame, measure, clinicians, **({"alpha": 0.05} | options))


def test_last_period_by_hand() -> None:
    """S1: 40 / 4 before, the last week after is 6 / 1; S2: nobody after, so unchanged; S3: only after."""
    frame = use(
        [
            ("S1", "2024-01-01", "before", 10, 1),
            ("S1", "2024-01-08", "before", 30, 3),
            ("S1", "2024-05-08", "after", 6, 1),
            ("S1", "2024-05-01", "after", 90, 3),
            ("S1", "2024-05-15", "after", 9, 0),  # nothing was done in this week
            ("S2", "2024-01-01", "before", 20, 1),
            ("S3", "2024-05-01", "after", 20, 1),
        ]
    )
    found = of(frame)
    last = found.analyses["last_period"]
    assert last.estimate == pytest.approx(np.exp(np.log(6 / 10) / 2) - 1)
    assert (last.n_clinicians, last.n_imputed) == (2, 1)
    complete = found.analyses["complete_case"]
    assert complete.estimate == pytest.approx((6 + 90 + 9) / 4 / 10 - 1)
    assert (complete.n_clinicians, complete.why) == (1, "one_clinician")
    assert found.reasons == {"no_after_periods": 1, "no_before_periods": 1}
    assert (found.n_listed, found.n_missing) == (3, 2)


def test_complete_case_is_students_interval() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.uniform(8, 20, 12), rng.uniform(6, 18, 12)
    low, high = scipy.stats.ttest_rel(np.log(after), np.log(before)).confidence_interval()
    found = of(pilot(before, after)).analyses["complete_case"]
    assert (found.low, found.high) == pytest.approx((np.expm1(low), np.expm1(high)))
    assert (found.estimate_kind, found.method) == ("percent_change", "t")


def test_against_controls_is_welchs_interval() -> None:
    rng = np.random.default_rng(2)
    values = rng.uniform(0.3, 0.9, (4, 15))
    frame = pd.concat([pilot(values[0], values[1], CLOSURE, "S"), pilot(values[2], values[3], CLOSURE, "K")])
    clinicians = pd.DataFrame({"group": ["scribe"] * 15 + ["control"] * 15})
    clinicians.index = pd.Index([f"S{i:02d}" for i in range(15)] + [f"K{i:02d}" for i in range(15)])
    theirs = scipy.stats.ttest_ind(values[1] - values[0], values[3] - values[2], equal_var=False)
    low, high = theirs.confidence_interval()
    found = of(frame, CLOSURE, clinicians, versus_control=True)
    one = found.analyses["complete_case"]
    assert (one.low, one.high) == pytest.approx((low, high))
    assert (one.n_clinicians, one.method, found.n_control_missing) == (30, "welch_t", 0)
    with pytest.raises(InputError, match="K00"):
        of(frame, CLOSURE, clinicians.iloc[:15])
    alone = of(frame, CLOSURE, clinicians)
    assert alone.analyses["complete_case"].estimate == pytest.approx((values[1] - values[0]).mean())
    assert alone.n_listed == 15


def test_clinicians_without_a_row_are_missing_too() -> None:
    clinicians = pd.DataFrame(index=["S00", "S01", "S02", "S03"])
    found = of(pilot([10, 12, 11], [8, 9, None]), clinicians=clinicians)
    assert found.reasons == {"no_after_periods": 1, "no_ehr_use": 1}
    assert found.tipping_point.n_missing == 2


def test_mixed_model_is_taken_as_handed_in() -> None:
    frame = pilot([10, 12, 11], [8, 9, 9])
    assert of(frame).analyses["mixed_model"].why == "not_computed"
    mar = {"estimate": -0.2, "low": -0.3, "high": -0.1, "n_clinicians": 3, "estimate_kind": "percent_change"}
    found = of(frame, mar=mar).analyses["mixed_model"]
    assert (found.estimate, found.low, found.high, found.n_clinicians) == (-0.2, -0.3, -0.1, 3)


def test_a_last_period_of_0_has_no_log_and_a_phase_of_0_takes_all_to_the_raw_scale() -> None:
    rows = [("S1", "2024-01-01", "before", 10.0, 1.0), ("S1", "2024-05-01", "after", 5, 1)]
    rows += [("S2", "2024-01-01", "before", 10, 1), ("S2", "2024-05-01", "after", 4, 1)]
    last = of(use([*rows, ("S1", "2024-05-08", "after", 0, 1)])).analyses["last_period"]
    assert (last.estimate, last.why) == (None, "zero_value")
    raw = of(use([*rows[:3], ("S2", "2024-05-01", "after", 0, 1)]))
    assert (raw.scale, raw.fallback, raw.n_zero) == ("raw", "raw", 1)
    assert raw.analyses["complete_case"].estimate == pytest.approx(-7.5)
    assert raw.analyses["last_period"].estimate == pytest.approx(-7.5)


def test_without_the_controls_change_their_values_play_no_part() -> None:
    frame = pd.concat([pilot([10, 12, 11], [8, 9, 9]), pilot([10, 0], [0, 9], prefix="K")])
    clinicians = pd.DataFrame({"group": ["scribe"] * 3 + ["control"] * 2})
    clinicians.index = pd.Index(["S00", "S01", "S02", "K00", "K01"])
    assert of(frame, clinicians=clinicians) == of(pilot([10, 12, 11], [8, 9, 9]))
    assert of(frame, clinicians=clinicians, versus_control=True).fallback == "raw"


def tip(change: Any, n_missing: int, **options: Any) -> TippingPoint:
    control = options.pop("control", None)
    arguments: dict[str, Any] = {"scale": "raw", "alpha": 0.05} | options
    return tipping_point(Arm(np.asarray(change, dtype=float), n_missing), control, **arguments)


def test_tipping_point_by_hand() -> None:
    """Changes -3, -2, -1 (m = -2, s = 1, n = 3), 3 missing of 6: pi = 1/2, t(2) = 4.30265.

    The interval is -2 -+ 4.30265 / sqrt(3) = -2 -+ 2.484: it takes in 0 without a shift.  With alpha 0.2,
    t(2) = 1.88562, t^2 = 32/9: (-2 + d/2)^2 = 32/9 * (1/3 + d^2 / 24) has the roots (2 -+ sqrt(4 - a c)) / a
    with a = 1/4 - 4/27 = 11/108 and c = 4 - 32/27 = 76/27, halved b = -1: (1 - sqrt(1 - a c)) / a.
    """
    assert tip([-3, -2, -1], 3).status == "includes_zero"
    a, c = 11 / 108, 76 / 27
    found = tip([-3, -2, -1], 3, alpha=0.2)
    assert found.delta == pytest.approx((1 - (1 - a * c) ** 0.5) / a)
    assert found.status == "reached"
    assert found.missing_change == pytest.approx(-2 + (found.delta or 0))
    assert found.relative == pytest.approx((found.delta or 0) / -2)
    assert found.delta_zero == pytest.approx(4)
    assert tip([-3, -2, -1], 0, alpha=0.2).status == "nobody_missing"
    assert tip([-3, -2, -1], 0, alpha=0.2).delta is None
    assert tip([-2, -2, -2], 3).status == "undefined"


changes = st.lists(st.integers(-40, 12).map(lambda steps: steps / 40), min_size=3, max_size=30)


@given(changes, st.integers(1, 30))
def test_at_the_tipping_point_the_interval_touches_zero(change: list[float], n_missing: int) -> None:
    found = tip(change, n_missing, limit=1e9)
    if found.status != "reached":
        return
    values = np.array(change)
    n, total = len(values), len(values) + n_missing
    share, sign = n_missing / total, -np.sign(values.mean())
    t = scipy.stats.t.ppf(0.975, n - 1)

    def nearer_end(delta: float) -> float:
        half = t * (values.var(ddof=1) / n + share * (1 - share) * delta**2 / total) ** 0.5
        return float(values.mean() + share * delta + sign * half)

    other = scipy.optimize.brentq(nearer_end, 0, -values.mean() / share)
    assert found.delta == pytest.approx(other, rel=1e-6, abs=1e-9)
    assert np.sign(found.delta or 0) == sign


@given(changes, st.integers(1, 30), st.sampled_from([60.0, -1.0]))
def test_unit_and_direction_do_not_matter(change: list[float], n_missing: int, factor: float) -> None:
    one, other = tip(change, n_missing), tip(factor * np.array(change), n_missing)
    assert other.status == one.status
    if one.delta is not None:
        assert other.delta == pytest.approx(factor * one.delta)
        assert other.relative == pytest.approx(one.relative)


@given(changes, st.integers(1, 20))
def test_more_missing_tip_sooner(change: list[float], n_missing: int) -> None:
    one, more = tip(change, n_missing, limit=1e9), tip(change, n_missing + 1, limit=1e9)
    if one.status == "reached":
        assert abs(more.relative or 0) < abs(one.relative or 0)


def test_not_reached_within_the_limit_and_told_in_percent() -> None:
    change = np.random.default_rng(3).normal(-0.3, 0.1, 40)
    assert tip(change, 1, scale="log").status == "not_reached"
    assert tip(change, 1, scale="log").delta is None
    found, raw = tip(change, 20, scale="log"), tip(change, 20)
    assert raw.delta is not None
    assert raw.missing_change is not None
    assert found.delta == pytest.approx(np.expm1(raw.delta))
    assert found.missing_change == pytest.approx(np.expm1(raw.missing_change))
    assert found.estimate_kind == "percent_change"


def test_curve_starts_at_the_complete_case_and_shrinks() -> None:
    change = np.random.default_rng(4).normal(-0.3, 0.2, 30)
    low, high = scipy.stats.ttest_1samp(change, 0).confidence_interval()
    curve = tip(change, 10).curve
    assert (curve[0].low, curve[0].high) == pytest.approx((low, high))
    assert [one.lost for one in curve] == [0, 0.5, 1, 1.5, 2]
    assert curve[2].delta == pytest.approx(-change.mean())
    assert curve[2].estimate == pytest.approx(change.mean() * 30 / 40)


def test_variance_is_what_multiple_imputation_tends_to() -> None:
    """Rubin's rules over many proper normal imputations shifted by delta, against the formula."""
    rng = np.random.default_rng(5)
    change, n_missing, m = rng.normal(-0.3, 0.2, 200), 80, 4_000
    curve = tip(change, n_missing).curve[4]
    delta, n = curve.delta or 0, len(change)
    sd = change.std(ddof=1) * np.sqrt((n - 1) / rng.chisquare(n - 1, m))
    mean = rng.normal(change.mean(), sd / n**0.5)
    filled = rng.normal(mean[:, None], sd[:, None], (m, n_missing)) + delta
    completed = np.concatenate([np.tile(change, (m, 1)), filled], axis=1)
    total = completed.shape[1]
    within, between = completed.var(axis=1, ddof=1).mean() / total, completed.mean(axis=1).var(ddof=1)
    half = scipy.stats.t.ppf(0.975, n - 1) * (within + between * (1 + 1 / m)) ** 0.5
    assert curve.estimate == pytest.approx(completed.mean(), abs=0.002)
    assert ((curve.high or 0) - (curve.low or 0)) / 2 == pytest.approx(half, rel=0.03)


def test_control_arm_is_taken_away_and_stays_at_its_mean() -> None:
    rng = np.random.default_rng(6)
    scribe, control = rng.normal(-0.4, 0.2, 30), rng.normal(-0.1, 0.2, 25)
    found = tip(scribe, 10, control=Arm(control, 7))
    theirs = scipy.stats.ttest_ind(scribe, control, equal_var=False)
    low, high = theirs.confidence_interval()
    assert (found.curve[0].low, found.curve[0].high) == pytest.approx((low, high))
    t, share = scipy.stats.t.ppf(0.975, theirs.df), 0.25
    variance = scribe.var(ddof=1) / 30 + control.var(ddof=1) / 25
    effect = scribe.mean() - control.mean()
    assert found.delta is not None
    half = t * (variance + share * (1 - share) * found.delta**2 / 40) ** 0.5
    assert effect + share * found.delta + half == pytest.approx(0, abs=1e-12)
    assert found.missing_change == pytest.approx(scribe.mean() + found.delta)


def test_study_json_shape_is_plain_json() -> None:
    found = json.loads(json.dumps(asdict(of(pilot([10, 12, 11, 9], [8, 9, 9, None])))))
    assert list(found["analyses"]) == ["complete_case", "last_period", "mixed_model"]
    assert {"status", "delta", "relative", "curve", "formula"} <= set(found["tipping_point"])


def test_rows_in_any_order_give_the_same() -> None:
    frame = pilot([10, 12, 11, 9], [8, 9, 9, None])
    assert of(frame) == of(frame.iloc[::-1])


def test_bad_input() -> None:
    frame = pilot([10, 12], [8, 9])
    with pytest.raises(InputError, match="not in the clinicians table"):
        of(frame, clinicians=pd.DataFrame(index=["S00"]))
    with pytest.raises(InputError, match="alpha"):
        of(frame, alpha=0)
