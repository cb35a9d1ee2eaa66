"""What the Hugging Face modules share.  Only here are hypotheses called predictions."""

from collections.abc import Iterable, Sequence
from typing import Any

from scribeeval.errors import InputError
from scribeeval.metrics import METRICS
from scribeeval.records import Pair

INPUTS = """
Args:
    predictions: the hypotheses, one string a visit; "" is an empty text.
    references: the references, as many and in the same order.
    sources: what was said in each visit, string or None, where the metric needs it; may be left out.

Returns:
    the metric's name with its value over all visits (None = undefined), "n_undefined" (visits without
    a value of their own) and "signature" (the recipe of the number).

Texts stay in memory, whatever keep_in_memory says: they may be patients'.
"""


def module_class(name: str) -> type:
    """Make the class that hf/NAME/NAME.py defines.  In a function: importing `evaluate` takes seconds."""
    import datasets
    import evaluate

    metric = METRICS[name]

    class Module(evaluate.Metric):  # type: ignore[misc]  # evaluate has no types
        def __init__(
            self, config_name: str | None = None, keep_in_memory: bool = True, **options: Any
        ) -> None:
            # evaluate.load asks for False unless told otherwise, and would write every text to its cache.
            super().__init__(config_name, keep_in_memory=True, **options)
            self.info.module_name = name  # evaluate makes "rouge_l" of rougeL
            self._sources: list[str | None] = []

        def _info(self) -> Any:
            text = datasets.Value("string")
            return evaluate.MetricInfo(
                description=metric.title,
                citation="",
                inputs_description=INPUTS,
                features=datasets.Features({"predictions": text, "references": text}),
            )

        def add(self, *, prediction: str, reference: str, source: str | None = None) -> None:
            """Add one visit."""
            self.add_batch(predictions=[prediction], references=[reference], sources=[source])

        def add_batch(
            self,
            *,
            predictions: Iterable[str] | None = None,
            references: Iterable[str] | None = None,
            sources: Iterable[str | None] | None = None,
        ) -> None:
            """Add some visits."""
            hypotheses, expected, said = _columns(predictions, references, sources)
            super().add_batch(predictions=hypotheses, references=expected)
            self._sources += said  # not a column of evaluate's table: none of those can be left out

        def compute(
            self,
            *,
            predictions: Iterable[str] | None = None,
            references: Iterable[str] | None = None,
            sources: Iterable[str | None] | None = None,
        ) -> dict[str, Any]:
            """Score the visits given here and added before."""
            if any(texts is not None for texts in (predictions, references, sources)):
                self.add_batch(predictions=predictions, references=references, sources=sources)
            if self.writer is None:
                raise InputError("no visit was given; give predictions and references")
            try:
                result: dict[str, Any] = super().compute()
            finally:
                self._sources = []
            return result

        def _compute(self, predictions: Sequence[str], references: Sequence[str]) -> dict[str, Any]:
            texts = zip(references, predictions, self._sources, strict=True)
            score = metric.score(Pair(str(i), *texts_of_visit) for i, texts_of_visit in enumerate(texts))
            return {name: score.value, "n_undefined": score.n_undefined, "signature": score.signature}

    Module.__name__ = Module.__qualname__ = name
    return Module


def _columns(
    predictions: Iterable[str] | None,
    references: Iterable[str] | None,
    sources: Iterable[str | None] | None,
) -> tuple[list[str], list[str], list[str | None]]:
    """Check a batch here, because evaluate's own errors quote the texts.

    Raises:
        InputError: numbers of texts that differ, or a text that is not a string.

    """
    hypotheses, expected = _texts("predictions", predictions), _texts("references", references)
    said = [None] * len(expected) if sources is None else _texts("sources", sources, or_none=True)
    if not len(hypotheses) == len(expected) == len(said):
        raise InputError(
            f"{len(hypotheses)} predictions, {len(expected)} references, {len(said)} sources; "
            "give as many of each, in the same order"
        )
    return hypotheses, expected, said


def _texts(name: str, values: Iterable[Any] | None, *, or_none: bool = False) -> list[Any]:
    if values is None or isinstance(values, str):
        raise InputError(f"{name}: not a list; give a list with one string a visit")
    texts = list(values)
    wrong = [i for i, text in enumerate(texts) if not (_is_text(text) or (or_none and text is None))]
    if wrong:
        raise InputError(
            f"{name}: {len(wrong)} of {len(texts)} are no text (first 5, counted from 0: "
            f'{", ".join(map(str, wrong[:5]))}); give valid strings, "" for an empty note'
        )
    return texts


def _is_text(value: object) -> bool:
    """Tell whether a value is a string that can be written as UTF-8 (no half of a surrogate pair)."""
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:
        return False
