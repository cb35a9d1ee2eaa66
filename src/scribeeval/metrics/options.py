"""Settings of metrics that a user may choose; what is chosen stands in the signature."""

from dataclasses import dataclass

from scribeeval.metrics import rouge
from scribeeval.metrics.base import Metric


@dataclass(frozen=True, slots=True)
class MetricOptions:
    """What differs from the default metrics.

    rouge_tokenizer: "rouge" is rouge_score's, which knows a-z and 0-9 only; "unicode" knows every
    script.  rouge_stem: Porter's stems in place of words, as many papers have it.
    """

    rouge_tokenizer: rouge.Tokenizer = "rouge"
    rouge_stem: bool = False


DEFAULT_OPTIONS = MetricOptions()


def configured(metric: Metric, options: MetricOptions) -> Metric:
    """Give a metric the settings that the options name; other metrics stay as they are."""
    if not isinstance(metric.family, rouge.Family):
        return metric
    return rouge.metric(metric.name, metric.title, stem=options.rouge_stem, tokenizer=options.rouge_tokenizer)
