"""Term precision: the share of the draft's terms that the reference note has.

    precision = terms in both / terms of the draft        per visit, summed over visits (micro)

What a term is, and the other levels beside the value: metrics/term_counts.py.  Source of the measures:
van Rijsbergen (1979).
"""

from functools import partial

from scribeeval.metrics import term_counts as terms
from scribeeval.metrics.base import Metric


def metric(finder: terms.Finder = terms.PACKAGED) -> Metric:
    """Make the metric with a lexicon; the signature names it."""
    return Metric(
        name="term_precision",
        title="Share of the draft's terms found in the reference note",
        compares="content",
        higher_is_better=True,
        unit="share",
        settings=terms.settings(finder),
        count=partial(terms.count_terms, finder=finder),
        value=terms.precision,
        parts=partial(terms.count_terms_by_type, finder=finder),
        views=terms.views(terms.precision),
        family=terms.Family(finder),
    )


METRIC = metric()
