"""Transcribe stage without an engine: finished transcripts of a folder -> transcripts.jsonl.

A file is of the visit that its name names (without suffix and role: V01.vtt, V01_doctor.TextGrid), else
of the one that its format names; a file of many visits names them itself.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from scribeeval.config import TranscribeTable
from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of, sha256_of_json
from scribeeval.io.transcripts import Reading, put_together, read_file, transcripts_to_jsonl
from scribeeval.io.transcripts.base import Names
from scribeeval.io.transcripts.speakers import parse_names
from scribeeval.models.hearing import NO_SPEECH
from scribeeval.records import Producer, Transcript, Visit
from scribeeval.run import Failure, Reporter, Run, stage_key
from scribeeval.stages.convert import tell_of, transcript_files
from scribeeval.stages.transcribe import OUTPUT, STAGE

NAME = "finished transcript"
SPEAKER_UNKNOWN = "speaker_unknown"
NO_TIMES = "no_times"
SHOWN = 5


def import_transcripts(
    run: Run, visits: Sequence[Visit], folder: Path, settings: TranscribeTable, reporter: Reporter
) -> tuple[Failure, ...]:
    """Take each visit's transcript from a folder; returns the files and visits that failed.

    Raises:
        InputError: the folder is not there, or holds no transcript.

    """
    started = time.monotonic()
    if not folder.is_dir():
        raise InputError(f"{folder}: is no folder; give the folder of the transcripts")
    names = parse_names(dict(settings.speakers))
    files = transcript_files([folder], settings.transcripts_format)
    ids = [visit.visit_id for visit in visits]
    known = frozenset(ids)
    options = {"speakers": dict(names), "format": settings.transcripts_format}
    key = stage_key(STAGE, files={f.name: sha256_of(f) for f in files}, visits=ids, options=options)
    if run.fresh(STAGE, key):
        reporter.say(f"transcribe: fresh, {len(files)} files")
        return ()
    failures: list[Failure] = []
    found: dict[str, list[Reading]] = defaultdict(list)
    strange: list[str] = []
    for file in files:
        try:
            _sort_out(file, read_file(file, names, settings.transcripts_format), known, found, strange)
        except InputError as error:
            problems = [p.replace(str(file), file.name) for p in error.problems]  # equal runs, equal words
            failures += [Failure(STAGE, None, problem) for problem in problems]
    transcripts, of_visits = _put_all_together(found, names)
    failures += of_visits
    for failure in failures:
        reporter.fail(failure.message)
    _tell(reporter, folder, strange, [i for i in ids if i not in found], len(transcripts))
    tell_of(reporter, [r for visit_id in sorted(found) for r in found[visit_id]], "[transcribe.speakers]")
    run.write(OUTPUT, transcripts_to_jsonl(transcripts))
    run.finish(STAGE, key, [OUTPUT], started=started, failures=failures)
    return tuple(failures)


def _sort_out(
    file: Path,
    readings: Sequence[Reading],
    ids: Collection[str],
    found: dict[str, list[Reading]],
    strange: list[str],
) -> None:
    for reading in readings:
        if "words" not in reading.format.holds:
            raise InputError(f"{file}: {reading.format.name} has no words, only who speaks when; take it out")
        stems = [file.name.removesuffix(file.suffix), reading.name] if len(readings) == 1 else []
        visit_id = next((i for i in (*stems, reading.visit_id) if i in ids), None)
        if visit_id is None:
            strange.append(reading.visit_id or file.name)
        else:
            found[visit_id].append(reading)


def _put_all_together(
    found: Mapping[str, Sequence[Reading]], names: Names
) -> tuple[list[Transcript], list[Failure]]:
    transcripts, failures = [], []
    options = sha256_of_json({"speakers": dict(names)})
    for visit_id, readings in found.items():
        try:
            reading = put_together(readings, visit_id)
        except InputError as error:
            failures += [Failure(STAGE, visit_id, problem) for problem in error.problems]
            continue
        producer = Producer(NAME, reading.format.name, options)
        transcripts.append(Transcript(visit_id, reading.segments, producer, tuple(_flags(reading))))
    return transcripts, failures


def _flags(reading: Reading) -> list[str]:
    if not reading.segments:
        return [NO_SPEECH]
    flags = [SPEAKER_UNKNOWN] if any(s.speaker is None for s in reading.segments) else []
    return [*flags, *([NO_TIMES] if any(s.start_s is None for s in reading.segments) else [])]


def _tell(reporter: Reporter, folder: Path, strange: Sequence[str], missing: Sequence[str], n: int) -> None:
    for what, of in (
        ("transcripts of no visit in the table", strange),
        ("visits without a transcript", missing),
    ):
        if of:
            more = f", and {len(of) - SHOWN} more" if len(of) > SHOWN else ""
            reporter.warn(f"{folder}: {len(of)} {what}: {', '.join(map(repr, of[:SHOWN]))}{more}")
    reporter.say(f"transcribe: {n} finished transcripts from {folder}")
