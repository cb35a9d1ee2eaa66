"""`scribeeval study` on sixteen invented clinicians: flow, small groups, own measures, imports, pages."""

import html
import json
import math
import random
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import scipy.stats
from statsmodels.stats.multitest import multipletests

from cli.conftest import (
    DEMO,
    EHR_COLUMNS,
    TIME_IN_NOTES,
    contents,
    read_json,
    scribeeval,
    side_by_side,
    write,
    write_csv,
)
from cli.studies import CLOSURE, undefined

SATISFACTION, RVU = "satisfaction_points_per_survey", "rvu_per_workday"
MEASURES = (TIME_IN_NOTES, CLOSURE, SATISFACTION, RVU)
FAMILY = MEASURES[:3]
WEEKS = {
    "before": ("2025-01-06", "2025-01-13", "2025-01-20"),
    "training": ("2025-02-17",),
    "after": ("2025-03-03", "2025-03-10"),
}
# S13 leaves in training, S14 never begins and has no EHR use at all, S02 has no closure; P are controls.
SCRIBE = [f"S{i:02d}" for i in range(1, 15)]
EVERYONE = [*SCRIBE, "P1", "P2"]
SPECIALTIES = ["cardiology"] * 6 + ["<b>neurology</b>"] * 5 + ["psychiatry"] * 3 + ["cardiology"] * 2
PEOPLE = ("clinician_id", "group", "specialty", "years", "invited", "trained", "exit_reason")
CONFIG = f"""\
[study]
ehr_use = "ehr_use.csv"
clinicians = "clinicians.csv"
measures = {json.dumps(MEASURES)}
primary = "{TIME_IN_NOTES}"
test = ["paired_t", "wilcoxon_signed_rank", "sign_flip"]
family = {json.dumps(FAMILY)}
multiplicity = "benjamini_hochberg"
covariates = ["years"]
by = ["specialty", "years"]
links = [{{outcome = "{TIME_IN_NOTES}"}}, {{outcome = "{SATISFACTION}", exposure = "{TIME_IN_NOTES}"}}]
used_min_visits = 20
resamples = 200
[study.define.{SATISFACTION}]
unit = "points"
title = "Satisfaction <i>"
kind = "other"
lower_is_better = false
[study.define.{RVU}]
unit = "RVU per workday"
title = "Relative value units"
kind = "other"
scale = "log"
"""


def ehr_use() -> list[tuple[str, str, str, str, float, int]]:
    """Invent the weeks; the scribe's minutes fall, most for the first clinicians."""
    draw = random.Random(7)
    rows: list[tuple[str, str, str, str, float, int]] = []
    for k, who in enumerate(EVERYONE):
        for phase, weeks in WEEKS.items():
            if who == "S14" or (who == "S13" and phase == "after"):
                continue
            for week in weeks:
                effect = 0.6 + 0.04 * k if phase != "before" and who in SCRIBE else 1.0
                n = draw.randint(15, 40)
                minutes = round(n * (7 + k / 2) * effect * draw.uniform(0.9, 1.1), 1)
                rows.append((who, week, phase, TIME_IN_NOTES, minutes, n))
                if who != "S02":
                    rows.append((who, week, phase, CLOSURE, draw.randint(n // 2, n), n))
                points = round(draw.uniform(16, 24) + (8 if phase == "after" else 0), 1)
                rows.append((who, week, phase, SATISFACTION, points, 8))
                rows.append((who, week, phase, RVU, round(draw.uniform(72, 100), 2), 4))
    return rows


def people() -> list[tuple[object, ...]]:
    """List the clinicians, with their use of the scribe."""
    return [
        (
            *(who, "scribe" if who in SCRIBE else "control", SPECIALTIES[k], 3 + (k * 5) % 17),
            *("yes" if who in SCRIBE else "no", "yes" if who in SCRIBE[:13] else "no"),
            "left the hospital" if who == "S13" else "",
            *((0 if who == "S14" else 10 + 3 * k, 60) if who in SCRIBE else ("", "")),
        )
        for k, who in enumerate(EVERYONE)
    ]


@dataclass(frozen=True)
class Study:
    """One study done twice in different folders, in English, with a Korean page of the first."""

    first: Path
    second: Path
    result: Any
    english: str
    korean: str


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Both runs, and both pages."""
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "the second")]
    for folder in folders:
        write_csv(folder / "ehr_use.csv", EHR_COLUMNS, ehr_use())
        write_csv(folder / "clinicians.csv", (*PEOPLE, "scribe_visits", "eligible_visits"), people())
        write(folder / "study.toml", CONFIG)
    runs = [folder / "run" for folder in folders]
    done = side_by_side({str(run): ("study", run.parent / "study.toml", "--out", run) for run in runs})
    assert [answer.code for answer in done.values()] == [0, 0], done
    korean = folders[0] / "korean"
    shutil.copytree(runs[0], korean)
    answer = scribeeval("report", korean, "--language", "ko")
    assert answer.code == 0, answer.err
    pages = [(run / "report.html").read_text(encoding="utf-8") for run in (runs[0], korean)]
    return Study(runs[0], runs[1], read_json(runs[0] / "study.json"), *pages)


def changes(measure: str) -> "pd.Series[float]":
    """log(after / before) of each scribe clinician with both phases."""
    table = pd.DataFrame(ehr_use(), columns=list(EHR_COLUMNS))
    rows = table[(table["measure"] == measure) & table["clinician_id"].isin(SCRIBE)]
    sums = rows.groupby(["clinician_id", "phase"])[["numerator", "denominator"]].sum()
    ratio = (sums["numerator"] / sums["denominator"]).unstack()
    return (ratio["after"] / ratio["before"]).dropna().map(math.log)


def test_equal_bytes_in_another_folder(study: Study) -> None:
    assert contents(study.first, "manifest.json") == contents(study.second, "manifest.json")
    assert set(contents(study.first)) == {
        *("config.toml", "manifest.json", "report.html", "study.json"),
        *("tables/study.csv", "tables/study_adjusted.csv"),
    }


def test_undefined_is_null_and_says_why(study: Study) -> None:
    assert undefined(study.result) == []


def test_flow_by_hand(study: Study) -> None:
    flow = study.result["flow"]["arms"]
    steps = {step["step"]: step for step in flow["scribe"]["steps"]}
    counts = {name: step["n"] for name, step in steps.items() if name != "used"}
    assert counts == {"listed": 14, "invited": 14, "trained": 13, "with_before": 13, "with_after": 12}
    assert steps["with_after"]["lost"] == [{"reason": "left the hospital", "given": True, "n": 1}]
    analysed = {name: one["n"] for name, one in flow["scribe"]["measures"].items()}
    assert analysed == {TIME_IN_NOTES: 12, CLOSURE: 11, SATISFACTION: 12, RVU: 12}
    for arm in flow.values():
        n = {step["step"]: step["n"] for step in arm["steps"]}
        for step in [*arm["steps"][1:], *arm["measures"].values()]:
            if step["status"] == "counted":
                lost = sum(loss["n"] for loss in step["lost"])
                assert step["n"] == n[step["after"]] - lost + step["joined"]
    assert [step["n"] for step in flow["control"]["steps"]] == [2, 0, None, None, 2, 2]
    assert study.result["n_control_clinicians_not_used"] == 2
    missing = study.result["measures"][CLOSURE]["missing_data"]
    assert (missing["n_listed"], missing["n_missing"]) == (14, 3)


def test_flow_and_dose_call_the_same_clinicians_users(study: Study) -> None:
    """20 visits and more: 10 + 3 k of S05 (k = 4) to S13."""
    used = next(step for step in study.result["flow"]["arms"]["scribe"]["steps"] if step["step"] == "used")
    assert used["n"] == 9


def test_everyone_with_ehr_use_is_analysed_or_dropped(study: Study) -> None:
    """S02 has weeks before and after, and no row of closure."""
    closure = study.result["measures"][CLOSURE]
    assert closure["n_clinicians"] + closure["n_dropped"] == study.result["n_scribe_clinicians"] == 13


def test_small_subgroups_are_hidden_and_cannot_be_worked_out(study: Study) -> None:
    """With both phases: cardiology 6, neurology 5, psychiatry 1, which 12 - 6 - 5 would tell."""
    specialty = study.result["measures"][TIME_IN_NOTES]["subgroups"]["specialty"]
    shown = {name: level["n_clinicians"] for name, level in specialty["levels"].items()}
    assert shown == {"cardiology": 6, "<b>neurology</b>": None, "psychiatry": None}
    assert specialty["levels"]["psychiatry"]["estimate"] is None
    assert specialty["n_hidden"] == 6
    assert {name: level["why"] for name, level in specialty["levels"].items()} == {
        **{"cardiology": None, "<b>neurology</b>": "complementary", "psychiatry": "small"}
    }
    years = study.result["measures"][TIME_IN_NOTES]["subgroups"]["years"]["levels"]
    assert {name: level["n_clinicians"] for name, level in years.items()} == {
        **{"low": 5, "middle": None, "high": None}  # 5, 3 and 4
    }
    change = changes(TIME_IN_NOTES)[SCRIBE[:6]].mean()
    assert specialty["levels"]["cardiology"]["estimate"] == pytest.approx(math.exp(change) - 1)


def test_own_measures_and_a_family_that_was_declared(study: Study) -> None:
    measures = study.result["measures"]
    assert tuple(measures) == MEASURES
    assert (measures[SATISFACTION]["unit"], measures[SATISFACTION]["scale"]) == ("points", "raw")
    assert measures[RVU]["share_of_clinicians_worse"] is None, "no direction was declared"
    assert measures[SATISFACTION]["difference"]["estimate"] > 0.5, "one more point of survey"
    logs = changes(RVU)
    assert measures[RVU]["tests"]["paired_t"]["p_value"] == pytest.approx(scipy.stats.ttest_1samp(logs, 0)[1])
    assert measures[RVU]["tests"]["paired_t"]["p_adjusted"] is None, "outside the family"
    for test in ("paired_t", "wilcoxon_signed_rank", "sign_flip"):
        found = [measures[name]["tests"][test] for name in FAMILY]
        assert [one["family_size"] for one in found] == [3, 3, 3]
        ours = [one["p_adjusted"] for one in found]
        assert ours == pytest.approx(multipletests([one["p_value"] for one in found], method="fdr_bh")[1])


def test_who_counts_as_a_user_is_the_rule_of_the_config(study: Study) -> None:
    dose = study.result["measures"][TIME_IN_NOTES]["dose"]
    assert dose["used_definition"] == {"scribe_visits_at_least": 20, "utilisation_at_least": None}
    effects = dose["effects"]
    assert effects["intention_to_treat"]["n_clinicians"] == 12
    assert effects["as_used"]["n_clinicians"] == 8, "S05 to S12"
    assert math.log1p(effects["as_used"]["estimate"]) == pytest.approx(
        changes(TIME_IN_NOTES)[SCRIBE[4:12]].mean()
    )


def test_pages_hold_every_measure_and_no_word_of_the_machine(study: Study) -> None:
    own = ("Satisfaction <i>", "Relative value units")
    titles = (("Time in notes", "Closed on the same day"), ("기록 작성 시간", "당일 기록 완료 비율"))
    for page, names in zip((study.english, study.korean), titles, strict=True):
        tags = re.compile(r"<(style|script|svg).*?</\1>|<[^>]*>", flags=re.DOTALL)
        text = html.unescape(tags.sub(" ", page))
        for name in (*own, *names):
            assert name in text, name
        assert "<b>neurology" not in page
        machine = r"\b(?:None(?! replaces)|nan|NaN|inf|null|Traceback|undefined_\w+)\b"
        assert re.findall(machine, text) == []
        assert str(study.first.parent) not in page


EXPORTS = DEMO.parent / "exports"


def test_imports_in_the_study_equal_the_tidy_table(tmp_path: Path) -> None:
    shutil.copytree(EXPORTS, tmp_path / "exports")
    config = tmp_path / "exports" / "signal_long.toml"
    answer = scribeeval("import", config, "--out", tmp_path / "ehr_use.csv")
    assert answer.code == 0, answer.err
    rest = f'measures = ["{TIME_IN_NOTES}", "{CLOSURE}"]\nresamples = 200\n'
    write(tmp_path / "tidy.toml", f'[study]\nehr_use = "ehr_use.csv"\n{rest}')
    write(tmp_path / "imports.toml", f'[study]\nimports = "exports/signal_long.toml"\n{rest}')
    names = ("tidy", "imports")
    done = side_by_side({n: ("study", tmp_path / f"{n}.toml", "--out", tmp_path / n) for n in names})
    assert [answer.code for answer in done.values()] == [0, 0], done
    without = ("config.toml", "manifest.json")
    assert contents(tmp_path / "tidy", *without) == contents(tmp_path / "imports", *without)
    measure = read_json(tmp_path / "imports" / "study.json")["measures"][TIME_IN_NOTES]
    assert (measure["n_clinicians"], measure["n_dropped"]) == (4, 2)
