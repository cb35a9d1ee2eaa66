"""The metrics.  To add one: see CONTRIBUTING.md, "How to add a metric"."""

from collections.abc import Mapping

from scribeeval.metrics import (
    cer,
    cpwer,
    edit_distance_chars,
    edit_distance_words,
    kept_words_share,
    medical_wer,
    mer,
    term_recall,
    wer,
    wil,
)
from scribeeval.metrics.base import Bootstrap, Counts, Metric, VisitScore

METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        edit_distance_chars.METRIC,
        edit_distance_words.METRIC,
        kept_words_share.METRIC,
        term_recall.METRIC,
        wer.METRIC,
        cer.METRIC,
        mer.METRIC,
        wil.METRIC,
        cpwer.METRIC,
        medical_wer.METRIC,
    )
}

__all__ = ["METRICS", "Bootstrap", "Counts", "Metric", "VisitScore"]
