"""The visits table -> visits, with every problem named.

A problem of one visit does not stop the others: the visit keeps what could be read.  Only a table
that is no table (no visit_id column, another encoding) stops everything.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.files import inside, read_text
from scribeeval.io.tables import Table, read_table, require_columns
from scribeeval.io.transcripts import read_transcript
from scribeeval.records import Segment, Visit

TEXTS = ("reference_transcript", "draft_note", "signed_note", "reference_note")
AUDIO = ("audio", "audio_clinician", "audio_patient")
DIARISATION = "diarisation"
PLAIN = ("visit_id", "clinician_id", "specialty", "date")
COLUMNS = frozenset((*PLAIN, *AUDIO, DIARISATION, *TEXTS, *(f"{name}_path" for name in TEXTS)))


@dataclass(frozen=True, slots=True)
class VisitProblem:
    """What is wrong with one visit's row; visit_id is None where the row has none."""

    visit_id: str | None
    message: str


@dataclass(frozen=True, slots=True)
class VisitTable:
    """The visits that could be read, in the order of the table, and what was wrong."""

    path: Path
    columns: tuple[str, ...]
    visits: tuple[Visit, ...]
    problems: tuple[VisitProblem, ...]


def read_visits(path: Path) -> VisitTable:
    """Read a visits table (.csv, .jsonl, .parquet); texts may be cells or files beside the table.

    Rows that share a visit_id are all left out, because nobody can say which one is meant.

    Raises:
        InputError: the table itself cannot be read, or has no visit_id column.

    """
    table = read_table(path)
    require_columns(table, ["visit_id"])
    times = Counter(row.get("visit_id") for row in table.rows)
    visits: list[Visit] = []
    problems: list[VisitProblem] = []
    for index, row in enumerate(table.rows):
        where, visit_id = table.where(index), row.get("visit_id")
        if visit_id is None:
            problems.append(VisitProblem(None, f"{where}: visit_id is empty; give the visit an id"))
        else:
            visit, messages = _visit(table, visit_id, row)
            problems += [VisitProblem(visit_id, f"{where}, visit {visit_id!r}: {m}") for m in messages]
            if times[visit_id] == 1:
                visits.append(visit)
                continue
            said = f"visit_id {visit_id!r} is there {times[visit_id]} times"
            problems.append(
                VisitProblem(visit_id, f"{where}: {said}; no row with it is used, make ids unique")
            )
    visits, shared = _own_audio(visits)
    problems += [VisitProblem(i, f"{path}, visit {i!r}: {message}") for i, message in shared]
    if not table.rows:
        problems.append(VisitProblem(None, f"{path}: has no rows; export at least one visit"))
    return VisitTable(path, table.columns, tuple(visits), tuple(problems))


def _own_audio(visits: Sequence[Visit]) -> tuple[list[Visit], list[tuple[str, str]]]:
    """Take the audio from visits that name the same file: nobody can say whose visit it records."""
    users: dict[str, list[str]] = {}
    for visit in visits:
        for file in visit.audio:
            users.setdefault(file, []).append(visit.visit_id)
    kept, problems = [], []
    for visit in visits:
        shared = [file for file in dict.fromkeys(visit.audio) if len(users[file]) > 1]
        if shared:
            others = sorted(set(users[shared[0]]) - {visit.visit_id})
            whose = f"visit {others[0]!r}" if others else "the other speaker"
            problems.append(
                (
                    visit.visit_id,
                    f"{Path(shared[0]).name} is named for {whose} too; give each its own recording",
                )
            )
        kept.append(replace(visit, audio=()) if shared else visit)
    return kept, problems


def _visit(table: Table, visit_id: str, row: Mapping[str, str | None]) -> tuple[Visit, list[str]]:
    folder, messages = table.path.parent, []
    texts: dict[str, str | None] = {}
    unreadable: list[str] = []
    segments: tuple[Segment, ...] | None = None
    for name in TEXTS:
        try:
            texts[name], timed = _text(folder, name, row)
        except InputError as error:
            texts[name], timed = None, None
            unreadable.append(name)
            messages += [f"{name}: {problem}" for problem in error.problems]
        segments = timed if name == "reference_transcript" else segments
    audio: list[str] = []
    names = [column for column in AUDIO if row.get(column)]
    if names in ([], ["audio"], ["audio_clinician", "audio_patient"]):
        for column in names:
            try:
                audio.append(str(_file(folder, str(row[column]))))
            except InputError as error:
                messages += [f"{column}: {problem}" for problem in error.problems]
    else:
        messages.append("give either audio, or audio_clinician and audio_patient")
    diarisation = None
    if row.get(DIARISATION):
        try:
            diarisation = str(_file(folder, str(row[DIARISATION])))
        except InputError as error:
            messages += [f"{DIARISATION}: {problem}" for problem in error.problems]
    visit = Visit(
        visit_id=visit_id,
        clinician_id=row.get("clinician_id"),
        specialty=row.get("specialty"),
        date=row.get("date"),
        audio=tuple(audio) if len(audio) == len(names) else (),
        diarisation=diarisation,
        reference_transcript=texts["reference_transcript"],
        reference_segments=segments,
        draft_note=texts["draft_note"],
        signed_note=texts["signed_note"],
        reference_note=texts["reference_note"],
        labels={k: v for k, v in row.items() if k not in COLUMNS and v is not None},
        unreadable=tuple(unreadable),
    )
    return visit, messages


def _file(folder: Path, relative: str) -> Path:
    path = inside(folder, relative)
    if not path.is_file():
        raise InputError(f"{relative} is not there; check the path (relative to the table)")
    return path


def _text(
    folder: Path, name: str, row: Mapping[str, str | None]
) -> tuple[str | None, tuple[Segment, ...] | None]:
    """A text from its cell or from the file that its _path cell names; None = not exported."""
    cell, relative = row.get(name), row.get(f"{name}_path")
    if cell is not None and relative is not None:
        raise InputError(f"both {name} and {name}_path are given; leave one empty")
    segments = None
    if relative is not None:
        path = _file(folder, relative)
        try:
            cell, segments = (
                read_transcript(path, row.get("visit_id"))
                if name == "reference_transcript"
                else (read_text(path), None)
            )
        except InputError as error:  # named as the table names it, without the folder
            raise InputError(p.replace(str(path), relative) for p in error.problems) from None
    if cell is not None and not cell.strip():
        raise InputError("the text is empty; give the text, or leave the cell empty if there is none")
    return cell, segments
