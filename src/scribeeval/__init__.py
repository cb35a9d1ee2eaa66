"""Evaluate AI medical scribes: transcripts, notes, edits, terminology and EHR-use time.

scribeeval.METRICS["wer"].score(pairs)           one metric over pairs of texts
scribeeval.score(frame, metrics=["wer"])         a table in, a table out
scribeeval.text.NORMALIZERS["clinical-v1"](text)
scribeeval.terms.find_terms(text)
scribeeval.hf.module_path("wer")                 for Hugging Face's evaluate.load
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["METRICS", "__version__", "score"]

if TYPE_CHECKING:
    from scribeeval.metrics import METRICS
    from scribeeval.stages.score_frame import score_frame as score

# Loaded on first use, so that the command line starts at once.
_PUBLIC = {
    "METRICS": ("scribeeval.metrics", "METRICS"),
    "score": ("scribeeval.stages.score_frame", "score_frame"),
    "text": ("scribeeval.text", None),
    "terms": ("scribeeval.terms", None),
    "hf": ("scribeeval.hf", None),
}


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'scribeeval' has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    loaded = import_module(module)
    return loaded if attribute is None else getattr(loaded, attribute)
