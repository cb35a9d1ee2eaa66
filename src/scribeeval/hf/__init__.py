"""Our metrics as Hugging Face `evaluate` modules: `evaluate.load(scribeeval.hf.module_path("wer"))`.

They load from the installed package, without network, and keep all texts in memory.
"""

from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.metrics import METRICS


def module_path(name: str) -> str:
    """Give the folder of a metric's module, to be handed to `evaluate.load`.

    Raises:
        InputError: there is no metric of that name.

    """
    if name not in METRICS:
        raise InputError(f"metric {name!r} is not known; known: {', '.join(METRICS)}")
    return str(Path(__file__).parent / name)
