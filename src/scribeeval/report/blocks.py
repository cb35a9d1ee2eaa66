"""What a page is made of.  The template prints each kind of block in one way."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more sentences.  lead: set as the first thing to read."""

    kind: ClassVar[str] = "paragraph"
    text: str
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences."""

    kind: ClassVar[str] = "items"
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A term, what it means and, where there is one, the recipe that repeats it."""

    term: str
    text: str
    recipes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definitions:
    """A list of terms with their meaning."""

    kind: ClassVar[str] = "definitions"
    entries: tuple[Definition, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a table under one heading.  The first cell of a row is its header."""

    heading: str | None
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table.  words: its columns hold words, and are set to the left."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    words: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing: SVG markup that figures.py made, with every text in it escaped."""

    kind: ClassVar[str] = "figure"
    caption: str
    svg: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The questions of a committee, each with the sentences that answer it."""

    kind: ClassVar[str] = "answers"
    answers: tuple[tuple[str, tuple[str, ...]], ...]


Block = Paragraph | Heading | Items | Definitions | Table | Figure | Answers


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the page.  anchor: its id in the page."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
