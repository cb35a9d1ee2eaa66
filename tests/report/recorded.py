"""Strings of a language that remember which of them a page asked for."""

from collections.abc import Mapping
from typing import Any


class Recorded(dict[str, str]):
    """Strings that remember which of them were asked for."""

    def __init__(self, strings: Mapping[str, str]) -> None:
        super().__init__(strings)
        self.used: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.used.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.used.add(key)
        return super().get(key, default)
