"""The metrics.  To add one: see CONTRIBUTING.md, "How to add a metric"."""

from collections.abc import Mapping

from scribeeval.metrics import (
    cer,
    clinical_edits,
    cpwer,
    duplicated_share,
    edit_distance_chars,
    edit_distance_words,
    edit_seconds_estimate,
    edit_share_chars,
    edit_share_words,
    expected_edit_share,
    kept_words_share,
    length_change_share,
    medical_wer,
    mer,
    moved_words_share,
    omission,
    register,
    rouge1,
    rouge2,
    rougeL,
    rougeLsum,
    support,
    swer,
    term_f1,
    term_precision,
    term_recall,
    verbatim,
    verbosity,
    wer,
    wil,
    wrong_section_share,
)
from scribeeval.metrics.base import Bootstrap, Counts, Metric, VisitScore
from scribeeval.metrics.options import DEFAULT_OPTIONS, MetricOptions, configured

METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (  # in the order of reports
        wer.METRIC,
        cer.METRIC,
        mer.METRIC,
        wil.METRIC,
        swer.METRIC,
        cpwer.METRIC,
        medical_wer.METRIC,
        kept_words_share.METRIC,
        edit_distance_words.METRIC,
        edit_distance_chars.METRIC,
        edit_share_words.METRIC,
        edit_share_chars.METRIC,
        length_change_share.METRIC,
        moved_words_share.METRIC,
        clinical_edits.METRIC,
        edit_seconds_estimate.METRIC,
        term_recall.METRIC,
        term_precision.METRIC,
        term_f1.METRIC,
        support.METRIC,
        omission.METRIC,
        register.METRIC,
        verbatim.METRIC,
        verbosity.METRIC,
        duplicated_share.METRIC,
        wrong_section_share.METRIC,
        expected_edit_share.METRIC,
        rouge1.METRIC,
        rouge2.METRIC,
        rougeL.METRIC,
        rougeLsum.METRIC,
    )
}

__all__ = [
    "DEFAULT_OPTIONS",
    "METRICS",
    "Bootstrap",
    "Counts",
    "Metric",
    "MetricOptions",
    "VisitScore",
    "configured",
]
