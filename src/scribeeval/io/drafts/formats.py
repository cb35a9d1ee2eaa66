"""The table of formats of drafts, and what reads a file of any."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scribeeval.errors import InputError, not_known
from scribeeval.io.drafts import ccda, fhir, vendors
from scribeeval.io.drafts.base import Draft, DraftFormat, Read, Refused, clean, unique
from scribeeval.io.drafts.markup import html_text
from scribeeval.io.files import read_bytes, read_jsonl, read_text
from scribeeval.io.tables import read_table, require_columns
from scribeeval.io.transcripts.base import json_of, object_with

_LINES = (".jsonl", ".ndjson")
_JSON = (".json", *_LINES)
# What notes come in that is not read: named, so that no visit loses its draft unseen.
_UNREAD = (".doc", ".docx", ".odt", ".pdf", ".rtf")


def _read_rows(path: Path) -> Iterator[Read]:
    table = read_table(path)
    require_columns(table, ["visit_id", "draft_note"])
    for index, row in enumerate(table.rows):
        where = f"row {index + table.first_row}"
        visit_id = row.get("visit_id")
        if visit_id is None or not visit_id.strip():
            yield Refused((), where, "visit_id is empty; give the visit an id")
        else:
            yield Draft((visit_id,), row.get("draft_note") or "", where)


def _read_plain(read: Callable[[str], str]) -> Callable[[str], Iterator[Draft]]:
    def one(text: str) -> Iterator[Draft]:
        yield Draft((), read(text))

    return one


FORMATS: Mapping[str, DraftFormat] = {
    f.name: f
    for f in (
        DraftFormat(
            "table", "a table with visit_id and draft_note", (".csv", ".jsonl", ".parquet", ".xlsx"), "table",
            _read_rows,
        ),
        DraftFormat(
            "healthscribe", "AWS HealthScribe's clinical documentation", _JSON, "json",
            vendors.read_healthscribe, vendors.is_healthscribe,
        ),
        DraftFormat(
            "dragon", "Microsoft Dragon Copilot's note payload (DAX)", _JSON, "json",
            vendors.read_dragon, vendors.is_dragon,
        ),
        DraftFormat(
            "fhir", "FHIR R4: DocumentReference, Composition, a Bundle of them", (".json", *_LINES), "json",
            fhir.read_fhir, fhir.is_fhir,
        ),
        DraftFormat(
            "suki", "sections with loinc, title and text (Suki)", _JSON, "json",
            vendors.read_suki, vendors.is_suki,
        ),
        DraftFormat("ccda", "C-CDA", (".xml",), "bytes", ccda.read_ccda),
        DraftFormat("text", "plain text", (".txt", ".text", ".md"), "text", _read_plain(str)),
        DraftFormat("html", "HTML", (".html", ".htm"), "text", _read_plain(html_text)),
    )
}  # fmt: skip


def format_named(name: str) -> DraftFormat:
    """Look a format up.

    Raises:
        InputError: there is none of that name.

    """
    if name not in FORMATS:
        raise InputError(not_known("format of drafts", name, FORMATS))
    return FORMATS[name]


def draft_files(path: Path, made: DraftFormat | None) -> list[Path]:
    """List the files to read, of a folder all below it with a known suffix; hidden ones are left out.

    Raises:
        InputError: the path is not there, or holds no such file.

    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InputError(f"{path}: no such file or folder; give the file or the folder of the drafts")
    suffixes = made.suffixes if made else (*{s for f in FORMATS.values() for s in f.suffixes}, *_UNREAD)
    files = sorted(
        file
        for file in path.rglob("*")
        if file.suffix.lower() in suffixes
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )
    if not files:
        raise InputError(
            f"{path}: holds no file of drafts ({', '.join(sorted(suffixes))}); give their folder"
        )
    return files


def read_file(path: Path, made: DraftFormat | None) -> tuple[DraftFormat, tuple[Read, ...]] | None:
    """Read a file's drafts, their texts cleaned; None for a file that is a transcript.

    made: its format; recognised by suffix and content if None.

    Raises:
        InputError: the file cannot be read, is of no known format, or breaks the format's rules.

    """
    suffix = path.suffix.lower()
    try:
        if made is not None and made.kind != "json":
            return made, tuple(map(_cleaned, made.read(_content(made, path))))
        if suffix in _LINES:
            rows = read_jsonl(path)
            found = made or next((f for f in FORMATS.values() if rows and f.matches(rows[0])), None)
            if found is not None:
                lines = [one for n, row in enumerate(rows, start=1) for one in _of_line(found, n, row)]
                return found, tuple(map(_cleaned, lines))
        value: Any = None
        if suffix == ".json" or made is not None:
            value = json_of(read_text(path, utf16=True))
            if _is_transcript(value):
                return None
        found = made or _recognised(suffix, value)
        content = value if found.kind == "json" else _content(found, path)
        return found, tuple(map(_cleaned, found.read(content)))
    except RecursionError:
        raise InputError("nested without end; export it again") from None


def _recognised(suffix: str, value: Any) -> DraftFormat:
    fitting = [f for f in FORMATS.values() if suffix in f.suffixes and (f.kind != "json" or f.matches(value))]
    if len(fitting) == 1:
        return fitting[0]
    if suffix == ".json":
        kinds = ", ".join(f.name for f in FORMATS.values() if f.kind == "json")
        raise InputError(f"no draft of a known format ({kinds}); export it as one, or take it out")
    known = ", ".join(sorted({s for f in FORMATS.values() for s in f.suffixes}))
    raise InputError(f"{suffix or 'a file without a suffix'} is not read; save it as one of {known}")


def _content(made: DraftFormat, path: Path) -> Any:
    if made.kind == "table":
        return path
    if made.kind == "bytes":
        return read_bytes(path)
    return read_text(path, utf16=True)


def _is_transcript(value: Any) -> bool:
    """Tell a product's transcript, which may lie beside its note."""
    return object_with(value, "Conversation") or (
        object_with(value, "transcript") and not vendors.is_dragon(value)
    )


def _of_line(made: DraftFormat, number: int, row: Mapping[str, Any]) -> Iterator[Read]:
    line = f"line {number}"
    try:
        for one in made.read(row):
            yield replace(one, where=f"{line}, {one.where}" if one.where else line)
    except InputError as error:
        yield from (Refused((), line, problem) for problem in error.problems)


def _cleaned(one: Read) -> Read:
    if isinstance(one, Refused):
        return one
    try:
        return replace(one, ids=unique(one.ids), text=clean(one.text))
    except InputError as error:
        return Refused(unique(one.ids), one.where, error.problems[0])
