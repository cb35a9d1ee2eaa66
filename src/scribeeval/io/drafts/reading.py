"""A file or folder of drafts -> each visit's draft, with every problem named."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.drafts import evidence
from scribeeval.io.drafts.base import Draft, DraftFormat, Refused
from scribeeval.io.drafts.formats import draft_files, format_named, read_file
from scribeeval.io.visits import VisitProblem

SIGNED = "signed"

FLAGS: Mapping[str, str] = {
    SIGNED: "the file says that a clinician has signed the note: it may hold the edits already",
    evidence.NOT_CHECKED: "no transcript lies beside the note: its evidence links were not checked",
    evidence.NO_SEGMENT: "evidence links name segments that the transcript lacks",
    evidence.NO_LINK: "sentences without an evidence link",
    evidence.NOT_SUPPORTED: "the segments named as evidence do not hold what a sentence says",
}


@dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts that could be read, by visit in the order of ids, and what was wrong.

    facts: counts of a visit's evidence links, where the product gives them.  flags: keys of FLAGS, visits
    with one at least.  files: the files looked at, in their order, named as the problems name them.
    """

    notes: Mapping[str, str]
    problems: tuple[VisitProblem, ...]
    facts: Mapping[str, Mapping[str, int]]
    flags: Mapping[str, tuple[str, ...]]
    files: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A draft and the file that it stands in, by name and as a path."""

    draft: Draft
    name: str
    path: Path


def read_drafts(path: Path, visits: Collection[str], format_name: str | None = None) -> Drafts:
    """Read the drafts of a file, or of all files of a folder, for the visits of those ids.

    A file is of the visit that its name names (without suffix, and without _summary, _note, _draft), or of
    the one that is named inside; a file of several drafts names them inside.  Refused are a draft that is
    named as two visits of the table, and a visit with two drafts, unless one alone of them is not signed.
    format_name: a key of FORMATS, recognised for each file if None.

    Raises:
        InputError: nothing is there, or no format is of that name; all else is a problem of its visit.

    """
    made = format_named(format_name) if format_name else None
    folder = path if path.is_dir() else path.parent
    files = {str(file.relative_to(folder)): file for file in draft_files(path, made)}
    known = frozenset(visits)
    found: dict[str, list[_Placed]] = defaultdict(list)
    problems: list[VisitProblem] = []
    for name, file in files.items():
        problems += _sort_out(name, file, made, known, found)
    notes: dict[str, str] = {}
    facts: dict[str, Mapping[str, int]] = {}
    flags: dict[str, tuple[str, ...]] = {}
    beside: dict[Path, dict[str, Path]] = {}  # of each folder, its transcripts
    for visit_id, placed in sorted(found.items()):
        try:
            one = _only(placed)
        except InputError as error:
            problems.append(VisitProblem(visit_id, f"visit {visit_id!r}: {error}"))
            continue
        notes[visit_id] = one.draft.text
        raised: tuple[str, ...] = (SIGNED,) if one.draft.signed else ()
        if one.draft.sentences:
            counts, problem = _checked(visit_id, one, beside)
            facts[visit_id] = counts
            raised += evidence.flags(counts)
            problems += [VisitProblem(visit_id, problem)] if problem else []
        if raised:
            flags[visit_id] = raised
    return Drafts(notes, tuple(problems), facts, flags, files)


def _sort_out(
    name: str, file: Path, made: DraftFormat | None, known: Collection[str], found: dict[str, list[_Placed]]
) -> list[VisitProblem]:
    """Give each draft of a file to its visit; returns what is wrong."""
    try:
        read = read_file(file, made)
    except InputError as error:
        texts = [
            problem.removeprefix(f"{file}: ").removeprefix(f"{file.name}: ") for problem in error.problems
        ]
        return [VisitProblem(None, f"{name}: {text}") for text in texts]
    if read is None:
        return []
    drafts = read[1]
    stems = _stems(file, known) if len(drafts) == 1 and read[0].kind != "table" else ()
    problems: list[VisitProblem] = []
    strange: list[str] = []
    for one in drafts:
        where = f"{name}: {one.where}" if one.where else name
        named = [i for i in dict.fromkeys((*stems, *one.ids)) if i in known]
        if isinstance(one, Refused):
            problems.append(VisitProblem(named[0] if len(named) == 1 else None, f"{where}: {one.message}"))
        elif not named:
            strange.append(where)
        elif len(named) > 1:
            problems.append(
                VisitProblem(
                    None,
                    f"{where}: is named as visit {named[0]!r} and as visit {named[1]!r}; put the ids right",
                )
            )
        else:
            found[named[0]].append(_Placed(one, name, file))
    if strange:
        more = f", and {len(strange) - 1} more drafts like it" if len(strange) > 1 else ""
        problems.append(
            VisitProblem(
                None, f"{strange[0]}: is of no visit of the table{more}; name it by a visit_id of the table"
            )
        )
    return problems


def _stems(file: Path, known: Collection[str]) -> tuple[str, ...]:
    """Give the visit that a file's name names: as it stands, else without the word for what the file is."""
    names = (unicodedata.normalize("NFC", name) for name in (file.stem, evidence.visit_name(file)))
    return next(((name,) for name in names if name in known), ())


def _only(placed: Sequence[_Placed]) -> _Placed:
    """Give a visit's draft; of several, the one that nobody has signed.

    Raises:
        InputError: there are several.

    """
    open_ones = [one for one in placed if not one.draft.signed]
    left = open_ones or placed
    if len(left) > 1:
        names = ", ".join(f"{one.name} {one.draft.where}" if one.draft.where else one.name for one in left)
        raise InputError(f"has {len(left)} drafts ({names}); keep one")
    return left[0]


def _checked(visit_id: str, one: _Placed, beside: dict[Path, dict[str, Path]]) -> tuple[dict[str, int], str]:
    """Count what is wrong with a draft's evidence links; and say why they could not be checked, else ""."""
    folder = one.path.parent
    if folder not in beside:
        beside[folder] = evidence.transcripts_in(folder)
    transcript = beside[folder].get(evidence.visit_name(one.path))
    problem, segments = "", None
    if transcript is not None:
        try:
            segments = evidence.read_segments(transcript)
        except InputError as error:
            text = error.problems[0].removeprefix(f"{transcript}: ")
            problem = f"{transcript.name}: {text}; visit {visit_id!r}: its evidence links are not checked"
    return evidence.check(one.draft.sentences, segments), problem
