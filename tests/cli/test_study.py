"""`scribeeval study`: a config with nothing but [study], and a table small enough to work out by hand."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats

from cli.conftest import (
    DEMO,
    EHR_COLUMNS,
    TIME_IN_NOTES,
    Answer,
    read_json,
    scribeeval,
    side_by_side,
    write,
    write_csv,
)

# Minutes per appointment.  C0's before is (80 + 360) / (10 + 30) = 11, not the mean of 8 and 12.
BEFORE = (11, 12, 8, 14, 9, 11)  # sum 65
AFTER = (8, 9, 7, 10, 9.5, 8)  # sum 51.5
CLOSED_BEFORE, CLOSED_AFTER = 6, 8  # of 10, the same for everyone: a difference without spread


def rows() -> list[tuple[str, str, str, str, float, float]]:
    """The table: six complete clinicians, X without after, Y without before, Z with a zero denominator."""
    table: list[tuple[str, str, str, str, float, float]] = [
        ("C0", "2025-01-06", "before", TIME_IN_NOTES, 80, 10),
        ("C0", "2025-01-13", "before", TIME_IN_NOTES, 360, 30),
        ("X", "2025-01-06", "before", TIME_IN_NOTES, 100, 10),
        ("Y", "2025-03-03", "after", TIME_IN_NOTES, 100, 10),
        ("Z", "2025-01-06", "before", TIME_IN_NOTES, 100, 0),
        ("Z", "2025-03-03", "after", TIME_IN_NOTES, 100, 10),
    ]
    for i, (before, after) in enumerate(zip(BEFORE, AFTER, strict=True)):
        if i > 0:
            table.append((f"C{i}", "2025-01-06", "before", TIME_IN_NOTES, before * 10, 10))
        table.append((f"C{i}", "2025-03-03", "after", TIME_IN_NOTES, after * 20, 20))
        table.append((f"C{i}", "2025-01-06", "before", "same_day_closure_rate", CLOSED_BEFORE, 10))
        table.append((f"C{i}", "2025-03-03", "after", "same_day_closure_rate", CLOSED_AFTER, 10))
    return table


TRAINING = ("C1", "2025-02-17", "training", TIME_IN_NOTES, 99999, 1)
CONFIG = f'[study]\nehr_use = "ehr_use.csv"\nmeasures = ["{TIME_IN_NOTES}", "same_day_closure_rate"]\n'


def study(folder: Path, table: list[tuple[Any, ...]], config: str = CONFIG, phase: bool = True) -> Any:
    """Write the table and the config, run the study, read study.json."""
    columns = [name for name in EHR_COLUMNS if phase or name != "phase"]
    keep = [EHR_COLUMNS.index(name) for name in columns]
    write_csv(folder / "ehr_use.csv", columns, [[row[k] for k in keep] for row in table])
    write(folder / "study.toml", config)
    answer = scribeeval("study", folder / "study.toml", "--out", folder / "run")
    assert answer.code == 0, answer.err
    assert TIME_IN_NOTES in answer.out
    return read_json(folder / "run" / "study.json")


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """study.json of the table above, without training rows, clinicians or covariates."""
    return study(tmp_path_factory.mktemp("study"), rows())


def test_keys_are_those_of_the_contract(result: Any) -> None:
    assert {"design", "measures"} <= result.keys()
    assert result["measures"].keys() == {TIME_IN_NOTES, "same_day_closure_rate"}
    measure = result["measures"][TIME_IN_NOTES]
    keys = {"unit", "n_clinicians", "n_dropped", "before", "after", "difference", "percent_change", "tests"}
    assert {*keys, "share_of_clinicians_worse"} <= measure.keys()
    estimators = {"ratio_of_means", "geometric_mean_ratio", "mean_of_clinician_changes"}
    estimators |= {"median_of_clinician_changes", "hodges_lehmann_ratio"}
    assert measure["percent_change"].keys() == estimators
    found = (measure["difference"], measure["hodges_lehmann"], *measure["percent_change"].values())
    effects = measure["effect_sizes"]
    assert effects.keys() == {"d_z", "hedges_g", "rank_biserial"}
    for change in (*found, *effects.values()):
        assert change.keys() == {"estimate", "low", "high", "method", "level", "analytic", "why"}
        assert change["low"] <= change["estimate"] <= change["high"]
    # Differences -4, -3, -3, -3, -1, .5; of 21 Walsh averages 10 are at most -3, the next is (-4 - 1) / 2.
    assert measure["hodges_lehmann"]["estimate"] == pytest.approx(-2.5)
    assert measure["difference"]["analytic"].keys() == {"method", "low", "high", "level", "why"}
    assert {"changes", "changes_quantiles", "shares"} <= measure["spread"].keys()
    assert measure["tests"].keys() == {"paired_t", "sign_flip"}, "the default tests"
    for test in measure["tests"].values():
        assert {"statistic", "p_value", "p_adjusted", "effect_size"} <= test.keys()
        assert test["p_value"] <= test["p_benjamini_hochberg"] <= test["p_adjusted"]
    assert measure["tests"]["paired_t"]["family_size"] == 1, "closure has no t"
    assert measure["tests"]["sign_flip"]["family_size"] == 2


def test_values_by_hand(result: Any) -> None:
    measure = result["measures"][TIME_IN_NOTES]
    assert measure["before"] == pytest.approx(65 / 6)
    assert measure["after"] == pytest.approx(51.5 / 6)
    assert measure["difference"]["estimate"] == pytest.approx(-13.5 / 6), "after minus before"
    changes = [-3 / 11, -3 / 12, -1 / 8, -4 / 14, 0.5 / 9, -3 / 11]
    percent = {name: change["estimate"] for name, change in measure["percent_change"].items()}
    assert percent["ratio_of_means"] == pytest.approx(-13.5 / 65)
    assert percent["mean_of_clinician_changes"] == pytest.approx(sum(changes) / 6)
    assert percent["median_of_clinician_changes"] == pytest.approx((-3 / 11 - 3 / 12) / 2)
    assert percent["geometric_mean_ratio"] == pytest.approx(np.prod([1 + c for c in changes]) ** (1 / 6) - 1)
    assert measure["share_of_clinicians_worse"] == pytest.approx(1 / 6)


def test_p_values_of_others(result: Any) -> None:
    """The time's declared scale is the logarithm.  Sign flips: of 64 signings 4 are as extreme, those with
    all signs alike and those where only C4, the smallest change, has the other one."""
    tests = result["measures"][TIME_IN_NOTES]["tests"]
    theirs = scipy.stats.ttest_rel(np.log(AFTER), np.log(BEFORE))
    assert tests["paired_t"]["statistic"] == pytest.approx(theirs.statistic)
    assert tests["paired_t"]["p_value"] == pytest.approx(theirs.pvalue)
    assert tests["sign_flip"]["p_value"] == pytest.approx(4 / 64)
    assert tests["paired_t"]["p_adjusted"] >= tests["paired_t"]["p_value"]


def test_table_has_every_estimate_with_both_intervals(tmp_path: Path) -> None:
    study(tmp_path, rows())
    with (tmp_path / "run" / "tables" / "study.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    time = {row["estimator"]: row for row in table if row["measure"] == TIME_IN_NOTES}
    percent = {"ratio_of_means", "geometric_mean_ratio", "mean_of_clinician_changes"}
    percent |= {"median_of_clinician_changes", "hodges_lehmann_ratio"}
    assert time.keys() == {"difference", "hodges_lehmann", *percent, "d_z", "hedges_g", "rank_biserial"}
    assert (time["ratio_of_means"]["method"], time["ratio_of_means"]["analytic_method"]) == (
        "bootstrap_bca",
        "fieller",
    )
    closure = next(row for row in table if row["measure"] == "same_day_closure_rate")
    assert (closure["low"], closure["analytic_low"], closure["why"]) == ("", "", "no_spread")


def test_clinicians_missing_on_one_side_are_counted(result: Any) -> None:
    measure = result["measures"][TIME_IN_NOTES]
    assert measure["n_clinicians"] == 6
    assert measure["n_dropped"] == 3
    dropped = {
        row["clinician_id"]: row["reason"] for row in result["dropped"] if row["measure"] == TIME_IN_NOTES
    }
    assert dropped.keys() == {"X", "Y", "Z"}
    assert len(set(dropped.values())) == 3, "three reasons"


def test_difference_without_spread_has_no_t(result: Any) -> None:
    closure = result["measures"]["same_day_closure_rate"]
    assert closure["difference"]["estimate"] == pytest.approx(0.2), "a rise is positive"
    assert closure["percent_change"]["ratio_of_means"]["estimate"] == pytest.approx(2 / 6)
    assert closure["share_of_clinicians_worse"] == 0
    assert closure["tests"]["paired_t"]["p_value"] is None, "never 0, never NaN"


def test_phases_by_dates(result: Any, tmp_path: Path) -> None:
    config = CONFIG + "[study.phases]\ntraining = 2025-02-10\nafter = 2025-03-03\n"
    by_dates = study(tmp_path, [*rows(), TRAINING], config, phase=False)
    of_training = by_dates["measures"][TIME_IN_NOTES]["adjusted"]["mixed_raw"]["excluded"]["periods"]
    assert of_training["training"] == 1
    for measures in (by_dates["measures"], result["measures"]):
        for model in measures[TIME_IN_NOTES]["adjusted"].values():
            del model["excluded"]  # it counts the row of training
    assert by_dates["measures"] == result["measures"]


def test_training_rows_are_in_neither_phase_and_a_named_test_is_the_one_done(
    result: Any, tmp_path: Path
) -> None:
    chosen = study(tmp_path, [*rows(), TRAINING], CONFIG + 'test = "wilcoxon_signed_rank"\n')
    measure = chosen["measures"][TIME_IN_NOTES]
    assert measure["tests"].keys() == {"wilcoxon_signed_rank"}
    assert measure["tests"]["wilcoxon_signed_rank"]["p_value"] is not None
    for same in ("n_clinicians", "n_dropped", "before", "after", "difference", "percent_change"):
        assert measure[same] == result["measures"][TIME_IN_NOTES][same]


def test_one_clinician_has_no_interval(tmp_path: Path) -> None:
    one = study(tmp_path, [row for row in rows() if row[0] == "C1"])["measures"][TIME_IN_NOTES]
    assert one["difference"]["estimate"] == pytest.approx(-3.0)
    assert one["difference"]["low"] is one["difference"]["high"] is None
    assert one["difference"]["why"] == "one_clinician"
    assert one["spread"]["changes"] is None, "one clinician's own number"
    assert one["tests"]["paired_t"]["p_value"] is None


BAD = {
    "key": (CONFIG + "alhpa = 0.1\n", ("'alhpa'", "did you mean 'alpha'")),
    "table": (CONFIG.replace("ehr_use.csv", "nowhere.csv"), ("nowhere.csv", "check")),
    "clinicians": (CONFIG + 'clinicians = "nowhere.csv"\n', ("nowhere.csv", "check")),
    "measure": (CONFIG.replace("day_closure_rate", "day_rate"), ("did you mean 'same_day_closure_rate'",)),
    "measure_without_rows": (CONFIG.replace("same_day_closure_rate", "ehr_time8_h"), ("ehr_time8_h",)),
    "phase_is_never_guessed": (CONFIG.replace("ehr_use.csv", "no_phase.csv"), ("'phase'",)),
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Answer]]:
    """What each bad config or table answers."""
    folder = tmp_path_factory.mktemp("bad")
    write_csv(folder / "ehr_use.csv", EHR_COLUMNS, rows())
    columns = [name for name in EHR_COLUMNS if name != "phase"]
    write_csv(folder / "no_phase.csv", columns, [row[:2] + row[3:] for row in rows()])
    for name, (config, _) in BAD.items():
        write(folder / f"{name}.toml", config)
    return folder, side_by_side({n: ("study", folder / f"{n}.toml", "--out", folder / n) for n in BAD})


@pytest.mark.parametrize("name", BAD)
def test_bad_config_or_table_is_one_line(bad: tuple[Path, dict[str, Answer]], name: str) -> None:
    folder, answers = bad
    assert answers[name].code == 2
    assert len(answers[name].errors) == 1
    assert answers[name].error(*BAD[name][1])
    assert not (folder / name / "study.json").exists()


def test_nobody_with_both_phases(tmp_path: Path) -> None:
    write_csv(tmp_path / "ehr_use.csv", EHR_COLUMNS, [row for row in rows() if row[2] == "before"])
    write(tmp_path / "study.toml", CONFIG)
    answer = scribeeval("study", tmp_path / "study.toml", "--out", tmp_path / "run")
    assert answer.code == 2
    assert answer.error("before", "after")


def test_demonstration_has_the_published_means(tmp_path: Path) -> None:
    """Duggan et al. 2025: 10.3 to 8.2 minutes; 46 clinicians, of whom the simulated pilot loses one."""
    tables = f'ehr_use = "{DEMO}/ehr_use.csv"\nclinicians = "{DEMO}/clinicians.csv"\n'
    write(tmp_path / "study.toml", f'[study]\n{tables}measures = ["{TIME_IN_NOTES}"]\n')
    answer = scribeeval("study", tmp_path / "study.toml", "--out", tmp_path / "run")
    assert answer.code == 0
    measure = read_json(tmp_path / "run" / "study.json")["measures"][TIME_IN_NOTES]
    assert (measure["n_clinicians"], measure["n_dropped"]) == (45, 1)
    assert measure["before"] == pytest.approx(10.3, abs=0.05)
    assert measure["after"] == pytest.approx(8.2, abs=0.05)
