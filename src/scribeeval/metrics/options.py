"""Settings of metrics that a user may choose; what is chosen stands in the signature."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from scribeeval.metrics import omission, rouge, support, term_f1, term_precision, term_recall
from scribeeval.metrics.base import Metric
from scribeeval.metrics.opinion import Opinion
from scribeeval.metrics.term_counts import Finder
from scribeeval.terms import SiteTerms, add_terms, clinical_lexicon, find_terms


@dataclass(frozen=True, slots=True)
class MetricOptions:
    """What differs from the default metrics.

    rouge_tokenizer: "rouge" is rouge_score's, which knows a-z and 0-9 only; "unicode" knows every
    script.  rouge_stem: Porter's stems in place of words, as many papers have it.
    site_terms: a site's own terms, beside the packaged lexicon, for the metrics of TAKE_TERMS.
    second_opinion: the name or the directory of a model that is asked beside the words, by the metrics
    of TAKE_OPINION.
    """

    rouge_tokenizer: rouge.Tokenizer = "rouge"
    rouge_stem: bool = False
    site_terms: SiteTerms | None = None
    second_opinion: str | None = None


DEFAULT_OPTIONS = MetricOptions()
# Metric -> how it is made with a finder of terms.
TAKE_TERMS: Mapping[str, Callable[[Finder], Metric]] = {
    "term_recall": term_recall.metric,
    "term_precision": term_precision.metric,
    "term_f1": term_f1.metric,
}
# Metric -> how it is made with a second opinion.
TAKE_OPINION: Mapping[str, Callable[[Opinion], Metric]] = {
    "support": support.metric,
    "omission": omission.metric,
}


def configured(metric: Metric, options: MetricOptions, opinion: Opinion | None = None) -> Metric:
    """Give a metric the settings that the options name; other metrics stay as they are.

    opinion: what options.second_opinion names, loaded; this level knows no model.
    """
    if opinion is not None and metric.name in TAKE_OPINION:
        return TAKE_OPINION[metric.name](opinion)
    if isinstance(metric.family, rouge.Family):
        stem, tokenizer = options.rouge_stem, options.rouge_tokenizer
        return rouge.metric(metric.name, metric.title, stem=stem, tokenizer=tokenizer)
    if options.site_terms is not None and metric.name in TAKE_TERMS:
        return TAKE_TERMS[metric.name](_finder(options.site_terms))
    return metric


@lru_cache(maxsize=2)
def _finder(site: SiteTerms) -> Finder:
    """Make the finder once: the metrics are made anew for each batch of visits."""
    packaged = clinical_lexicon()
    name = f"{packaged.name}+{site.name}"
    return Finder(name, partial(find_terms, lexicon=add_terms(packaged, site.as_rows(), name)))
