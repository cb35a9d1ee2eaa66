"""The front: which models a measure gets, on which scale, and what a fallback looks like."""

import json
from typing import Any

import numpy as np
import pytest

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.fractional import fractional_logit
from scribeeval.stats.gee import gee
from scribeeval.stats.robust import cluster_robust_ols
from scribeeval.stats.second_opinions import second_opinions

NAMES = ("one", "after", "years")
AFTER = 1
KEYS = {
    "estimate", "low", "high", "standard_error", "df", "statistic", "p_value", "scale", "estimate_kind",
    "method", "n_clinicians", "n_periods", "dropped_columns", "converged", "fallback", "why",
}  # fmt: skip


def minutes(seed: int = 1, clinicians: int = 12, weeks: int = 10) -> tuple[FloatArray, FloatArray, Any]:
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(clinicians), weeks)
    after = np.tile(np.arange(weeks) >= weeks // 2, clinicians).astype(float)
    x = np.column_stack([np.ones(len(who)), after, rng.normal(size=clinicians)[who]])
    level = 2 + 0.3 * rng.normal(size=clinicians)[who]
    return np.exp(level - 0.2 * after + 0.2 * rng.normal(size=len(who))), x, who


def shares(seed: int = 1) -> tuple[FloatArray, FloatArray, Any, FloatArray]:
    y, x, who = minutes(seed)
    trials = np.random.default_rng(seed).integers(10, 60, len(y)).astype(float)
    return np.clip(np.round(trials * y / 15), 1, trials) / trials, x, who, trials


def opinions(y: Any, x: Any, who: Any, **options: Any) -> dict[str, dict[str, Any]]:
    return second_opinions(y, x, NAMES, who, AFTER, **({"seed": 1, "resamples": 99} | options))


def test_models_of_a_time() -> None:
    y, x, who = minutes()
    result = opinions(y, x, who, kind="time")
    models = ["ols_cr2", "ols_within_cr2", "ols_wild", "gee"]
    assert list(result) == [*models, *(f"{name}_log" for name in models)]
    assert all(set(opinion) == KEYS for opinion in result.values())
    assert {opinion["estimate_kind"] for opinion in result.values()} == {"difference", "percent_change"}
    assert result == opinions(y, x, who, kind="length")
    ols = cluster_robust_ols(y, x, NAMES, who, AFTER).effect
    assert (result["ols_cr2"]["estimate"], result["ols_cr2"]["p_value"]) == (ols.estimate, ols.p_value)
    log = gee(np.log(y), x, NAMES, who, AFTER).effect
    assert log.estimate is not None
    assert log.low is not None
    gee_log = result["gee_log"]
    assert gee_log["estimate"] == pytest.approx(np.exp(log.estimate) - 1)
    assert gee_log["low"] == pytest.approx(np.exp(log.low) - 1)
    assert (gee_log["scale"], gee_log["standard_error"]) == ("log", log.standard_error)
    assert (gee_log["n_clinicians"], gee_log["n_periods"]) == (12, 120)
    assert all(opinion["estimate"] < 0 for opinion in result.values())
    assert json.loads(json.dumps(result, allow_nan=False)) == result


def test_models_of_a_share() -> None:
    y, x, who, trials = shares()
    result = opinions(y, x, who, kind="share", trials=trials)
    logits = ["gee", "fractional_logit", "quasi_binomial"]
    expected = [name for logit in logits for name in (logit, f"{logit}_odds_ratio")]
    assert list(result) == ["ols_cr2", "ols_within_cr2", "ols_wild", *expected]
    for name in expected[1::2]:
        assert result[name]["estimate_kind"] == "odds_ratio"
        assert 0 < result[name]["low"] < result[name]["estimate"] < result[name]["high"] < 1
    for name in ("ols_cr2", *logits):
        assert result[name]["estimate_kind"] == "percentage_points"
        assert -1 < result[name]["low"] < result[name]["estimate"] < result[name]["high"] < 0
    fit = fractional_logit(y, x, NAMES, who, AFTER, trials=trials)
    assert fit.marginal_effect is not None
    assert fit.effect.estimate is not None
    assert result["quasi_binomial"]["estimate"] == fit.marginal_effect.estimate
    assert result["quasi_binomial"]["standard_error"] == fit.marginal_effect.standard_error
    ratio = result["quasi_binomial_odds_ratio"]
    assert ratio["estimate"] == pytest.approx(np.exp(fit.effect.estimate))
    assert ratio["standard_error"] == fit.effect.standard_error
    without = opinions(y, x, who, kind="share")
    assert without == {name: result[name] for name in result if not name.startswith("quasi")}


def test_a_share_without_a_logit_falls_back_on_least_squares_and_says_so() -> None:
    y, x, who, trials = shares()
    y[x[:, AFTER] == 1] = 1.0
    result = opinions(y, x, who, kind="share", trials=trials)
    ols = result["ols_cr2"]
    for name in ("gee", "fractional_logit", "quasi_binomial"):
        opinion = result[name]
        assert (opinion["fallback"], opinion["why"]) == ("ols_cr2", "phase_all_0_or_1")
        assert (opinion["converged"], opinion["scale"]) == (False, "raw")
        assert opinion["method"] != ols["method"]
        for number in ("estimate", "low", "high", "standard_error", "df", "statistic", "p_value"):
            assert opinion[number] == ols[number]
        # Least squares has no odds ratio to fall back on.
        ratio = result[f"{name}_odds_ratio"]
        assert (ratio["estimate"], ratio["p_value"], ratio["fallback"]) == (None, None, None)
        assert ratio["why"] == "phase_all_0_or_1"


def test_a_week_of_0_minutes_has_no_logarithm_and_is_not_left_out() -> None:
    y, x, who = minutes()
    y[3] = 0.0
    result = opinions(y, x, who, kind="time")
    for name in ("ols_cr2_log", "ols_within_cr2_log", "ols_wild_log", "gee_log"):
        opinion = result[name]
        assert (opinion["estimate"], opinion["low"], opinion["p_value"]) == (None, None, None)
        assert (opinion["why"], opinion["fallback"]) == ("log_of_zero", None)
        assert (opinion["scale"], opinion["estimate_kind"]) == ("log", "percent_change")
        assert opinion["n_periods"] == len(y)
    assert result["ols_cr2"]["why"] is None


def test_a_phase_nobody_can_tell_from_a_trend_is_undefined_everywhere() -> None:
    y, x, who, _ = shares()
    x[:, 2] = x[:, AFTER]
    for kind in ("time", "share"):
        for name, opinion in opinions(y, x, who, kind=kind).items():
            assert (opinion["estimate"], opinion["why"]) == (None, "phase_collinear")
            # A column of ones does not vary within clinicians either.
            assert opinion["dropped_columns"] == (["one", "after"] if "within" in name else ["after"])


def test_swapped_phases_turn_every_model() -> None:
    y, x, who = minutes()
    swapped = x.copy()
    swapped[:, AFTER] = 1 - swapped[:, AFTER]
    plain, other = (opinions(y, table, who, kind="time") for table in (x, swapped))
    for name, opinion in plain.items():
        turned = other[name]
        assert turned["p_value"] == pytest.approx(opinion["p_value"])
        if opinion["estimate_kind"] == "difference":
            assert turned["estimate"] == pytest.approx(-opinion["estimate"])
        else:
            assert (1 + turned["estimate"]) * (1 + opinion["estimate"]) == pytest.approx(1)


def test_an_end_beyond_all_numbers_is_none() -> None:
    """Two clinicians: one degree of freedom, and exp of a wide interval."""
    who = np.repeat([0, 1], 20)
    x = np.column_stack([np.ones(40), np.arange(40) % 2, np.linspace(0, 1, 40) ** 2])
    y = np.exp(40 * np.random.default_rng(1).normal(size=40))
    result = opinions(y, x, who, kind="time", alpha=0.001)
    opinion = result["ols_cr2_log"]
    assert opinion["df"] < 1.5
    assert (opinion["high"], opinion["why"]) == (None, "few_degrees_of_freedom")
    assert opinion["estimate"] is not None
    json.dumps(result, allow_nan=False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "rate"}, "kind 'rate' is not known"),
        ({"kind": "time", "trials": np.ones(120)}, "trials were given for a time"),
        ({"kind": "time", "x": minutes()[1] * 2}, "values other than 0 and 1"),
        ({"kind": "time", "y": -minutes()[0]}, "120 rows are below 0"),
        ({"kind": "share"}, "shares are below 0 or above 1"),
    ],
)
def test_unusable_input_is_named(change: dict[str, Any], message: str) -> None:
    y, x, who = minutes()
    given = {"y": y, "x": x, "who": who} | change
    with pytest.raises(InputError, match=message):
        opinions(**given)
