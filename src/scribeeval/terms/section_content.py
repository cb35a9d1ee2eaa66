"""What kind of content a statement of a note is, and whether its section may hold it.

Kinds: a relative's illness, a laboratory value or score, the report of an imaging study, an examination
finding, an order, a therapy with its schedule, a drug, a vital sign, habits and home, an allergy, an
operation, an illness, symptoms asked for.  Each is told by its words (table) and by its terms
(`section_kinds.py`); which sections may not hold which kinds is a table too: an assessment and a plan may
hold anything, a history of present illness all but examination findings and orders.  What is unsure is no
kind.
"""

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from scribeeval.terms.mentions import Mention
from scribeeval.terms.section_kinds import KINDS, View
from scribeeval.text.statements import Statement

SECTION_CONTENT = "section-content-2"  # a changed table gets a new name: it stands in the signature
# Each kind's section; where a note lacks it, the next one.
HOMES: Mapping[str, tuple[str, ...]] = {
    "family": ("family_history",),
    "lab": ("results",),
    "score": ("results",),
    "imaging_report": ("results",),
    "exam": ("physical_exam",),
    "order": ("plan", "assessment_and_plan"),
    "therapy": ("plan", "assessment_and_plan"),
    "drug": ("medications",),
    "drug_entry": ("medications",),
    "vital": ("vitals", "physical_exam"),
    "social": ("social_history",),
    "allergy": ("allergies",),
    "surgery": ("past_surgical_history", "past_medical_history"),
    "illness": ("past_medical_history",),
    "review": ("review_of_systems",),
}
_LABEL = re.compile(r"[-*•\s]*(?:[A-Z가-힣][\w /,&'()-]{0,40}:\s+)?")


class Tables(NamedTuple):
    """Patterns of the kinds' words; section -> kinds that it may not hold."""

    words: Mapping[str, re.Pattern[str]]
    foreign: Mapping[str, Sequence[str]]


class Misplaced(NamedTuple):
    """A statement, by its place in the list, its kind of content, and the section it belongs to."""

    at: int
    kind: str
    home: str


@cache
def load_section_content() -> Tables:
    """Read the packaged tables.  Cached: they are constant package data."""
    words: dict[str, list[str]] = {}
    for row in _rows("section_content.csv"):
        words.setdefault(row["content"], []).extend(row["words"].split("|"))
    return Tables(
        {content: _pattern(found) for content, found in words.items()},
        {row["section"]: row["foreign"].split(" ") for row in _rows("section_homes.csv")},
    )


def _rows(name: str) -> list[dict[str, str]]:
    table = resources.files("scribeeval.terms") / "data" / name
    return list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


def _pattern(found: Collection[str]) -> re.Pattern[str]:
    """Match any of the words whole; Korean ones may bear a particle, but begin a word."""
    ordered = sorted(found, key=len, reverse=True)
    english = "|".join(re.escape(word) for word in ordered if word < "ㄱ")
    korean = "|".join(re.escape(word) for word in ordered if word >= "ㄱ")
    parts = [rf"(?<![\w/])(?:{english})(?![\w/])"] if english else []
    parts += [rf"(?<![가-힣])(?:{korean})"] if korean else []
    return re.compile("|".join(parts))


def find_misplaced(
    text: str, statements: Sequence[Statement], mentions: Sequence[Mention]
) -> list[Misplaced]:
    """Find the statements that their section may not hold, in the order of the text."""
    tables = load_section_content()
    sections = {statement.section for statement in statements}
    found, first = [], 0
    for at, statement in enumerate(statements):
        inside = []
        while first < len(mentions) and mentions[first].start < statement.end:
            inside.append(mentions[first])
            first += 1
        foreign = tables.foreign.get(statement.section)
        if foreign is None:
            continue
        label = _LABEL.match(text, statement.start, statement.end)
        begins = label.end() if label else statement.start
        lower = text[begins : statement.end].lower(), text[statement.start : statement.end].lower()
        view = View(*lower, inside, begins, statement.section)
        kind = next((kind for kind in foreign if KINDS[kind](view, tables.words)), None)
        if kind is not None:
            homes = HOMES[kind]
            found.append(Misplaced(at, kind, next((home for home in homes if home in sections), homes[0])))
    return found
