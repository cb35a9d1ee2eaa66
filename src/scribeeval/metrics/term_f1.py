"""Term F1: how well the terms of the draft and of the reference note agree.

    F1 = 2 x terms in both / (terms of the reference + terms of the draft)        summed over visits (micro)

What a term is, and the other levels beside the value: metrics/term_counts.py.  Source of the measures:
van Rijsbergen (1979).
"""

from functools import partial

from scribeeval.metrics import term_counts as terms
from scribeeval.metrics.base import Metric


def metric(finder: terms.Finder = terms.PACKAGED) -> Metric:
    """Make the metric with a lexicon; the signature names it."""
    return Metric(
        name="term_f1",
        title="Agreement of the terms of draft and reference note (F1)",
        compares="content",
        higher_is_better=True,
        unit="share",
        settings=terms.settings(finder),
        count=partial(terms.count_terms, finder=finder),
        value=terms.f1,
        parts=partial(terms.count_terms_by_type, finder=finder),
        views=terms.views(terms.f1),
        family=terms.Family(finder),
    )


METRIC = metric()
