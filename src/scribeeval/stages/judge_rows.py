"""Judgements as the run folder keeps them: judgements.jsonl and human_ratings.jsonl, one mark a line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scribeeval.errors import InputError
from scribeeval.io.files import read_jsonl, sha256_of_json, to_jsonl
from scribeeval.io.human_ratings import HumanMark
from scribeeval.records import Note
from scribeeval.text.statements import split_statements

JUDGEMENTS = "judgements.jsonl"
HUMANS = "human_ratings.jsonl"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One mark by a judge.  value None: failed, and why.

    note: hash of the note that was judged.  asked: hash of all that the answer depends on; marks of one
    answer share it.  start, end: the statement in the note, None = the whole note.
    """

    rubric: str
    judge: str
    drafter: str
    visit_id: str
    repeat: int
    start: int | None
    end: int | None
    item: str
    value: int | None
    failed: str | None
    note: str
    asked: str
    rationale: str | None = None


@dataclass(frozen=True, slots=True)
class HumanRow:
    """One mark by a person, of the note with this hash."""

    rubric: str
    rater: str
    drafter: str
    visit_id: str
    start: int | None
    item: str
    value: float
    note: str


def note_hash(note: Note) -> str:
    """Hash what a judgement is of, so that one of a note that has changed since is known."""
    return sha256_of_json(note.text)[:16]


def judgements_to_jsonl(rows: Iterable[Judgement]) -> str:
    """Write judgements.jsonl in the order of its columns; the items of an answer stay in their order."""
    ordered = sorted(rows, key=lambda r: (r.rubric, r.judge, r.drafter, r.visit_id, r.repeat, r.start or 0))
    return to_jsonl(
        {name: value for name, value in asdict(row).items() if name != "rationale" or value is not None}
        for row in ordered
    )


def read_judgements(path: Path) -> list[Judgement]:
    """Read judgements.jsonl; none where there is no such file.

    Raises:
        InputError: the file is another.

    """
    return _read(path, Judgement)


def humans_to_jsonl(rows: Iterable[HumanRow]) -> str:
    """Write human_ratings.jsonl, sorted."""
    ordered = sorted(rows, key=lambda r: (r.rubric, r.rater, r.drafter, r.visit_id, r.start or 0, r.item))
    return to_jsonl(map(asdict, ordered))


def read_humans(path: Path) -> list[HumanRow]:
    """Read human_ratings.jsonl; none where there is no such file.

    Raises:
        InputError: the file is another.

    """
    return _read(path, HumanRow)


def _read(path: Path, kind: Any) -> list[Any]:
    if not path.is_file():
        return []
    try:
        return [kind(**row) for row in read_jsonl(path)]
    except TypeError:
        raise InputError(f"{path}: not as scribeeval wrote it; delete it and judge again") from None


def human_rows(
    marks: Sequence[HumanMark],
    rubric: str,
    notes: Mapping[tuple[str, str], Note],
    hashes: Mapping[tuple[str, str], str],
    only: Sequence[str],
    where: str,
) -> tuple[list[HumanRow], int]:
    """Tie people's marks to the notes of the run; also gives how many are of no note here.

    notes, hashes: of (drafter, visit).  only: the drafters
    chosen, of which there must be one where the table names none.

    Raises:
        InputError: it is not known whose notes were marked, or a note has no such statement.

    """
    if any(mark.drafter is None for mark in marks) and len(only) != 1:
        raise InputError(
            f"{where}: the run has notes of several drafters; add a drafter column, or name one by --drafter"
        )
    rows: list[HumanRow] = []
    elsewhere = 0
    places: dict[tuple[str, str], list[int]] = {}
    for mark in marks:
        drafter = mark.drafter or only[0]
        at = (drafter, mark.visit_id)
        if at not in hashes:
            elsewhere += 1
            continue
        start = None
        if mark.statement is not None:
            if at not in places:
                places[at] = [s.start for s in split_statements(notes[at].text)]
            if mark.statement > len(places[at]):
                raise InputError(
                    f"{where}: visit {mark.visit_id!r}: the note has {len(places[at])} statements, "
                    f"not {mark.statement}; count them as `judgements.jsonl` does"
                )
            start = places[at][mark.statement - 1]
        rows.append(
            HumanRow(rubric, mark.rater, drafter, mark.visit_id, start, mark.item, mark.value, hashes[at])
        )
    return rows, elsewhere
