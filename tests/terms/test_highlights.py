"""What clinicians highlighted in their own notes (PriMock57) is found as terms in those notes.

A highlight holds a clinical term unless it names only a person's work, a service called or nothing: these
are listed here, read one by one.  It is found if a mention of the note lies in it, or, where it does not
stand in the note word for word, if the note mentions a concept that the highlight names.
"""

import json
from pathlib import Path

from scribeeval.terms import find_terms

NO_TERM = {"", "cleaner", "nurse", "LAS called", "LAS blue light called"}


def is_found(highlight: str, note: str) -> bool:
    at = note.casefold().find(highlight.casefold())
    if at < 0:
        return bool({m.concept for m in find_terms(highlight)} & {m.concept for m in find_terms(note)})
    return any(at <= m.start and m.end <= at + len(highlight) for m in find_terms(note))


def test_four_in_five_highlights_are_found(shared_data: Path) -> None:
    found, missed = 0, []
    for path in sorted((shared_data / "primock57" / "notes").glob("*.json")):
        consultation = json.loads(path.read_text(encoding="utf-8"))
        for highlight in consultation["highlights"]:
            if highlight.strip() in NO_TERM:
                continue
            if is_found(highlight.strip(), consultation["note"]):
                found += 1
            else:
                missed.append(highlight)
    assert found + len(missed) > 150
    assert found / (found + len(missed)) >= 0.8, missed
