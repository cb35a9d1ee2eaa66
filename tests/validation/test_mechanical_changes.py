"""Changes made by machine in faultless notes: a source of truth that no rule was written from.

In signed notes of the demo, of the halves to tune on, and in ACI-BENCH's expert notes, one thing at a time is
changed: a statement or clause left out, a statement of another visit put in, a number, a side or a
negation changed.  What stands elsewhere in the note is not left out: those draws are skipped.
"""

import csv
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from scribeeval.metrics import METRICS
from scribeeval.records import Pair
from scribeeval.text.content_words import content_words
from scribeeval.text.statements import split_statements

pytestmark = pytest.mark.validation
DATASETS = Path(__file__).parents[2] / "datasets"
DRAWS = 300
AMOUNTS = {"wrong_number", "wrong_dose", "wrong_frequency", "wrong_unit"}
ANY = AMOUNTS | {"invented_fact", "duplicated", "verbose", "wrong_attribution", "wrong_section"}


class Change(NamedTuple):
    """A changed note, and where the change shows: side, start and end."""

    draft: str
    side: str
    start: int
    end: int


@pytest.fixture(scope="module")
def notes(shared_data: Path) -> list[str]:
    found = [
        row["note"]
        for name in ("valid.csv", "clinicalnlp_taskB_test1.csv")
        for row in csv.DictReader((shared_data / "aci-bench" / name).open(encoding="utf-8"))
    ]
    for folder in ("demo", "faults", "faults2"):
        rows = csv.DictReader((DATASETS / folder / "visits.csv").open(encoding="utf-8"))
        paths = [row["signed_note_path"] for row in rows if row.get("split", "tune") == "tune"]
        found += [(DATASETS / folder / path).read_text(encoding="utf-8") for path in paths]
    return found


def is_left_out(draft: str, gone: str) -> bool:
    words = [word.key for word in content_words(gone) if not word.light]
    left = {word.key for word in content_words(draft)}
    return bool(words) and sum(word in left for word in words) < 0.6 * len(words)


def without_statement(note: str, notes: list[str], draw: random.Random) -> Change | None:
    statements = [s for s in split_statements(note) if s.end - s.start > 12]
    chosen = draw.choice([s for s in statements if s.section != "chief_complaint"])
    draft = note[: chosen.start].rstrip(" ") + note[chosen.end :]
    gone = note[chosen.start : chosen.end]
    return Change(draft, "reference", chosen.start, chosen.end) if is_left_out(draft, gone) else None


def without_clause(note: str, notes: list[str], draw: random.Random) -> Change | None:
    clauses = list(re.finditer(r"[,;] ([^,;.\n:]{12,90})(?=[,;.\n])", note))
    if not clauses:
        return None
    gone = draw.choice(clauses)
    draft = note[: gone.start()] + note[gone.end() :]
    return Change(draft, "reference", gone.start(1), gone.end(1)) if is_left_out(draft, gone[1]) else None


def with_a_statement_of_another(note: str, notes: list[str], draw: random.Random) -> Change | None:
    other = draw.choice(notes)
    theirs = [s for s in split_statements(other) if s.end - s.start > 15 and s.section != "chief_complaint"]
    chosen = draw.choice(theirs)
    text = other[chosen.start : chosen.end]
    here = [s for s in split_statements(note) if s.section == chosen.section]
    if not here or text in note:
        return None
    at = draw.choice(here).end
    return Change(f"{note[:at]} {text}{note[at:]}", "hypothesis", at + 1, at + 1 + len(text))


def replaced(
    pattern: str, new: Callable[[str], str], note: str, notes: list[str], draw: random.Random
) -> Change | None:
    places = list(re.finditer(pattern, note))
    if not places:
        return None
    place = draw.choice(places)
    word = new(place[0])
    draft = note[: place.start()] + word + note[place.end() :]
    return Change(draft, "hypothesis", place.start(), place.start() + len(word) + 25)


def with_another_number(note: str, notes: list[str], draw: random.Random) -> Change | None:
    number = r"(?<=[a-z:] )\d+(?:\.\d+)?(?=[ ,;%]|\.\s)"
    return replaced(number, lambda old: str(int(float(old)) * 2 + 1), note, notes, draw)


def with_another_side(note: str, notes: list[str], draw: random.Random) -> Change | None:
    return replaced(r"\b(?:left|right)\b", OTHER_SIDE.__getitem__, note, notes, draw)


OTHER_SIDE = {"left": "right", "right": "left"}
OPPOSITES = {"denies": "reports", "No": "Positive for", "Negative for": "Positive for"}


def with_the_opposite(note: str, notes: list[str], draw: random.Random) -> Change | None:
    return replaced(rf"\b(?:{'|'.join(OPPOSITES)})\b", OPPOSITES.__getitem__, note, notes, draw)


@pytest.mark.parametrize(
    ("change", "kinds", "least"),
    [
        (without_statement, {"omitted_fact"}, 0.9),
        (without_clause, {"omitted_fact"}, 0.85),
        (with_a_statement_of_another, ANY, 0.95),
        (with_another_number, AMOUNTS, 0.9),
        (with_another_side, {"wrong_laterality"}, 0.95),
        (with_the_opposite, {"flipped_negation"}, 0.9),
    ],
)
def test_change_is_found(
    change: Callable[[str, list[str], random.Random], Change | None],
    kinds: set[str],
    least: float,
    notes: list[str],
) -> None:
    draw = random.Random(20)
    n = n_found = 0
    for _ in range(DRAWS):
        note = draw.choice(notes)
        made = change(note, notes, draw)
        if made is None:
            continue
        pair = Pair("v", note, made.draft)
        finders = [METRICS[name].find for name in ("clinical_edits", "omission")]
        findings = [one for find in finders if find for one in find(pair)]
        n += 1
        n_found += any(
            one.kind in kinds and one.side == made.side and one.start < made.end and made.start < one.end
            for one in findings
        )
    print(f"\n{change.__name__}: found {n_found} of {n} ({n_found / n:.3f})")
    assert n > 50
    assert n_found / n >= least
