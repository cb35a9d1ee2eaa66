"""Second opinions against R (clubSandwich, sandwich, geepack) and statsmodels."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import ArrayLike

from scribeeval.stats import gee as gee_module
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.effects import RobustFit
from scribeeval.stats.fractional import fractional_logit
from scribeeval.stats.gee import gee
from scribeeval.stats.robust import cluster_robust_ols
from scribeeval.stats.wild import wild_cluster_bootstrap
from scribeeval.stats.working_correlation import CORRELATIONS, WorkingCorrelation

GOLDEN = json.loads((Path(__file__).parent / "golden" / "second_opinions.json").read_text(encoding="utf-8"))
VALUES = GOLDEN["values"]
DATA = {name: np.array(column) for name, column in GOLDEN["data"].items()}
CLINICIANS = DATA["clinician"]
MINUTES, TRIALS = DATA["minutes"].astype(float), DATA["trials"].astype(float)
SHARE = DATA["closed"] / TRIALS
NAMES = ("one", "after", "trend", "years")
X = np.column_stack([np.ones(len(MINUTES)), DATA["after"], DATA["trend"], DATA["years"]])
AFTER = 1

LOGITS = {"quasibinomial": TRIALS, "fractional": None}


def near(theirs: ArrayLike, rel: float = 1e-9) -> Any:
    return pytest.approx(np.asarray(theirs, dtype=float), rel=rel)


def check_against_r(fit: RobustFit, theirs: dict[str, Any]) -> None:
    assert np.array(fit.coefficients) == near(theirs["coefficients"])
    assert np.array(fit.standard_errors) == near(theirs["standard_errors"])
    assert fit.effect.estimate == near(theirs["coefficients"][AFTER])
    assert fit.effect.standard_error == near(theirs["standard_errors"][AFTER])
    if "df" in theirs:
        assert fit.effect.df == near(theirs["df"][AFTER])
        assert fit.effect.p_value == near(theirs["p_values"][AFTER])
    assert fit.why is None
    assert fit.fallback is None
    assert (fit.n_clusters, fit.n_rows) == (14, len(MINUTES))


@pytest.mark.parametrize("correction", ["CR0", "CR1", "CR1S", "CR2", "CR3"])
def test_least_squares_equals_clubsandwich(correction: str) -> None:
    fit = cluster_robust_ols(MINUTES, X, NAMES, CLINICIANS, AFTER, correction=correction)
    check_against_r(fit, VALUES["ols"][correction])


@pytest.mark.parametrize("correction", ["CR0", "CR1", "CR1S", "CR2", "CR3"])
def test_weighted_least_squares_equals_clubsandwich_on_weighted_rows(correction: str) -> None:
    fit = cluster_robust_ols(MINUTES, X, NAMES, CLINICIANS, AFTER, weights=3 * TRIALS, correction=correction)
    check_against_r(fit, VALUES["wls"][correction])


@pytest.mark.parametrize("correction", ["CR0", "CR1", "CR3"])
def test_weights_as_working_variances_of_clubsandwich(correction: str) -> None:
    fit = cluster_robust_ols(MINUTES, X, NAMES, CLINICIANS, AFTER, weights=TRIALS, correction=correction)
    check_against_r(fit, VALUES["wls_target"][correction])


def test_with_weights_only_the_square_root_of_cr2_differs_from_clubsandwich() -> None:
    """docs/second-opinions.md gives these differences."""
    weighted = cluster_robust_ols(MINUTES, X, NAMES, CLINICIANS, AFTER, weights=TRIALS)
    pairs = [(weighted, VALUES["wls_target"]["CR2"])]
    for name, trials in LOGITS.items():
        fit = fractional_logit(SHARE, X, NAMES, CLINICIANS, AFTER, trials=trials)
        pairs.append((fit, VALUES[name]["glm"]["CR2"]))
    for fit, theirs in pairs:
        errors = np.array(fit.standard_errors)
        assert errors == near(theirs["standard_errors"], rel=0.011)
        assert errors != near(theirs["standard_errors"], rel=1e-4)
        assert fit.effect.df == near(theirs["df"][AFTER], rel=1e-4)


def test_plain_and_stata_corrections_equal_vcovcl() -> None:
    for correction, theirs in (("CR0", "vcovCL_HC0"), ("CR1S", "vcovCL_HC1")):
        fit = cluster_robust_ols(MINUTES, X, NAMES, CLINICIANS, AFTER, correction=correction)
        assert np.array(fit.standard_errors) == near(VALUES[theirs])
    for name, trials in LOGITS.items():
        logit = fractional_logit(SHARE, X, NAMES, CLINICIANS, AFTER, trials=trials, correction="CR0")
        assert np.array(logit.standard_errors) == near(VALUES[name]["vcovCL"])


@pytest.mark.parametrize("correction", ["CR1", "CR2"])
def test_a_dummy_per_clinician_takes_the_generalised_inverse(correction: str) -> None:
    """I - H is singular in every cluster, one of which has a single row."""
    dummies = (CLINICIANS[:, None] == np.unique(CLINICIANS)).astype(float)
    x = np.column_stack([X[:, [1, 2]], dummies])
    names = [f"column {j}" for j in range(x.shape[1])]
    fit = cluster_robust_ols(MINUTES, x, names, CLINICIANS, 0, correction=correction)
    theirs = VALUES["dummies"][correction]
    assert np.array(fit.coefficients[:2]) == near(theirs["coefficients"])
    assert np.array(fit.standard_errors[:2], dtype=float) == near(theirs["standard_errors"])
    assert fit.effect.df == near(theirs["df"][0])
    # What one clinician's rows alone determine has no standard error between clinicians.
    assert set(fit.standard_errors[2:]) == {None}


@pytest.mark.parametrize("name", LOGITS)
@pytest.mark.parametrize("correction", ["CR0", "CR1", "CR2", "CR3"])
def test_logits_equal_glm_and_clubsandwich(name: str, correction: str) -> None:
    fit = fractional_logit(SHARE, X, NAMES, CLINICIANS, AFTER, trials=LOGITS[name], correction=correction)
    check_against_r(fit, VALUES[name]["by_type"][correction])
    if correction != "CR2":
        check_against_r(fit, VALUES[name]["glm"][correction])


@pytest.mark.parametrize("name", LOGITS)
def test_average_marginal_effect_equals_r(name: str) -> None:
    fit = fractional_logit(SHARE, X, NAMES, CLINICIANS, AFTER, trials=LOGITS[name])
    assert fit.marginal_effect is not None
    assert fit.marginal_effect.estimate == near(VALUES[name]["ame"])
    assert fit.marginal_effect.standard_error == near(VALUES[name]["ame_se"], rel=1e-8)
    assert fit.marginal_effect.df == near(VALUES[name]["ame_df"], rel=1e-8)


@pytest.mark.parametrize("family", ["gaussian", "binomial", "gamma"])
@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_gee_equals_geepack(family: str, correlation: str) -> None:
    y = SHARE if family == "binomial" else MINUTES
    fit = gee(
        y, X, NAMES, CLINICIANS, AFTER, family=family, correlation=correlation, times=DATA["week"],
        correction="CR0",
    )  # fmt: skip
    theirs = VALUES["gee"][family][correlation]
    check_against_r(fit, theirs)
    assert fit.correlation == near(theirs["correlation"])


@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_weighted_gee_equals_geepack_at_its_correlation(
    correlation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """geepack weights pairs of rows, too, when it estimates the correlation; we do not."""
    theirs = VALUES["gee"]["weighted"][correlation]
    whiten = CORRELATIONS[correlation].whiten
    fixed = WorkingCorrelation(lambda rows, r: float(theirs["correlation"]), whiten)
    monkeypatch.setattr(gee_module, "CORRELATIONS", {correlation: fixed})
    fit = gee(
        SHARE, X, NAMES, CLINICIANS, AFTER, family="binomial", correlation=correlation,
        weights=TRIALS, times=DATA["week"], correction="CR0",
    )  # fmt: skip
    check_against_r(fit, theirs)


@pytest.mark.parametrize(
    ("null", "theirs"), list(zip(VALUES["wild"]["nulls"], VALUES["wild"]["p_values"], strict=True))
)
def test_wild_bootstrap_equals_refitting_in_r(null: float, theirs: float) -> None:
    """Every one of the 256 draws refitted by lm; a null other than 0 is a shift of y."""
    few = np.isin(CLINICIANS, VALUES["wild"]["clinicians"])
    fit = wild_cluster_bootstrap(
        (MINUTES - null * X[:, AFTER])[few], X[few], NAMES, CLINICIANS[few], AFTER,
        auxiliary="rademacher", alpha=0.1, seed=1,
    )  # fmt: skip
    assert fit.effect.p_value == theirs
    low, high = fit.effect.low, fit.effect.high
    assert low is not None
    assert high is not None
    assert (low < 0 < high) == (theirs >= 0.1)


def statsmodels_gee(family: Any, correlation: Any, y: FloatArray, rho: float, cov_type: str) -> Any:
    correlation.dep_params = rho
    model = sm.GEE(y, X, CLINICIANS, family=family, cov_struct=correlation, update_dep=False)
    return model.fit(cov_type=cov_type, maxiter=500, ctol=1e-13)


@pytest.mark.parametrize("binomial", [False, True], ids=["gaussian", "binomial"])
@pytest.mark.parametrize("exchangeable", [False, True], ids=["independence", "exchangeable"])
@pytest.mark.filterwarnings("ignore")
def test_gee_equals_statsmodels_with_mancl_and_derouen(binomial: bool, exchangeable: bool) -> None:
    y = SHARE if binomial else MINUTES
    for correction, theirs in (("CR3", "bias_reduced"), ("CR0", "robust")):
        fit = gee(
            y, X, NAMES, CLINICIANS, AFTER,
            family="binomial" if binomial else "gaussian",
            correlation="exchangeable" if exchangeable else "independence",
            correction=correction,
        )  # fmt: skip
        assert fit.correlation is not None
        witness = statsmodels_gee(
            sm.families.Binomial() if binomial else sm.families.Gaussian(),
            sm.cov_struct.Exchangeable() if exchangeable else sm.cov_struct.Independence(),
            y,
            fit.correlation,
            theirs,
        )
        assert np.array(fit.coefficients) == near(witness.params, rel=1e-7)
        assert np.array(fit.standard_errors) == near(witness.bse, rel=1e-7)


@pytest.mark.filterwarnings("ignore")
def test_least_squares_and_logits_equal_statsmodels() -> None:
    options: dict[str, Any] = {"cov_type": "cluster", "cov_kwds": {"groups": CLINICIANS}}
    ours = cluster_robust_ols(MINUTES, X, NAMES, CLINICIANS, AFTER, weights=TRIALS, correction="CR1S")
    theirs = sm.WLS(MINUTES, X, weights=TRIALS).fit(**options)
    assert np.array(ours.coefficients) == near(theirs.params)
    assert np.array(ours.standard_errors) == near(theirs.bse)

    logit = fractional_logit(SHARE, X, NAMES, CLINICIANS, AFTER, correction="CR1S")
    theirs = sm.GLM(SHARE, X, family=sm.families.Binomial()).fit(**options, tol=1e-14)
    assert np.array(logit.coefficients) == near(theirs.params, rel=1e-8)
    assert np.array(logit.standard_errors) == near(theirs.bse, rel=1e-8)

    counts = np.column_stack([DATA["closed"], DATA["trials"] - DATA["closed"]])
    quasi = fractional_logit(SHARE, X, NAMES, CLINICIANS, AFTER, trials=TRIALS, correction="CR1S")
    theirs = sm.GLM(counts, X, family=sm.families.Binomial()).fit(**options, tol=1e-14)
    assert np.array(quasi.coefficients) == near(theirs.params, rel=1e-8)
    assert np.array(quasi.standard_errors) == near(theirs.bse, rel=1e-8)


@pytest.mark.filterwarnings("ignore")
def test_average_marginal_effect_equals_statsmodels() -> None:
    fit = fractional_logit(SHARE, X, NAMES, CLINICIANS, AFTER, correction="CR1S")
    options: dict[str, Any] = {"cov_type": "cluster", "cov_kwds": {"groups": CLINICIANS}}
    theirs = sm.Logit(SHARE, X).fit(disp=0, tol=1e-14, **options)
    margins = theirs.get_margeff(dummy=True)
    assert fit.marginal_effect is not None
    assert fit.marginal_effect.estimate == near(margins.margeff[0], rel=1e-7)
    assert fit.marginal_effect.standard_error == near(margins.margeff_se[0], rel=1e-6)
