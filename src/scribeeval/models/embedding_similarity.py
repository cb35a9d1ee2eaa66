"""Embedding similarity (BERTScore) of a draft and its reference, on an encoder of the user's own.

    precision = mean over the draft's tokens of the best cosine with a token of the reference
    recall    = the same with the sides exchanged             F1 = 2 P R / (P + R)

Greedy matching of contextual token embeddings, no idf weights, no baseline rescaling.  Source: Zhang
et al. (2020), "BERTScore: Evaluating Text Generation with BERT".  Equal to the authors' bert_score
0.3.13 where both texts fit into one window; as there, the marks around a text ([CLS], [SEP]) weigh
nothing but may be matched.  Longer texts, which bert_score cuts off, are read in windows.

Alike is not right: "fever" and "no fever" are close.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.models import encoder as encoders
from scribeeval.models.encoder import Tokens
from scribeeval.records import Pair

NAME = "embedding_f1"
ABOUT: Mapping[str, Any] = {
    "title": "Embedding similarity of draft and reference note (BERTScore F1)",
    "compares": "content",
    "higher_is_better": True,
    "unit": "share",
}
ROWS_AT_ONCE = 512  # of the table of cosines, which for two long texts would not fit into memory


class Similarity(NamedTuple):
    """Precision, recall and F1 of one pair, above 0 to 1: 1 = every token has its equal."""

    precision: float
    recall: float
    f1: float


def metric(model_dir: Path, layer: int | None = None) -> Metric:
    """Make the metric `embedding_f1`: the mean over visits of F1, 0 to 1, 1 = the same text.

    model_dir: config.json, tokenizer.json and safetensors weights of an encoder.
    layer: whose embeddings are compared, from 1; None takes the last.  The paper found a middle one
    to be best for most models.
    A visit is undefined where a side has no token, or more than encoder.MAX_TOKENS.

    Raises:
        InputError: no such directory or layer; at the first pair, what encoder.load raises.

    """
    encoder = encoders.inspect(model_dir, layer)
    load = cache(encoders.load)  # at the first pair: a run that is fresh needs no torch

    def count(pair: Pair) -> Counts:
        encode = load(encoder)
        found = match(encode(pair.reference), encode(pair.hypothesis))
        return Counts({"visits": 0} if found is None else {"visits": 1, **found._asdict()})

    return Metric(
        name=NAME,
        **ABOUT,
        settings={
            "weights": encoder.weights_sha256[:12],
            "layer": str(encoder.layer),
            "pool": "greedy",
            "idf": "no",
            "baseline": "no",
            "window": f"{encoder.window}/{encoder.overlap}",
        },
        count=count,
        value=_mean("f1"),
        views={"precision": _mean("precision"), "recall": _mean("recall")},
    )


def match(reference: Tokens, hypothesis: Tokens) -> Similarity | None:
    """Match each token with its nearest on the other side.

    None where a side has no token of its own, or where precision or recall is not positive, because
    then they have no harmonic mean.
    """
    if not (reference.own.any() and hypothesis.own.any()):
        return None
    nearest_h = np.empty(len(hypothesis.own))
    nearest_r = np.full(len(reference.own), -1.0)
    for start in range(0, len(hypothesis.own), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        cosines = np.minimum(hypothesis.vectors[rows] @ reference.vectors.T, 1.0)
        nearest_h[rows] = cosines.max(axis=1)
        nearest_r = np.maximum(nearest_r, cosines.max(axis=0))
    precision = float(nearest_h[hypothesis.own].mean())
    recall = float(nearest_r[reference.own].mean())
    if min(precision, recall) <= 0:
        return None
    return Similarity(precision, recall, 2 * precision * recall / (precision + recall))


def _mean(name: str) -> Callable[[Mapping[str, int | float]], float | None]:
    return lambda counts: ratio(counts.get(name, 0), counts.get("visits", 0))
