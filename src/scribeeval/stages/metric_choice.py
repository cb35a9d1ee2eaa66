"""Metrics as the user wants them: names and options -> metrics, with the model that options may name."""

from collections.abc import Sequence
from functools import lru_cache

from scribeeval.errors import InputError
from scribeeval.metrics import METRICS, Metric, MetricOptions, configured
from scribeeval.metrics.opinion import Opinion
from scribeeval.metrics.options import TAKE_OPINION
from scribeeval.models.opinions import load_opinion


def chosen_metrics(names: Sequence[str], options: MetricOptions) -> list[Metric]:
    """Make the metrics of these names.

    Raises:
        InputError: a second opinion is named that cannot be used, or that none of the metrics takes.

    """
    if options.second_opinion is None:
        return [configured(METRICS[name], options) for name in names]
    if not any(name in TAKE_OPINION for name in names):
        raise InputError(
            f"second opinion {options.second_opinion!r}: none of the metrics chosen takes one; "
            f"leave it out, or choose one of: {', '.join(TAKE_OPINION) or 'none here'}"
        )
    opinion = _opinion(options.second_opinion)
    return [configured(METRICS[name], options, opinion) for name in names]


@lru_cache(maxsize=2)
def _opinion(model: str) -> Opinion:
    """Load once a process: a worker makes its metrics anew for every batch."""
    return load_opinion(model)
