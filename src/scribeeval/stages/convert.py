"""Convert: transcripts of any format -> one format, a file a visit or, where it holds many, one of all."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.files import make_folder, write_whole
from scribeeval.io.transcripts import FORMATS, Reading, format_named, put_together, read_file, to_talk
from scribeeval.io.transcripts.base import Format, Names, Talk
from scribeeval.io.transcripts.formats import of_suffix
from scribeeval.io.transcripts.speakers import is_machine_label, parse_names
from scribeeval.run import Failure, Reporter

STAGE = "convert"


def convert(
    paths: Sequence[Path],
    to: str,
    out: Path,
    reporter: Reporter,
    *,
    source: str | None = None,
    speakers: Sequence[str] = (),
) -> tuple[Failure, ...]:
    """Convert files and folders of transcripts; returns what failed, of which the rest is done.

    source: the format of the files, recognised if None.  speakers: "LABEL=ROLE" each.  out: a folder, or
    a file if its suffix is the format's.

    Raises:
        InputError: an unknown format or role, a folder without transcripts, or several visits for one file.

    """
    target = format_named(to)
    names = parse_speakers(speakers)
    if source is not None:
        format_named(source)
    failures: list[Failure] = []

    def fail(visit_id: str | None, problems: Iterable[str]) -> None:
        for problem in problems:
            failures.append(Failure(STAGE, visit_id, problem))
            reporter.fail(problem)

    files = transcript_files(paths, source)
    visits: dict[str, list[Reading]] = {}
    for file in files:
        try:
            for reading in read_file(file, names, source):
                visits.setdefault(reading.visit_id or reading.name, []).append(reading)
        except InputError as error:
            fail(None, error.problems)
    ready: list[tuple[Reading, Talk, str]] = []
    for visit_id, readings in visits.items():
        try:
            reading = put_together(readings, visit_id)
            talk, text = _written(reading, visit_id, target)
            ready.append((reading, talk, text))
        except InputError as error:
            fail(visit_id, error.problems)
    _write(ready, target, out, files)
    tell_of(reporter, [reading for reading, *_ in ready], "--speaker LABEL=ROLE")
    reporter.say(f"convert: {len(ready)} transcripts as {target.name} in {out}")
    lost = [what for what in ("times", "speakers", "words") if what not in target.holds]
    if "speakers" in target.holds:
        spoke = {segment.speaker for reading, *_ in ready for segment in reading.segments}
        lost += [f"speaker {role}" for role in sorted(filter(None, spoke - set(target.roles)))]
    if lost:
        reporter.say(f"{target.name} holds no {', no '.join(lost)}")
    return tuple(failures)


def parse_speakers(given: Iterable[str]) -> Names:
    """Read "LABEL=ROLE" arguments.

    Raises:
        InputError: no "=", or an unknown role.

    """
    pairs = [text.rpartition("=") for text in given]
    if any(not label for label, _, _ in pairs):
        raise InputError("--speaker: write LABEL=ROLE, as in --speaker SPEAKER_00=clinician")
    try:
        return parse_names({label: role for label, _, role in pairs})
    except ValueError as error:
        raise InputError(f"--speaker: {error}") from None


def transcript_files(paths: Sequence[Path], source: str | None) -> list[Path]:
    """Give the files, and of a folder those whose suffix is of the format `source`, or of any.

    Raises:
        InputError: a path is not there, or a folder holds no such file.

    """
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        found = sorted(p for p in path.iterdir() if p.is_file() and _may_be(p.name, source))
        if not found:
            raise InputError(
                f"{path}: holds no file that ends like {source or 'a transcript'}; check the folder"
            )
        files += found
    return list(dict.fromkeys(files))


def _may_be(name: str, source: str | None) -> bool:
    if name.startswith("."):
        return False
    if source is not None:
        return name.lower().endswith(FORMATS[source].suffixes)
    return bool(of_suffix(name))


def _written(reading: Reading, visit_id: str, target: Format) -> tuple[Talk, str]:
    if "words" in target.holds - reading.format.holds:
        raise InputError(
            f"visit {visit_id!r}: {reading.format.name} has no words, and {target.name} needs them"
        )
    talk = to_talk(visit_id, reading.segments)
    try:
        return talk, target.write([talk])
    except InputError as error:
        raise InputError(
            p if p.startswith("visit ") else f"visit {visit_id!r}: {p}" for p in error.problems
        ) from None


def _write(
    ready: Sequence[tuple[Reading, Talk, str]], target: Format, out: Path, inputs: Sequence[Path]
) -> None:
    """Write all files, once it is known that none would be written over an input."""
    if out.name.lower().endswith(target.suffixes) and not out.is_dir():
        if len(ready) > 1 and not target.many:
            raise InputError(
                f"{out}: {len(ready)} visits, and {target.name} holds one a file; give a folder as --out"
            )
        files = {out: target.write([talk for _, talk, _ in ready])} if ready else {}
    else:
        files = {out / _file_name(talk, target): text for _, talk, text in ready}
        make_folder(out)
    sources = {path.resolve() for path in inputs}
    same = [path for path in files if path.resolve() in sources]
    if same:
        raise InputError(f"{same[0]}: would be written over the file that it is made of; give another --out")
    for path, text in files.items():
        write_whole(path, text)


def _file_name(talk: Talk, target: Format) -> str:
    """An id comes out of a file: it must not choose another folder."""
    visit_id = talk.visit_id or ""
    if visit_id.startswith(".") or any(c in "/\\" or not c.isprintable() for c in visit_id):
        raise InputError(
            f"visit {visit_id!r}: cannot name a file; write one file of all, or rename the visit"
        )
    suffix = ".TextGrid" if target.name == "textgrid" else target.suffixes[0]
    return visit_id + suffix


def tell_of(reporter: Reporter, readings: Sequence[Reading], remedy: str) -> None:
    """Say how many tags were taken out, and where nobody is known to speak."""
    tags = sum((Counter(reading.tags) for reading in readings), Counter[str]())
    if tags:
        counted = ", ".join(f"{n} {kind}" for kind, n in sorted(tags.items()))
        reporter.say(f"tags taken out of the text: {counted}")
    labels = {label for reading in readings for label in reading.unknown}
    if labels:
        # Any other label may be somebody's name.
        shown = sorted(filter(is_machine_label, labels))[:5]
        rest = len(labels) - len(shown)
        what = ", ".join([*shown, *([f"{rest} more"] if rest else [])])
        reporter.warn(f"labels that name no role ({what}): speaker not known; name them with {remedy}")
