"""Rubrics: what a judge is asked about a note.  Data in models/rubrics/, or a file of the user.

name = "handover"                  letters, digits, _ and -
revision = "1"
title = "Fit for handover"
shows = ["note", "transcript"]     what the judge sees; also "reference", the reference note
per = "note"                       or "statement": every item is asked of each statement of the note
instructions = "..."               what to judge, and by what
rationale_chars = 0                above 0: a reason of so many characters is asked before each mark
[scale]
low = 1                            marks are whole numbers; higher is better
high = 5
labels = { 1 = "not at all", 5 = "extremely" }     of any of the marks
[[items]]
id = "complete"                    letters, digits and _
title = "Complete"
description = "..."
scale = { low = 0, high = 1 }      where it differs
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from scribeeval.config_base import ConfigTable
from scribeeval.errors import InputError, not_known
from scribeeval.io.files import read_text, sha256_of_json

RUBRICS = ("pdqi9", "support_claims")
Shown = Literal["note", "transcript", "reference"]
Per = Literal["note", "statement"]
MOST_MARKS = 101  # 0 to 100


def _one_word(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}", value):
        raise ValueError("write letters, digits, _ and - only, 64 at most")
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank")
    return value


Word = Annotated[str, AfterValidator(_one_word)]
Text = Annotated[str, AfterValidator(_not_blank)]


class Scale(ConfigTable):
    """Whole numbers from low to high, higher is better.  labels: of any of them, by the mark as text."""

    low: int
    high: int
    labels: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _makes_sense(self) -> "Scale":
        if not 1 <= self.high - self.low < MOST_MARKS:
            raise ValueError(f"high must be above low, by less than {MOST_MARKS}")
        wrong = sorted(set(self.labels) - {str(mark) for mark in self.marks})
        if wrong:
            raise ValueError(f"the label of {wrong[0]!r} is of no mark from {self.low} to {self.high}")
        return self

    @property
    def marks(self) -> range:
        """All marks, rising."""
        return range(self.low, self.high + 1)


class _Item(ConfigTable):
    id: Word
    title: Text
    description: Text
    scale: Scale | None = None


class _File(ConfigTable):
    name: Word
    revision: Text
    title: Text
    instructions: Text
    shows: Annotated[list[Shown], Field(min_length=1)]
    per: Per = "note"
    rationale_chars: Annotated[int, Field(ge=0, le=2000)] = 0
    scale: Scale
    items: Annotated[list[_Item], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _makes_sense(self) -> "_File":
        ids = [item.id for item in self.items]
        doubled = sorted({name for name in ids if ids.count(name) > 1})
        if doubled:
            raise ValueError(f"the item {doubled[0]!r} is there twice; rename one")
        if "note" not in self.shows:
            raise ValueError('shows must hold "note", which is what is judged')
        return self


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to mark."""

    id: str
    title: str
    description: str
    scale: Scale


@dataclass(frozen=True, slots=True)
class Rubric:
    """What a judge is asked, and sees.  sha256: of all of it."""

    name: str
    revision: str
    title: str
    instructions: str
    shows: tuple[Shown, ...]
    per: Per
    rationale_chars: int
    items: tuple[Item, ...]
    sha256: str


def read_rubric(name: str) -> Rubric:
    """Read a rubric by its name (RUBRICS), or from a TOML file.

    Raises:
        InputError: no such rubric or file, or the file is not as this module says.

    """
    if name in RUBRICS:
        packaged = resources.files("scribeeval.models") / "rubrics" / f"{name}.toml"
        return _rubric(packaged.read_text(encoding="utf-8"), name)
    if not name.endswith(".toml"):
        raise InputError(f"{not_known('rubric', name, RUBRICS)}; or give a TOML file")
    rubric = _rubric(read_text(Path(name)), Path(name).name)
    if rubric.name in RUBRICS:
        raise InputError(f"{Path(name).name}: the name {rubric.name!r} is taken; rename the rubric")
    return rubric


def _rubric(text: str, where: str) -> Rubric:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where}: not TOML ({error}); put the line right") from None
    try:
        found = _File.model_validate(values)
    except ValidationError as error:
        raise InputError(_problems(where, error)) from None
    return Rubric(
        found.name,
        found.revision,
        found.title,
        found.instructions.strip(),
        tuple(dict.fromkeys(found.shows)),
        found.per,
        found.rationale_chars,
        tuple(
            Item(item.id, item.title, item.description.strip(), item.scale or found.scale)
            for item in found.items
        ),
        sha256_of_json(values),
    )


def _problems(where: str, error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors():
        place = ".".join(str(part + 1) if isinstance(part, int) else part for part in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{where}: {f'{place}: ' if place else ''}{message}; docs/judges.md has the form")
    return lines
