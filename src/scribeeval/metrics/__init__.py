"""The metrics.  To add one: see CONTRIBUTING.md, "How to add a metric"."""

from collections.abc import Mapping

from scribeeval.metrics import (
    edit_distance_chars,
    edit_distance_words,
    edit_seconds_estimate,
    edit_share_chars,
    edit_share_words,
    kept_words_share,
    length_change_share,
    moved_words_share,
    rouge1,
    rouge2,
    rougeL,
    rougeLsum,
    term_recall,
    wer,
)
from scribeeval.metrics.base import Bootstrap, Counts, Metric, VisitScore

METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        edit_distance_chars.METRIC,
        edit_distance_words.METRIC,
        edit_seconds_estimate.METRIC,
        edit_share_chars.METRIC,
        edit_share_words.METRIC,
        kept_words_share.METRIC,
        length_change_share.METRIC,
        moved_words_share.METRIC,
        rouge1.METRIC,
        rouge2.METRIC,
        rougeL.METRIC,
        rougeLsum.METRIC,
        term_recall.METRIC,
        wer.METRIC,
    )
}

__all__ = ["METRICS", "Bootstrap", "Counts", "Metric", "VisitScore"]
