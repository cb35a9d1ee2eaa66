"""Score stage: transcripts.jsonl, notes.jsonl and the visits' own texts -> scores and summary.json.

Loads no model, so it can be run again in seconds after a change of a metric.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from scribeeval.config import ScoreTable
from scribeeval.io.files import sha256_of, sha256_of_json, to_json, to_jsonl
from scribeeval.io.notes import read_notes
from scribeeval.io.scores import scores_to_parquet
from scribeeval.io.tables import to_csv
from scribeeval.io.transcripts import read_transcripts
from scribeeval.metrics import METRICS, Bootstrap, Metric, VisitScore
from scribeeval.metrics.floors import FLOORS, floor_pairs
from scribeeval.records import Comparison, Finding, Note, Pair, Score, Transcript, Visit
from scribeeval.run import Failure, Reporter, Run, stage_key
from scribeeval.stages import draft as draft_stage
from scribeeval.stages import transcribe
from scribeeval.stages.draft_use import draft_use
from scribeeval.stages.pairs import (
    content_pairs,
    edit_pairs,
    speech_pairs,
    without_blocks,
)
from scribeeval.stages.subgroups import subgroups

STAGE = "score"
OUTPUTS = ("scores.parquet", "findings.jsonl", "summary.json", "tables/metrics.csv", "tables/draft_use.csv")
BLOCKS_INCLUDED = "blocks_included"


@dataclass(frozen=True, slots=True)
class Scored:
    """One metric of one system: its visits, its score, and the score's line of summary.json."""

    metric: Metric
    visits: Sequence[VisitScore]
    findings: Sequence[Finding]
    row: Mapping[str, Any]


def score(
    run: Run,
    visits: Sequence[Visit],
    settings: ScoreTable,
    drafters: Sequence[str],
    seed: int,
    failures: Sequence[Failure],
    reporter: Reporter,
) -> tuple[Failure, ...]:
    """Score transcripts and notes; the first drafter is the system that summary.json is about.

    failures: what went wrong before, so that the summary can say which visits are missing.
    """
    started = time.monotonic()
    inputs = [name for name in (transcribe.OUTPUT, draft_stage.OUTPUT) if run.has(name)]
    key = stage_key(
        STAGE,
        settings=settings.model_dump(),
        drafters=list(drafters),
        seed=seed,
        metrics=[METRICS[name].signature for name in settings.metrics],
        visits=sha256_of_json([_scored_fields(visit) for visit in visits]),
        files={name: sha256_of(run.path(name)) for name in inputs},
        failures=[asdict(failure) for failure in failures],
    )
    if run.fresh(STAGE, key):
        reporter.say("score: fresh")
        return ()
    transcripts = read_transcripts(run.path(transcribe.OUTPUT)) if transcribe.OUTPUT in inputs else {}
    notes = read_notes(run.path(draft_stage.OUTPUT)) if draft_stage.OUTPUT in inputs else {}
    summary, scored = _summary(visits, transcripts, notes, settings, drafters, seed)
    summary["transcription"] = _transcription(transcripts)
    summary["failures"] = [asdict(failure) for failure in failures]
    run.write("scores.parquet", scores_to_parquet({one.metric.name: one.visits for one in scored}))
    findings = sorted(
        (finding for one in scored for finding in one.findings),
        key=lambda f: (f.visit_id, f.metric, f.side, f.start, f.end),
    )
    run.write("findings.jsonl", to_jsonl(asdict(finding) for finding in findings))
    run.write("summary.json", to_json(summary) + "\n")
    run.write("tables/metrics.csv", _metrics_table(summary))
    run.write("tables/draft_use.csv", _draft_use_table(summary["draft_use"]))
    run.finish(STAGE, key, OUTPUTS, started=started)
    reporter.say(f"score: {len(settings.metrics)} metrics over {len(visits)} visits")
    return ()


def _scored_fields(visit: Visit) -> dict[str, Any]:
    """What a score depends on; the audio counts through its transcript."""
    return asdict(replace(visit, audio=()))


def _summary(
    visits: Sequence[Visit],
    transcripts: Mapping[str, Transcript],
    notes: Mapping[str, Mapping[str, Note]],
    settings: ScoreTable,
    drafters: Sequence[str],
    seed: int,
) -> tuple[dict[str, Any], list[Scored]]:
    """Compute summary.json, and the scored metrics of the first drafter."""
    bootstrap = Bootstrap(settings.level, settings.resamples, seed)
    clinicians = {v.visit_id: v.clinician_id for v in visits if v.clinician_id is not None}
    clusters = clinicians if len(clinicians) == len(visits) else None
    drafts = notes.get(draft_stage.VENDOR, {})
    whole_edits = edit_pairs(visits, drafts, transcripts)
    edits, excluded = without_blocks(whole_edits, settings)

    def score_all(system: str, comparisons: Sequence[Comparison]) -> list[Scored]:
        pairs: dict[Comparison, list[Pair]] = {
            "speech": speech_pairs(visits, transcripts),
            "edit": edits if system == draft_stage.VENDOR else [],
            "content": content_pairs(visits, notes.get(system, {}), transcripts),
        }
        return [
            _score_one(
                _with_exclusion(METRICS[name], settings),
                pairs[METRICS[name].compares],
                whole_edits if excluded.rules and METRICS[name].compares == "edit" else None,
                bootstrap,
                clusters,
            )
            for name in settings.metrics
            if METRICS[name].compares in comparisons
        ]

    system, *others = drafters
    scored = score_all(system, ("speech", "edit", "content"))
    return {
        "n_visits": len(visits),
        "n_clinicians": len(set(clinicians.values())),
        "specialties": sorted({visit.specialty for visit in visits if visit.specialty is not None}),
        "system": system,
        "intervals": {
            "level": settings.level,
            "resamples": settings.resamples,
            "seed": seed,
            "unit": "clinician" if clusters else "visit",
        },
        "metrics": {one.metric.name: one.row for one in scored},
        "systems": {
            other: {
                "n_visits": len(notes.get(other, {})),
                "metrics": {one.metric.name: one.row for one in score_all(other, ("content",))},
            }
            for other in others
        },
        "draft_use": draft_use(visits, drafts, edits, settings.discarded_below),
        "excluded": asdict(excluded),
        "by": subgroups(visits, [(one.metric, one.visits) for one in scored], settings.by, bootstrap),
    }, scored


def _with_exclusion(metric: Metric, settings: ScoreTable) -> Metric:
    """An edit metric that leaves blocks out says so in its signature."""
    rules = [*settings.exclude_patterns, *settings.exclude_sections]
    if metric.compares != "edit" or not rules:
        return metric
    return replace(metric, settings={**metric.settings, "excluded": sha256_of_json(rules)[:8]})


def _score_one(
    metric: Metric,
    pairs: Sequence[Pair],
    whole_pairs: Sequence[Pair] | None,
    bootstrap: Bootstrap,
    clusters: Mapping[str, str] | None,
) -> Scored:
    """Score one metric with its floors, parts and findings."""
    visit_scores = metric.score_visits(pairs)
    result = metric.summarize(visit_scores, bootstrap, clusters)
    findings = [finding for pair in pairs for finding in metric.find(pair)] if metric.find else []
    kinds: dict[str, int] = {}
    for finding in findings:
        kinds[finding.kind] = kinds.get(finding.kind, 0) + 1
    parts: dict[str, float | None] = dict(result.parts)
    if whole_pairs is not None:
        parts[BLOCKS_INCLUDED] = metric.score(whole_pairs).value
    floors = (
        {} if metric.compares == "speech" else {n: metric.score(floor_pairs(n, pairs)).value for n in FLOORS}
    )
    row = score_row(result) | {
        "floors": floors,
        "parts": {name: {"value": value} for name, value in parts.items()},
        "findings": dict(sorted(kinds.items())),
    }
    return Scored(metric, visit_scores, findings, row)


def score_row(result: Score) -> dict[str, Any]:
    """Give a score's line of summary.json, without floors, parts and findings."""
    return {
        "value": result.value,
        "interval": None if result.interval is None else asdict(result.interval),
        "n_visits": result.n_visits,
        "n_undefined": result.n_undefined,
        "signature": result.signature,
    }


def _transcription(transcripts: Mapping[str, Transcript]) -> dict[str, Any]:
    flags = sorted(flag for transcript in transcripts.values() for flag in transcript.flags)
    return {"n_visits": len(transcripts), "flags": {flag: flags.count(flag) for flag in dict.fromkeys(flags)}}


def _metrics_table(summary: Mapping[str, Any]) -> str:
    columns = [
        "system",
        "metric",
        "value",
        "low",
        "high",
        "level",
        "n_visits",
        "n_undefined",
        *FLOORS,
        "signature",
    ]
    systems = {summary["system"]: summary, **summary["systems"]}
    rows = []
    for system, block in systems.items():
        for name, row in block["metrics"].items():
            interval = row["interval"] or {}
            ends = [interval.get(end) for end in ("low", "high", "level")]
            floors = [row["floors"].get(floor) for floor in FLOORS]
            counts = [row["n_visits"], row["n_undefined"]]
            rows.append([system, name, row["value"], *ends, *counts, *floors, row["signature"]])
    return to_csv(columns, rows)


def _draft_use_table(use: Mapping[str, Any]) -> str:
    columns = ["clinician_id", *use["total"]]
    return to_csv(
        columns, ([clinician, *counts.values()] for clinician, counts in use["by_clinician"].items())
    )
