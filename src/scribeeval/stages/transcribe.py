"""Transcribe stage: the visits' audio -> transcripts.jsonl.

Each visit is kept in a journal as soon as it is done, so that a killed run goes on where it was; a
visit whose audio, engine and options are unchanged is not done again.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from scribeeval.config import TranscribeTable, relative
from scribeeval.errors import InputError
from scribeeval.io.diarisation import read_rttm
from scribeeval.io.files import sha256_of, sha256_of_json
from scribeeval.io.transcripts import (
    read_transcripts,
    transcript_from,
    transcript_to,
    transcripts_to_jsonl,
)
from scribeeval.models.audio import decode, is_cut_short
from scribeeval.models.engines import ENGINES, EngineSettings, Transcriber, replay
from scribeeval.models.hearing import CUT_SHORT, FLAGS, NO_SPEECH, hear
from scribeeval.models.vocabulary import LEXICON_WORDS, vocabulary
from scribeeval.models.weights import WEIGHTS
from scribeeval.records import Segment, Transcript, Visit
from scribeeval.run import Failure, Reporter, Run, stage_key
from scribeeval.stages.egress import egress_listing

if TYPE_CHECKING:
    from scribeeval.models.voice import Samples

STAGE = "transcribe"
OUTPUT = "transcripts.jsonl"
STAGE_OPTIONS = {"swap_roles"}  # what is not the engine's to know
IMPORT_OPTIONS = {"transcripts", "transcripts_format", "speakers"}  # nor this stage's


def transcribe(
    run: Run, visits: Sequence[Visit], settings: TranscribeTable, reporter: Reporter
) -> tuple[Failure, ...]:
    """Transcribe every visit that has audio; returns the visits that failed.

    Raises:
        InputError: the engine or its weights are not installed.

    """
    started = time.monotonic()
    recorded = [visit for visit in visits if is_to_do(visit, settings)]
    hotwords = vocabulary(settings.hotwords)
    row = ENGINES[settings.engine]
    chosen = EngineSettings(
        **settings.model_dump(exclude=STAGE_OPTIONS | IMPORT_OPTIONS) | {"hotwords": hotwords}
    )
    own = settings.model_dump(include=STAGE_OPTIONS)
    options = {**own, **asdict(chosen), "revision": row.revision(chosen)}
    keys, failures = _keys(recorded, options)
    key = stage_key(STAGE, items=keys, failures=[f.visit_id for f in failures])
    if run.fresh(STAGE, key):
        reporter.say(f"transcribe: fresh, {len(recorded)} visits")
        return ()
    done = _reusable(run, keys)
    journal = run.journal(STAGE)
    todo = [v for v in recorded if v.visit_id in keys and v.visit_id not in done]
    reporter.say(f"transcribe: {len(todo)} of {len(recorded)} visits to do, {len(done)} done before")
    engine = row.load(chosen, egress_listing(run, STAGE)) if todo else None
    audio_s = 0.0
    for visit in reporter.track(todo, "transcribe"):
        if engine is None:
            break
        try:
            transcript, seconds = transcribe_visit(visit, engine, settings.language, **own)
        except InputError as error:
            failures += _failures(visit, error)
            for failure in failures[-len(error.problems) :]:
                reporter.fail(failure.message)
            continue
        audio_s += seconds
        for flag in (flag for flag in transcript.flags if flag != CUT_SHORT):
            reporter.warn(f"visit {visit.visit_id!r}: {FLAGS[flag]}")
        done[visit.visit_id] = transcript
        journal.append({"key": keys[visit.visit_id], "transcript": transcript_to(transcript)})
    for failure in _cut_short(recorded, done):
        failures.append(failure)
        reporter.fail(failure.message)
    run.write(OUTPUT, transcripts_to_jsonl(done.values()))
    seconds = time.monotonic() - started
    run.finish(
        STAGE,
        key,
        [OUTPUT],
        started=started,
        failures=failures,
        items={visit_id: keys[visit_id] for visit_id in sorted(done)},
        facts={
            "versions": dict(engine.versions) if engine else {},
            "options": dict(engine.options or {}) if engine else {},
            "audio_s": round(audio_s, 1),
            "real_time_factor": round(seconds / audio_s, 4) if audio_s else None,
        },
    )
    journal.remove()
    return tuple(failures)


def _keys(visits: Sequence[Visit], options: Mapping[str, object]) -> tuple[dict[str, str], list[Failure]]:
    """What each visit's transcript is made from, as one hash; a file that cannot be read fails."""
    keys: dict[str, str] = {}
    failures: list[Failure] = []
    for visit in visits:
        try:
            keys[visit.visit_id] = sha256_of_json([[sha256_of(Path(f)) for f in _files(visit)], options])
        except InputError as error:
            failures += _failures(visit, error)
    return keys, failures


def _failures(visit: Visit, error: InputError) -> list[Failure]:
    """What went wrong with one visit; files are named without their folder, as equal runs need it."""
    problems = list(error.problems)
    for file in _files(visit):
        problems = [problem.replace(file, Path(file).name) for problem in problems]
    return [Failure(STAGE, visit.visit_id, f"visit {visit.visit_id!r}: {p}") for p in problems]


def _cut_short(visits: Sequence[Visit], done: Mapping[str, Transcript]) -> list[Failure]:
    """Visits whose recording lacks its end: their transcript is kept, but nobody may take it for whole."""
    cut = [v for v in visits if v.visit_id in done and CUT_SHORT in done[v.visit_id].flags]
    return [
        Failure(STAGE, v.visit_id, f"visit {v.visit_id!r}: {Path(v.audio[0]).name}: {FLAGS[CUT_SHORT]}")
        for v in cut
    ]


def _reusable(run: Run, keys: Mapping[str, str]) -> dict[str, Transcript]:
    """Transcripts made from the same audio and options: of the last run, or of a killed one."""
    done: dict[str, Transcript] = {}
    record = run.record(STAGE)
    if record is not None and run.stands(record.outputs):
        before = read_transcripts(run.path(OUTPUT))
        done = {i: t for i, t in before.items() if i in keys and record.items.get(i) == keys[i]}
    for row in run.journal(STAGE).read():
        transcript = transcript_from(row["transcript"])
        if row["key"] == keys.get(transcript.visit_id):
            done[transcript.visit_id] = transcript
    return done


def is_to_do(visit: Visit, settings: TranscribeTable) -> bool:
    """Tell whether a visit is to be transcribed: it has audio, or the answers were given before."""
    return bool(visit.audio) or settings.engine == replay.NAME


def beside(config: Path, settings: TranscribeTable) -> TranscribeTable:
    """Take the paths among the settings as relative to the config, where they are there."""
    found = {
        name: str(path)
        for name in ("model", "hotwords")
        if (value := getattr(settings, name)) and value not in (*WEIGHTS, LEXICON_WORDS)
        if (path := relative(config, value)).exists()
    }
    return settings.model_copy(update=found)


def transcribe_visit(
    visit: Visit, engine: Transcriber, language: str = "en", *, swap_roles: bool = False
) -> tuple[Transcript, float]:
    """Transcribe one visit's channels and interleave them by time; also gives its length in seconds.

    Two channels, or two files, are the clinician and the patient (swap_roles: the other way round);
    of one channel the speaker is None, unless the visit has a diarisation.

    Raises:
        InputError: a file cannot be decoded, or one of two files has two channels of its own.

    """
    if engine.of_visit is not None:
        return _answered(visit, engine, engine.of_visit(visit.visit_id)), 0.0
    turns = None if visit.diarisation is None else read_rttm(Path(visit.diarisation))
    heard = hear(_channels(visit), engine, language, swap_roles=swap_roles, turns=turns)
    length_s = heard.facts["audio_s"]
    cut = [CUT_SHORT] if any(is_cut_short(Path(file), length_s) for file in visit.audio) else []
    transcript = Transcript(
        visit.visit_id, heard.segments, engine.producer, (*heard.flags, *cut), heard.facts
    )
    return transcript, length_s


def _files(visit: Visit) -> tuple[str, ...]:
    return (*visit.audio, *([visit.diarisation] if visit.diarisation else []))


def _answered(visit: Visit, engine: Transcriber, segments: tuple[Segment, ...] | None) -> Transcript:
    if segments is None:
        raise InputError("the file of finished transcripts has none of this visit; add it")
    return Transcript(visit.visit_id, segments, engine.producer, () if segments else (NO_SPEECH,))


def _channels(visit: Visit) -> "Sequence[Samples]":
    channels = [decode(Path(file)) for file in visit.audio]
    if len(channels) == 1:
        return channels[0]
    stereo = [file for file, found in zip(visit.audio, channels, strict=True) if len(found) > 1]
    if stereo:
        raise InputError(f"{stereo[0]}: has two channels, but each speaker has a file; give one channel each")
    return [found[0] for found in channels]
