"""The adjusted estimates as printed: what was computed, what was not, and why."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

import pytest
from recorded import Recorded

from scribeeval.report.adjusted import adjusted_section_blocks
from scribeeval.report.blocks import Block, Figure, Heading, Items, Paragraph, Table
from scribeeval.report.languages import Language, load
from scribeeval.stats.mixed import MixedResult
from scribeeval.stats.mixed_reml import STRUCTURES

STUDY = json.loads((Path(__file__).parent / "samples" / "study.json").read_text(encoding="utf-8"))
TIME, CLOSED = "time_in_notes_min_per_appointment", "same_day_closure_rate"
both = pytest.mark.parametrize("code", ["en", "ko"])


def model(estimate: float | None, low: float | None, high: float | None, **other: Any) -> dict[str, Any]:
    return {
        "estimate": estimate,
        "low": low,
        "high": high,
        "estimate_kind": "percent_change",
        "df": 35.2,
        "p_value": 0.0004,
        "n_clinicians": 45,
        "n_periods": 1807,
        "why": None,
    } | other


COVARIATES = [
    {"name": "years_in_practice", "left_out": None},
    {"name": "night_shifts", "left_out": None},
    {"name": "site", "left_out": "one_level"},
]
ADJUSTED = {
    TIME: {
        "mixed_log": model(
            -0.159,
            -0.207,
            -0.108,
            bootstrap={"low": -0.215, "high": -0.111},
            covariates=COVARIATES,
            excluded={
                "periods": {"training": 9, "missing_time_varying": 3},
                "clinicians": {"missing_covariate": 1},
            },
        ),
        "mixed_raw": model(
            -2.09,
            -2.79,
            -1.40,
            estimate_kind="difference",
            why="correlation_at_limit",
            fallback="slope_uncorrelated",
            random_effects="slope_uncorrelated",
        ),
        "odd_model": model(0.31, 0.2, 0.4, estimate_kind="odds_ratio", df=None, n_periods=None),
    },
    CLOSED: {
        "mixed_log": model(None, None, None, df=None, p_value=None, why="zero_values", n_zero_periods=2),
        "mixed_raw": model(0.0614, -0.0399, 0.083, estimate_kind="difference"),
        "gee": model(None, None, None, why="an odd {reason} of its own"),
    },
}


def blocks(code: str, adjusted: dict[str, Any] | None = None) -> list[Block]:
    study = copy.deepcopy(STUDY)
    for name, models in (ADJUSTED if adjusted is None else adjusted).items():
        study["measures"][name]["adjusted"] = models
    return list(adjusted_section_blocks(load(code), study))


blocks_once = cache(blocks)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def sentences(found: list[Block]) -> str:
    texts: list[str] = []
    for block in found:
        if isinstance(block, Paragraph | Heading):
            texts.append(block.text)
        if isinstance(block, Items):
            texts.extend(block.items)
    return plain("\n".join(texts))


def test_sentences_come_first_then_figures_then_the_table() -> None:
    kinds = [block.kind for block in blocks_once("en")]
    assert kinds == ["heading", "paragraph", "items", "figure", "figure", "table", "items", "items"]


def test_no_models_no_blocks() -> None:
    assert blocks("en", {}) == []
    assert blocks("en", {TIME: {}}) == []


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        (
            "en",
            [
                "adjusted for years in practice, night_shifts. Each",
                "Time in notes: −15.9 % (95 % interval −20.7 to −10.8) by the mixed model, log",
                "Closed on the same day: +6.1 percentage points (95 % interval −4.0 to +8.3) by the mixed",
                "below zero (less than before) for: Time in notes.",
                "includes zero, or the models differ in direction, for: Closed on the same day.",
                "Time in notes: site is not in the models, because it is the same for all.",
                "Time in notes: 3 periods left out of the models, no value of a time-varying covariate.",
                "Time in notes: 1 clinician left out of the models, covariate missing.",
                "Time in notes, mixed model: level and change came out as fully correlated; reported is the "
                "model with a level and a change of each clinician, uncorrelated.",
                "Closed on the same day, mixed model, log scale: no estimate, because 2 periods with a value",
                "Closed on the same day, gee: no estimate, because an odd {reason} of its own.",
            ],
        ),
        (
            "ko",
            [
                "진료 경력 연수, night_shifts에 대해 보정했습니다",
                "기록 작성 시간: 혼합모형(로그) 추정값 −15.9%(95% 신뢰구간 −20.7 ~ −10.8)",
                "당일 기록 완료 비율: 혼합모형 추정값 +6.1%p",
                "당일 기록 완료 비율, 혼합모형(로그): 추정값 없음. 이유: 값이 0인 집계 기간 2개가 있어",
            ],
        ),
    ],
)
def test_sentences(code: Literal["en", "ko"], lines: list[str]) -> None:
    found = sentences(blocks_once(code))
    assert [line for line in lines if line not in found] == []
    assert "9 periods" not in found  # training is left out by design


def test_table_prints_every_model_with_unit_and_kind() -> None:
    (table,) = (block for block in blocks_once("en") if isinstance(block, Table))
    rows = {
        (group.heading, row[0]): [plain(cell) for cell in row[1:]]
        for group in table.groups
        for row in group.rows
    }
    assert rows["Time in notes", "mixed model, log scale"] == [
        "−15.9 % (−20.7 to −10.8)",
        "−21.5 to −11.1",
        "35.2",
        "< 0.001",
        "45",
        "1,807",
    ]
    assert rows["Time in notes", "mixed model"][0] == "−2.1 (−2.8 to −1.4)"
    assert rows["Time in notes", "odd_model"] == ["0.31 (0.20 to 0.40)", "–", "–", "< 0.001", "45", "–"]
    assert rows["Closed on the same day", "mixed model, log scale"][0] == "undefined"
    assert rows["Closed on the same day", "mixed model"][0] == "+6.1 percentage points (−4.0 to +8.3)"
    assert all(len(row) == len(table.columns) for group in table.groups for row in group.rows)


@both
def test_figures_are_drawings_with_names_and_the_unadjusted_estimate(code: Literal["en", "ko"]) -> None:
    figures = [block for block in blocks_once(code) if isinstance(block, Figure)]
    for figure in figures:
        texts = "".join(ElementTree.fromstring(figure.svg).itertext())  # noqa: S314
        assert load(code)("adjusted.unadjusted") in texts
        assert "odd_model" not in texts  # an odds ratio has no place on an axis with zero
    percent, difference = ("".join(ElementTree.fromstring(f.svg).itertext()) for f in figures)  # noqa: S314
    assert "−15.9" in percent
    assert load(code).name("measure", CLOSED) not in percent  # its log model has no estimate
    assert "+6.1 (−4.0" in plain(difference)
    assert blocks(code) == blocks_once(code)


def test_without_covariates_and_without_estimates() -> None:
    none = {"mixed_raw": model(None, None, None, estimate_kind="difference", why="one_clinician")}
    found = sentences(blocks("en", {TIME: none}))
    assert "without covariates" in found
    assert "Time in notes: no model has an estimate" in found
    assert "no estimate, because there is only one clinician." in found


def test_every_structure_and_fault_has_words() -> None:
    english = load("en")
    from scribeeval.stats import mixed_guard

    faults = [line.split()[0] for line in (mixed_guard.__doc__ or "").splitlines() if line.startswith("    ")]
    assert len(faults) == 8
    names = [f"random_effects.{name}" for name in STRUCTURES]
    names += [f"mixed_why.{name}" for name in (*faults, "zero_values", "one_clinician")]
    assert set(names) <= english.strings.keys()
    assert {"estimate", "low", "high", "estimate_kind", "why"} <= set(MixedResult.__slots__)


def test_every_string_of_the_models_is_used() -> None:
    """One model for each name, reason, structure, covariate and exclusion that has words."""
    tables = ("adjusted", "model", "model_text", "random_effects", "mixed_why", "covariate", "excluded")

    strings = Recorded(load("en").strings)
    named = {
        table: [key.removeprefix(f"{table}.") for key in strings if key.startswith(f"{table}.")]
        for table in tables
    }
    covariates = [{"name": name, "left_out": None} for name in named["covariate"]]
    covariates += [{"name": "site", "left_out": "one_level"}]
    periods = dict.fromkeys(named["excluded"], 1)
    models = {name: model(-0.1, -0.2, -0.05) for name in named["model"]}
    reasons = {f"n{i}": model(None, None, None, why=why) for i, why in enumerate(named["mixed_why"])}
    fallbacks = {
        f"f{i}": model(
            0.1, -0.2, 0.3, estimate_kind="difference", why="not_converged", random_effects=effects
        )
        for i, effects in enumerate(named["random_effects"])
    }
    everything = model(
        0.1, 0.05, 0.2, covariates=covariates, excluded={"periods": periods, "clinicians": periods}
    )
    parts: tuple[dict[str, Any], ...] = (
        {TIME: models, CLOSED: fallbacks | reasons},
        {TIME: {"mixed_log": everything}, CLOSED: reasons},
        {TIME: {"mixed_raw": model(None, None, None)}},
    )
    for part in parts:
        study = copy.deepcopy(STUDY)
        for name, made in part.items():
            study["measures"][name]["adjusted"] = made
        assert list(adjusted_section_blocks(Language("en", strings), study))
    assert {key for key in strings if key.split(".")[0] in tables} - strings.used == set()
