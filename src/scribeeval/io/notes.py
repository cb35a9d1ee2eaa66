"""The run folder's notes.jsonl: one drafted note a line, from one or several producers."""

from collections.abc import Iterable
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.files import read_jsonl, to_jsonl
from scribeeval.io.transcripts import producer_to
from scribeeval.records import Note, Producer


def notes_to_jsonl(notes: Iterable[Note]) -> str:
    """Write notes.jsonl, sorted by producer and visit."""
    ordered = sorted(notes, key=lambda note: (note.producer.name, note.visit_id))
    return to_jsonl(
        {"visit_id": note.visit_id, "producer": producer_to(note.producer), "text": note.text}
        for note in ordered
    )


def read_notes(path: Path) -> dict[str, dict[str, Note]]:
    """Read notes.jsonl: producer's name -> visit_id -> note."""
    notes: dict[str, dict[str, Note]] = {}
    try:
        for row in read_jsonl(path):
            note = Note(row["visit_id"], row["text"], Producer(**row["producer"]))
            notes.setdefault(note.producer.name, {})[note.visit_id] = note
    except (KeyError, TypeError):
        raise InputError(f"{path}: not a notes.jsonl of scribeeval; run `scribeeval draft` again") from None
    return notes
