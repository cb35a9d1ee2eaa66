"""`scribeeval run configs/duggan2025.toml`: the published table recomputed, beside the simulated pilot."""

from pathlib import Path

import pytest

from cli.conftest import CONFIGS, read_json, scribeeval

VERDICTS = {
    "change_in_text": ("exactly", "rounding", "exactly", "rounding", "exactly"),
    "change_in_table": ("not",) * 5,
}
SHORT = {"reproduced_exactly": "exactly", "within_rounding": "rounding", "not_reproduced": "not"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("duggan") / "run"
    answer = scribeeval("run", CONFIGS / "duggan2025.toml", "--out", folder)
    assert answer.code == 0, answer.err
    assert answer.out.count("no stated estimator") == 5
    assert answer.out.count("reproduced exactly") == 3
    assert answer.out.count("within rounding") == 2
    return folder


def test_every_published_figure_has_its_verdict(run: Path) -> None:
    result = read_json(run / "published.json")
    assert result["columns"]["change_in_text"]["estimator"] == "ratio_of_means"
    assert result["columns"]["change_in_table"]["estimator"] is None
    for name, verdicts in VERDICTS.items():
        checks = [row["figures"][name] for row in result["measures"].values()]
        assert tuple(SHORT[check["verdict"]] for check in checks) == verdicts
        for check in checks:
            assert check["estimator"] == (None if check["verdict"] == "not_reproduced" else "ratio_of_means")
    for row in result["measures"].values():
        change = row["percent_change"]["ratio_of_means"]
        assert change["rounding_low"] <= change["estimate"] <= change["rounding_high"]


def test_the_table_has_a_row_a_figure(run: Path) -> None:
    lines = (run / "tables" / "published.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 10
    assert sum(",not_reproduced,none," in line for line in lines) == 5


def test_the_simulated_pilot_is_compared_in_the_same_run(run: Path) -> None:
    study = read_json(run / "study.json")
    change = study["measures"]["time_in_notes_min_per_appointment"]["percent_change"]
    assert change["ratio_of_means"]["estimate"] == pytest.approx(8.2 / 10.3 - 1, abs=0.001)
    for page in ("report.html", "report.ko.html"):
        assert (run / page).is_file()
