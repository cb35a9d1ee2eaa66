"""datasets/duggan2025 and docs/duggan2025.md: sound numbers, and the document's are those computed."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from scribeeval.config import load_toml
from scribeeval.io.ehr_use import read_clinicians, read_ehr_use
from scribeeval.io.published import read_published_means
from scribeeval.stats.measures import MEASURES, ClinicianValues, clinician_values
from scribeeval.stats.paired import compare
from scribeeval.stats.published import load_published
from scribeeval.stats.recompute import recompute
from scribeeval.stats.simulate import simulate
from scribeeval.stats.simulate_settings import SIMULATED, read_settings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "datasets" / "duggan2025"
DOCUMENT = (ROOT / "docs" / "duggan2025.md").read_text(encoding="utf-8")
ROWS, NOTES = read_published_means(FOLDER / "published_means.csv")
COLUMN = {"text": "change_in_text", "table": "change_in_table"}
FIGURE_ROW = re.compile(
    r"^\| `(\w+)` \| (text|table) \| ([+-][\d.]+) % \| ([+-][\d.]+) % "
    r"\| ([+-][\d.]+) to ([+-][\d.]+) \| (.+?) \|$",
    re.MULTILINE,
)
FIGURES = FIGURE_ROW.findall(DOCUMENT)
SIMULATED_ROWS = re.findall(r"^\| `(\w+)` ((?:\| [+-][\d.]+ ){6})\|$", DOCUMENT, re.MULTILINE)
WORDS = {
    "reproduced exactly: `ratio_of_means`": "reproduced_exactly",
    "within rounding: `ratio_of_means`": "within_rounding",
    "by no stated estimator": "not_reproduced",
}


def test_checksum() -> None:
    sha, name = (FOLDER / "SHA256SUMS").read_text(encoding="utf-8").split()
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == sha
    assert {path.name for path in FOLDER.iterdir()} == {name, "SHA256SUMS", "README.md"}


def test_the_table_and_the_list_of_published_studies_hold_the_same_figures() -> None:
    study = next(study for study in load_published().studies if study.id == "duggan2025")
    listed = {
        (effect.measure, f"change_in_{effect.variant}"): (effect.before, effect.after, effect.estimate)
        for effect in study.effects
        if effect.variant is not None
    }
    table = {
        (row.measure, name): (float(row.before), float(row.after), float(figure))
        for row in ROWS
        for name, figure in row.figures.items()
    }
    assert listed == table
    assert {name for name, _ in table} - MEASURES.keys() == {"note_length_total"}
    assert set(NOTES) <= {name for name, _ in table}


def test_the_document_has_every_figure() -> None:
    assert len(FIGURES) == 10
    assert {(measure, where) for measure, where, *_ in FIGURES} == {
        (row.measure, where) for row in ROWS for where in COLUMN
    }
    lines = [line for line in DOCUMENT.splitlines() if line.startswith("| `")]
    assert len(lines) == len(FIGURES) + len(SIMULATED_ROWS)


@pytest.mark.parametrize("row", FIGURES, ids=[f"{row[0]}-{row[1]}" for row in FIGURES])
def test_a_row_of_the_document_is_what_is_computed(row: tuple[str, ...]) -> None:
    measure, where, published, estimate, low, high, words = row
    one = recompute(next(one for one in ROWS if one.measure == measure))
    check, change = one.figures[COLUMN[where]], one.percent_change["ratio_of_means"]
    assert float(published) == pytest.approx(100 * check.value)
    for text, value in zip((estimate, low, high), (change.estimate, change.low, change.high), strict=True):
        assert value is not None
        assert text == f"{100 * value:+.2f}"
    assert check.verdict == WORDS[words]


@pytest.fixture(scope="module")
def pilot() -> dict[str, ClinicianValues]:
    frame = read_ehr_use(ROOT / "datasets" / "demo" / "ehr_use.csv")
    groups = read_clinicians(ROOT / "datasets" / "demo" / "clinicians.csv")["group"]
    scribe = frame[frame["clinician_id"].map(groups) == "scribe"]
    return {name: clinician_values(scribe, MEASURES[name]) for name in SIMULATED}


def mixed_change(values: ClinicianValues, *, log: bool) -> float:
    """The percent change by statsmodels' random-intercept model on one value per clinician and phase."""
    n = len(values.before)
    y = np.concatenate([values.before, values.after]) / values.before.mean()
    frame = pd.DataFrame(
        {"y": np.log(y) if log else y, "after": np.repeat([0, 1], n), "who": list(values.clinician_ids) * 2}
    )
    fit = smf.mixedlm("y ~ after", frame, groups="who").fit()
    assert fit.converged
    change = np.expm1(fit.params["after"]) if log else fit.params["after"] / fit.params["Intercept"]
    return float(change)


@pytest.mark.parametrize("row", SIMULATED_ROWS, ids=[row[0] for row in SIMULATED_ROWS])
def test_a_raw_model_returns_the_ratio_of_means_and_a_log_model_the_geometric_one(
    pilot: dict[str, ClinicianValues], row: tuple[str, str]
) -> None:
    """Proof by statsmodels, and the document's row of the simulated pilot."""
    name, cells = row
    values = pilot[name]
    change = compare(MEASURES[name], values.before, values.after, seed=1, resamples=100).percent_change
    ratio, geometric, mean, median = (
        change[key].estimate
        for key in (
            "ratio_of_means",
            "geometric_mean_ratio",
            "mean_of_clinician_changes",
            "median_of_clinician_changes",
        )
    )
    raw, log = mixed_change(values, log=False), mixed_change(values, log=True)
    assert raw == pytest.approx(ratio, abs=1e-9)
    assert log == pytest.approx(geometric, abs=1e-9)
    computed = (raw, ratio, log, geometric, mean, median)
    assert cells.replace("|", " ").split() == [f"{100 * (value or 0):+.2f}" for value in computed]


def test_the_document_shows_every_simulated_measure() -> None:
    assert [name for name, _ in SIMULATED_ROWS] == list(SIMULATED)


def test_relative_scales_fall_short_of_the_ratio_of_means_where_heavy_documenters_gain_more() -> None:
    """The same pilot with one gain for everyone, and with more of it for the heavy: the gap opens with it."""
    table = load_toml(ROOT / "configs" / "simulate-demo.toml")["simulate"]
    name = "after_hours_min_per_workday"
    gaps = []
    for gain in ({"heavy_gain": 0.0, "gain_spread": 0.0, "noise": 0.02}, {}):
        changed = table["measures"] | {name: table["measures"][name] | gain}
        use = simulate(read_settings(table | {"measures": changed})).ehr_use
        values = clinician_values(use[use["clinician_id"].str.startswith("S")], MEASURES[name])
        change = compare(MEASURES[name], values.before, values.after, seed=1, resamples=100).percent_change
        ratio, geometric = (change[key].estimate for key in ("ratio_of_means", "geometric_mean_ratio"))
        assert ratio == pytest.approx(35.4 / 50.6 - 1, abs=0.005), "the means are those published"
        assert geometric is not None
        gaps.append(geometric - (ratio or 0))
    assert abs(gaps[0]) < 0.01
    assert gaps[1] > 0.10
