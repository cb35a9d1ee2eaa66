"""`scribeeval study`, as a researcher asks it: each number again, from the tables and other libraries."""

import csv
import itertools
import math

import numpy as np
import pytest
import scipy.stats
import statsmodels.api as sm
from statsmodels.stats.multitest import multipletests

from cli.conftest import TIME_IN_NOTES
from cli.studies import CLOSURE, Pilot, both_measures


@both_measures
def test_estimators_again_from_the_table(pilot: Pilot, name: str) -> None:
    measure = pilot.result["measures"][name]
    before, after = pilot.values(name)
    change = after / before - 1
    assert measure["n_clinicians"] == len(before) == 45
    assert (measure["before"], measure["after"]) == pytest.approx((before.mean(), after.mean()))
    assert measure["difference"]["estimate"] == pytest.approx((after - before).mean()), "after minus before"
    percent = {key: found["estimate"] for key, found in measure["percent_change"].items()}
    walsh = [(a + b) / 2 for a, b in itertools.combinations_with_replacement(np.log(after / before), 2)]
    assert percent == pytest.approx(
        {
            "ratio_of_means": after.mean() / before.mean() - 1,
            "geometric_mean_ratio": math.exp(np.log(after / before).mean()) - 1,
            "mean_of_clinician_changes": change.mean(),
            "median_of_clinician_changes": np.median(change),
            "hodges_lehmann_ratio": math.exp(float(np.median(walsh))) - 1,
        }
    ), "fractions, not percent"
    walsh = [(a + b) / 2 for a, b in itertools.combinations_with_replacement(after - before, 2)]
    assert measure["hodges_lehmann"]["estimate"] == pytest.approx(np.median(walsh))
    worse = after > before if name == TIME_IN_NOTES else after < before
    assert measure["share_of_clinicians_worse"] == pytest.approx(worse.mean())
    assert (percent["ratio_of_means"] < 0) == (name == TIME_IN_NOTES), "negative = less"


@both_measures
def test_intervals_again_from_the_table(pilot: Pilot, name: str) -> None:
    measure = pilot.result["measures"][name]
    before, after = pilot.values(name)
    t = scipy.stats.ttest_1samp(after - before, 0).confidence_interval()
    analytic = measure["difference"]["analytic"]
    assert (analytic["method"], analytic["low"], analytic["high"]) == ("t", *map(pytest.approx, t))
    logs = scipy.stats.ttest_1samp(np.log(after / before), 0).confidence_interval()
    analytic = measure["percent_change"]["geometric_mean_ratio"]["analytic"]
    assert (analytic["low"], analytic["high"]) == pytest.approx(tuple(math.exp(end) - 1 for end in logs))
    bca = scipy.stats.bootstrap(
        (before, after),
        lambda b, a, axis=-1: a.mean(axis=axis) / b.mean(axis=axis) - 1,
        paired=True,
        n_resamples=4000,
        rng=np.random.default_rng(1),
    ).confidence_interval
    found = measure["percent_change"]["ratio_of_means"]
    width = bca.high - bca.low
    assert found["method"] == "bootstrap_bca"
    assert (found["low"], found["high"]) == pytest.approx(tuple(bca), abs=0.15 * width), "300 resamples"


@both_measures
def test_tests_again_by_scipy(pilot: Pilot, name: str) -> None:
    """On the declared scale: times by their logarithms, shares as they are; ranks always raw."""
    tests = pilot.result["measures"][name]["tests"]
    before, after = pilot.values(name)
    d = np.log(after / before) if name == TIME_IN_NOTES else after - before
    theirs = scipy.stats.ttest_1samp(d, 0)
    assert tests["paired_t"]["statistic"] == pytest.approx(theirs.statistic)
    assert tests["paired_t"]["p_value"] == pytest.approx(theirs.pvalue)
    assert tests["paired_t"]["effect_size"] == pytest.approx(d.mean() / d.std(ddof=1))
    raw = after - before
    signed = scipy.stats.wilcoxon(raw, method="exact")
    assert tests["wilcoxon_signed_rank"]["p_value"] == pytest.approx(signed.pvalue)
    ranks = scipy.stats.rankdata(np.abs(raw))
    rank_biserial = float((ranks * np.sign(raw)).sum() / ranks.sum())
    assert tests["wilcoxon_signed_rank"]["effect_size"] == pytest.approx(rank_biserial)
    signs = np.random.default_rng(3).choice([-1.0, 1.0], size=(20_000, len(d)))
    sampled = float((np.abs(signs @ d) >= abs(d.sum()) * (1 - 1e-9)).mean())
    assert tests["sign_flip"]["p_value"] == pytest.approx(sampled, abs=0.003)
    effects = {k: v["estimate"] for k, v in pilot.result["measures"][name]["effect_sizes"].items()}
    n = len(d)
    exact = math.gamma((n - 1) / 2) / (math.sqrt((n - 1) / 2) * math.gamma((n - 2) / 2))
    assert effects["d_z"] == pytest.approx(d.mean() / d.std(ddof=1))
    assert effects["hedges_g"] == pytest.approx(effects["d_z"] * exact)


def test_p_values_are_adjusted_over_the_measures(pilot: Pilot) -> None:
    measures = pilot.result["measures"].values()
    for test in ("paired_t", "wilcoxon_signed_rank", "sign_flip"):
        p = [measure["tests"][test]["p_value"] for measure in measures]
        holm = [measure["tests"][test]["p_adjusted"] for measure in measures]
        assert holm == pytest.approx(multipletests(p, method="holm")[1])
        found = [measure["tests"][test]["p_benjamini_hochberg"] for measure in measures]
        assert found == pytest.approx(multipletests(p, method="fdr_bh")[1])


def test_dose_and_links_again_by_statsmodels(pilot: Pilot) -> None:
    both = pilot.table(TIME_IN_NOTES).dropna()
    who = pilot.clinicians.loc[both.index]
    share = (who["scribe_visits"] / who["eligible_visits"]).to_numpy()
    change = np.log((both["after"] / both["before"]).to_numpy())
    fit = sm.OLS(change, sm.add_constant(share)).fit(cov_type="HC3", use_t=True)
    dose = pilot.result["measures"][TIME_IN_NOTES]["dose"]
    line = dose["slope"]["line"]
    assert line["slope"] == pytest.approx(fit.params[1])
    assert (line["standard_error"], line["p_value"]) == pytest.approx((fit.bse[1], fit.pvalues[1]))
    assert (line["low"], line["high"]) == pytest.approx(tuple(fit.conf_int()[1]))
    assert dose["slope"]["estimate"] == pytest.approx(math.exp(0.1 * fit.params[1]) - 1), "per 10 points"
    assert dose["spearman"]["rho"] == pytest.approx(scipy.stats.spearmanr(share, change).statistic)
    first, second = pilot.result["links"]
    assert first["slope"]["line"]["slope"] == pytest.approx(fit.params[1])
    closed = pilot.table(CLOSURE).loc[both.index]
    outcome = (closed["after"] - closed["before"]).to_numpy()
    fit = sm.OLS(outcome, sm.add_constant(change)).fit()
    assert second["slope"]["line"]["slope"] == pytest.approx(fit.params[1])
    assert (second["x"], second["y"]) == (TIME_IN_NOTES, CLOSURE)
    assert second["shared_denominator"], "both are per appointment"
    p = [link["slope"]["line"]["p_permutation"] for link in (first, second)]
    assert [link["p_adjusted"] for link in (first, second)] == pytest.approx(
        multipletests(p, method="holm")[1]
    )


def test_subgroups_again_and_the_small_ones_hidden(pilot: Pilot) -> None:
    both = pilot.table(TIME_IN_NOTES).dropna()
    change = (both["after"] / both["before"]).map(math.log)
    of = pilot.clinicians.loc[both.index]
    subgroups = pilot.result["measures"][TIME_IN_NOTES]["subgroups"]
    levels = [group for _, group in change.groupby(of["specialty"])]
    assert {name: level["n_clinicians"] for name, level in subgroups["specialty"]["levels"].items()} == dict(
        of["specialty"].value_counts()
    )
    for (name, group), level in zip(
        change.groupby(of["specialty"]), subgroups["specialty"]["levels"].values(), strict=True
    ):
        assert level["estimate"] == pytest.approx(math.exp(group.mean()) - 1), name
        low, high = scipy.stats.ttest_1samp(group, 0).confidence_interval()
        assert (level["low"], level["high"]) == pytest.approx((math.exp(low) - 1, math.exp(high) - 1))
    welch = scipy.stats.f_oneway(*levels, equal_var=False)
    assert subgroups["specialty"]["interaction"]["statistic"] == pytest.approx(welch.statistic)
    assert subgroups["specialty"]["interaction"]["p_value"] == pytest.approx(welch.pvalue)
    sites = of["site"].value_counts()
    assert sites.max() < 5, "every site of the demonstration is small"
    for level in subgroups["site"]["levels"].values():
        assert level["suppressed"]
        told = {"estimate", "low", "high", "n_clinicians", "method"}
        assert all(level[key] is None for key in told)
    assert subgroups["site"]["interaction"]["p_value"] is None


def test_table_beside_it_says_the_same(pilot: Pilot) -> None:
    with (pilot.run / "tables" / "study_adjusted.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["measure"], row["model"]): row for row in csv.DictReader(file)}
    for name, measure in pilot.result["measures"].items():
        for model, found in {**measure["adjusted"], **measure["second_opinions"]}.items():
            if found["estimate"] is None:
                assert rows[name, model]["estimate"] == ""
                assert rows[name, model]["why"] == found["why"] is not None
            else:
                assert float(rows[name, model]["estimate"]) == found["estimate"]
