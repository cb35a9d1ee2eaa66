"""The linear mixed model: against lme4, lmerTest, pbkrtest, nlme, statsmodels and theory."""

import json
import warnings
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import FloatArray, bca_interval, resample
from scribeeval.stats.design_matrix import DesignMatrix, build
from scribeeval.stats.measures import MEASURES
from scribeeval.stats.mixed import MixedResult, Scale, mixed_model, mixed_models
from scribeeval.stats.mixed_guard import degenerate
from scribeeval.stats.mixed_inference import kenward_roger, satterthwaite
from scribeeval.stats.mixed_optimum import fit_reml
from scribeeval.stats.mixed_reml import lay_out, sums

FOLDER = Path(__file__).parent / "golden"
GOLDEN = json.loads((FOLDER / "mixed.json").read_text(encoding="utf-8"))["cases"]
NOTES = MEASURES["time_in_notes_min_per_appointment"]
DATA = pd.read_csv(FOLDER / "mixed.csv").assign(measure=NOTES.name)
OUR_NAMES = {
    "(Intercept)": "intercept",
    "at": "phase",
    "c": "specialty[cardiology]",
    "n": "specialty[neurology]",
    "load": "denominator",
}
ESTIMATES = ("estimate", "low", "high", "standard_error", "df", "statistic", "p_value")


def frame_of(name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = DATA[DATA["set"] == name]
    clinicians = rows.drop_duplicates("clinician_id").set_index("clinician_id")[["years", "specialty"]]
    return rows, clinicians


def design_of(name: str, **options: Any) -> DesignMatrix:
    rows, clinicians = frame_of(name)
    return build(rows, NOTES, clinicians, **options)


def design_from(y: Any, phase: Any, clinician: Any) -> DesignMatrix:
    """A design without covariates from plain columns; a clinician's periods in the order given."""
    frame = pd.DataFrame({"clinician_id": clinician, "phase": phase, "numerator": y})
    week = frame.groupby("clinician_id").cumcount()
    dates = pd.Timestamp("2024-01-01") + pd.to_timedelta(7 * week, unit="D")
    frame["phase"] = np.where(frame["phase"] == 1, "after", "before")
    frame = frame.assign(period_start=dates.astype(str), measure=NOTES.name, denominator=1.0)
    return build(frame, NOTES)


def fit(design: DesignMatrix, scale: Scale = "raw", **options: Any) -> MixedResult:
    return mixed_model(design, scale, **{"resamples": 50, "seed": 1} | options)


def reml(design: DesignMatrix, y: FloatArray, structure: str) -> Any:
    return fit_reml(sums(lay_out(design.x, design.x[:, design.at], design.clusters), y), structure)


def our_name(name: str) -> str:
    parts = [OUR_NAMES.get(part, part) for part in name.split(":")]
    return ":".join(parts)


def case_id(case: dict[str, Any]) -> str:
    return f"{case['set']}: {case['formula']}"


@st.composite
def studies_without_noise(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    """Draw few clinicians with values rounded until weeks, levels or changes are often equal."""
    rng = np.random.default_rng(draw(st.integers(0, 100_000)))
    sizes = [tuple(draw(st.integers(1, 4)) for _ in range(2)) for _ in range(draw(st.integers(2, 6)))]
    clinician = np.repeat(np.arange(len(sizes)), [sum(size) for size in sizes])
    phase = np.concatenate([np.repeat([0.0, 1.0], size) for size in sizes])
    spreads = [draw(st.sampled_from([0.0, 1e-6, 1e-3, 0.3])) for _ in range(3)]
    level, change = (spread * rng.normal(size=len(sizes)) for spread in spreads[:2])
    y = 10 * np.exp(level[clinician] + change[clinician] * phase + spreads[2] * rng.normal(size=len(phase)))
    return np.round(y, draw(st.integers(0, 6))), phase, [f"c{i}" for i in clinician]


@pytest.mark.parametrize("case", [c for c in GOLDEN if not c["singular"]], ids=case_id)
def test_golden_values(case: dict[str, Any]) -> None:
    design = design_of(
        case["set"],
        covariates=case["covariates"],
        time_varying=case["time_varying"],
        cross_with_phase=case["cross"],
    )
    y = np.log(design.y) if case["scale"] == "log" else design.y
    found = reml(design, y, case["random_effects"])
    assert found.converged
    assert found.point.deviance == pytest.approx(case["deviance"], rel=1e-9)
    ours = {one.name: one for one in satterthwaite(found, design.names, 0.05)}
    rows = [ours[our_name(name)] for name in case["names"]]
    for key, tolerance in (("estimate", 1e-6), ("standard_error", 1e-6), ("df", 1e-6), ("p_value", 2e-6)):
        assert [getattr(row, key) for row in rows] == pytest.approx(case[key], rel=tolerance), key
    second = kenward_roger(found, "phase", design.at, 0.05)
    for key, value in case["kenward_roger"].items():
        assert getattr(second, key) == pytest.approx(value, rel=1e-6), key
    # nlme stops earlier than lme4: its deviance is the same, its variances less so.
    witness = case["nlme"]
    assert found.point.deviance == pytest.approx(witness["deviance"], rel=1e-7)
    assert [row.estimate for row in rows] == pytest.approx(witness["estimate"], rel=2e-3)
    assert [row.standard_error for row in rows] == pytest.approx(witness["standard_error"], rel=5e-4)


def plain_slope(scale: str) -> dict[str, Any]:
    """Find the unbalanced study's fit with a random slope and without covariates."""
    plain = {"set": "unbalanced", "scale": scale, "random_effects": "slope", "names": ["(Intercept)", "at"]}
    (case,) = (c for c in GOLDEN if all(c[key] == value for key, value in plain.items()))
    return cast(dict[str, Any], case)


@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_intervals_are_those_of_students_t(alpha: float) -> None:
    found = fit(design_of("unbalanced"), "log", alpha=alpha)
    case = plain_slope("log")
    reach = scipy.stats.t.ppf(1 - alpha / 2, case["df"][1]) * case["standard_error"][1]
    expected = np.expm1([case["estimate"][1] - reach, case["estimate"][1] + reach])
    assert (found.low, found.high) == pytest.approx(tuple(expected), rel=1e-6)
    assert found.level == 1 - alpha


@given(studies_without_noise())
@settings(max_examples=30)
def test_rounded_and_lopsided_data_never_break(study: tuple[Any, Any, Any]) -> None:
    """Small, tied or nearly saturated studies: a defined result is finite, an undefined one says why."""
    y, phase, clinician = study
    scales: tuple[Scale, ...] = ("raw", "log")
    for scale in scales:
        found = fit(design_from(y, phase, clinician), scale, resamples=20)
        numbers = [getattr(found, key) for key in ESTIMATES]
        if found.estimate is None:
            assert found.why is not None
        else:
            assert np.isfinite(numbers).all()
        assert (found.fallback is None) or found.why is not None


@pytest.mark.parametrize("scale", ["raw", "log"])
def test_variances_are_in_the_readers_coding(scale: Scale) -> None:
    case = plain_slope(scale)
    found = fit(design_of("unbalanced"), scale).variances
    assert found is not None
    theirs = list(case["variances"].values())
    correlation = theirs[2] / (theirs[0] * theirs[1]) ** 0.5
    ours = (found.level, found.change, found.correlation, found.residual)
    assert ours == pytest.approx((theirs[0], theirs[1], correlation, theirs[3]), rel=1e-5)
    assert found.level_at == "before"


def test_singular_slope_falls_back_and_says_so() -> None:
    """lme4 reports a correlation of 1 here; the next simpler model is that of lme4 without it."""
    correlated, uncorrelated = (
        c for c in GOLDEN if c["set"] == "alike" and c["random_effects"].startswith("slope")
    )
    found = fit(design_of("alike"), "log")
    assert correlated["singular"]
    assert (found.random_effects, found.fallback) == ("slope_uncorrelated", "slope_uncorrelated")
    assert found.why == "correlation_at_limit"
    assert found.standard_error == pytest.approx(uncorrelated["standard_error"][1], rel=1e-6)
    assert "(0 + phase_centred | clinician)" in found.model_formula


def test_no_variance_between_clinicians_equals_least_squares() -> None:
    (case,) = (c for c in GOLDEN if c["set"] == "none")
    design = design_of("none")
    found = fit(design, "log", random_effects="intercept")
    assert (case["singular"], found.fallback, found.why) == (True, "none", "no_level_variance")
    theirs = scipy.stats.linregress(design.x[:, 1], np.log(design.y))
    assert found.estimate == pytest.approx(np.expm1(theirs.slope))
    assert found.statistic == pytest.approx(theirs.slope / theirs.stderr)
    # Least squares has as many degrees of freedom as weeks, less two; the fallback has the clinicians'.
    freedom = len(design.clinician_ids) - 1
    assert freedom < len(design.y) - 2
    assert found.df == freedom
    assert found.p_value == pytest.approx(2 * scipy.stats.t.sf(abs(theirs.slope / theirs.stderr), freedom))
    assert found.standard_error == pytest.approx(case["standard_error"][1], rel=1e-6)
    assert found.variances is not None
    assert found.variances.level is None


# ---- theory -------------------------------------------------------------------------------------

weeks = st.integers(2, 5)


@st.composite
def studies(draw: st.DrawFn, *, balanced: bool = False, least: int = 3) -> tuple[Any, Any, Any]:
    """Draw a small study: y above 0, phase and clinician of every row."""
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    k = draw(st.integers(least, 9))
    same = draw(weeks), draw(weeks)
    sizes = [same if balanced else (int(rng.integers(1, 6)), int(rng.integers(1, 6))) for _ in range(k)]
    clinician = np.repeat(np.arange(k), [b + a for b, a in sizes])
    phase = np.concatenate([np.repeat([0.0, 1.0], size) for size in sizes])
    level, change = rng.normal(0, 0.4, k), rng.normal(-0.2, 0.4, k)
    noise = rng.normal(0, 0.2, len(phase))
    y = 10 * np.exp(level[clinician] + change[clinician] * phase + noise)
    return y, phase, [f"c{i}" for i in clinician]


@given(studies(balanced=True))
@settings(max_examples=25)
def test_a_balanced_study_gives_the_paired_t_test(study: tuple[Any, Any, Any]) -> None:
    """With a level and a change for each clinician, the means before and after are sufficient."""
    y, phase, clinician = study
    found = fit(design_from(y, phase, clinician), "log")
    means = (
        pd.DataFrame({"c": clinician, "p": phase, "y": np.log(y)}).groupby(["c", "p"])["y"].mean().unstack()
    )
    theirs = scipy.stats.ttest_rel(means[1.0], means[0.0])
    assert found.estimate == pytest.approx(np.expm1((means[1.0] - means[0.0]).mean()))
    if found.random_effects == "slope":
        assert (found.statistic, found.df) == pytest.approx((theirs.statistic, len(means) - 1), rel=1e-6)
        assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-5)
        second = found.kenward_roger
        assert second is not None
        assert (second.standard_error, second.df) == pytest.approx((found.standard_error, found.df), rel=1e-6)


@given(studies())
@settings(max_examples=25)
def test_no_other_variances_fit_better(study: tuple[Any, Any, Any]) -> None:
    """The deviance is that of the dense model, and least at the estimate: no false zero (lme4#17)."""
    y, phase, clinician = study
    design = design_from(y, phase, clinician)
    found = reml(design, np.log(design.y), "intercept")
    same = design.clusters[:, None] == design.clusters

    def dense(relative: float) -> float:
        v = np.eye(len(y)) + relative * same
        inverse = np.linalg.inv(v)
        information = design.x.T @ inverse @ design.x
        b = np.linalg.solve(information, design.x.T @ inverse @ np.log(design.y))
        r = np.log(design.y) - design.x @ b
        spare = len(y) - 2
        s2 = r @ inverse @ r / spare
        logs = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
        return float(logs + spare * (1 + np.log(2 * np.pi * s2)))

    at = float(found.point.covariance[0, 0])
    assert found.point.deviance == pytest.approx(dense(at), rel=1e-9)
    others = [dense(relative) for relative in (0.0, at / 2, at * 1.5, 0.01, 0.1, 1.0, 10.0)]
    assert found.point.deviance <= min(others) + 1e-7


def test_derivatives_are_those_of_the_deviance() -> None:
    """The Hessian in (G, s2) against differences of the dense deviance, which profiles neither."""
    design = design_of("unbalanced", covariates=("years",))
    y = np.log(design.y)
    found = reml(design, y, "slope")
    z = np.stack([np.ones(len(y)), design.x[:, 1] - 0.5], axis=1)
    same = design.clusters[:, None] == design.clusters

    def dense(v: FloatArray) -> float:
        scale = found.point.s2
        g = scale * np.array([[v[0], v[1]], [v[1], v[2]]])
        full = scale * v[3] * np.eye(len(y)) + same * (z @ g @ z.T)
        inverse = np.linalg.inv(full)
        information = design.x.T @ inverse @ design.x
        r = y - design.x @ np.linalg.solve(information, design.x.T @ inverse @ y)
        return float(np.linalg.slogdet(full)[1] + np.linalg.slogdet(information)[1] + r @ inverse @ r)

    d = found.point.covariance
    at = np.array([d[0, 0], d[1, 0], d[1, 1], 1.0])
    steps = np.diag(1e-3 * np.array([at[0], 0.3 * at[2], at[2], 1.0]))
    size = steps.diagonal()
    for i in range(4):
        for j in range(4):
            corners = [
                dense(at + p * steps[i] + q * steps[j]) for p, q in ((1, 1), (1, -1), (-1, 1), (-1, -1))
            ]
            second = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * size[i] * size[j])
            scale = (found.derivatives.hessian[i, i] * found.derivatives.hessian[j, j]) ** 0.5
            assert found.derivatives.hessian[i, j] == pytest.approx(second, abs=2e-5 * scale), (i, j)


def test_what_covariates_can_and_cannot_do() -> None:
    """Uncrossed, they leave a balanced phase coefficient as it is; crossed and centred, its meaning."""
    alone = fit(design_of("balanced"))
    beside = fit(design_of("balanced", covariates=("years",), cross_with_phase=False))
    crossed = fit(design_of("balanced", covariates=("years",)))
    assert beside.estimate == pytest.approx(alone.estimate)
    assert beside.standard_error == pytest.approx(alone.standard_error, rel=1e-6)
    assert crossed.estimate == pytest.approx(alone.estimate)
    assert crossed.df == pytest.approx(8)  # ten clinicians, a line through their changes
    time_varying = fit(design_of("balanced", time_varying=("denominator",)))
    assert abs(cast(float, time_varying.estimate) - cast(float, alone.estimate)) > 0.01
    # By hand: without centring, phase would be the change at 0 years in practice.
    rows, clinicians = frame_of("balanced")
    moved = build(rows, NOTES, clinicians.assign(years=clinicians["years"] + 100), covariates=("years",))
    assert fit(moved).estimate == pytest.approx(crossed.estimate)


@given(studies(), st.sampled_from(["raw", "log"]), st.randoms(use_true_random=False))
@settings(max_examples=12)
def test_symmetries(study: tuple[Any, Any, Any], scale: Scale, random: Any) -> None:
    y, phase, clinician = study
    found = fit(design_from(y, phase, clinician), scale)
    if found.estimate is None or found.standard_error is None:
        return
    swapped = fit(design_from(y, 1 - phase, clinician), scale)
    opposite = 1 / (1 + found.estimate) - 1 if scale == "log" else -found.estimate
    assert swapped.random_effects == found.random_effects
    assert swapped.estimate == pytest.approx(opposite, rel=1e-6, abs=1e-9)
    assert (swapped.standard_error, swapped.df) == pytest.approx((found.standard_error, found.df), rel=1e-5)
    hours = fit(design_from(y / 60, phase, clinician), scale)
    assert hours.estimate == pytest.approx(
        found.estimate if scale == "log" else found.estimate / 60, rel=1e-6
    )
    assert (hours.p_value, hours.df) == pytest.approx((found.p_value, found.df), rel=1e-5)
    assert hours.random_effects == found.random_effects
    # Other names sort the clinicians otherwise.
    names = sorted(set(clinician))
    random.shuffle(names)
    renamed = dict(zip(sorted(set(clinician)), names, strict=True))
    other = fit(design_from(y, phase, [renamed[c] for c in clinician]), scale)
    for key in ESTIMATES:
        assert getattr(other, key) == pytest.approx(getattr(found, key), rel=1e-5, abs=1e-9), key


@given(st.randoms(use_true_random=False))
@settings(max_examples=4)
def test_order_of_rows_changes_nothing(random: Any) -> None:
    rows, clinicians = frame_of("unbalanced")
    order = list(range(len(rows)))
    random.shuffle(order)
    options: dict[str, Any] = {"covariates": ("years",)}
    assert fit(build(rows.iloc[order], NOTES, clinicians, **options)) == fit(
        build(rows, NOTES, clinicians, **options)
    )
    # Nor does the order in which a layout is given its rows.
    design = design_of("unbalanced")
    mixed = lay_out(design.x[::-1], design.x[::-1, 1], design.clusters[::-1])
    assert fit_reml(sums(mixed, design.y[::-1]), "slope").point.deviance == pytest.approx(
        reml(design, design.y, "slope").point.deviance
    )


# ---- the bootstrap ------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "covariates"), [("slope", ("years",)), ("intercept", ())])
def test_bootstrap_equals_weighted_least_squares_of_resampled_clinicians(
    asked: str, covariates: tuple[str, ...]
) -> None:
    """Each resample solved again from whole matrices, the variances as estimated."""
    design = design_of("unbalanced", covariates=covariates)
    found = fit(design, random_effects=asked, resamples=40, seed=7)
    point = reml(design, design.y, asked).point
    z = np.stack([np.ones(len(design.y)), design.x[:, 1] - 0.5], axis=1)[:, : len(point.covariance)]
    parts = []
    for i in range(len(design.clinician_ids)):
        at = design.clusters == i
        inverse = np.linalg.inv(np.eye(at.sum()) + z[at] @ point.covariance @ z[at].T)
        xw = design.x[at].T @ inverse
        parts.append((xw @ design.x[at], xw @ design.y[at]))

    def solved(units: Any) -> float:
        information, score = (sum(parts[i][part] for i in units) for part in (0, 1))
        return float(np.linalg.solve(information, score)[1])

    k = len(parts)
    replicates = [solved(units) for block in resample(k, 40, 7) for units in block]
    left_out = [solved([j for j in range(k) if j != i]) for i in range(k)]
    expected = bca_interval(cast(float, found.estimate), replicates, left_out, 0.95)
    assert found.bootstrap is not None
    assert expected is not None
    assert (found.bootstrap.low, found.bootstrap.high) == pytest.approx((expected.low, expected.high))
    assert found.bootstrap.n_undefined == 0


def test_bootstrap_says_when_resamples_lack_a_level() -> None:
    rows, clinicians = frame_of("unbalanced")
    lone = clinicians.assign(specialty=["urology", *["neurology"] * 17])
    found = fit(build(rows, NOTES, lone, covariates=("specialty",)), "log").bootstrap
    assert found is not None
    assert (found.low, found.high, found.why) == (None, None, "levels_missing")
    assert found.n_undefined > 5


# ---- the guard ----------------------------------------------------------------------------------


def alike(seed: int) -> tuple[FloatArray, FloatArray, list[str]]:
    """Clinicians whose means are equal but for chance taken out: their variance is 0."""
    k, w = 20, 6
    noise = np.random.default_rng(seed).normal(size=(k, w))
    noise -= noise.mean(axis=1, keepdims=True)
    phase = np.tile(np.repeat([0.0, 1.0], w // 2), k)
    return 10 - 2 * phase + noise.ravel(), phase, [f"c{i:02d}" for i in np.repeat(np.arange(k), w)]


def test_degenerate_fit_of_statsmodels_is_caught_and_ours_is_none() -> None:
    """statsmodels#10239: an intercept of 0 in data around 10, and converged is True."""
    import statsmodels.api as sm

    y, phase, clinician = alike(seed=36)
    design = design_from(y, phase, clinician)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            theirs = sm.MixedLM(design.y, design.x, design.clusters).fit(reml=True, method="lbfgs")
        except np.linalg.LinAlgError:
            pytest.skip("this statsmodels fails here instead")
        ours = sm.OLS(design.y, design.x).fit()
        if abs(theirs.params[0]) > 1:
            pytest.skip("this statsmodels has #10239 put right")
        assert theirs.converged
        errors = np.ones(2)  # theirs need not exist
        assert degenerate(theirs.params[:2], errors, ours.params, ours.bse) == "fixed_effects_zero"
    found = fit(design, random_effects="intercept")
    assert (found.fallback, found.why) == ("none", "no_level_variance")
    assert found.coefficients[0].estimate == pytest.approx(ours.params[0])
    assert found.estimate == pytest.approx(ours.params[1])


@pytest.mark.parametrize(
    ("estimates", "errors", "fault"),  # least squares: 10 and -2, both with a standard error of 0.2
    [
        ([10.0, -2.0], [0.3, 0.2], None),
        ([0.0, -2.0], [0.3, 0.2], "fixed_effects_zero"),
        ([-5e-16, -2.0], [0.3, 0.2], "fixed_effects_zero"),
        ([10.0, np.nan], [0.3, 0.2], "not_finite"),
        ([10.0, -2.0], [0.3, 0.0], "not_finite"),
        ([10.0, -2.0], [np.inf, 0.2], "not_finite"),
    ],
)
def test_degenerate(estimates: list[float], errors: list[float], fault: str | None) -> None:
    assert degenerate(np.array(estimates), np.array(errors), np.array([10.0, -2.0]), np.full(2, 0.2)) == fault


def test_a_change_of_exactly_0_is_no_fault() -> None:
    y = [10.0, 11, 10, 11, 8, 9, 8, 9, 12, 14, 14, 12]
    found = fit(design_from(y, [0, 0, 1, 1] * 3, np.repeat(["a", "b", "c"], 4)))
    assert found.estimate == pytest.approx(0, abs=1e-12)
    assert found.why != "fixed_effects_zero"


def test_one_period_in_each_phase_leaves_no_slope_but_gives_the_paired_t_test() -> None:
    y = np.array([10.0, 8, 12, 9, 9, 9.5, 14, 11, 20, 17])
    found = fit(design_from(y, [0, 1] * 5, np.repeat(list("abcde"), 2)))
    theirs = scipy.stats.ttest_rel(y[1::2], y[::2])
    assert (found.fallback, found.why) == ("intercept", "too_few_periods")
    assert [attempt.random_effects for attempt in found.attempts] == ["slope", "intercept"]
    assert (found.statistic, found.p_value, found.df) == pytest.approx((theirs.statistic, theirs.pvalue, 4))


def test_changes_that_differ_between_clinicians_with_one_level_keep_their_variance() -> None:
    """By hand: the mean of before and after is 10 in everyone, the changes are -4, 0, 4 ...; no OLS."""
    change = np.repeat([-4.0, 0, 4, 2, -2, -3, 3, 1], 8)
    phase = np.tile([0, 0, 0, 0, 1, 1, 1, 1.0], 8)
    noise = np.tile([0.3, -0.3, 0.2, -0.2, 0.1, -0.1, 0.4, -0.4], 8)
    found = fit(design_from(10 + (phase - 0.5) * change + noise, phase, np.repeat(list("abcdefgh"), 8)))
    assert (found.random_effects, found.why) == ("slope_alone", "no_level_variance")
    assert found.variances is not None
    assert found.variances.change == pytest.approx(np.var(change[::8], ddof=1), rel=0.01)
    assert found.df == pytest.approx(7)


@pytest.mark.parametrize(
    ("y", "scale", "why"),
    [
        ([10.0, 10, 8, 8, 12, 12, 10, 10, 9, 9, 7, 7], "raw", "no_residual"),
        ([5.0] * 12, "log", "no_residual"),
        ([0.0] * 12, "raw", "no_residual"),
        ([0.0, 1, 0, 2, 3, 4, 0, 5, 6, 7, 8, 9], "log", "zero_values"),
    ],
)
def test_undefined_says_why(y: list[float], scale: Scale, why: str) -> None:
    found = fit(design_from(y, [0, 0, 1, 1] * 3, np.repeat(["a", "b", "c"], 4)), scale)
    assert [getattr(found, key) for key in ESTIMATES] == [None] * 7
    assert (found.why, found.converged, found.bootstrap) == (why, False, None)
    assert found.n_zero_periods == y.count(0.0)


def test_one_clinician_is_undefined() -> None:
    found = fit(design_from([10.0, 11, 8, 9], [0, 0, 1, 1], ["a"] * 4))
    assert (found.estimate, found.why, found.n_clinicians) == (None, "one_clinician", 1)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"random_effects": "slopes"}, "random_effects 'slopes' is not known; did you mean 'slope'"),
        ({"alpha": 0.0}, "alpha is 0.0"),
        ({"resamples": 0}, "0 resamples"),
    ],
)
def test_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        fit(design_of("balanced"), **options)


def test_study_json_blocks() -> None:
    blocks = mixed_models(design_of("unbalanced", covariates=("years",)), resamples=50, seed=1)
    assert list(blocks) == ["mixed_log", "mixed_raw"]
    text = json.dumps(blocks, allow_nan=False)
    assert json.loads(text)["mixed_log"]["scale"] == "log"
    log, raw = blocks["mixed_log"], blocks["mixed_raw"]
    assert (log["estimate_kind"], raw["estimate_kind"]) == ("percent_change", "difference")
    assert log["estimate"] == pytest.approx(np.expm1(log["coefficients"][1]["estimate"]))
    assert log["model_formula"] == "log(value) ~ phase * (years) + (1 + phase | clinician)"
    assert log["excluded"] == {"periods": {}, "clinicians": {}}
    assert log["covariates"][0]["mean"] == pytest.approx(frame_of("unbalanced")[1]["years"].mean())


@pytest.mark.parametrize("name", ["unbalanced", "balanced"])
def test_statsmodels_agrees(name: str) -> None:
    import statsmodels.api as sm

    design = design_of(name, covariates=("years",))
    z = np.stack([np.ones(len(design.y)), design.x[:, 1] - 0.5], axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = sm.MixedLM(np.log(design.y), design.x, design.clusters, exog_re=z).fit(reml=True)
    ours = [one.estimate for one in fit(design, "log").coefficients]
    assert ours == pytest.approx(list(theirs.params[:4]), rel=1e-3, abs=1e-5)
    found = reml(design, np.log(design.y), "slope")
    assert found.point.deviance == pytest.approx(-2 * theirs.llf, rel=1e-6)
