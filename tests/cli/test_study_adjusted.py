"""The adjusted models and second opinions of `scribeeval study`, beside statsmodels' on the same weeks."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import statsmodels.api as sm

from cli.conftest import TIME_IN_NOTES
from cli.studies import CLOSURE, Pilot, both_measures

LOGITS = {"fractional_logit": "", "quasi_binomial": "denominator"}  # and the column of their weights


def test_mixed_model_is_that_of_statsmodels(pilot: Pilot) -> None:
    rows = pilot.rows(TIME_IN_NOTES)
    x = pilot.columns(rows)
    slope = x[["one", "phase"]]
    model = sm.MixedLM(np.log(rows["y"]), x, groups=rows["clinician_id"], exog_re=slope).fit()
    ours = pilot.result["measures"][TIME_IN_NOTES]["adjusted"]["mixed_log"]
    assert (ours["random_effects"], ours["fallback"], ours["why"]) == ("slope", None, None)
    assert (ours["n_clinicians"], ours["n_periods"]) == (45, len(rows))
    assert ours["excluded"]["periods"] == {"training": 89}
    assert math.log1p(ours["estimate"]) == pytest.approx(model.params["phase"], rel=1e-3)
    assert ours["standard_error"] == pytest.approx(model.bse["phase"], rel=1e-3)
    t = scipy.stats.t.ppf(0.975, ours["df"])
    ends = (math.log1p(ours["estimate"]) + sign * t * ours["standard_error"] for sign in (-1, 1))
    assert (ours["low"], ours["high"]) == pytest.approx(tuple(math.exp(end) - 1 for end in ends))


@both_measures
def test_least_squares_and_cr2_by_the_definition(pilot: Pilot, name: str) -> None:
    rows = pilot.rows(name)
    columns, groups = pilot.columns(rows), rows["clinician_id"]
    x, y = columns.to_numpy(), rows["y"].to_numpy()
    fit = sm.OLS(y, x).fit()
    bread = np.linalg.inv(x.T @ x)
    meat = np.zeros_like(bread)
    for i in groups.unique():
        xi, residual = x[groups == i], fit.resid[groups == i]
        values, vectors = np.linalg.eigh(np.eye(len(xi)) - xi @ bread @ xi.T)
        root = vectors @ np.diag([0 if v < 1e-9 else v**-0.5 for v in values]) @ vectors.T
        score = xi.T @ root @ residual
        meat += np.outer(score, score)
    opinions = pilot.result["measures"][name]["second_opinions"]
    assert opinions["ols_cr2"]["estimate"] == pytest.approx(fit.params[1])
    assert opinions["ols_cr2"]["standard_error"] == pytest.approx(math.sqrt((bread @ meat @ bread)[1, 1]))
    assert opinions["ols_wild"]["estimate"] == pytest.approx(fit.params[1])
    by_clinician = pd.get_dummies(groups, dtype=float).to_numpy()
    varying = np.column_stack([x[:, columns.columns.str.startswith(("phase", "after x"))], by_clinician])
    within = np.linalg.lstsq(varying, y, rcond=None)[0]
    assert opinions["ols_within_cr2"]["estimate"] == pytest.approx(within[0])
    for one in opinions.values():
        assert one["n_periods"] == len(rows)
        assert one["low"] < one["estimate"] < one["high"]


def test_gee_and_logits_are_those_of_statsmodels(pilot: Pilot) -> None:
    rows = pilot.rows(TIME_IN_NOTES)
    gee = sm.GEE(
        rows["y"], pilot.columns(rows), rows["clinician_id"], cov_struct=sm.cov_struct.Exchangeable()
    )
    theirs = gee.fit(cov_type="bias_reduced")
    ours = pilot.result["measures"][TIME_IN_NOTES]["second_opinions"]["gee"]
    assert ours["estimate"] == pytest.approx(theirs.params["phase"], rel=1e-3)
    assert ours["standard_error"] == pytest.approx(theirs.bse["phase"], rel=2e-3)
    rows = pilot.rows(CLOSURE)
    for name, weights in LOGITS.items():
        fit = sm.GLM(
            rows["y"], pilot.columns(rows), sm.families.Binomial(), var_weights=rows.get(weights)
        ).fit()
        odds = pilot.result["measures"][CLOSURE]["second_opinions"][f"{name}_odds_ratio"]
        assert odds["estimate"] == pytest.approx(math.exp(fit.params["phase"]))


@pytest.mark.parametrize("name", LOGITS)
def test_percentage_points_of_a_logit_are_those_of_all_after_less_all_before(pilot: Pilot, name: str) -> None:
    rows = pilot.rows(CLOSURE)
    x, weights = pilot.columns(rows), rows.get(LOGITS[name])
    fit = sm.GLM(rows["y"], x, sm.families.Binomial(), var_weights=weights).fit()
    at = [fit.predict(x.assign(phase=phase, **_crossed(x, phase))) for phase in (1.0, 0.0)]
    points = pilot.result["measures"][CLOSURE]["second_opinions"][name]
    assert points["estimate_kind"] == "percentage_points"
    assert points["estimate"] == pytest.approx(np.average(at[0] - at[1], weights=weights))


def _crossed(x: pd.DataFrame, phase: float) -> Mapping[str, Any]:
    prefix = "after x "
    names = [str(name) for name in x.columns if str(name).startswith(prefix)]
    return {name: x[name.removeprefix(prefix)] * phase for name in names}
