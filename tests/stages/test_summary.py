"""What a config asks of the metrics stands in their signatures."""

from pathlib import Path

import pytest

from scribeeval.config import ScoreTable
from scribeeval.errors import InputError
from scribeeval.metrics import METRICS
from scribeeval.records import Pair
from scribeeval.stages.summary import configured_metrics


def test_rouge_reads_as_the_config_says_and_the_others_stay() -> None:
    settings = ScoreTable(metrics=("rouge1", "rougeLsum", "wer"), rouge_tokenizer="unicode", rouge_stem=True)
    rouge1, rouge_lsum, wer = configured_metrics(settings, Path("pilot.toml"))
    for metric in (rouge1, rouge_lsum):
        assert metric.settings == {"tok": "unicode", "stem": "porter"}
        assert metric.title == METRICS[metric.name].title
    assert rouge1.family == rouge_lsum.family, "they still share one pass"
    assert wer == METRICS["wer"]


def test_a_sites_own_terms_count_and_name_themselves(tmp_path: Path) -> None:
    (tmp_path / "ours.csv").write_text(
        "concept,semantic_type,surfaces\nzorblax therapy,procedure,ZBX|zorb\n", encoding="utf-8"
    )
    settings = ScoreTable(metrics=("term_recall", "term_f1", "wer"), site_terms="ours.csv")
    recall, f1, wer = configured_metrics(settings, tmp_path / "pilot.toml")
    pairs = [Pair("v", "Fever. ZBX today.", "He had zorb.")]
    assert METRICS["term_recall"].score(pairs).value == 0.0
    assert recall.score(pairs).value == 0.5
    assert recall.settings["lexicon"].startswith("clinical-1+ours@")
    assert (recall.family, wer) == (f1.family, METRICS["wer"]), "the two still share one pass"
    (tmp_path / "ours.csv").write_text("concept,semantic_type\nzorblax therapy,magic\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"ours\.csv: terms, row 1: semantic_type must be one of"):
        configured_metrics(settings, tmp_path / "pilot.toml")
    (tmp_path / "ours.csv").write_text("name\nx\n", encoding="utf-8")
    with pytest.raises(InputError, match="the column 'concept' is missing"):
        configured_metrics(settings, tmp_path / "pilot.toml")
