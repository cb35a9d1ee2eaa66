"""replay: notes that were made before, by visit id, from a table or from a run's notes.jsonl."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scribeeval.errors import InputError
from scribeeval.io.files import read_jsonl, sha256_of, sha256_of_json
from scribeeval.io.tables import read_table, require_columns, text_cell
from scribeeval.models.drafters.base import Drafter, Plan
from scribeeval.records import Producer, Segment

NAME = "replay"
COLUMNS = ("visit_id", "text")


def drafter(path: Path) -> Drafter:
    """Give the notes of a file (.jsonl, .csv, .parquet, .xlsx) with visit_id and text.

    The revision is the file's sha256.  A visit that the file lacks cannot be drafted.

    Raises:
        InputError: the file is missing or no such table, or holds two notes of one visit.

    """
    notes = _notes(path)

    def plan(visit_id: str, segments: Sequence[Segment]) -> Plan:
        if visit_id not in notes:
            raise InputError(f"{path.name} has no note of visit {visit_id!r}; record it first")
        return Plan((), lambda answers: notes[visit_id])

    return Drafter(Producer(NAME, sha256_of(path)[:12], sha256_of_json({})), plan, hears=False)


def _notes(path: Path) -> dict[str, str]:
    if not path.is_file():
        raise InputError(
            f"drafter {NAME!r}: {path} is missing; give a table of visit_id and text as the model"
        )
    notes: dict[str, str] = {}
    for where, visit_id, text in _rows(path):
        if visit_id is None:
            raise InputError(f"{path}: {where}: visit_id is empty; give the visit an id")
        if visit_id in notes:
            raise InputError(f"{path}: {where}: visit {visit_id!r} is there twice; keep one note of it")
        notes[visit_id] = text
    return notes


def _rows(path: Path) -> Iterable[tuple[str, str | None, str]]:
    """Give where a note stands, its visit and its text; an empty cell is an empty note."""
    if path.suffix.lower() == ".jsonl":
        for number, row in enumerate(read_jsonl(path), start=1):
            yield f"line {number}", text_cell(row.get("visit_id")), _text(path, number, row)
        return
    table = read_table(path)
    require_columns(table, COLUMNS)
    for index, cells in enumerate(table.rows):
        yield f"row {index + table.first_row}", cells["visit_id"], cells["text"] or ""


def _text(path: Path, number: int, row: Mapping[str, Any]) -> str:
    """Give the text of a line; its other keys (a run's producer) do not matter."""
    text = row.get("text")
    if not isinstance(text, str):
        raise InputError(f"{path}: line {number}: 'text' is missing or no text; write visit_id and text")
    return text_cell(text) or ""
