"""The cue words of the extractive drafter: package data (models/data/extractive_cues.toml)."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

Cues = Mapping[str, Mapping[str, re.Pattern[str]]]


@cache
def cue_table() -> dict[str, dict[str, list[str]]]:
    """Read the packaged cues as they are written: group -> name -> patterns over lower-case text."""
    table = resources.files("scribeeval.models") / "data" / "extractive_cues.toml"
    return tomllib.loads(table.read_text(encoding="utf-8"))


@cache
def cues() -> Cues:
    """Compile the packaged cues."""
    return {
        group: {name: re.compile("|".join(f"(?:{cue})" for cue in found)) for name, found in names.items()}
        for group, names in cue_table().items()
    }
