"""Settings of metrics that a user may choose; what is chosen stands in the signature."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scribeeval.metrics import rouge
from scribeeval.metrics.base import Metric
from scribeeval.metrics.opinion import Opinion


@dataclass(frozen=True, slots=True)
class MetricOptions:
    """What differs from the default metrics.

    rouge_tokenizer: "rouge" is rouge_score's, which knows a-z and 0-9 only; "unicode" knows every
    script.  rouge_stem: Porter's stems in place of words, as many papers have it.
    second_opinion: the name or the directory of a model that is asked beside the words, by the metrics
    of TAKE_OPINION.
    """

    rouge_tokenizer: rouge.Tokenizer = "rouge"
    rouge_stem: bool = False
    second_opinion: str | None = None


DEFAULT_OPTIONS = MetricOptions()


# Metric -> how it is made with a second opinion.
TAKE_OPINION: Mapping[str, Callable[[Opinion], Metric]] = {}


def configured(metric: Metric, options: MetricOptions, opinion: Opinion | None = None) -> Metric:
    """Give a metric the settings that the options name; other metrics stay as they are.

    opinion: what options.second_opinion names, loaded; this level knows no model.
    """
    if opinion is not None and metric.name in TAKE_OPINION:
        return TAKE_OPINION[metric.name](opinion)
    if not isinstance(metric.family, rouge.Family):
        return metric
    return rouge.metric(metric.name, metric.title, stem=options.rouge_stem, tokenizer=options.rouge_tokenizer)
