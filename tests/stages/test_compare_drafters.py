"""The drafters of one run compared: against two runs compared, and by hand."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from scribeeval.cli import app
from scribeeval.console_compare import show_panel, show_runs
from scribeeval.errors import InputError
from scribeeval.metrics import METRICS
from scribeeval.models.chat.base import Completion, NoCompletion
from scribeeval.records import Pair
from scribeeval.run import Silent
from scribeeval.stages.compare import How, compare_drafters, compare_runs
from scribeeval.stages.draft_asking import Asked, several_models
from scribeeval.stages.pipeline import run_config
from scribeeval.stats.multiplicity import holm

HOW = How(resamples=200, seed=3)
MARK = "ZZPATIENTMARK"
COMPLAINTS = ("cough", "fever", "headache", "back pain", "rash", "nausea")
VISITS = {
    f"V{i}": f"The patient has {what} for {i} days and takes ibuprofen {i}00 mg. {MARK}"
    for i, what in enumerate(COMPLAINTS, start=1)
}
METRIC_NAMES = ("rouge1", "term_recall", "support")
NOTES = {
    "good": {visit: text.replace("has", "reports") for visit, text in VISITS.items()},
    "poor": {visit: f"Cough. {text.split()[3]}" for visit, text in VISITS.items() if visit != "V6"},
}


def run(folder: Path, *drafters: str) -> Path:
    """Run a config of replayed drafters over the visits."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        json.dumps({"visit_id": v, "reference_transcript": t, "reference_note": t}) for v, t in VISITS.items()
    ]
    (folder / "visits.jsonl").write_text("\n".join(rows) + "\n")
    tables = ""
    for name in drafters:
        tables += f'[draft.models."{name}"]\ndrafter = "replay"\nmodel = "{name}.jsonl"\n'
        if name in NOTES:
            lines = (json.dumps({"visit_id": v, "text": t}) for v, t in NOTES[name].items())
            (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "config.toml").write_text(
        '[run]\nname = "panel"\n[visits]\ntable = "visits.jsonl"\n'
        f"[draft]\ndrafters = {json.dumps(drafters)}\n{tables}"
        f"[score]\nmetrics = {json.dumps(METRIC_NAMES)}\nresamples = 100\n"
    )
    run_config(folder / "config.toml", folder / "run", Silent())
    return folder / "run"


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three drafters, of which one lacks a visit and one its file."""
    return run(tmp_path_factory.mktemp("panel"), "good", "poor", "gone")


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def test_scores_of_every_drafter_are_kept_by_visit(panel: Path) -> None:
    rows = pq.read_table(panel / "panel.parquet").to_pylist()
    assert [*rows[0]] == ["drafter", "visit_id", "metric", "value", "counts"]
    assert {(row["drafter"], row["visit_id"], row["metric"]) for row in rows} == {
        (name, visit, metric) for name, of in NOTES.items() for visit in of for metric in METRIC_NAMES
    }
    assert rows == sorted(rows, key=lambda row: (row["drafter"], row["visit_id"], row["metric"]))
    for row in rows:
        said = VISITS[row["visit_id"]]
        pair = Pair(row["visit_id"], said, NOTES[row["drafter"]][row["visit_id"]], said)
        assert row["value"] == METRICS[row["metric"]].score([pair]).value
    assert panel.joinpath("panel.parquet").stat().st_mode & 0o777 == 0o600
    assert "panel.parquet" in read(panel / "manifest.json")["stages"]["score"]["outputs"]


def test_drafters_compare_as_two_runs_of_them_would(panel: Path, tmp_path: Path) -> None:
    good, poor = (run(tmp_path / name, name) for name in ("good", "poor"))
    assert not (good / "panel.parquet").exists()
    theirs = {row.metric: row for row in compare_runs(good, poor, HOW, force=False)}
    found = compare_drafters(panel, HOW)
    ours = {row.metric: row for row in found.rows if row.system_b == "poor"}
    assert ours.keys() == set(METRIC_NAMES)
    for name, row in ours.items():
        other = theirs[name]
        assert (row.n_visits, row.n_only_a, row.n_only_b) == (5, 1, 0)
        assert (row.value_a, row.value_b, row.difference) == (other.value_a, other.value_b, other.difference)
        assert (row.interval, row.p_value, row.unit) == (other.interval, other.p_value, "visit")
        assert (row.system_a, other.system_a, other.system_b) == ("good", "good", "poor")
    assert ours["rouge1"].difference is not None
    assert ours["rouge1"].difference < 0
    assert [row.p_adjusted for row in found.rows] == list(holm([row.p_value for row in found.rows]))


def test_a_drafter_of_which_nothing_came_is_compared_with_nothing(panel: Path) -> None:
    rows = [row for row in compare_drafters(panel, HOW).rows if row.system_b == "gone"]
    assert {(row.n_visits, row.value_a, row.difference, row.p_adjusted) for row in rows} == {
        (0, None, None, None)
    }


def test_failures_are_counted_by_drafter_and_never_scored(panel: Path) -> None:
    summary = read(panel / "summary.json")
    assert {name: (about["n_notes"], about["n_failed"]) for name, about in summary["drafters"].items()} == {
        "good": (6, 0),
        "poor": (5, 1),
        "gone": (0, None),
    }
    assert {(one["visit_id"], one["drafter"]) for one in summary["failures"]} == {
        ("V6", "poor"),
        (None, "gone"),
    }
    assert summary["systems"]["poor"]["metrics"]["rouge1"]["n_visits"] == 5


def test_costs_are_those_of_the_manifest_and_floors_those_of_the_summary(
    panel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = {"n_asked": 5, "n_answered_before": 0, "s_per_note": 1.25, "input_tokens": 12345, "cost": 0.5}
    manifest = read(panel / "manifest.json")
    copied = tmp_path / "run"
    copied.mkdir()
    for name in ("summary.json", "scores.parquet", "panel.parquet"):
        (copied / name).write_bytes((panel / name).read_bytes())
    manifest["stages"]["draft"]["facts"]["drafters"]["poor"] = facts | {"currency": "EUR"}
    (copied / "manifest.json").write_text(json.dumps(manifest))
    found = compare_drafters(copied, HOW)
    assert found.drafters["poor"]["s_per_note"] == 1.25
    assert found.drafters["poor"]["output_tokens"] is None
    assert found.drafters["good"]["s_per_note"] is None
    assert found.floors["rouge1"] == read(panel / "summary.json")["metrics"]["rouge1"]["floors"]
    show_panel(found)
    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["poor", "5", "1", "5", "0", "1.2", "12,345", "0.50", "EUR"] in shown
    assert ["good", "6", "0"] in shown
    assert ["gone", "0", "all"] in shown
    assert ["gone:", "no", "visit", "in", "common", "with", "'good'"] in shown


def test_a_run_of_one_drafter_or_without_its_table_is_told(panel: Path, tmp_path: Path) -> None:
    folder = run(tmp_path, "good", "poor")
    (folder / "panel.parquet").unlink()
    with pytest.raises(InputError, match=r"has no panel\.parquet; run `scribeeval run` into it again"):
        compare_drafters(folder, HOW)
    run(tmp_path, "good", "poor")
    assert (folder / "panel.parquet").is_file(), "a file that is missing is made again"
    run(tmp_path, "good")
    assert not (folder / "panel.parquet").exists(), "it would be of another panel"
    with pytest.raises(InputError, match="holds the scores of one drafter; name several"):
        compare_drafters(folder, HOW)
    with pytest.raises(InputError, match="holds no scores"):
        compare_drafters(tmp_path / "nothing", HOW)
    (folder / "panel.parquet").write_text("x")
    (folder / "summary.json").write_bytes((panel / "summary.json").read_bytes())
    with pytest.raises(InputError, match=r"panel\.parquet: not a panel\.parquet of scribeeval"):
        compare_drafters(folder, HOW)


def test_two_runs_of_different_drafters_say_so(
    panel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = run(tmp_path, "poor")
    rows = compare_runs(panel, other, HOW, force=False)
    assert [row.p_adjusted for row in rows] == list(holm([row.p_value for row in rows]))
    assert rows[0].p_value is not None
    assert rows[0].p_adjusted != rows[0].p_value
    show_runs(rows)
    assert capsys.readouterr().out.startswith("different drafters: A is 'good', B is 'poor'\n")
    show_runs(compare_runs(panel, panel, HOW, force=False))
    assert "different drafters" not in capsys.readouterr().out


def test_command_line_prints_no_text_and_writes_json(panel: Path, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    out = tmp_path / "panel.json"
    answer = CliRunner().invoke(app, ["compare", str(panel), "--resamples", "100", "--out", str(out)])
    assert answer.exit_code == 0, answer.output
    assert MARK not in answer.output
    written = read(out)
    assert written.keys() == {"rows", "drafters", "floors"}
    assert len(written["rows"]) == 2 * len(METRIC_NAMES)


def test_equal_inputs_give_equal_bytes(panel: Path, tmp_path: Path) -> None:
    again = run(tmp_path, "good", "poor", "gone")
    for name in ("panel.parquet", "summary.json", "report.html"):
        assert (again / name).read_bytes() == (panel / name).read_bytes(), name


def test_answers_of_two_models_are_known_whenever_they_came() -> None:
    def asked(*answers: Any, before: int = 0, changed: bool = False) -> Asked:
        facts: dict[str, Any] = {"n_answered_before": before}
        facts |= {"identity_before": {}} if changed else {}
        return Asked(answers={str(n): answer for n, answer in enumerate(answers)}, facts=facts)

    one, other = Completion("a", model="m", fingerprint="1"), Completion("b", model="m", fingerprint="2")
    none = NoCompletion("refused")
    assert not several_models(asked(one, one, none), {})
    assert several_models(asked(one, other), {})
    assert several_models(asked(one, one, before=1, changed=True), {}), "the probe alone tells"
    assert not several_models(asked(one, one, changed=True), {}), "all asked again: of one model now"
    assert several_models(asked(one, one, before=2), {"several_models": True}), "kept answers stay mixed"
    assert not several_models(asked(one, one), {"several_models": True})
