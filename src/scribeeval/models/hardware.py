"""What a model may run on: the cores of this process, and a GPU that its library sees."""

import os

from scribeeval.errors import InputError


def cores() -> int:
    """Give the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def device_for(wanted: str, library: str, *, gpu: bool) -> str:
    """Choose "cpu" or "cuda"; "auto" takes a GPU where the library sees one.

    Raises:
        InputError: a GPU is wanted and there is none.

    """
    if wanted == "cuda" and not gpu:
        raise InputError(f"device 'cuda': {library} sees no GPU; set device = \"cpu\"")
    return "cuda" if gpu and wanted != "cpu" else "cpu"
