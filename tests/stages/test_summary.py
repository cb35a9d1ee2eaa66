"""What a config asks of the metrics stands in their signatures."""

from pathlib import Path

from scribeeval.config import ScoreTable
from scribeeval.metrics import METRICS
from scribeeval.stages.summary import configured_metrics


def test_rouge_reads_as_the_config_says_and_the_others_stay() -> None:
    settings = ScoreTable(metrics=("rouge1", "rougeLsum", "wer"), rouge_tokenizer="unicode", rouge_stem=True)
    rouge1, rouge_lsum, wer = configured_metrics(settings, Path("pilot.toml"))
    for metric in (rouge1, rouge_lsum):
        assert metric.settings == {"tok": "unicode", "stem": "porter"}
        assert metric.title == METRICS[metric.name].title
    assert rouge1.family == rouge_lsum.family, "they still share one pass"
    assert wer == METRICS["wer"]
