"""Legal studies that leave little to estimate from: null with a word why, never a number that looks fine."""

import re
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import (
    TIME_IN_NOTES,
    contents,
    read_json,
    scribeeval,
)
from cli.studies import CLOSURE, one_after_another, undefined
from cli.test_study_bad_input import CONFIG, ehr_use, lay_out, people, with_person, with_use

EQUAL = [[*row[:4], 200 if row[3] == TIME_IN_NOTES else 15, 20] for row in ehr_use()]
LEGAL = {
    "one": (CONFIG, ehr_use(1), people(1)),
    "two": (CONFIG, ehr_use(2), people(2)),
    "equal": (CONFIG, EQUAL, people()),
    "zero": (CONFIG, with_use(numerator=0), people()),
    # One specialty for all, and a clinician whose years nobody knows.
    "covariates": (
        f'{CONFIG}covariates = ["group", "years"]\nby = ["years"]\n',
        *(ehr_use(), with_person("years", "")),
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them, done."""
    folder = tmp_path_factory.mktemp("legal")
    for name, (config, use, who) in LEGAL.items():
        lay_out(folder / name, config, use, who)
    commands = {n: ("study", folder / n / "study.toml", "--out", folder / n / "run") for n in LEGAL}
    for name, answer in one_after_another(commands).items():
        assert answer.code == 0, (name, answer.err)
        assert "Warning" not in answer.err, answer.err
    return folder


def result(folder: Path, name: str) -> Any:
    """study.json, in which NaN and infinity are errors."""
    return read_json(folder / name / "run" / "study.json")


def measured(folder: Path, name: str) -> Any:
    """Time in notes."""
    return result(folder, name)["measures"][TIME_IN_NOTES]


@pytest.mark.parametrize("name", LEGAL)
def test_undefined_is_null_and_says_why(folder: Path, name: str) -> None:
    assert undefined(result(folder, name)) == []
    page = (folder / name / "run" / "report.html").read_text(encoding="utf-8")
    text = re.sub(r"<(style|svg).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert re.findall(r"\b(?:None(?! replaces)|nan|NaN|inf|null)\b", text) == []


def test_one_clinician_gives_estimates_and_nothing_to_judge_them_by(folder: Path) -> None:
    measure = measured(folder, "one")
    for found in (measure["difference"], measure["hodges_lehmann"], *measure["percent_change"].values()):
        assert found["estimate"] is not None
        assert found["low"] is found["high"] is None
        assert found["why"] == "one_clinician"
    assert measure["tests"]["paired_t"]["p_value"] is None
    for model in (*measure["adjusted"].values(), *measure["second_opinions"].values()):
        assert model["estimate"] is model["low"] is model["p_value"] is None
        assert model["why"] in {"one_clinician", "one_cluster"}
    spread = measure["spread"]
    assert spread["before"] is spread["after"] is spread["changes"] is None, "one clinician's own numbers"


def test_two_clinicians_have_no_spread_shown_and_no_end_where_there_is_none(folder: Path) -> None:
    measure = measured(folder, "two")
    assert measure["spread"]["before"] is None
    wild = measure["second_opinions"]["ols_wild"]
    assert (wild["low"], wild["high"], wild["why"]) == (None, None, "interval_unbounded")
    assert measure["second_opinions"]["ols_cr2"]["why"] == "few_degrees_of_freedom"


def test_two_clinicians_are_two_in_the_mixed_model_too(folder: Path) -> None:
    model = measured(folder, "two")["adjusted"]["mixed_log"]
    assert model["df"] is None or model["df"] <= 2


def test_values_all_equal_have_no_interval_and_no_model(folder: Path) -> None:
    measure = measured(folder, "equal")
    for found in (measure["difference"], *measure["percent_change"].values()):
        assert (found["estimate"], found["low"], found["why"]) == (0, None, "no_spread")
    assert measure["tests"]["paired_t"]["p_value"] is None
    for model in measure["adjusted"].values():
        assert (model["estimate"], model["why"]) == (None, "no_residual")
    for opinion in measure["second_opinions"].values():
        assert (opinion["low"], opinion["p_value"]) == (None, None)
        assert opinion["why"] == "no_residual_variation"


def test_percent_of_nothing_is_undefined(folder: Path) -> None:
    measure = measured(folder, "zero")
    assert (measure["before"], measure["difference"]["estimate"]) == (0, 0)
    for found in measure["percent_change"].values():
        assert (found["estimate"], found["low"]) == (None, None)
        assert found["why"] in {"zero_mean", "zero_before"}
    assert measure["adjusted"]["mixed_log"]["why"] == "zero_values"


def test_covariates_without_use_are_named_and_clinicians_without_them_counted(folder: Path) -> None:
    measure = measured(folder, "covariates")
    for model in measure["adjusted"].values():
        assert {one["name"]: one["left_out"] for one in model["covariates"]} == {
            "group": "one_level",
            "years": None,
        }
        assert model["excluded"]["clinicians"] == {"missing_covariate": 1}
        assert model["n_clinicians"] == 7
    assert measure["n_clinicians"] == 8, "the unadjusted comparison keeps them"
    assert all(level["suppressed"] for level in measure["subgroups"]["years"]["levels"].values())


def test_a_table_that_went_bad_leaves_the_last_result(folder: Path) -> None:
    run = folder / "one" / "run"
    before = contents(run)
    lay_out(folder / "one", CONFIG, [[*row[:4], -1, 20] for row in ehr_use(1)], people(1))
    answer = scribeeval("study", folder / "one" / "study.toml", "--out", run)
    assert answer.code == 2
    assert contents(run) == before
    assert CLOSURE in before["study.json"].decode()
