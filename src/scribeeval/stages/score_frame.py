"""Score a data frame in memory: a table in, a table out."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from scribeeval.errors import InputError, not_known
from scribeeval.io.site_terms import read_site_terms
from scribeeval.metrics import DEFAULT_OPTIONS, METRICS, MetricOptions
from scribeeval.metrics.base import score_together
from scribeeval.metrics.rouge import Tokenizer
from scribeeval.records import Pair
from scribeeval.stages.metric_choice import chosen_metrics

if TYPE_CHECKING:
    import pandas as pd


def choose(names: Sequence[str] | None) -> list[str]:
    """Check metric names, and drop doubled ones; None = all.

    Raises:
        InputError: a name is not known.

    """
    unknown = [name for name in names or () if name not in METRICS]
    if unknown:
        raise InputError(f"metric {unknown[0]!r} is not known; known: {', '.join(METRICS)}")
    return list(dict.fromkeys(names or METRICS))


def choose_options(
    rouge_tokenizer: str, *, stem: bool, site_terms: Path | None = None, second_opinion: str | None = None
) -> MetricOptions:
    """Check the settings of metrics.

    Raises:
        InputError: the tokenizer is not known, or the table of terms is not readable.

    """
    known: tuple[Tokenizer, ...] = get_args(Tokenizer)
    for tokenizer in known:
        if tokenizer == rouge_tokenizer:
            site = None if site_terms is None else read_site_terms(site_terms)
            return MetricOptions(tokenizer, stem, site, second_opinion)
    raise InputError(not_known("ROUGE tokenizer", rouge_tokenizer, known))


def score_frame(
    frame: "pd.DataFrame", metrics: Sequence[str] | None = None, options: MetricOptions = DEFAULT_OPTIONS
) -> "pd.DataFrame":
    """Score a frame with the columns visit_id, reference, hypothesis and, if metrics need it, source.

    Returns one row per visit and metric, sorted: visit_id, metric, value (nullable; <NA> = undefined).

    Raises:
        InputError: a column is missing, an id is doubled, a text is not a string, a metric is unknown.

    """
    import pandas as pd

    names = choose(metrics)
    missing = [name for name in ("visit_id", "reference", "hypothesis") if name not in frame.columns]
    if missing:
        raise InputError(f"the frame lacks the columns {', '.join(missing)}; name them so")
    doubled = frame.loc[frame["visit_id"].duplicated(), "visit_id"].astype(str).tolist()
    if doubled:
        raise InputError(
            f"{len(doubled)} ids are there twice (first 5: {', '.join(doubled[:5])}); make ids unique"
        )
    pairs = []
    sources = frame["source"] if "source" in frame.columns else [None] * len(frame)
    for visit_id, reference, hypothesis, source in zip(
        frame["visit_id"], frame["reference"], frame["hypothesis"], sources, strict=True
    ):
        if not (isinstance(reference, str) and isinstance(hypothesis, str)):
            raise InputError(f"visit {str(visit_id)!r}: a text is missing or not a string; give both texts")
        pairs.append(Pair(str(visit_id), reference, hypothesis, source if isinstance(source, str) else None))
    scores = score_together(chosen_metrics(names, options), pairs)
    rows = sorted((visit.visit_id, name, visit.value) for name in names for visit in scores[name])
    result = pd.DataFrame(rows, columns=["visit_id", "metric", "value"])
    return result.astype({"value": "Float64"})
